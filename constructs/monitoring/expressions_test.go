package monitoring_test

import (
	"fmt"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/cognito-m2m/cognito-m2m-cdk/internal/testkit/cdktest"
	"github.com/cognito-m2m/cognito-m2m-cdk/internal/testkit/dashboard"
)

var none = math.NaN() // A value that is missing.

// When the alarms are on, by their own expressions.
func TestMonitoring_whenAlarmsAreOn(t *testing.T) {
	type values = map[string]float64
	for name, test := range map[string]struct {
		alarm string
		given values
		on    bool
	}{
		"web ACL sees what the cache misses":         {"PoolUnprotected", values{"asked": 500, "allowed": 520, "blocked": 3}, false},
		"web ACL sees it a minute later":             {"PoolUnprotected", values{"asked": 500, "allowed": 430, "blocked": none}, false},
		"web ACL is gone, and its metrics are":       {"PoolUnprotected", values{"asked": 500, "allowed": none, "blocked": none}, true},
		"web ACL is another pool's":                  {"PoolUnprotected", values{"asked": 500, "allowed": 0, "blocked": 0}, true},
		"nobody asks Cognito":                        {"PoolUnprotected", values{"asked": none, "allowed": none, "blocked": none}, false},
		"next to nobody asks Cognito":                {"PoolUnprotected", values{"asked": 9, "allowed": none, "blocked": none}, false},
		"the web ACL blocks the gateway":             {"PoolUnprotected", values{"asked": 500, "allowed": none, "blocked": 500}, false},
		"one in a hundred fails":                     {"ServerErrors", values{"requests": 200, "errors": 2}, true},
		"one in two hundred fails":                   {"ServerErrors", values{"requests": 200, "errors": 1}, false},
		"one of three fails":                         {"ServerErrors", values{"requests": 3, "errors": 1}, false},
		"all of twenty fail":                         {"ServerErrors", values{"requests": 20, "errors": 20}, true},
		"nobody asks":                                {"ServerErrors", values{"requests": none, "errors": none}, false},
		"half of the requests hit":                   {"HitRatio", values{"hits": 500, "misses": 500}, false},
		"fewer hit":                                  {"HitRatio", values{"hits": 499, "misses": 501}, true},
		"none of many hits":                          {"HitRatio", values{"hits": none, "misses": 100}, true},
		"none of few hits":                           {"HitRatio", values{"hits": 0, "misses": 99}, false},
		"no requests, no ratio":                      {"HitRatio", values{"hits": none, "misses": none}, false},
		"250,000 tokens a month cost 562.50":         {"Cost", values{"tokens": 250000.0 * 12 / 365}, false},
		"280,000 tokens cost 607.50, in two tiers":   {"Cost", values{"tokens": 280000.0 * 12 / 365}, true},
		"274,000 cost 598.50, and not 616.50":        {"Cost", values{"tokens": 274000.0 * 12 / 365}, false},
		"no tokens cost nothing":                     {"Cost", values{"tokens": none}, false},
		"six million cost 8,812.50, in three tiers.": {"Cost", values{"tokens": 6e6 * 12 / 365}, true},
	} {
		t.Run(name, func(t *testing.T) {
			alarm := alarmNamed(t, full(t), "Monitoring"+test.alarm)
			value := evaluate(t, alarm, test.given)
			threshold := alarm["Threshold"].(float64)
			on := value >= threshold
			if alarm["ComparisonOperator"] == "LessThanThreshold" {
				on = value < threshold
			}
			if on != test.on { // A missing value is on neither side, and every alarm here takes it for good.
				t.Errorf("%v against %v: on is %t", value, threshold, on)
			}
		})
	}
}

func alarmNamed(t *testing.T, template cdktest.Template, name string) map[string]any {
	t.Helper()
	for _, id := range template.IDs("AWS::CloudWatch::Alarm") {
		if strings.HasPrefix(id, name+"Alarm") {
			return template.Properties(id)
		}
	}
	t.Fatalf("there is no alarm %s", name)
	return nil
}

// evaluate is what the alarm compares with its threshold when its metrics have these values in one period. Expressions come before what
// they use.
func evaluate(t *testing.T, alarm map[string]any, given map[string]float64) float64 {
	t.Helper()
	named := map[string]dashboard.Series{}
	for id, v := range given {
		named[id] = dashboard.Series{Start: sampleNow, Period: time.Hour, Values: []float64{v}}
	}
	queries := alarm["Metrics"].([]any)
	for i := len(queries) - 1; i >= 0; i-- {
		query := queries[i].(map[string]any)
		id := query["Id"].(string)
		source, ok := query["Expression"].(string)
		if !ok {
			if _, ok := named[id]; !ok {
				t.Fatalf("the test has no value for %s", id)
			}
			continue
		}
		result, err := dashboard.Evaluate(source, named)
		if err != nil {
			t.Fatal(err)
		}
		if query["ReturnData"] == true {
			return result.Values[0]
		}
		named[id] = result
	}
	t.Fatal("the alarm returns nothing")
	return none
}

// Costs begin at the first of the month, whichever day it is, and are those of Cognito's tiers.
func TestMonitoring_costsOfTheMonth(t *testing.T) {
	for name, test := range map[string]struct {
		now            time.Time
		tokens, hits   float64 // a day
		spent, avoided string
	}{
		"on the 21st":  {time.Date(2026, 11, 21, 18, 0, 0, 0, time.UTC), 1000, 9000, ">47.2<", ">425<"},
		"on the first": {time.Date(2026, 12, 1, 0, 5, 0, 0, time.UTC), 1000, 9000, ">2.2<", ">20.2<"},
		// 31,000 tokens cost 69.75; all 310,000 would cost 652.50.
		"on the 31st":           {time.Date(2026, 10, 31, 23, 0, 0, 0, time.UTC), 1000, 9000, ">69.8<", ">583<"},
		"in March, after 28":    {time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC), 1000, 9000, ">4.5<", ">40.5<"},
		"without the cache":     {time.Date(2026, 11, 21, 18, 0, 0, 0, time.UTC), 1000, none, ">47.2<", ">0<"},
		"beyond two thresholds": {time.Date(2026, 11, 10, 12, 0, 0, 0, time.UTC), 600000, 0, ">8812<", ">0<"},
	} {
		t.Run(name, func(t *testing.T) {
			b := body(t, full(t))
			for _, w := range b.Widgets {
				if w.Properties.Title == "This month, US dollars" {
					b.Widgets = []dashboard.Widget{w}
				}
			}
			drawn, err := dashboard.Draw(b, daily{test.tokens, test.hits}, nil, test.now)
			if err != nil {
				t.Fatal(err)
			}
			if got := string(drawn); len(b.Widgets) != 1 || !strings.Contains(got, test.spent) || !strings.Contains(got, test.avoided) {
				t.Errorf("want %s and %s in\n%s", test.spent, test.avoided, got)
			}
		})
	}
}

// daily has the same numbers every day.
type daily struct{ tokens, hits float64 }

func (d daily) Value(m dashboard.Metric, stat string, _ time.Time, period time.Duration) float64 {
	if stat != "Sum" || period != 24*time.Hour {
		panic(fmt.Sprint("costs are reckoned by the day, got ", stat, " in ", period))
	}
	if m.Name == "TokensIssued" {
		return d.tokens
	}
	return d.hits
}

func (daily) Find(dashboard.Search) []dashboard.Metric { return nil }
