package awslimits_test

import (
	"strings"
	"testing"
	"time"

	"github.com/cognito-m2m/cognito-m2m-cdk/internal/awslimits"
)

func TestRules_validities(t *testing.T) {
	t.Run("AccessTokenValidity", func(t *testing.T) {
		expect(t, awslimits.AccessTokenValidity,
			[]time.Duration{5 * time.Minute, time.Hour, 24 * time.Hour},
			[]time.Duration{-time.Hour, 0, 4 * time.Minute, 5*time.Minute + time.Second, 24*time.Hour + time.Minute})
	})
	t.Run("CachedValidity", func(t *testing.T) {
		expect(t, awslimits.CachedValidity,
			[]time.Duration{10 * time.Minute, 24 * time.Hour},
			[]time.Duration{0, 5 * time.Minute, 9 * time.Minute, 10*time.Minute + time.Second, 24*time.Hour + time.Minute})
	})
}

func TestCacheTTL_bounds(t *testing.T) {
	hour := awslimits.ClientValidity{Client: "shop", Validity: time.Hour}
	half := awslimits.ClientValidity{Client: "payments", Validity: 30 * time.Minute}
	ten := awslimits.ClientValidity{Client: "trial", Validity: 10 * time.Minute}
	day := awslimits.ClientValidity{Client: "reporting", Validity: 24 * time.Hour}
	for _, test := range []struct {
		name      string
		requested time.Duration
		clients   []awslimits.ClientValidity
		want      time.Duration
		refusal   []string
	}{
		{name: "default is 75 %", clients: []awslimits.ClientValidity{hour}, want: 45 * time.Minute},
		{name: "default of the shortest", clients: []awslimits.ClientValidity{hour, half, day}, want: 22*time.Minute + 30*time.Second},
		{name: "default leaves 5m", clients: []awslimits.ClientValidity{ten}, want: 5 * time.Minute},
		{name: "default is an hour at most", clients: []awslimits.ClientValidity{day}, want: time.Hour},
		{name: "shortest TTL", requested: time.Second, clients: []awslimits.ClientValidity{hour}, want: time.Second},
		{name: "longest TTL", requested: 55 * time.Minute, clients: []awslimits.ClientValidity{hour}, want: 55 * time.Minute},
		{name: "longest TTL at all", requested: time.Hour, clients: []awslimits.ClientValidity{day}, want: time.Hour},
		{name: "over the longest", requested: 25*time.Minute + time.Second, clients: []awslimits.ClientValidity{hour, half},
			refusal: []string{"25m1s", "25m0s", `"payments"`, "30m0s"}},
		{name: "over an hour", requested: time.Hour + time.Second, clients: []awslimits.ClientValidity{day},
			refusal: []string{"1h0m1s", "1h0m0s", `"reporting"`}},
		{name: "negative", requested: -time.Second, clients: []awslimits.ClientValidity{hour}, refusal: []string{"-1s", "1s to 55m0s"}},
		{name: "half a second", requested: 1500 * time.Millisecond, clients: []awslimits.ClientValidity{hour},
			refusal: []string{"1.5s", "whole seconds"}},
		{name: "validity too short", clients: []awslimits.ClientValidity{hour, {Client: "quick", Validity: 9 * time.Minute}},
			refusal: []string{`"quick"`, "9m0s", "10m0s"}},
		{name: "no clients", refusal: []string{"no access-token validity"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			got, err := awslimits.CacheTTL(test.requested, test.clients)
			if test.refusal == nil && (err != nil || got != test.want) {
				t.Errorf("got %v, %v, want %v", got, err, test.want)
			}
			if test.refusal != nil && err == nil {
				t.Fatalf("got %v, want an error", got)
			}
			for _, part := range test.refusal {
				if !strings.Contains(err.Error(), part) {
					t.Errorf("error does not say %q: %v", part, err)
				}
			}
		})
	}
}
