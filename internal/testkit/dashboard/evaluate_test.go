package dashboard_test

import (
	"fmt"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/cognito-m2m/cognito-m2m-cdk/internal/testkit/dashboard"
)

// none is a value that is missing.
var none = math.NaN()

func of(values ...float64) dashboard.Series {
	return dashboard.Series{Start: time.Date(2026, 11, 21, 0, 0, 0, 0, time.UTC), Period: 5 * time.Minute, Values: values}
}

// show writes a series as AWS's tables do: - is missing.
func show(s dashboard.Series) string {
	return strings.ReplaceAll(fmt.Sprint(s.Values), "NaN", "-")
}

// The tables and rules of https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/using-metric-math.html
func TestMetricMath(t *testing.T) {
	for expression, test := range map[string]struct {
		named map[string]dashboard.Series
		want  string
	}{
		"a < b":             {map[string]dashboard.Series{"a": of(30, 20, 0, 0), "b": of(20, none, 20, none)}, "[0 0 1 0]"},
		"a >= 30":           {map[string]dashboard.Series{"a": of(30, 20, 0, 0)}, "[1 0 0 0]"},
		"a > 15 AND b > 15": {map[string]dashboard.Series{"a": of(30, 20, 0, 0), "b": of(20, none, 20, none)}, "[1 0 0 0]"},
		"a > 15 || b > 15":  {map[string]dashboard.Series{"a": of(30, 20, 0, 0), "b": of(20, none, 20, none)}, "[1 1 1 0]"},
		"a != 0 && b == 20": {map[string]dashboard.Series{"a": of(30, 20, 0), "b": of(20, none, 20)}, "[1 0 0]"},
		"a <= b OR a > 25":  {map[string]dashboard.Series{"a": of(30, 20, 0), "b": of(20, 10, 20)}, "[1 0 1]"},
		"IF(a, b, c)": {map[string]dashboard.Series{"a": of(1, 1, 0, 0, none), "b": of(30, none, 0, 0, 30), "c": of(0, 0, 20, none, 20)},
			"[30 0 20 - -]"},
		"IF(a, 5, c)":     {map[string]dashboard.Series{"a": of(1, 1, 0, 0, none), "c": of(0, 0, 20, none, 20)}, "[5 5 20 - -]"},
		"IF(a, b, 5)":     {map[string]dashboard.Series{"a": of(1, 1, 0, 0, none), "b": of(30, none, 0, 0, 30)}, "[30 0 5 5 -]"},
		"a + b":           {map[string]dashboard.Series{"a": of(1, none, none), "b": of(2, 2, none)}, "[3 2 -]"},
		"a * 2 - 1":       {map[string]dashboard.Series{"a": of(1, none)}, "[1 -]"},
		"100 - a / b":     {map[string]dashboard.Series{"a": of(50, 1), "b": of(5, 0)}, "[90 -]"},
		"2 * (a + 3) / 4": {map[string]dashboard.Series{"a": of(1)}, "[2]"},
		"8 - a - 1":       {map[string]dashboard.Series{"a": of(2)}, "[5]"},
		"FILL(a, 0)":      {map[string]dashboard.Series{"a": of(none, 1)}, "[0 1]"},
		"RUNNING_SUM(a)":  {map[string]dashboard.Series{"a": of(1, none, 2)}, "[1 - 3]"},
		"a / PERIOD(a)":   {map[string]dashboard.Series{"a": of(600)}, "[2]"},
		"a - MIN(a)":      {map[string]dashboard.Series{"a": of(3, none, 5)}, "[0 - 2]"},
		"a / MAX(a)":      {map[string]dashboard.Series{"a": of(3, none, 6)}, "[0.5 - 1]"},
		"a / SUM(a)":      {map[string]dashboard.Series{"a": of(1, none, 3)}, "[0.25 - 0.75]"},
		"a - AVG(a)":      {map[string]dashboard.Series{"a": of(1, 3)}, "[-1 1]"},
		"EPOCH(a) / 300":  {map[string]dashboard.Series{"a": of(none, 1)}, "[5.984064e+06 5.984065e+06]"},
		"MONTH(a)":        {map[string]dashboard.Series{"a": of(none)}, "[11]"},
		"DATE(a)":         {map[string]dashboard.Series{"a": of(none)}, "[21]"},
	} {
		got, err := dashboard.Evaluate(expression, test.named)
		if err != nil {
			t.Errorf("%s: %v", expression, err)
		} else if show(got) != test.want {
			t.Errorf("%s: got %s, want %s", expression, show(got), test.want)
		}
	}
}

// Functions that are not evaluated are refused by name.
func TestEvaluate_whatCannotBeEvaluated(t *testing.T) {
	later := of(1, 2)
	later.Start = later.Start.Add(time.Hour)
	for expression, want := range map[string]string{
		"RATE(a)":                       "RATE is no function",
		"ANOMALY_DETECTION_BAND(a, 2)":  "ANOMALY_DETECTION_BAND is not evaluated here",
		"a +":                           "it ends too early",
		"(a":                            "a parenthesis is not closed",
		"FILL(a, 0":                     "the arguments of FILL do not end",
		"a b":                           `["b"] is left`,
		"a ? b":                         "can be read",
		"A + 1":                         `"A" is neither a function nor an id`,
		"* a":                           `"*" is not expected`,
		"c":                             `no series has the id "c"`,
		"MAX(a)":                        "the result is no series",
		"a + later":                     "meet in one expression",
		"IF(1, a, a)":                   "IF: the arguments",
		"FILL(a, REPEAT)":               `"REPEAT" is neither a function nor an id`,
		"SUM('a') + a":                  "SUM: the arguments",
		"SORT(a, AVG, DESC)":            "SORT: the arguments",
		"SLICE(a, a, a)":                "SLICE: the arguments",
		"SEARCH('{N} x=\"1\"', 'Sum')":  "x is neither MetricName nor one of the dimensions []",
		"SEARCH('N', 'Sum')":            "want {namespace,dimension,…}",
		"SEARCH(a, 'Sum')":              "both as texts",
		"SEARCH('{N}', 'Sum')":          "there is nothing to search here",
		"SUM(SEARCH('{N}', 'Sum')) + 1": "there is nothing to search here",
	} {
		_, err := dashboard.Evaluate(expression, map[string]dashboard.Series{"a": of(1, 2), "b": of(1, 2), "later": later})
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: got %v, want …%s…", expression, err, want)
		}
	}
}
