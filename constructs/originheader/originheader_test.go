package originheader_test

import (
	"testing"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awskms"
	"github.com/aws/jsii-runtime-go"
	"github.com/google/go-cmp/cmp"

	"github.com/cognito-m2m/cognito-m2m-cdk/constructs/originheader"
	"github.com/cognito-m2m/cognito-m2m-cdk/internal/testkit/cdktest"
)

func TestMain(m *testing.M) { cdktest.Main(m) }

const (
	secretID = "OriginHeaderSecret40AD370C"         // Pinned: a replaced secret is another value.
	setID    = "OriginHeaderAcceptedValues23333A10" // Pinned: a replaced set has lost the accepted values.
)

func TestOriginHeader_valueIsGeneratedAndOnlyReferredTo(t *testing.T) {
	stack := cdktest.NewStack(t)
	header := originheader.NewOriginHeader(stack, jsii.String("OriginHeader"), nil)
	awscdk.NewCfnOutput(stack, jsii.String("Value"), &awscdk.CfnOutputProps{Value: header.Value()})
	template := cdktest.Synth(t, stack)

	if got := *header.HeaderName(); got != "x-wafAuthAllowRule" {
		t.Errorf("header name: got %s", got)
	}
	secret := template.Properties(secretID)
	want := map[string]any{"PasswordLength": 64.0, "ExcludePunctuation": true, "IncludeSpace": false}
	if diff := cmp.Diff(want, secret["GenerateSecretString"]); diff != "" {
		t.Errorf("generated value (-want +got):\n%s", diff)
	}
	key := cdktest.At(t, secret, "KmsKeyId", "Fn::GetAtt", 0).(string)
	if template.Properties(key)["EnableKeyRotation"] != true {
		t.Error("the key is not rotated")
	}
	reference := []any{"{{resolve:secretsmanager:", map[string]any{"Ref": secretID}, ":SecretString:::}}"}
	if diff := cmp.Diff(reference, cdktest.At(t, template.Body, "Outputs", "Value", "Value", "Fn::Join", 1)); diff != "" {
		t.Errorf("value for the gateway (-want +got):\n%s", diff)
	}
	anchored := []any{"^{{resolve:secretsmanager:", map[string]any{"Ref": secretID}, ":SecretString:::}}$"}
	set := template.Properties(setID)
	if diff := cmp.Diff(anchored, cdktest.At(t, set, "RegularExpressionList", 0, "Fn::Join", 1)); diff != "" {
		t.Errorf("accepted value (-want +got):\n%s", diff)
	}
	if set["Scope"] != "REGIONAL" {
		t.Errorf("scope: got %v", set["Scope"])
	}
}

// CloudFormation must have no reason to write the set again: it would put the current value in the place of all accepted ones.
func TestOriginHeader_noSettingAndNoTagChangesTheAcceptedValues(t *testing.T) {
	set := func(props *originheader.OriginHeaderProps, change func(awscdk.Stack)) map[string]any {
		stack := cdktest.NewStack(t)
		if props != nil && props.EncryptionKey == nil {
			props.EncryptionKey = awskms.NewKey(stack, jsii.String("Given"), nil)
		}
		originheader.NewOriginHeader(stack, jsii.String("OriginHeader"), props)
		change(stack)
		return cdktest.Synth(t, stack).Resource(setID)
	}
	plain := set(nil, func(awscdk.Stack) {})
	changed := set(&originheader.OriginHeaderProps{HeaderName: jsii.String("x-other"), RemovalPolicy: awscdk.RemovalPolicy_RETAIN},
		func(stack awscdk.Stack) {
			awscdk.Tags_Of(stack).Add(jsii.String("team"), jsii.String("platform"), nil)
		})
	if diff := cmp.Diff(plain, changed); diff != "" {
		t.Errorf("the set's resource changed:\n%s", diff)
	}
}

func TestOriginHeader_refusesHeaderNames(t *testing.T) {
	for _, name := range []string{"Authorization", "x-amzn-trace-id", "X-Forwarded-For", "x-", "x-with space", "origin"} {
		stack := cdktest.NewStack(t)
		originheader.NewOriginHeader(stack, jsii.String("OriginHeader"), &originheader.OriginHeaderProps{HeaderName: jsii.String(name)})
		cdktest.ExpectErrors(t, stack, []string{`HeaderName: header name "` + name + `" is not allowed: use x- and`})
	}
}
