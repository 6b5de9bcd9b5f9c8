package credentials

import (
	"testing"
	"time"
)

func TestLifetimes(t *testing.T) {
	now := time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)
	jwt := func(age, validity, expiresIn time.Duration) response {
		return response{issued: now.Add(-age), expires: now.Add(validity - age), expiresIn: expiresIn}
	}
	dated := func(r response, date time.Time) response {
		r.date = date
		return r
	}
	shifted := func(r response, by time.Duration) response {
		r.issued, r.expires = r.issued.Add(by), r.expires.Add(by)
		if !r.date.IsZero() {
			r.date = r.date.Add(by)
		}
		return r
	}
	hour := jwt(0, time.Hour, 15*time.Minute)
	for name, c := range map[string]struct {
		response
		expires, end, refreshFrom, refreshTo time.Duration
	}{
		"fresh":                               {jwt(0, time.Hour, time.Hour), time.Hour, 59 * time.Minute, 2832 * time.Second, 3186 * time.Second},
		"fresh, cached for 45 minutes":        {hour, time.Hour, 59 * time.Minute, 2832 * time.Second, 3186 * time.Second},
		"fresh, cached for 55 minutes":        {jwt(0, time.Hour, 5*time.Minute), time.Hour, 59 * time.Minute, 3305 * time.Second, 3423 * time.Second},
		"from the cache":                      {jwt(44*time.Minute, time.Hour, 15*time.Minute), 16 * time.Minute, 15 * time.Minute, 720 * time.Second, 810 * time.Second},
		"less than its margin twice":          {jwt(59*time.Minute, time.Hour, 0), time.Minute, 30 * time.Second, 24 * time.Second, 27 * time.Second},
		"expires_in is no lower bound":        {jwt(50*time.Minute, time.Hour, time.Hour), 10 * time.Minute, 9 * time.Minute, 432 * time.Second, 486 * time.Second},
		"no exp":                              {response{expiresIn: 10 * time.Minute}, 10 * time.Minute, 9 * time.Minute, 432 * time.Second, 486 * time.Second},
		"neither":                             {response{}, 0, 0, 0, 0},
		"longer than Cognito allows":          {jwt(0, 100*time.Hour, 0), 24 * time.Hour, 24*time.Hour - time.Minute, 69072 * time.Second, 77706 * time.Second},
		"local clock behind":                  {shifted(dated(hour, now), 40*time.Minute), time.Hour, 59 * time.Minute, 2832 * time.Second, 3186 * time.Second},
		"local clock behind, no Date":         {shifted(hour, 40*time.Minute), time.Hour, 59 * time.Minute, 2832 * time.Second, 3186 * time.Second},
		"local clock behind, from the cache":  {shifted(dated(jwt(44*time.Minute, time.Hour, 0), now), 40*time.Minute), 16 * time.Minute, 15 * time.Minute, 720 * time.Second, 810 * time.Second},
		"local clock ahead by a token's time": {shifted(dated(hour, now), -2*time.Hour), time.Hour, 59 * time.Minute, 2832 * time.Second, 3186 * time.Second},
		"the same without a Date":             {shifted(hour, -2*time.Hour), 15 * time.Minute, 14 * time.Minute, 672 * time.Second, 756 * time.Second},
		"Date of another clock, behind":       {dated(hour, now.Add(-time.Hour)), time.Hour, 59 * time.Minute, 2832 * time.Second, 3186 * time.Second},
		"Date of another clock, ahead":        {dated(hour, now.Add(time.Hour)), time.Hour, 59 * time.Minute, 2832 * time.Second, 3186 * time.Second},
	} {
		t.Run(name, func(t *testing.T) {
			first, last := c.lifetimeOf(now, time.Minute, 0), c.lifetimeOf(now, time.Minute, 1)
			for what, times := range map[string][2]time.Duration{
				"expires": {first.expires.Sub(now), c.expires}, "end": {first.end.Sub(now), c.end},
				"first refresh": {first.refresh.Sub(now).Round(time.Second), c.refreshFrom}, "last refresh": {last.refresh.Sub(now).Round(time.Second), c.refreshTo},
			} {
				if times[0] != times[1] {
					t.Errorf("%s after %s, want %s", what, times[0], times[1])
				}
			}
			if c.expires > 0 && last.refresh.After(last.end) {
				t.Error("the refresh comes after the end")
			}
		})
	}
}
