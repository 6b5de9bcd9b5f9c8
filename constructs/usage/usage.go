// Package usage makes CloudWatch metrics of the tokens that Cognito issues, by tenant, and of the requests that fail, by error.
package usage

import (
	"fmt"
	"strconv"
	"time"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awscloudwatch"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsiam"
	"github.com/aws/aws-cdk-go/awscdk/v2/awslambda"
	"github.com/aws/aws-cdk-go/awscdk/v2/awslogs"
	"github.com/aws/aws-cdk-go/awscdk/v2/awssns"
	"github.com/aws/aws-cdk-go/awscdk/v2/awssqs"
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"

	"github.com/cognito-m2m/cognito-m2m-cdk/constructs/internal/alarmtopic"
	"github.com/cognito-m2m/cognito-m2m-cdk/constructs/internal/function"
	"github.com/cognito-m2m/cognito-m2m-cdk/constructs/internal/loggroup"
	"github.com/cognito-m2m/cognito-m2m-cdk/constructs/internal/nag"
	"github.com/cognito-m2m/cognito-m2m-cdk/constructs/internal/policy"
	"github.com/cognito-m2m/cognito-m2m-cdk/constructs/internal/report"
	"github.com/cognito-m2m/cognito-m2m-cdk/internal/usage"
)

// functionTimeout is time to list ten thousand app clients, 60 a call, at the five calls a second that Cognito allows for a pool.
const functionTimeout = 2 * time.Minute

// Usage counts requests to the pool's token endpoint: see docs/decisions/D25-usage-metrics.md.
//
// The counts come minutes after the requests: CloudTrail delivers to CloudWatch Logs typically within minutes, best effort. An event that is delivered
// twice, in two batches, counts twice, so that the metrics are for graphs and alarms, and the bill and the saved queries are the exact figures.
type Usage struct {
	constructs.Construct
	pool        *string
	deadLetters awssqs.Queue
	function    awslambda.Function
	role        awsiam.IRole
	log         awslogs.LogGroup
	topic       awssns.ITopic
	alarms      []awscloudwatch.Alarm
}

// NewUsage creates, in this order, the dead-letter queue, the function with its log and role, the subscription of the trail's log group, the topic unless one
// is given, and the alarms.
//
// The function is compiled at synth, which needs Go. Mistakes in props become error annotations on the construct; a missing TrailLogGroup or UserPool is a
// programmer's error and panics, and so does a function that does not compile.
func NewUsage(scope constructs.Construct, id *string, props *UsageProps) *Usage {
	if props == nil || props.TrailLogGroup == nil || props.UserPool == nil {
		panic("usage: UsageProps.TrailLogGroup and UserPool are required")
	}
	u := &Usage{Construct: constructs.NewConstruct(scope, id), pool: props.UserPool.UserPoolId(), topic: props.AlarmTopic}
	var errs report.Errors
	s := settings{UsageProps: *props}
	s.check(&errs)
	errs.Attach(u.Construct)

	// SQS encrypts it with keys of its own: what is in it are events of CloudTrail, without secrets.
	u.deadLetters = awssqs.NewQueue(u.Construct, jsii.String("DeadLetters"), &awssqs.QueueProps{
		Encryption:      awssqs.QueueEncryption_SQS_MANAGED,
		EnforceSSL:      jsii.Bool(true),
		RetentionPeriod: awscdk.Duration_Days(jsii.Number(14)),
	})
	nag.Suppress(u.deadLetters, nag.Suppression{
		Rule: "AwsSolutions-SQS3", Reason: "It is itself where the function's failed batches end, which the rule sees only of another queue's.",
	})
	u.addFunction(&s)
	u.addSubscription(&s)
	if u.topic == nil {
		u.topic = alarmtopic.New(u.Construct, s.RemovalPolicy)
	}
	u.addAlarms()
	return u
}

func (u *Usage) addFunction(s *settings) {
	created := function.New(u.Construct, &function.Props{
		Package:     "usage",
		Description: "Counts the tokens that Cognito issues, by tenant",
		Timeout:     functionTimeout,
		Environment: map[string]*string{
			"USER_POOL_ID": u.pool, "NAMED_TENANTS": jsii.String(s.named()), "MAX_TENANTS": jsii.String(strconv.Itoa(s.maxTenants)),
		},
		ReservedConcurrency: s.ReservedConcurrency,
		RoleDescription:     "Metrics of the tokens that Cognito issues",
		PolicyName:          "usage",
		Statements: []awsiam.PolicyStatement{
			policy.Statement("ListClients", nil, s.UserPool.UserPoolArn(), "cognito-idp:ListUserPoolClients"),
			policy.Statement("DeadLetters", nil, u.deadLetters.QueueArn(), "sqs:SendMessage"),
		},
		LogName:       "usage",
		LogKey:        loggroup.Key(u.Construct, s.LogEncryptionKey, "Encrypts the log of the usage metrics", s.RemovalPolicy),
		LogRetention:  s.LogRetention,
		RemovalPolicy: s.RemovalPolicy,
	})
	u.function, u.role, u.log = created.Function, created.Role, created.Log
	// CloudWatch Logs invokes asynchronously: Lambda tries twice more, after one and two minutes, and then hands the batch over.
	// https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-error-handling.html
	awslambda.NewCfnEventInvokeConfig(u.Construct, jsii.String("Retries"), &awslambda.CfnEventInvokeConfigProps{
		FunctionName:             u.function.FunctionName(),
		Qualifier:                jsii.String("$LATEST"),
		MaximumRetryAttempts:     jsii.Number(2),
		MaximumEventAgeInSeconds: jsii.Number((6 * time.Hour).Seconds()),
		DestinationConfig: &awslambda.CfnEventInvokeConfig_DestinationConfigProperty{
			OnFailure: &awslambda.CfnEventInvokeConfig_OnFailureProperty{Destination: u.deadLetters.QueueArn()},
		},
	})
}

// addSubscription sends the function the pool's token requests and nothing else of the trail, whose other events are most of it.
// https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/SubscriptionFilters.html
func (u *Usage) addSubscription(s *settings) {
	stack := awscdk.Stack_Of(u.Construct)
	allowed := awslambda.NewCfnPermission(u.Construct, jsii.String("Invoke"), &awslambda.CfnPermissionProps{
		Action:        jsii.String("lambda:InvokeFunction"),
		FunctionName:  u.function.FunctionArn(),
		Principal:     jsii.String("logs.amazonaws.com"),
		SourceAccount: stack.Account(),
		SourceArn:     s.TrailLogGroup.LogGroupArn(), // It ends with ":*", as CloudWatch Logs names a group here.
	})
	subscription := awslogs.NewCfnSubscriptionFilter(u.Construct, jsii.String("Subscription"), &awslogs.CfnSubscriptionFilterProps{
		LogGroupName:   s.TrailLogGroup.LogGroupName(),
		DestinationArn: u.function.FunctionArn(),
		FilterPattern: jsii.String(`{ $.eventSource = "cognito-idp.amazonaws.com" && $.eventName = "Token_POST" && $.additionalEventData.userPoolId = "` +
			*u.pool + `" }`),
	})
	subscription.Node().AddDependency(allowed) // CloudWatch Logs tries whether it may invoke the function when the filter is created.
}

// metric is a sum in five minutes.
func (u *Usage) metric(name string, dimensions map[string]*string) awscloudwatch.Metric {
	all := map[string]*string{usage.DimensionUserPool: u.pool}
	for dimension, value := range dimensions {
		all[dimension] = value
	}
	return awscloudwatch.NewMetric(&awscloudwatch.MetricProps{
		Namespace:     jsii.String(usage.Namespace),
		MetricName:    jsii.String(name),
		DimensionsMap: &all,
		Statistic:     jsii.String("Sum"),
		Period:        awscdk.Duration_Minutes(jsii.Number(5)),
	})
}

// topTenants is a search expression. A search yields at most 100 series, and those that had no data for two weeks are left out.
// https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/search-expression-syntax.html
func topTenants(pool string, count int) string {
	return fmt.Sprintf(`SLICE(SORT(SEARCH('{%s,%s,%s} MetricName="%s" %s="%s"', 'Sum'), SUM, DESC), 0, %d)`,
		usage.Namespace, usage.DimensionTenant, usage.DimensionUserPool, usage.TokensIssued, usage.DimensionUserPool, pool, count)
}
