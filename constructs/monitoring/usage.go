package monitoring

import (
	"strconv"
	"strings"
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

	"github.com/cognito-m2m/cognito-m2m-cdk/constructs/internal/alarms"
	"github.com/cognito-m2m/cognito-m2m-cdk/constructs/internal/alarmtopic"
	"github.com/cognito-m2m/cognito-m2m-cdk/constructs/internal/function"
	"github.com/cognito-m2m/cognito-m2m-cdk/constructs/internal/loggroup"
	"github.com/cognito-m2m/cognito-m2m-cdk/constructs/internal/nag"
	"github.com/cognito-m2m/cognito-m2m-cdk/constructs/internal/policy"
	"github.com/cognito-m2m/cognito-m2m-cdk/constructs/internal/report"
)

// usageTimeout is enough to list ten thousand app clients, 60 a call, at the five calls a second that Cognito allows for a pool.
const usageTimeout = 2 * time.Minute

// Usage makes CloudWatch metrics of the requests to the pool's token endpoint: the tokens that Cognito issues, by tenant, and the failed
// requests, by error. It reads CloudTrail's events; docs/decisions/D25-usage-metrics.md says why.
//
// CloudTrail typically delivers events to CloudWatch Logs within minutes, on a best-effort basis. An event that is delivered twice, in two
// batches, is counted twice. Use the metrics for graphs and alarms, and the bill and the saved queries for exact figures.
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

// NewUsage creates, in this order, the dead-letter queue, the function with its log and role, the subscription of the trail's log group,
// the topic unless UsageProps.AlarmTopic is set, and the alarms.
//
// The function is compiled at synth, which requires Go. Invalid props become error annotations on the construct. NewUsage panics if
// TrailLogGroup or UserPool is nil, or if the function does not compile.
func NewUsage(scope constructs.Construct, id *string, props *UsageProps) *Usage {
	if props == nil || props.TrailLogGroup == nil || props.UserPool == nil {
		panic("monitoring: UsageProps.TrailLogGroup and UserPool are required")
	}
	u := &Usage{Construct: constructs.NewConstruct(scope, id), pool: props.UserPool.UserPoolId(), topic: props.AlarmTopic}
	var errs report.Errors
	s := usageSettings{UsageProps: *props}
	s.check(&errs)
	errs.Attach(u.Construct)

	// SQS encrypts the queue with its own keys: the messages are CloudTrail events without secrets.
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

func (u *Usage) addFunction(s *usageSettings) {
	created := function.New(u.Construct, &function.Props{
		Package:     "usage",
		Description: "Counts the tokens that Cognito issues, by tenant",
		Timeout:     usageTimeout,
		Environment: map[string]*string{
			"USER_POOL_ID":  u.pool,
			"NAMED_TENANTS": jsii.String(strings.Join(s.tenants, ",")),
			"MAX_TENANTS":   jsii.String(strconv.Itoa(s.maxTenants)),
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
	// CloudWatch Logs invokes the function asynchronously. Lambda retries twice, after one and two minutes, and then sends the batch to the
	// queue.
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

// addSubscription sends the pool's token requests to the function, and no other events of the trail.
// https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/SubscriptionFilters.html
func (u *Usage) addSubscription(s *usageSettings) {
	allowed := awslambda.NewCfnPermission(u.Construct, jsii.String("Invoke"), &awslambda.CfnPermissionProps{
		Action:        jsii.String("lambda:InvokeFunction"),
		FunctionName:  u.function.FunctionArn(),
		Principal:     jsii.String("logs.amazonaws.com"),
		SourceAccount: awscdk.Stack_Of(u.Construct).Account(),
		SourceArn:     s.TrailLogGroup.LogGroupArn(), // It ends with ":*", as CloudWatch Logs names a group here.
	})
	subscription := awslogs.NewCfnSubscriptionFilter(u.Construct, jsii.String("Subscription"), &awslogs.CfnSubscriptionFilterProps{
		LogGroupName:   s.TrailLogGroup.LogGroupName(),
		DestinationArn: u.function.FunctionArn(),
		FilterPattern: jsii.String(`{ $.eventSource = "cognito-idp.amazonaws.com" && $.eventName = "Token_POST" && ` +
			`$.additionalEventData.userPoolId = "` + *u.pool + `" }`),
	})
	// CloudWatch Logs tests whether it can invoke the function when the filter is created.
	subscription.Node().AddDependency(allowed)
}

// addAlarms creates the alarms on requests that were not counted. A queue without messages has no data.
func (u *Usage) addAlarms() {
	u.alarms = alarms.New(u.Construct, u.topic,
		alarms.Alarm{
			ID: "DeadLetters",
			Description: "Token requests were given up without being counted: the usage metrics are too low. " +
				"See \"Usage not counted\" in docs/runbook.md.",
			Metric: u.deadLetters.MetricApproximateNumberOfMessagesVisible(&awscloudwatch.MetricOptions{
				Period: minutes(5), Statistic: jsii.String("Maximum"),
			}),
			Threshold: 1, Missing: notBreaching,
		},
		alarms.Alarm{
			ID: "Errors",
			Description: "The function that counts token requests failed three times in an hour. Its log says why; " +
				"see \"Usage not counted\" in docs/runbook.md.",
			Metric: alarms.Errors(u.function), Threshold: 3, Missing: notBreaching,
		},
	)
}
