// Command clientauthorizer is the Lambda authorizer that admits only clients on an allow list, from networks on an allow list, to the token
// endpoint. The rules are in internal/authorizer/client.
//
// # Environment
//
// The function reports all errors together and does not start: API Gateway then answers every request with 500.
//
//	CLIENT_IDS        ""     client ids that may ask, separated by commas; empty: any client
//	SOURCE_NETWORKS   ""     networks in CIDR notation that may ask, separated by commas; empty: any network
//	IGNORE_CLIENT_ID  false  true if the proxy allows requests without a client_id
//
// At least one of the two lists must be set.
//
// # Calls
//
// None. Its role needs permissions for its log only.
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
