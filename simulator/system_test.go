package simulator_test

import (
	"encoding/json"
	"maps"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/cognito-m2m/cognito-m2m-cdk/simulator"
)

type object = map[string]any

// The tests of what a loaded system does need synthesized assemblies, and are at the module's root. These are about what is refused.

// fixture writes an assembly of dev's templates, changed, to a directory.
func fixture(t *testing.T, change func(stack string, resources object)) string {
	t.Helper()
	dir := t.TempDir()
	artifacts := object{}
	var before []string
	for _, stack := range []string{"m2m-dev-identity", "m2m-dev-gateway", "m2m-dev-credentials", "m2m-dev-tenants-sandbox"} {
		body, err := os.ReadFile(filepath.Join("..", "testdata", "snapshots", stack+"_1.snap.json"))
		if err != nil {
			t.Fatal(err)
		}
		var template object
		if err := json.Unmarshal(body, &template); err != nil {
			t.Fatal(err)
		}
		resources := template["Resources"].(object)
		// The tests bring web ACLs of their own, and no monitoring that would import the log of this one.
		maps.DeleteFunc(resources, func(id string, _ any) bool { return strings.HasPrefix(id, "EdgeWebAcl") })
		if outputs, ok := template["Outputs"].(object); ok {
			maps.DeleteFunc(outputs, func(id string, _ any) bool { return strings.HasPrefix(id, "ExportsOutputRefEdgeWebAcl") })
		}
		change(stack, resources)
		write(t, filepath.Join(dir, stack+".template.json"), template)
		artifacts[stack] = object{
			"type": "aws:cloudformation:stack", "environment": "aws://unknown-account/unknown-region",
			"properties": object{"templateFile": stack + ".template.json"}, "dependencies": before,
		}
		before = append(before, stack)
	}
	write(t, filepath.Join(dir, "manifest.json"), object{"version": "54.0.0", "artifacts": artifacts})
	return dir
}

func write(t *testing.T, file string, value any) {
	t.Helper()
	body, err := json.Marshal(value)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, body, 0o600); err != nil {
		t.Fatal(err)
	}
}

func TestSystem_unchangedAssemblyLoads(t *testing.T) {
	system, err := simulator.Load(fixture(t, func(string, object) {}), simulator.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if len(system.Tenants()) == 0 || system.Gateway().StageName() != "v1" || system.Origin().Header() != "x-wafAuthAllowRule" ||
		system.Origin().Accepted() != 1 {
		t.Errorf("tenants %d, stage %q, header %q, %d values accepted", len(system.Tenants()), system.Gateway().StageName(),
			system.Origin().Header(), system.Origin().Accepted())
	}
	for _, note := range system.Notes() {
		if !strings.Contains(note, ": ") {
			t.Errorf("note %q does not say what becomes of the resource", note)
		}
	}
}

// Features that are not executed are refused by name and path.
func TestSystem_whatIsNotSupportedIsRefused(t *testing.T) {
	first := func(resources object, resourceType string) object {
		for _, r := range resources {
			if r.(object)["Type"] == resourceType {
				return r.(object)["Properties"].(object)
			}
		}
		return object{}
	}
	for want, change := range map[string]func(object){
		"m2m-dev-gateway/Balancer: resource type AWS::ElasticLoadBalancingV2::LoadBalancer is not supported": func(r object) {
			r["Balancer"] = object{"Type": "AWS::ElasticLoadBalancingV2::LoadBalancer", "Properties": object{}}
		},
		"integration.example.com": func(r object) {
			first(r, "AWS::ApiGateway::Method")["Integration"].(object)["Uri"] = "https://integration.example.com/oauth2/token"
		},
		"is no web ACL": func(r object) {
			first(r, "AWS::WAFv2::WebACLAssociation")["WebACLArn"] = "arn:aws:wafv2:eu-west-1:000000000000:regional/webacl/other/1"
		},
		"use a user pool or a stage": func(r object) {
			first(r, "AWS::WAFv2::WebACLAssociation")["ResourceArn"] = "arn:aws:elasticloadbalancing:eu-west-1:000000000000:loadbalancer/app/a/b"
		},
		"exactly one of SecretString and GenerateSecretString": func(r object) {
			first(r, "AWS::SecretsManager::Secret")["SecretString"] = "plain"
		},
		"only a generated value": func(r object) {
			first(r, "AWS::SecretsManager::Secret")["GenerateSecretString"].(object)["PasswordLength"] = 32.0
		},
		"two pattern sets name the secret": func(r object) {
			second := maps.Clone(r["OriginHeaderAcceptedValues23333A10"].(object))
			second["Properties"] = maps.Clone(second["Properties"].(object))
			second["Properties"].(object)["Name"] = "second"
			r["SecondSet"] = second
		},
		"SecretString:key::": func(r object) {
			first(r, "AWS::ApiGateway::Stage")["Variables"] = object{"a": "{{resolve:secretsmanager:arn:SecretString:key::}}"}
		},
		"CaptchaConfig": func(r object) { first(r, "AWS::WAFv2::WebACL")["CaptchaConfig"] = object{} },
		"Fn::Transform": func(r object) { first(r, "AWS::ApiGateway::Stage")["StageName"] = object{"Fn::Transform": object{}} },
	} {
		_, err := simulator.Load(fixture(t, func(stack string, resources object) {
			if stack == "m2m-dev-gateway" {
				change(resources)
			}
		}), simulator.Options{})
		if err == nil || !strings.Contains(err.Error(), want) || !strings.Contains(err.Error(), "m2m-dev-gateway/") &&
			!strings.Contains(want, "SecretString") {
			t.Errorf("got %v, want …%s… with its path", err, want)
		}
	}
	if _, err := simulator.Load(t.TempDir(), simulator.Options{}); err == nil || !strings.Contains(err.Error(), "manifest.json") {
		t.Errorf("a directory that is no assembly: got %v", err)
	}
}

// The signed operations on client secrets pass the web ACL, which refuses everything else that does not come from the gateway.
func TestSystem_operationsOnClientSecrets(t *testing.T) {
	system, err := simulator.Load(fixture(t, func(string, object) {}), simulator.Options{})
	if err != nil {
		t.Fatal(err)
	}
	clientID := system.Tenants()[0].ClientID
	call := func(operation, input string) (int, object) {
		t.Helper()
		request := httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/", strings.NewReader(input))
		request.Header.Set("X-Amz-Target", "AWSCognitoIdentityProviderService."+operation)
		recorder := httptest.NewRecorder()
		system.Cognito().ServeHTTP(recorder, request)
		var output object
		if err := json.Unmarshal(recorder.Body.Bytes(), &output); err != nil {
			t.Fatalf("%s: %v in %s", operation, err, recorder.Body)
		}
		if strings.Contains(recorder.Body.String(), "a_value_that_nobody_sees") {
			t.Errorf("%s shows a secret's value", operation)
		}
		return recorder.Code, output
	}
	target := `"UserPoolId":"` + system.Cognito().PoolID() + `","ClientId":"` + clientID + `"`

	status, added := call("AddUserPoolClientSecret", `{`+target+`,"ClientSecret":"a_value_that_nobody_sees_0"}`)
	if status != http.StatusOK {
		t.Fatalf("add: %d %v", status, added)
	}
	id := added["ClientSecretDescriptor"].(object)["ClientSecretId"].(string)
	if status, third := call("AddUserPoolClientSecret",
		`{`+target+`,"ClientSecret":"a_value_that_nobody_sees_1"}`); status != http.StatusBadRequest {
		t.Errorf("a third secret: %d %v", status, third)
	}
	if _, listed := call("ListUserPoolClientSecrets", `{`+target+`}`); len(listed["ClientSecrets"].([]any)) != 2 {
		t.Errorf("list: %v", listed)
	}
	if status, deleted := call("DeleteUserPoolClientSecret", `{`+target+`,"ClientSecretId":"`+id+`"}`); status != http.StatusOK {
		t.Errorf("delete: %d %v", status, deleted)
	}
	for operation, input := range map[string]string{
		"DescribeUserPool":          `{` + target + `}`,
		"ListUserPoolClientSecrets": `{"UserPoolId":"eu-west-1_other","ClientId":"` + clientID + `"}`,
		"AddUserPoolClientSecret":   `{`,
	} {
		if status, output := call(operation, input); status != http.StatusBadRequest || output["__type"] == "" {
			t.Errorf("%s of %s: %d %v", operation, input, status, output)
		}
	}
}
