// Command usage is the Lambda function that turns CloudTrail's events of requests to Cognito's token endpoint into CloudWatch metrics. How
// they are counted is in internal/usage.
//
// # Environment
//
//	USER_POOL_ID   required  ID of the user pool; events of others are not counted
//	NAMED_TENANTS  ""        comma-separated tenants that always have a metric of their own
//	MAX_TENANTS    100       largest number of tenants with a metric of their own, including the named ones
//
// # Event
//
// A batch of CloudTrail's events by a subscription filter of CloudWatch Logs. A function that fails has counted none of them, and Lambda
// sends the whole batch again.
//
// # Calls
//
// The function makes this call and no other. It needs the IAM action of the same name on this resource. The answer has no client secrets:
//
//	cognito-idp:ListUserPoolClients  arn:<partition>:cognito-idp:<region>:<account>:userpool/<id>
//
// Metrics are log lines and need no permission. Lambda itself sends a batch that failed for good to the dead-letter queue with the
// function's role.
package main

import (
	"log/slog"
	"os"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/service/cognitoidentityprovider"

	"github.com/cognito-m2m/cognito-m2m-cdk/functions/internal/environment"
	"github.com/cognito-m2m/cognito-m2m-cdk/functions/internal/startup"
	"github.com/cognito-m2m/cognito-m2m-cdk/internal/usage"
)

func main() {
	// More attempts than usual, with pauses of up to 20 seconds: other instances list the clients at the same time.
	startup.Run(readSettings, newHandler, config.WithRetryMaxAttempts(6))
}

func newHandler(settings settings, cfg aws.Config, log *slog.Logger) any {
	counter := &usage.Counter{
		UserPool: settings.pool,
		Tenants: &usage.Tenants{
			Clients: clients{client: cognitoidentityprovider.NewFromConfig(cfg), pool: settings.pool},
			Named:   settings.named, Max: settings.maxTenants, Now: time.Now, Log: log,
		},
		Out: os.Stdout,
		Log: log,
	}
	return counter.Handle
}

// settings are the environment variables; the package's documentation describes them.
type settings struct {
	pool       string
	named      []string
	maxTenants int
}

// readSettings reports all errors together.
func readSettings(getenv func(string) string) (settings, error) {
	env := environment.NewReader(getenv)
	s := settings{pool: env.Required("USER_POOL_ID", nil), named: env.List("NAMED_TENANTS"), maxTenants: 100}
	env.Integer("MAX_TENANTS", &s.maxTenants)
	return s, env.Err(usage.Bounds(s.named, s.maxTenants))
}
