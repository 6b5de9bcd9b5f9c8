package dashboard

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"
)

// Source has the values of metrics.
type Source interface {
	// Value is a statistic of a metric over a period; not a number when there is no data.
	Value(m Metric, stat string, from time.Time, period time.Duration) float64
	// Find are the metrics that a search yields.
	Find(s Search) []Metric
}

const defaultPeriod = 5 * time.Minute

// series are what a widget of metrics shows up to now, as CloudWatch reckons it.
func (b *Body) series(w Widget, source Source, now time.Time) ([]Series, error) {
	start := b.Start
	if w.Properties.Start != "" {
		start = w.Properties.Start
	}
	length, err := parseRange(start)
	if err != nil {
		return nil, err
	}
	q := query{widget: w.Properties, source: source, from: now.Add(-length), to: now, known: map[string]operand{}}
	var shown []Series
	for _, metric := range w.Properties.Metrics {
		if metric.Hidden() {
			continue
		}
		result, err := q.metric(metric)
		if err != nil {
			return nil, fmt.Errorf("widget %s: %w", w.title(), err)
		}
		switch {
		case result.series != nil:
			result.series.Label, result.series.Color = metric.Label, metric.Color
			shown = append(shown, *result.series)
		case result.number != nil:
			return nil, fmt.Errorf("widget %s: %q is a number: an expression must end in a series", w.title(), metric.Expression)
		default:
			shown = append(shown, result.list...)
		}
	}
	return shown, nil
}

// parseRange reads a range as a dashboard has it, in days or hours: -P1D, -PT3H.
func parseRange(text string) (time.Duration, error) {
	for form, unit := range map[string]time.Duration{"-P%dD": 24 * time.Hour, "-PT%dH": time.Hour} {
		var n int
		if _, err := fmt.Sscanf(text, form, &n); err == nil {
			return time.Duration(n) * unit, nil
		}
	}
	return 0, fmt.Errorf("range %q: use -P1D or -PT1H and their like", text)
}

type query struct {
	widget   Properties
	source   Source
	from, to time.Time
	known    map[string]operand // by id
}

func (q query) metric(m Metric) (operand, error) {
	if m.Expression != "" {
		expression, err := ParseExpression(m.Expression)
		if err != nil {
			return operand{}, err
		}
		result, err := scope{named: q.named, search: func(s Search) ([]Series, error) {
			return q.found(s, q.period(m))
		}}.evaluate(expression.root)
		if err != nil {
			return operand{}, fmt.Errorf("expression %q: %w", m.Expression, err)
		}
		return result, nil
	}
	s := q.sampled(m, m.Stat, q.period(m))
	return operand{series: &s}, nil
}

func (q query) named(id string) (operand, error) {
	if result, ok := q.known[id]; ok {
		return result, nil
	}
	for _, m := range q.widget.Metrics {
		if m.ID == id {
			result, err := q.metric(m)
			q.known[id] = result
			return result, err
		}
	}
	return operand{}, fmt.Errorf("no metric has the id %q", id)
}

func (q query) found(s Search, period time.Duration) ([]Series, error) {
	var list []Series
	for _, m := range q.source.Find(s) {
		if !s.Finds(m) {
			return nil, fmt.Errorf("%v is not what %v searches", m, s)
		}
		series := q.sampled(m, s.Stat, period)
		var values []string
		for _, d := range m.Dimensions {
			if s.Values[d.Name] == "" {
				values = append(values, d.Value)
			}
		}
		series.Label = strings.Join(values, " ")
		list = append(list, series)
	}
	return list, nil
}

// period is the metric's own, or that of the widget; with SetPeriodToTimeRange all of the range.
func (q query) period(m Metric) time.Duration {
	switch {
	case q.widget.SetPeriodToTimeRange:
		return q.to.Sub(q.from)
	case m.Period > 0:
		return time.Duration(m.Period) * time.Second
	case q.widget.Period > 0:
		return time.Duration(q.widget.Period) * time.Second
	}
	return defaultPeriod
}

// sampled begins and ends at whole periods, the one that is under way included.
func (q query) sampled(m Metric, stat string, period time.Duration) Series {
	s := Series{Start: q.from, Period: period}
	if !q.widget.SetPeriodToTimeRange {
		s.Start = q.from.Truncate(period)
	}
	for at := s.Start; at.Before(q.to); at = at.Add(period) {
		s.Values = append(s.Values, q.source.Value(m, stat, at, period))
	}
	return s
}

// compact is a number as an axis or a tile shows it.
func compact(v float64) string {
	switch size := math.Abs(v); {
	case math.IsNaN(v):
		return "--"
	case size >= 10e6:
		return strconv.FormatFloat(v/1e6, 'f', 1, 64) + "M"
	case size >= 10e3:
		return strconv.FormatFloat(v/1e3, 'f', 1, 64) + "k"
	case size >= 100 || v == math.Trunc(v):
		return strconv.FormatFloat(v, 'f', 0, 64)
	case size >= 1:
		return strconv.FormatFloat(v, 'f', 1, 64)
	}
	return strings.TrimRight(strconv.FormatFloat(v, 'f', 2, 64), "0")
}
