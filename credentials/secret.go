package credentials

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager"

	"github.com/cognito-m2m/cognito-m2m-cdk/internal/rotation/sensitive"
)

// secret is the content of the tenant's secret after the first rotation, and the time at which it was read.
type secret struct {
	clientID     string
	clientSecret sensitive.Value
	tokenURL     string
	scopes       []string
	read         time.Time
}

// sends reports whether both lead to the same token request.
func (s secret) sends(other secret) bool {
	return s.clientID == other.clientID && s.clientSecret == other.clientSecret && s.tokenURL == other.tokenURL
}

// currentSecret returns the secret in memory, or reads it again if it is too old. If that fails, it returns the old one.
func (s *Source) currentSecret(ctx context.Context) (secret, error) {
	if s.secret.clientID != "" && s.config.Now().Sub(s.secret.read) < s.config.SecretTTL {
		return s.secret, nil
	}
	read, err := s.readSecret(ctx)
	if err != nil && s.secret.clientID != "" {
		return s.secret, nil
	}
	return read, err
}

func (s *Source) readSecret(ctx context.Context) (secret, error) {
	start := time.Now()
	read, err := s.getSecret(ctx)
	s.observe(Event{Kind: SecretRead, Duration: time.Since(start), Err: err})
	if err == nil {
		read.read = s.config.Now()
		s.secret = read
	}
	return read, err
}

func (s *Source) getSecret(ctx context.Context) (secret, error) {
	out, err := s.config.SecretsManager.GetSecretValue(ctx, &secretsmanager.GetSecretValueInput{SecretId: aws.String(s.config.SecretID)})
	if err != nil {
		return secret{}, &Error{Kind: ErrSecret, detail: "reading " + s.config.SecretID, cause: sensitive.RedactError(err)}
	}
	if out == nil || out.SecretString == nil {
		return secret{}, &Error{Kind: ErrSecret, detail: s.config.SecretID + " has no SecretString"}
	}
	read, err := parseSecret(*out.SecretString)
	if err != nil {
		kind := ErrSecret
		if errors.Is(err, errPlaceholder) {
			kind = ErrNotRotated
		}
		return secret{}, &Error{Kind: kind, detail: s.config.SecretID + ": " + err.Error()}
	}
	if read, err = read.narrow(s.config.Scopes); err != nil {
		return secret{}, &Error{Kind: ErrScope, detail: s.config.SecretID + ": " + err.Error()}
	}
	return read, nil
}

// clientIDPattern is from Cognito's API reference. A colon would end the ID in Basic credentials.
// https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_UserPoolClientType.html
var clientIDPattern = regexp.MustCompile(`^[\w+]{1,128}$`)

// clientSecretPattern is wider than Cognito's [\w+]{24,64}, and keeps control characters out of the header.
var clientSecretPattern = regexp.MustCompile(`^[\x21-\x7E]{1,128}$`)

// parseSecret reads the content of the secret. Of that, its errors quote only the scheme and the host of token_url.
func parseSecret(secretString string) (secret, error) {
	var d struct {
		ClientID     string `json:"client_id"`
		ClientSecret string `json:"client_secret"`
		TokenURL     string `json:"token_url"`
		Scope        string `json:"scope"`
		Placeholder  bool   `json:"placeholder"`
	}
	if json.Unmarshal([]byte(secretString), &d) != nil {
		return secret{}, fmt.Errorf("it is not a JSON object with the strings client_id, client_secret, token_url and scope")
	}
	if d.Placeholder && d.ClientSecret == "" {
		return secret{}, errPlaceholder
	}
	for _, member := range []struct{ name, value string }{
		{"client_id", d.ClientID}, {"client_secret", d.ClientSecret}, {"token_url", d.TokenURL}, {"scope", d.Scope},
	} {
		if member.value == "" {
			return secret{}, fmt.Errorf("%s is missing or empty", member.name)
		}
	}
	if !clientIDPattern.MatchString(d.ClientID) {
		return secret{}, fmt.Errorf("client_id is not valid: it must match %s", clientIDPattern)
	}
	if !clientSecretPattern.MatchString(d.ClientSecret) {
		return secret{}, fmt.Errorf("client_secret is not valid: use 1 to 128 printable ASCII characters")
	}
	if err := checkTokenURL(d.TokenURL); err != nil {
		return secret{}, fmt.Errorf("token_url: %w", err)
	}
	return secret{
		clientID:     d.ClientID,
		clientSecret: sensitive.ValueOf(d.ClientSecret),
		tokenURL:     d.TokenURL,
		scopes:       normal(strings.Fields(d.Scope)),
	}, nil
}

// errPlaceholder refuses the constant with which CloudFormation creates the secret.
var errPlaceholder = errors.New("it still has the placeholder; the sweep starts the first rotation, see docs/credentials.md")

// checkTokenURL requires https, because the request carries credentials: RFC 6749 section 3.2. It allows http on loopback.
func checkTokenURL(text string) error {
	u, err := url.Parse(text)
	switch {
	case err != nil:
		return fmt.Errorf("it is not a URL")
	case u.Scheme != "https" && (u.Scheme != "http" || !isLoopback(u.Hostname())):
		return fmt.Errorf("use https, or http on loopback, got %s://%s", u.Scheme, u.Host)
	case u.Host == "":
		return fmt.Errorf("has no host")
	case u.User != nil:
		return fmt.Errorf("has user information")
	case u.Fragment != "":
		return fmt.Errorf("has a fragment: RFC 6749 section 3.2 forbids it")
	}
	return nil
}

func isLoopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

// narrow returns the secret with a token_url for these scopes, in the order and the encoding of the rotation, so that equal scopes
// have one entry in the gateway's cache.
func (s secret) narrow(scopes []string) (secret, error) {
	if len(scopes) == 0 {
		return s, nil
	}
	for _, scope := range scopes {
		if !slices.Contains(s.scopes, scope) {
			return secret{}, fmt.Errorf("Config.Scopes has %q: use some of %q", scope, s.scopes)
		}
	}
	base, query, _ := strings.Cut(s.tokenURL, "?")
	var parameters []string
	for parameter := range strings.SplitSeq(query, "&") {
		name, _, _ := strings.Cut(parameter, "=")
		if decoded, err := url.QueryUnescape(name); parameter != "" && (err != nil || decoded != "scope") {
			parameters = append(parameters, parameter)
		}
	}
	s.tokenURL = base + "?" + strings.Join(append(parameters, "scope="+escape(strings.Join(scopes, " "))), "&")
	s.scopes = scopes
	return s, nil
}

// escape encodes a space as %20, as the rotation does.
func escape(s string) string { return strings.ReplaceAll(url.QueryEscape(s), "+", "%20") }

// normal sorts texts and drops duplicates.
func normal(texts []string) []string { return slices.Compact(slices.Sorted(slices.Values(texts))) }
