package credentials

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"regexp"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/secretsmanager"
)

// SecretsManager reads secrets. [secretsmanager.Client] implements it.
type SecretsManager interface {
	GetSecretValue(
		context.Context,
		*secretsmanager.GetSecretValueInput,
		...func(*secretsmanager.Options),
	) (*secretsmanager.GetSecretValueOutput, error)
}

var _ SecretsManager = (*secretsmanager.Client)(nil)

// Config configures a Source. SecretID and SecretsManager are required.
type Config struct {
	// SecretID is the name or the ARN of the tenant's secret. A secret of another account needs the ARN.
	SecretID string
	// SecretsManager reads the tenant's secret.
	SecretsManager SecretsManager
	// Scopes are the scopes to request, a subset of the tenant's. Request only the scopes that the workload uses. If empty, all
	// scopes of the tenant are requested. The gateway caches a separate token for each set of scopes.
	Scopes []string
	// Margin is how long before its expiry a token is no longer used. It covers the duration of requests and the clock skew of
	// resource servers. It must be less than 5 minutes, the shortest remaining validity of a token from the gateway. A token with
	// less than twice the margin left uses half of what is left instead. If zero, 1 minute is used.
	Margin time.Duration
	// SecretTTL is how long the secret is kept in memory. It must be less than the grace period of the client-secret rotation, 24
	// hours by default. The secret is also read again whenever the gateway refuses a request. If zero, 1 hour is used.
	SecretTTL time.Duration
	// Timeout limits the time to get a token, retries included. The context of a caller can end its wait earlier. If zero, 30
	// seconds is used.
	Timeout time.Duration
	// ClientCertificate returns the client certificate for a gateway with mutual TLS. It is called for every new connection, so it
	// can return a renewed certificate. If nil, no certificate is sent.
	ClientCertificate func(*tls.CertificateRequestInfo) (*tls.Certificate, error)
	// TLS configures connections to the gateway, for example with private RootCAs. If nil, the system's roots and at least TLS 1.2
	// are used.
	TLS *tls.Config
	// HTTPClient sends the token requests. TLS and ClientCertificate must be nil with it. Redirects are never followed. If nil, a
	// client is built from TLS and ClientCertificate.
	HTTPClient *http.Client
	// Observer receives measurements. It must be safe for concurrent use and return quickly. If nil, no measurements are made.
	Observer func(Event)
	// Now returns the current time. If nil, time.Now is used.
	Now func() time.Time
}

// Defaults of Config, and limits that are not configurable.
const (
	defaultMargin    = time.Minute
	defaultSecretTTL = time.Hour
	defaultTimeout   = 30 * time.Second
	// maxMargin: the gateway's cache TTL is at most the validity less 5 minutes (docs/decisions/D03-ttl-rule.md).
	maxMargin = 5 * time.Minute
	// requestTimeout limits one request, so that a hanging connection leaves time for a retry.
	requestTimeout = 10 * time.Second
)

// scopePattern is scope-token of RFC 6749 section 3.3.
var scopePattern = regexp.MustCompile(`^[\x21\x23-\x5B\x5D-\x7E]+$`)

// New returns a Source. It sends no request: the secret is read when the first token is requested. The error reports every invalid
// field of config.
func New(config Config) (*Source, error) {
	if err := config.check(); err != nil {
		return nil, fmt.Errorf("credentials: %w", err)
	}
	s := &Source{config: config.withDefaults(), random: rand.Float64}
	s.http = s.config.httpClient()
	return s, nil
}

func (c Config) check() error {
	var errs []error
	fail := func(format string, args ...any) { errs = append(errs, fmt.Errorf(format, args...)) }
	if c.SecretID == "" {
		fail("Config.SecretID is empty: use the name or the ARN of the tenant's secret")
	}
	if c.SecretsManager == nil {
		fail("Config.SecretsManager is nil: use a client, for example from secretsmanager.NewFromConfig")
	}
	for i, scope := range c.Scopes {
		if !scopePattern.MatchString(scope) {
			fail("Config.Scopes[%d] is %q: use one scope, such as orders/read", i, scope)
		}
	}
	if c.Margin < 0 || c.Margin >= maxMargin {
		fail("Config.Margin is %s: use 0 to less than %s, the shortest remaining validity of a token from the gateway", c.Margin, maxMargin)
	}
	if c.SecretTTL < 0 {
		fail("Config.SecretTTL is %s: use a positive duration, or 0 for %s", c.SecretTTL, defaultSecretTTL)
	}
	if c.Timeout < 0 {
		fail("Config.Timeout is %s: use a positive duration, or 0 for %s", c.Timeout, defaultTimeout)
	}
	if c.HTTPClient != nil && (c.TLS != nil || c.ClientCertificate != nil) {
		fail("Config.HTTPClient is set together with TLS or ClientCertificate: configure these in the transport of HTTPClient")
	}
	if c.TLS != nil && c.TLS.InsecureSkipVerify {
		fail("Config.TLS has InsecureSkipVerify, which would send the credentials to any server: use RootCAs")
	}
	return errors.Join(errs...)
}

func (c Config) withDefaults() Config {
	c.Scopes = normal(c.Scopes)
	if c.Margin == 0 {
		c.Margin = defaultMargin
	}
	if c.SecretTTL == 0 {
		c.SecretTTL = defaultSecretTTL
	}
	if c.Timeout == 0 {
		c.Timeout = defaultTimeout
	}
	if c.Now == nil {
		c.Now = time.Now
	}
	return c
}

func (c Config) httpClient() *http.Client {
	var client http.Client
	if c.HTTPClient != nil {
		client = *c.HTTPClient
	} else {
		client.Transport = c.transport()
	}
	// A token endpoint does not redirect, and the credentials must not be sent to another host.
	client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	return &client
}

func (c Config) transport() *http.Transport {
	config := &tls.Config{MinVersion: tls.VersionTLS12}
	if c.TLS != nil {
		config = c.TLS.Clone()
		config.MinVersion = max(config.MinVersion, tls.VersionTLS12)
	}
	if c.ClientCertificate != nil {
		config.GetClientCertificate = c.ClientCertificate
	}
	return &http.Transport{
		Proxy:               http.ProxyFromEnvironment,
		TLSClientConfig:     config,
		ForceAttemptHTTP2:   true,
		MaxIdleConns:        1, // one request at a time, of one host
		IdleConnTimeout:     time.Minute,
		TLSHandshakeTimeout: requestTimeout,
	}
}
