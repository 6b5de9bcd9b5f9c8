package cognito

import (
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
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
	c.mu.RLock()
	defer c.mu.RUnlock()
	match := 0
	for i := range c.secrets {
		match |= subtle.ConstantTimeCompare(sum[:], c.secrets[i].sum[:])
	}
	return match == 1
}

// Secrets are the values of a client's active secrets, newest last; none for an unknown client.
func (p *Pool) Secrets(clientID string) []string {
	c := p.client(clientID)
	if c == nil {
		return nil
	}
	c.mu.RLock()
	defer c.mu.RUnlock()
	var values []string
	for _, s := range c.secrets {
		values = append(values, s.value)
	}
	return values
}

// ListSecrets describes a client's active secrets, newest last.
func (p *Pool) ListSecrets(clientID string) ([]Secret, error) {
	c, err := p.clientOrError(clientID)
	if err != nil {
		return nil, err
	}
	c.mu.RLock()
	defer c.mu.RUnlock()
	var all []Secret
	for _, s := range c.secrets {
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
	if len(c.secrets) >= maxSecrets {
		return "", fmt.Errorf("client %s has %d active secrets, Cognito allows %d: delete one first", clientID, len(c.secrets), maxSecrets)
	}
	c.secrets = append(c.secrets, added)
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
	i := slices.IndexFunc(c.secrets, func(s secret) bool { return s.ID == secretID })
	switch {
	case i < 0:
		return fmt.Errorf("client %s has no secret with the id %q", clientID, secretID)
	case len(c.secrets) == 1:
		return fmt.Errorf("client %s has one secret only, which cannot be deleted: add another first", clientID)
	}
	c.secrets = slices.Delete(c.secrets, i, i+1)
	return nil
}

func (p *Pool) clientOrError(id string) (*client, error) {
	if c := p.client(id); c != nil {
		return c, nil
	}
	return nil, fmt.Errorf("user pool %s has no client %q", p.config.ID, id)
}
