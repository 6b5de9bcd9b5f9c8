package clientsecret

import (
	"context"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/cognito-m2m/cognito-m2m-cdk/internal/rotation/sensitive"
	"github.com/cognito-m2m/cognito-m2m-cdk/internal/testkit/virtual"
)

// crowd are many tenants' secrets. A rotation that is started has ended before the next sweep.
type crowd struct {
	*virtual.Time
	states  []SecretState
	values  map[string]sensitive.Value // by secret and version
	index   map[string]int
	calls   map[string]int
	started []time.Duration
}

const crowdSize = 10_000

func newCrowd() *crowd {
	c := &crowd{
		Time:   virtual.New(DefaultConfig().FunctionTimeout, 0),
		values: map[string]sensitive.Value{}, index: map[string]int{}, calls: map[string]int{},
	}
	for i := range crowdSize {
		id := fmt.Sprintf("m2m/test/tenants/tenant-%05d", i)
		c.index[id] = i
		c.values[id+"initial"] = sensitive.ValueOf(Placeholder)
		c.states = append(c.states, SecretState{
			ID: id, Owner: id[17:], Tenant: id[17:], ClientID: "client" + id[17:], Scopes: ScopeDigest(testScopes),
			Versions: map[string]string{LabelCurrent: "initial"}, Created: virtual.Epoch, Changed: virtual.Epoch,
		})
	}
	return c
}

func (c *crowd) rotator() *Rotator {
	config := DefaultConfig()
	config.Interval = 31 * 24 * time.Hour
	return &Rotator{
		Secrets: crowdSecrets{c}, Clients: crowdClients{c}, Tokens: crowdTokens{c}, Clock: c.Clock(), Metrics: noMetrics{},
		Log: slog.New(slog.DiscardHandler), Config: config, GatewayURL: testGateway,
	}
}

// onboarded makes every secret look as after its first rotation and its grace.
func (c *crowd) onboarded() *crowd {
	for i := range c.states {
		c.rotate(&c.states[i], true)
	}
	return c
}

func (c *crowd) rotate(s *SecretState, done bool) {
	credentials := newCredentials(testGateway, s.ClientID, testScopes)
	credentials.secret = sensitive.Random()
	text, err := credentials.encode()
	if err != nil {
		panic(err)
	}
	c.values[s.ID+"first"] = text
	s.Versions = map[string]string{LabelCurrent: "first", LabelPrevious: "initial"}
	s.Changed = virtual.Epoch.Add(c.Now)
	s.Rotated = s.Changed
	s.Settled = Settled{
		Done: done, CurrentID: "first", PreviousID: "initial", Since: s.Changed, Digest: s.digest(testGateway),
	}.String()
}

func (c *crowd) call(name string, effect func()) error {
	return c.Call(name, false, func(time.Duration) error {
		c.calls[name]++
		effect()
		return nil
	})
}

type (
	crowdSecrets struct{ *crowd }
	crowdClients struct{ *crowd }
	crowdTokens  struct{ *crowd }
)

func (c crowdSecrets) List(_ context.Context, page func([]SecretState)) error {
	for i := 0; i < len(c.states); i += 100 {
		if err := c.call("ListSecrets", func() { page(c.states[i : i+100]) }); err != nil {
			return err
		}
	}
	return nil
}

func (c crowdSecrets) Describe(_ context.Context, id string) (s SecretState, err error) {
	err = c.call("DescribeSecret", func() { s = c.states[c.index[id]] })
	return s, err
}

func (c crowdSecrets) Value(_ context.Context, id, version string) (v Version, err error) {
	err = c.call("GetSecretValue", func() { v = Version{SecretString: c.values[id+version], Created: c.states[c.index[id]].Changed} })
	return v, err
}

func (c crowdSecrets) StartRotation(_ context.Context, id string) error {
	return c.call("RotateSecret", func() {
		c.started = append(c.started, c.Now)
		c.rotate(&c.states[c.index[id]], false)
	})
}

func (c crowdSecrets) Put(context.Context, string, string, string, sensitive.Value) error {
	return c.call("PutSecretValue", func() {})
}

func (c crowdSecrets) MoveLabel(context.Context, string, string, string, string) error {
	return c.call("UpdateSecretVersionStage", func() {})
}

func (c crowdSecrets) SaveSettled(_ context.Context, id, value string) error {
	return c.call("TagResource", func() { c.states[c.index[id]].Settled = value })
}

func (c crowdClients) Describe(_ context.Context, id string) (Client, error) {
	return Client{strings.TrimPrefix(id, "client"), testScopes}, c.call("DescribeUserPoolClient", func() {})
}

func (c crowdClients) List(context.Context, string) ([]string, error) {
	return []string{"id"}, c.call("ListUserPoolClientSecrets", func() {})
}

func (c crowdClients) Add(context.Context, string, sensitive.Value) error {
	return c.call("AddUserPoolClientSecret", func() {})
}

func (c crowdClients) Delete(context.Context, string, string) error {
	return c.call("DeleteUserPoolClientSecret", func() {})
}

func (c crowdTokens) Authenticate(context.Context, string, sensitive.Value, string) Outcome {
	_ = c.call("Authenticate", func() {})
	return Authenticated
}

func (c crowdTokens) Reach(context.Context) Outcome { return Denied }

// TestSweep_onlyListsSettledSecrets: with nothing to do, a sweep over ten thousand secrets is a hundred requests.
func TestSweep_onlyListsSettledSecrets(t *testing.T) {
	for name, c := range map[string]*crowd{"settled": newCrowd().onboarded(), "in the grace": newCrowd()} {
		want := SweepReport{Secrets: crowdSize}
		if name == "in the grace" {
			for i := range c.states {
				c.rotate(&c.states[i], false)
			}
			want.Unsettled = crowdSize
		}
		var report SweepReport
		err := c.Invoke(func(ctx context.Context) (err error) { report, err = c.rotator().Sweep(ctx); return err })
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, report); diff != "" {
			t.Errorf("%s: report (-want +got):\n%s", name, diff)
		}
		if diff := cmp.Diff(map[string]int{"ListSecrets": 100}, c.calls); diff != "" {
			t.Errorf("%s: calls (-want +got):\n%s", name, diff)
		}
	}
}

// TestSweep_onboardsAtItsPace: each sweep starts rotations and asks Cognito no faster than the pace, ends before its invocation does,
// and the next one goes on where there is something left, until every secret is settled.
func TestSweep_onboardsAtItsPace(t *testing.T) {
	c := newCrowd()
	r := c.rotator()
	sweeps, allStarted := 0, 0
	for left := crowdSize; left > 0; sweeps++ {
		if sweeps == 200 {
			t.Fatalf("%d secrets are not settled after %d sweeps", left, sweeps)
		}
		began := c.Now
		var report SweepReport
		err := c.Invoke(func(ctx context.Context) (err error) { report, err = r.Sweep(ctx); return err })
		if err != nil {
			t.Fatalf("sweep %d: %v", sweeps+1, err)
		}
		took := c.Now - began
		if limit := r.Config.FunctionTimeout - r.Config.longestTurn(); took >= limit {
			t.Fatalf("sweep %d took %s, want less than %s: after that, a turn might not fit", sweeps+1, took, limit)
		}
		if want := crowdSize - len(c.started) + report.RotationsStarted; report.Placeholders != want || report.Failures != 0 {
			t.Errorf("sweep %d: %d placeholders, %d failures, want %d and none", sweeps+1, report.Placeholders, report.Failures, want)
		}
		if len(c.started) == crowdSize && allStarted == 0 {
			allStarted = sweeps + 1
		}
		left = report.Unsettled
		c.Advance(time.Hour - took)
	}
	if len(c.started) != crowdSize {
		t.Errorf("%d rotations started, want %d", len(c.started), crowdSize)
	}
	for i := 1; i < len(c.started); i++ {
		if gap := c.started[i] - c.started[i-1]; gap < r.Config.Pace {
			t.Fatalf("two rotations were started within %s, want %s at least", gap, r.Config.Pace)
		}
	}
	t.Logf("%d secrets: all rotations were started by %d hourly sweeps, all secrets settled by %d", crowdSize, allStarted, sweeps)
}
