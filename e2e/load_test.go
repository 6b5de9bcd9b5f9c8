package e2e_test

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/cognito-m2m/cognito-m2m-cdk/internal/config"
	"github.com/cognito-m2m/cognito-m2m-cdk/internal/testkit/environments"
	"github.com/cognito-m2m/cognito-m2m-cdk/simulator"
)

// propagation is how long a change takes to reach every request in the tests with load, and what a rotation waits. Requests may take
// longer: a value leaves the simulated web ACL after the requests that may carry it.
const propagation = 30 * time.Millisecond

// busy is prod without its front door, whose limits are for each client, and without the throttles that a load test would meet: the stage's
// at API Gateway's highest default, Cognito's above all that comes.
func busy(t *testing.T) *simulator.System {
	t.Helper()
	dir := environments.Changed(t, "prod", func(env *config.Environment) {
		withoutFrontDoor(env)
		env.Gateway.Throttle = config.Throttle{RatePerSecond: 10000, Burst: 5000}
	})
	return simulate(t, dir, simulator.Options{WAFBound: propagation, StageBound: propagation, TokensPerSecond: 100_000})
}

// No client ever gets a token that is not its own, or of another scope than it asked for, whatever the others ask for at the same time.
func TestLoad_tenantsNeverGetEachOthersTokens(t *testing.T) {
	system := busy(t)
	tenants := system.Tenants()
	const workers, each = 16, 300 // Fewer than the stage's burst.
	var wg sync.WaitGroup
	var tokens atomic.Int64
	for worker := range workers {
		wg.Go(func() {
			random := rand.New(rand.NewPCG(uint64(worker), 1))
			for range each {
				tenant := tenants[random.IntN(len(tenants))]
				scope := someScopes(random, tenant.Scopes)
				got, err := tokenThroughGateway(system, tenant, scope)
				if err != nil {
					t.Errorf("%s: %v", tenant.Name, err)
					return
				}
				if got.ClientID != tenant.ClientID || got.Scope != scope {
					t.Errorf("%s asked for %q and got a token of client %s for %q", tenant.Name, scope, got.ClientID, got.Scope)
				}
				tokens.Add(1)
			}
		})
	}
	wg.Wait()
	c := system.Counters()
	t.Logf("%d tokens of %d tenants, %d of them from the cache", tokens.Load(), len(tenants), c.Hits)
	if c.Hits == 0 || c.Misses == 0 {
		t.Errorf("hits %d, misses %d: the cache was not put to the test", c.Hits, c.Misses)
	}
}

// While the origin header rotates, with changes that reach requests late and unevenly, no token request fails. The test demands requests in
// each phase of each rotation and no number within a time, so it holds on a slow machine too.
func TestLoad_noRequestFailsWhileTheHeaderRotates(t *testing.T) {
	rotations := 3
	if os.Getenv("LONG_TESTS") != "" {
		rotations = 30
	}
	system := busy(t)
	load := begin(t, system, true)
	defer system.SetFault(nil)
	for i := range rotations {
		load.awaitRequests() // They meet the state before the rotation.
		phases := load.phases()
		if err := system.Origin().Rotate(t.Context(), propagation, propagation); err != nil {
			t.Errorf("rotation %d: %v", i+1, err)
		}
		if !phases() {
			t.Errorf("rotation %d was not asked for tokens between accepting and injecting the value, and between injecting and removing one", i+1)
		}
	}
	load.end()
	c := system.Counters()
	t.Logf("%d requests in %s, %d failed; %d rotations; hit ratio %.1f %%; %d tokens issued", load.asked.Load(),
		time.Since(load.began).Round(time.Second),
		load.failed.Load(), rotations, 100*float64(c.Hits)/float64(c.Hits+c.Misses), tokensIssued(c))
}

// Nor does one fail while the control plane's calls do: rotations break off at one call after the other, and another one takes each up.
func TestLoad_noRequestFailsWhileRotationsAreBrokenOff(t *testing.T) {
	stride := 4
	if os.Getenv("LONG_TESTS") != "" {
		stride = 1
	}
	system := busy(t)
	load := begin(t, system, true)
	broken, whole := 0, false
	for at := 1; !whole; at += stride {
		load.awaitRequests()
		calls := 0
		system.SetFault(func(string) error {
			if calls++; calls == at {
				return errors.New("throttled")
			}
			return nil
		})
		err := system.Origin().Rotate(t.Context(), propagation, propagation)
		system.SetFault(nil)
		if whole = calls < at; !whole {
			broken++
			if err == nil || !strings.Contains(err.Error(), "throttled") {
				t.Errorf("rotation with call %d throttled: %v", at, err)
			}
			err = system.Origin().Rotate(t.Context(), propagation, propagation)
		}
		if err != nil || system.Origin().Accepted() != 1 {
			t.Errorf("rotation after call %d was throttled: %v, %d values accepted, want 1", at, err, system.Origin().Accepted())
		}
	}
	load.end()
	t.Logf("%d requests, %d rotations broken off", load.asked.Load(), broken)
	if broken < 3 {
		t.Errorf("%d rotations were broken off, want 3 at least", broken)
	}
}

// The tests above can fail: a rotation that waits less than changes take makes requests fail. It rotates until one did, 500 times at most.
func TestLoad_findsARotationThatDoesNotWait(t *testing.T) {
	system := busy(t)
	load := begin(t, system, false)
	for rotations := 1; load.failed.Load() == 0; rotations++ {
		_ = system.Origin().Rotate(t.Context(), 0, 0) // It may notice that the gateway is refused.
		load.awaitRequests()
		if rotations == 500 {
			t.Errorf("none of %d requests failed in %d rotations without a wait: the load finds nothing", load.asked.Load(), rotations)
			break
		}
	}
	load.end()
}

// load is many tenants that ask for tokens. The cache is emptied all the time, so that a good part of the requests goes the whole way.
type load struct {
	t             *testing.T
	system        *simulator.System
	matters       bool // a failed request is an error of the test
	began         time.Time
	stop          context.CancelFunc
	workers       sync.WaitGroup
	asked, failed atomic.Int64
}

const workers = 8

func begin(t *testing.T, system *simulator.System, matters bool) *load {
	ctx, stop := context.WithCancel(t.Context())
	t.Cleanup(stop)
	l := &load{t: t, system: system, matters: matters, began: time.Now(), stop: stop}
	for worker := range workers {
		l.workers.Go(func() { l.ask(ctx, worker) })
	}
	l.workers.Go(func() {
		for ctx.Err() == nil {
			system.Gateway().FlushCache()
			time.Sleep(20 * time.Millisecond)
		}
	})
	return l
}

func (l *load) end() {
	l.stop()
	l.workers.Wait()
}

func (l *load) ask(ctx context.Context, worker int) {
	tenants, random := l.system.Tenants(), rand.New(rand.NewPCG(uint64(worker), 2))
	for ctx.Err() == nil {
		tenant := tenants[random.IntN(len(tenants))]
		_, err := tokenThroughGateway(l.system, tenant, someScopes(random, tenant.Scopes))
		l.asked.Add(1)
		if err != nil && l.failed.Add(1) == 1 && l.matters {
			l.t.Errorf("first failure: %v", err)
		}
		time.Sleep(time.Millisecond) // 8 workers stay below the stage's 10,000 requests a second.
	}
}

// awaitRequests returns when at least one request has begun and ended meanwhile.
func (l *load) awaitRequests() {
	for until := l.asked.Load() + workers + 1; l.asked.Load() < until; {
		time.Sleep(time.Millisecond)
	}
}

// phases makes the rotations that follow wait for requests while a value is accepted and not injected, and while it is injected. seen says
// whether both have come and gone.
func (l *load) phases() (seen func() bool) {
	var accepting, injecting, removing atomic.Bool
	l.system.SetFault(func(call string) error {
		switch {
		case call == "Stage.Set" && accepting.Load():
			l.awaitRequests()
			injecting.Store(true)
		case call == "PatternSet.Update" && injecting.Load():
			l.awaitRequests()
			removing.Store(true)
		case call == "PatternSet.Update":
			accepting.Store(true)
		}
		return nil
	})
	return removing.Load
}

// someScopes is one or two of the scopes, in the order of the list.
func someScopes(random *rand.Rand, scopes []string) string {
	i := random.IntN(len(scopes))
	if i+1 < len(scopes) && random.IntN(2) == 0 {
		return scopes[i] + " " + scopes[i+1]
	}
	return scopes[i]
}

// claims are what the test wants to know of a token; the conformance questions verify its signature.
type claims struct {
	ClientID string `json:"client_id"`
	Scope    string `json:"scope"`
}

func tokenThroughGateway(system *simulator.System, tenant simulator.Tenant, scope string) (claims, error) {
	query := url.Values{"scope": {scope}, "client_id": {tenant.ClientID}}
	request := httptest.NewRequestWithContext(context.Background(), http.MethodPost,
		"/"+system.Gateway().StageName()+"/oauth2/token?"+query.Encode(), strings.NewReader("grant_type=client_credentials"))
	request.SetBasicAuth(tenant.ClientID, tenant.ClientSecret)
	request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	recorder := httptest.NewRecorder()
	system.Gateway().ServeHTTP(recorder, request)
	if recorder.Code != http.StatusOK {
		return claims{}, fmt.Errorf("status %d: %s", recorder.Code, recorder.Body)
	}
	var answer struct {
		AccessToken string `json:"access_token"`
	}
	if err := json.Unmarshal(recorder.Body.Bytes(), &answer); err != nil {
		return claims{}, err
	}
	parts := strings.Split(answer.AccessToken, ".")
	if len(parts) != 3 {
		return claims{}, fmt.Errorf("%d parts of a token", len(parts))
	}
	payload, err := base64.RawURLEncoding.DecodeString(parts[1])
	if err != nil {
		return claims{}, err
	}
	var got claims
	return got, json.Unmarshal(payload, &got)
}

func tokensIssued(c simulator.Counters) int64 {
	var n int64
	for _, of := range c.Issued {
		n += of
	}
	return n
}
