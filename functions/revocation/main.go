// Command revocation is the Lambda function that flushes the gateway's stage cache after somebody changed or removed an app client, one of its secrets or
// a scope at Cognito: the cache would go on answering a revoked credential with a token, and a corrected one with an error, until the entry's time to
// live is over.
//
// # Environment
//
//	REST_API_ID        required  ID of the REST API
//	STAGE_NAME         required  name of its stage
//	METRICS_NAMESPACE  CognitoM2M/Revocation  namespace of the metrics
//
// # Event
//
// A batch of messages from SQS, each about one change: {"eventName", "eventTime", "eventID"} of its CloudTrail event. Whatever they say, a batch is one
// flush: there is nothing that could fail for one message and not for another, so a failed flush returns the whole batch to the queue, and partial
// batch responses have no use.
//
// # Calls
//
// This call and no other, hence this IAM action on this resource:
//
//	apigateway:DELETE  arn:<partition>:apigateway:<region>::/restapis/<api>/stages/<stage>/cache/data
//
// Metrics are log lines and need nothing. Lambda itself receives and deletes the messages with the function's role.
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"time"

	"github.com/aws/aws-lambda-go/lambda"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/service/apigateway"

	"github.com/cognito-m2m/cognito-m2m-cdk/internal/rotation/emf"
	"github.com/cognito-m2m/cognito-m2m-cdk/internal/rotation/sensitive"
)

func main() {
	log := sensitive.NewLogger(os.Stdout)
	settings, err := readSettings(os.Getenv)
	if err != nil {
		log.Error("configuration", "error", err)
		os.Exit(1)
	}
	aws, err := config.LoadDefaultConfig(context.Background())
	if err != nil {
		log.Error("loading the AWS configuration", "error", err)
		os.Exit(1)
	}
	handler := handler{
		cache: stageCache{client: apigateway.NewFromConfig(aws), api: settings.restAPIID, stage: settings.stageName},
		metrics: emf.Writer{
			Out: os.Stdout, Now: time.Now, Namespace: settings.metricsNamespace, FunctionName: os.Getenv("AWS_LAMBDA_FUNCTION_NAME"),
		},
		now: time.Now,
		log: log,
	}
	lambda.Start(handler.handle)
}

// settings are the environment variables; the package's documentation describes them.
type settings struct {
	restAPIID, stageName, metricsNamespace string
}

// readSettings reports every mistake at once.
func readSettings(getenv func(string) string) (settings, error) {
	s := settings{restAPIID: getenv("REST_API_ID"), stageName: getenv("STAGE_NAME"), metricsNamespace: getenv("METRICS_NAMESPACE")}
	var errs []error
	for _, required := range []struct{ name, value string }{{"REST_API_ID", s.restAPIID}, {"STAGE_NAME", s.stageName}} {
		if required.value == "" {
			errs = append(errs, fmt.Errorf("environment variable %s is not set", required.name))
		}
	}
	if s.metricsNamespace == "" {
		s.metricsNamespace = "CognitoM2M/Revocation"
	}
	return s, errors.Join(errs...)
}
