package e2e_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/cognito-m2m/cognito-m2m-cdk/guard"
	"github.com/cognito-m2m/cognito-m2m-cdk/internal/testkit/environments"
	"github.com/cognito-m2m/cognito-m2m-cdk/simulator"
)

type object = map[string]any

// The checks of templates and of behaviour are themselves put to the test: each fault, sown into the synthesized templates, must be found
// by the guard, at load by the simulator, or by a conformance question.
func TestMutation_everyFaultIsFound(t *testing.T) {
	const (
		acl, association, set, stage, method, client = "PoolWebAclWebACL0AB7C6C6", "PoolWebAclAssociationD0DD9129", "AWS::WAFv2::RegexPatternSet",
			"AWS::ApiGateway::Stage", "AWS::ApiGateway::Method", "AWS::Cognito::UserPoolClient"
	)
	integration := func(p object) object { return p["Integration"].(object) }
	answer := func(p object, i int) object { return integration(p)["IntegrationResponses"].([]any)[i].(object) }
	rule := func(p object, i int) object { return p["Rules"].([]any)[i].(object) }
	setting := func(p object) object { return p["MethodSettings"].([]any)[1].(object) }
	withoutKey := func(p object, name string) {
		keys := integration(p)["CacheKeyParameters"].([]any)
		integration(p)["CacheKeyParameters"] = slices.DeleteFunc(keys, func(k any) bool { return strings.HasSuffix(k.(string), name) })
	}
	eachTemplate := func(p object, template string) {
		for contentType := range integration(p)["RequestTemplates"].(object) {
			integration(p)["RequestTemplates"].(object)[contentType] = template
		}
	}
	faults := []struct {
		name, where string
		sow         func(object)
	}{
		{"no fault", stage, func(object) {}},
		{"scope is no cache key", method, func(p object) { withoutKey(p, "scope") }},
		{"Authorization is no cache key", method, func(p object) { withoutKey(p, "Authorization") }},
		{"client_id is no cache key", method, func(p object) { withoutKey(p, "client_id") }},
		{"cache unencrypted", stage, func(p object) { setting(p)["CacheDataEncrypted"] = false }},
		{"cache off", stage, func(p object) { setting(p)["CachingEnabled"] = false }},
		{"TTL above the validity", stage, func(p object) { setting(p)["CacheTtlInSeconds"] = 3600.0 }},
		{"data trace on", stage, func(p object) { setting(p)["DataTraceEnabled"] = true }},
		{"execution log at INFO", stage, func(p object) { setting(p)["LoggingLevel"] = "INFO" }},
		{"priorities swapped", acl, func(p object) { rule(p, 0)["Priority"], rule(p, 1)["Priority"] = 1.0, 0.0 }},
		{"default action allows and nothing blocks", acl, func(p object) {
			p["DefaultAction"], p["Rules"] = object{"Allow": object{}}, p["Rules"].([]any)[:1]
		}},
		{"rule 0 looks at another header", acl, func(p object) {
			ways := rule(p, 0)["Statement"].(object)["OrStatement"].(object)["Statements"].([]any)
			ways[0].(object)["RegexPatternSetReferenceStatement"].(object)["FieldToMatch"] = object{"SingleHeader": object{"Name": "x-other"}}
		}},
		{"public keys blocked", acl, func(p object) {
			rule(p, 0)["Statement"] = rule(p, 0)["Statement"].(object)["OrStatement"].(object)["Statements"].([]any)[0]
		}},
		{"header's name in the wrong case for CloudFormation", acl, func(p object) {
			ways := rule(p, 0)["Statement"].(object)["OrStatement"].(object)["Statements"].([]any)
			statement := ways[0].(object)["RegexPatternSetReferenceStatement"].(object)
			statement["FieldToMatch"] = object{"SingleHeader": object{"name": "x-wafauthallowrule"}}
		}},
		{"samples of the header", acl, func(p object) { rule(p, 0)["VisibilityConfig"].(object)["SampledRequestsEnabled"] = true }},
		{"pattern not anchored", set, func(p object) {
			parts := p["RegularExpressionList"].([]any)[0].(object)["Fn::Join"].([]any)[1].([]any)
			parts[0] = strings.TrimPrefix(parts[0].(string), "^")
		}},
		{"pattern that matches everything", set, func(p object) { p["RegularExpressionList"] = []any{"^.*$"} }},
		{"web ACL not associated", association, nil},
		{"no validator", method, func(p object) { delete(p, "RequestValidatorId") }},
		{"scope not required", method, func(p object) { p["RequestParameters"].(object)["method.request.querystring.scope"] = false }},
		{"catch-all 200", method, func(p object) { delete(answer(p, 0), "SelectionPattern") }},
		{"every status becomes 200", method, func(p object) { integration(p)["IntegrationResponses"] = []any{object{"StatusCode": "200"}} }},
		{"expires_in as Cognito said", method, func(p object) { delete(answer(p, 0), "ResponseTemplates") }},
		{"body passed through", method, func(p object) { eachTemplate(p, "$input.body") }},
		{"form without a template", method, func(p object) {
			delete(integration(p)["RequestTemplates"].(object), "application/x-www-form-urlencoded")
		}},
		{"no origin header", method, func(p object) {
			delete(integration(p)["RequestParameters"].(object), "integration.request.header.x-wafAuthAllowRule")
		}},
		{"origin header taken from the client", method, func(p object) {
			parameters := integration(p)["RequestParameters"].(object)
			parameters["integration.request.header.x-wafAuthAllowRule"] = "method.request.header.x-wafAuthAllowRule"
		}},
		{"stage variable of another name", stage, func(p object) {
			p["Variables"] = object{"other": p["Variables"].(object)["originHeaderValue"]}
		}},
		{"gateway's errors in its own form", "AWS::ApiGateway::GatewayResponse", nil},
		{"user scope", client, func(p object) { p["AllowedOAuthScopes"] = append(p["AllowedOAuthScopes"].([]any), "openid") }},
		{"tokens around the proxy", client, func(p object) { p["ExplicitAuthFlows"] = []any{"ALLOW_CLIENT_TOKEN_AUTH"} }},
		{"client without secret", client, func(p object) { p["GenerateSecret"] = false }},
	}
	t.Logf("%-52s %s", "fault", "found by")
	for _, fault := range faults {
		found := findFault(t, mutated(t, "dev", fault.where, fault.sow))
		t.Logf("%-52s %s", fault.name, found)
		if (found == "") != (fault.name == "no fault") {
			t.Errorf("%s: found by %q", fault.name, found)
		}
	}
}

// findFault says what finds a fault in the assembly.
func findFault(t *testing.T, dir string) string {
	t.Helper()
	var by []string
	if guarded(t, dir) {
		by = append(by, "guard")
	}
	system, err := simulator.Load(dir, simulator.Options{})
	if err != nil {
		return strings.Join(append(by, "load"), ", ")
	}
	open := notPassed(ask(t, system, environments.Load(t, "dev").Gateway.Cache.TTL, front{}))
	for name := range withoutDomain() {
		delete(open, name)
	}
	return strings.Join(append(by, slices.Sorted(maps.Keys(open))...), ", ")
}

func guarded(t *testing.T, dir string) bool {
	t.Helper()
	found, err := guard.CheckAssembly(dir)
	if err != nil {
		t.Fatal(err)
	}
	return len(found) > 0
}

// mutated is a copy of an environment's assembly with a fault in every resource of a type, or in the one of a logical ID, or without these
// resources.
func mutated(t *testing.T, environment, where string, sow func(object)) string {
	t.Helper()
	source, dir := environments.Assembly(t, environment), t.TempDir()
	entries, err := os.ReadDir(source)
	if err != nil {
		t.Fatal(err)
	}
	sown := 0
	for _, entry := range entries {
		from, file := filepath.Join(source, entry.Name()), filepath.Join(dir, entry.Name())
		if !strings.HasSuffix(file, ".template.json") {
			// The compiled functions are large.
			if err := os.Symlink(from, file); err != nil {
				t.Fatal(err)
			}
			continue
		}
		template := readJSON[object](t, from)
		resources := template["Resources"].(object)
		for id, r := range resources {
			if r.(object)["Type"] != where && id != where {
				continue
			}
			sown++
			if sow == nil {
				delete(resources, id)
				forget(resources, id)
				continue
			}
			sow(r.(object)["Properties"].(object))
		}
		body, err := json.Marshal(template)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, body, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if sown == 0 {
		t.Fatalf("no resource %s to sow a fault into", where)
	}
	return dir
}

// forget takes a deleted resource out of what others depend on.
func forget(resources object, id string) {
	for _, r := range resources {
		if list, ok := r.(object)["DependsOn"].([]any); ok {
			r.(object)["DependsOn"] = slices.DeleteFunc(list, func(d any) bool { return fmt.Sprint(d) == id })
		}
	}
}
