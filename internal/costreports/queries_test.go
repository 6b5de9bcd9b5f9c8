package costreports_test

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/cognito-m2m/cognito-m2m-cdk/internal/costreports"
)

// table is what a query returned.
type table struct {
	Columns []string
	Rows    [][]any
}

// lines are the rows, with costs to a thousandth of a cent.
func (t table) lines() (lines []string) {
	for _, row := range t.Rows {
		var line []string
		for _, value := range row {
			text := fmt.Sprint(value)
			if number, ok := value.(float64); ok {
				text = strings.TrimSuffix(strings.TrimRight(fmt.Sprintf("%.5f", number), "0"), ".")
			}
			line = append(line, strings.TrimSuffix(text, " 00:00:00"))
		}
		lines = append(lines, strings.Join(line, " | "))
	}
	return lines
}

// run runs the queries over those rows of the sample report that are kept, with Python's SQLite. A test on a machine without Python is
// skipped, or fails when REQUIRE_MOTO is set, which needs Python too.
func run(t *testing.T, queries []costreports.Query, kept func(start string) bool) []table {
	t.Helper()
	python, err := exec.LookPath("python3")
	if err != nil {
		if os.Getenv("REQUIRE_MOTO") != "" {
			t.Fatalf("REQUIRE_MOTO is set: %v", err)
		}
		t.Skipf("Python is not installed: %v", err)
	}
	file, err := os.Open("testdata/cur.csv")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = file.Close() }()
	rows, err := csv.NewReader(file).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	var names, texts []string
	for _, column := range costreports.Columns() {
		names = append(names, column[0])
	}
	if diff := cmp.Diff(names, rows[0]); diff != "" {
		t.Fatalf("the sample's columns are not those of Columns (-want +got):\n%s", diff)
	}
	start := slices.Index(names, "line_item_usage_start_date")
	rows = slices.DeleteFunc(rows[1:], func(row []string) bool { return !kept(row[start]) })
	for _, query := range queries {
		texts = append(texts, query.SQL)
	}
	given, err := json.Marshal(map[string]any{"columns": costreports.Columns(), "rows": rows, "queries": texts})
	if err != nil {
		t.Fatal(err)
	}
	command := exec.CommandContext(t.Context(), python, "testdata/athena.py")
	var stderr strings.Builder
	command.Stdin, command.Stderr = bytes.NewReader(given), &stderr
	printed, err := command.Output()
	if err != nil {
		t.Fatalf("%v: %s", err, &stderr)
	}
	var results []table
	if err := json.Unmarshal(printed, &results); err != nil {
		t.Fatal(err)
	}
	return results
}

// The result of each query for the sample, calculated by hand. The sample also has rows that no query selects: a credit, tax, monthly
// active users, and the gateway's cache.
func TestQueries_results(t *testing.T) {
	const pool = "arn:aws:cognito-idp:us-east-1:444455556666:userpool/us-east-1_"
	want := map[string][]string{
		"by-day": {
			"2026-11-03 | token requests | USE1-CUPM2MTokenRequestsFull | 100 | 0.225",
			"2026-11-02 | token requests | USE1-CUPM2MTokenRequestsFull | 400 | 0.9",
			"2026-11-02 | token requests | EU-CUPM2MTokenRequestsFree | 500 | 0",
			"2026-11-01 | token requests | USE1-CUPM2MTokenRequestsFull | 3000 | 6.75",
			"2026-10-31 | app clients | USE1-CUPM2MAppClientsFull | 2 | 12",
			"2026-10-31 | token requests | USE1-CUPM2MTokenRequestsFull | 1000 | 2.25",
		},
		"by-resource": {
			"2026-11-01 | " + pool + "AAA | token requests | 3100 | 6.975",
			"2026-11-01 | " + pool + "BBB | token requests | 400 | 0.9",
			"2026-11-01 | arn:aws:cognito-idp:eu-west-1:777788889999:userpool/eu-west-1_CCC | token requests | 500 | 0",
			"2026-10-01 | " + pool + "AAA | app clients | 2 | 12",
			"2026-10-01 | " + pool + "AAA | token requests | 1000 | 2.25",
		},
		"by-account": {
			"2026-11-01 | 444455556666 | us-east-1 | token requests | 3500 | 7.875",
			"2026-11-01 | 777788889999 | eu-west-1 | token requests | 500 | 0",
			"2026-10-01 | 444455556666 | us-east-1 | app clients | 2 | 12",
			"2026-10-01 | 444455556666 | us-east-1 | token requests | 1000 | 2.25",
		},
		// Two days are over, with 6.75 + 0.90; the month has 30.
		"projected-month": {"2026-11-01 | 2 | 7.65 | 114.75"},
		"price-billed": {
			"2026-11-01 | EU-CUPM2MTokenRequestsFree | Request | 500 | 0",
			"2026-11-01 | USE1-CUPM2MTokenRequestsFull | Request | 3500 | 0.00225",
			"2026-10-01 | USE1-CUPM2MAppClientsFull | Client | 2 | 6",
			"2026-10-01 | USE1-CUPM2MTokenRequestsFull | Request | 1000 | 0.00225",
		},
		"by-tag": {
			"2026-11-01 | prod | token requests | 3100 | 6.975",
			"2026-11-01 | dev | token requests | 400 | 0.9",
			"2026-11-01 | (untagged) | token requests | 500 | 0",
			"2026-10-01 | prod | app clients | 2 | 12",
			"2026-10-01 | prod | token requests | 1000 | 2.25",
		},
	}
	queries := costreports.Queries("cid_data_export", "cur2", "user_environment")
	if len(queries) != len(want) {
		t.Errorf("%d queries, %d are tested", len(queries), len(want))
	}
	for i, got := range run(t, queries, func(string) bool { return true }) {
		if diff := cmp.Diff(queries[i].Columns, got.Columns); diff != "" {
			t.Errorf("%s: columns (-want +got):\n%s", queries[i].Name, diff)
		}
		if diff := cmp.Diff(want[queries[i].Name], got.lines()); diff != "" {
			t.Errorf("%s (-want +got):\n%s", queries[i].Name, diff)
		}
	}
	// A month that has just begun: its one day may lack lines, so there is nothing to project from. No query fails.
	for i, got := range run(t, queries, func(start string) bool { return strings.HasPrefix(start, "2026-11-01") }) {
		if queries[i].Name == "projected-month" && len(got.Rows) != 0 {
			t.Errorf("%s from the first day: %v", queries[i].Name, got.lines())
		}
	}
	if n := len(costreports.Queries("a", "b", "")); n != len(queries)-1 {
		t.Errorf("%d queries without a tag", n)
	}
}

// Athena takes a query of 262,144 bytes, and no placeholder is left in one.
func TestQueries_areComplete(t *testing.T) {
	for _, query := range costreports.Queries("cid_data_export", "cur2", "user_environment") {
		if strings.ContainsAny(query.SQL, "{}") || strings.Contains(query.SQL, ";") ||
			!strings.Contains(query.SQL, `FROM "cid_data_export"."cur2"`) {
			t.Errorf("%s is not whole:\n%s", query.Name, query.SQL)
		}
	}
}

func TestNames_allowed(t *testing.T) {
	for name, ok := range map[string]bool{
		"cur2": true, "cid_data_export": true, "": false, "Cur": false, "cur-2": false, `a"b`: false, strings.Repeat("a", 256): false,
	} {
		if err := costreports.Identifier(name); (err == nil) != ok {
			t.Errorf("identifier %q: %v", name, err)
		}
	}
	for key, ok := range map[string]bool{
		"user_environment": true, "aws_createdBy": true, "": false, "a'b": false, "a b": false, "a{table}": false,
	} {
		if err := costreports.TagKey(key); (err == nil) != ok {
			t.Errorf("tag key %q: %v", key, err)
		}
	}
}
