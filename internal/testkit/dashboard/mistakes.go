package dashboard

import (
	"fmt"
	"slices"
	"strings"
	"unicode"
)

// Limits of CloudWatch: https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/cloudwatch_limits.html
const (
	columns          = 24
	maxWidgets       = 500
	maxWidgetMetrics = 500
	maxMetrics       = 2500
	maxAlarms        = 100
)

// views are the ways to show metrics that this package draws.
var views = []string{"timeSeries", "singleValue"}

// Mistakes returns one message for each mistake.
func (b *Body) Mistakes() []string {
	var m mistakes
	if len(b.Widgets) == 0 || len(b.Widgets) > maxWidgets {
		m.addf("there are %d widgets: use 1 to %d", len(b.Widgets), maxWidgets)
	}
	total := 0
	for i, w := range b.Widgets {
		m.where = fmt.Sprintf("widget %d (%s)", i, w.title())
		m.layout(w, b.Widgets[:i])
		switch w.Type {
		case "metric":
			m.metrics(w.Properties)
			total += len(w.Properties.Metrics)
		case "text":
			if strings.TrimSpace(w.Properties.Markdown) == "" {
				m.addf("has no text")
			}
		case "alarm":
			if n := len(w.Properties.Alarms); n == 0 || n > maxAlarms {
				m.addf("has %d alarms: use 1 to %d", n, maxAlarms)
			}
		default:
			m.addf("has type %q: use metric, text or alarm", w.Type)
		}
	}
	if m.where = ""; total > maxMetrics {
		m.addf("there are %d metrics: use up to %d", total, maxMetrics)
	}
	return m.all
}

type mistakes struct {
	where string
	all   []string
}

func (m *mistakes) addf(format string, args ...any) {
	m.all = append(m.all, strings.TrimSpace(m.where+" "+fmt.Sprintf(format, args...)))
}

// title is what a person calls the widget.
func (w Widget) title() string {
	if w.Type == "text" {
		first, _, _ := strings.Cut(w.Properties.Markdown, "\n")
		return strings.TrimLeft(first, "# ")
	}
	return w.Properties.Title
}

func (m *mistakes) layout(w Widget, before []Widget) {
	if w.Width < 1 || w.Height < 1 || w.X < 0 || w.Y < 0 || w.X+w.Width > columns {
		m.addf("is %d wide and %d high at column %d, row %d: there are %d columns", w.Width, w.Height, w.X, w.Y, columns)
	}
	for i, o := range before {
		if w.X < o.X+o.Width && o.X < w.X+w.Width && w.Y < o.Y+o.Height && o.Y < w.Y+w.Height {
			m.addf("overlaps widget %d (%s)", i, o.title())
		}
	}
}

func (m *mistakes) metrics(p Properties) {
	if p.Title == "" {
		m.addf("has no title")
	}
	if !slices.Contains(views, p.View) {
		m.addf("has view %q: use one of %s", p.View, strings.Join(views, ", "))
	}
	if p.Region == "" {
		m.addf("has no Region: its metrics would be those of the console's")
	}
	if n := len(p.Metrics); n == 0 || n > maxWidgetMetrics {
		m.addf("has %d metrics: use 1 to %d", n, maxWidgetMetrics)
	}
	if !slices.ContainsFunc(p.Metrics, func(metric Metric) bool { return !metric.Hidden() }) {
		m.addf("hides all of its metrics")
	}
	var ids []string
	for _, metric := range p.Metrics {
		if metric.ID == "" {
			continue
		}
		if slices.Contains(ids, metric.ID) {
			m.addf("has the id %q twice", metric.ID)
		}
		if !unicode.IsLower([]rune(metric.ID)[0]) {
			m.addf("has the id %q: begin it with a small letter", metric.ID)
		}
		ids = append(ids, metric.ID)
	}
	for _, metric := range p.Metrics {
		if metric.Expression == "" {
			continue
		}
		expression, err := ParseExpression(metric.Expression)
		if err != nil {
			m.addf("%v", err)
			continue
		}
		for _, id := range expression.IDs() {
			if !slices.Contains(ids, id) {
				m.addf("uses %q in %q, and has no metric of this id", id, metric.Expression)
			}
		}
	}
}
