package token

import (
	"context"
	"errors"
	"log/slog"
	"strings"

	"github.com/cognito-m2m/cognito-m2m-cdk/internal/authorizer"
	"github.com/cognito-m2m/cognito-m2m-cdk/verify"
)

// Verifier verifies access tokens. *verify.Verifier is one.
type Verifier interface {
	Verify(ctx context.Context, token string, required ...verify.Requirement) (*verify.Token, error)
}

// PolicyStore decides by policies.
type PolicyStore interface {
	// Allows says whether the policies allow it. An error says that nobody knows.
	Allows(context.Context, Question) (bool, error)
}

// Authorizer decides about requests. Its zero value is not usable.
type Authorizer struct {
	config   Config
	verifier Verifier
	policies PolicyStore // nil: the scopes decide
	log      *slog.Logger
}

// New returns an authorizer. Without a policy store the scopes decide.
func New(config Config, verifier Verifier, policies PolicyStore, log *slog.Logger) *Authorizer {
	return &Authorizer{config: config, verifier: verifier, policies: policies, log: log}
}

// refusal is a reason to deny a genuine token. The texts are written by us alone: they are logged.
type refusal string

const (
	foreignClient refusal = "the client is not on the allow list"
	missingScope  refusal = "the token lacks a scope that the route needs"
	notAllowed    refusal = "no policy allows it, or one forbids it"
	wildcards     refusal = "the path has a character that a policy takes for a wildcard"
	slashes       refusal = "a parameter of the path holds a slash"
	tooLong       refusal = "a parameter of the path is longer than an entity's id may be"
)

// Handle answers a request event with a policy.
func (a *Authorizer) Handle(ctx context.Context, event authorizer.Event) (authorizer.Response, error) {
	log := a.log.With("requestId", event.RequestContext.RequestID)
	place, err := a.find(event)
	if err != nil {
		log.ErrorContext(ctx, "no decision", "error", err)
		return authorizer.Response{}, err
	}
	log = log.With("route", place.key)
	text, ok := bearer(event)
	if !ok {
		log.InfoContext(ctx, "unauthorized", "reason", "no bearer token")
		return authorizer.Response{}, authorizer.ErrUnauthorized
	}
	token, err := a.verifier.Verify(ctx, text)
	if err != nil {
		return a.refuse(ctx, log, place, err)
	}
	return a.decide(ctx, log.With("clientId", token.ClientID, "tenant", token.Tenant), place, token)
}

// refuse tells apart what is wrong with the token, who may not use it here, and that nobody knows. A verifier's error has nothing
// of the token's content.
func (a *Authorizer) refuse(ctx context.Context, log *slog.Logger, p place, err error) (authorizer.Response, error) {
	refused := (*verify.Error)(nil)
	switch {
	case !errors.As(err, &refused), errors.Is(err, verify.ErrKeysUnavailable):
		log.ErrorContext(ctx, "no decision", "error", err)
		return authorizer.Response{}, err
	case errors.Is(err, verify.ErrClient):
		log.InfoContext(ctx, "denied", "reason", string(foreignClient))
		return authorizer.Policy("Deny", "denied", p.pattern()), nil
	}
	log.InfoContext(ctx, "unauthorized", "reason", string(refused.Reason))
	return authorizer.Response{}, authorizer.ErrUnauthorized
}

func (a *Authorizer) decide(ctx context.Context, log *slog.Logger, p place, token *verify.Token) (authorizer.Response, error) {
	if !p.route.Met(token.HasScope) {
		log.InfoContext(ctx, "denied", "reason", string(missingScope))
		return authorizer.Policy("Deny", token.ClientID, p.pattern()), nil
	}
	resource := p.pattern()
	if a.policies != nil {
		allowed, reason, err := a.ask(ctx, p, token)
		if err != nil {
			log.ErrorContext(ctx, "no decision", "error", err)
			return authorizer.Response{}, err
		}
		if reason != "" {
			log.InfoContext(ctx, "denied", "reason", string(reason))
			// It is kept under the path, like an answer that allows, and so denies no other path of the route.
			return authorizer.Policy("Deny", token.ClientID, p.pattern()), nil
		}
		resource = allowed
	}
	response := authorizer.Policy("Allow", token.ClientID, resource)
	response.Context = map[string]any{"tenant": token.Tenant, "clientId": token.ClientID, "scopes": strings.Join(token.Scopes, " ")}
	return response, nil
}

// ask returns the resource that the policies allow, or why they do not.
func (a *Authorizer) ask(ctx context.Context, p place, token *verify.Token) (string, refusal, error) {
	resource, reason := p.exact()
	if reason != "" {
		return "", reason, nil
	}
	question, ok := ask(p, token)
	if !ok {
		return "", tooLong, nil
	}
	allowed, err := a.policies.Allows(ctx, question)
	if err != nil {
		return "", "", err
	}
	if !allowed {
		return "", notAllowed, nil
	}
	return resource, "", nil
}

// bearer returns the access token of the request: RFC 6750 section 2.1. It returns false for several Authorization headers, because
// AWS does not document under which of them API Gateway caches the answer.
func bearer(event authorizer.Event) (string, bool) {
	values := authorizer.Authorization(event)
	if len(values) != 1 {
		return "", false
	}
	scheme, token, found := strings.Cut(values[0], " ")
	return token, found && strings.EqualFold(scheme, "Bearer") && token != "" && !strings.ContainsAny(token, " \t\r\n,")
}
