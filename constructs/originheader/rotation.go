package originheader

import (
	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awscloudwatch"
	"github.com/aws/aws-cdk-go/awscdk/v2/awskms"
	"github.com/aws/aws-cdk-go/awscdk/v2/awslambda"
	"github.com/aws/aws-cdk-go/awscdk/v2/awslogs"
	"github.com/aws/aws-cdk-go/awscdk/v2/awssecretsmanager"
	"github.com/aws/aws-cdk-go/awscdk/v2/awssns"
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"

	"github.com/cognito-m2m/cognito-m2m-cdk/constructs/internal/alarms"
	"github.com/cognito-m2m/cognito-m2m-cdk/constructs/internal/alarmtopic"
	"github.com/cognito-m2m/cognito-m2m-cdk/constructs/internal/function"
	"github.com/cognito-m2m/cognito-m2m-cdk/constructs/internal/loggroup"
	"github.com/cognito-m2m/cognito-m2m-cdk/constructs/internal/report"
)

// MetricsNamespace is the CloudWatch namespace of the rotation's own metrics.
const MetricsNamespace = "CognitoM2M/OriginHeader"

// HeaderRotation rotates an origin header in the gateway's stage and in the set of accepted values with no failed request, and keeps the
// two in step with the secret. How, and why no request fails, is in docs/rotation.md.
type HeaderRotation struct {
	constructs.Construct
	function    awslambda.Function
	schedule    awssecretsmanager.CfnRotationSchedule
	log         awslogs.LogGroup
	logKey      awskms.IKey
	topic       awssns.ITopic
	overdueDays float64
	alarms      alarms.Set
}

// NewHeaderRotation creates, in this order, the function with its log and role, the events that make it reconcile (the secret's label
// moved, every 15 minutes, a change of the stacks involved), the topic unless one is given, the alarms, the failure events if there is a
// trail, and last the rotation schedule, which waits for all that a rotation needs.
//
// The first rotation comes one interval after the deployment, never with it. The function is compiled at synth, which needs Go. Mistakes in
// props become error annotations on the construct, all of them in one synth; a missing required prop is a programmer's error and panics,
// and so does a function that does not compile.
func NewHeaderRotation(scope constructs.Construct, id *string, props *HeaderRotationProps) *HeaderRotation {
	if props == nil || props.OriginHeader == nil || props.Stage == nil || props.Association == nil || props.CognitoTokenURL == nil {
		panic("originheader: HeaderRotationProps.OriginHeader, Stage, Association and CognitoTokenURL are required")
	}
	r := &HeaderRotation{Construct: constructs.NewConstruct(scope, id), topic: props.AlarmTopic}
	var errs report.Errors
	s := props.check(&errs)
	errs.Attach(r.Construct)
	r.overdueDays = s.overdueDays()

	r.addFunction(&s)
	r.addEvents(&s)
	if r.topic == nil {
		newTopic := alarmtopic.New
		if s.BudgetAlerts != nil && *s.BudgetAlerts {
			newTopic = alarmtopic.NewWithBudgets
		}
		r.topic = newTopic(r.Construct, s.RemovalPolicy)
	}
	r.addAlarms(&s)
	if s.Trail != nil && *s.Trail {
		r.addFailureEvents(&s)
	}
	r.addSchedule(&s)
	return r
}

func (r *HeaderRotation) addFunction(s *rotationSettings) {
	r.logKey = loggroup.Key(r.Construct, s.LogEncryptionKey, "Encrypts the log of the origin header's rotation", s.RemovalPolicy)
	props := &function.Props{
		Package:         "originheader",
		Description:     "Rotates and reconciles the header by which a user pool's web ACL knows its gateway",
		Timeout:         s.bounds.FunctionTimeout,
		Environment:     r.environment(s),
		RoleDescription: "Rotation of the origin header",
		PolicyName:      "rotation",
		Statements:      r.statements(s),
		LogName:         "rotation",
		LogKey:          r.logKey,
		LogRetention:    s.LogRetention,
		RemovalPolicy:   s.RemovalPolicy,
	}
	if s.DisableReservedConcurrency == nil || !*s.DisableReservedConcurrency {
		props.ReservedConcurrency = jsii.Number(1)
	}
	created := function.New(r.Construct, props)
	r.function, r.log = created.Function, created.Log
}

// environment is documented in functions/originheader.
func (r *HeaderRotation) environment(s *rotationSettings) map[string]*string {
	set := s.OriginHeader.AcceptedValues()
	variables := map[string]*string{
		"SECRET_ARN":       s.OriginHeader.Secret().SecretArn(),
		"PATTERN_SET_ID":   set.AttrId(),
		"PATTERN_SET_NAME": set.Name(),
		"REST_API_ID":      s.Stage.RestApi().RestApiId(),
		"STAGE_NAME":       s.Stage.StageName(),
		"STAGE_VARIABLE":   jsii.String(StageVariable),
		"TOKEN_URL":        s.CognitoTokenURL,
		"HEADER_NAME":      s.OriginHeader.HeaderName(),
		"STACK_IDS":        awscdk.Fn_Join(jsii.String(","), s.stackIDs(r.Construct)),
		"WAF_BOUND":        jsii.String(s.bounds.WAFBound.String()),
		"STAGE_BOUND":      jsii.String(s.bounds.StageBound.String()),
		"GRACE":            jsii.String(s.bounds.Grace.String()),
		"STUCK_LIMIT":      jsii.String(s.bounds.StuckLimit.String()),
		"FLUSH_INTERVAL":   jsii.String(s.bounds.FlushInterval.String()),
		"FUNCTION_TIMEOUT": jsii.String(s.bounds.FunctionTimeout.String()),

		"METRICS_NAMESPACE": jsii.String(MetricsNamespace),
	}
	if s.GatewayTokenURL != nil {
		variables["GATEWAY_TOKEN_URL"] = s.GatewayTokenURL
	}
	return variables
}

// addSchedule uses the L1: the L2 rotates at once when it is created or changed, and makes secret and function depend on each other when
// they are in two stacks.
func (r *HeaderRotation) addSchedule(s *rotationSettings) {
	stack := awscdk.Stack_Of(r.Construct)
	// It names the account only, as Secrets Manager's guide does: whether the service tells Lambda the secret's ARN is not documented, and the
	// function itself refuses any other secret.
	// https://docs.aws.amazon.com/secretsmanager/latest/userguide/rotating-secrets-required-permissions-function.html
	invoke := awslambda.NewCfnPermission(r.Construct, jsii.String("RotationPermission"), &awslambda.CfnPermissionProps{
		Action:        jsii.String("lambda:InvokeFunction"),
		FunctionName:  r.function.FunctionArn(),
		Principal:     jsii.String("secretsmanager.amazonaws.com"),
		SourceAccount: stack.Account(),
	})
	r.schedule = awssecretsmanager.NewCfnRotationSchedule(r.Construct, jsii.String("Schedule"), &awssecretsmanager.CfnRotationScheduleProps{
		SecretId:                  s.OriginHeader.Secret().SecretArn(),
		RotationLambdaArn:         r.function.FunctionArn(),
		RotateImmediatelyOnUpdate: jsii.Bool(false),
		RotationRules: &awssecretsmanager.CfnRotationSchedule_RotationRulesProperty{
			ScheduleExpression: jsii.String(rate(s.interval)),
			// The window in which Secrets Manager may begin. Its default for days is the whole day, by which a rotation would look overdue.
			Duration: jsii.String("1h"),
		},
	})
	// Secrets Manager tries the function when the schedule is created.
	r.schedule.Node().AddDependency(invoke, r.function, s.Stage, s.Association, s.OriginHeader.AcceptedValues())
}

// Function rotates and reconciles. A person may invoke it for the actions in docs/runbook.md.
func (r *HeaderRotation) Function() awslambda.IFunction { return r.function }

// OverdueDays is the age in days from which on the value is overdue.
func (r *HeaderRotation) OverdueDays() float64 { return r.overdueDays }

// Schedule makes Secrets Manager rotate.
func (r *HeaderRotation) Schedule() awssecretsmanager.CfnRotationSchedule { return r.schedule }

// Log is the function's log: JSON lines, among them its metrics in the embedded metric format.
func (r *HeaderRotation) Log() awslogs.ILogGroup { return r.log }

// LogEncryptionKey encrypts the log.
func (r *HeaderRotation) LogEncryptionKey() awskms.IKey { return r.logKey }

// AlarmTopic gets the alarms and the failure events.
func (r *HeaderRotation) AlarmTopic() awssns.ITopic { return r.topic }

// Alarms are all alarms.
func (r *HeaderRotation) Alarms() []awscloudwatch.Alarm { return r.alarms.All }

// UrgentAlarms are the alarms that should page.
func (r *HeaderRotation) UrgentAlarms() []awscloudwatch.Alarm { return r.alarms.Urgent }
