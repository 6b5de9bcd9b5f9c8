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

// secret is what the tenant's secret holds after the first rotation, and when it was read.
type secret struct {
	clientID     string
	clientSecret sensitive.Value
	tokenURL     string
	scopes       []string
	read         time.Time
}

// sends says whether both make the same request.
func (s secret) sends(other secret) bool {
	return s.clientID == other.clientID && s.clientSecret == other.clientSecret && s.tokenURL == other.tokenURL
}

// currentSecret is the one that is held, unless it is too old. An old one serves as long as no other can be read.
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

// clientIDPattern is Cognito's; a colon would end the id in Basic credentials.
// https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_UserPoolClientType.html
var clientIDPattern = regexp.MustCompile(`^[\w+]{1,128}$`)

// clientSecretPattern is wider than Cognito's [\w+]{24,64}, and keeps control characters out of the header.
var clientSecretPattern = regexp.MustCompile(`^[\x21-\x7E]{1,128}$`)

// parseSecret never quotes what it read in an error, but for the client's id and the URL's scheme and host.
func parseSecret(secretString string) (secret, error) {
	var d struct {
		ClientID     string `json:"client_id"`
		ClientSecret string `json:"client_secret"`
		TokenURL     string `json:"token_url"`
		Scope        string `json:"scope"`
		Placeholder  bool   `json:"placeholder"`
	}
	if json.Unmarshal([]byte(secretString), &d) != nil {
		return secret{}, fmt.Errorf("want a JSON object with the texts client_id, client_secret, token_url and scope, got something else")
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
		return secret{}, fmt.Errorf("client_id is no app client's id, which is a match of %s", clientIDPattern)
	}
	if !clientSecretPattern.MatchString(d.ClientSecret) {
		return secret{}, fmt.Errorf("client_secret has a character that no client secret has, or too many")
	}
	if err := checkTokenURL(d.TokenURL); err != nil {
		return secret{}, fmt.Errorf("token_url: %w", err)
	}
	return secret{clientID: d.ClientID, clientSecret: sensitive.ValueOf(d.ClientSecret), tokenURL: d.TokenURL, scopes: normal(strings.Fields(d.Scope))}, nil
}

// errPlaceholder is about the constant with which CloudFormation creates the secret.
var errPlaceholder = errors.New("it holds the placeholder of its creation; the sweep starts the first rotation, see docs/credentials.md")

// checkTokenURL holds the URL to https, which keeps the credentials and the token from whoever is on the way: RFC 6749 section 3.2. A gateway on
// loopback has nobody on the way.
func checkTokenURL(text string) error {
	u, err := url.Parse(text)
	switch {
	case err != nil:
		return fmt.Errorf("want a URL, got something else")
	case u.Scheme != "https" && (u.Scheme != "http" || !isLoopback(u.Hostname())):
		return fmt.Errorf("want https, or http to loopback, got %s://%s", u.Scheme, u.Host)
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

// narrow asks for fewer scopes, in the order and the encoding in which the rotation writes token_url: so the same scopes are the same key of the
// gateway's cache.
func (s secret) narrow(scopes []string) (secret, error) {
	if len(scopes) == 0 {
		return s, nil
	}
	for _, scope := range scopes {
		if !slices.Contains(s.scopes, scope) {
			return secret{}, fmt.Errorf("Config.Scopes has %q: want some of %q", scope, s.scopes)
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

// normal sorts and drops repetitions.
func normal(texts []string) []string { return slices.Compact(slices.Sorted(slices.Values(texts))) }
