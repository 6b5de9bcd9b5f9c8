package header

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/cognito-m2m/cognito-m2m-cdk/internal/rotation/emf"
	"github.com/cognito-m2m/cognito-m2m-cdk/internal/rotation/sensitive"
	"github.com/cognito-m2m/cognito-m2m-cdk/internal/testkit/virtual"
)

// TestRotator_neverPrintsValues plays two rotations, a foreign rewrite, a re-key and their reconciles with a failure at every call in
// turn. The failures quote every value there is, as AWS does in some of its messages. Then it looks for each value ever used in
// everything that was written or returned.
func TestRotator_neverPrintsValues(t *testing.T) {
	var out bytes.Buffer
	used := map[string]bool{}
	play := func(fail virtual.Fault) {
		s := newSystem(newWorld(NewValue()))
		s.rotator.Log = sensitive.NewLogger(&out)
		s.rotator.Metrics = EMF{emf.Writer{Out: &out, Now: s.Clock().Now, Namespace: "Test", FunctionName: "function"}}
		h := Handler{Rotator: s.rotator, SecretARN: testSecretARN}
		handle := func(ctx context.Context, event string) error {
			report, err := h.Handle(ctx, json.RawMessage(event))
			_ = json.NewEncoder(&out).Encode(report)
			if err != nil {
				fmt.Fprintf(&out, "%v %+v %#v %q\n", err, err, err, err)
				s.Failure = quoting(s.world) // newer values
			}
			return err
		}
		s.step = func(ctx context.Context, step, token string) error {
			s.Failure = quoting(s.world)
			return handle(ctx, fmt.Sprintf(`{"Step":%q,"SecretId":%q,"ClientRequestToken":%q}`, step, testSecretARN, token))
		}
		s.reconcile = func(ctx context.Context) error {
			s.Failure = quoting(s.world)
			return handle(ctx, `{"action":"reconcile"}`)
		}
		s.Faults = []virtual.Fault{fail}
		schedule{start: startClean}.play(s)
		s.foreignRewrite()
		s.runReconcile()
		_ = s.Invoke(func(ctx context.Context) error { return handle(ctx, `{"action":"undo-rotation"}`) })
		_ = s.Invoke(func(ctx context.Context) error { return handle(ctx, `{"action":"revoke-previous"}`) })
		for _, v := range allValues(s.world) {
			used[v.Plaintext()] = true
		}
	}
	const calls = 100
	for call := range calls {
		play(virtual.Fault{At: call, Kind: virtual.FailBefore})
		play(virtual.Fault{At: call, Kind: virtual.Throttled})
	}

	output := out.String()
	if !strings.Contains(output, "[redacted]") {
		t.Error("no failure quoted a value: the test proves nothing")
	}
	for _, line := range strings.Split(strings.TrimSpace(output), "\n") {
		if sensitive.Run.MatchString(line) {
			t.Fatalf("a value is in: %s", line)
		}
	}
	for value := range used {
		if strings.Contains(output, value) {
			t.Fatal("a value is in the output")
		}
	}
	t.Logf("looked for %d values in %d KB", len(used), len(output)/1000)
}

// quoting is an error whose message contains every value.
func quoting(w *world) error {
	var text strings.Builder
	for _, v := range allValues(w) {
		text.WriteString(" Parameter: " + v.Pattern())
	}
	return errors.New("WAFInvalidParameterException:" + text.String())
}

func allValues(w *world) (all []Value) {
	for _, r := range w.stage {
		all = append(all, r.value)
	}
	for _, r := range w.set {
		all = append(all, r.values...)
	}
	for _, v := range w.secretAt(w.Now).versions {
		if v.hasValue {
			all = append(all, v.value)
		}
	}
	return all
}
