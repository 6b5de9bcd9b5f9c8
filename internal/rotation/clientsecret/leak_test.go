package clientsecret

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

// TestRotator_neverPrintsValues plays rotations, sweeps, break-glass actions and what others do in between, with a failure at every request
// in turn. The failures quote every value there is, as AWS does in some of its messages. Then it looks for each value ever used in
// everything that was written or returned.
func TestRotator_neverPrintsValues(t *testing.T) {
	var out bytes.Buffer
	used := map[string]bool{}
	play := func(from *world, disturb func(*system), fault virtual.Fault) {
		s := newSystem(from.clone())
		s.rotator.Log = sensitive.NewLogger(&out)
		s.rotator.Metrics = EMF{emf.Writer{Out: &out, Now: s.Clock().Now, Namespace: "Test", FunctionName: "function"}}
		handle := func(ctx context.Context, event string) error {
			s.Failure = quoting(s.world)
			report, err := testHandler(s).Handle(ctx, json.RawMessage(event))
			_ = json.NewEncoder(&out).Encode(report)
			fmt.Fprintf(&out, "%v %+v %#v %q %#v\n", err, err, err, err, report)
			return err
		}
		s.step = func(ctx context.Context, step, token string) error {
			return handle(ctx, fmt.Sprintf(`{"Step":%q,"SecretId":%q,"ClientRequestToken":%q}`, step, testARN, token))
		}
		s.sweep = func(ctx context.Context) error { return handle(ctx, `{"action":"sweep"}`) }
		disturb(s)
		s.Writes, s.Faults = nil, []virtual.Fault{fault}
		schedule{}.play(s)
		for _, event := range []string{
			`{"action":"rotate-now","tenant":"acme"}`, `{"action":"rotate-now","tenant":"acme","force":true}`,
			`{"action":"revoke-previous","tenant":"acme"}`,
		} {
			_ = s.Invoke(func(ctx context.Context) error { return handle(ctx, event) })
		}
		for _, v := range s.allValues() {
			used[v] = true
		}
	}
	for _, course := range []start{
		startNamed("placeholder"), startNamed("a rotation has just ended"), startNamed("client replaced"),
	} {
		for call := 0; call < 80; call++ {
			play(course.base, course.prepare, virtual.Fault{At: call, Kind: virtual.FailBefore})
			call++
			play(course.base, course.prepare, virtual.Fault{At: call, Kind: virtual.Throttled})
		}
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

// quoting is an error whose message contains every value, bare and as the SecretString has it.
func quoting(w *world) error {
	return errors.New("InvalidParameterException: Parameters " + strings.Join(w.allValues(), `, {"client_secret":`))
}

func (w *world) allValues() (all []string) {
	for _, a := range w.apps {
		for _, s := range a.secrets {
			all = append(all, s.value.Plaintext())
		}
	}
	for _, v := range w.secretAt(w.Now).versions {
		if v.hasCredentials {
			all = append(all, v.credentials.secret.Plaintext())
		}
	}
	return all
}

// TestCredentials_areNeverPrinted: fmt reaches into unexported fields.
func TestCredentials_areNeverPrinted(t *testing.T) {
	c := newCredentials(testGateway, "client", testScopes)
	c.secret = sensitive.Random()
	text, err := c.encode()
	if err != nil {
		t.Fatal(err)
	}
	var log bytes.Buffer
	sensitive.NewLogger(&log).Info("x", "credentials", c, "observation", observation{current: c}, "version", Version{SecretString: text})
	outputs := []string{log.String()}
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x"} {
		outputs = append(outputs, fmt.Sprintf(verb, c), fmt.Sprintf(verb, &c), fmt.Sprintf(verb, observation{current: c}),
			fmt.Sprintf(verb, Version{SecretString: text}))
	}
	plain := c.secret.Plaintext()
	for _, output := range outputs {
		if strings.Contains(output, plain) || strings.Contains(output, fmt.Sprintf("%x", plain)) {
			t.Error("credentials are printed")
		}
	}
}
