package cognito

import (
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"
)

// maxSecrets is how many secrets of a client are active at once.
// https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_AddUserPoolClientSecret.html
const maxSecrets = 2

// customSecret is what AddUserPoolClientSecret accepts for a secret of one's own.
var customSecret = regexp.MustCompile(`^[\w+]{24,64}$`)

// Errors of the operations on clients and their secrets that callers tell apart.
var (
	ErrNoClient = errors.New("the app client does not exist")
	ErrNoSecret = errors.New("the client secret does not exist")
	ErrLimit    = errors.New("too many active secrets")
)

// refusal says more than the sentinel that it is.
type refusal struct {
	is   error
	text string
}

func refused(is error, format string, args ...any) error {
	return refusal{is, fmt.Sprintf(format, args...)}
}

func (r refusal) Error() string { return r.text }
func (r refusal) Unwrap() error { return r.is }

// Describe is what is known of a client beside its secrets.
func (p *Pool) Describe(clientID string) (Client, error) {
	c, err := p.clientOrError(clientID)
	if err != nil {
		return Client{}, err
	}
	description := c.Client
	description.Scopes = slices.Clone(c.Scopes)
	return description, nil
}

// Secret describes an active secret of a client, without its value.
type Secret struct {
	ID      string
	Created time.Time
}

type secret struct {
	Secret
	value string
	sum   [sha256.Size]byte
}

func newSecret(value string, now time.Time) secret {
	return secret{Secret{strings.ToLower(rand.Text()), now}, value, sha256.Sum256([]byte(value))}
}

// authenticates compares in constant time: hashes, so that not even lengths show, and with each secret, whichever matches.
func (c *client) authenticates(value string) bool {
	sum := sha256.Sum256([]byte(value))
	match := 0
	for _, s := range c.secrets.Meet() {
		match |= subtle.ConstantTimeCompare(sum[:], s.sum[:])
	}
	return match == 1
}

// Secrets are the values of a client's active secrets, newest last; none for an unknown client.
func (p *Pool) Secrets(clientID string) []string {
	c := p.client(clientID)
	if c == nil {
		return nil
	}
	var values []string
	latest, _ := c.secrets.Latest()
	for _, s := range latest {
		values = append(values, s.value)
	}
	return values
}

// ListSecrets describes a client's active secrets, newest last, as one of Cognito's servers knows them.
func (p *Pool) ListSecrets(clientID string) ([]Secret, error) {
	c, err := p.clientOrError(clientID)
	if err != nil {
		return nil, err
	}
	var all []Secret
	for _, s := range c.secrets.Meet() {
		all = append(all, s.Secret)
	}
	return all, nil
}

// AddSecret gives a client a second secret, generated when value is empty, and returns the secret's id.
func (p *Pool) AddSecret(clientID, value string) (string, error) {
	c, err := p.clientOrError(clientID)
	if err != nil {
		return "", err
	}
	if value == "" {
		value = randomSecret()
	}
	if !customSecret.MatchString(value) {
		return "", fmt.Errorf("client %s: the secret of %d characters is not allowed: use 24 to 64 letters, digits, _ or +", clientID, len(value))
	}
	added := newSecret(value, p.config.Clock())
	c.mu.Lock()
	defer c.mu.Unlock()
	latest, _ := c.secrets.Latest()
	if len(latest) >= maxSecrets {
		return "", refused(ErrLimit, "client %s has %d active secrets, Cognito allows %d: delete one first", clientID, len(latest), maxSecrets)
	}
	c.secrets.Set(append(slices.Clone(latest), added))
	return added.ID, nil
}

// DeleteSecret takes away one of a client's two secrets. The last one stays, as in Cognito.
func (p *Pool) DeleteSecret(clientID, secretID string) error {
	c, err := p.clientOrError(clientID)
	if err != nil {
		return err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	latest, _ := c.secrets.Latest()
	i := slices.IndexFunc(latest, func(s secret) bool { return s.ID == secretID })
	switch {
	case i < 0:
		return refused(ErrNoSecret, "client %s has no secret with the id %q", clientID, secretID)
	case len(latest) == 1:
		return fmt.Errorf("client %s has one secret only, which cannot be deleted: add another first", clientID)
	}
	c.secrets.Set(slices.Delete(slices.Clone(latest), i, i+1))
	return nil
}

func (p *Pool) clientOrError(id string) (*client, error) {
	if c := p.client(id); c != nil {
		return c, nil
	}
	return nil, refused(ErrNoClient, "user pool %s has no client %q", p.config.ID, id)
}
