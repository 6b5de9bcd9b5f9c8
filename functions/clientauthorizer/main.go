// Command clientauthorizer is the Lambda authorizer that lets only clients on an allow list, from networks on an allow list, ask the token endpoint. The
// rules are in internal/authorizer/client.
//
// # Environment
//
// All mistakes are reported together, and the function does not start: API Gateway then answers 500, and nobody gets in.
//
//	CLIENT_IDS        ""     client ids that may ask, separated by commas; empty: any client
//	SOURCE_NETWORKS   ""     networks in CIDR notation that may ask, separated by commas; empty: any network
//	IGNORE_CLIENT_ID  false  true where the proxy allows requests without a client_id
//
// At least one of the two lists must be set.
//
// # Calls
//
// None: all that it knows is in its environment and in the event. Its role needs its log alone.
package main

import (
	"errors"
	"log/slog"
	"os"

	"github.com/aws/aws-lambda-go/lambda"

	"github.com/cognito-m2m/cognito-m2m-cdk/internal/authorizer/client"
)

func main() {
	log := slog.New(slog.NewJSONHandler(os.Stdout, nil))
	config, unreadable := client.ReadConfig(os.Getenv)
	authorizer, wrong := client.New(config, log)
	if err := errors.Join(unreadable, wrong); err != nil {
		log.Error("configuration", "error", err)
		os.Exit(1)
	}
	lambda.Start(authorizer.Handle)
}
