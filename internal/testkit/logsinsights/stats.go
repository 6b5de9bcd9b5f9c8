package logsinsights

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
)

var aggregates = []string{"count", "sum", "max", "latest"}

// apply makes one row of each group. Its columns are what they are grouped by and then the aggregates, and nothing else
// is left of the events.
func (s stats) apply(e *evaluation) error {
	if e.aggregated {
		return errors.New("a second one is not known")
	}
	groups := map[string][]row{}
	keys := map[string][]value{}
	var order []string
	for _, r := range e.rows {
		var key []value
		var text []string
		for _, by := range s.by {
			v, err := groupValue(e, r, by)
			if err != nil {
				return err
			}
			key, text = append(key, v), append(text, fmt.Sprint(v.kind, v.text()))
		}
		id := strings.Join(text, "\x00")
		if groups[id] == nil {
			order, keys[id] = append(order, id), key
		}
		groups[id] = append(groups[id], r)
	}
	e.aggregated, e.rows, e.columns = true, nil, nil
	for _, n := range append(slices.Clone(s.by), s.values...) {
		e.columns = append(e.columns, n.name)
	}
	for _, id := range order {
		r := row{map[string]value{}}
		for i, by := range s.by {
			r = r.with(by.name, keys[id][i])
		}
		e.group = groups[id]
		for _, n := range s.values {
			v, err := n.of(e, r)
			if err != nil {
				return err
			}
			r = r.with(n.name, v)
		}
		e.rows = append(e.rows, r)
	}
	e.group = nil
	return nil
}

func groupValue(e *evaluation, r row, by named) (value, error) {
	c, ok := by.expression.(call)
	if !ok || c.name != "bin" {
		return by.of(e, r)
	}
	period, ok := c.arguments[0].(literal)
	if !ok || period.string != "1h" {
		return value{}, errors.New("bin of another period than 1h is not known")
	}
	return timeOf(time.UnixMilli(int64(r.get("@timestamp").number)).Truncate(time.Hour)), nil
}

// aggregate is over the rows of the group, which have the events' fields still.
func (e *evaluation) aggregate(c call) (value, error) {
	if e.group == nil {
		return value{}, fmt.Errorf("%s is for stats only", c.name)
	}
	if l, ok := c.arguments[0].(literal); ok && c.name == "count" && l.string == "*" {
		return numberOf(float64(len(e.group))), nil
	}
	inner := &evaluation{now: e.now, dialect: e.dialect}
	var result value
	var newest float64
	for _, r := range e.group {
		v, err := c.arguments[0].of(inner, r)
		if err != nil {
			return v, err
		}
		if v.isMissing() {
			continue
		}
		n, numeric := v.numeric()
		at := r.get("@timestamp").number
		switch {
		case c.name == "count":
			return value{}, errors.New("count of anything but * is not known")
		case c.name == "latest":
			if result.isMissing() || at >= newest {
				result, newest = v, at
			}
		case !numeric:
			return value{}, fmt.Errorf("%s of %q, which is no number", c.name, v.text())
		case c.name == "sum":
			result = numberOf(result.number + n)
		case result.isMissing() || n > result.number: // max
			result = v
		}
	}
	return result, nil
}
