package houserules

import (
	"github.com/cognito-m2m/cognito-m2m-cdk/internal/templates"
	"github.com/cognito-m2m/cognito-m2m-cdk/internal/testkit/dashboard"
)

// alarm wants an alarm to look at one metric, or to make one result of several, and to say what is to be done.
func (w *watch) alarm(r *templates.Resource) {
	p := r.Properties
	if text, _ := w.text(r, p["AlarmDescription"]); text == "" {
		w.addf("AlarmDescription is missing: say what is to be done")
	}
	queries := templates.List(p, "Metrics")
	if len(queries) == 0 {
		if m, ok := w.single(r, p); ok {
			w.written("alarm", m)
		}
		return
	}
	for _, item := range queries {
		query := templates.Section(item)
		if stat := templates.Section(query, "MetricStat"); stat != nil {
			if m, ok := w.single(r, templates.Section(stat, "Metric")); ok {
				w.written("alarm", m)
			}
		}
		// Package guard checks the ids that it uses.
		if source, ok := query["Expression"].(string); ok {
			if _, err := dashboard.ParseExpression(source); err != nil {
				w.addf("%v", err)
			}
		}
	}
}

// single is the metric in a place that has Namespace, MetricName and Dimensions. Values that lead nowhere are reported.
func (w *watch) single(r *templates.Resource, p map[string]any) (m dashboard.Metric, ok bool) {
	ok = true
	text := func(value any) string {
		known, followed := w.text(r, value)
		ok = ok && followed
		return known
	}
	m.Namespace, m.Name = text(p["Namespace"]), text(p["MetricName"])
	for _, item := range templates.List(p, "Dimensions") {
		d := templates.Section(item)
		m.Dimensions = append(m.Dimensions, dashboard.Dimension{Name: text(d["Name"]), Value: text(d["Value"])})
	}
	return m, ok
}
