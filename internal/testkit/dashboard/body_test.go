package dashboard_test

import (
	"testing"

	"github.com/cognito-m2m/cognito-m2m-cdk/internal/testkit/dashboard"
)

func TestBody_isOneDocument(t *testing.T) {
	if _, err := dashboard.Parse([]byte(` {"widgets":[]} `)); err != nil {
		t.Error(err)
	}
	for _, body := range []string{``, `{"widgets":[]`, `{"widgets":[]}}`, `{"widgets":[]}]`, `{"widgets":[]}{}`, `{"widgets":[]} x`,
		`{"gadgets":[]}`} {
		if _, err := dashboard.Parse([]byte(body)); err == nil {
			t.Errorf("%s: read without an error", body)
		}
	}
}
