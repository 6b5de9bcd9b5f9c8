// Package dashboard reads the body of a CloudWatch dashboard, finds mistakes in it, evaluates its metric math and draws it.
//
// It knows what the dashboards of this project use, and refuses the rest by name; it never guesses.
// https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/CloudWatch-Dashboard-Body-Structure.html
package dashboard

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
)

// Body is a dashboard.
type Body struct {
	// Start is the range that is shown at first, such as -P1D, up to now.
	Start          string   `json:"start"`
	PeriodOverride string   `json:"periodOverride"`
	Widgets        []Widget `json:"widgets"`
}

// Widget is a widget on the grid of 24 columns.
type Widget struct {
	// Type is metric, text or alarm.
	Type       string     `json:"type"`
	X          int        `json:"x"`
	Y          int        `json:"y"`
	Width      int        `json:"width"`
	Height     int        `json:"height"`
	Properties Properties `json:"properties"`
}

// Properties are those of all types of widgets.
type Properties struct {
	Title                string      `json:"title"`
	View                 string      `json:"view"`
	Region               string      `json:"region"`
	Start                string      `json:"start"`
	Period               int         `json:"period"`
	Stacked              bool        `json:"stacked"`
	SetPeriodToTimeRange bool        `json:"setPeriodToTimeRange"`
	Metrics              []Metric    `json:"metrics"`
	Annotations          Annotations `json:"annotations"`
	YAxis                struct {
		Left Axis `json:"left"`
	} `json:"yAxis"`
	Legend struct {
		Position string `json:"position"`
	} `json:"legend"`
	Markdown string   `json:"markdown"`
	Alarms   []string `json:"alarms"`
	SortBy   string   `json:"sortBy"`
}

// Axis is a vertical axis.
type Axis struct {
	Label     string   `json:"label"`
	Min       *float64 `json:"min"`
	Max       *float64 `json:"max"`
	ShowUnits *bool    `json:"showUnits"`
}

// Annotations are lines in a graph.
type Annotations struct {
	Horizontal []Line `json:"horizontal"`
}

// Line is a line at a value.
type Line struct {
	Value float64 `json:"value"`
	Label string  `json:"label"`
	Color string  `json:"color"`
	YAxis string  `json:"yAxis"`
}

// Metric is a metric, or an Expression over others.
type Metric struct {
	Namespace, Name string
	Dimensions      []Dimension
	MetricOptions
}

// Dimension is a dimension of a metric.
type Dimension struct{ Name, Value string }

// MetricOptions are what a metric's array may end with.
type MetricOptions struct {
	ID         string `json:"id"`
	Expression string `json:"expression"`
	Label      string `json:"label"`
	Color      string `json:"color"`
	Stat       string `json:"stat"`
	// Period is in seconds; 0 is the widget's, or five minutes.
	Period  int   `json:"period"`
	Visible *bool `json:"visible"`
}

// Hidden says whether only expressions use the metric.
func (m Metric) Hidden() bool { return m.Visible != nil && !*m.Visible }

// Of is the value of a dimension, empty when there is none of this name.
func (m Metric) Of(dimension string) string {
	for _, d := range m.Dimensions {
		if d.Name == dimension {
			return d.Value
		}
	}
	return ""
}

// Parse reads a body. A property that this package does not know is an error.
func Parse(body []byte) (*Body, error) {
	var b Body
	decoder := json.NewDecoder(bytes.NewReader(body))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&b); err != nil {
		return nil, fmt.Errorf("DashboardBody: %w", err)
	}
	if _, err := decoder.Token(); err != io.EOF {
		return nil, fmt.Errorf("DashboardBody: there is something after its end, at byte %d", decoder.InputOffset())
	}
	return &b, nil
}

// UnmarshalJSON reads ["namespace", "name", "dimension", "value", …, {options}] or [{options}].
func (m *Metric) UnmarshalJSON(body []byte) error {
	var parts []json.RawMessage
	if err := json.Unmarshal(body, &parts); err != nil {
		return err
	}
	var texts []string
	for i, part := range parts {
		var text string
		if err := json.Unmarshal(part, &text); err == nil {
			texts = append(texts, text)
			continue
		}
		if i != len(parts)-1 {
			return fmt.Errorf("metric %s: part %d is no text", body, i)
		}
		decoder := json.NewDecoder(bytes.NewReader(part))
		decoder.DisallowUnknownFields()
		if err := decoder.Decode(&m.MetricOptions); err != nil {
			return fmt.Errorf("metric %s: %w", body, err)
		}
	}
	if m.Expression != "" && len(texts) == 0 {
		return nil
	}
	if m.Expression != "" || len(texts) < 2 || len(texts)%2 != 0 {
		return fmt.Errorf("metric %s: want a namespace, a name and pairs of dimension and value, or an expression alone", body)
	}
	m.Namespace, m.Name = texts[0], texts[1]
	for i := 2; i < len(texts); i += 2 {
		m.Dimensions = append(m.Dimensions, Dimension{texts[i], texts[i+1]})
	}
	return nil
}
