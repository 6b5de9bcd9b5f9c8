package pricing_test

import (
	"container/heap"
	"encoding/json"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/cognito-m2m/cognito-m2m-cdk/internal/awslimits"
	"github.com/cognito-m2m/cognito-m2m-cdk/internal/pricing"
)

// simulate plays a month of independent requests against a cache with a TTL, entry by entry, and counts the misses. weights are the shares
// of the keys.
func simulate(u pricing.Usage, weights []float64, random *rand.Rand) (misses int64) {
	sum := 0.0
	for _, w := range weights {
		sum += w
	}
	var pending arrivals
	month, ttl := pricing.HoursPerMonth*3600.0, u.TTL.Seconds()
	rate := make([]float64, len(weights))
	for i, w := range weights {
		rate[i] = float64(u.RequestsPerDay) / 86_400 * w / sum
		pending = append(pending, arrival{random.ExpFloat64() / rate[i], i})
	}
	for range u.FlushesPerMonth {
		pending = append(pending, arrival{month * random.Float64(), -1})
	}
	heap.Init(&pending)
	expires := make([]float64, len(weights))
	for pending[0].at < month {
		next := heap.Pop(&pending).(arrival)
		if next.key < 0 {
			clear(expires)
			continue
		}
		if next.at >= expires[next.key] {
			misses++
			expires[next.key] = next.at + ttl
		}
		heap.Push(&pending, arrival{next.at + random.ExpFloat64()/rate[next.key], next.key})
	}
	return misses
}

type arrival struct {
	at  float64
	key int
}

type arrivals []arrival

func (a arrivals) Len() int           { return len(a) }
func (a arrivals) Less(i, j int) bool { return a[i].at < a[j].at }
func (a arrivals) Swap(i, j int)      { a[i], a[j] = a[j], a[i] }
func (a *arrivals) Push(x any)        { *a = append(*a, x.(arrival)) }
func (a *arrivals) Pop() any {
	last := (*a)[len(*a)-1]
	*a = (*a)[:len(*a)-1]
	return last
}

func even(n int64) []float64 {
	weights := make([]float64, n)
	for i := range weights {
		weights[i] = 1
	}
	return weights
}

func TestMisses_asSimulated(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	for _, u := range []pricing.Usage{
		{RequestsPerDay: 5_000, Clients: 10, ScopeSets: 1, TTL: 45 * time.Minute},
		{RequestsPerDay: 5_000, Clients: 100, ScopeSets: 2, TTL: 45 * time.Minute},
		{RequestsPerDay: 5_000, Clients: 400, ScopeSets: 5, TTL: time.Hour},
		{RequestsPerDay: 5_000, Clients: 3, ScopeSets: 1, TTL: 5 * time.Minute},
	} {
		got, want := float64(u.Misses()), float64(simulate(u, even(u.Keys()), random))
		if math.Abs(got-want) > 0.02*want {
			t.Errorf("%+v: expected %v misses, simulated %v", u, got, want)
		}
	}
}

// A flush costs no more than reckoned, and about half of it: some entries would soon have expired anyway.
func TestMisses_flushesAsSimulated(t *testing.T) {
	random := rand.New(rand.NewPCG(3, 4))
	u := pricing.Usage{RequestsPerDay: 20_000, Clients: 50, ScopeSets: 1, TTL: time.Hour}
	without := simulate(u, even(50), random)
	u.FlushesPerMonth = 365
	with := simulate(u, even(50), random)
	reckoned := u.Misses()
	u.FlushesPerMonth = 0
	reckoned -= u.Misses()
	if extra := with - without; extra > reckoned || extra < reckoned*2/5 {
		t.Errorf("flushes cost %d tokens when simulated, %d when reckoned", extra, reckoned)
	}
}

// Even use is the worst case of independent requests of the same number.
func TestMisses_unevenClientsMissLess(t *testing.T) {
	random := rand.New(rand.NewPCG(5, 6))
	u := pricing.Usage{RequestsPerDay: 5_000, Clients: 100, ScopeSets: 1, TTL: 45 * time.Minute}
	weights := even(100)
	for i := range weights {
		weights[i] = 1 / float64(i+1)
	}
	if got := simulate(u, weights, random); float64(got) > 0.95*float64(u.Misses()) {
		t.Errorf("uneven clients miss %d times, even ones are reckoned to miss %d times", got, u.Misses())
	}
}

func TestMisses_haveBounds(t *testing.T) {
	for _, u := range []pricing.Usage{
		{RequestsPerDay: 1, Clients: 1, ScopeSets: 1, TTL: time.Second},
		{RequestsPerDay: 10, Clients: 10_000, ScopeSets: 50, TTL: time.Hour, FlushesPerMonth: 10_000},
		{RequestsPerDay: 1_000_000_000, Clients: 1, ScopeSets: 1, TTL: time.Hour},
	} {
		windows := u.Keys() * int64(math.Ceil(pricing.HoursPerMonth/u.TTL.Hours()))
		if m := u.Misses(); m < 1 || m > u.Requests() || m > windows*(u.FlushesPerMonth+1) {
			t.Errorf("%+v: %d misses of %d requests, with %d windows", u, m, u.Requests(), windows)
		}
	}
}

// A month by hand: 100,000 requests a day of 50 clients with a TTL of 45 minutes.
func TestEstimate_byHand(t *testing.T) {
	r := pricing.Default().Regions["us-east-1"]
	u := pricing.Usage{RequestsPerDay: 100_000, Clients: 50, ScopeSets: 1, TTL: 45 * time.Minute}
	// 100,000 × 730 / 24 requests; a key has 62.5 of them in 45 minutes, so misses are 3,041,667 / 63.5.
	if u.Requests() != 3_041_667 || u.Misses() != 47_901 {
		t.Errorf("%d requests, %d misses", u.Requests(), u.Misses())
	}
	e, err := r.Estimate(
		u,
		pricing.Deployment{
			CacheGB: "0.5", Edge: true, TenantSecrets: true, ChargeClients: true, Monitoring: true, Alarms: 10, Metrics: 3, Dashboards: 1,
			CompositeAlarms: 1,
		},
	)
	if err != nil {
		t.Fatal(err)
	}
	const tokens = 107_777_250 // 47,901 × 2,250
	want := []pricing.Line{
		{"Cognito token requests", tokens, 562_500_000 + 2_791_667*1_500, tokens},
		{"Cognito app clients", 300_000_000, 300_000_000, 300_000_000},
		{"API Gateway requests", 10_645_835, 0, 0}, // 3,041,667 × 3.5, rounded
		{"API Gateway cache, 0.5 GB", 14_600_000, 0, 0},
		{"Web ACL of the user pool", 7_028_741, 0, 0}, // 7 + 47,901 × 0.0000006
		{"Web ACL at the edge", 15_825_000, 0, 0},     // 14 + 3,041,667 × 0.0000006
		{"Origin header's secret, keys", 3_400_000, 0, 0},
		{"Tenants' secrets, keys", 22_000_000, 22_000_000, 22_000_000},
		{"Alarms, metrics, dashboards", 5_400_000, 0, 0},
		{"Monitoring's keys", 3_000_000, 0, 0},
	}
	var with, without pricing.USD
	for i, line := range want {
		if i >= len(e.Lines) || e.Lines[i] != line {
			t.Fatalf("line %d is %+v, want %+v", i, e.Lines, line)
		}
		with, without = with+line.With, without+line.Without
	}
	if len(e.Lines) != len(want) || e.Total.With != with || e.Total.Without != without || e.Saved() != without-with {
		t.Errorf("total %+v, saved %v", e.Total, e.Saved())
	}
	if _, err := r.Estimate(u, pricing.Deployment{CacheGB: "7"}); err == nil {
		t.Error("a cache of 7 GB has a price")
	}
}

// The numbers are those of the templates of dev, which has every part except a budget.
func TestWatch_asInTheTemplates(t *testing.T) {
	alarms, keys := map[string]int64{}, map[string]int64{}
	for _, stack := range []string{"gateway", "credentials", "monitoring"} {
		body, err := os.ReadFile(filepath.Join("..", "..", "testdata", "snapshots", "m2m-dev-"+stack+"_1.snap.json"))
		if err != nil {
			t.Fatal(err)
		}
		var template struct {
			Resources map[string]struct {
				Type       string
				Properties struct{ Metrics []struct{ MetricStat any } }
			}
		}
		if err := json.Unmarshal(body, &template); err != nil {
			t.Fatal(err)
		}
		for _, r := range template.Resources {
			switch r.Type {
			case "AWS::CloudWatch::Alarm":
				alarms[stack] += metricsOf(r.Properties.Metrics)
			case "AWS::KMS::Key":
				keys[stack]++
			}
		}
	}
	type numbers struct{ gateway, credentials, monitoring int64 }
	if got, want := (numbers{alarms["gateway"], alarms["credentials"], alarms["monitoring"]}),
		(numbers{pricing.GatewayAlarms, pricing.CredentialsAlarms, pricing.MonitoringAlarms + pricing.EdgeAlarms}); got != want {
		t.Errorf("alarms' metrics: the templates have %+v, reckoned with %+v", got, want)
	}
	want := numbers{pricing.GatewayKeys, pricing.CredentialsKeys, pricing.MonitoringKeys}
	if got := (numbers{keys["gateway"], keys["credentials"], keys["monitoring"]}); got != want {
		t.Errorf("keys: the templates have %+v, reckoned with %+v", got, want)
	}
}

// metricsOf are the metrics that an alarm looks at: those of its queries, or its one.
func metricsOf(queries []struct{ MetricStat any }) (n int64) {
	for _, query := range queries {
		if query.MetricStat != nil {
			n++
		}
	}
	return max(1, n)
}

func TestWatch_byHand(t *testing.T) {
	for d, want := range map[pricing.Deployment]pricing.Deployment{
		{}:                                {Alarms: 9, Metrics: 6},
		{Edge: true}:                      {Alarms: 9, Metrics: 6},
		{TenantSecrets: true, Alarms: 99}: {Alarms: 20, Metrics: 16},
		{Monitoring: true}:                {Alarms: 21, Metrics: 59, CompositeAlarms: 1, Dashboards: 1},
		{Monitoring: true, Edge: true, TenantSecrets: true}: {Alarms: 36, Metrics: 69, CompositeAlarms: 1, Dashboards: 1},
	} {
		want.Edge, want.TenantSecrets, want.Monitoring = d.Edge, d.TenantSecrets, d.Monitoring
		if d.Watch(50); d != want {
			t.Errorf("got %+v, want %+v", d, want)
		}
	}
	many := pricing.Deployment{Monitoring: true}
	if many.Watch(5000); many.Metrics != pricing.GatewayMetrics+pricing.MonitoringMetrics+pricing.MaxTenantMetrics {
		t.Errorf("%d metrics of 5000 clients", many.Metrics)
	}
}

// At the break-even the proxy pays and with one request a day less it does not, whatever the use.
func TestEstimate_breakEvenPerDay(t *testing.T) {
	r := pricing.Default().Regions["us-east-1"]
	random := rand.New(rand.NewPCG(7, 8))
	sizes := awslimits.CacheSizes()
	found := 0
	for range 300 {
		u := pricing.Usage{
			Clients: 1 + random.Int64N(10_000), ScopeSets: 1 + random.Int64N(5), TTL: time.Duration(1+random.Int64N(3600)) * time.Second,
			FlushesPerMonth: random.Int64N(100),
		}
		d := pricing.Deployment{
			CacheGB: sizes[random.IntN(len(sizes))], Edge: random.IntN(2) == 0, TenantSecrets: random.IntN(2) == 0, Alarms: random.Int64N(30),
		}
		perDay, ok, err := r.BreakEvenPerDay(u, d)
		if err != nil {
			t.Fatal(err)
		}
		saved := func(perDay int64) pricing.USD {
			u.RequestsPerDay = perDay
			e, err := r.Estimate(u, d)
			if err != nil {
				t.Fatal(err)
			}
			return e.Saved()
		}
		if !ok {
			if saved(1_000_000_000) >= 0 {
				t.Errorf("%+v %+v: pays at a billion a day, not found", u, d)
			}
			continue
		}
		found++
		if saved(perDay) < 0 || perDay > 1 && saved(perDay-1) >= 0 {
			t.Errorf("%+v %+v: saves %v at %d requests a day, %v at one less", u, d, saved(perDay), perDay, saved(perDay-1))
		}
	}
	if found < 250 {
		t.Errorf("only %d of 300 have a break-even", found)
	}
}

func TestSmallestCache_holdsTheEntries(t *testing.T) {
	caches := pricing.Default().Regions["us-east-1"].Cache
	for entries, want := range map[int64]string{
		1: "0.5", 196_608: "0.5", 196_609: "1.6", 10_000 * 50: "1.6", 2_000_000: "6.1", 93_000_000: "237",
	} {
		if got, ok := caches.Smallest(entries); !ok || got.SizeGB != want {
			t.Errorf("%d entries fit into %v GB, want %v", entries, got.SizeGB, want)
		}
	}
	if got, ok := caches.Smallest(100_000_000); ok {
		t.Errorf("100 million entries fit into %v GB", got.SizeGB)
	}
}

// The parts that are paid for by the month are those of the templates.
func TestParts_asInTheTemplates(t *testing.T) {
	count := func(stack, resourceType string, of func(properties map[string]any) int64) (n int64) {
		content, err := os.ReadFile(filepath.Join("..", "..", "testdata", "snapshots", fmt.Sprintf("m2m-prod-%s_1.snap.json", stack)))
		if err != nil {
			t.Fatal(err)
		}
		var template struct {
			Resources map[string]struct {
				Type       string
				Properties map[string]any
			}
		}
		if err := json.Unmarshal(content, &template); err != nil {
			t.Fatal(err)
		}
		for _, resource := range template.Resources {
			if resource.Type == resourceType {
				n += of(resource.Properties)
			}
		}
		return n
	}
	one := func(map[string]any) int64 { return 1 }
	ruleCount := func(properties map[string]any) int64 { return int64(len(properties["Rules"].([]any))) }
	if n := count("gateway", "AWS::KMS::Key", one); n != pricing.GatewayKeys {
		t.Errorf("the gateway's stack has %d keys, reckoned are %d", n, pricing.GatewayKeys)
	}
	if n := count("gateway", "AWS::SecretsManager::Secret", one); n != 1 {
		t.Errorf("the gateway's stack has %d secrets, reckoned is 1", n)
	}
	if n := count("credentials", "AWS::KMS::Key", one); n != pricing.CredentialsKeys {
		t.Errorf("the credentials' stack has %d keys, reckoned are %d", n, pricing.CredentialsKeys)
	}
	if n := count("gateway", "AWS::WAFv2::WebACL", ruleCount); n != pricing.Rules+pricing.EdgeRules {
		t.Errorf("the gateway's stack has %d rules, reckoned are %d", n, pricing.Rules+pricing.EdgeRules)
	}
}
