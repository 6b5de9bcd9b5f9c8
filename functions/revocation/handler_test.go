package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/cognito-m2m/cognito-m2m-cdk/internal/rotation/emf"
)

type fakeCache struct {
	flushes int
	err     error
}

func (f *fakeCache) Flush(context.Context) error {
	f.flushes++
	return f.err
}

// message is a record of a batch about an UpdateUserPoolClient this long before noon.
func message(age time.Duration) string {
	return record(fmt.Sprintf(`{"eventName":"UpdateUserPoolClient","eventTime":%q,"eventID":"e"}`, noon.Add(-age).Format(time.RFC3339)))
}

func record(body string) string { return fmt.Sprintf(`{"eventSource":"aws:sqs","body":%q}`, body) }

var noon = time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)

// Every batch is one flush, however many changes it is about and whatever they say.
func TestHandle_flushesOncePerBatch(t *testing.T) {
	written := func(changes, delay float64) map[string]float64 {
		return map[string]float64{"CacheFlushes": 1, "Changes": changes, "Delay": delay}
	}
	for name, test := range map[string]struct {
		records []string
		fails   error
		flushes int
		metrics map[string]float64
		err     string
	}{
		"one change": {records: []string{message(time.Minute)}, flushes: 1, metrics: written(1, 60)},
		"burst": {records: []string{message(time.Minute), message(5 * time.Minute), message(0)}, flushes: 1,
			metrics: written(3, 300)},
		"message without sense":  {records: []string{record("no JSON"), record("{}")}, flushes: 1, metrics: written(2, 0)},
		"time from a fast clock": {records: []string{message(-time.Minute)}, flushes: 1, metrics: written(1, 0)},
		"flush fails": {records: []string{message(0)}, fails: errors.New("throttled"), flushes: 1,
			err: "flushing the stage cache after 1 changes: throttled"},
		"no batch":              {err: "event has no Records"},
		"batch of another kind": {records: []string{`{"eventSource":"aws:kinesis"}`}, err: `event is from "aws:kinesis"`},
	} {
		t.Run(name, func(t *testing.T) {
			var b batch
			if err := json.Unmarshal([]byte(`{"Records":[`+strings.Join(test.records, ",")+`]}`), &b); err != nil {
				t.Fatal(err)
			}
			var out bytes.Buffer
			now := func() time.Time { return noon }
			cache := &fakeCache{err: test.fails}
			metricsOut := emf.Writer{Out: &out, Now: now, Namespace: "N", FunctionName: "f"}
			h := handler{cache: cache, metrics: metricsOut, now: now, log: slog.New(slog.DiscardHandler)}
			err := h.handle(t.Context(), b)
			if (err != nil) != (test.err != "") || (err != nil && !strings.Contains(err.Error(), test.err)) {
				t.Errorf("error %v, want %q", err, test.err)
			}
			if cache.flushes != test.flushes {
				t.Errorf("%d flushes, want %d", cache.flushes, test.flushes)
			}
			if diff := cmp.Diff(test.metrics, metrics(out.String())); diff != "" {
				t.Errorf("metrics (-want +got):\n%s", diff)
			}
		})
	}
}

// metrics are the metrics among the lines of an output; Lambda's own lines are no JSON.
func metrics(output string) map[string]float64 {
	var all map[string]float64
	for line := range strings.Lines(output) {
		var fields map[string]any
		if json.Unmarshal([]byte(line), &fields) != nil || fields["_aws"] == nil {
			continue
		}
		for name, value := range fields {
			if number, ok := value.(float64); ok {
				if all == nil {
					all = map[string]float64{}
				}
				all[name] = number
			}
		}
	}
	return all
}

func TestReadSettings_reportsAllMistakes(t *testing.T) {
	values := map[string]string{"REST_API_ID": "api", "STAGE_NAME": "v1"}
	s, err := readSettings(func(name string) string { return values[name] })
	if want := (settings{"api", "v1", "CognitoM2M/Revocation"}); err != nil || s != want {
		t.Errorf("got %v, %v, want %v", s, err, want)
	}
	_, err = readSettings(func(string) string { return "" })
	if err == nil || err.Error() != "environment variable REST_API_ID is not set\nenvironment variable STAGE_NAME is not set" {
		t.Errorf("nothing set: got %v", err)
	}
}
