package conformance

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/netip"
	"net/url"
	"strings"
	"time"

	"github.com/cognito-m2m/cognito-m2m-cdk/internal/awslimits"
)

// DefaultHeaderName is the origin header of a deployment that names no other.
const DefaultHeaderName = "x-wafAuthAllowRule"

const tokenPath = "/oauth2/token"

// maxBurst bounds what a slip of the finger sends.
const maxBurst = 10_000

// Target is what is asked, and as which client.
type Target struct {
	// GatewayURL is the gateway's token endpoint, or the stage's URL before /oauth2/token. Required. https, or http on loopback.
	GatewayURL string
	// CognitoURL is Cognito's own token endpoint, or the domain's URL before /oauth2/token. Required. https, or http on loopback.
	CognitoURL string
	// Issuer is what the iss claim of the client's tokens must be. Default: whatever the first token says.
	Issuer string
	// WellKnownURL is where the pool's /.well-known/jwks.json and /.well-known/openid-configuration are. Default: the issuer.
	WellKnownURL string
	// ClientID and ClientSecret are an app client's whose tokens the gateway caches, best one that exists for checks. Required.
	ClientID     string
	ClientSecret Secret
	// Scopes are scopes that the client may have, at least one. With one only, the questions about other scopes are unknown.
	Scopes []string
	// ClientIDOptional says that the gateway was built not to require the parameter client_id.
	ClientIDOptional bool
	// HeaderName is the origin header. Default: DefaultHeaderName.
	HeaderName string
	// CacheTTL is the gateway's cache TTL. With it, expires_in is checked against the oldest answer that the cache can give, and without it
	// against the answers that were seen. Default: not known.
	CacheTTL time.Duration
	// Validity is that of the client's access tokens, which exp must be after iat. Default: not known, and it is not compared.
	Validity time.Duration
	// DefaultEndpoint is the stage's execute-api URL, with or without /oauth2/token, of a gateway whose GatewayURL is a domain name of its own, and which
	// should be closed. Default: none, and whether it is remains unknown.
	DefaultEndpoint string
	// RateLimit is how many requests are sent in a row to meet a limit for each client, which is then refused until the limit's window is over: more than
	// the limit, as AWS WAF counts late. Default: 0, none are sent.
	RateLimit int
	// HTTP sends the requests; redirects are not followed. A client certificate in its transport makes the question whether one is required. Default: a client with Transport(nil) and 35 s a request, which is more than API
	// Gateway takes.
	HTTP *http.Client
	// Trail searches the log group that CloudTrail writes to. Default: none, the question is not asked.
	Trail LogSearcher
	// Stage reads the stage's settings, and Pool the user pool's. Default: none, the questions are not asked.
	Stage Stage
	Pool  Pool
	// Corrector makes refused credentials right. Default: none; HTTP alone can see little of what an error's correction does.
	Corrector Corrector
}

// Corrector turns an error into a success on the side of Cognito.
type Corrector interface {
	// AddSecret gives the client one more secret, and returns what takes it away again. Cognito allows two: the client's other secret must not
	// be in the middle of a rotation.
	AddSecret(ctx context.Context, clientID string, secret Secret) (remove func(context.Context) error, err error)
}

// prepare checks a target and fills in defaults. It reports every mistake at once.
func (t *Target) prepare() error {
	var errs []error
	require := func(field string, present bool) {
		if !present {
			errs = append(errs, fmt.Errorf("field %s is empty: it is required", field))
		}
	}
	require("ClientID", t.ClientID != "")
	require("ClientSecret", t.ClientSecret != "")
	require("Scopes", len(t.Scopes) > 0)
	for i, scope := range t.Scopes {
		if scope == "" || strings.ContainsAny(scope, " \t\r\n") {
			errs = append(errs, fmt.Errorf("field Scopes[%d] is %q: want one scope without spaces", i, scope))
		}
	}
	if len(t.Scopes) > 1 && t.Scopes[0] == t.Scopes[1] {
		errs = append(errs, fmt.Errorf("field Scopes[1] is %q, as Scopes[0] is: want two different scopes", t.Scopes[1]))
	}
	t.GatewayURL = endpoint("GatewayURL", t.GatewayURL, tokenPath, &errs)
	t.CognitoURL = endpoint("CognitoURL", t.CognitoURL, tokenPath, &errs)
	if t.WellKnownURL != "" {
		t.WellKnownURL = endpoint("WellKnownURL", t.WellKnownURL, "", &errs)
	}
	if t.DefaultEndpoint != "" {
		t.DefaultEndpoint = endpoint("DefaultEndpoint", t.DefaultEndpoint, tokenPath, &errs)
	}
	if t.RateLimit < 0 || t.RateLimit > maxBurst {
		errs = append(errs, fmt.Errorf("field RateLimit is %d: want 1 to %d requests, or 0 for none", t.RateLimit, maxBurst))
	}
	if t.HeaderName == "" {
		t.HeaderName = DefaultHeaderName
	}
	if err := awslimits.HeaderName(t.HeaderName); err != nil {
		errs = append(errs, fmt.Errorf("field HeaderName: %w", err))
	}
	if t.CacheTTL < 0 || t.CacheTTL > awslimits.MaxCacheTTL {
		errs = append(errs, fmt.Errorf("field CacheTTL is %v: want 1s to %v, or 0 when it is not known", t.CacheTTL, awslimits.MaxCacheTTL))
	}
	if t.Validity != 0 {
		if err := awslimits.AccessTokenValidity(t.Validity); err != nil {
			errs = append(errs, fmt.Errorf("field Validity: %w, or 0 when it is not known", err))
		}
	}
	if t.HTTP == nil {
		t.HTTP = &http.Client{Transport: Transport(nil), Timeout: 35 * time.Second}
	}
	client := *t.HTTP
	// A redirect is no token endpoint's answer, and the credentials must not travel on.
	client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	t.HTTP = &client
	return errors.Join(errs...)
}

// endpoint returns raw with the path at its end, once. Credentials go there, so plain http is for loopback only.
func endpoint(field, raw, path string, errs *[]error) string {
	if raw == "" {
		*errs = append(*errs, fmt.Errorf("field %s is empty: it is required", field))
		return ""
	}
	u, err := url.Parse(raw)
	switch {
	case err != nil, u.Host == "":
		*errs = append(*errs, fmt.Errorf("field %s is not a URL: want https://host/path", field))
		return ""
	case u.User != nil || u.RawQuery != "" || u.Fragment != "":
		*errs = append(*errs, fmt.Errorf("field %s has a user, query or fragment: want https://host/path only", field))
	case u.Scheme != "https" && (u.Scheme != "http" || !isLoopback(u.Hostname())):
		*errs = append(*errs, fmt.Errorf("field %s is %s://%s: want https, since credentials are sent there (http is for loopback addresses)", field, u.Scheme, u.Host))
	}
	u.Path = strings.TrimSuffix(strings.TrimRight(u.Path, "/"), path) + path
	return u.String()
}

func isLoopback(host string) bool {
	address, err := netip.ParseAddr(host)
	return host == "localhost" || err == nil && address.IsLoopback()
}
