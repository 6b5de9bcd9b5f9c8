package monitoring_test

import (
	"testing"

	"github.com/cognito-m2m/cognito-m2m-cdk/constructs/monitoring"
	"github.com/cognito-m2m/cognito-m2m-cdk/internal/cdktest"
)

func TestMain(m *testing.M) { cdktest.Main(m) }

// assembly is the service with every part of the monitoring on, synthesized once for all tests.
var assembly struct {
	dir        string
	monitoring *monitoring.Monitoring
	template   cdktest.Template
}

func full(t *testing.T) cdktest.Template {
	t.Helper()
	if assembly.dir == "" {
		s := newService(t, t.TempDir()).everything()
		assembly.dir = s.dir
		assembly.monitoring, assembly.template = s.synth(t)
	}
	return assembly.template
}
