// Package logsinsights runs the texts of CloudWatch Logs Insights queries on sample events, for tests. It knows the part of the language
// that this project's queries use and refuses everything else by name, so that a query cannot pass by being misread.
//
// https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/CWL_QuerySyntax.html
package logsinsights

import (
	"fmt"
	"time"
)

// Event is a log event.
type Event struct {
	Timestamp time.Time
	Message   string
}

// Dialect says how the language behaves where AWS does not document it. A query is right when it has the same result in all dialects.
type Dialect struct {
	// TextEquality makes = and != compare what is written: 200 is not 200.0. Otherwise what looks like two numbers is compared as such.
	TextEquality bool
	// MissingIsFalse makes a comparison with a missing field false, so that its negation is true. Otherwise it is neither, as in SQL, and a
	// filter drops it.
	MissingIsFalse bool
}

// Dialects are all dialects.
func Dialects() []Dialect {
	var all []Dialect
	for _, text := range []bool{false, true} {
		for _, missing := range []bool{false, true} {
			all = append(all, Dialect{TextEquality: text, MissingIsFalse: missing})
		}
	}
	return all
}

// Result is a table. A missing value is "".
type Result struct {
	Columns []string
	Rows    [][]string
}

// Run executes the query, as if it were started at now.
func Run(query string, events []Event, now time.Time, dialect Dialect) (*Result, error) {
	commands, err := parse(query)
	if err != nil {
		return nil, err
	}
	e := &evaluation{now: now, dialect: dialect}
	for _, event := range events {
		fields, err := discover(event)
		if err != nil {
			return nil, err
		}
		e.rows = append(e.rows, row{fields: fields})
	}
	for _, c := range commands {
		if err := c.apply(e); err != nil {
			return nil, fmt.Errorf("%s: %w", c.name(), err)
		}
	}
	if e.columns == nil {
		return nil, fmt.Errorf("the query has neither fields nor stats: its result would be whole messages")
	}
	result := &Result{Columns: e.columns}
	for _, r := range e.rows {
		var cells []string
		for _, column := range e.columns {
			cells = append(cells, r.get(column).text())
		}
		result.Rows = append(result.Rows, cells)
	}
	return result, nil
}

// Fields are the names of the log's own fields that the query reads, sorted, without those that begin with @.
func Fields(query string) ([]string, error) {
	commands, err := parse(query)
	if err != nil {
		return nil, err
	}
	return fieldsOf(commands), nil
}
