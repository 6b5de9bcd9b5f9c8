package waf_test

import (
	"encoding/json"
	"net/http"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/cognito-m2m/cognito-m2m-cdk/simulator/internal/waf"
)

// poolACL compiles the web ACL of the project's own template, with its references resolved.
func poolACL(t testing.TB) *waf.ACL {
	t.Helper()
	source, err := os.ReadFile("../../../testdata/snapshots/m2m-prod-gateway_1.snap.json")
	if err != nil {
		t.Fatal(err)
	}
	var template struct {
		Resources map[string]struct {
			Type       string
			Properties map[string]any
		}
	}
	if err := json.Unmarshal(source, &template); err != nil {
		t.Fatal(err)
	}
	for id, r := range template.Resources {
		if r.Type == "AWS::WAFv2::WebACL" && strings.HasPrefix(id, "PoolWebAcl") {
			acl, err := waf.Compile("m2m-prod-gateway/"+id, resolved(r.Properties).(map[string]any))
			if err != nil {
				t.Fatal(err)
			}
			return acl
		}
	}
	t.Fatal("no web ACL in the template")
	return nil
}

// resolved replaces the intrinsic functions in the snapshot's web ACL.
func resolved(value any) any {
	switch v := value.(type) {
	case map[string]any:
		if join, ok := v["Fn::Join"].([]any); ok {
			var b strings.Builder
			for _, part := range join[1].([]any) {
				b.WriteString(resolved(part).(string))
			}
			return b.String()
		}
		if _, ok := v["Fn::ImportValue"]; ok {
			return "eu-west-1_pool"
		}
		if _, ok := v["Fn::GetAtt"]; ok {
			return "arn:set"
		}
		out := map[string]any{}
		for key, each := range v {
			out[key] = resolved(each)
		}
		return out
	case []any:
		out := make([]any, len(v))
		for i, each := range v {
			out[i] = resolved(each)
		}
		return out
	}
	return value
}

func TestPool_webACL(t *testing.T) {
	acl := poolACL(t)
	sets := fakeSets{patterns: map[string][]string{"arn:set": {"^current0$", "^pending1$"}}}
	for _, test := range []struct {
		name, method, path, header string
		rule                       string
		blocked                    bool
	}{
		{"current value", "POST", "/oauth2/token", "current0", "allow-origin-header", false},
		{"pending value", "POST", "/oauth2/token", "pending1", "allow-origin-header", false},
		{"no header", "POST", "/oauth2/token", "", "block-all", true},
		{"value in a longer one", "POST", "/oauth2/token", "xcurrent0", "block-all", true},
		{"other case", "POST", "/oauth2/token", "Current0", "block-all", true},
		{"keys", "GET", "/eu-west-1_pool/.well-known/jwks.json", "", "allow-origin-header", false},
		{"discovery", "GET", "/eu-west-1_pool/.well-known/openid-configuration", "", "allow-origin-header", false},
		{"keys by POST", "POST", "/eu-west-1_pool/.well-known/jwks.json", "", "block-all", true},
		{"another pool's keys", "GET", "/eu-west-1_pooh/.well-known/jwks.json", "", "block-all", true},
	} {
		t.Run(test.name, func(t *testing.T) {
			r := &waf.Request{Method: test.method, Path: test.path, Header: http.Header{}}
			if test.header != "" {
				r.Header.Set("X-WafAuthAllowRule", test.header)
			}
			d := acl.Evaluate(r, sets, time.Unix(0, 0))
			if d.Blocked != test.blocked || d.Rule != test.rule || d.Err != nil {
				t.Errorf("got %+v, want rule %s, blocked %t", d, test.rule, test.blocked)
			}
			if d.Blocked && (d.Status != 403 || d.Header.Get("Content-Type") != "application/json" || !json.Valid(d.Body)) {
				t.Errorf("answer: %d %v %s", d.Status, d.Header, d.Body)
			}
		})
	}
}
