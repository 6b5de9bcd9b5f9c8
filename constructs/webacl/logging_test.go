package webacl_test

import (
	"testing"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awskms"
	"github.com/aws/aws-cdk-go/awscdk/v2/awslogs"
	"github.com/aws/jsii-runtime-go"
	"github.com/google/go-cmp/cmp"

	"github.com/cognito-m2m/cognito-m2m-cdk/constructs/webacl"
	"github.com/cognito-m2m/cognito-m2m-cdk/internal/testkit/cdktest"
)

func TestLogging_blockedAndCountedRequestsAreLogged(t *testing.T) {
	template := synthEdge(t, nil)
	logging := template.One("AWS::WAFv2::LoggingConfiguration")
	if got := cdktest.At(t, logging, "ResourceArn", "Fn::GetAtt", 0); got != template.ID("AWS::WAFv2::WebACL") {
		t.Errorf("web ACL: got %v", got)
	}
	type object = map[string]any
	want := []any{object{"Fn::Join": []any{"", []any{
		"arn:", object{"Ref": "AWS::Partition"}, ":logs:", object{"Ref": "AWS::Region"}, ":", object{"Ref": "AWS::AccountId"}, ":log-group:",
		object{"Ref": "EdgeWebAclLogA0E4202A"},
	}}}}
	if diff := cmp.Diff(want, logging["LogDestinationConfigs"]); diff != "" {
		t.Errorf("destination (-want +got):\n%s", diff)
	}
	action := func(name string) object { return object{"ActionCondition": object{"Action": name}} }
	filter := object{"DefaultBehavior": "DROP", "Filters": []any{object{
		"Behavior": "KEEP", "Requirement": "MEETS_ANY", "Conditions": []any{action("BLOCK"), action("COUNT"), action("EXCLUDED_AS_COUNT")},
	}}}
	if diff := cmp.Diff(filter, logging["LoggingFilter"]); diff != "" {
		t.Errorf("filter (-want +got):\n%s", diff)
	}
}

func TestLogging_noSecretIsInTheEdgeLog(t *testing.T) {
	for _, test := range []struct {
		origin, credentials string
		want                []any
	}{
		{"x-wafAuthAllowRule", "Authorization", []any{"authorization", "cookie", "x-api-key", "x-wafauthallowrule"}},
		{"X-Gate", "X-Client-Authorization", []any{"authorization", "cookie", "x-api-key", "x-client-authorization", "x-gate"}},
	} {
		template := synthEdge(t, func(_ awscdk.Stack, p *webacl.EdgeWebACLProps) {
			p.OriginHeader, p.Proxy.(*gateway).credentialsHeader = header{test.origin}, test.credentials
		})
		var redacted []any
		for _, field := range template.One("AWS::WAFv2::LoggingConfiguration")["RedactedFields"].([]any) {
			redacted = append(redacted, cdktest.At(t, field, "SingleHeader", "Name"))
		}
		if diff := cmp.Diff(test.want, redacted); diff != "" {
			t.Errorf("%v: redacted fields (-want +got):\n%s", test, diff)
		}
		type object = map[string]any
		protection := object{"DataProtections": []any{
			object{"Action": "SUBSTITUTION", "Field": object{"FieldType": "SINGLE_HEADER", "FieldKeys": test.want}},
			object{"Action": "SUBSTITUTION", "Field": object{"FieldType": "SINGLE_QUERY_ARGUMENT", "FieldKeys": []any{"client_secret"}}},
			object{"Action": "SUBSTITUTION", "Field": object{"FieldType": "BODY"}},
		}}
		acl := template.One("AWS::WAFv2::WebACL")
		if diff := cmp.Diff(protection, acl["DataProtectionConfig"]); diff != "" {
			t.Errorf("%v: data protection (-want +got):\n%s", test, diff)
		}
		if cdktest.At(t, acl, "VisibilityConfig", "SampledRequestsEnabled") != false {
			t.Error("the web ACL keeps samples of requests")
		}
	}
}

func TestLogging_edgeLogIsEncrypted(t *testing.T) {
	template := synthEdge(t, nil)
	group := template.One("AWS::Logs::LogGroup")
	const name = "aws-waf-logs-Test-EdgeWebAcl-C0C30C00"
	if group["LogGroupName"] != name || group["RetentionInDays"] != 90.0 || cdktest.At(t, group, "KmsKeyId", "Fn::GetAtt",
		0) != template.ID("AWS::KMS::Key") {
		t.Errorf("log group: got %s", cdktest.JSON(t, group))
	}
	grant := cdktest.At(t, template.One("AWS::KMS::Key"), "KeyPolicy", "Statement", 1)
	arn := cdktest.At(t, grant, "Condition", "ArnEquals", "kms:EncryptionContext:aws:logs:arn", "Fn::Join", 1).([]any)
	if arn[len(arn)-1] != ":log-group:"+name {
		t.Errorf("CloudWatch Logs may use the key for %s", cdktest.JSON(t, arn))
	}

	given := synthEdge(t, func(stack awscdk.Stack, p *webacl.EdgeWebACLProps) {
		p.LogEncryptionKey = awskms.NewKey(stack, jsii.String("Given"), nil)
		p.LogRetention = awslogs.RetentionDays_ONE_WEEK
		p.RemovalPolicy = awscdk.RemovalPolicy_DESTROY
	})
	group = given.Resource(given.ID("AWS::Logs::LogGroup"))
	if cdktest.At(t, group, "Properties", "KmsKeyId", "Fn::GetAtt", 0) != "GivenEA18D9CA" ||
		cdktest.At(t, group, "Properties", "RetentionInDays") != 7.0 || group["DeletionPolicy"] != "Delete" {
		t.Errorf("given key, retention, removal: got %s", cdktest.JSON(t, group))
	}
}
