package logsinsights

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"time"
)

type kind int

const (
	missing kind = iota
	text
	number
	timestamp
	boolean // what a condition yields: never what a field has
)

// value is what a field or an expression has. A number of an event keeps its spelling.
type value struct {
	kind   kind
	string string
	number float64
}

func textOf(s string) value         { return value{kind: text, string: s} }
func numberOf(f float64) value      { return value{kind: number, number: f} }
func timeOf(t time.Time) value      { return value{kind: timestamp, number: float64(t.UnixMilli())} }
func truth(b bool) value            { return value{kind: boolean, number: map[bool]float64{true: 1}[b]} }
func (v value) isTrue() bool        { return v.kind == boolean && v.number == 1 }
func (v value) isMissing() bool     { return v.kind == missing }
func (v value) equals(w value) bool { return v.text() == w.text() }

// text is the value as a result shows it.
func (v value) text() string {
	switch v.kind {
	case missing:
		return ""
	case timestamp:
		return time.UnixMilli(int64(v.number)).UTC().Format("2006-01-02 15:04:05.000")
	case number:
		if v.string != "" {
			return v.string
		}
		return strconv.FormatFloat(v.number, 'f', -1, 64)
	case boolean:
		return strconv.FormatFloat(v.number, 'f', -1, 64)
	default:
		return v.string
	}
}

// numeric is the value as a number, if it is one or a text that looks like one.
func (v value) numeric() (float64, bool) {
	switch v.kind {
	case number, timestamp, boolean:
		return v.number, true
	case text:
		f, err := strconv.ParseFloat(v.string, 64)
		return f, err == nil
	default:
		return 0, false
	}
}

type row struct{ fields map[string]value }

func (r row) get(name string) value { return r.fields[name] }

func (r row) with(name string, v value) row {
	fields := make(map[string]value, len(r.fields)+1)
	for n, old := range r.fields {
		fields[n] = old
	}
	fields[name] = v
	return row{fields}
}

// discover finds an event's fields: members of the first JSON object in it, nested ones with dots and elements of lists by their place.
// https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/CWL_AnalyzeLogData-discoverable-fields.html
func discover(event Event) (map[string]value, error) {
	fields := map[string]value{"@timestamp": timeOf(event.Timestamp), "@message": textOf(event.Message)}
	start := strings.IndexByte(event.Message, '{')
	if start < 0 {
		return fields, nil
	}
	decoder := json.NewDecoder(bytes.NewReader([]byte(event.Message[start:])))
	decoder.UseNumber()
	var document any
	if err := decoder.Decode(&document); err != nil {
		return nil, fmt.Errorf("event %.80s…: %w", event.Message, err)
	}
	flatten("", document, fields)
	if extracted := len(fields) - 2; extracted > 200 {
		return nil, fmt.Errorf("event has %d fields: 200 are found", extracted)
	}
	return fields, nil
}

func flatten(name string, document any, fields map[string]value) {
	below := func(step string) string {
		if name == "" {
			return step
		}
		return name + "." + step
	}
	switch v := document.(type) {
	case map[string]any:
		for member, inner := range v {
			flatten(below(member), inner, fields)
		}
	case []any:
		for i, inner := range v {
			flatten(below(strconv.Itoa(i)), inner, fields)
		}
	case string:
		fields[name] = textOf(v)
	case json.Number:
		f, _ := v.Float64()
		fields[name] = value{kind: number, string: v.String(), number: f}
	case bool:
		fields[name] = value{kind: boolean, number: truth(v).number}
	}
}
