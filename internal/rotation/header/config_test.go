package header

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/cognito-m2m/cognito-m2m-cdk/internal/testkit/virtual"
)

func TestConfig_reportsBoundsThatDoNotFit(t *testing.T) {
	for _, tt := range []struct {
		name string
		edit func(*Config)
		want []string
	}{
		{"defaults", func(*Config) {}, nil},
		{"tests without waits", func(c *Config) {
			*c = Config{FunctionTimeout: time.Second, Grace: time.Second, StuckLimit: time.Second, ProbePasses: 1}
		}, nil},
		{"grace too short", func(c *Config) { c.Grace = 13 * time.Minute }, []string{
			"grace is 13m0s: want at least 14m0s (function timeout 10m0s + WAF bound 2m0s + stage bound 2m0s)",
		}},
		{"dwell longer than an invocation", func(c *Config) { c.WAFBound = 6 * time.Minute }, []string{
			"function timeout is 10m0s: want more than 14m0s (the longer of the probe deadline and twice the WAF bound plus the " +
				"stage bound: an invocation waits for these)",
		}},
		{"everything wrong", func(c *Config) {
			*c = Config{WAFBound: -1, FunctionTimeout: 16 * time.Minute, Grace: time.Minute}
		}, []string{
			"WAF bound is -1ns: want 0s or more",
			"probe passes is 0: want 1 or more",
			"function timeout is 16m0s: want more than 0s and at most 15m0s",
			"grace is 1m0s: want at least 15m59.999999999s (function timeout 16m0s + WAF bound -1ns + stage bound 0s)",
			"stuck limit is 0s: want at least the grace of 1m0s",
		}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			c := DefaultConfig()
			tt.edit(&c)
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

func TestFlushState_roundTrips(t *testing.T) {
	for _, state := range []FlushState{{}, {Due: true}, {Last: virtual.Epoch}, {Due: true, Last: virtual.Epoch}} {
		got, err := ParseFlushState(state.String())
		if err != nil || !got.Last.Equal(state.Last) || got.Due != state.Due {
			t.Errorf("%v was read as %v, %v", state, got, err)
		}
	}
	for _, text := range []string{"due", "due yesterday", "later 2026-01-01T00:00:00Z"} {
		if _, err := ParseFlushState(text); err == nil {
			t.Errorf("%q is taken for a flush state", text)
		}
	}
}
