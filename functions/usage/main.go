// Command usage is the Lambda function that turns CloudTrail's events of requests to Cognito's token endpoint into CloudWatch metrics. How
// they are counted is in internal/usage.
//
// # Environment
//
//	USER_POOL_ID   required  ID of the user pool; events of others are not counted
//	NAMED_TENANTS  ""        tenants that always have a metric of their own, separated by commas
//	MAX_TENANTS    100       bound on the tenants with a metric of their own, the named ones among them
//
// # Event
//
// A batch of CloudTrail's events by a subscription filter of CloudWatch Logs. When the function fails it has counted none of them, and
// Lambda hands over the whole batch again.
//
// # Calls
//
// This call and no other, hence this IAM action on this resource. Its answer has no client secrets:
//
//	cognito-idp:ListUserPoolClients  arn:<partition>:cognito-idp:<region>:<account>:userpool/<id>
//
// Metrics are log lines and need nothing. Lambda itself sends a batch that was given up to the dead-letter queue with the function's role.
package main

import (
	"context"
	"os"
	"time"

	"github.com/aws/aws-lambda-go/lambda"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/service/cognitoidentityprovider"

	"github.com/cognito-m2m/cognito-m2m-cdk/functions/internal/environment"
	"github.com/cognito-m2m/cognito-m2m-cdk/internal/rotation/sensitive"
	"github.com/cognito-m2m/cognito-m2m-cdk/internal/usage"
)

func main() {
	log := sensitive.NewLogger(os.Stdout)
	settings, err := readSettings(os.Getenv)
	if err != nil {
		log.Error("configuration", "error", err)
		os.Exit(1)
	}
	// Throttled calls are tried again, with growing pauses of up to 20 seconds: other instances list the clients at the same time.
	aws, err := config.LoadDefaultConfig(context.Background(), config.WithRetryMaxAttempts(6))
	if err != nil {
		log.Error("loading the AWS configuration", "error", err)
		os.Exit(1)
	}
	counter := &usage.Counter{
		UserPool: settings.pool,
		Tenants: &usage.Tenants{
			Clients: clients{client: cognitoidentityprovider.NewFromConfig(aws), pool: settings.pool},
			Named:   settings.named, Max: settings.maxTenants, Now: time.Now, Log: log,
		},
		Out: os.Stdout,
		Log: log,
	}
	lambda.Start(counter.Handle)
}

// settings are the environment variables; the package's documentation describes them.
type settings struct {
	pool       string
	named      []string
	maxTenants int
}

// readSettings reports every mistake at once.
func readSettings(getenv func(string) string) (settings, error) {
	env := environment.NewReader(getenv)
	s := settings{pool: env.Required("USER_POOL_ID", nil), named: env.List("NAMED_TENANTS"), maxTenants: 100}
	env.Integer("MAX_TENANTS", &s.maxTenants)
	return s, env.Err(usage.Bounds(s.named, s.maxTenants))
}
