package clientsecret_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/jsii-runtime-go"
	"github.com/google/go-cmp/cmp"

	"github.com/cognito-m2m/cognito-m2m-cdk/constructs/clientsecret"
	"github.com/cognito-m2m/cognito-m2m-cdk/constructs/m2mpool"
	"github.com/cognito-m2m/cognito-m2m-cdk/constructs/originheader"
	"github.com/cognito-m2m/cognito-m2m-cdk/constructs/tokenproxy"
	"github.com/cognito-m2m/cognito-m2m-cdk/internal/testkit/cdktest"
)

func TestMain(m *testing.M) { cdktest.Main(m) }

const (
	functionID = "RotationFunction8B9BF3C3"
	roleID     = "RotationRoleC772E8EB"
	keyID      = "RotationKey3583D52E"
)

func newRotation(t *testing.T, configure func(awscdk.Stack, *clientsecret.SecretRotationProps)) (awscdk.Stack,
	*clientsecret.SecretRotation) {
	t.Helper()
	stack := cdktest.NewStack(t)
	pool := m2mpool.NewM2MPool(stack, jsii.String("Pool"), &m2mpool.M2MPoolProps{Domain: &m2mpool.Domain{Prefix: jsii.String("acme")}})
	header := originheader.NewOriginHeader(stack, jsii.String("OriginHeader"), nil)
	props := &clientsecret.SecretRotationProps{
		Pool: pool,
		Proxy: tokenproxy.NewTokenProxy(stack, jsii.String("Proxy"), &tokenproxy.TokenProxyProps{
			Pool: pool, OriginHeader: header,
		}),
		OriginHeader: header,
		SecretPrefix: jsii.String("m2m/test/tenants/"),
	}
	if configure != nil {
		configure(stack, props)
	}
	return stack, clientsecret.NewSecretRotation(stack, jsii.String("Rotation"), props)
}

func synth(t *testing.T, configure func(awscdk.Stack, *clientsecret.SecretRotationProps)) cdktest.Template {
	t.Helper()
	stack, _ := newRotation(t, configure)
	template := cdktest.Synth(t, stack)
	if errs := cdktest.Errors(stack); len(errs) > 0 {
		t.Fatal(errs)
	}
	return template
}

func minutes(n float64) awscdk.Duration { return awscdk.Duration_Minutes(jsii.Number(n)) }

const (
	secrets = "arn:{Ref AWS::Partition}:secretsmanager:{Ref AWS::Region}:{Ref AWS::AccountId}:secret:m2m/test/tenants/*"
	service = "secretsmanager.{Ref AWS::Region}.amazonaws.com"
)

// All tenants' rotations come by one permission: no other account can make the function run.
func TestRotation_secretsManagerMayInvokeForThisAccountOnly(t *testing.T) {
	permission := synth(t, nil).Properties("RotationRotationPermission00B57EFE")
	got := map[string]string{}
	for name, value := range permission {
		got[name] = cdktest.Text(value)
	}
	want := map[string]string{
		"Action": "lambda:InvokeFunction", "Principal": "secretsmanager.amazonaws.com", "SourceAccount": "{Ref AWS::AccountId}",
		"FunctionName": "{Fn::GetAtt [" + functionID + " Arn]}",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("permission (-want +got):\n%s", diff)
	}
}

func TestRotation_functionIsBuiltForLambdaAndTold(t *testing.T) {
	template := synth(t, func(_ awscdk.Stack, p *clientsecret.SecretRotationProps) {
		p.Cadence, p.Grace, p.StuckLimit, p.ReservedConcurrency = clientsecret.Quarterly, minutes(90), minutes(240), jsii.Number(5)
	})
	function := template.Properties(functionID)
	if function["Runtime"] != "provided.al2023" || cdktest.At(t, function, "Architectures", 0) != "arm64" ||
		function["Handler"] != "bootstrap" {
		t.Errorf("runtime: got %v %v %v", function["Runtime"], function["Architectures"], function["Handler"])
	}
	if function["ReservedConcurrentExecutions"] != 5.0 || function["Timeout"] != 900.0 {
		t.Errorf("concurrency %v, timeout %v, want 5 and 900", function["ReservedConcurrentExecutions"], function["Timeout"])
	}
	got := map[string]string{}
	for name, value := range cdktest.At(t, function, "Environment", "Variables").(map[string]any) {
		got[name] = cdktest.Text(value)
	}
	want := map[string]string{
		"SECRET_PREFIX": "m2m/test/tenants/", "USER_POOL_ID": "{Ref PoolUserPool04A1AA15}", "ACCOUNT_ID": "{Ref AWS::AccountId}",
		"TOKEN_URL": "https://acme.auth.{Ref AWS::Region}.amazoncognito.com/oauth2/token",
		"GATEWAY_TOKEN_URL": "https://{Ref ProxyApi99F439A2}.execute-api.{Ref AWS::Region}.{Ref AWS::URLSuffix}/{Ref " +
			"ProxyApiDeploymentStagev14306F9A1}/oauth2/token",
		"HEADER_NAME": "x-wafAuthAllowRule", "HEADER_SECRET_ARN": "{Ref OriginHeaderSecret40AD370C}",
		"REST_API_ID": "{Ref ProxyApi99F439A2}", "STAGE_NAME": "v1",
		"GRACE": "1h30m0s", "STUCK_LIMIT": "4h0m0s", "INTERVAL": "2209h0m0s", "FUNCTION_TIMEOUT": "15m0s",
		"METRICS_NAMESPACE": "CognitoM2M/ClientSecrets",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("environment (-want +got):\n%s", diff)
	}
	if _, reserved := synth(t, nil).Properties(functionID)["ReservedConcurrentExecutions"]; reserved {
		t.Error("reserves concurrency, which new accounts cannot")
	}
}

// Events that wait for another invocation to end must not pile up, and a failed sweep is done again by the next one.
func TestRotation_eventsStartSweeps(t *testing.T) {
	template := synth(t, func(_ awscdk.Stack, p *clientsecret.SecretRotationProps) {
		p.SweepInterval, p.TenantStackPrefix, p.Trail = minutes(30), jsii.String("m2m-test-tenants-"), jsii.Bool(true)
	})
	got := map[string]string{}
	for _, id := range template.IDs("AWS::Events::Rule") {
		rule := template.Properties(id)
		when := cdktest.Text(rule["ScheduleExpression"])
		if pattern, ok := rule["EventPattern"].(map[string]any); ok {
			when = eventPattern(pattern)
		}
		target := cdktest.At(t, rule, "Targets", 0).(map[string]any)
		input := target["Input"]
		if transformer, ok := target["InputTransformer"].(map[string]any); ok {
			input = transformer["InputTemplate"]
		}
		got[rule["Description"].(string)] = fmt.Sprintf("%s → %s %v", when, cdktest.Text(target["Arn"]), input)
	}
	sweep := " → {Fn::GetAtt [" + functionID + ` Arn]} {"action":"sweep"}`
	want := map[string]string{
		"Sweeps over the tenants' secrets": "rate(30 minutes)" + sweep,
		"Sweeps over the tenants' secrets when a stack of tenants has been deployed": "[aws.cloudformation] [CloudFormation Stack Status " +
			"Change] " +
			"stack-id [{prefix arn:{Ref AWS::Partition}:cloudformation:{Ref AWS::Region}:{Ref AWS::AccountId}:stack/m2m-test-tenants-}] " +
			"status-details {status [CREATE_COMPLETE UPDATE_COMPLETE UPDATE_ROLLBACK_COMPLETE]}" + sweep,
		"Reports a failed rotation of a tenant's client secret": "[aws.secretsmanager] [AWS Service Event via CloudTrail AWS API Call via " +
			"CloudTrail] " +
			"$or [{additionalEventData {SecretId [{prefix " + strings.TrimSuffix(secrets, "*") + "}]}} {serviceEventDetails {secretId [{prefix " +
			strings.TrimSuffix(secrets, "*") + "}]}}] " +
			"eventName [RotationFailed RotationAbandoned TestRotationFailed] → {Ref RotationAlarmTopic583D1747} " +
			`{"do":"A rotation of a tenant's client secret failed. Its credentials work on, and it is tried again. ` +
			`See Failing tenants in docs/runbook.md.","event":<detail>}`,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("rules (-want +got):\n%s", diff)
	}
	config := template.One("AWS::Lambda::EventInvokeConfig")
	if config["MaximumEventAgeInSeconds"] != 900.0 || config["MaximumRetryAttempts"] != 0.0 {
		t.Errorf("event invocations: %s", cdktest.JSON(t, config))
	}
	if n := len(synth(t, nil).IDs("AWS::Events::Rule")); n != 1 {
		t.Errorf("without a trail and a stack prefix there are %d rules, want the schedule's alone", n)
	}
}

func eventPattern(pattern map[string]any) string {
	detail := pattern["detail"].(map[string]any)
	var fields []string
	for name, value := range detail {
		fields = append(fields, name+" "+cdktest.Text(value))
	}
	slices.Sort(fields)
	return cdktest.Text(pattern["source"]) + " " + cdktest.Text(pattern["detail-type"]) + " " + strings.Join(fields, " ")
}

// A failed creation must remove the resources that a deletion retains: otherwise the name of the log is taken at the next attempt. The key
// is kept as long as there may be a secret that it encrypts.
func TestRotation_failedCreationLeavesNothingBehind(t *testing.T) {
	const log = "RotationLog0F4B48E5"
	template := synth(t, nil)
	for _, id := range []string{keyID, log, cdktest.At(t, template.Properties(log), "KmsKeyId", "Fn::GetAtt", 0).(string)} {
		if got := template.Resource(id)["DeletionPolicy"]; got != "RetainExceptOnCreate" {
			t.Errorf("%s: deletion policy %v", id, got)
		}
	}
}
