// Package revocation flushes the gateway's cache when app clients, their secrets or scopes are changed or removed.
package revocation

import (
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
	"github.com/cognito-m2m/cognito-m2m-cdk/constructs/internal/policy"
	"github.com/cognito-m2m/cognito-m2m-cdk/constructs/internal/report"
	"github.com/cognito-m2m/cognito-m2m-cdk/internal/awslimits"
)

// MetricsNamespace is the CloudWatch namespace of the function's own metrics.
const MetricsNamespace = "CognitoM2M/Revocation"

const functionTimeout = time.Minute

// Revocation flushes the stage's cache after changes at Cognito, once for a burst of them. Without it a revoked credential would get cached
// tokens, and a corrected one a cached error, until the cache's time to live is over. Tokens that were issued before stay valid until they
// expire: no flush reaches them.
//
// It learns of changes from CloudTrail, which needs a trail of management events in this account and Region and delivers, as AWS says,
// typically within minutes, best effort. To flush at once, see docs/runbook.md.
type Revocation struct {
	constructs.Construct
	window      time.Duration
	queue       awssqs.Queue
	deadLetters awssqs.Queue
	function    awslambda.Function
	role        awsiam.IRole
	log         awslogs.LogGroup
	topic       awssns.ITopic
	alarms      alarms.Set
}

// NewRevocation creates, in this order, the queue and its dead-letter queue, the function with its log and role, the rule that puts changes
// into the queue, the topic unless one is given, and the alarms.
//
// The function is compiled at synth, which needs Go. Mistakes in props become error annotations on the construct; a missing Pool or Stage
// is a programmer's error and panics, and so does a function that does not compile.
func NewRevocation(scope constructs.Construct, id *string, props *RevocationProps) *Revocation {
	if props == nil || props.Pool == nil || props.Stage == nil {
		panic("revocation: RevocationProps.Pool and Stage are required")
	}
	r := &Revocation{Construct: constructs.NewConstruct(scope, id), window: awslimits.MaxRevocationWindow, topic: props.AlarmTopic}
	var errs report.Errors
	s := *props
	r.check(&s, &errs)
	errs.Attach(r.Construct)

	r.addQueues()
	r.addFunction(&s)
	r.addRules(&s)
	if r.topic == nil {
		r.topic = alarmtopic.New(r.Construct, s.RemovalPolicy)
	}
	r.addAlarms()
	return r
}

func (r *Revocation) check(s *RevocationProps, errs *report.Errors) {
	if s.LogRetention == "" {
		s.LogRetention = awslogs.RetentionDays_THREE_MONTHS
	}
	if s.RemovalPolicy == "" {
		s.RemovalPolicy = awscdk.RemovalPolicy_RETAIN_ON_UPDATE_OR_DELETE
	}
	errs.Duration("Window", s.Window, &r.window, awslimits.RevocationWindow)
}

// addQueues creates queues that SQS encrypts with keys of its own: a message names a call to Cognito and holds nothing secret, and
// EventBridge needs no grant for such a queue, whereas one on a KMS key would not tell which rule sends.
func (r *Revocation) addQueues() {
	r.deadLetters = awssqs.NewQueue(r.Construct, jsii.String("DeadLetters"), &awssqs.QueueProps{
		Encryption:      awssqs.QueueEncryption_SQS_MANAGED,
		EnforceSSL:      jsii.Bool(true),
		RetentionPeriod: awscdk.Duration_Days(jsii.Number(14)),
	})
	// AWS's advice: six times the function's timeout, and the batching window on top, so that no message comes back while it is being gathered
	// or handled.
	// https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html
	visibility := 6*functionTimeout + r.window
	r.queue = awssqs.NewQueue(r.Construct, jsii.String("Queue"), &awssqs.QueueProps{
		Encryption:        awssqs.QueueEncryption_SQS_MANAGED,
		EnforceSSL:        jsii.Bool(true),
		VisibilityTimeout: awscdk.Duration_Seconds(jsii.Number(visibility.Seconds())),
		DeadLetterQueue:   &awssqs.DeadLetterQueue{Queue: r.deadLetters, MaxReceiveCount: jsii.Number(5)},
	})
}

// addFunction lets the function take a batch when the window ends. Partial batch responses are of no use: a batch is one flush, which fails
// for all of its messages or for none. Lambda's pollers gather apart from one another, so a burst may make several batches; concurrency 2,
// the least there is, bounds them, and flushes a moment apart cost little more than one.
func (r *Revocation) addFunction(s *RevocationProps) {
	created := function.New(r.Construct, &function.Props{
		Package:     "revocation",
		Description: "Flushes the token gateway's cache after changes of clients, secrets and scopes",
		Timeout:     functionTimeout,
		Environment: map[string]*string{
			"REST_API_ID": s.Stage.RestApi().RestApiId(), "STAGE_NAME": s.Stage.StageName(), "METRICS_NAMESPACE": jsii.String(MetricsNamespace),
		},
		RoleDescription: "Flush of the token gateway's cache",
		PolicyName:      "revocation",
		Statements: []awsiam.PolicyStatement{
			policy.Statement("FlushCache", nil, policy.StageCacheARN(s.Stage), "apigateway:DELETE"),
			policy.Statement("Queue", nil, r.queue.QueueArn(), "sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"),
		},
		LogName:       "revocation",
		LogKey:        loggroup.Key(r.Construct, s.LogEncryptionKey, "Encrypts the log of the cache flushes", s.RemovalPolicy),
		LogRetention:  s.LogRetention,
		RemovalPolicy: s.RemovalPolicy,
	})
	r.function, r.role, r.log = created.Function, created.Role, created.Log
	mapping := &awslambda.EventSourceMappingOptions{EventSourceArn: r.queue.QueueArn(), MaxConcurrency: jsii.Number(2),
		BatchSize: jsii.Number(10)}
	if r.window > 0 {
		// More than ten need a window. Batches end at 6 MB at the latest, some thousands of these messages.
		mapping.BatchSize, mapping.MaxBatchingWindow = jsii.Number(10000), awscdk.Duration_Seconds(jsii.Number(r.window.Seconds()))
	}
	r.function.AddEventSourceMapping(jsii.String("Changes"), mapping)
}

// Queue holds the changes that a flush has yet to follow.
func (r *Revocation) Queue() awssqs.IQueue { return r.queue }

// DeadLetters holds the changes that EventBridge could not put into the queue, and those for which flushing failed too often.
func (r *Revocation) DeadLetters() awssqs.IQueue { return r.deadLetters }

// Function flushes the cache.
func (r *Revocation) Function() awslambda.IFunction { return r.function }

// Role is the function's role.
func (r *Revocation) Role() awsiam.IRole { return r.role }

// Log is the function's log: JSON lines, among them its metrics in the embedded metric format.
func (r *Revocation) Log() awslogs.ILogGroup { return r.log }

// AlarmTopic gets the alarms.
func (r *Revocation) AlarmTopic() awssns.ITopic { return r.topic }

// Alarms are all alarms.
func (r *Revocation) Alarms() []awscloudwatch.Alarm { return r.alarms.All }

// UrgentAlarms are the alarms that should page.
func (r *Revocation) UrgentAlarms() []awscloudwatch.Alarm { return r.alarms.Urgent }
