package guard

import (
	"fmt"
	"slices"

	"github.com/cognito-m2m/cognito-m2m-cdk/internal/testkit/dashboard"
)

// alarm wants an alarm to look at one metric, or to make one result of several, and to say what is to be done.
func (w *watch) alarm(stack string, p map[string]any) {
	if text, err := w.text(stack, p["AlarmDescription"]); err != nil || text == "" {
		w.addf("AlarmDescription is missing: say what is to be done")
	}
	queries := list(p, "Metrics")
	if len(queries) == 0 {
		if m, ok := w.single(stack, p); ok {
			w.written("alarm", m)
		}
		return
	}
	var ids, results []string
	for _, item := range queries {
		query := object(item)
		id := fmt.Sprint(query["Id"])
		if slices.Contains(ids, id) {
			w.addf("has the id %q twice", id)
		}
		ids = append(ids, id)
		if query["ReturnData"] != false {
			results = append(results, id)
		}
		if stat := section(query, "MetricStat"); stat != nil {
			if m, ok := w.single(stack, section(stat, "Metric")); ok {
				w.written("alarm", m)
			}
		}
	}
	for _, item := range queries {
		if source, ok := object(item)["Expression"].(string); ok {
			w.expression(source, ids)
		}
	}
	// An alarm on an anomaly returns the metric and its band.
	if band := fmt.Sprint(p["ThresholdMetricId"]); p["ThresholdMetricId"] != nil && (len(results) != 2 || !slices.Contains(results, band)) ||
		p["ThresholdMetricId"] == nil && len(results) != 1 {
		w.addf("returns the data of %v: one metric is compared with the threshold, or one with a band of its own", results)
	}
}

func (w *watch) expression(source string, ids []string) {
	expression, err := dashboard.ParseExpression(source)
	if err != nil {
		w.addf("%w", err)
		return
	}
	for _, id := range expression.IDs() {
		if !slices.Contains(ids, id) {
			w.addf("uses %q in %q, and has no metric of this id", id, source)
		}
	}
	if searches, err := expression.Searches(); err != nil || len(searches) > 0 {
		w.addf("has a search in %q, which an alarm cannot have", source)
	}
}

// single is the metric in a place that has Namespace, MetricName and Dimensions. Values that lead nowhere are reported.
func (w *watch) single(stack string, p map[string]any) (m dashboard.Metric, ok bool) {
	ok = true
	text := func(value any) string {
		known, err := w.text(stack, value)
		if err != nil {
			w.addf("%w", err)
			ok = false
		}
		return known
	}
	m.Namespace, m.Name = text(p["Namespace"]), text(p["MetricName"])
	for _, item := range list(p, "Dimensions") {
		d := object(item)
		m.Dimensions = append(m.Dimensions, dashboard.Dimension{Name: text(d["Name"]), Value: text(d["Value"])})
	}
	return m, ok
}
