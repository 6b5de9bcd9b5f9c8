package revocation_test

import (
	"fmt"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsapigateway"
	"github.com/aws/aws-cdk-go/awscdk/v2/awscloudwatch"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsiam"
	"github.com/aws/jsii-runtime-go"
	"github.com/google/go-cmp/cmp"

	"github.com/cognito-m2m/cognito-m2m-cdk/constructs/m2mpool"
	"github.com/cognito-m2m/cognito-m2m-cdk/constructs/revocation"
	"github.com/cognito-m2m/cognito-m2m-cdk/internal/testkit/cdktest"
)

func TestMain(m *testing.M) { cdktest.Main(m) }

const (
	queueID       = "RevocationQueue56A829B1"
	deadLettersID = "RevocationDeadLetters6A87CB59"
	functionID    = "RevocationFunction1DD5D3CD"
	roleID        = "RevocationRole69B4E0B7"
	ruleID        = "RevocationChanged86AB30CE"
)

func newRevocation(t *testing.T, configure func(awscdk.Stack, *revocation.RevocationProps)) awscdk.Stack {
	t.Helper()
	stack := cdktest.NewStack(t)
	api := awsapigateway.NewRestApi(stack, jsii.String("Api"), nil)
	api.Root().AddMethod(jsii.String("GET"), nil, nil)
	props := &revocation.RevocationProps{
		Pool: m2mpool.NewM2MPool(stack, jsii.String("Pool"), &m2mpool.M2MPoolProps{
			Domain: &m2mpool.Domain{Prefix: jsii.String("acme")},
		}),
		Stage:         api.DeploymentStage(),
		ExcludedRoles: []awsiam.IRole{newRole(stack, "Rotation")},
	}
	if configure != nil {
		configure(stack, props)
	}
	revocation.NewRevocation(stack, jsii.String("Revocation"), props)
	return stack
}

func newRole(stack awscdk.Stack, id string) awsiam.IRole {
	return awsiam.NewRole(stack, jsii.String(id), &awsiam.RoleProps{AssumedBy: awsiam.NewServicePrincipal(jsii.String("lambda.amazonaws.com"),
		nil)})
}

func synth(t *testing.T, configure func(awscdk.Stack, *revocation.RevocationProps)) cdktest.Template {
	t.Helper()
	stack := newRevocation(t, configure)
	template := cdktest.Synth(t, stack)
	if errs := cdktest.Errors(stack); len(errs) > 0 {
		t.Fatal(errs)
	}
	return template
}

func seconds(n float64) awscdk.Duration { return awscdk.Duration_Seconds(jsii.Number(n)) }

func TestRevocation_queuesAreEncryptedAndHoldWhatFails(t *testing.T) {
	template := synth(t, nil)
	want := map[string]string{
		queueID: "{RedrivePolicy {deadLetterTargetArn {Fn::GetAtt [" + deadLettersID +
			" Arn]}, maxReceiveCount 5}, SqsManagedSseEnabled true, VisibilityTimeout 660}",
		deadLettersID: "{MessageRetentionPeriod 1209600, SqsManagedSseEnabled true}", // 14 days
	}
	got := map[string]string{}
	for _, id := range template.IDs("AWS::SQS::Queue") {
		got[id] = cdktest.Text(template.Properties(id))
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// Only this rule may put messages into the queues, and do nothing else there; nobody does anything without TLS.
func TestRevocation_onlyTheRuleSends(t *testing.T) {
	template := synth(t, nil)
	rule := "ArnEquals aws:SourceArn {Fn::GetAtt [" + ruleID + " Arn]}"
	tls := "Deny sqs:* by {AWS *}: Bool aws:SecureTransport false"
	want := map[string][]string{
		queueID:       {tls, "Allow sqs:SendMessage by {Service events.amazonaws.com}: " + rule},
		deadLettersID: {tls, "Allow sqs:SendMessage by {Service events.amazonaws.com}: " + rule},
	}
	got := map[string][]string{}
	for _, id := range template.IDs("AWS::SQS::QueuePolicy") {
		policy := template.Properties(id)
		queue := cdktest.At(t, policy, "Queues", 0, "Ref").(string)
		for _, s := range cdktest.At(t, policy, "PolicyDocument", "Statement").([]any) {
			statement := s.(map[string]any)
			if resource := cdktest.Text(statement["Resource"]); resource != "{Fn::GetAtt ["+queue+" Arn]}" {
				t.Errorf("%s: a statement on %s", queue, resource)
			}
			for operator, condition := range statement["Condition"].(map[string]any) {
				for key, value := range condition.(map[string]any) {
					got[queue] = append(got[queue], fmt.Sprintf("%v %s by %s: %s %s %s", statement["Effect"], cdktest.Text(statement["Action"]),
						cdktest.Text(statement["Principal"]), operator, key, cdktest.Text(value)))
				}
			}
		}
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// Errors that Cognito no longer gives are flushed as changes are, by CloudWatch's own event, which needs no trail; nothing of the alarm but
// its event's id and time is passed on.
func TestRevocation_staleErrorsAreFlushed(t *testing.T) {
	template := synth(t, func(stack awscdk.Stack, p *revocation.RevocationProps) {
		p.StaleErrors = awscloudwatch.NewAlarm(stack, jsii.String("StaleErrors"), &awscloudwatch.AlarmProps{
			Metric:    awscloudwatch.NewMetric(&awscloudwatch.MetricProps{Namespace: jsii.String("Test"), MetricName: jsii.String("Cached")}),
			Threshold: jsii.Number(1), EvaluationPeriods: jsii.Number(1),
		})
	})
	rule := template.Properties(only(t, template.IDs("AWS::Events::Rule"), "RevocationStaleErrors"))
	alarm := only(t, template.IDs("AWS::CloudWatch::Alarm"), "StaleErrors")
	want := "{detail {state {value [ALARM]}}, detail-type [CloudWatch Alarm State Change], resources [{Fn::GetAtt [" + alarm +
		" Arn]}], source [aws.cloudwatch]}"
	if got := cdktest.Text(rule["EventPattern"]); got != want {
		t.Errorf("pattern %s, want %s", got, want)
	}
	target := cdktest.At(t, rule, "Targets", 0)
	if got := cdktest.Text(cdktest.At(t, target, "Arn")); got != "{Fn::GetAtt ["+queueID+" Arn]}" {
		t.Errorf("target %s, want the queue", got)
	}
	if got := cdktest.Text(cdktest.At(t, target, "InputTransformer",
		"InputPathsMap")); got != "{detail-type $.detail-type, id $.id, time $.time}" {
		t.Errorf("message from %s", got)
	}
	for _, id := range synth(t, nil).IDs("AWS::Events::Rule") {
		if id != ruleID {
			t.Errorf("rule %s without an alarm to follow", id)
		}
	}
}

// only is the one id that begins so.
func only(t *testing.T, ids []string, prefix string) string {
	t.Helper()
	for _, id := range ids {
		if strings.HasPrefix(id, prefix) {
			return id
		}
	}
	t.Fatalf("none of %v begins with %s", ids, prefix)
	return ""
}

// A message has what the function reads and nothing more, whatever CloudTrail may come to record of these calls. What cannot be delivered
// is kept.
func TestRevocation_messagesHoldNothingConfidential(t *testing.T) {
	want := "{Arn {Fn::GetAtt [" + queueID + " Arn]}, DeadLetterConfig {Arn {Fn::GetAtt [" + deadLettersID + " Arn]}}, Id Target0, " +
		"InputTransformer {InputPathsMap {detail-eventID $.detail.eventID, detail-eventName $.detail.eventName, detail-eventTime " +
		"$.detail.eventTime}, " +
		`InputTemplate {"eventID":<detail-eventID>,"eventName":<detail-eventName>,"eventTime":<detail-eventTime>}}}`
	if got := cdktest.Text(cdktest.At(t, synth(t, nil).Properties(ruleID), "Targets", 0)); got != want {
		t.Errorf("target:\n got %s\nwant %s", got, want)
	}
}

// The function's role, to the letter: it can flush this one cache and take messages from this one queue.
func TestRole_allowsExactlyTheCallsMade(t *testing.T) {
	template := synth(t, nil)
	got, conditions := template.Statements(t, roleID)
	want := map[string]string{
		"FlushCache": "apigateway:DELETE on arn:{Ref AWS::Partition}:apigateway:{Ref AWS::Region}::/restapis/{Ref ApiF70053CD}/stages/{Ref " +
			"ApiDeploymentStageprod3EB9684E}/cache/data",
		"Queue": "[sqs:DeleteMessage sqs:GetQueueAttributes sqs:ReceiveMessage] on {Fn::GetAtt [" + queueID + " Arn]}",
		"Log":   "[logs:CreateLogStream logs:PutLogEvents] on {Fn::GetAtt [RevocationLogC0683E0B Arn]}",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("statements (-want +got):\n%s", diff)
	}
	if len(conditions) > 0 {
		t.Errorf("conditions: %v", conditions)
	}
}

func TestRevocation_oneFlushAWindow(t *testing.T) {
	for _, test := range []struct {
		window              awscdk.Duration
		mapping, visibility string
		waiting             float64
	}{
		{nil, "{BatchSize 10000, EventSourceArn {Fn::GetAtt [" + queueID + " Arn]}, FunctionName {Ref " + functionID +
			"}, MaximumBatchingWindowInSeconds 300, ScalingConfig {MaximumConcurrency 2}}", "660", 900},
		{seconds(30), "{BatchSize 10000, EventSourceArn {Fn::GetAtt [" + queueID + " Arn]}, FunctionName {Ref " + functionID +
			"}, MaximumBatchingWindowInSeconds 30, ScalingConfig {MaximumConcurrency 2}}", "390", 630},
		// Lambda refuses more than ten messages a batch without a window.
		{seconds(0), "{BatchSize 10, EventSourceArn {Fn::GetAtt [" + queueID + " Arn]}, FunctionName {Ref " + functionID +
			"}, ScalingConfig {MaximumConcurrency 2}}", "360", 600},
	} {
		template := synth(t, func(_ awscdk.Stack, p *revocation.RevocationProps) { p.Window = test.window })
		if got := cdktest.Text(template.One("AWS::Lambda::EventSourceMapping")); got != test.mapping {
			t.Errorf("event source mapping:\n got %s\nwant %s", got, test.mapping)
		}
		visibility, timeout := template.Properties(queueID)["VisibilityTimeout"], template.Properties(functionID)["Timeout"]
		if fmt.Sprint(visibility) != test.visibility || timeout != 60.0 {
			t.Errorf("visibility timeout %v and function timeout %v, want %s and 60", visibility, timeout, test.visibility)
		}
		for _, id := range template.IDs("AWS::CloudWatch::Alarm") {
			if a := template.Properties(id); a["MetricName"] == "ApproximateAgeOfOldestMessage" && a["Threshold"] != test.waiting {
				t.Errorf("%s: threshold %v, want %v", id, a["Threshold"], test.waiting)
			}
		}
	}
}

func TestRevocation_functionIsTold(t *testing.T) {
	function := synth(t, nil).Properties(functionID)
	want := "{METRICS_NAMESPACE CognitoM2M/Revocation, REST_API_ID {Ref ApiF70053CD}, STAGE_NAME {Ref ApiDeploymentStageprod3EB9684E}}"
	if got := cdktest.Text(cdktest.At(t, function, "Environment", "Variables")); got != want {
		t.Errorf("environment:\n got %s\nwant %s", got, want)
	}
}

func TestAlarms(t *testing.T) {
	runbook, err := os.ReadFile("../../docs/runbook.md")
	if err != nil {
		t.Fatal(err)
	}
	template := synth(t, nil)
	got := map[string]string{}
	for _, id := range template.IDs("AWS::CloudWatch::Alarm") {
		a := template.Properties(id)
		name := regexp.MustCompile(`^Revocation(.+)Alarm[0-9A-F]{8}$`).FindStringSubmatch(id)[1]
		got[name] = fmt.Sprintf("%v %v %s of %v s %v %v, missing %v", a["MetricName"], a["Statistic"],
			cdktest.Text(cdktest.At(t, a, "Dimensions", 0, "Value")), a["Period"], a["ComparisonOperator"], a["Threshold"], a["TreatMissingData"])
		if actions := cdktest.Text(a["AlarmActions"]); actions != "[{Ref "+template.ID("AWS::SNS::Topic")+"}]" {
			t.Errorf("%s: actions %s", name, actions)
		}
		if !strings.Contains(a["AlarmDescription"].(string), `ee "Cache not flushed" in docs/runbook.md`) ||
			!strings.Contains(string(runbook), "\n### Cache not flushed\n") {
			t.Errorf("%s does not name a section of the runbook: %v", name, a["AlarmDescription"])
		}
	}
	want := map[string]string{
		"Waiting": "ApproximateAgeOfOldestMessage Maximum {Fn::GetAtt [" + queueID +
			" QueueName]} of 300 s GreaterThanOrEqualToThreshold 900, missing notBreaching",
		"DeadLetters": "ApproximateNumberOfMessagesVisible Maximum {Fn::GetAtt [" + deadLettersID +
			" QueueName]} of 300 s GreaterThanOrEqualToThreshold 1, missing notBreaching",
		"Errors": "Errors Sum {Ref " + functionID + "} of 3600 s GreaterThanOrEqualToThreshold 3, missing notBreaching",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestProps_mistakesAreReported(t *testing.T) {
	for _, test := range []struct {
		window awscdk.Duration
		want   []string
	}{
		{seconds(0), nil}, {seconds(300), nil},
		{seconds(301), []string{"Window: revocation window 5m1s is not allowed: use whole seconds from 0s to 5m"}},
		{awscdk.Duration_Millis(jsii.Number(1500)), []string{"Window: revocation window 1.5s is not allowed"}},
	} {
		cdktest.ExpectErrors(t, newRevocation(t, func(_ awscdk.Stack, p *revocation.RevocationProps) { p.Window = test.window }), test.want)
	}
	defer func() {
		if r, ok := recover().(string); !ok || !strings.HasPrefix(r, "revocation: RevocationProps.Pool") {
			t.Errorf("without a stage: panic %v", r)
		}
	}()
	newRevocation(t, func(_ awscdk.Stack, p *revocation.RevocationProps) { p.Stage = nil })
}
