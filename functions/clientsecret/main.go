// Command clientsecret is the Lambda function that rotates the tenants' client secrets and sweeps over them. The algorithm is in
// internal/rotation/clientsecret; this package connects it to AWS.
//
// # Environment
//
// Durations are in Go's syntax ("90s", "2m", "1h"). The function reports all errors together and does not start.
//
//	SECRET_PREFIX      required  prefix of the names of the tenants' secrets, ends with "/"; the tenant's id follows
//	ACCOUNT_ID         required  the account whose secrets may be rotated
//	USER_POOL_ID       required  the user pool of the tenants' app clients
//	TOKEN_URL          required  token endpoint of the Cognito domain, https://…/oauth2/token: asked directly
//	GATEWAY_TOKEN_URL  required  token endpoint of the gateway, as written into the tenants' secrets
//	HEADER_SECRET_ARN  required  complete ARN of the secret that holds the origin header's value; AWSCURRENT is sent
//	HEADER_NAME        x-wafAuthAllowRule  name of the origin header
//	REST_API_ID        required  ID of the REST API whose cache revoke-previous flushes
//	STAGE_NAME         required  name of its stage
//	INTERVAL           required  the longest time between two rotations that a schedule allows; more than GRACE
//	GRACE              24h       how long a superseded client secret still authenticates
//	STUCK_LIMIT        3h        how long a rotation may stand still before it is given up
//	SWEEP_PACE         1s        least time between two secrets for which the sweep asks Cognito or starts a rotation
//	CONSISTENCY_BOUND  30s       how long after a change Cognito may still answer as before it
//	AUTH_DEADLINE      2m        how long a new client secret may take until it authenticates
//	PROBE_INTERVAL     5s        time between two attempts
//	FUNCTION_TIMEOUT   15m       the function's timeout; more than three times CONSISTENCY_BOUND, AUTH_DEADLINE and SWEEP_PACE together
//	METRICS_NAMESPACE  CognitoM2M/ClientSecrets  namespace of the metrics
//
// Bounds of zero are allowed, for tests. The construct that deploys the function refuses bounds that are too short for AWS.
//
// # Calls
//
// The function makes these calls and no others. Each needs the IAM action of the same name on these resources.
//
//	secretsmanager:DescribeSecret            arn:<partition>:secretsmanager:<region>:<account>:secret:<prefix>*
//	secretsmanager:GetSecretValue            the same, and HEADER_SECRET_ARN
//	secretsmanager:PutSecretValue            the same
//	secretsmanager:UpdateSecretVersionStage  the same
//	secretsmanager:RotateSecret              the same
//	secretsmanager:TagResource               the same (condition: aws:TagKeys is m2m:settled alone)
//	secretsmanager:ListSecrets               *  (it allows no resource)
//	lambda:InvokeFunction                    this function: RotateSecret requires it
//	cognito-idp:DescribeUserPoolClient       arn:<partition>:cognito-idp:<region>:<account>:userpool/<id>
//	cognito-idp:ListUserPoolClientSecrets    the same
//	cognito-idp:AddUserPoolClientSecret      the same
//	cognito-idp:DeleteUserPoolClientSecret   the same
//	apigateway:DELETE                        arn:<partition>:apigateway:<region>::/restapis/<api>/stages/<stage>/cache/data
//
// With customer managed keys: kms:Decrypt and kms:GenerateDataKey on the tenants' key, kms:Decrypt on the origin header's, through
// Secrets Manager. Metrics are log lines and need no permission. The Cognito domain is called over HTTPS.
package main

import (
	"log/slog"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/service/apigateway"
	"github.com/aws/aws-sdk-go-v2/service/cognitoidentityprovider"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager"

	"github.com/cognito-m2m/cognito-m2m-cdk/functions/internal/stagecache"
	"github.com/cognito-m2m/cognito-m2m-cdk/functions/internal/startup"
	"github.com/cognito-m2m/cognito-m2m-cdk/functions/internal/tokenendpoint"
	"github.com/cognito-m2m/cognito-m2m-cdk/internal/rotation/clientsecret"
	"github.com/cognito-m2m/cognito-m2m-cdk/internal/rotation/clock"
)

func main() {
	// Cognito allows few requests a second for each operation on app clients: more attempts than usual keep a rotation from failing.
	startup.Run(readSettings, newHandler, config.WithRetryMaxAttempts(6))
}

func newHandler(settings settings, cfg aws.Config, log *slog.Logger) any {
	secretsManager := secretsmanager.NewFromConfig(cfg)
	return clientsecret.Handler{
		AccountID:    settings.accountID,
		SecretPrefix: settings.secretPrefix,
		Rotator: &clientsecret.Rotator{
			Secrets: secrets{client: secretsManager, prefix: settings.secretPrefix},
			Clients: clients{client: cognitoidentityprovider.NewFromConfig(cfg), pool: settings.userPoolID},
			Tokens: &tokens{
				endpoint: settings.tokenURL, client: tokenendpoint.New(settings.headerName), log: log, now: time.Now,
				header: header{client: secretsManager, arn: settings.headerSecretARN}.read,
			},
			Cache:      stagecache.Cache{Client: apigateway.NewFromConfig(cfg), API: settings.restAPIID, Stage: settings.stageName},
			Clock:      clock.System{},
			Metrics:    clientsecret.EMF{Writer: startup.Metrics(settings.metricsNamespace)},
			Log:        log,
			Config:     settings.bounds,
			GatewayURL: settings.gatewayTokenURL,
		},
	}.Handle
}
