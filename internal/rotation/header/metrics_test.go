package header

import (
	"bytes"
	"encoding/json"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/cognito-m2m/cognito-m2m-cdk/internal/rotation/emf"
	"github.com/cognito-m2m/cognito-m2m-cdk/internal/testkit/virtual"
)

func TestEMF_writesEmbeddedMetrics(t *testing.T) {
	var out bytes.Buffer
	w := newWorld(current)
	emf := EMF{emf.Writer{Out: &out, Now: w.Clock().Now, Namespace: "CognitoM2M/OriginHeader", FunctionName: "rotation"}}
	emf.Record(ValueAgeDays, 1.5)
	emf.StepDuration(StepSet, 2*time.Second)

	document := func(metric, unit string, value float64, dimensions []any, more map[string]any) map[string]any {
		d := map[string]any{
			"FunctionName": "rotation", metric: value,
			"_aws": map[string]any{
				"Timestamp": float64(virtual.Epoch.UnixMilli()),
				"CloudWatchMetrics": []any{map[string]any{
					"Namespace": "CognitoM2M/OriginHeader", "Dimensions": []any{dimensions},
					"Metrics": []any{map[string]any{"Name": metric, "Unit": unit}},
				}},
			},
		}
		for k, v := range more {
			d[k] = v
		}
		return d
	}
	want := []map[string]any{
		document("ValueAgeDays", "None", 1.5, []any{"FunctionName"}, nil),
		document("StepDuration", "Milliseconds", 2000, []any{"FunctionName", "Step"}, map[string]any{"Step": "setSecret"}),
	}
	decoder := json.NewDecoder(&out)
	for _, want := range want {
		var got map[string]any
		if err := decoder.Decode(&got); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("document (-want +got):\n%s", diff)
		}
	}
	if decoder.More() {
		t.Error("more than one document a metric")
	}
}

// TestReconcile_recordsMetrics pins what the alarms depend upon: these come with every reconcile, before it waits for anything.
func TestReconcile_recordsMetrics(t *testing.T) {
	for _, tt := range []struct {
		name    string
		prepare func(*system)
		want    map[Metric]float64
	}{
		{"nothing to do", func(*system) {}, map[Metric]float64{ValueAgeDays: 1000. / 24, DriftFound: 0, RotationStuck: 0}},
		{"drift", func(s *system) { s.foreignRewrite() },
			map[Metric]float64{ValueAgeDays: 1000. / 24, DriftFound: 1, RotationStuck: 0, CacheFlushes: 1}},
		{"stuck", func(s *system) {
			startInjected.prepare(s)
			s.secret[1].at, s.secret[1].changed = -3*time.Hour, -3*time.Hour
		},
			map[Metric]float64{ValueAgeDays: 1000. / 24, DriftFound: 0, RotationStuck: 1}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s := newSystem(newWorld(current))
			tt.prepare(s)
			got := recorder{}
			s.rotator.Metrics = got
			s.runReconcile()
			got[ValueAgeDays] = float64(int(got[ValueAgeDays]*1000)) / 1000
			tt.want[ValueAgeDays] = float64(int(tt.want[ValueAgeDays]*1000)) / 1000
			if diff := cmp.Diff(tt.want, map[Metric]float64(got)); diff != "" {
				t.Errorf("metrics (-want +got):\n%s", diff)
			}
		})
	}
}

type recorder map[Metric]float64

func (r recorder) Record(m Metric, value float64)     { r[m] = value }
func (r recorder) StepDuration(string, time.Duration) {}
