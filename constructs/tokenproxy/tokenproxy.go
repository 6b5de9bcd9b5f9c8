// Package tokenproxy creates the API Gateway REST API in front of a user pool's token endpoint, with a cache that makes tokens be used
// again until shortly before they expire.
package tokenproxy

import (
	"time"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsapigateway"
	"github.com/aws/aws-cdk-go/awscdk/v2/awscloudwatch"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsiam"
	"github.com/aws/aws-cdk-go/awscdk/v2/awskms"
	"github.com/aws/aws-cdk-go/awscdk/v2/awslambda"
	"github.com/aws/aws-cdk-go/awscdk/v2/awslogs"
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"

	"github.com/cognito-m2m/cognito-m2m-cdk/constructs/internal/loggroup"
	"github.com/cognito-m2m/cognito-m2m-cdk/constructs/internal/mark"
	"github.com/cognito-m2m/cognito-m2m-cdk/constructs/internal/nag"
	"github.com/cognito-m2m/cognito-m2m-cdk/constructs/internal/report"
	"github.com/cognito-m2m/cognito-m2m-cdk/constructs/originheader"
)

// TokenPath is the path of the one method, after that of the stage.
const TokenPath = "/oauth2/token"

// TokenProxy is a REST API whose one method, POST /oauth2/token, asks Cognito for a token or answers from its cache.
type TokenProxy struct {
	constructs.Construct
	api           awsapigateway.RestApi
	method        awsapigateway.Method
	stageName     *string
	ttl           time.Duration
	logKey        awskms.IKey
	logRetention  awslogs.RetentionDays
	removalPolicy awscdk.RemovalPolicy
	accessLog     awslogs.LogGroup
	executionLog  awslogs.LogGroup

	authorization      *Authorization
	endpoint           *Endpoint
	authorizerFunction awslambda.IFunction
	usagePlans         map[string]awsapigateway.IUsagePlan
	cacheSizeGB        *string
	metricsNamespace   string
	metrics            map[string]awscloudwatch.Metric
	alarms             []awscloudwatch.Alarm
	staleErrors        awscloudwatch.Alarm
}

// NewTokenProxy creates, in this order, the encryption key of the logs unless one is given, the access log, the REST API with its stage,
// cache cluster and (unless it exists) the account's CloudWatch role, the execution log, the method with its validator, what a request must
// pass before it (a Lambda authorizer with its function, or usage plans), the answers of the gateway's own making in RFC 6749 JSON, and the
// alarms on errors of Cognito with the metrics that they need.
//
// Every cached response is encrypted and keyed on exactly the request parameters that Cognito gets. Mistakes in props become error
// annotations on the construct, all of them in one synth; a missing Pool or OriginHeader is a programmer's error and panics. The function
// of an allow list is compiled at synth, which needs Go; it panics when that fails.
func NewTokenProxy(scope constructs.Construct, id *string, props *TokenProxyProps) *TokenProxy {
	if props == nil || props.Pool == nil || props.OriginHeader == nil {
		panic("tokenproxy: TokenProxyProps.Pool and OriginHeader are required")
	}
	p := &TokenProxy{Construct: constructs.NewConstruct(scope, id)}
	var errs report.Errors
	s := props.check(&errs, awscdk.Stack_Of(p.Construct))
	policy := s.resourcePolicy()
	p.checkPolicySize(policy, &errs)
	errs.Attach(p.Construct)

	p.authorization, p.endpoint = s.Authorization, s.Endpoint
	p.stageName = s.StageName
	p.ttl, p.cacheSizeGB = s.ttl, s.CacheSizeGB
	p.logRetention, p.removalPolicy = s.LogRetention, s.RemovalPolicy
	p.logKey = loggroup.Key(p.Construct, s.LogEncryptionKey, "Encrypts the logs of the token gateway", s.RemovalPolicy)
	p.accessLog = p.addLog(&s, "AccessLog", "/cognito-m2m/"+*p.uniqueName()+"/access")
	p.addAPI(&s, policy)
	p.addExecutionLog(&s)
	p.addMethod(&s)
	if s.Authorization.isLambda() {
		p.addAuthorizer(&s)
	}
	if s.Authorization.isAPIKey() {
		p.addUsagePlans(s.Authorization.UsagePlans)
	}
	addGatewayResponses(p.api, s.Authorization)
	p.addAlarms(&s)
	return p
}

func (p *TokenProxy) addAPI(s *settings, policy awsiam.PolicyDocument) {
	var disabled *bool
	if s.Endpoint.defaultDisabled() {
		disabled = jsii.Bool(true)
	}
	p.api = awsapigateway.NewRestApi(p.Construct, jsii.String("Api"), &awsapigateway.RestApiProps{
		// CloudWatch keys an API's metrics on its name: two APIs of one name would add up in one metric.
		RestApiName:    p.uniqueName(),
		Description:    jsii.String("Token endpoint for machine-to-machine clients"),
		EndpointTypes:  &[]awsapigateway.EndpointType{s.Endpoint.endpointType()},
		CloudWatchRole: jsii.Bool(s.ExistingAccountLogRole == nil || !*s.ExistingAccountLogRole), // Retained by default.
		DeployOptions:  s.stageOptions(p.accessLog),
		Policy:         policy,

		DisableExecuteApiEndpoint: disabled,
	})
	p.applyEndpoint(s.Endpoint)
	// Its only effect is an output of a URL that serves nothing.
	p.api.Node().TryRemoveChild(jsii.String("Endpoint"))
	nag.Suppress(p.api,
		nag.Suppression{Rule: "AwsSolutions-APIG2", Reason: "The one method validates all parameters that are forwarded. The body is not " +
			"validated since it is dropped: the upstream body is rebuilt."},
	)
	nag.Suppress(p.api.DeploymentStage(),
		nag.Suppression{Rule: "AwsSolutions-APIG3", Reason: "The stage has throttling and a validator; which edge web ACL stands before it is " +
			"the deploying team's choice."},
	)
	if role := p.api.Node().TryFindChild(jsii.String("CloudWatchRole")); role != nil {
		nag.Suppress(role, nag.Suppression{
			Rule: "AwsSolutions-IAM4",
			Reason: "API Gateway's account-wide log role: AWS documents exactly this managed policy for it, and the role can be assumed by API " +
				"Gateway only.",
			AppliesTo: []string{"Policy::arn:<AWS::Partition>:iam::aws:policy/service-role/AmazonAPIGatewayPushToCloudWatchLogs"},
		})
	}
}

// uniqueName derives from the construct's path.
func (p *TokenProxy) uniqueName() *string {
	return awscdk.Names_UniqueResourceName(p.Construct, &awscdk.UniqueResourceNameOptions{MaxLength: jsii.Number(200),
		Separator: jsii.String("-")})
}

// stageOptions turn the cache on for exactly the token method. All that is off is written as off: CloudFormation leaves a setting alone
// that a template no longer has, so a cache would stay on (aws-cloudformation/cloudformation-coverage-roadmap#2231).
func (s *settings) stageOptions(accessLog awslogs.ILogGroup) *awsapigateway.StageOptions {
	return &awsapigateway.StageOptions{
		StageName:            s.StageName,
		CacheClusterEnabled:  jsii.Bool(true),
		CacheClusterSize:     s.CacheSizeGB,
		CachingEnabled:       jsii.Bool(false),
		CacheDataEncrypted:   jsii.Bool(true),
		DataTraceEnabled:     jsii.Bool(false),
		LoggingLevel:         s.ExecutionLogging,
		MetricsEnabled:       jsii.Bool(true),
		ThrottlingRateLimit:  s.ThrottlingRateLimit,
		ThrottlingBurstLimit: s.ThrottlingBurstLimit,
		MethodOptions: &map[string]*awsapigateway.MethodDeploymentOptions{
			TokenPath + "/POST": {
				CachingEnabled:       jsii.Bool(true),
				CacheDataEncrypted:   jsii.Bool(true),
				CacheTtl:             awscdk.Duration_Seconds(jsii.Number(s.ttl.Seconds())),
				DataTraceEnabled:     jsii.Bool(false),
				LoggingLevel:         s.ExecutionLogging,
				MetricsEnabled:       jsii.Bool(true),
				ThrottlingRateLimit:  s.ThrottlingRateLimit,
				ThrottlingBurstLimit: s.ThrottlingBurstLimit,
			},
		},
		AccessLogDestination: awsapigateway.NewLogGroupLogDestination(accessLog),
		AccessLogFormat:      awsapigateway.AccessLogFormat_Custom(jsii.String(accessLogFormat(s.Authorization.isLambda()))),
		TracingEnabled:       jsii.Bool(s.Tracing != nil && *s.Tracing),
		Variables:            &map[string]*string{originheader.StageVariable: s.OriginHeader.Value()},
	}
}

func (p *TokenProxy) addMethod(s *settings) {
	validator := p.api.AddRequestValidator(jsii.String("Parameters"), &awsapigateway.RequestValidatorOptions{
		ValidateRequestParameters: jsii.Bool(true),
		ValidateRequestBody:       jsii.Bool(false),
	})
	token := p.api.Root().AddResource(jsii.String("oauth2"), nil).AddResource(jsii.String("token"), nil)
	p.method = token.AddMethod(jsii.String("POST"), s.newIntegration(), s.methodOptions(validator))
	reason := "This is the token endpoint: the client authenticates to Cognito with the credentials in this very request, and has no token " +
		"yet."
	suppressions := []nag.Suppression{{Rule: "AwsSolutions-COG4", Reason: reason}}
	if s.Authorization.methodType() == awsapigateway.AuthorizationType_NONE {
		suppressions = append([]nag.Suppression{{Rule: "AwsSolutions-APIG4", Reason: reason}}, suppressions...)
	}
	nag.Suppress(p.method, suppressions...)
	mark.As("tokenproxy", p.method)
}

// RestAPI is the REST API.
func (p *TokenProxy) RestAPI() awsapigateway.IRestApi { return p.api }

// Stage is the stage, with the cache and the stage variable of the origin header.
func (p *TokenProxy) Stage() awsapigateway.IStage { return p.api.DeploymentStage() }

// StageName is the stage's name.
func (p *TokenProxy) StageName() *string { return p.stageName }

// Method is POST /oauth2/token.
func (p *TokenProxy) Method() awsapigateway.Method { return p.method }

// AccessLog is the log of one JSON line for each request.
func (p *TokenProxy) AccessLog() awslogs.ILogGroup { return p.accessLog }

// ExecutionLog is where API Gateway writes errors of its own.
func (p *TokenProxy) ExecutionLog() awslogs.ILogGroup { return p.executionLog }

// LogEncryptionKey encrypts both logs.
func (p *TokenProxy) LogEncryptionKey() awskms.IKey { return p.logKey }

// CacheTTL is how long a token response may stay in the cache.
func (p *TokenProxy) CacheTTL() awscdk.Duration {
	return awscdk.Duration_Seconds(jsii.Number(p.ttl.Seconds()))
}

// TokenURL is the URL of the default endpoint that clients ask for tokens, without a query string. A private API has it in VPCs with
// private DNS. With DisableDefaultEndpoint it answers 403.
func (p *TokenProxy) TokenURL() *string {
	return p.api.DeploymentStage().UrlForPath(jsii.String(TokenPath))
}
