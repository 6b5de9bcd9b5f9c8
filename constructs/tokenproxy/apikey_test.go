package tokenproxy_test

import (
	"strings"
	"testing"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsiam"
	"github.com/aws/aws-cdk-go/awscdk/v2/awskms"
	"github.com/aws/jsii-runtime-go"
	"github.com/google/go-cmp/cmp"

	"github.com/cognito-m2m/cognito-m2m-cdk/constructs/tokenproxy"
	"github.com/cognito-m2m/cognito-m2m-cdk/internal/testkit/cdktest"
)

// newKey creates a proxy with the plans gold and trial, and the key of tenant billing in a stack of its own, as the app has it.
func newKey(t *testing.T, authorization *tokenproxy.Authorization, configure func(awscdk.Stack, *tokenproxy.APIKeyProps)) awscdk.Stack {
	gateway := cdktest.NewStack(t)
	tenants := awscdk.NewStack(gateway.Node().Scope().(awscdk.App), jsii.String("Tenants"), nil)
	if authorization == nil {
		authorization = &tokenproxy.Authorization{APIKey: jsii.Bool(true), UsagePlans: []*tokenproxy.UsagePlan{
			{Name: jsii.String("gold"), QuotaPerDay: jsii.Number(10000)}, {Name: jsii.String("trial"), QuotaPerDay: jsii.Number(10)},
		}}
	}
	props := &tokenproxy.APIKeyProps{
		Proxy:         addProxy(gateway, func(_ awscdk.Stack, p *tokenproxy.TokenProxyProps) { p.Authorization = authorization }),
		Plan:          jsii.String("gold"),
		TenantID:      jsii.String("billing"),
		SecretName:    jsii.String("m2m/prod/api-keys/billing"),
		EncryptionKey: awskms.NewKey(gateway, jsii.String("Key"), nil),
	}
	if configure != nil {
		configure(tenants, props)
	}
	key := tokenproxy.NewAPIKey(tenants, jsii.String("billing"), props)
	awscdk.NewCfnOutput(tenants, jsii.String("KeyId"), &awscdk.CfnOutputProps{Value: key.KeyID()})
	awscdk.NewCfnOutput(tenants, jsii.String("Secret"), &awscdk.CfnOutputProps{Value: key.Secret().SecretArn()})
	return tenants
}

const apiKeySecretID, apiKeyID = "billingSecret84863231", "billingKey156335A6" // Pinned: another secret or key is another value.

func TestAPIKey_isGeneratedAndOnlyReferredTo(t *testing.T) {
	stack := newKey(t, nil, nil)
	template := cdktest.Synth(t, stack)
	if errs := cdktest.Errors(stack); len(errs) > 0 {
		t.Fatal(errs)
	}
	secret := template.Properties(apiKeySecretID)
	// Changed, these make a new value in the secret, which the key does not follow.
	if diff := cmp.Diff(map[string]any{"PasswordLength": 40.0, "ExcludePunctuation": true, "IncludeSpace": false},
		secret["GenerateSecretString"]); diff != "" {
		t.Errorf("generated value (-want +got):\n%s", diff)
	}
	if _, ok := secret["KmsKeyId"].(map[string]any)["Fn::ImportValue"]; !ok || secret["Name"] != "m2m/prod/api-keys/billing" ||
		secret["SecretString"] != nil {
		t.Errorf("secret: got %s", cdktest.JSON(t, secret))
	}
	want := map[string]any{
		"Description": "API key of tenant billing", "Enabled": true, "GenerateDistinctId": true,
		"Value": map[string]any{"Fn::Join": []any{"", []any{"{{resolve:secretsmanager:", map[string]any{"Ref": apiKeySecretID},
			":SecretString:::}}"}}},
	}
	if diff := cmp.Diff(want, template.Properties(apiKeyID)); diff != "" {
		t.Errorf("API key (-want +got):\n%s", diff)
	}
	planKey := template.One("AWS::ApiGateway::UsagePlanKey")
	if cdktest.At(t, planKey, "KeyId", "Ref") != apiKeyID || planKey["KeyType"] != "API_KEY" ||
		!strings.Contains(cdktest.At(t, planKey, "UsagePlanId", "Fn::ImportValue").(string), "UsagePlangold") {
		t.Errorf("place in the plan: got %s", cdktest.JSON(t, planKey))
	}
	if ids := template.IDs("AWS::SecretsManager::ResourcePolicy"); len(ids) > 0 {
		t.Errorf("readers although none is named: %v", ids)
	}
	if got := strings.Count(cdktest.JSON(t, template.Body), "{{resolve:"); got != 1 {
		t.Errorf("%d dynamic references, want one: a template may have 60", got)
	}
	if got := cdktest.At(t, template.Body, "Outputs", "KeyId", "Value", "Ref"); got != apiKeyID {
		t.Errorf("KeyID: got %v", got)
	}
	if got := cdktest.At(t, template.Body, "Outputs", "Secret", "Value", "Ref"); got != apiKeySecretID {
		t.Errorf("Secret: got %v", got)
	}
}

func TestAPIKey_readersMayReadItsSecret(t *testing.T) {
	stack := newKey(t, nil, func(stack awscdk.Stack, p *tokenproxy.APIKeyProps) {
		role := awsiam.NewRole(stack, jsii.String("Reader"), &awsiam.RoleProps{AssumedBy: awsiam.NewAccountRootPrincipal()})
		p.Readers = append(*jsii.Strings("arn:aws:iam::444455556666:role/orders", "777788889999"), role.RoleArn())
		p.RemovalPolicy = awscdk.RemovalPolicy_RETAIN
	})
	template := cdktest.Synth(t, stack)
	policy := template.One("AWS::SecretsManager::ResourcePolicy")
	if policy["BlockPublicPolicy"] != true || cdktest.At(t, policy, "SecretId", "Ref") != apiKeySecretID {
		t.Errorf("policy: got %s", cdktest.JSON(t, policy))
	}
	statement := cdktest.At(t, policy, "ResourcePolicy", "Statement", 0).(map[string]any)
	if diff := cmp.Diff([]any{"secretsmanager:DescribeSecret", "secretsmanager:GetSecretValue"}, statement["Action"]); diff != "" ||
		statement["Effect"] != "Allow" {
		t.Errorf("statement: got %s", cdktest.JSON(t, statement))
	}
	principals := cdktest.JSON(t, cdktest.At(t, statement, "Principal", "AWS"))
	for _, want := range []string{`"arn:aws:iam::444455556666:role/orders"`, `":iam::777788889999:root"`, `"Reader`} {
		if !strings.Contains(principals, want) {
			t.Errorf("%s is not among the readers: %s", want, principals)
		}
	}
	if got := template.Resource(apiKeySecretID)["DeletionPolicy"]; got != "Retain" {
		t.Errorf("deletion policy: got %v", got)
	}
}

func TestAPIKey_reportsAllMistakesTogether(t *testing.T) {
	for name, test := range map[string]struct {
		authorization *tokenproxy.Authorization
		configure     func(*tokenproxy.APIKeyProps)
		want          []string
	}{
		"nothing given": {nil, func(p *tokenproxy.APIKeyProps) { p.TenantID, p.Plan, p.SecretName = nil, nil, nil }, []string{
			"Plan: is required", "SecretName: is required", "TenantID: is required",
		}},
		"everything wrong": {nil, func(p *tokenproxy.APIKeyProps) {
			p.TenantID, p.Plan, p.SecretName = jsii.String("Billing"), jsii.String("silver"), jsii.String("a b")
			p.Readers = append(*jsii.Strings("everyone"), nil)
		}, []string{
			`Plan: usage plan "silver" is not one of gold, trial`, `Readers[0]: reader "everyone" is neither an IAM role or user nor an account`,
			"Readers[1]: is nil",
			`SecretName: secret name "a b" is not allowed`, `TenantID: tenant id "Billing" is not allowed`,
		}},
		"a proxy that asks for no key": {&tokenproxy.Authorization{IAM: &tokenproxy.IAMAuthorization{}}, func(*tokenproxy.APIKeyProps) {},
			[]string{
				`Plan: usage plan "gold" does not exist: the proxy asks for no API key`,
			}},
	} {
		t.Run(name, func(t *testing.T) {
			cdktest.ExpectErrors(t, newKey(t, test.authorization, func(_ awscdk.Stack, p *tokenproxy.APIKeyProps) { test.configure(p) }), test.want)
		})
	}
}

func TestAPIKey_panicsWithoutProxyOrKey(t *testing.T) {
	defer func() {
		if message, _ := recover().(string); !strings.HasPrefix(message, "tokenproxy: ") {
			t.Errorf("got %q", message)
		}
	}()
	tokenproxy.NewAPIKey(cdktest.NewStack(t), jsii.String("billing"), &tokenproxy.APIKeyProps{})
}

// API Gateway cannot rotate it; everything else about the secret has to be in order.
func TestAPIKey_secretSaysWhyItDoesNotRotate(t *testing.T) {
	template := cdktest.Synth(t, newKey(t, nil, nil))
	rules := cdktest.At(t, template.Resource(apiKeySecretID), "Metadata", "cdk_nag", "rules_to_suppress").([]any)
	if len(rules) != 1 || cdktest.At(t, rules[0], "id") != "AwsSolutions-SMG4" {
		t.Errorf("suppressions: got %s", cdktest.JSON(t, rules))
	}
}
