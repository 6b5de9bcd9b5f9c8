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

// propagation is how long a change takes to reach every request in the tests with load; enough is what a rotation waits. It is longer by what a
// request may take from the gateway to the web ACL on a busy machine: until then it carries the value that it left with.
const (
	propagation = 100 * time.Millisecond
	enough      = 4 * propagation
)

// busy is prod without its front door, whose limits are for each client, and without the throttles that a load test would meet: the stage's at API
// Gateway's highest default, Cognito's above all that comes.
func busy(t *testing.T) *simulator.System {
	t.Helper()
	dir := environments.Changed(t, "prod", func(env *config.Environment) {
		withoutFrontDoor(env)
		env.Gateway.RatePerSecond, env.Gateway.Burst = 10000, 5000
	})
	return simulate(t, dir, simulator.Options{WAFBound: propagation, StageBound: propagation, TokensPerSecond: 100_000})
}

// No client ever gets a token that is not its own, or of another scope than it asked for, whatever the others ask for at the same time.
func TestTenantsNeverGetEachOthersTokens(t *testing.T) {
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

// While the origin header rotates, with changes that reach requests late and unevenly, no token request fails. The test demands requests in each phase
// of each rotation and no number within a time, so it holds on a slow machine too.
func TestNoRequestFailsWhileTheHeaderRotates(t *testing.T) {
	rotations := 3
	if os.Getenv("LONG_TESTS") != "" {
		rotations = 30
	}
	system, began := busy(t), time.Now()
	load := rotateUnderLoad(t, system, rotations, enough)
	c := system.Counters()
	t.Logf("%d requests in %s, %d failed; %d rotations; hit ratio %.1f %%; %d tokens issued", load.requests, time.Since(began).Round(time.Second), load.failures,
		load.rotations, 100*float64(c.Hits)/float64(c.Hits+c.Misses), tokensIssued(c))
	if load.failures > 0 || load.rotations < rotations {
		t.Errorf("%d of %d requests failed in %d rotations, want 0 in %d", load.failures, load.requests, load.rotations, rotations)
	}
	for i, phase := range load.phases {
		for name, requests := range map[string]int64{"before the value is accepted": phase.accepting, "accepted and not injected": phase.injecting, "injected": phase.ending} {
			if requests == 0 {
				t.Errorf("rotation %d: no request %s", i+1, name)
			}
		}
	}
}

// Nor does one fail while the control plane's calls do: a rotation that was broken off is followed by another one, until one goes through.
func TestNoRequestFailsWhileRotationsAreBrokenOff(t *testing.T) {
	system := busy(t)
	var calls, broken atomic.Int64
	system.SetFault(func(string) error {
		if calls.Add(1)%9 == 0 {
			broken.Add(1)
			return errors.New("throttled")
		}
		return nil
	})
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	var asked, failed atomic.Int64
	done := make(chan struct{})
	go func() { defer close(done); askAll(ctx, t, system, true, &asked, &failed) }()
	for until := time.Now().Add(3 * time.Second); time.Now().Before(until) || asked.Load() == 0; {
		if err := system.RotateOriginHeader(t.Context(), enough, enough); err != nil && !strings.Contains(err.Error(), "throttled") {
			t.Errorf("rotation: %v", err)
			break
		}
	}
	cancel()
	<-done
	if failed.Load() > 0 || asked.Load() == 0 || broken.Load() == 0 {
		t.Errorf("%d of %d requests failed, %d of %d calls were broken", failed.Load(), asked.Load(), broken.Load(), calls.Load())
	}
	system.SetFault(nil)
	if err := system.RotateOriginHeader(t.Context(), enough, enough); err != nil || system.AcceptedValues() != 1 {
		t.Errorf("afterwards: %v, %d values accepted", err, system.AcceptedValues())
	}
}

// The test above can fail: a rotation that waits less than changes take makes requests fail. It rotates until one did, 500 times at most.
func TestTheLoadFindsARotationThatDoesNotWait(t *testing.T) {
	load := rotateUnderLoad(t, busy(t), 500, 0)
	if load.failures == 0 || load.rotations == 0 {
		t.Errorf("%d failures in %d rotations without a wait: the load finds nothing", load.failures, load.rotations)
	}
}

// load is what rotateUnderLoad saw.
type load struct {
	requests, failures int64
	rotations          int
	phases             []phases
}

// phases are the requests that were answered in each phase of a rotation.
type phases struct{ accepting, injecting, ending int64 }

// rotateUnderLoad rotates the origin header, one rotation after the other, while many tenants ask for tokens. The cache is emptied all the time, so that
// a good part of the requests goes the whole way. Without a bound, failures are expected and the first one ends it.
func rotateUnderLoad(t *testing.T, system *simulator.System, rotations int, bound time.Duration) load {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	var l load
	var asked, failed, accepted, injected atomic.Int64
	system.SetFault(func(call string) error {
		switch call {
		case "PatternSet.Update":
			accepted.CompareAndSwap(0, asked.Load())
		case "Stage.Set":
			injected.CompareAndSwap(0, asked.Load())
		}
		return nil
	})
	defer system.SetFault(nil)
	var wg sync.WaitGroup
	wg.Go(func() { askAll(ctx, t, system, bound > 0, &asked, &failed) })
	for range rotations {
		if bound == 0 && failed.Load() > 0 {
			break
		}
		begun := asked.Load()
		for bound > 0 && asked.Load() == begun && !t.Failed() {
			time.Sleep(time.Millisecond) // A request meets the state before the rotation.
		}
		accepted.Store(0)
		injected.Store(0)
		if err := system.RotateOriginHeader(t.Context(), bound, bound); err == nil {
			l.rotations++
		} else if bound > 0 {
			t.Errorf("rotation %d: %v", l.rotations+1, err)
		}
		l.phases = append(l.phases, phases{accepted.Load() - begun, injected.Load() - accepted.Load(), asked.Load() - injected.Load()})
	}
	cancel()
	wg.Wait()
	l.requests, l.failures = asked.Load(), failed.Load()
	return l
}

// askAll asks for tokens as many tenants until ctx is done. The first failure is an error of the test when failing matters.
func askAll(ctx context.Context, t *testing.T, system *simulator.System, matters bool, asked, failed *atomic.Int64) {
	tenants := system.Tenants()
	var wg sync.WaitGroup
	for worker := range 8 {
		wg.Go(func() {
			random := rand.New(rand.NewPCG(uint64(worker), 2))
			for ctx.Err() == nil {
				tenant := tenants[random.IntN(len(tenants))]
				_, err := tokenThroughGateway(system, tenant, someScopes(random, tenant.Scopes))
				asked.Add(1)
				time.Sleep(time.Millisecond) // 8 workers stay below the stage's 10,000 requests a second.
				if err != nil && failed.Add(1) == 1 && matters {
					t.Errorf("first failure: %v", err)
				}
			}
		})
	}
	wg.Go(func() {
		for ctx.Err() == nil {
			system.FlushCache()
			time.Sleep(50 * time.Millisecond)
		}
	})
	wg.Wait()
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
	request := httptest.NewRequestWithContext(context.Background(), http.MethodPost, "/"+system.StageName()+"/oauth2/token?"+query.Encode(), strings.NewReader("grant_type=client_credentials"))
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
