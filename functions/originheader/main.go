// Command originheader is the Lambda function that rotates the origin header and reconciles its accepted and injected values. The
// algorithm is in internal/rotation/header; this package connects it to AWS.
//
// # Environment
//
// Durations are in Go's syntax ("90s", "2m", "1h"). The function reports all errors together and does not start.
//
//	SECRET_ARN          required  complete ARN of the secret, whose SecretString is the header value
//	PATTERN_SET_ID      required  ID of the regional WAFv2 regex pattern set of accepted values
//	PATTERN_SET_NAME    required  its name
//	REST_API_ID         required  ID of the REST API
//	STAGE_NAME          required  name of its stage
//	STAGE_VARIABLE      required  name of the stage variable that holds the injected value
//	TOKEN_URL           required  token endpoint of the Cognito domain, https://…/oauth2/token
//	GATEWAY_TOKEN_URL   ""        token endpoint of the gateway; without it there is no probe after a removal
//	HEADER_NAME         x-wafAuthAllowRule  name of the origin header
//	STACK_IDS           ""        comma-separated ARNs of the stacks whose status changes start a reconcile
//	WAF_BOUND           2m        how long after a change WAF may still use an older pattern set
//	STAGE_BOUND         2m        how long after a change API Gateway may still inject an older value
//	GRACE               1h        how long a former value stays accepted; at least FUNCTION_TIMEOUT + WAF_BOUND + STAGE_BOUND
//	STUCK_LIMIT         3h        how long a rotation may stand still before it is undone; at least GRACE
//	FLUSH_INTERVAL      15m       least time between two flushes of the stage cache
//	PROBE_DEADLINE      3m        how long the probes of the Cognito domain may take
//	PROBE_INTERVAL      5s        time between two probes
//	PROBE_PASSES        3         number of probes that must pass in a row
//	FUNCTION_TIMEOUT    10m       the function's timeout; more than 2 × WAF_BOUND + STAGE_BOUND and than PROBE_DEADLINE, at most 15m
//	METRICS_NAMESPACE   CognitoM2M/OriginHeader  namespace of the metrics
//
// Bounds of zero are allowed, for tests. The construct that deploys the function refuses bounds that are too short for AWS.
//
// # Calls
//
// The function makes these calls and no others. Each needs the IAM action of the same name on these resources. Random values come from the
// operating system, because secretsmanager:GetRandomPassword would need the resource "*".
//
//	secretsmanager:DescribeSecret            SECRET_ARN
//	secretsmanager:GetSecretValue            SECRET_ARN
//	secretsmanager:PutSecretValue            SECRET_ARN
//	secretsmanager:UpdateSecretVersionStage  SECRET_ARN
//	secretsmanager:TagResource               SECRET_ARN  (condition: aws:TagKeys is m2m:origin-header-flush alone)
//	wafv2:GetRegexPatternSet                 arn:<partition>:wafv2:<region>:<account>:regional/regexpatternset/<name>/<id>
//	wafv2:UpdateRegexPatternSet              the same
//	apigateway:GET                           arn:<partition>:apigateway:<region>::/restapis/<api>/stages/<stage>
//	apigateway:PATCH                         the same
//	apigateway:DELETE                        arn:<partition>:apigateway:<region>::/restapis/<api>/stages/<stage>/cache/data
//
// With a customer managed key on the secret: kms:Decrypt and kms:GenerateDataKey on it, through Secrets Manager. Metrics are log lines
// and need no permission. The two token endpoints are called over HTTPS without a client's credentials.
package main

import (
	"log/slog"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/apigateway"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager"
	"github.com/aws/aws-sdk-go-v2/service/wafv2"

	"github.com/cognito-m2m/cognito-m2m-cdk/functions/internal/startup"
	"github.com/cognito-m2m/cognito-m2m-cdk/internal/rotation/clock"
	"github.com/cognito-m2m/cognito-m2m-cdk/internal/rotation/header"
)

func main() { startup.Run(readSettings, newHandler) }

func newHandler(settings settings, cfg aws.Config, log *slog.Logger) any {
	return header.Handler{
		SecretARN: settings.secretARN,
		StackIDs:  settings.stackIDs,
		Rotator: &header.Rotator{
			Secret: secret{client: secretsmanager.NewFromConfig(cfg), arn: settings.secretARN},
			Set:    patternSet{client: wafv2.NewFromConfig(cfg), id: settings.patternSetID, name: settings.patternSetName},
			Stage: stage{
				client: apigateway.NewFromConfig(cfg), api: settings.restAPIID, name: settings.stageName, variable: settings.stageVariable,
			},
			Prober:  newProber(settings.tokenURL, settings.gatewayTokenURL, settings.headerName, log),
			Clock:   clock.System{},
			Metrics: header.EMF{Writer: startup.Metrics(settings.metricsNamespace)},
			Log:     log,
			Config:  settings.bounds,
		},
	}.Handle
}
