package guard_test

import (
	"encoding/json"
	"strings"
	"testing"
)

// tenantSecret is a tenant's secret with everything around it, without a mistake.
const tenantSecret = `{"Resources": {
	"Secret": {"Type": "AWS::SecretsManager::Secret", "Properties": {
		"Name": "m2m/dev/tenants/checkout", "KmsKeyId": {"Fn::ImportValue": "key"}, "SecretString": "{\"placeholder\":true}",
		"Tags": [{"Key": "m2m:client-id", "Value": {"Ref": "Client"}}, {"Key": "m2m:scopes", "Value": "0b1e"},
			{"Key": "m2m:tenant", "Value": "checkout"}, {"Key": "team", "Value": "platform"}]}},
	"Schedule": {"Type": "AWS::SecretsManager::RotationSchedule", "Properties": {
		"SecretId": {"Ref": "Secret"}, "RotateImmediatelyOnUpdate": false, "RotationRules": {"ScheduleExpression": "cron(0 7 3 * ? *)",
			"Duration": "1h"}}},
	"Policy": {"Type": "AWS::SecretsManager::ResourcePolicy", "Properties": {
		"SecretId": {"Ref": "Secret"}, "BlockPublicPolicy": true, "ResourcePolicy": {"Version": "2012-10-17", "Statement": [
			{"Effect": "Allow", "Principal": {"AWS": ["444455556666", "arn:aws:iam::444455556666:role/orders"]},
				"Action": ["secretsmanager:GetSecretValue"], "Resource": "*"},
			{"Effect": "Deny", "Principal": "*", "Action": "secretsmanager:DeleteSecret", "Resource": "*"}]}}}
}}`

func TestCheckAssembly_findsMistakesInSecrets(t *testing.T) {
	const leak = "hunter2-hunter2-hunter2"

	tag := func(p object, i int) object { return p["Tags"].([]any)[i].(object) }
	statement := func(p object) object { return first(p["ResourcePolicy"].(object)["Statement"]) }
	for _, test := range []struct {
		name, id string
		breakIt  func(object)
		want     string // nothing for no mistake
	}{
		{"no mistake", "Secret", func(object) {}, ""},
		{"another placeholder", "Secret", func(p object) { p["SecretString"] = `{"placeholder": true}` },
			`SecretString is not the placeholder {"placeholder":true}`},
		{"no placeholder", "Secret", func(p object) { delete(p, "SecretString") }, "SecretString is not the placeholder"},
		{"a tenant's client secret", "Secret", func(p object) { p["SecretString"] = `{"client_secret":"` + leak + `"}` },
			"SecretString is not the placeholder"},
		{"Cognito's own", "Secret", func(p object) { p["SecretString"] = object{"Fn::GetAtt": []any{"Client", "ClientSecret"}} },
			"SecretString is not the placeholder"},
		{"any value", "Secret", func(p object) { p["SecretString"], p["Tags"] = leak, nil }, "SecretString is in the template"},
		{"any reference", "Secret", func(p object) { p["SecretString"], p["Tags"] = object{"Ref": "P"}, nil }, "SecretString is in the template"},
		{"generated", "Secret", func(p object) { p["SecretString"], p["Tags"], p["GenerateSecretString"] = nil, nil, object{} }, ""},
		{"generated for a tenant", "Secret", func(p object) { p["GenerateSecretString"] = object{} }, "GenerateSecretString is there"},
		{"AWS's key", "Secret", func(p object) { delete(p, "KmsKeyId") }, "KmsKeyId is missing"},
		{"no client", "Secret", func(p object) { tag(p, 0)["Key"] = "client" }, "tag m2m:client-id is missing"},
		{"no scopes", "Secret", func(p object) { tag(p, 1)["Value"] = "" }, "tag m2m:scopes is missing"},
		{"no tenant", "Secret", func(p object) { tag(p, 2)["Key"] = "tenant" }, "tag m2m:tenant is missing"},
		{"settled by CloudFormation", "Secret", func(p object) { tag(p, 3)["Key"] = "m2m:settled" }, "tag m2m:settled is there"},
		{"rotates when changed", "Schedule", func(p object) { p["RotateImmediatelyOnUpdate"] = true },
			"RotateImmediatelyOnUpdate is true: use false"},
		{"minutes", "Schedule", func(p object) { p["RotationRules"].(object)["ScheduleExpression"] = "cron(30 7 3 * ? *)" },
			"use 0 for the minutes, not 30"},
		{"two days", "Schedule", func(p object) { p["RotationRules"].(object)["ScheduleExpression"] = "cron(0 7 3 * 1 *)" },
			"use ? for exactly one of"},
		{"window", "Schedule", func(p object) { p["RotationRules"].(object)["Duration"] = "20h" }, "reaches into the next day"},
		{"everybody", "Policy", func(p object) { statement(p)["Principal"] = "*" }, "statement 0 lets everybody in"},
		{"everybody of AWS", "Policy", func(p object) { statement(p)["Principal"] = object{"AWS": "*"} }, "statement 0 lets everybody in"},
		{"everybody among others", "Policy", func(p object) { statement(p)["Principal"] = object{"AWS": []any{"444455556666", "*"}} },
			"statement 0 lets everybody in"},
		{"everybody else", "Policy", func(p object) { statement(p)["NotPrincipal"] = object{"AWS": "444455556666"} },
			"statement 0 allows NotPrincipal"},
		{"public policy", "Policy", func(p object) { delete(p, "BlockPublicPolicy") }, "BlockPublicPolicy is <nil>: use true"},
	} {
		t.Run(test.name, func(t *testing.T) {
			var broken template
			if err := json.Unmarshal([]byte(tenantSecret), &broken); err != nil {
				t.Fatal(err)
			}
			test.breakIt(broken.Resources[test.id].Properties)
			found := strings.Join(broken.check(t), "\n")
			if test.want == "" && found != "" || !strings.Contains(found, test.want) {
				t.Errorf("got %q, want …%s…", found, test.want)
			}
			if strings.Contains(found, leak) {
				t.Errorf("the message shows the value: %s", found)
			}
		})
	}
}
