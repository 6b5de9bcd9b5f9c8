package simulator_test

import (
	"fmt"
	"testing"

	"github.com/cognito-m2m/cognito-m2m-cdk/simulator"
)

const tenantsStack = "m2m-dev-tenants-sandbox"

// withCredentials gives tenants secrets that rotate, with all that goes with them.
func withCredentials(t *testing.T) func(stack string, r object) {
	return func(stack string, r object) {
		switch stack {
		case gatewayStack:
			// A set that has nothing to do with the header, before and after it by name.
			for _, id := range []string{"AFirstSet", "ZLastSet"} {
				r[id] = resource(t, "AWS::WAFv2::RegexPatternSet", `{"Name": "`+id+`", "Scope": "REGIONAL", "RegularExpressionList": ["^a$"]}`)
			}
			r["AnotherHeader"] = resource(t, "AWS::SecretsManager::Secret",
				`{"GenerateSecretString": {"ExcludePunctuation": true, "PasswordLength": 64}}`)
			for id, resourceType := range map[string]string{
				"Queue": "AWS::SQS::Queue", "QueuePolicy": "AWS::SQS::QueuePolicy", "Source": "AWS::Lambda::EventSourceMapping",
				"Budget":    "AWS::Budgets::Budget",
				"LogPolicy": "AWS::Logs::ResourcePolicy", "Filter": "AWS::Logs::MetricFilter",
			} {
				r[id] = resource(t, resourceType, `{"Anything": {"Ref": "AWS::Region"}}`)
			}
		case tenantsStack:
			for i := range 3 {
				id := fmt.Sprintf("Tenant%d", i)
				r[id] = resource(t, "AWS::SecretsManager::Secret", `{"Name": "m2m/dev/tenants/`+id+`", "SecretString": "{\"placeholder\":true}",
					"KmsKeyId": "arn:aws:kms:eu-west-1:000000000000:key/1",
					"Tags": [{"Key": "m2m:client-id", "Value": {"Ref": "checkoutClient2749F08D"}}]}`)
				r[id+"Schedule"] = resource(t, "AWS::SecretsManager::RotationSchedule",
					`{"SecretId": {"Ref": "`+id+`"}, "RotateImmediatelyOnUpdate": false}`)
				r[id+"Readers"] = resource(t, "AWS::SecretsManager::ResourcePolicy", `{"SecretId": {"Ref": "`+id+`"}, "ResourcePolicy": {}}`)
			}
		}
	}
}

// The origin header's secret is the one that the stage variable names, whatever other secrets and sets there are.
func TestCredentials_headerRotatesAmongOtherSecrets(t *testing.T) {
	system, err := simulator.Load(fixture(t, withCredentials(t)), simulator.Options{})
	if err != nil {
		t.Fatal(err)
	}
	for i := range 2 {
		if err := system.Origin().Rotate(t.Context(), 0, 0); err != nil {
			t.Fatalf("rotation %d: %v", i, err)
		}
		system.Gateway().FlushCache()
		wants(t, "after the rotation", ask(t, system, asIs), 200, "access_token")
	}
	if n := system.Origin().Accepted(); n != 1 {
		t.Errorf("%d values are accepted, want 1", n)
	}
}

func TestCredentials_headerThatNothingNamesCannotRotate(t *testing.T) {
	system, err := simulator.Load(fixture(t, func(stack string, r object) {
		if stack == gatewayStack {
			propertiesOf(r, stage)["Variables"] = object{"originHeaderValue": "literal"}
		}
	}), simulator.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if err := system.Origin().Rotate(t.Context(), 0, 0); err == nil || system.Origin().Accepted() != 0 {
		t.Errorf("got %v, %d values accepted", err, system.Origin().Accepted())
	}
}
