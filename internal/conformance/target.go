package conformance

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net/http"
	"net/netip"
	"net/url"
	"strings"
	"time"

	"github.com/cognito-m2m/cognito-m2m-cdk/internal/awslimits"
	"github.com/cognito-m2m/cognito-m2m-cdk/internal/rotation/sensitive"
)

// DefaultHeaderName is the default name of the origin header.
const DefaultHeaderName = "x-wafAuthAllowRule"

const tokenPath = "/oauth2/token"

// maxBurst limits the effect of a typing error in Target.RateLimit.
const maxBurst = 10_000

// Target specifies the deployment to check and the client to use.
type Target struct {
	// GatewayURL is the gateway's token endpoint, or the stage's URL before /oauth2/token. Required. https, or http on loopback.
	GatewayURL string
	// CognitoURL is Cognito's own token endpoint, or the domain's URL before /oauth2/token. Required. https, or http on loopback.
	CognitoURL string
	// Issuer is the expected iss claim of the client's tokens. Default: that of the first token.
	Issuer string
	// WellKnownURL is the URL before the pool's /.well-known/jwks.json and /.well-known/openid-configuration. Default: the issuer.
	WellKnownURL string
	// ClientID and ClientSecret are the credentials of an app client whose tokens the gateway caches, preferably a client for checks only.
	// Required.
	ClientID     string
	ClientSecret sensitive.Value
	// Scopes are scopes that the client may have. At least one is required; with one, the questions about other scopes are unknown.
	Scopes []string
	// ClientIDOptional is true if the gateway does not require the parameter client_id.
	ClientIDOptional bool
	// HeaderName is the name of the origin header. Default: DefaultHeaderName.
	HeaderName string
	// CacheTTL is the gateway's cache TTL. If set, expires_in is compared with the oldest answer that the cache can give, otherwise with the
	// answers that were seen. Default: not known.
	CacheTTL time.Duration
	// Validity is the validity of the client's access tokens, the time from iat to exp. Default: not known, and not compared.
	Validity time.Duration
	// DefaultEndpoint is the stage's execute-api URL, with or without /oauth2/token. Set it if GatewayURL has a domain name of its own; the
	// default endpoint should then be closed. Default: none, and the question is unknown.
	DefaultEndpoint string
	// RateLimit is the number of requests to send in a row to reach a rate limit per client. It must exceed the limit, because AWS WAF counts
	// late. The client is then refused until the limit's window ends. Default: 0, and the question is unknown.
	RateLimit int
	// HTTP sends the requests; it follows no redirects. A client certificate in its transport enables the question whether one is required.
	// Default: a client with Transport(nil) and a timeout of 35 s, which is longer than API Gateway's.
	HTTP *http.Client
	// Trail searches the log group that CloudTrail writes to. Default: none, and the question is not asked.
	Trail LogSearcher
	// Stage reads the stage's settings, Pool the user pool's, and AcceptedValues those of the set of accepted header values. Default: none,
	// and the questions are not asked.
	Stage          Stage
	Pool           Pool
	AcceptedValues AcceptedValues
	// Corrector makes refused credentials valid. Default: none; HTTP alone shows little about corrected errors.
	Corrector Corrector
}

// Corrector makes refused credentials valid at Cognito.
type Corrector interface {
	// AddSecret gives the client one more secret and returns a function that removes it. Cognito allows two secrets: no rotation of the
	// client's other secret may be in progress.
	AddSecret(ctx context.Context, clientID string, secret sensitive.Value) (remove func(context.Context) error, err error)
}

// Transport returns a copy of http.DefaultTransport that uses HTTP/1.1 only: HTTP/2 has no header names in upper case, and the questions
// send both. roots are the trusted certificate authorities; nil means the system's.
func Transport(roots *x509.CertPool) *http.Transport {
	transport := &http.Transport{}
	if standard, ok := http.DefaultTransport.(*http.Transport); ok {
		transport = standard.Clone()
	}
	transport.TLSClientConfig = &tls.Config{RootCAs: roots, MinVersion: tls.VersionTLS12}
	transport.Protocols = new(http.Protocols)
	transport.Protocols.SetHTTP1(true)
	return transport
}

// prepare validates the target and sets defaults. It reports all errors together.
func (t *Target) prepare() error {
	var errs []error
	check := func(ok bool, format string, args ...any) {
		if !ok {
			errs = append(errs, fmt.Errorf("field "+format, args...))
		}
	}
	const missing = "%s is empty: it is required"
	check(t.ClientID != "", missing, "ClientID")
	check(t.ClientSecret.Plaintext() != "", missing, "ClientSecret")
	check(len(t.Scopes) > 0, missing, "Scopes")
	for i, scope := range t.Scopes {
		check(scope != "" && !strings.ContainsAny(scope, " \t\r\n"), "Scopes[%d] is %q: want one scope without spaces", i, scope)
	}
	check(len(t.Scopes) < 2 || t.Scopes[0] != t.Scopes[1], "Scopes[1] is the same as Scopes[0], %q: want two different scopes", t.Scopes)
	for _, e := range []struct {
		field, path string
		url         *string
		required    bool
	}{
		{"GatewayURL", tokenPath, &t.GatewayURL, true}, {"CognitoURL", tokenPath, &t.CognitoURL, true},
		{"WellKnownURL", "", &t.WellKnownURL, false}, {"DefaultEndpoint", tokenPath, &t.DefaultEndpoint, false},
	} {
		var err error
		if *e.url != "" {
			*e.url, err = endpoint(*e.url, e.path)
			check(err == nil, "%s %w", e.field, err)
		} else {
			check(!e.required, missing, e.field)
		}
	}
	check(t.RateLimit >= 0 && t.RateLimit <= maxBurst, "RateLimit is %d: want 1 to %d requests, or 0 for none", t.RateLimit, maxBurst)
	if t.HeaderName == "" {
		t.HeaderName = DefaultHeaderName
	}
	err := awslimits.HeaderName(t.HeaderName)
	check(err == nil, "HeaderName: %w", err)
	check(t.CacheTTL >= 0 && t.CacheTTL <= awslimits.MaxCacheTTL,
		"CacheTTL is %v: want 1s to %v, or 0 if it is not known", t.CacheTTL, awslimits.MaxCacheTTL)
	if t.Validity != 0 {
		err := awslimits.AccessTokenValidity(t.Validity)
		check(err == nil, "Validity: %w, or 0 if it is not known", err)
	}
	if t.HTTP == nil {
		t.HTTP = &http.Client{Transport: Transport(nil), Timeout: 35 * time.Second}
	}
	client := *t.HTTP
	// A redirect is no answer of a token endpoint, and the credentials must not go to another host.
	client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	t.HTTP = &client
	return errors.Join(errs...)
}

// endpoint returns raw with the path at its end, once. Credentials are sent there, so plain http is for loopback only.
func endpoint(raw, path string) (string, error) {
	u, err := url.Parse(raw)
	switch {
	case err != nil, u.Host == "":
		return "", errors.New("is not a URL: want https://host/path")
	case u.User != nil || u.RawQuery != "" || u.Fragment != "":
		return "", errors.New("has a user, query or fragment: want https://host/path only")
	case u.Scheme != "https" && (u.Scheme != "http" || !isLoopback(u.Hostname())):
		return "", fmt.Errorf("is %s://%s: want https, because credentials are sent there (http is for loopback addresses)", u.Scheme, u.Host)
	}
	u.Path = strings.TrimSuffix(strings.TrimRight(u.Path, "/"), path) + path
	return u.String(), nil
}

func isLoopback(host string) bool {
	address, err := netip.ParseAddr(host)
	return host == "localhost" || err == nil && address.IsLoopback()
}
