package monitoring_test

import (
	"fmt"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awscloudwatch"
	"github.com/aws/aws-cdk-go/awscdk/v2/awslogs"
	"github.com/aws/aws-cdk-go/awscdk/v2/awssns"
	"github.com/aws/jsii-runtime-go"
	"github.com/google/go-cmp/cmp"

	"github.com/cognito-m2m/cognito-m2m-cdk/constructs/m2mpool"
	"github.com/cognito-m2m/cognito-m2m-cdk/constructs/monitoring"
	"github.com/cognito-m2m/cognito-m2m-cdk/internal/testkit/cdktest"
)

const poolID = "PoolUserPool04A1AA15"

func newUsage(t *testing.T, configure func(awscdk.Stack, *monitoring.UsageProps)) (awscdk.Stack, *monitoring.Usage) {
	t.Helper()
	stack := cdktest.NewStack(t)
	props := &monitoring.UsageProps{
		UserPool: m2mpool.NewM2MPool(
			stack, jsii.String("Pool"), &m2mpool.M2MPoolProps{Domain: &m2mpool.Domain{Prefix: jsii.String("acme")}},
		).UserPool(),
		TrailLogGroup: awslogs.NewLogGroup(stack, jsii.String("Trail"), nil),
	}
	if configure != nil {
		configure(stack, props)
	}
	return stack, monitoring.NewUsage(stack, jsii.String("Usage"), props)
}

func synthUsage(t *testing.T, configure func(awscdk.Stack, *monitoring.UsageProps)) cdktest.Template {
	t.Helper()
	stack, _ := newUsage(t, configure)
	template := cdktest.Synth(t, stack)
	if errs := cdktest.Errors(stack); len(errs) > 0 {
		t.Fatal(errs)
	}
	assertGuarded(t, template)
	return template
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

type usageIDs struct{ function, role, queue, trail string }

func usageIDsOf(t *testing.T, template cdktest.Template) usageIDs {
	t.Helper()
	return usageIDs{
		function: template.ID("AWS::Lambda::Function"), role: only(
			t, template.IDs("AWS::IAM::Role"), "UsageRole",
		), queue: template.ID("AWS::SQS::Queue"),
		trail: only(t, template.IDs("AWS::Logs::LogGroup"), "Trail"),
	}
}

// The function gets this pool's token requests from this log group, and nobody else may invoke it.
func TestUsage_subscription(t *testing.T) {
	template := synthUsage(t, nil)
	id := usageIDsOf(t, template)
	subscription := template.ID("AWS::Logs::SubscriptionFilter")
	want := "{DestinationArn {Fn::GetAtt [" + id.function + " Arn]}, FilterPattern { $.eventSource = \"cognito-idp.amazonaws.com\" && " +
		"$.eventName = \"Token_POST\" && " +
		"$.additionalEventData.userPoolId = \"{Ref " + poolID + "}\" }, LogGroupName {Ref " + id.trail + "}}"
	if got := cdktest.Text(template.Properties(subscription)); got != want {
		t.Errorf("subscription:\n got %s\nwant %s", got, want)
	}
	permission := template.ID("AWS::Lambda::Permission")
	want = "{Action lambda:InvokeFunction, FunctionName {Fn::GetAtt [" + id.function + " Arn]}, Principal logs.amazonaws.com, " +
		"SourceAccount {Ref AWS::AccountId}, SourceArn {Fn::GetAtt [" + id.trail + " Arn]}}"
	if got := cdktest.Text(template.Properties(permission)); got != want {
		t.Errorf("permission:\n got %s\nwant %s", got, want)
	}
	if after := cdktest.Text(template.Resource(subscription)["DependsOn"]); after != "["+permission+"]" {
		t.Errorf("the subscription is created after %s, want %s", after, permission)
	}
	// A log group from elsewhere is named as CloudWatch Logs names it.
	elsewhere := synthUsage(t, func(stack awscdk.Stack, p *monitoring.UsageProps) {
		p.TrailLogGroup = awslogs.LogGroup_FromLogGroupName(stack, jsii.String("Elsewhere"), jsii.String("org-trail"))
	})
	const source = "arn:{Ref AWS::Partition}:logs:{Ref AWS::Region}:{Ref AWS::AccountId}:log-group:org-trail:*"
	if got := cdktest.Text(elsewhere.One("AWS::Lambda::Permission")["SourceArn"]); got != source {
		t.Errorf("source %s", got)
	}
}

// The function's role, to the letter.
func TestUsage_roleAllowsExactlyTheCallsMade(t *testing.T) {
	template := synthUsage(t, nil)
	id := usageIDsOf(t, template)
	got, conditions := template.Statements(t, id.role)
	want := map[string]string{
		"ListClients": "cognito-idp:ListUserPoolClients on {Fn::GetAtt [" + poolID + " Arn]}",
		"DeadLetters": "sqs:SendMessage on {Fn::GetAtt [" + id.queue + " Arn]}",
		"Log": "[logs:CreateLogStream logs:PutLogEvents] on {Fn::GetAtt [" + only(
			t, template.IDs("AWS::Logs::LogGroup"), "UsageLog",
		) + " Arn]}",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("statements (-want +got):\n%s", diff)
	}
	if len(conditions) > 0 {
		t.Errorf("conditions: %v", conditions)
	}
}

// Events that Lambda gives up are kept, encrypted, for two weeks.
func TestUsage_failuresAreKept(t *testing.T) {
	template := synthUsage(t, nil)
	id := usageIDsOf(t, template)
	want := "{DestinationConfig {OnFailure {Destination {Fn::GetAtt [" + id.queue + " Arn]}}}, " +
		"FunctionName {Ref " + id.function + "}, MaximumEventAgeInSeconds 21600, MaximumRetryAttempts 2, Qualifier $LATEST}"
	if got := cdktest.Text(template.One("AWS::Lambda::EventInvokeConfig")); got != want {
		t.Errorf("retries:\n got %s\nwant %s", got, want)
	}
	if got := cdktest.Text(template.Properties(id.queue)); got != "{MessageRetentionPeriod 1209600, SqsManagedSseEnabled true}" {
		t.Errorf("dead letters: %s", got)
	}
	policy := template.One("AWS::SQS::QueuePolicy")
	if got := cdktest.Text(cdktest.At(t, policy, "PolicyDocument", "Statement", 0, "Condition")); got != "{Bool {aws:SecureTransport false}}" {
		t.Errorf("the queue takes what comes without TLS: %s", got)
	}
}

func TestUsage_environmentOfTheFunction(t *testing.T) {
	for _, test := range []struct {
		configure func(awscdk.Stack, *monitoring.UsageProps)
		want      string
	}{
		{nil, "{MAX_TENANTS 100, NAMED_TENANTS , USER_POOL_ID {Ref " + poolID + "}} <nil> 120"},
		{func(_ awscdk.Stack, p *monitoring.UsageProps) {
			p.NamedTenants, p.MaxTenants, p.ReservedConcurrency = *jsii.Strings("shop", "billing"), jsii.Number(2), jsii.Number(1)
		}, "{MAX_TENANTS 2, NAMED_TENANTS shop,billing, USER_POOL_ID {Ref " + poolID + "}} 1 120"},
	} {
		function := synthUsage(t, test.configure).One("AWS::Lambda::Function")
		got := fmt.Sprintf(
			"%s %s %v", cdktest.Text(cdktest.At(t, function, "Environment", "Variables")), cdktest.Text(function["ReservedConcurrentExecutions"]),
			function["Timeout"],
		)
		if got != test.want {
			t.Errorf("got %s, want %s", got, test.want)
		}
	}
}

// The metrics that graphs and alarms are made of are those that the function writes.
func TestUsage_metrics(t *testing.T) {
	stack, u := newUsage(t, nil)
	for _, test := range []struct {
		metric awscloudwatch.Metric
		want   string
	}{
		{u.TokensIssued(), "TokensIssued [UserPool={Ref " + poolID + "}]"},
		{u.TokensIssuedBy(jsii.String("shop")), "TokensIssued [Tenant=shop UserPool={Ref " + poolID + "}]"},
		{u.RequestsFailed(), "TokenRequestsFailed [UserPool={Ref " + poolID + "}]"},
		{u.RequestsFailedWith(jsii.String("invalid_client")), "TokenRequestsFailed [Error=invalid_client UserPool={Ref " + poolID + "}]"},
		{u.RequestsWithoutClientID(), "RequestsWithoutClientId [UserPool={Ref " + poolID + "}]"},
	} {
		id := "Alarm" + strings.ReplaceAll(test.want, " ", "")
		test.metric.CreateAlarm(
			stack, jsii.String(id), &awscloudwatch.CreateAlarmOptions{Threshold: jsii.Number(1), EvaluationPeriods: jsii.Number(1)},
		)
	}
	awscloudwatch.NewDashboard(stack, jsii.String("Dashboard"), &awscloudwatch.DashboardProps{Widgets: &[]*[]awscloudwatch.IWidget{{
		awscloudwatch.NewGraphWidget(&awscloudwatch.GraphWidgetProps{Left: &[]awscloudwatch.IMetric{u.TopTenants(10)}}),
	}}})
	template := cdktest.Synth(t, stack)
	got := map[string]bool{}
	for _, id := range template.IDs("AWS::CloudWatch::Alarm") {
		if !strings.HasPrefix(id, "Alarm") {
			continue
		}
		a := template.Properties(id)
		var dimensions []string
		for _, d := range a["Dimensions"].([]any) {
			dimensions = append(dimensions, cdktest.At(t, d, "Name").(string)+"="+cdktest.Text(cdktest.At(t, d, "Value")))
		}
		if a["Namespace"] != "CognitoM2M/Usage" || a["Statistic"] != "Sum" || a["Period"] != 300.0 {
			t.Errorf("%s: %v %v of %v s", id, a["Namespace"], a["Statistic"], a["Period"])
		}
		got[fmt.Sprint(a["MetricName"], " ", dimensions)] = true
	}
	for _, want := range []string{
		"TokensIssued [UserPool={Ref " + poolID + "}]", "TokensIssued [Tenant=shop UserPool={Ref " + poolID + "}]", "TokenRequestsFailed " +
			"[UserPool={Ref " + poolID + "}]",
		"TokenRequestsFailed [Error=invalid_client UserPool={Ref " + poolID + "}]", "RequestsWithoutClientId [UserPool={Ref " + poolID + "}]",
	} {
		if !got[want] {
			t.Errorf("no alarm on %s: %v", want, got)
		}
	}
	body := cdktest.Text(template.One("AWS::CloudWatch::Dashboard")["DashboardBody"])
	search := `SLICE(SORT(SEARCH('{CognitoM2M/Usage,Tenant,UserPool} MetricName=\"TokensIssued\" ` +
		`UserPool=\"{Ref ` + poolID + `}\"', 'Sum'), SUM, DESC), 0, 10)`
	if !strings.Contains(body, search) {
		t.Errorf("dashboard %s has no %s", body, search)
	}
}

func TestUsage_alarms(t *testing.T) {
	runbook, err := os.ReadFile("../../docs/runbook.md")
	if err != nil {
		t.Fatal(err)
	}
	template := synthUsage(t, nil)
	id := usageIDsOf(t, template)
	got := map[string]string{}
	for _, alarm := range template.IDs("AWS::CloudWatch::Alarm") {
		a := template.Properties(alarm)
		name := regexp.MustCompile(`^Usage(.+)Alarm[0-9A-F]{8}$`).FindStringSubmatch(alarm)[1]
		got[name] = fmt.Sprintf(
			"%v %v %s of %v s %v %v, missing %v", a["MetricName"], a["Statistic"], cdktest.Text(cdktest.At(t, a, "Dimensions", 0, "Value")),
			a["Period"], a["ComparisonOperator"], a["Threshold"], a["TreatMissingData"],
		)
		if actions := cdktest.Text(a["AlarmActions"]); actions != "[{Ref "+template.ID("AWS::SNS::Topic")+"}]" {
			t.Errorf("%s: actions %s", name, actions)
		}
		if !strings.Contains(a["AlarmDescription"].(string), `ee "Usage not counted" in docs/runbook.md`) ||
			!strings.Contains(string(runbook), "\n### Usage not counted\n") {
			t.Errorf("%s does not name a section of the runbook: %v", name, a["AlarmDescription"])
		}
	}
	want := map[string]string{
		"DeadLetters": "ApproximateNumberOfMessagesVisible Maximum {Fn::GetAtt [" + id.queue + " QueueName]} of 300 s " +
			"GreaterThanOrEqualToThreshold 1, missing notBreaching",
		"Errors": "Errors Sum {Ref " + id.function + "} of 3600 s GreaterThanOrEqualToThreshold 3, missing notBreaching",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	given := synthUsage(t, func(stack awscdk.Stack, p *monitoring.UsageProps) {
		p.AlarmTopic = awssns.NewTopic(stack, jsii.String("Given"), nil)
	})
	if topic := given.ID("AWS::SNS::Topic"); !strings.HasPrefix(topic, "Given") {
		t.Errorf("beside the given topic there is %s", topic)
	}
}

func TestUsage_invalidProps(t *testing.T) {
	for _, test := range []struct {
		named []*string
		max   *float64
		want  []string
	}{
		{*jsii.Strings("shop"), jsii.Number(1000), nil},
		{nil, jsii.Number(1.5), []string{"MaxTenants: 1.5 is not allowed: use a whole number from 1 to 1000"}},
		{
			*jsii.Strings("shop", "shop"), jsii.Number(0),
			[]string{
				"NamedTenants, MaxTenants: 0 tenants with a metric of their own are not allowed: use 1 to 1000", "NamedTenants[1]: duplicate \"shop\"",
			},
		},
		{
			[]*string{nil, awscdk.Token_AsString(map[string]string{"Ref": "X"}, nil)}, nil,
			[]string{"NamedTenants[0]: is nil", "NamedTenants[1]: must be known at synth"},
		},
	} {
		stack, _ := newUsage(t, func(_ awscdk.Stack, p *monitoring.UsageProps) { p.NamedTenants, p.MaxTenants = test.named, test.max })
		cdktest.ExpectErrors(t, stack, test.want)
	}
	defer func() {
		if r, ok := recover().(string); !ok || !strings.HasPrefix(r, "monitoring: UsageProps.TrailLogGroup") {
			t.Errorf("without a log group: panic %v", r)
		}
	}()
	newUsage(t, func(_ awscdk.Stack, p *monitoring.UsageProps) { p.TrailLogGroup = nil })
}

func TestUsage_hasNoFindingsOfCDKNag(t *testing.T) {
	stack, _ := newUsage(t, nil)
	for _, finding := range cdktest.Nag(stack, "Usage") {
		t.Error(finding)
	}
}
