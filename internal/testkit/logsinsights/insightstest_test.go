package logsinsights_test

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/cognito-m2m/cognito-m2m-cdk/internal/testkit/logsinsights"
)

var noon = time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)

func sample(lines ...string) []logsinsights.Event {
	var events []logsinsights.Event
	for i, line := range lines {
		events = append(events, logsinsights.Event{Timestamp: noon.Add(time.Duration(i) * time.Second), Message: line})
	}
	return events
}

func table(r *logsinsights.Result) string {
	lines := []string{strings.Join(r.Columns, " | ")}
	for _, row := range r.Rows {
		lines = append(lines, strings.Join(row, " | "))
	}
	return strings.Join(lines, "\n")
}

func TestRun(t *testing.T) {
	events := sample(
		`{"n":1,"s":"a","list":[{"x":"first"},{"x":"second"}],"nothing":null}`,
		`prefix {"n":2.0,"s":"b"} suffix`,
		`{"n":10,"s":"a"}`,
		`no JSON`,
	)
	for query, want := range map[string]string{
		"fields n, s": "n | s\n1 | a\n2.0 | b\n10 | a\n | ",
		"fields list.1.x as x | filter ispresent(x)":                              "x\nsecond",
		"fields n | filter not ispresent(nothing) and ispresent(n) | sort n desc": "n\n10\n2.0\n1",
		"fields n | filter n > 1 and n <= 10 | limit 1":                           "n\n2.0",
		"fields s | filter n = 1 or n = 10 and s = \"b\"":                         "s\na",
		"fields n | filter s in [\"b\", \"c\"]":                                   "n\n2.0",
		"fields n | filter s not like /^a$/":                                      "n\n2.0",
		"fields n + 1 * 2 as m | filter n - 1 = 0":                                "m\n3",
		"fields `n` as `of course` | filter n = 1":                                "of course\n1",
		"stats count(*) as c, sum(n) as total, total / c as mean by s | sort s asc": "s | c | total | mean\n | 1 |  | \na | 2 | 11 | 5.5\nb | " +
			"1 | 2 | 2",
		"stats max(n) as m, latest(s) as l, max(@timestamp) as t":                             "m | l | t\n10 | a | 2026-11-22 12:00:03.000",
		"stats count(*) as c by bin(1h) as hour | filter c > 3 | display c":                   "c\n4",
		"fields coalesce(x, s) as y, strcontains(concat(s, s), \"bb\") as z | filter n = 2.0": "y | z\nb | 1",
		"fields toMillis(@timestamp) - now() * 1000 as age | limit 2":                         "age\n0\n1000",
	} {
		result, err := logsinsights.Run(query, events, noon, logsinsights.Dialect{})
		if err != nil {
			t.Errorf("%s: %v", query, err)
		} else if diff := cmp.Diff(want, table(result)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", query, diff)
		}
	}
}

func TestDialects(t *testing.T) {
	events := sample(`{"n":200.0}`, `{"x":"y"}`)
	const equal, negated = "fields n | filter n = 200", "fields n | filter not (n = 200)"
	for _, test := range []struct {
		query   string
		dialect logsinsights.Dialect
		want    string
	}{
		{equal, logsinsights.Dialect{}, "n\n200.0"},
		{equal, logsinsights.Dialect{TextEquality: true}, "n"},
		{negated, logsinsights.Dialect{}, "n"},
		{negated, logsinsights.Dialect{MissingIsFalse: true}, "n\n"},
	} {
		result, err := logsinsights.Run(test.query, events, noon, test.dialect)
		if err != nil || table(result) != test.want {
			t.Errorf("%s, %+v: got %v, %v, want %q", test.query, test.dialect, result, err, test.want)
		}
	}
	if n := len(logsinsights.Dialects()); n != 4 {
		t.Errorf("%d dialects, want 4", n)
	}
}

// Unknown syntax is refused.
func TestQuery_refused(t *testing.T) {
	events := sample(`{"n":1,"s":"a","flag":true}`)
	for query, want := range map[string]string{
		"parse @message \"*\" as x":               `command "parse" is not known`,
		"FIELDS n":                                `command "FIELDS" is not known`,
		"fields n, upper(s) as u":                 "function upper with 1 arguments is not known",
		"fields strcontains(s) as x":              "function strcontains with 1 arguments is not known",
		"fields n + 1":                            "want as and a name",
		"fields n | sort n":                       "want asc or desc",
		"fields n | filter s like \"a\"":          "want a regular expression",
		"fields n | filter s =~ /a/":              "is nothing that is known",
		"fields n | filter s in [1]":              "want a text",
		"fields n filter s":                       "want | or the end",
		"fields n # comment":                      "is nothing that is known",
		"fields n | filter s":                     `"a" is no condition`,
		"fields n | filter not s":                 `not of "a", which is no condition`,
		"fields n | filter s > 1":                 "only numbers are compared",
		"fields flag":                             "true or false",
		"fields count(*) as c":                    "count is for stats only",
		"fields bin(1h) as h":                     "bin is for stats only",
		"stats count(n) as c":                     "count of anything but *",
		"stats sum(s) as c":                       "sum of \"a\", which is no number",
		"stats count(*) as c by bin(5m) as m":     "bin of another period than 1h",
		"stats count(*) as c | stats sum(c) as d": "a second one is not known",
		"stats count(*) as c by s | filter n = 1": "field n: after stats there are [s c]",
		"stats count(*) as c by s | sort n asc":   "by n: after stats there are [s c]",
		"fields n | display s":                    "column s: there are [n]",
		"filter n = 1":                            "neither fields nor stats",
		"fields n | limit x":                      "invalid syntax",
		"fields (n as x":                          "want )",
		"fields n | ":                             "want a name",
	} {
		result, err := logsinsights.Run(query, events, noon, logsinsights.Dialect{})
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: got %v, %v, want …%s…", query, result, err, want)
		}
	}
	if _, err := logsinsights.Run("fields n", sample(`{"n":`), noon, logsinsights.Dialect{}); err == nil {
		t.Error("an event of broken JSON is taken")
	}
}

func TestFields(t *testing.T) {
	got, err := logsinsights.Fields("fields a.b as c, d | filter c = 1 and @message like /x/ | stats count(*) as n, sum(e) as f, f / n as " +
		"g by c | filter n > 1 | sort g asc")
	if diff := cmp.Diff([]string{"a.b", "d", "e"}, got); err != nil || diff != "" {
		t.Errorf("%v (-want +got):\n%s", err, diff)
	}
}
