package originheader_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsapigateway"
	"github.com/aws/aws-cdk-go/awscdk/v2/awssns"
	"github.com/aws/aws-cdk-go/awscdk/v2/awswafv2"
	"github.com/aws/jsii-runtime-go"
	"github.com/google/go-cmp/cmp"

	"github.com/cognito-m2m/cognito-m2m-cdk/constructs/originheader"
	"github.com/cognito-m2m/cognito-m2m-cdk/internal/testkit/cdktest"
)

func newRotation(t *testing.T, configure func(awscdk.Stack, *originheader.HeaderRotationProps)) awscdk.Stack {
	stack := cdktest.NewStack(t)
	newRotationIn(stack, configure)
	return stack
}

func newRotationIn(stack awscdk.Stack, configure func(awscdk.Stack, *originheader.HeaderRotationProps)) *originheader.HeaderRotation {
	api := awsapigateway.NewRestApi(stack, jsii.String("Api"), nil)
	api.Root().AddMethod(jsii.String("GET"), nil, nil)
	props := &originheader.HeaderRotationProps{
		OriginHeader: originheader.NewOriginHeader(stack, jsii.String("OriginHeader"), nil),
		Stage:        api.DeploymentStage(),
		Association: awswafv2.NewCfnWebACLAssociation(stack, jsii.String("Association"), &awswafv2.CfnWebACLAssociationProps{
			ResourceArn: jsii.String("arn:aws:cognito-idp:eu-west-1:111122223333:userpool/eu-west-1_a"),
			WebAclArn:   jsii.String("arn:aws:wafv2:eu-west-1:111122223333:regional/webacl/a/b"),
		}),
		CognitoTokenURL: jsii.String("https://acme.auth.eu-west-1.amazoncognito.com/oauth2/token"),
		GatewayTokenURL: jsii.String("https://tokens.example.com/oauth2/token"),
	}
	if configure != nil {
		configure(stack, props)
	}
	return originheader.NewHeaderRotation(stack, jsii.String("Rotation"), props)
}

func synthRotation(t *testing.T, configure func(awscdk.Stack, *originheader.HeaderRotationProps)) cdktest.Template {
	t.Helper()
	stack := newRotation(t, configure)
	template := cdktest.Synth(t, stack)
	if errs := cdktest.Errors(stack); len(errs) > 0 {
		t.Fatal(errs)
	}
	return template
}

func TestRotation_scheduleWaitsForAllThatARotationNeeds(t *testing.T) {
	template := synthRotation(t, nil)
	id := template.ID("AWS::SecretsManager::RotationSchedule")
	schedule := template.Properties(id)
	if schedule["RotateImmediatelyOnUpdate"] != false {
		t.Error("every change of the schedule rotates at once")
	}
	if diff := cmp.Diff(map[string]any{"ScheduleExpression": "rate(30 days)", "Duration": "1h"}, schedule["RotationRules"]); diff != "" {
		t.Errorf("rules (-want +got):\n%s", diff)
	}
	dependencies := template.Resource(id)["DependsOn"].([]any)
	for _, needed := range []string{"Association", setID, "ApiDeploymentStageprod3EB9684E", template.ID("AWS::Lambda::Function"),
		"RotationRotationPermission00B57EFE"} {
		if !slices.Contains(dependencies, any(needed)) {
			t.Errorf("does not wait for %s: %v", needed, dependencies)
		}
	}
	// No other account can make the function run.
	permission := template.Properties("RotationRotationPermission00B57EFE")
	want := map[string]any{
		"Action": "lambda:InvokeFunction", "Principal": "secretsmanager.amazonaws.com", "SourceAccount": map[string]any{"Ref": "AWS::AccountId"},
		"FunctionName": map[string]any{"Fn::GetAtt": []any{template.ID("AWS::Lambda::Function"), "Arn"}},
	}
	if diff := cmp.Diff(want, permission); diff != "" {
		t.Errorf("permission (-want +got):\n%s", diff)
	}
	assertGuarded(t, template)
}

// The function's role, to the letter: what is not here it cannot do. wafv2:UpdateWebACL above all is not.
func TestRole_allowsExactlyTheCallsMade(t *testing.T) {
	template := synthRotation(t, nil)
	got, conditions := template.Statements(t, "RotationRoleC772E8EB")
	const stage = "arn:{Ref AWS::Partition}:apigateway:{Ref AWS::Region}::/restapis/{Ref ApiF70053CD}/stages/{Ref " +
		"ApiDeploymentStageprod3EB9684E}"
	want := map[string]string{
		"Secret": "[secretsmanager:DescribeSecret secretsmanager:GetSecretValue secretsmanager:PutSecretValue " +
			"secretsmanager:UpdateSecretVersionStage] on {Ref " + secretID + "}",
		"FlushTag":       "secretsmanager:TagResource on {Ref " + secretID + "}",
		"SecretKey":      "[kms:Decrypt kms:GenerateDataKey] on {Fn::GetAtt [OriginHeaderKey4B4316B7 Arn]}",
		"AcceptedValues": "[wafv2:GetRegexPatternSet wafv2:UpdateRegexPatternSet] on {Fn::GetAtt [" + setID + " Arn]}",
		"InjectedValue":  "[apigateway:GET apigateway:PATCH] on " + stage,
		"FlushCache":     "apigateway:DELETE on " + stage + "/cache/data",
		"Log":            "[logs:CreateLogStream logs:PutLogEvents] on {Fn::GetAtt [RotationLog0F4B48E5 Arn]}",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("statements (-want +got):\n%s", diff)
	}
	wantConditions := map[string]any{
		"FlushTag": map[string]any{"ForAllValues:StringEquals": map[string]any{"aws:TagKeys": []any{"m2m:origin-header-flush"}},
			"Null": map[string]any{"aws:TagKeys": "false"}},
		"SecretKey": map[string]any{"StringEquals": map[string]any{
			"kms:EncryptionContext:SecretARN": map[string]any{"Ref": secretID},
			"kms:ViaService": map[string]any{"Fn::Join": []any{"", []any{"secretsmanager.", map[string]any{"Ref": "AWS::Region"},
				".amazonaws.com"}}},
		}},
	}
	if diff := cmp.Diff(wantConditions, conditions); diff != "" {
		t.Errorf("conditions (-want +got):\n%s", diff)
	}
}

func actions(statement map[string]any) []string {
	if one, ok := statement["Action"].(string); ok {
		return []string{one}
	}
	var all []string
	for _, action := range statement["Action"].([]any) {
		all = append(all, action.(string))
	}
	return all
}

func TestRotation_functionIsBuiltForLambdaAndTold(t *testing.T) {
	template := synthRotation(t, func(_ awscdk.Stack, p *originheader.HeaderRotationProps) {
		p.WAFBound, p.StageBound = awscdk.Duration_Minutes(jsii.Number(4)), awscdk.Duration_Minutes(jsii.Number(3))
	})
	function := template.One("AWS::Lambda::Function")
	if function["Runtime"] != "provided.al2023" || cdktest.At(t, function, "Architectures", 0) != "arm64" ||
		function["Handler"] != "bootstrap" {
		t.Errorf("runtime: got %v %v %v", function["Runtime"], function["Architectures"], function["Handler"])
	}
	if function["ReservedConcurrentExecutions"] != 1.0 || function["Timeout"] != 840.0 {
		t.Errorf("concurrency %v, timeout %v, want 1 and 840: twice 4 minutes, 3 minutes, and 3 for the rest",
			function["ReservedConcurrentExecutions"], function["Timeout"])
	}
	variables := cdktest.At(t, function, "Environment", "Variables").(map[string]any)
	for name, want := range map[string]any{
		"WAF_BOUND": "4m0s", "STAGE_BOUND": "3m0s", "GRACE": "1h0m0s", "STUCK_LIMIT": "3h0m0s", "FLUSH_INTERVAL": "15m0s",
		"FUNCTION_TIMEOUT": "14m0s",
		"HEADER_NAME":      "x-wafAuthAllowRule", "STAGE_VARIABLE": "originHeaderValue", "METRICS_NAMESPACE": "CognitoM2M/OriginHeader",
		"TOKEN_URL": "https://acme.auth.eu-west-1.amazoncognito.com/oauth2/token", "GATEWAY_TOKEN_URL": "https://tokens.example.com/oauth2/token",
	} {
		if variables[name] != want {
			t.Errorf("%s: got %v, want %v", name, variables[name], want)
		}
	}
	without := synthRotation(t, func(_ awscdk.Stack, p *originheader.HeaderRotationProps) {
		p.DisableReservedConcurrency, p.GatewayTokenURL = jsii.Bool(true), nil
	}).One("AWS::Lambda::Function")
	if _, ok := without["ReservedConcurrentExecutions"]; ok {
		t.Error("reserves concurrency, which new accounts cannot")
	}
	if _, ok := cdktest.At(t, without, "Environment", "Variables").(map[string]any)["GATEWAY_TOKEN_URL"]; ok {
		t.Error("probes a gateway that it was not given")
	}
}

func TestRotation_eventsThatMakeItReconcile(t *testing.T) {
	template := synthRotation(t, nil)
	ended := []any{map[string]any{"suffix": "_COMPLETE"}, map[string]any{"suffix": "_FAILED"}}
	stackID := []any{map[string]any{"Ref": "AWS::StackId"}}
	want := map[string]any{
		"Reconciles the origin header": "rate(15 minutes)",
		"Reconciles the origin header when its secret has another current version": map[string]any{
			"source": []any{"aws.secretsmanager"}, "detail-type": []any{"Secret Label Updated"}, "resources": []any{map[string]any{"Ref": secretID}},
		},
		"Reconciles the origin header when CloudFormation has changed the stack": map[string]any{
			"source": []any{"aws.cloudformation"}, "detail-type": []any{"CloudFormation Stack Status Change"},
			"detail": map[string]any{"stack-id": stackID, "status-details": map[string]any{"status": ended}},
		},
		"Reconciles the origin header when CloudFormation has changed what it depends on": map[string]any{
			"source": []any{"aws.cloudformation"}, "detail-type": []any{"CloudFormation Resource Status Change"},
			"detail": map[string]any{
				"stack-id": stackID, "status-details": map[string]any{"status": ended},
				"resource-type": []any{"AWS::ApiGateway::Stage", "AWS::WAFv2::RegexPatternSet", "AWS::SecretsManager::Secret"},
			},
		},
	}
	got := map[string]any{}
	for _, id := range template.IDs("AWS::Events::Rule") {
		rule := template.Properties(id)
		got[rule["Description"].(string)] = rule["EventPattern"]
		if schedule, ok := rule["ScheduleExpression"]; ok {
			got[rule["Description"].(string)] = schedule
		}
		target := cdktest.At(t, rule, "Targets", 0)
		if cdktest.At(t, target, "Arn", "Fn::GetAtt", 0) != template.ID("AWS::Lambda::Function") {
			t.Errorf("%s: target %s", id, cdktest.JSON(t, target))
		}
		if cdktest.At(t, target, "RetryPolicy", "MaximumEventAgeInSeconds") != 900.0 {
			t.Errorf("%s: no retry policy", id)
		}
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("rules (-want +got):\n%s", diff)
	}
}

func TestRotation_alarmsNeedNoTrail(t *testing.T) {
	template := synthRotation(t, func(_ awscdk.Stack, p *originheader.HeaderRotationProps) {
		p.Interval = awscdk.Duration_Hours(jsii.Number(24))
	})
	type alarm struct {
		namespace, metric, missing any
		threshold                  any
	}
	got := map[alarm]bool{}
	for _, id := range template.IDs("AWS::CloudWatch::Alarm") {
		a := template.Properties(id)
		got[alarm{a["Namespace"], a["MetricName"], a["TreatMissingData"], a["Threshold"]}] = true
		if diff := cmp.Diff([]any{map[string]any{"Ref": template.ID("AWS::SNS::Topic")}}, a["AlarmActions"]); diff != "" {
			t.Errorf("%s: %s", id, diff)
		}
		if !strings.Contains(a["AlarmDescription"].(string), "docs/runbook.md") {
			t.Errorf("%s does not say what to do", id)
		}
		if cdktest.At(t, a, "Dimensions", 0, "Value", "Ref") != template.ID("AWS::Lambda::Function") {
			t.Errorf("%s is not about this function", id)
		}
	}
	want := map[alarm]bool{
		{"CognitoM2M/OriginHeader", "DriftFound", "breaching", 1.0}:    true,
		{"CognitoM2M/OriginHeader", "RotationStuck", "breaching", 1.0}: true,
		{"CognitoM2M/OriginHeader", "ValueAgeDays", "breaching", 1.5}:  true,
		{"AWS/Lambda", "Errors", "notBreaching", 3.0}:                  true,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("alarms (-want +got):\n%s", diff)
	}
}

// The time until a rotation is overdue is a setting, and the description names it. Only drift is urgent: all requests may be refused, or
// all admitted.
func TestRotation_whenARotationIsOverdue(t *testing.T) {
	stack := cdktest.NewStack(t)
	rotation := newRotationIn(stack, func(_ awscdk.Stack, p *originheader.HeaderRotationProps) {
		p.Interval, p.OverdueAfter = awscdk.Duration_Days(jsii.Number(10)), jsii.Number(2)
	})
	template := cdktest.Synth(t, stack)
	for _, id := range template.IDs("AWS::CloudWatch::Alarm") {
		if a := template.Properties(id); a["MetricName"] == "ValueAgeDays" && (a["Threshold"] != 20.0 ||
			!strings.Contains(a["AlarmDescription"].(string), "older than 20.00 days, 2 rotation intervals")) {
			t.Errorf("got %s", cdktest.JSON(t, a))
		}
	}
	if got := rotation.OverdueDays(); got != 20 {
		t.Errorf("overdue after %v days, want 20", got)
	}
	urgent := rotation.UrgentAlarms()
	if len(urgent) != 1 || *urgent[0].Node().Id() != "DriftAlarm" || len(rotation.Alarms()) != 4 {
		t.Errorf("%d of %d alarms are urgent", len(urgent), len(rotation.Alarms()))
	}
}

// Budgets of this account may publish only where that is asked for.
func TestRotation_budgetsReachTheTopic(t *testing.T) {
	template := synthRotation(t, func(_ awscdk.Stack, p *originheader.HeaderRotationProps) { p.BudgetAlerts = jsii.Bool(true) })
	const want = "{ArnLike {aws:SourceArn arn:{Ref AWS::Partition}:budgets::{Ref AWS::AccountId}:*}, StringEquals {aws:SourceAccount {Ref " +
		"AWS::AccountId}}}"
	topic := template.ID("AWS::SNS::Topic")
	key := cdktest.At(t, template.Properties(topic), "KmsMasterKeyId", "Fn::GetAtt", 0).(string)
	for what, statements := range map[string]any{
		"key":   cdktest.At(t, template.Properties(key), "KeyPolicy", "Statement"),
		"topic": cdktest.At(t, template.One("AWS::SNS::TopicPolicy"), "PolicyDocument", "Statement"),
	} {
		got := ""
		for _, s := range statements.([]any) {
			if statement := s.(map[string]any); cdktest.Text(statement["Principal"]) == "{Service budgets.amazonaws.com}" {
				got = cdktest.Text(statement["Condition"])
			}
		}
		if got != want {
			t.Errorf("%s: budgets are let in on %q, want %s", what, got, want)
		}
	}
}

// Without these grants messages to an encrypted topic are lost, and nothing says so. CloudWatch's are bound to this account; for
// EventBridge, which is let in only when a rule has the topic as its target, such conditions are not supported.
func TestRotation_messagesReachTheEncryptedTopic(t *testing.T) {
	for _, trail := range []bool{false, true} {
		template := synthRotation(t, func(_ awscdk.Stack, p *originheader.HeaderRotationProps) { p.Trail = jsii.Bool(trail) })
		topic := template.ID("AWS::SNS::Topic")
		key := cdktest.At(t, template.Properties(topic), "KmsMasterKeyId", "Fn::GetAtt", 0).(string)
		for what, statements := range map[string]any{
			"kms:Decrypt": cdktest.At(t, template.Properties(key), "KeyPolicy", "Statement"),
			"sns:Publish": cdktest.At(t, template.One("AWS::SNS::TopicPolicy"), "PolicyDocument", "Statement"),
		} {
			granted := map[string]any{} // service → condition
			for _, s := range statements.([]any) {
				statement := s.(map[string]any)
				principal, _ := statement["Principal"].(map[string]any)
				if service, ok := principal["Service"].(string); ok && slices.Contains(actions(statement), what) {
					granted[service] = statement["Condition"]
				}
			}
			account := map[string]any{"aws:SourceAccount": map[string]any{"Ref": "AWS::AccountId"}}
			want := map[string]any{"cloudwatch.amazonaws.com": map[string]any{"StringEquals": account}}
			if trail {
				want["events.amazonaws.com"] = nil
			}
			if diff := cmp.Diff(want, granted); diff != "" {
				t.Errorf("trail %t: %s (-want +got):\n%s", trail, what, diff)
			}
		}
	}
}

// Events that wait for another invocation to end must not pile up, and a failed reconcile is done again by the next one.
func TestRotation_eventsDoNotPileUp(t *testing.T) {
	config := synthRotation(t, nil).One("AWS::Lambda::EventInvokeConfig")
	if config["MaximumEventAgeInSeconds"] != 900.0 || config["MaximumRetryAttempts"] != 0.0 {
		t.Errorf("got %s", cdktest.JSON(t, config))
	}
}

// A failed creation must remove the resources that a deletion retains: otherwise the name of the log is taken at the next attempt.
func TestRotation_failedCreationLeavesNothingBehind(t *testing.T) {
	template := synthRotation(t, nil)
	for _, id := range []string{"RotationLog0F4B48E5", template.IDs("AWS::KMS::Key")[1], template.IDs("AWS::KMS::Key")[2]} {
		if got := template.Resource(id)["DeletionPolicy"]; got != "RetainExceptOnCreate" {
			t.Errorf("%s: deletion policy %v", id, got)
		}
	}
}

func TestRotation_changesOfAllStacksInvolvedMakeItReconcile(t *testing.T) {
	stack := newRotation(t, func(rotation awscdk.Stack, p *originheader.HeaderRotationProps) {
		other := awscdk.NewStack(rotation.Node().Scope().(awscdk.App), jsii.String("Other"), nil)
		p.OriginHeader = originheader.NewOriginHeader(other, jsii.String("OriginHeader"), nil)
	})
	template := cdktest.Synth(t, stack)
	for _, id := range template.IDs("AWS::Events::Rule") {
		if pattern, ok := template.Properties(id)["EventPattern"].(map[string]any); ok &&
			fmt.Sprint(pattern["source"]) == "[aws.cloudformation]" {
			if stacks := cdktest.At(t, pattern, "detail", "stack-id").([]any); len(stacks) != 2 {
				t.Errorf("%s: watches %v, want the rotation's stack and the origin header's", id, stacks)
			}
		}
	}
}

func TestRotation_failureEventsWithATrailAndAGivenTopic(t *testing.T) {
	template := synthRotation(t, func(stack awscdk.Stack, p *originheader.HeaderRotationProps) {
		p.Trail = jsii.Bool(true)
		p.AlarmTopic = awssns.NewTopic(stack, jsii.String("Given"), nil)
	})
	if got := template.ID("AWS::SNS::Topic"); got != "Given09F96896" && !strings.HasPrefix(got, "Given") {
		t.Errorf("topic: got %s", got)
	}
	for _, id := range template.IDs("AWS::Events::Rule") {
		rule := template.Properties(id)
		if rule["Description"] != "Reports a failed rotation of the origin header" {
			continue
		}
		want := map[string]any{
			"source": []any{"aws.secretsmanager"}, "detail-type": []any{"AWS Service Event via CloudTrail", "AWS API Call via CloudTrail"},
			"detail": map[string]any{
				"eventName": []any{"RotationFailed", "RotationAbandoned", "TestRotationFailed"},
				"$or": []any{
					map[string]any{"additionalEventData": map[string]any{"SecretId": []any{map[string]any{"Ref": secretID}}}},
					map[string]any{"serviceEventDetails": map[string]any{"secretId": []any{map[string]any{"Ref": secretID}}}},
				},
			},
		}
		if diff := cmp.Diff(want, rule["EventPattern"]); diff != "" {
			t.Errorf("pattern (-want +got):\n%s", diff)
		}
		const message = "{InputPathsMap {detail $.detail}, InputTemplate {\"do\":\"A rotation of the origin header failed. The value in use " +
			"works on, and it is tried again. " +
			"See Function errors in docs/runbook.md.\",\"event\":<detail>}}"
		if got := cdktest.Text(cdktest.At(t, rule, "Targets", 0, "InputTransformer")); got != message {
			t.Errorf("message: got %s, want %s", got, message)
		}
		if got := cdktest.At(t, rule, "Targets", 0, "Arn", "Ref"); got != template.ID("AWS::SNS::Topic") {
			t.Errorf("target: got %v", got)
		}
		return
	}
	t.Error("no rule for failed rotations")
}
