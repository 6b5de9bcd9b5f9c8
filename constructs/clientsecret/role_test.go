package clientsecret_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/cognito-m2m/cognito-m2m-cdk/internal/testkit/cdktest"
)

// The function's role, to the letter: what is not here it cannot do.
func TestRole_allowsExactlyTheCallsMade(t *testing.T) {
	template := synth(t, nil)
	role := template.Properties(roleID)
	if role["ManagedPolicyArns"] != nil {
		t.Errorf("managed policies: %v", role["ManagedPolicyArns"])
	}
	const invoke = "RotationStartRotations48D00205"
	if diff := cmp.Diff([]string{invoke}, template.IDs("AWS::IAM::Policy")); diff != "" {
		t.Errorf("policies besides the role's own (-want +got):\n%s", diff)
	}
	if got := cdktest.Text(template.Properties(invoke)["Roles"]); got != "[{Ref "+roleID+"}]" {
		t.Errorf("%s is of %s", invoke, got)
	}
	statements := append(cdktest.At(t, role, "Policies", 0, "PolicyDocument", "Statement").([]any),
		cdktest.At(t, template.Properties(invoke), "PolicyDocument", "Statement").([]any)...)
	if n := len(role["Policies"].([]any)); n != 1 {
		t.Errorf("%d inline policies, want 1", n)
	}
	got, conditions := map[string]string{}, map[string]string{}
	for _, s := range statements {
		statement := s.(map[string]any)
		sid := statement["Sid"].(string)
		if statement["Effect"] != "Allow" {
			t.Errorf("%s: effect %v", sid, statement["Effect"])
		}
		got[sid] = cdktest.Text(statement["Action"]) + " on " + cdktest.Text(statement["Resource"])
		if strings.Contains(cdktest.Text(statement["Action"]), "*") {
			t.Errorf("%s: wildcard action", sid)
		}
		if condition, ok := statement["Condition"].(map[string]any); ok {
			conditions[sid] = operators(condition)
		}
	}
	want := map[string]string{
		"Secrets": "[secretsmanager:DescribeSecret secretsmanager:GetSecretValue secretsmanager:PutSecretValue secretsmanager:RotateSecret " +
			"secretsmanager:UpdateSecretVersionStage] on " + secrets,
		"SettledTag":      "secretsmanager:TagResource on " + secrets,
		"List":            "secretsmanager:ListSecrets on *",
		"SecretsKey":      "[kms:Decrypt kms:GenerateDataKey] on {Fn::GetAtt [" + keyID + " Arn]}",
		"OriginHeader":    "secretsmanager:GetSecretValue on {Ref OriginHeaderSecret40AD370C}",
		"OriginHeaderKey": "kms:Decrypt on {Fn::GetAtt [OriginHeaderKey4B4316B7 Arn]}",
		"Clients": "[cognito-idp:AddUserPoolClientSecret cognito-idp:DeleteUserPoolClientSecret cognito-idp:DescribeUserPoolClient " +
			"cognito-idp:ListUserPoolClientSecrets] on {Fn::GetAtt [PoolUserPool04A1AA15 Arn]}",
		"FlushCache": "apigateway:DELETE on arn:{Ref AWS::Partition}:apigateway:{Ref AWS::Region}::/restapis/{Ref " +
			"ProxyApi99F439A2}/stages/{Ref ProxyApiDeploymentStagev14306F9A1}/cache/data",
		"Log":      "[logs:CreateLogStream logs:PutLogEvents] on {Fn::GetAtt [RotationLog0F4B48E5 Arn]}",
		"Function": "lambda:InvokeFunction on {Fn::GetAtt [" + functionID + " Arn]}",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("statements (-want +got):\n%s", diff)
	}
	wantConditions := map[string]string{
		"SettledTag": "ForAllValues:StringEquals aws:TagKeys [m2m:settled]; Null aws:TagKeys false",
		"SecretsKey": "StringEquals kms:ViaService " + service + "; StringLike kms:EncryptionContext:SecretARN " + secrets,
		"OriginHeaderKey": "StringEquals kms:EncryptionContext:SecretARN {Ref OriginHeaderSecret40AD370C}; StringEquals kms:ViaService " +
			service,
	}
	if diff := cmp.Diff(wantConditions, conditions); diff != "" {
		t.Errorf("conditions (-want +got):\n%s", diff)
	}
}

// The function needs its role first, so the role's permission to invoke the function must not be in what the function waits for.
func TestRole_andFunctionDoNotWaitForEachOther(t *testing.T) {
	template := synth(t, nil)
	if got := fmt.Sprint(template.Resource(functionID)["DependsOn"]); got != "["+roleID+"]" {
		t.Errorf("the function waits for %s, want its role alone", got)
	}
	if body := cdktest.JSON(t, template.Resource(roleID)); strings.Contains(body, functionID) {
		t.Errorf("the role refers to the function:\n%s", body)
	}
}
