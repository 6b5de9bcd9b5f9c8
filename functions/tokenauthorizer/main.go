// Command tokenauthorizer is the Lambda authorizer of a team's own REST API. It verifies access tokens of Cognito user pools and their
// scopes for each route. If there is a policy store of Amazon Verified Permissions, it asks that too. The rules are in
// internal/authorizer/token.
//
// # Environment
//
// The function reports all mistakes together and does not start. API Gateway then answers 500, and no request passes.
//
//	USER_POOL_ID     ""        the user pool whose tokens are accepted; exactly one of USER_POOL_ID and ISSUERS is required
//	ISSUERS          ""        all issuers whose tokens are accepted, separated by spaces: each ISS or ISS=JWKSURL, with the exact
//	                           value of iss and the URL of the keys (default: ISS/.well-known/jwks.json)
//	ROUTES           required  what each route needs: {"GET /orders":{"all":["orders/read"]},…}
//	CLIENTS          ""        app clients that may call, as TENANT=CLIENTID separated by commas; empty: every client, each its own tenant
//	POLICY_STORE_ID  ""        the policy store that decides after the scopes
//	CEDAR_NAMESPACE  ""        the namespace of its schema, set exactly if POLICY_STORE_ID is
//
// # Calls
//
// It reads the public keys of the first issuer over HTTPS when it starts, those of the others when a token names them, and all of them
// again when they are old or a token has an unknown key. This needs no permission. With a policy store it calls IsAuthorized on it.
package main

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"os"
	"time"

	"github.com/aws/aws-lambda-go/lambda"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/service/verifiedpermissions"

	"github.com/cognito-m2m/cognito-m2m-cdk/internal/authorizer"
	"github.com/cognito-m2m/cognito-m2m-cdk/internal/authorizer/token"
	"github.com/cognito-m2m/cognito-m2m-cdk/verify"
)

// Each is less than the function's timeout of 5 s. After a timeout Lambda ends the execution environment, and the next request meets a
// cold start.
const (
	decisionTimeout = 4 * time.Second
	keysTimeout     = 2 * time.Second
)

func main() {
	log := slog.New(slog.NewJSONHandler(os.Stdout, nil))
	own, err := newAuthorizer(context.Background(), os.Getenv, log)
	if err != nil {
		log.Error("configuration", "error", err)
		os.Exit(1)
	}
	lambda.Start(func(ctx context.Context, event authorizer.Event) (authorizer.Response, error) {
		ctx, cancel := context.WithTimeout(ctx, decisionTimeout)
		defer cancel()
		return own.Handle(ctx, event)
	})
}

func newAuthorizer(ctx context.Context, getenv func(string) string, log *slog.Logger) (*token.Authorizer, error) {
	c, unreadable := token.ReadConfig(getenv)
	c.Verify.HTTPClient = &http.Client{Timeout: keysTimeout}
	// A refusal does not state why the keys cannot be read, and there is none as long as former keys are in use.
	c.Verify.KeysObserver = func(e verify.KeysEvent) {
		if e.Err != nil {
			log.Warn("keys", "error", e.Err)
		}
	}
	verifier, wrong := verify.New(c.Verify)
	if err := errors.Join(unreadable, wrong); err != nil {
		return nil, err
	}
	// A failure is logged here. The first request tries again.
	_ = verifier.Prefetch(ctx)
	if c.PolicyStoreID == "" {
		return token.New(c, verifier, nil, log), nil
	}
	aws, err := config.LoadDefaultConfig(ctx)
	if err != nil {
		return nil, err
	}
	store := &policyStore{api: verifiedpermissions.NewFromConfig(aws), id: c.PolicyStoreID, namespace: c.Namespace, log: log}
	return token.New(c, verifier, store, log), nil
}
