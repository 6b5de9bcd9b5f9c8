package verify

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"net"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"time"
)

// Config says whose tokens are accepted. Only UserPoolID is required.
type Config struct {
	// UserPoolID such as "eu-west-1_AbCdEfGhI". Issuer and JWKSURL derive from it.
	UserPoolID string
	// Issuer is the exact value of iss. Default: https://cognito-idp.<region>.amazonaws.com/<user pool id>. Required in partitions with
	// another domain, such as aws-cn.
	Issuer string
	// JWKSURL is where the user pool's keys are. It must be https, or on a loopback address. Default: <issuer>/.well-known/jwks.json.
	JWKSURL string

	// Clients maps the app clients that are accepted to their tenants. Nil, without Tenant: every client of the user pool is, and is its own tenant.
	// An empty map accepts none. New copies it: for clients that come and go there is Tenant.
	Clients map[string]string
	// Tenant is asked instead of Clients. It is asked for every token that is else good, cached or not, and must be quick and safe for concurrent use.
	Tenant func(ctx context.Context, clientID string) (tenant string, ok bool)
	// Audience is the value of aud that tokens must have. Default: tokens have none, as Cognito issues them, or their own client id, which is what a
	// pre token generation trigger may add.
	Audience string

	// Leeway is how far exp, nbf and iat may be off, for clocks that differ. At most a minute. Default: 5 s; a nanosecond is as good as none.
	Leeway time.Duration
	// MaxTokenBytes is the length from which tokens are refused unread. Default: 8192. Cognito's have about 1,000.
	MaxTokenBytes int
	// CacheSize is how many verified tokens are remembered, at about 1 KB each. Default: none.
	CacheSize int

	// HTTPClient reads the keys. Default: one that gives up after 5 s. Redirects are never followed.
	HTTPClient *http.Client
	// RefreshAfter is the age from which keys are read again, in the background. So long a key that left the user pool may still be trusted.
	// Default: 15 min.
	RefreshAfter time.Duration
	// MaxStale is the age from which keys are not used any more if they cannot be read. Default: 24 h, the longest life of a token.
	MaxStale time.Duration
	// MissInterval is the least time between two reads of the keys for tokens with unknown ones, and after failures. Default: 5 s.
	MissInterval time.Duration

	// Realm is that of the challenges in Middleware's answers. Default: "api".
	Realm string
	// Observer is told of every verification, KeysObserver of every attempt to read keys. Both must be quick and safe for concurrent use.
	Observer     func(Event)
	KeysObserver func(KeysEvent)
	// Now is the clock. Default: time.Now.
	Now func() time.Time
}

// Defaults of Config.
const (
	DefaultLeeway        = 5 * time.Second
	DefaultMaxTokenBytes = 8192
	DefaultRefreshAfter  = 15 * time.Minute
	DefaultMaxStale      = 24 * time.Hour
	DefaultMissInterval  = 5 * time.Second
)

const maxLeeway = time.Minute

// userPoolID is a Region and an id. https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_UserPoolType.html
var userPoolID = regexp.MustCompile(`^([a-z]+(?:-[a-z]+)+-[0-9]+)_[0-9A-Za-z]+$`)

const maxUserPoolIDBytes = 55

// checked returns the configuration with its defaults, or every mistake in it.
func (c Config) checked() (Config, error) {
	var errs []error
	mistake := func(format string, args ...any) { errs = append(errs, fmt.Errorf("verify: "+format, args...)) }

	region := userPoolID.FindStringSubmatch(c.UserPoolID)
	if region == nil || len(c.UserPoolID) > maxUserPoolIDBytes {
		mistake("UserPoolID %q is none: want one such as %q", c.UserPoolID, "eu-west-1_AbCdEfGhI")
	} else if c.Issuer == "" {
		if strings.HasPrefix(region[1], "cn-") || strings.Contains(region[1], "-iso") {
			mistake("Issuer is missing: that of %s is not under amazonaws.com", region[1])
		}
		c.Issuer = "https://cognito-idp." + region[1] + ".amazonaws.com/" + c.UserPoolID
	}
	if c.JWKSURL == "" {
		c.JWKSURL = c.Issuer + "/.well-known/jwks.json"
	}
	if len(errs) == 0 && !trustworthy(c.JWKSURL) {
		mistake("JWKSURL %q cannot be trusted: want https, or http on a loopback address", c.JWKSURL)
	}
	if c.Clients != nil && c.Tenant != nil {
		mistake("Clients and Tenant are both there: want one")
	}
	if c.Leeway < 0 || c.Leeway > maxLeeway {
		mistake("Leeway %s: want 0 to %s", c.Leeway, maxLeeway)
	}
	if c.MaxTokenBytes < 0 || c.CacheSize < 0 {
		mistake("MaxTokenBytes %d, CacheSize %d: want 0 or more", c.MaxTokenBytes, c.CacheSize)
	}
	if c.RefreshAfter < 0 || c.MaxStale < 0 || c.MissInterval < 0 {
		mistake("RefreshAfter %s, MaxStale %s, MissInterval %s: want 0 or more", c.RefreshAfter, c.MaxStale, c.MissInterval)
	}
	c = c.withDefaults()
	if c.MaxStale < c.RefreshAfter {
		mistake("MaxStale %s is less than RefreshAfter %s", c.MaxStale, c.RefreshAfter)
	}
	if !quotable(c.Realm) {
		mistake("Realm %q: want printable ASCII without quotes and backslashes", c.Realm)
	}
	return c, errors.Join(errs...)
}

func (c Config) withDefaults() Config {
	c.Clients = maps.Clone(c.Clients)
	orElse(&c.MaxTokenBytes, DefaultMaxTokenBytes)
	orElse(&c.RefreshAfter, DefaultRefreshAfter)
	orElse(&c.MaxStale, DefaultMaxStale)
	orElse(&c.MissInterval, DefaultMissInterval)
	orElse(&c.Leeway, DefaultLeeway)
	orElse(&c.Realm, "api")
	if c.HTTPClient == nil {
		c.HTTPClient = &http.Client{Timeout: fetchTimeout}
	}
	if c.Now == nil {
		c.Now = time.Now
	}
	return c
}

func orElse[T comparable](value *T, otherwise T) {
	var zero T
	if *value == zero {
		*value = otherwise
	}
}

func trustworthy(address string) bool {
	u, err := url.Parse(address)
	if err != nil || u.Host == "" || u.User != nil {
		return false
	}
	ip := net.ParseIP(u.Hostname())
	return u.Scheme == "https" || (u.Scheme == "http" && (u.Hostname() == "localhost" || ip.IsLoopback()))
}

func quotable(text string) bool {
	for _, c := range []byte(text) {
		if c < ' ' || c > '~' || c == '"' || c == '\\' {
			return false
		}
	}
	return true
}
