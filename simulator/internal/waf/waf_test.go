package waf_test

import (
	"encoding/json"
	"errors"
	"testing"

	"github.com/cognito-m2m/cognito-m2m-cdk/simulator/internal/waf"
)

type fakeSets struct{ patterns, addresses map[string][]string }

var errNoSet = errors.New("no such set")

func (f fakeSets) Patterns(arn string) ([]string, error) { return f.find(f.patterns, arn) }

func (f fakeSets) Addresses(arn string) ([]string, error) { return f.find(f.addresses, arn) }

func (f fakeSets) find(sets map[string][]string, arn string) ([]string, error) {
	set, ok := sets[arn]
	if !ok {
		return nil, errNoSet
	}
	return set, nil
}

const visibility = `"VisibilityConfig": {"CloudWatchMetricsEnabled": true, "MetricName": "m", "SampledRequestsEnabled": false}`

// webACL is a web ACL that blocks by default, with these rules.
func webACL(rules string) string {
	return `{"Scope": "REGIONAL", "DefaultAction": {"Block": {}}, ` + visibility + `, "Rules": [` + rules + `]}`
}

// allowing is a rule of this statement that allows.
func allowing(statement string) string {
	return `{"Name": "r", "Priority": 0, "Action": {"Allow": {}}, "Statement": ` + statement + `, ` + visibility + `}`
}

func compile(t testing.TB, source string) (*waf.ACL, error) {
	t.Helper()
	var props map[string]any
	if err := json.Unmarshal([]byte(source), &props); err != nil {
		t.Fatalf("%v in %s", err, source)
	}
	return waf.Compile("stack/Acl", props)
}

func mustCompile(t testing.TB, source string) *waf.ACL {
	t.Helper()
	acl, err := compile(t, source)
	if err != nil {
		t.Fatal(err)
	}
	return acl
}
