package costreports_test

import (
	"encoding/csv"
	"encoding/json"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/ncruces/go-sqlite3"
	_ "github.com/ncruces/go-sqlite3/embed" // SQLite itself

	"github.com/cognito-m2m/cognito-m2m-cdk/internal/costreports"
)

// SQLite runs the queries, with the few functions of Athena that it does not have. A timestamp is text, which sorts as time does.
var athena = map[string]struct {
	arguments int
	of        func(arguments []sqlite3.Value) any
}{
	"date_trunc": {2, func(a []sqlite3.Value) any {
		at := timestamp(a[1])
		switch unit := a[0].Text(); unit {
		case "day":
			return at.Format("2006-01-02 00:00:00")
		case "month":
			return at.Format("2006-01") + "-01 00:00:00"
		default:
			return fmt.Errorf("date_trunc of %q", unit)
		}
	}},
	"day": {1, func(a []sqlite3.Value) any { return timestamp(a[0]).Day() }},
	"last_day_of_month": {1, func(a []sqlite3.Value) any {
		return timestamp(a[0]).AddDate(0, 1, -timestamp(a[0]).Day()).Format(time.DateOnly)
	}},
	"element_at": {2, func(a []sqlite3.Value) any {
		var tags map[string]string
		if err := json.Unmarshal([]byte(a[0].Text()), &tags); err != nil {
			return err
		}
		if value, ok := tags[a[1].Text()]; ok {
			return value
		}
		return nil
	}},
}

func timestamp(v sqlite3.Value) time.Time {
	for _, layout := range []string{time.DateTime, time.DateOnly} {
		if at, err := time.Parse(layout, v.Text()); err == nil {
			return at
		}
	}
	panic("not a timestamp: " + v.Text())
}

// report is a database with the sample report.
func report(t *testing.T) *sqlite3.Conn {
	t.Helper()
	db, err := sqlite3.Open(":memory:")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	for name, function := range athena {
		err := db.CreateFunction(name, function.arguments, sqlite3.DETERMINISTIC, func(ctx sqlite3.Context, arguments ...sqlite3.Value) {
			switch result := function.of(arguments).(type) {
			case string:
				ctx.ResultText(result)
			case int:
				ctx.ResultInt(result)
			case error:
				ctx.ResultError(result)
			default:
				ctx.ResultNull()
			}
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	var columns, marks []string
	for _, column := range costreports.Columns() {
		columns, marks = append(columns, column[0]+" "+map[string]string{"double": "REAL"}[column[1]]), append(marks, "?")
	}
	if err := db.Exec(`ATTACH ':memory:' AS cid_data_export; CREATE TABLE cid_data_export.cur2 (` + strings.Join(columns, ", ") + ")"); err != nil {
		t.Fatal(err)
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
	insert, _, err := db.Prepare("INSERT INTO cid_data_export.cur2 VALUES (" + strings.Join(marks, ", ") + ")")
	if err != nil {
		t.Fatal(err)
	}
	for i, row := range rows {
		for j, value := range row {
			if i == 0 && value != costreports.Columns()[j][0] {
				t.Fatalf("column %d of the sample is %s, not %s", j, value, costreports.Columns()[j][0])
			}
			if err := insert.BindText(j+1, value); err != nil {
				t.Fatal(err)
			}
		}
		if i == 0 {
			continue
		}
		insert.Step()
		if err := insert.Reset(); err != nil {
			t.Fatal(err)
		}
	}
	if err := insert.Close(); err != nil {
		t.Fatal(err)
	}
	return db
}

// run returns the names of the columns and the rows, a line each, with costs to a thousandth of a cent.
func run(t *testing.T, db *sqlite3.Conn, sql string) (columns []string, rows []string) {
	t.Helper()
	query, _, err := db.Prepare(sql)
	if err != nil {
		t.Fatalf("%v in\n%s", err, sql)
	}
	for query.Step() {
		var row []string
		for i := range query.ColumnCount() {
			value := query.ColumnText(i)
			if query.ColumnType(i) == sqlite3.FLOAT {
				value = strings.TrimSuffix(strings.TrimRight(fmt.Sprintf("%.5f", query.ColumnFloat(i)), "0"), ".")
			}
			row = append(row, strings.TrimSuffix(value, " 00:00:00"))
		}
		rows = append(rows, strings.Join(row, " | "))
	}
	for i := range query.ColumnCount() {
		columns = append(columns, query.ColumnName(i))
	}
	if err := query.Close(); err != nil {
		t.Fatalf("%v in\n%s", err, sql)
	}
	return columns, rows
}

// What every query returns for the sample, by hand. The sample also has what is none of them: a credit, tax, monthly active users, and the gateway's cache.
func TestQueries(t *testing.T) {
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
	db := report(t)
	queries := costreports.Queries("cid_data_export", "cur2", "user_environment")
	if len(queries) != len(want) {
		t.Errorf("%d queries, %d are tested", len(queries), len(want))
	}
	for _, query := range queries {
		columns, rows := run(t, db, query.SQL)
		if diff := cmp.Diff(query.Columns, columns); diff != "" {
			t.Errorf("%s: columns (-want +got):\n%s", query.Name, diff)
		}
		if diff := cmp.Diff(want[query.Name], rows); diff != "" {
			t.Errorf("%s (-want +got):\n%s", query.Name, diff)
		}
		// A month that has just begun: its one day may lack lines, so there is nothing to project from. No query fails.
		if err := db.Exec("SAVEPOINT first; DELETE FROM cid_data_export.cur2 WHERE line_item_usage_start_date NOT LIKE '2026-11-01%'"); err != nil {
			t.Fatal(err)
		}
		if _, rows := run(t, db, query.SQL); query.Name == "projected-month" && len(rows) != 0 {
			t.Errorf("%s from the first day: %v", query.Name, rows)
		}
		if err := db.Exec("ROLLBACK TO first; RELEASE first"); err != nil {
			t.Fatal(err)
		}
	}
	if n := len(costreports.Queries("a", "b", "")); n != len(queries)-1 {
		t.Errorf("%d queries without a tag", n)
	}
}

// Athena takes a query of 262,144 bytes, and no placeholder is left in one.
func TestQueriesAreWhole(t *testing.T) {
	for _, query := range costreports.Queries("cid_data_export", "cur2", "user_environment") {
		if strings.ContainsAny(query.SQL, "{}") || strings.Contains(query.SQL, ";") || !strings.Contains(query.SQL, `FROM "cid_data_export"."cur2"`) {
			t.Errorf("%s is not whole:\n%s", query.Name, query.SQL)
		}
	}
}

func TestNames(t *testing.T) {
	for name, ok := range map[string]bool{"cur2": true, "cid_data_export": true, "": false, "Cur": false, "cur-2": false, `a"b`: false, strings.Repeat("a", 256): false} {
		if err := costreports.Identifier(name); (err == nil) != ok {
			t.Errorf("identifier %q: %v", name, err)
		}
	}
	for key, ok := range map[string]bool{"user_environment": true, "aws_createdBy": true, "": false, "a'b": false, "a b": false, "a{table}": false} {
		if err := costreports.TagKey(key); (err == nil) != ok {
			t.Errorf("tag key %q: %v", key, err)
		}
	}
}
