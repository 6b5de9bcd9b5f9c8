package clientsecret

import (
	"bytes"
	"encoding/json"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/cognito-m2m/cognito-m2m-cdk/internal/rotation/emf"
	"github.com/cognito-m2m/cognito-m2m-cdk/internal/testkit/virtual"
)

type recorder map[Metric]float64

func (r recorder) Record(m Metric, value float64)     { r[m] = value }
func (r recorder) StepDuration(string, time.Duration) {}

// TestSweep_recordsMetrics pins what the alarms depend upon: every sweep records every metric, zeros included.
func TestSweep_recordsMetrics(t *testing.T) {
	none := func(more map[Metric]float64) map[Metric]float64 {
		want := map[Metric]float64{
			Placeholders: 0, Unsettled: 0, RotationsStarted: 0, Rewritten: 0, Deleted: 0, Drift: 0, Stuck: 0, Unsure: 0, Overdue: 0,
			SweepFailures: 0,
		}
		for m, v := range more {
			want[m] = v
		}
		return want
	}
	for _, tt := range []struct {
		name    string
		base    *world
		prepare func(*system)
		want    map[Metric]float64
	}{
		{"nothing to do", settled, nothing, none(nil)},
		{"onboarding", fresh, nothing, none(map[Metric]float64{Placeholders: 1, Unsettled: 1, RotationsStarted: 1})},
		{"the grace is over", overdue, nothing, none(map[Metric]float64{Deleted: 1})},
		{"overwritten", inGrace, (*system).overwrite, none(map[Metric]float64{Unsettled: 1, Drift: 1})},
		{"new scopes", settled, func(s *system) { s.changeScopes(); s.Advance(time.Hour) }, none(map[Metric]float64{Rewritten: 1})},
		{"stuck", settled, func(s *system) { s.begin("x"); s.Advance(3 * time.Hour) }, none(map[Metric]float64{Unsettled: 1, Stuck: 1})},
		{"unsure", fresh, (*system).addByHand, none(map[Metric]float64{Placeholders: 1, Unsettled: 1, Unsure: 1})},
		{"overdue", settled, func(s *system) { s.Advance(32 * 24 * time.Hour) }, none(map[Metric]float64{Overdue: 1})},
		{"failing", settled, func(s *system) { s.edit(func(next *secretRevision) { next.client = "" }) },
			none(map[Metric]float64{Unsettled: 1, SweepFailures: 1})},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s := newSystem(tt.base.clone())
			tt.prepare(s)
			got := recorder{}
			s.rotator.Metrics = got
			_ = s.Invoke(s.sweep)
			if diff := cmp.Diff(tt.want, map[Metric]float64(got)); diff != "" {
				t.Errorf("metrics (-want +got):\n%s", diff)
			}
		})
	}
}

func TestEMF_writesEmbeddedMetrics(t *testing.T) {
	var out bytes.Buffer
	w := newWorld()
	metrics := EMF{emf.Writer{Out: &out, Now: w.Clock().Now, Namespace: "CognitoM2M/ClientSecrets", FunctionName: "rotation"}}
	metrics.Record(Unsure, 2)
	var got map[string]any
	if err := json.Unmarshal(out.Bytes(), &got); err != nil {
		t.Fatal(err)
	}
	want := map[string]any{
		"FunctionName": "rotation", "Unsure": 2.0,
		"_aws": map[string]any{
			"Timestamp": float64(virtual.Epoch.UnixMilli()),
			"CloudWatchMetrics": []any{map[string]any{
				"Namespace": "CognitoM2M/ClientSecrets", "Dimensions": []any{[]any{"FunctionName"}},
				"Metrics": []any{map[string]any{"Name": "Unsure", "Unit": "Count"}},
			}},
		},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("document (-want +got):\n%s", diff)
	}
}
