package verify

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"time"
)

// Config says whose tokens are accepted, and how. Exactly one of UserPoolID and Issuers is required.
type Config struct {
	// UserPoolID is the user pool whose tokens are accepted, such as "eu-west-1_AbCdEfGhI". It stands for one issuer,
	// OriginalIssuer(UserPoolID).
	UserPoolID string
	// Issuers are all issuers whose tokens are accepted, the one with the most traffic first. Prefetch reads the keys of the first one.
	Issuers []Issuer

	// Clients maps the app clients that are accepted to their tenants. It is for issuers without Issuer.Clients. Lists are all or
	// nothing: if one issuer has a list, each must have one. If there is no list and no Tenant, every client of every issuer is
	// accepted and is its own tenant. An empty map accepts no client. New copies the map: use Tenant if clients change at run time.
	Clients map[string]string
	// Tenant replaces all lists of clients. It is called for each token that passes the other checks, cached or not, with its iss
	// and client_id. It must be fast and safe for concurrent use.
	Tenant func(ctx context.Context, issuer, clientID string) (tenant string, ok bool)
	// Audience is the value of aud that tokens must have. Default: tokens have no aud, as Cognito issues them, or their own client
	// ID, which a pre token generation trigger may add.
	Audience string

	// Leeway is the tolerance for exp, nbf and iat, because clocks differ. At most 1 minute. Default: 5 s; use 1ns to disable it.
	Leeway time.Duration
	// MaxTokenBytes is the maximum length of a token. Longer tokens are refused without being parsed. Default: 8192. Cognito's tokens
	// have about 1,000 bytes.
	MaxTokenBytes int
	// CacheSize is the number of verified tokens that are remembered, at about 1 KB each. Default: 0.
	CacheSize int

	// HTTPClient reads the keys. Redirects are not followed. Default: a client with a timeout of 5 s.
	HTTPClient *http.Client
	// RefreshAfter is the age at which keys are read again in the background. A key that left the user pool may be trusted for as
	// long. Default: 15 min.
	RefreshAfter time.Duration
	// MaxStale is the age at which keys are no longer used if they cannot be read again. Default: 24 h, the longest validity of a
	// token.
	MaxStale time.Duration
	// MissInterval is the minimum time between two reads of an issuer's keys because of tokens with unknown keys, and after a
	// failure. Default: 5 s.
	MissInterval time.Duration

	// Realm is the realm in the challenges of Middleware. Default: "api".
	Realm string
	// Observer is called after each verification, KeysObserver after each attempt to read keys. Both must be fast and safe for
	// concurrent use.
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

// checked returns the configuration with its defaults, or all mistakes in it.
func (c Config) checked() (Config, error) {
	var errs []error
	mistake := func(format string, args ...any) { errs = append(errs, fmt.Errorf("verify: "+format, args...)) }

	c.checkIssuers(mistake)
	if c.Leeway < 0 || c.Leeway > maxLeeway {
		mistake("Leeway %s: use 0 to %s", c.Leeway, maxLeeway)
	}
	if c.MaxTokenBytes < 0 || c.CacheSize < 0 {
		mistake("MaxTokenBytes %d, CacheSize %d: use 0 or more", c.MaxTokenBytes, c.CacheSize)
	}
	if c.RefreshAfter < 0 || c.MaxStale < 0 || c.MissInterval < 0 {
		mistake("RefreshAfter %s, MaxStale %s, MissInterval %s: use 0 or more", c.RefreshAfter, c.MaxStale, c.MissInterval)
	}
	c = c.withDefaults()
	if c.MaxStale < c.RefreshAfter {
		mistake("MaxStale %s is less than RefreshAfter %s", c.MaxStale, c.RefreshAfter)
	}
	if !quotable(c.Realm) {
		mistake("Realm %q: use printable ASCII without quotes and backslashes", c.Realm)
	}
	return c, errors.Join(errs...)
}

// checkIssuers completes Issuers, each with its list of clients.
func (c *Config) checkIssuers(mistake func(format string, args ...any)) {
	issuers := c.Issuers
	switch {
	case (c.UserPoolID == "") == (len(issuers) == 0):
		mistake("UserPoolID %q and %d Issuers: set one of the two", c.UserPoolID, len(issuers))
	case c.UserPoolID != "" && !isUserPoolID(c.UserPoolID):
		mistake("UserPoolID %q is not valid: use one such as %q", c.UserPoolID, exampleUserPoolID)
	case c.UserPoolID != "":
		issuers = []Issuer{OriginalIssuer(c.UserPoolID)}
	}
	c.Issuers = nil
	lists := 0
	for n, i := range issuers {
		i, err := i.completed()
		switch {
		case err != nil && c.UserPoolID != "":
			mistake("UserPoolID: %w", err)
		case err != nil:
			mistake("Issuers[%d]: %w", n, err)
		}
		if i.Clients == nil {
			i.Clients = maps.Clone(c.Clients)
		}
		if i.Clients != nil {
			lists++
		}
		c.Issuers = append(c.Issuers, i)
	}
	switch {
	case lists > 0 && c.Tenant != nil:
		mistake("Clients and Tenant are both set: set one of the two")
	case lists > 0 && lists < len(issuers):
		mistake("%d of %d Issuers have Clients: the others would accept every client; set Clients for all of them", lists, len(issuers))
	}
	if err := conflict(c.Issuers); err != nil {
		mistake("Issuers: %w", err)
	}
}

func (c Config) withDefaults() Config {
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

func quotable(text string) bool {
	for _, c := range []byte(text) {
		if c < ' ' || c > '~' || c == '"' || c == '\\' {
			return false
		}
	}
	return true
}
