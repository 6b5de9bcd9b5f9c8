// Command tokenauthorizer is the Lambda authorizer of a team's own REST API: it verifies access tokens of a Cognito user pool and their scopes for each
// route and, where there is a policy store of Amazon Verified Permissions, asks it. The rules are in internal/authorizer/token.
//
// # Environment
//
// All mistakes are reported together, and the function does not start: API Gateway then answers 500, and nobody gets in.
//
//	USER_POOL_ID     required  the pool whose tokens are taken
//	ROUTES           required  what each route needs: {"GET /orders":{"all":["orders/read"]},…}
//	CLIENTS          ""        app clients that may call, as TENANT=CLIENTID separated by commas; empty: every client of the pool, each its own tenant
//	POLICY_STORE_ID  ""        the policy store that decides after the scopes
//	CEDAR_NAMESPACE  ""        the namespace of its schema, set exactly if POLICY_STORE_ID is
//	ISSUER           ""        the iss of the pool's tokens, where it does not follow from the pool's id
//	JWKS_URL         ""        where the pool's public keys are, likewise; https, or http on the loopback interface
//
// # Calls
//
// It reads the pool's public keys by HTTPS, which needs no permission, while it starts, and again when they are old or a token has a key that it does not
// know. With a policy store it calls IsAuthorized on that one.
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

	"github.com/cognito-m2m/cognito-m2m-cdk/internal/authorizer/token"
	"github.com/cognito-m2m/cognito-m2m-cdk/internal/authorizer/token/settings"
	"github.com/cognito-m2m/cognito-m2m-cdk/verify"
)

// Each is less than the function's timeout of 5 s, after which Lambda would end the execution environment, and the next request would meet a cold start.
const (
	decisionTimeout = 4 * time.Second
	keysTimeout     = 2 * time.Second
)

func main() {
	log := slog.New(slog.NewJSONHandler(os.Stdout, nil))
	authorizer, err := newAuthorizer(context.Background(), os.Getenv, log)
	if err != nil {
		log.Error("configuration", "error", err)
		os.Exit(1)
	}
	lambda.Start(func(ctx context.Context, event token.Event) (token.Response, error) {
		ctx, cancel := context.WithTimeout(ctx, decisionTimeout)
		defer cancel()
		return authorizer.Handle(ctx, event)
	})
}

func newAuthorizer(ctx context.Context, getenv func(string) string, log *slog.Logger) (*token.Authorizer, error) {
	c, unreadable := settings.Read(getenv)
	verifier, wrong := verify.New(verify.Config{
		UserPoolID: c.UserPoolID, Issuer: c.Issuer, JWKSURL: c.JWKSURL, Clients: c.Clients, HTTPClient: &http.Client{Timeout: keysTimeout},
		// A refusal does not say why keys cannot be read, and as long as former ones serve there is none.
		KeysObserver: func(e verify.KeysEvent) {
			if e.Err != nil {
				log.Warn("keys", "error", e.Err)
			}
		},
	})
	if err := errors.Join(unreadable, wrong); err != nil {
		return nil, err
	}
	// What fails here was logged, and is tried again by the first request.
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
