package clientsecret

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestConfig_reportsBoundsThatDoNotFit(t *testing.T) {
	for _, tt := range []struct {
		name   string
		change func(*Config)
		want   []string
	}{
		{"defaults with an interval", func(*Config) {}, nil},
		{"bounds of zero", func(c *Config) {
			c.ConsistencyBound, c.AuthDeadline, c.ProbeInterval, c.Pace = 0, 0, 0, 0
		}, nil},
		{"daily with the longest grace", func(c *Config) { c.Interval, c.Grace = 24*time.Hour, 24*time.Hour-time.Second }, nil},
		{"no interval", func(c *Config) { c.Interval = 0 }, []string{"interval is 0s: want more than the grace of 24h0m0s"}},
		{"waits longer than an invocation", func(c *Config) { c.AuthDeadline = 13 * time.Minute }, []string{
			"function timeout is 15m0s: want more than 15m1s " +
				"(three times the consistency bound plus the authentication deadline plus the pace: an invocation waits for these; plus 30s)",
		}},
		{"everything wrong", func(c *Config) {
			*c = Config{Grace: time.Minute, Pace: -1, ConsistencyBound: -1, AuthDeadline: -1, ProbeInterval: -1, FunctionTimeout: 16 * time.Minute}
		}, []string{
			"pace is -1ns: want 0s or more",
			"consistency bound is -1ns: want 0s or more",
			"authentication deadline is -1ns: want 0s or more",
			"probe interval is -1ns: want 0s or more",
			"function timeout is 16m0s: want more than 0s and at most 15m0s",
			"grace is 1m0s: want at least 15m59.999999999s (function timeout 16m0s + consistency bound -1ns)",
			"stuck limit is 0s: want at least 15m59.999999999s (function timeout 16m0s + consistency bound -1ns)",
			"interval is 0s: want more than the grace of 1m0s",
		}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			c := DefaultConfig()
			c.Interval = 31 * 24 * time.Hour
			tt.change(&c)
			var got []string
			if err := c.Validate(); err != nil {
				got = strings.Split(err.Error(), "\n")
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("errors (-want +got):\n%s", diff)
			}
		})
	}
}
