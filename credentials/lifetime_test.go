package credentials

import (
	"testing"
	"time"
)

func TestLifetime_followsTheShorterClock(t *testing.T) {
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
	const h, m, s = time.Hour, time.Minute, time.Second
	for name, c := range map[string]struct {
		response
		expires, end, refreshFrom, refreshTo time.Duration
	}{
		"fresh":                               {jwt(0, h, h), h, 59 * m, 2832 * s, 3186 * s},
		"fresh, cached for 45 minutes":        {hour, h, 59 * m, 2832 * s, 3186 * s},
		"fresh, cached for 55 minutes":        {jwt(0, h, 5*m), h, 59 * m, 3305 * s, 3423 * s},
		"from the cache":                      {jwt(44*m, h, 15*m), 16 * m, 15 * m, 720 * s, 810 * s},
		"less than its margin twice":          {jwt(59*m, h, 0), m, 30 * s, 24 * s, 27 * s},
		"expires_in is no lower bound":        {jwt(50*m, h, h), 10 * m, 9 * m, 432 * s, 486 * s},
		"no exp":                              {response{expiresIn: 10 * m}, 10 * m, 9 * m, 432 * s, 486 * s},
		"neither":                             {response{}, 0, 0, 0, 0},
		"longer than Cognito allows":          {jwt(0, 100*h, 0), 24 * h, 24*h - m, 69072 * s, 77706 * s},
		"local clock behind":                  {shifted(dated(hour, now), 40*m), h, 59 * m, 2832 * s, 3186 * s},
		"local clock behind, no Date":         {shifted(hour, 40*m), h, 59 * m, 2832 * s, 3186 * s},
		"local clock behind, from the cache":  {shifted(dated(jwt(44*m, h, 0), now), 40*m), 16 * m, 15 * m, 720 * s, 810 * s},
		"local clock ahead by a token's time": {shifted(dated(hour, now), -2*h), h, 59 * m, 2832 * s, 3186 * s},
		"the same without a Date":             {shifted(hour, -2*h), 15 * m, 14 * m, 672 * s, 756 * s},
		"Date of another clock, behind":       {dated(hour, now.Add(-h)), h, 59 * m, 2832 * s, 3186 * s},
		"Date of another clock, ahead":        {dated(hour, now.Add(h)), h, 59 * m, 2832 * s, 3186 * s},
	} {
		t.Run(name, func(t *testing.T) {
			first, last := c.lifetimeOf(now, time.Minute, 0), c.lifetimeOf(now, time.Minute, 1)
			for what, times := range map[string][2]time.Duration{
				"expires": {first.expires.Sub(now), c.expires}, "end": {first.end.Sub(now), c.end},
				"first refresh": {first.refresh.Sub(now).Round(time.Second), c.refreshFrom},
				"last refresh":  {last.refresh.Sub(now).Round(time.Second), c.refreshTo},
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
