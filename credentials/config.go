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

// SecretsManager is what is needed of [secretsmanager.Client].
type SecretsManager interface {
	GetSecretValue(context.Context, *secretsmanager.GetSecretValueInput, ...func(*secretsmanager.Options)) (*secretsmanager.GetSecretValueOutput, error)
}

var _ SecretsManager = (*secretsmanager.Client)(nil)

// Config configures a Source. SecretID and SecretsManager are required.
type Config struct {
	// SecretID is the name or the ARN of the tenant's secret; from another account it is the ARN.
	SecretID string
	// SecretsManager reads the secret.
	SecretsManager SecretsManager
	// Scopes are those to ask for, of those that the tenant has: a token should allow no more than its use needs. Default: all of them. Each set of
	// scopes has a place of its own in the gateway's cache.
	Scopes []string
	// Margin is how long before its end a token is used no more, for the time that requests with it take, and for resource servers' clocks. Default:
	// 1 minute. It has to be less than the 5 minutes that any token from the gateway has left at least; half of what is left counts where that is less.
	Margin time.Duration
	// SecretTTL is how long the secret is kept. It has to be less than the rotation's grace, which is 24 hours by default; the secret is also read
	// whenever the gateway refuses what was sent. Default: 1 hour.
	SecretTTL time.Duration
	// Timeout is how long a token is tried for, repetitions included, if the caller's context does not end before. Default: 30 seconds.
	Timeout time.Duration
	// ClientCertificate is asked for the client's certificate by a gateway with mutual TLS, on every new connection; so it may return a renewed one.
	ClientCertificate func(*tls.CertificateRequestInfo) (*tls.Certificate, error)
	// TLS is for the gateway, such as RootCAs of one's own. Default: the system's roots, TLS 1.2.
	TLS *tls.Config
	// HTTPClient asks the gateway, in place of one made of TLS and ClientCertificate, which must be nil then. It never follows a redirect.
	HTTPClient *http.Client
	// Observer gets measurements. It is called by several goroutines, and should return soon.
	Observer func(Event)
	// Now is the time. Default: time.Now.
	Now func() time.Time
}

// The defaults, and the limits that are not settings.
const (
	defaultMargin    = time.Minute
	defaultSecretTTL = time.Hour
	defaultTimeout   = 30 * time.Second
	// maxMargin: the gateway's cache TTL is at most the validity less 5 minutes (docs/decisions/D03-ttl-rule.md).
	maxMargin = 5 * time.Minute
	// requestTimeout is for one request, so that a connection that hangs leaves time for another one.
	requestTimeout = 10 * time.Second
)

// scopePattern is scope-token of RFC 6749 section 3.3.
var scopePattern = regexp.MustCompile(`^[\x21\x23-\x5B\x5D-\x7E]+$`)

// New returns a Source. It asks nothing yet: the first token does.
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
		fail("Config.SecretID is empty: want the name or the ARN of the tenant's secret")
	}
	if c.SecretsManager == nil {
		fail("Config.SecretsManager is nil: want a client such as secretsmanager.NewFromConfig returns")
	}
	for i, scope := range c.Scopes {
		if !scopePattern.MatchString(scope) {
			fail("Config.Scopes[%d] is %q: want one scope, such as orders/read", i, scope)
		}
	}
	if c.Margin < 0 || c.Margin >= maxMargin {
		fail("Config.Margin is %s: want less than %s, which a token may have left when it arrives", c.Margin, maxMargin)
	}
	if c.SecretTTL < 0 {
		fail("Config.SecretTTL is %s: want a positive duration", c.SecretTTL)
	}
	if c.Timeout < 0 {
		fail("Config.Timeout is %s: want a positive duration", c.Timeout)
	}
	if c.HTTPClient != nil && (c.TLS != nil || c.ClientCertificate != nil) {
		fail("Config.HTTPClient is given together with TLS or ClientCertificate: want these in the client's own transport")
	}
	if c.TLS != nil && c.TLS.InsecureSkipVerify {
		fail("Config.TLS has InsecureSkipVerify: the credentials would go to anybody; want RootCAs")
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
	// A redirect is no token endpoint's answer, and the credentials must not travel on.
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
