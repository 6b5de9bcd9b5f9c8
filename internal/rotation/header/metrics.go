package header

import "github.com/cognito-m2m/cognito-m2m-cdk/internal/rotation/emf"

// Metric names a CloudWatch metric of the function.
type Metric string

// The metrics, each with the dimension FunctionName. Every reconcile that could read everything records the first three.
const (
	ValueAgeDays  Metric = "ValueAgeDays"  // days since the current value was created
	DriftFound    Metric = "DriftFound"    // 1 if the pattern set or the stage did not match the secret, otherwise 0
	RotationStuck Metric = "RotationStuck" // 1 if a stuck rotation is being undone, otherwise 0
	CacheFlushes  Metric = "CacheFlushes"  // 1 for each flush of the stage cache
)

var units = map[Metric]string{ValueAgeDays: "None", DriftFound: "Count", RotationStuck: "Count", CacheFlushes: "Count"}

// EMF writes the metrics for CloudWatch, and StepDuration with the dimension Step besides FunctionName.
type EMF struct{ emf.Writer }

var _ Metrics = EMF{}

// Record writes a metric with the dimension FunctionName.
func (e EMF) Record(m Metric, value float64) { e.Write(string(m), units[m], value, nil) }
