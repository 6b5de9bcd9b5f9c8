package logsinsights

import (
	"cmp"
	"fmt"
	"slices"
	"time"
)

type evaluation struct {
	now        time.Time
	dialect    Dialect
	rows       []row
	columns    []string
	aggregated bool  // stats has been
	group      []row // in stats: the rows that an aggregate is about
}

type command interface {
	name() string
	apply(*evaluation) error
}

type (
	fields []named
	filter struct{ condition expression }
	stats  struct{ values, by []named }
	sort   struct {
		by         string
		descending bool
	}
	limit   int
	display []string
)

func (fields) name() string  { return "fields" }
func (filter) name() string  { return "filter" }
func (stats) name() string   { return "stats" }
func (sort) name() string    { return "sort" }
func (limit) name() string   { return "limit" }
func (display) name() string { return "display" }

// apply gives expressions names. Several such commands add columns.
func (f fields) apply(e *evaluation) error {
	for _, n := range f {
		for i, r := range e.rows {
			v, err := n.of(e, r)
			if err != nil {
				return err
			}
			e.rows[i] = r.with(n.name, v)
		}
		e.columns = append(e.columns, n.name)
	}
	return nil
}

func (f filter) apply(e *evaluation) error {
	var kept []row
	for _, r := range e.rows {
		v, err := f.condition.of(e, r)
		if err != nil {
			return err
		}
		if v.kind != boolean && !v.isMissing() {
			return fmt.Errorf("%q is no condition", v.text())
		}
		if v.isTrue() {
			kept = append(kept, r)
		}
	}
	e.rows = kept
	return nil
}

// apply sorts what looks like numbers as such. Rows that are the same keep their order.
func (s sort) apply(e *evaluation) error {
	if e.aggregated && !slices.Contains(e.columns, s.by) {
		return fmt.Errorf("by %s: after stats there are %v", s.by, e.columns)
	}
	slices.SortStableFunc(e.rows, func(a, b row) int {
		x, y := a.get(s.by), b.get(s.by)
		order := cmp.Compare(x.text(), y.text())
		p, ok := x.numeric()
		q, okToo := y.numeric()
		if ok && okToo {
			order = cmp.Compare(p, q)
		}
		if s.descending {
			return -order
		}
		return order
	})
	return nil
}

func (l limit) apply(e *evaluation) error {
	e.rows = e.rows[:min(int(l), len(e.rows))]
	return nil
}

func (d display) apply(e *evaluation) error {
	for _, name := range d {
		if !slices.Contains(e.columns, name) {
			return fmt.Errorf("column %s: there are %v", name, e.columns)
		}
	}
	e.columns = d
	return nil
}
