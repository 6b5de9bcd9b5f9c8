package main

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"sync"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager"

	"github.com/cognito-m2m/cognito-m2m-cdk/functions/internal/redact"
	"github.com/cognito-m2m/cognito-m2m-cdk/functions/internal/tokenendpoint"
	"github.com/cognito-m2m/cognito-m2m-cdk/internal/rotation/clientsecret"
	"github.com/cognito-m2m/cognito-m2m-cdk/internal/rotation/sensitive"
)

// tokens is the Cognito domain's token endpoint, behind the user pool's web ACL.
type tokens struct {
	endpoint string
	client   tokenendpoint.Client
	log      *slog.Logger
	now      func() time.Time
	header   func(context.Context) (sensitive.Value, error)

	mu    sync.Mutex
	value sensitive.Value
	until time.Time
}

var _ clientsecret.TokenEndpoint = (*tokens)(nil)

// headerAge is how long the origin header's value is reused: much less than the grace of a former value, and enough for a sweep's requests.
const headerAge = time.Minute

func (t *tokens) Authenticate(ctx context.Context, id string, secret sensitive.Value, scope string) clientsecret.Outcome {
	form := url.Values{"client_id": {id}}
	if scope != "" {
		form.Set("scope", scope)
	}
	return t.ask(ctx, id, secret, form)
}

func (t *tokens) Reach(ctx context.Context) clientsecret.Outcome {
	id, secret := tokenendpoint.Nobody()
	return t.ask(ctx, id, secret, url.Values{"client_id": {id}})
}

// ask returns Denied only for Cognito's own invalid_client: invalid_scope, for example, says nothing about the secret.
func (t *tokens) ask(ctx context.Context, id string, secret sensitive.Value, form url.Values) clientsecret.Outcome {
	answer, err := t.post(ctx, id, secret, form)
	switch {
	case answer.Token:
		return clientsecret.Authenticated
	case answer.IsError() && answer.Error == "invalid_client":
		return clientsecret.Denied
	}
	t.log.WarnContext(ctx, "inconclusive answer of the Cognito domain", "client", id, "status", answer.Status, "error", err)
	return clientsecret.Inconclusive
}

// post repeats the request if the web ACL refuses a value of the origin header that was replaced after it was read.
func (t *tokens) post(ctx context.Context, id string, secret sensitive.Value, form url.Values) (answer tokenendpoint.Answer, err error) {
	var refused sensitive.Value
	for {
		origin, err := t.origin(ctx, refused)
		if err != nil {
			return answer, err
		}
		if origin == refused {
			return answer, nil
		}
		answer, err = t.client.Post(ctx, t.endpoint, id, secret, origin, form)
		if err != nil || answer.Status != http.StatusForbidden || refused != (sensitive.Value{}) {
			return answer, err
		}
		refused = origin
	}
}

// origin returns the origin header's value. It reads the secret again after headerAge, or if the known value is the refused one.
func (t *tokens) origin(ctx context.Context, refused sensitive.Value) (sensitive.Value, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if now := t.now(); !now.Before(t.until) || t.value == refused {
		value, err := t.header(ctx)
		if err != nil {
			return sensitive.Value{}, err
		}
		t.value, t.until = value, now.Add(headerAge)
	}
	return t.value, nil
}

// header is the secret that holds the origin header's value.
type header struct {
	client *secretsmanager.Client
	arn    string
}

func (h header) read(ctx context.Context) (sensitive.Value, error) {
	out, err := h.client.GetSecretValue(ctx, &secretsmanager.GetSecretValueInput{SecretId: &h.arn})
	if err != nil {
		return sensitive.Value{}, fmt.Errorf("reading secret %s: %w", h.arn, redact.Error(err))
	}
	if aws.ToString(out.SecretString) == "" {
		return sensitive.Value{}, fmt.Errorf("secret %s has no SecretString", h.arn)
	}
	return sensitive.ValueOf(*out.SecretString), nil
}
