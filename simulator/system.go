package simulator

import (
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"github.com/cognito-m2m/cognito-m2m-cdk/internal/authorizer/cedarstore"
	"github.com/cognito-m2m/cognito-m2m-cdk/internal/rotation/clock"
	"github.com/cognito-m2m/cognito-m2m-cdk/internal/templates"
	"github.com/cognito-m2m/cognito-m2m-cdk/simulator/internal/apigw"
	"github.com/cognito-m2m/cognito-m2m-cdk/simulator/internal/assembly"
	"github.com/cognito-m2m/cognito-m2m-cdk/simulator/internal/cognito"
	"github.com/cognito-m2m/cognito-m2m-cdk/simulator/internal/customdomain"
	"github.com/cognito-m2m/cognito-m2m-cdk/simulator/internal/usageplan"
	"github.com/cognito-m2m/cognito-m2m-cdk/simulator/internal/waf"
)

// System is a running simulation. It is safe for concurrent use.
//
// Gateway, Cognito, Origin, Credentials and Keys return its parts. They have no state of their own.
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

// Tenant is an app client with credentials that work here. ClientSecret is what the client was created with; it works until a rotation has
// superseded it and its grace is over, see SweepCredentials.
type Tenant struct {
	Name, ClientID, ClientSecret string
	Scopes                       []string
	AccessTokenValidity          time.Duration
}

// Load builds a System from a cloud assembly, such as cdk.out: all stacks in it, with their references to each other. An assembly in which
// constructs reported errors at synth is an error: what such constructs create may be incomplete.
func Load(dir string, o Options) (*System, error) {
	if o.Clock == nil {
		o.Clock = time.Now
	}
	if o.Sleep == nil {
		o.Sleep = clock.System{}.Sleep
	}
	loaded, err := assembly.Load(dir)
	if err != nil {
		return nil, err
	}
	if err := refuseErrors(dir); err != nil {
		return nil, err
	}
	s := &System{options: o, assembly: loaded, secrets: map[string]secretValue{}, sets: map[string]*patternSet{},
		ipSets: map[string][]string{}}
	if err := s.build(); err != nil {
		return nil, fmt.Errorf("loading %s: %w", dir, err)
	}
	return s, nil
}

// refuseErrors refuses an assembly with error annotations. The CDK CLI refuses to deploy it; a synth without the CLI succeeds.
func refuseErrors(dir string) error {
	a, err := templates.Load(dir)
	if err != nil {
		return err
	}
	if len(a.Errors) > 0 {
		return fmt.Errorf("%s has errors of constructs:\n  %s", dir, strings.Join(a.Errors, "\n  "))
	}
	return nil
}

// Notes say what of the assembly is not executed.
func (s *System) Notes() []string { return slices.Clone(s.notes) }

// Tenants are the app clients, by name.
func (s *System) Tenants() []Tenant { return slices.Clone(s.tenants) }

// Counters count what has happened since Load.
type Counters struct {
	// Requests is the number of requests to the gateway. Hits and Misses are those that reached its cache.
	Requests, Hits, Misses int64
	// Reused is the number of hits that were tokens. Cognito does not charge for them.
	Reused int64
	// Issued is the number of tokens that Cognito issued, by client ID. It charges for each.
	Issued map[string]int64
	// Blocked is the number of requests that the user pool's web ACL refused, EdgeBlocked that of the stage's.
	Blocked, EdgeBlocked int64
}

// Counters returns the counters' values now.
func (s *System) Counters() Counters {
	hits, misses, reused := s.stage.Counts()
	return Counters{
		Requests: s.requests.Load(), Hits: hits, Misses: misses, Reused: reused, Issued: s.pool.Issued(),
		Blocked: s.blocked.Load(), EdgeBlocked: s.edgeBlock.Load(),
	}
}

// write writes the answer to a request.
func write(w http.ResponseWriter, r *http.Request, ask func(*http.Request) (*apigw.Answer, error)) {
	answer, err := ask(r)
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	maps.Copy(w.Header(), answer.Header)
	w.WriteHeader(answer.Status)
	_, _ = w.Write(answer.Body) // The client may be gone.
}
