package clientsecret

import "github.com/cognito-m2m/cognito-m2m-cdk/internal/rotation/emf"

// Metric names a CloudWatch metric of the function.
type Metric string

// The metrics, each with the dimension FunctionName and the unit Count. Every sweep records all but the last one, zeros included: how
// many secrets it found in a state, or did something to.
const (
	Placeholders     Metric = "Placeholders"     // without credentials: the first rotation has not ended, or somebody overwrote them
	Unsettled        Metric = "Unsettled"        // with something left to do when the sweep ended, waiting for the grace included
	RotationsStarted Metric = "RotationsStarted" // rotations started by the sweep
	Rewritten        Metric = "Rewritten"        // the same client secret in a new version, because client, scopes or URL changed
	Deleted          Metric = "Deleted"          // superseded client secrets deleted at Cognito
	Drift            Metric = "Drift"            // current credentials that were overwritten or did not authenticate
	Stuck            Metric = "Stuck"            // rotations given up
	Unsure           Metric = "Unsure"           // with two client secrets of which nothing proves which one is in use
	Overdue          Metric = "Overdue"          // not rotated for longer than the interval
	SweepFailures    Metric = "SweepFailures"    // secrets that the sweep failed at, or 1 when it could not list them
	CacheFlushes     Metric = "CacheFlushes"     // 1 for each flush of the stage cache
)

// EMF writes the metrics for CloudWatch, and StepDuration with the dimension Step besides FunctionName.
type EMF struct{ emf.Writer }

var _ Metrics = EMF{}

// Record writes a metric with the dimension FunctionName.
func (e EMF) Record(m Metric, value float64) { e.Write(string(m), "Count", value, nil) }
