// Package emf writes metrics as log lines, which CloudWatch Logs turns into metrics. A function needs no permission for them
// (https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html).
package emf

import (
	"encoding/json"
	"io"
	"time"
)

// Writer writes metrics of one function.
type Writer struct {
	Out          io.Writer
	Now          func() time.Time
	Namespace    string
	FunctionName string
}

// Write writes a metric with the dimension FunctionName and those in more.
func (w Writer) Write(name, unit string, value float64, more map[string]string) {
	dimensions := []string{"FunctionName"}
	line := map[string]any{"FunctionName": w.FunctionName, name: value}
	for name, v := range more {
		dimensions = append(dimensions, name)
		line[name] = v
	}
	line["_aws"] = map[string]any{
		"Timestamp": w.Now().UnixMilli(),
		"CloudWatchMetrics": []any{map[string]any{
			"Namespace":  w.Namespace,
			"Dimensions": [][]string{dimensions},
			"Metrics":    []any{map[string]string{"Name": name, "Unit": unit}},
		}},
	}
	_ = json.NewEncoder(w.Out).Encode(line) // a lost metric must not fail a rotation; an alarm fires on missing data
}

// StepDuration writes the duration of a rotation step, with the dimension Step.
func (w Writer) StepDuration(step string, d time.Duration) {
	w.Write("StepDuration", "Milliseconds", float64(d.Milliseconds()), map[string]string{"Step": step})
}
