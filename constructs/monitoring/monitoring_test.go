package monitoring_test

import (
	"os"
	"testing"

	"github.com/cognito-m2m/cognito-m2m-cdk/internal/cdktest"
)

func TestMain(m *testing.M) { cdktest.Main(m) }

func TestX(t *testing.T) {
	s := newService(t).everything()
	_, template := s.synth(t)
	os.WriteFile("/tmp/dash-template.json", []byte(cdktest.JSON(t, template.Body)), 0o644)
}
