package usageplan_test

import (
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/cognito-m2m/cognito-m2m-cdk/simulator/internal/usageplan"
)

type object = map[string]any

const value = "a-key-of-twenty-and-more-characters"

// setup is a plan for the stage api/v1 with a key in it. A test changes it before it builds the keys.
type setup struct {
	now               time.Time
	key, plan, member object
}

func newSetup() *setup {
	return &setup{
		now:    time.Date(2026, time.March, 31, 23, 59, 59, 0, time.UTC), // a Tuesday
		key:    object{"Name": "orders", "Value": value, "Enabled": true, "GenerateDistinctId": true},
		plan:   object{"UsagePlanName": "small", "ApiStages": []any{object{"ApiId": "api", "Stage": "v1", "Throttle": object{}}}},
		member: object{"KeyId": "key", "KeyType": "API_KEY", "UsagePlanId": "plan"},
	}
}

func (s *setup) build() (*usageplan.Keys, error) {
	k := usageplan.New(func() time.Time { return s.now })
	if err := k.AddKey("stack/Key", "key", s.key); err != nil {
		return nil, err
	}
	if err := k.AddPlan("stack/Plan", "plan", s.plan); err != nil {
		return nil, err
	}
	return k, k.AddToPlan("stack/Member", s.member)
}

func (s *setup) mustBuild(t *testing.T) *usageplan.Keys {
	t.Helper()
	k, err := s.build()
	if err != nil {
		t.Fatal(err)
	}
	return k
}

func TestUsagePlan_onlyAKeyOfAPlanOfTheStageIsTaken(t *testing.T) {
	k := newSetup().mustBuild(t)
	for _, test := range []struct {
		value, api, stage string
		want              usageplan.Verdict
	}{
		{value, "api", "v1", usageplan.Allowed}, {value, "api", "v2", usageplan.Unknown}, {value, "other", "v1", usageplan.Unknown},
		{"", "api", "v1", usageplan.Unknown}, {strings.ToUpper(value), "api", "v1", usageplan.Unknown},
	} {
		if _, got := k.Use(test.value, test.api, test.stage); got != test.want {
			t.Errorf("%q at %s/%s: got %d, want %d", test.value, test.api, test.stage, got, test.want)
		}
	}
	if id, _ := k.Use(value, "api", "v1"); id != "key" {
		t.Errorf("got key %q", id)
	}
	if diff := cmp.Diff([]usageplan.Key{{ID: "key", Name: "orders", Value: value}}, k.All("api", "v1")); diff != "" ||
		len(k.All("api", "v2")) > 0 {
		t.Errorf("all keys: %s, of another stage: %v", diff, k.All("api", "v2"))
	}
}

func TestUsagePlan_disabledKeyIsUnknown(t *testing.T) {
	for _, enabled := range []any{false, nil} {
		s := newSetup()
		s.key["Enabled"] = enabled
		if enabled == nil {
			delete(s.key, "Enabled")
		}
		k := s.mustBuild(t)
		if _, got := k.Use(value, "api", "v1"); got != usageplan.Unknown || len(k.All("api", "v1")) > 0 {
			t.Errorf("Enabled %v: got %d", enabled, got)
		}
	}
}

func TestUsagePlan_keyWithoutValueGetsOne(t *testing.T) {
	s := newSetup()
	delete(s.key, "Value")
	k := s.mustBuild(t)
	given := k.All("api", "v1")[0].Value
	if _, got := k.Use(given, "api", "v1"); got != usageplan.Allowed || len(given) < 20 {
		t.Errorf("%d characters: got %d", len(given), got)
	}
}

func TestUsagePlan_throttleOfAPlan(t *testing.T) {
	s := newSetup()
	s.plan["Throttle"] = object{"RateLimit": 0.5, "BurstLimit": 2.0}
	s.plan["Quota"] = object{"Limit": 3.0, "Period": "DAY"}
	k := s.mustBuild(t)
	ask := func(want usageplan.Verdict) {
		t.Helper()
		if _, got := k.Use(value, "api", "v1"); got != want {
			t.Errorf("got %d, want %d", got, want)
		}
	}
	ask(usageplan.Allowed)
	ask(usageplan.Allowed)
	ask(usageplan.Throttled)
	ask(usageplan.Throttled)
	s.now = s.now.Add(-2 * time.Second) // A clock that goes backwards gives no tokens.
	ask(usageplan.Throttled)
	s.now = s.now.Add(4 * time.Second)
	ask(usageplan.Allowed)
}

func TestUsagePlan_quotaOfAPlanEndsWithItsPeriod(t *testing.T) {
	for period, next := range map[string]time.Time{
		"DAY":   time.Date(2026, time.April, 1, 0, 0, 0, 0, time.UTC),
		"WEEK":  time.Date(2026, time.April, 5, 0, 0, 0, 0, time.UTC),
		"MONTH": time.Date(2026, time.April, 1, 0, 0, 0, 0, time.UTC),
	} {
		s := newSetup()
		s.plan["Quota"] = object{"Limit": 2.0, "Period": period}
		k := s.mustBuild(t)
		use := func() usageplan.Verdict { _, got := k.Use(value, "api", "v1"); return got }
		got := []usageplan.Verdict{use(), use(), use()}
		s.now = next.Add(-time.Second)
		got = append(got, use())
		s.now = next
		got = append(got, use(), use(), use())
		want := []usageplan.Verdict{usageplan.Allowed, usageplan.Allowed, usageplan.QuotaExceeded, usageplan.QuotaExceeded, usageplan.Allowed,
			usageplan.Allowed, usageplan.QuotaExceeded}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s: %s", period, diff)
		}
	}
}

func TestUsagePlan_keysHaveQuotasOfTheirOwn(t *testing.T) {
	s := newSetup()
	s.plan["Quota"] = object{"Limit": 1.0, "Period": "DAY"}
	k := s.mustBuild(t)
	if err := k.AddKey("stack/Second", "second", object{"Name": "b", "Value": "second-" + value, "Enabled": true}); err != nil {
		t.Fatal(err)
	}
	if err := k.AddToPlan("stack/SecondMember", object{"KeyId": "second", "KeyType": "API_KEY", "UsagePlanId": "plan"}); err != nil {
		t.Fatal(err)
	}
	for _, v := range []string{value, "second-" + value} {
		if _, got := k.Use(v, "api", "v1"); got != usageplan.Allowed {
			t.Errorf("first request with %s: got %d", v, got)
		}
		if _, got := k.Use(v, "api", "v1"); got != usageplan.QuotaExceeded {
			t.Errorf("second request with %s: got %d", v, got)
		}
	}
}

func TestUsagePlan_countsAreExactUnderConcurrency(t *testing.T) {
	s := newSetup()
	s.plan["Quota"] = object{"Limit": 100.0, "Period": "DAY"}
	k := s.mustBuild(t)
	var allowed atomic.Int64
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for range 50 {
				if _, got := k.Use(value, "api", "v1"); got == usageplan.Allowed {
					allowed.Add(1)
				}
			}
		})
	}
	wg.Wait()
	if allowed.Load() != 100 {
		t.Errorf("%d of 400 requests allowed, want the quota of 100", allowed.Load())
	}
}

func TestUsagePlan_mistakesAreRefused(t *testing.T) {
	for want, change := range map[string]func(*setup){
		"stack/Key.Value: has 5 characters, want 20 to 128":  func(s *setup) { s.key["Value"] = "short" },
		"stack/Key.StageKeys: is not simulated: usage plans": func(s *setup) { s.key["StageKeys"] = []any{} },
		"stack/Key.Secret: unknown property":                 func(s *setup) { s.key["Secret"] = "x" },
		"stack/Plan.Quota.Period: got \"HOUR\", allowed are DAY, WEEK, MONTH": func(s *setup) {
			s.plan["Quota"] = object{"Limit": 1.0, "Period": "HOUR"}
		},
		"stack/Plan.Quota.Offset: got 3, want a whole number from 0 to 0": func(s *setup) {
			s.plan["Quota"] = object{"Limit": 1.0, "Period": "DAY", "Offset": 3.0}
		},
		"stack/Plan.Quota.Limit: is required":         func(s *setup) { s.plan["Quota"] = object{"Period": "DAY"} },
		"stack/Plan.Throttle.BurstLimit: is required": func(s *setup) { s.plan["Throttle"] = object{"RateLimit": 1.0} },
		"stack/Plan.ApiStages[0].Throttle: is not simulated": func(s *setup) {
			s.plan["ApiStages"].([]any)[0].(object)["Throttle"] = object{"/token/POST": object{}}
		},
		"stack/Member.KeyType: got \"KEY\", allowed are API_KEY":                         func(s *setup) { s.member["KeyType"] = "KEY" },
		"stack/Member.KeyId: got \"other\", which is no API key of the assembly":         func(s *setup) { s.member["KeyId"] = "other" },
		"stack/Member.UsagePlanId: got \"other\", which is no usage plan of the assembl": func(s *setup) { s.member["UsagePlanId"] = "other" },
	} {
		s := newSetup()
		change(s)
		if _, err := s.build(); err == nil || !strings.HasPrefix(err.Error(), want) || strings.Contains(err.Error(), value) {
			t.Errorf("got %v, want %s…", err, want)
		}
	}
}

func TestUsagePlan_whatAWSAllowsOnceIsRefusedTwice(t *testing.T) {
	k := newSetup().mustBuild(t)
	if err := k.AddKey("stack/Again", "again", object{"Value": value}); err == nil ||
		!strings.HasPrefix(err.Error(), "stack/Again.Value: is the value of key key, too") {
		t.Errorf("a value twice: got %v", err)
	}
	if err := k.AddPlan("stack/Large", "large", object{"UsagePlanName": "large", "ApiStages": []any{object{"ApiId": "api",
		"Stage": "v1"}}}); err != nil {
		t.Fatal(err)
	}
	err := k.AddToPlan("stack/Both", object{"KeyId": "key", "KeyType": "API_KEY", "UsagePlanId": "large"})
	if err == nil || !strings.Contains(err.Error(), `stack/Both: the key is in the plans "small" and "large" for the same stage`) {
		t.Errorf("two plans for a stage: got %v", err)
	}
}
