// Package cognito simulates the part of an Amazon Cognito user pool that serves machine-to-machine clients: resource servers, app clients,
// the client-credentials grant of the token endpoint, and the keys that verify its tokens.
//
// Where AWS does not document a behaviour, or documents two, the one that is worse for what stands before the pool is chosen, and a comment
// says so.
package cognito

import (
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/time/rate"
)

// defaultRate is the quota of the ClientAuthentication category: requests per second of an account in a Region.
// https://docs.aws.amazon.com/cognito/latest/developerguide/quotas.html
const defaultRate = 150

// Config configures a Pool.
type Config struct {
	// Region is where the pool is, such as eu-west-1. Required.
	Region string
	// AccountID is the pool's AWS account. It is part of the pool's ARN only. Required.
	AccountID string
	// ID is the user pool's id, such as the result of PoolID. Required.
	ID string
	// Clock tells the time. Default: time.Now.
	Clock func() time.Time
	// SecretBound is how long after a change of a client's secrets a request may still meet a former version of them. Default: 0.
	SecretBound time.Duration
	// RatePerSecond is how many token requests are answered per second, and how many at once after a pause. Default: 150, Cognito's quota.
	RatePerSecond int
}

// Pool is a user pool. It is safe for concurrent use.
type Pool struct {
	config  Config
	limiter *rate.Limiter
	keys    atomic.Pointer[keyring] // see ring
	first   sync.Once
	// rotating keeps rotations of the key apart.
	rotating sync.Mutex

	mu      sync.RWMutex        // guards what follows, but not what the clients hold
	servers map[string][]string // scopes by identifier
	clients map[string]*client
}

var poolID = regexp.MustCompile(`^[\w-]{1,45}_[0-9a-zA-Z]{1,9}$`)

// New creates a pool without resource servers and clients.
func New(c Config) (*Pool, error) {
	if c.Clock == nil {
		c.Clock = time.Now
	}
	if c.RatePerSecond == 0 {
		c.RatePerSecond = defaultRate
	}
	switch {
	case c.Region == "" || c.AccountID == "":
		return nil, fmt.Errorf("user pool: Region and AccountID are required: got %q and %q", c.Region, c.AccountID)
	case !poolID.MatchString(c.ID) || !strings.HasPrefix(c.ID, c.Region+"_"):
		return nil, fmt.Errorf("user pool: got the ID %q, want %s_ and up to 9 letters and digits", c.ID, c.Region)
	case c.RatePerSecond < 0:
		return nil, fmt.Errorf("user pool %s: got %d for RatePerSecond, want a positive number, or 0 for %d", c.ID, c.RatePerSecond, defaultRate)
	}
	return &Pool{
		config:  c,
		limiter: rate.NewLimiter(rate.Limit(c.RatePerSecond), c.RatePerSecond),
		servers: map[string][]string{},
		clients: map[string]*client{},
	}, nil
}

// ID is the user pool's id, which AWS::Cognito::UserPool answers to Ref.
func (p *Pool) ID() string { return p.config.ID }

// ARN is the user pool's ARN in the aws partition.
func (p *Pool) ARN() string {
	return "arn:aws:cognito-idp:" + p.config.Region + ":" + p.config.AccountID + ":userpool/" + p.config.ID
}

// Issuer is the iss claim of the pool's tokens.
func (p *Pool) Issuer() string {
	return "https://cognito-idp." + p.config.Region + ".amazonaws.com/" + p.config.ID
}

// Issued counts the tokens issued by client id. A client that got none is not in it.
func (p *Pool) Issued() map[string]int64 {
	p.mu.RLock()
	defer p.mu.RUnlock()
	issued := map[string]int64{}
	for id, c := range p.clients {
		if n := c.issued.Load(); n > 0 {
			issued[id] = n
		}
	}
	return issued
}

// Client is what is known of an app client beside its secrets.
type Client struct {
	ID, Name string
	// Scopes are all that the client may ask for, as identifier/name, in the template's order.
	Scopes []string
	// Validity is how long the client's access tokens live.
	Validity time.Duration
}

// Clients are the app clients, by name and id.
func (p *Pool) Clients() []Client {
	p.mu.RLock()
	defer p.mu.RUnlock()
	all := make([]Client, 0, len(p.clients))
	for _, c := range p.clients {
		description := c.Client
		description.Scopes = slices.Clone(c.Scopes)
		all = append(all, description)
	}
	slices.SortFunc(all, func(a, b Client) int {
		return strings.Compare(a.Name+"\x00"+a.ID, b.Name+"\x00"+b.ID)
	})
	return all
}

func (p *Pool) client(id string) *client {
	p.mu.RLock()
	defer p.mu.RUnlock()
	return p.clients[id]
}

// Answer is an HTTP response.
type Answer struct {
	Status int
	Header http.Header
	Body   []byte
}
