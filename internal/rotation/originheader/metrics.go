package originheader

import (
	"encoding/json"
	"io"
	"time"
)

// Metric names a CloudWatch metric of the function.
type Metric string

// The metrics, each with the dimension FunctionName. The first three are recorded by every reconcile that could read everything.
const (
	ValueAgeDays  Metric = "ValueAgeDays"  // days since the current value was created
	DriftFound    Metric = "DriftFound"    // 1 when the pattern set or the stage was not as the secret says, else 0
	RotationStuck Metric = "RotationStuck" // 1 when a stuck rotation is being undone, else 0
	CacheFlushes  Metric = "CacheFlushes"  // 1 for each flush of the stage cache
)

// stepDuration has the dimension Step besides FunctionName.
const stepDuration Metric = "StepDuration"

var units = map[Metric]string{
	ValueAgeDays: "None", DriftFound: "Count", RotationStuck: "Count", CacheFlushes: "Count", stepDuration: "Milliseconds",
}

// EMF writes metrics as log lines that CloudWatch Logs turns into metrics, so that the function needs no permission for them
// (https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html).
type EMF struct {
	Out          io.Writer
	Clock        Clock
	Namespace    string
	FunctionName string
}

var _ Metrics = EMF{}

// Record writes a metric with the dimension FunctionName.
func (e EMF) Record(m Metric, value float64) { e.write(m, value, nil) }

// StepDuration writes the duration of a rotation step.
func (e EMF) StepDuration(step string, d time.Duration) {
	e.write(stepDuration, float64(d.Milliseconds()), map[string]string{"Step": step})
}

func (e EMF) write(m Metric, value float64, more map[string]string) {
	dimensions := []string{"FunctionName"}
	line := map[string]any{"FunctionName": e.FunctionName, string(m): value}
	for name, v := range more {
		dimensions = append(dimensions, name)
		line[name] = v
	}
	line["_aws"] = map[string]any{
		"Timestamp": e.Clock.Now().UnixMilli(),
		"CloudWatchMetrics": []any{map[string]any{
			"Namespace":  e.Namespace,
			"Dimensions": [][]string{dimensions},
			"Metrics":    []any{map[string]string{"Name": string(m), "Unit": units[m]}},
		}},
	}
	_ = json.NewEncoder(e.Out).Encode(line) // a lost metric must not fail a rotation; missing data raises its alarm
}
