// Command revocation is the Lambda function that flushes the gateway's stage cache after a change or removal of an app client, of one of
// its secrets or of a scope at Cognito. Otherwise the cache would answer a revoked credential with a token, and a corrected one with an
// error, until the entry expires.
//
// # Environment
//
//	REST_API_ID        required  ID of the REST API
//	STAGE_NAME         required  name of its stage
//	METRICS_NAMESPACE  CognitoM2M/Revocation  namespace of the metrics
//
// # Event
//
// A batch of messages from SQS, each about one change: {"eventName", "eventTime", "eventID"} of its CloudTrail event. Each batch causes one
// flush. A failed flush returns the whole batch to the queue: no message can fail alone, so there are no partial batch responses.
//
// # Calls
//
// The function makes this call and no other. It needs the IAM action of the same name on this resource:
//
//	apigateway:DELETE  arn:<partition>:apigateway:<region>::/restapis/<api>/stages/<stage>/cache/data
//
// Metrics are log lines and need no permission. Lambda itself receives and deletes the messages with the function's role.
package main

import (
	"log/slog"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/apigateway"

	"github.com/cognito-m2m/cognito-m2m-cdk/functions/internal/environment"
	"github.com/cognito-m2m/cognito-m2m-cdk/functions/internal/stagecache"
	"github.com/cognito-m2m/cognito-m2m-cdk/functions/internal/startup"
)

func main() { startup.Run(readSettings, newHandler) }

func newHandler(settings settings, cfg aws.Config, log *slog.Logger) any {
	return handler{
		cache:   stagecache.Cache{Client: apigateway.NewFromConfig(cfg), API: settings.restAPIID, Stage: settings.stageName},
		metrics: startup.Metrics(settings.metricsNamespace),
		now:     time.Now,
		log:     log,
	}.handle
}

// settings are the environment variables; the package's documentation describes them.
type settings struct {
	restAPIID, stageName, metricsNamespace string
}

// readSettings reports all errors together.
func readSettings(getenv func(string) string) (settings, error) {
	e := environment.NewReader(getenv)
	s := settings{
		restAPIID: e.Required("REST_API_ID", nil), stageName: e.Required("STAGE_NAME", nil),
		metricsNamespace: e.Text("METRICS_NAMESPACE", "CognitoM2M/Revocation"),
	}
	return s, e.Err()
}
