package simulator

import (
	"context"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"sync/atomic"
	"time"

	"github.com/cognito-m2m/cognito-m2m-cdk/internal/authorizer/cedarstore"
	"github.com/cognito-m2m/cognito-m2m-cdk/simulator/internal/apigw"
	"github.com/cognito-m2m/cognito-m2m-cdk/simulator/internal/assembly"
	"github.com/cognito-m2m/cognito-m2m-cdk/simulator/internal/cognito"
	"github.com/cognito-m2m/cognito-m2m-cdk/simulator/internal/customdomain"
	"github.com/cognito-m2m/cognito-m2m-cdk/simulator/internal/usageplan"
	"github.com/cognito-m2m/cognito-m2m-cdk/simulator/internal/waf"
)

// System is a running simulation. Its methods may be used at once.
type System struct {
	options  Options
	assembly *assembly.Assembly
	notes    []string

	pool         *cognito.Pool
	poolID       string
	region       string                       // of the gateway
	domainName   string                       // of the pool
	secrets      map[string]secretValue       // by ARN
	policyStores map[string]*cedarstore.Store // by id
	sets         map[string]*patternSet       // by ARN
	ipSets       map[string][]string          // by ARN
	keys         *usageplan.Keys
	keySecrets   map[string]string               // names of the secrets with API keys, by the key's id
	stage        *apigw.Stage                    // of the token gateway
	stagePath    string                          // in the assembly
	servers      []*resourceServer               // by name
	domains      map[string]*customdomain.Domain // by name
	origin       origin
	// sourceNetworks are those of the project's own authorizer.
	sourceNetworks []string
	credentials    string // the header in which clients send theirs
	poolACL        *waf.ACL
	edgeACL        *waf.ACL
	tenants        []Tenant
	clientIDs      map[string]string // by the path of the resource
	faults         atomic.Pointer[func(call string) error]
	blocked        atomic.Int64
	edgeBlock      atomic.Int64
	requests       atomic.Int64
	underWay       underWay
}

// Tenant is an app client with credentials that work here. ClientSecret is what the client was created with; it works until a rotation has superseded
// it and its grace is over, see SweepCredentials.
type Tenant struct {
	Name, ClientID, ClientSecret string
	Scopes                       []string
	AccessTokenValidity          time.Duration
}

// Load builds a System from a cloud assembly, such as cdk.out: all stacks in it, with their references to each other.
func Load(dir string, o Options) (*System, error) {
	if o.Clock == nil {
		o.Clock = time.Now
	}
	loaded, err := assembly.Load(dir)
	if err != nil {
		return nil, err
	}
	s := &System{options: o, assembly: loaded, secrets: map[string]secretValue{}, sets: map[string]*patternSet{}, ipSets: map[string][]string{}}
	if err := s.build(); err != nil {
		return nil, fmt.Errorf("loading %s: %w", dir, err)
	}
	return s, nil
}

// Notes say what of the assembly is not executed.
func (s *System) Notes() []string { return slices.Clone(s.notes) }

// Tenants are the app clients, by name.
func (s *System) Tenants() []Tenant { return slices.Clone(s.tenants) }

// StageName is the first part of the gateway's path.
func (s *System) StageName() string { return s.stage.Name }

// Cached describes the cache of each of the gateway's methods that has one.
func (s *System) Cached() []string { return s.stage.Cached() }

// PoolID is the user pool's id, and part of the paths of its public keys.
func (s *System) PoolID() string { return s.poolID }

// OriginHeader is the name of the header that the gateway injects.
func (s *System) OriginHeader() string { return s.origin.header }

// CredentialsHeader is the name of the header in which the gateway takes clients' credentials.
func (s *System) CredentialsHeader() string { return s.credentials }

// RequiresSignature says whether a request needs an AWS signature, see Options.Callers.
func (s *System) RequiresSignature() bool { signature, _ := s.stage.Demands(); return signature }

// RequiresAPIKey says whether a request needs an API key, see APIKeys.
func (s *System) RequiresAPIKey() bool { _, key := s.stage.Demands(); return key }

// Region is where the gateway is said to be, and requests are signed for.
func (s *System) Region() string { return s.region }

// Issuer is the iss claim of the tokens.
func (s *System) Issuer() string { return s.pool.Issuer() }

// RotateKey makes Cognito sign with another key at once. The former one stays among the public keys until its last token has expired.
func (s *System) RotateKey() error { return s.pool.RotateKey() }

// RotateSigningKey makes Cognito sign with another key, which it publishes lead before; the former one stays among the public keys for keep, which must
// be as long as its tokens live: a shorter one leads to refused requests. The lead is a real wait.
func (s *System) RotateSigningKey(ctx context.Context, lead, keep time.Duration) error {
	if err := s.pool.PublishKey(); err != nil {
		return err
	}
	if err := s.underWay.wait(ctx); err != nil { // The lead begins when every request reads the new key.
		return err
	}
	if err := (systemClock{s.options.Clock}).Sleep(ctx, lead); err != nil {
		return err
	}
	if err := s.underWay.wait(ctx); err != nil { // Some may have read the keys before.
		return err
	}
	return s.pool.UseKey(keep)
}

// FlushCache empties the stage's cache.
func (s *System) FlushCache() { s.stage.Flush() }

// Counters are what has happened so far.
type Counters struct {
	// Requests reached the gateway, Hits and Misses its cache.
	Requests, Hits, Misses int64
	// Reused are the hits that were tokens: what Cognito did not charge for.
	Reused int64
	// Issued are the tokens that Cognito issued, by client id: what it charges for.
	Issued map[string]int64
	// Blocked requests were refused by the user pool's web ACL, EdgeBlocked ones by the stage's.
	Blocked, EdgeBlocked int64
}

// Counters are what has happened so far.
func (s *System) Counters() Counters {
	hits, misses, reused := s.stage.Counts()
	return Counters{Requests: s.requests.Load(), Hits: hits, Misses: misses, Reused: reused, Issued: s.pool.Issued(), Blocked: s.blocked.Load(), EdgeBlocked: s.edgeBlock.Load()}
}

// Cognito is the user pool's domain and, under the pool's id, its public keys: behind the pool's web ACL, like everything of the pool
// but the signed operations on client secrets, which it has as well.
func (s *System) Cognito() http.Handler {
	return handler(func(r *http.Request) (*apigw.Answer, error) {
		if answer, ok := s.askAPI(r); ok {
			return answer, nil
		}
		return s.askCognito(r)
	})
}

func (s *System) askCognito(r *http.Request) (*apigw.Answer, error) {
	defer s.underWay.begin()()
	request, err := s.wafRequest(r, r.URL.EscapedPath())
	if err != nil {
		return nil, err
	}
	if s.poolACL != nil {
		decision := s.poolACL.Evaluate(request, s, s.options.Clock())
		if decision.Err != nil {
			return nil, decision.Err
		}
		if decision.Blocked {
			s.blocked.Add(1)
			return &apigw.Answer{Status: decision.Status, Header: decision.Header, Body: decision.Body}, nil
		}
	}
	header := http.Header{"Content-Type": {"application/json"}}
	switch r.Method + " " + r.URL.Path {
	case "POST /oauth2/token":
		answer := s.pool.Token(r)
		return &apigw.Answer{Status: answer.Status, Header: answer.Header, Body: answer.Body}, nil
	case "GET /" + s.poolID + "/.well-known/jwks.json":
		return &apigw.Answer{Status: http.StatusOK, Header: header, Body: s.pool.JWKS()}, nil
	case "GET /" + s.poolID + "/.well-known/openid-configuration":
		return &apigw.Answer{Status: http.StatusOK, Header: header, Body: s.pool.Discovery(s.pool.Issuer())}, nil
	}
	return &apigw.Answer{Status: http.StatusNotFound, Header: header, Body: []byte(`{"error":"not_found"}`)}, nil
}

// Patterns implements waf.Sets: what one request meets of a regex pattern set.
func (s *System) Patterns(arn string) ([]string, error) {
	set, ok := s.sets[arn]
	if !ok {
		return nil, fmt.Errorf("no regex pattern set %s", arn)
	}
	return set.content.Meet().patterns, nil
}

// Addresses implements waf.Sets. An IP set does not change here.
func (s *System) Addresses(arn string) ([]string, error) {
	addresses, ok := s.ipSets[arn]
	if !ok {
		return nil, fmt.Errorf("no IP set %s", arn)
	}
	return addresses, nil
}

var _ waf.Sets = (*System)(nil)

func handler(ask func(*http.Request) (*apigw.Answer, error)) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		answer, err := ask(r)
		if err != nil {
			http.Error(w, err.Error(), http.StatusInternalServerError)
			return
		}
		maps.Copy(w.Header(), answer.Header)
		w.WriteHeader(answer.Status)
		_, _ = w.Write(answer.Body) // The client may be gone.
	})
}

// AddClientSecret gives a client one more secret, of which Cognito allows two, and returns what takes it away.
func (s *System) AddClientSecret(clientID, secret string) (remove func() error, err error) {
	id, err := s.pool.AddSecret(clientID, secret)
	if err != nil {
		return nil, err
	}
	return func() error { return s.pool.DeleteSecret(clientID, id) }, nil
}
