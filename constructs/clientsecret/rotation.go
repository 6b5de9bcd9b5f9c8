// Package clientsecret rotates the client secrets of all tenants of a user pool.
//
// A tenant's secret, its schedule and its policy are created by package tenantclient; what they share is here: the key, the function, the
// events that start it, and the alarms. No client secret ever passes through CloudFormation.
package clientsecret

import (
	"slices"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awscloudwatch"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsiam"
	"github.com/aws/aws-cdk-go/awscdk/v2/awskms"
	"github.com/aws/aws-cdk-go/awscdk/v2/awslambda"
	"github.com/aws/aws-cdk-go/awscdk/v2/awslogs"
	"github.com/aws/aws-cdk-go/awscdk/v2/awssns"
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"

	"github.com/cognito-m2m/cognito-m2m-cdk/constructs/internal/alarms"
	"github.com/cognito-m2m/cognito-m2m-cdk/constructs/internal/alarmtopic"
	"github.com/cognito-m2m/cognito-m2m-cdk/constructs/internal/function"
	"github.com/cognito-m2m/cognito-m2m-cdk/constructs/internal/loggroup"
	"github.com/cognito-m2m/cognito-m2m-cdk/constructs/internal/report"
	rotation "github.com/cognito-m2m/cognito-m2m-cdk/internal/rotation/clientsecret"
)

// MetricsNamespace is the CloudWatch namespace of the rotation's own metrics.
const MetricsNamespace = "CognitoM2M/ClientSecrets"

// SecretRotation rotates the client secrets of all tenants, one at a time by the schedule of each tenant's secret, and sweeps over all of
// them: it starts the first rotation of new ones, brings what has changed into them, and deletes superseded client secrets. How is in
// docs/credentials.md.
type SecretRotation struct {
	constructs.Construct
	prefix       string
	cadence      Cadence
	readers      []string // accounts
	organization bool
	secrets      *string // pattern of the ARNs of all tenants' secrets
	key          awskms.IKey
	function     awslambda.Function
	role         awsiam.IRole
	permission   awslambda.CfnPermission
	log          awslogs.LogGroup
	logKey       awskms.IKey
	topic        awssns.ITopic
	alarms       alarms.Set
}

// NewSecretRotation creates, in this order, the key of the secrets, the function with its log and role, its permission for Secrets Manager,
// the events that start a sweep, the topic unless one is given, the alarms, and the failure events if there is a trail.
//
// The function is compiled at synth, which needs Go. Mistakes in props become error annotations on the construct, all of them in one synth;
// a missing Pool, Proxy or OriginHeader is a programmer's error and panics, and so does a function that does not compile.
func NewSecretRotation(scope constructs.Construct, id *string, props *SecretRotationProps) *SecretRotation {
	if props == nil || props.Pool == nil || props.Proxy == nil || props.OriginHeader == nil {
		panic("clientsecret: SecretRotationProps.Pool, Proxy and OriginHeader are required")
	}
	r := &SecretRotation{Construct: constructs.NewConstruct(scope, id), topic: props.AlarmTopic}
	var errs report.Errors
	s := props.check(&errs)
	errs.Attach(r.Construct)
	if s.SecretPrefix == nil {
		s.SecretPrefix = jsii.String("invalid/")
	}

	r.prefix, r.cadence, r.organization = *s.SecretPrefix, s.Cadence, s.OrganizationID != nil
	for _, account := range r.readerAccounts(&s) {
		r.readers = append(r.readers, *account)
	}
	r.secrets = awscdk.Stack_Of(r.Construct).FormatArn(&awscdk.ArnComponents{
		Service: jsii.String("secretsmanager"), Resource: jsii.String("secret"), ResourceName: jsii.String(r.prefix + "*"),
		ArnFormat: awscdk.ArnFormat_COLON_RESOURCE_NAME,
	})
	r.addKey(&s)
	r.addFunction(&s)
	r.addEvents(&s)
	if r.topic == nil {
		r.topic = alarmtopic.New(r.Construct, s.RemovalPolicy)
	}
	r.addAlarms(&s)
	if s.Trail != nil && *s.Trail {
		r.addFailureEvents()
	}
	return r
}

func (r *SecretRotation) addFunction(s *settings) {
	r.logKey = loggroup.Key(r.Construct, s.LogEncryptionKey, "Encrypts the log of the client secrets' rotation", s.RemovalPolicy)
	created := function.New(r.Construct, &function.Props{
		Package:             "clientsecret",
		Description:         rotation.Description,
		Timeout:             s.bounds.FunctionTimeout,
		Environment:         r.environment(s),
		ReservedConcurrency: s.ReservedConcurrency,
		RoleDescription:     "Rotation of the tenants' client secrets",
		PolicyName:          "rotation",
		Statements:          r.statements(s),
		LogName:             "rotation",
		LogKey:              r.logKey,
		LogRetention:        s.LogRetention,
		RemovalPolicy:       s.RemovalPolicy,
	})
	r.function, r.role, r.log = created.Function, created.Role, created.Log
	r.allowStartingRotations()
	// One for all tenants, since a function's policy has 20 KB. It names the account only, as Secrets Manager's guide does: whether the
	// service tells Lambda the secret's ARN is not documented, and the function itself refuses a secret outside the prefix.
	// https://docs.aws.amazon.com/secretsmanager/latest/userguide/rotating-secrets-required-permissions-function.html
	r.permission = awslambda.NewCfnPermission(r.Construct, jsii.String("RotationPermission"), &awslambda.CfnPermissionProps{
		Action:        jsii.String("lambda:InvokeFunction"),
		FunctionName:  r.function.FunctionArn(),
		Principal:     jsii.String("secretsmanager.amazonaws.com"),
		SourceAccount: awscdk.Stack_Of(r.Construct).Account(),
	})
}

// environment is documented in functions/clientsecret.
func (r *SecretRotation) environment(s *settings) map[string]*string {
	return map[string]*string{
		"SECRET_PREFIX":     s.SecretPrefix,
		"USER_POOL_ID":      s.Pool.UserPool().UserPoolId(),
		"TOKEN_URL":         s.Pool.TokenURL(),
		"GATEWAY_TOKEN_URL": s.Proxy.TokenURL(),
		"HEADER_NAME":       s.OriginHeader.HeaderName(),
		"HEADER_SECRET_ARN": s.OriginHeader.Secret().SecretArn(),
		"REST_API_ID":       s.Proxy.Stage().RestApi().RestApiId(),
		"STAGE_NAME":        s.Proxy.StageName(),
		"ACCOUNT_ID":        awscdk.Stack_Of(r.Construct).Account(),
		"GRACE":             jsii.String(s.bounds.Grace.String()),
		"STUCK_LIMIT":       jsii.String(s.bounds.StuckLimit.String()),
		"INTERVAL":          jsii.String(s.bounds.Interval.String()),
		"FUNCTION_TIMEOUT":  jsii.String(s.bounds.FunctionTimeout.String()),

		"METRICS_NAMESPACE": jsii.String(MetricsNamespace),
	}
}

// EncryptionKey encrypts the tenants' secrets.
func (r *SecretRotation) EncryptionKey() awskms.IKey { return r.key }

// SecretPrefix is what the name of a tenant's secret begins with; the tenant's id follows.
func (r *SecretRotation) SecretPrefix() *string { return jsii.String(r.prefix) }

// Schedule is the cron expression of a tenant's rotations, to be used with a Duration of 1h.
func (r *SecretRotation) Schedule(tenantID string) *string {
	return jsii.String(cron(r.cadence, tenantID))
}

// Covers says whether principals of the account may decrypt the secrets, once a secret's own policy lets them read it. Of an organization
// the accounts are not known here: with OrganizationID every account is taken to be in it.
func (r *SecretRotation) Covers(account string) bool {
	return r.organization || slices.Contains(r.readers, account)
}

// Function rotates and sweeps. A person may invoke it for the actions in docs/runbook.md.
func (r *SecretRotation) Function() awslambda.IFunction { return r.function }

// Permission lets Secrets Manager invoke the function, which it tries when a schedule is created: schedules in the same stack must wait for
// it.
func (r *SecretRotation) Permission() awslambda.CfnPermission { return r.permission }

// Role is the function's role. What it does at Cognito is the planned rotation.
func (r *SecretRotation) Role() awsiam.IRole { return r.role }

// Log is the function's log: JSON lines, among them its metrics in the embedded metric format.
func (r *SecretRotation) Log() awslogs.ILogGroup { return r.log }

// LogEncryptionKey encrypts the log.
func (r *SecretRotation) LogEncryptionKey() awskms.IKey { return r.logKey }

// AlarmTopic gets the alarms and the failure events.
func (r *SecretRotation) AlarmTopic() awssns.ITopic { return r.topic }

// Alarms are all alarms.
func (r *SecretRotation) Alarms() []awscloudwatch.Alarm { return r.alarms.All }

// UrgentAlarms are the alarms that should page.
func (r *SecretRotation) UrgentAlarms() []awscloudwatch.Alarm { return r.alarms.Urgent }
