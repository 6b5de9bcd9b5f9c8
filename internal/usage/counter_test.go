package usage_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/cognito-m2m/cognito-m2m-cdk/internal/usage"
)

type object = map[string]any

const pool = "us-west-2_aaaaaaaaa"

var noon = time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)

// token is AWS's example of a request for a client's own token, changed.
// https://docs.aws.amazon.com/cognito/latest/developerguide/understanding-amazon-cognito-entries.html
func token(eventID, clientID string, change func(event, additional object)) string {
	parameters := object{"grant_type": []string{"client_credentials"}}
	if clientID != "" {
		parameters["client_id"] = []string{clientID}
	}
	additional := object{
		"responseParameters": object{"status": 200}, "requestParameters": parameters,
		"userPoolDomain": "mydomain.auth.us-west-2.amazoncognito.com", "userPoolId": pool,
	}
	event := object{
		"eventVersion": "1.08", "eventTime": "2026-11-22T11:58:30Z", "eventSource": "cognito-idp.amazonaws.com", "eventName": "Token_POST",
		"awsRegion":       "us-west-2",
		"sourceIPAddress": "192.0.2.1", "requestParameters": nil, "responseElements": nil, "additionalEventData": additional, "eventID": eventID,
		"readOnly": false, "eventType": "AwsServiceEvent", "managementEvent": true, "eventCategory": "Management",
	}
	if change != nil {
		change(event, additional)
	}
	body, err := json.Marshal(event)
	if err != nil {
		panic(err)
	}
	return string(body)
}

func status(s any) func(event, additional object) {
	return func(_, additional object) { additional["responseParameters"] = object{"status": s} }
}

func with(name string, value any) func(event, additional object) {
	return func(event, _ object) { event[name] = value }
}

// batch is what CloudWatch Logs hands over.
func batch(t *testing.T, messageType string, messages ...string) usage.Event {
	t.Helper()
	var events []object
	for i, message := range messages {
		events = append(events, object{"id": fmt.Sprint(i), "timestamp": 1, "message": message})
	}
	body, err := json.Marshal(object{"messageType": messageType, "logGroup": "trail", "logEvents": events})
	if err != nil {
		t.Fatal(err)
	}
	var event usage.Event
	event.Logs.Data = compressed(t, body)
	return event
}

func compressed(t *testing.T, body []byte) []byte {
	t.Helper()
	var packed bytes.Buffer
	w := gzip.NewWriter(&packed)
	if _, err := w.Write(body); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return packed.Bytes()
}

// fakeClients is the pool's list.
type fakeClients struct {
	list  []usage.Client
	err   error
	calls int
}

func (f *fakeClients) List(context.Context) ([]usage.Client, error) {
	f.calls++
	return f.list, f.err
}

func newCounter(clients usage.Clients, out io.Writer, change func(*usage.Counter)) *usage.Counter {
	log := slog.New(slog.NewJSONHandler(io.Discard, nil))
	c := &usage.Counter{
		UserPool: pool, Out: out, Log: log,
		Tenants: &usage.Tenants{Clients: clients, Max: 100, Now: func() time.Time { return noon }, Log: log},
	}
	if change != nil {
		change(c)
	}
	return c
}

// metrics are what CloudWatch makes of the lines: by metric, its dimensions and its minute.
func metrics(t *testing.T, output string) map[string]float64 {
	t.Helper()
	all := map[string]float64{}
	for line := range strings.Lines(output) {
		var m struct {
			AWS struct {
				Timestamp         int64
				CloudWatchMetrics []struct {
					Namespace  string
					Dimensions [][]string
					Metrics    []struct{ Name, Unit string }
				}
			} `json:"_aws"`
		}
		values := object{}
		if json.Unmarshal([]byte(line), &m) != nil || json.Unmarshal([]byte(line), &values) != nil || len(m.AWS.CloudWatchMetrics) != 1 {
			t.Fatalf("no line of one directive: %s", line)
		}
		directive := m.AWS.CloudWatchMetrics[0]
		if directive.Namespace != "CognitoM2M/Usage" || len(directive.Dimensions) != 1 {
			t.Errorf("namespace and dimensions of %s", line)
		}
		var dimensions []string
		for _, name := range directive.Dimensions[0] {
			dimensions = append(dimensions, fmt.Sprint(values[name]))
		}
		for _, metric := range directive.Metrics {
			if metric.Unit != "Count" {
				t.Errorf("unit of %s", line)
			}
			key := metric.Name + " " + strings.Join(dimensions, ",") + " " + time.UnixMilli(m.AWS.Timestamp).UTC().Format("15:04:05")
			if _, twice := all[key]; twice {
				t.Errorf("%s is there twice", key)
			}
			all[key] = values[metric.Name].(float64)
		}
	}
	return all
}

func totals(issued, failed, without float64) map[string]float64 {
	return map[string]float64{
		"TokensIssued " + pool + " 11:58:00": issued, "TokenRequestsFailed " + pool + " 11:58:00": failed,
		"RequestsWithoutClientId " + pool + " 11:58:00": without,
	}
}

// also adds metrics with a second dimension, in the order of the dimensions' names.
func also(m map[string]float64, more map[string]float64) map[string]float64 {
	m = maps.Clone(m)
	for key, value := range more {
		name, dimension, _ := strings.Cut(key, " ")
		dimensions := dimension + "," + pool
		m[name+" "+dimensions+" 11:58:00"] = value
	}
	return m
}

func TestCounter_counts(t *testing.T) {
	clients := []usage.Client{{ID: "shop-id", Name: "shop"}, {ID: "billing-id", Name: "billing"}}
	for name, test := range map[string]struct {
		messages []string
		want     map[string]float64
	}{
		"issued": {
			[]string{token("1", "shop-id", nil), token("2", "shop-id", status(200.0)), token("3", "billing-id", nil)},
			also(totals(3, 0, 0), map[string]float64{"TokensIssued shop": 2, "TokensIssued billing": 1}),
		},
		"delivered twice": {
			[]string{token("1", "shop-id", nil), token("1", "shop-id", nil), token("", "shop-id", nil), token("", "shop-id", nil)},
			also(totals(3, 0, 0), map[string]float64{"TokensIssued shop": 3}),
		},
		"client beside the parameters": {
			[]string{token("1", "billing-id", func(_, additional object) { additional["clientId"] = "shop-id" })},
			also(totals(1, 0, 0), map[string]float64{"TokensIssued shop": 1}),
		},
		"client beside the parameters alone": {
			[]string{token("1", "", func(_, additional object) { additional["clientId"] = "shop-id" })},
			also(totals(1, 0, 0), map[string]float64{"TokensIssued shop": 1}),
		},
		"unknown client": {[]string{token("1", "other-id", nil)}, also(totals(1, 0, 0), map[string]float64{"TokensIssued (unknown)": 1})},
		"no client": {
			[]string{token("1", "", nil), token("2", "HIDDEN_DUE_TO_SECURITY_REASONS", status(400))},
			also(totals(1, 1, 2), map[string]float64{"TokensIssued (unknown)": 1, "TokenRequestsFailed HTTP 400": 1}),
		},
		"failed": {
			[]string{
				token("1", "shop-id", status(400)), token("2", "shop-id", status(429.0)), token("3", "shop-id", status(418)),
				token("4", "shop-id", status(599)), token("5", "shop-id", status(302)),
				token("6", "shop-id", with("errorCode", "NotAuthorizedException")), token("7", "shop-id", with("errorCode", "../etc <b>")),
				token("8", "shop-id", func(_, additional object) {
					additional["responseParameters"] = object{"error": []string{"invalid_scope"}}
				}),
				token("9", "shop-id", func(_, additional object) {
					additional["responseParameters"] = object{"error": "invalid_client", "status": 400}
				}),
				token("10", "shop-id", func(_, additional object) { delete(additional, "responseParameters") }),
			},
			also(totals(0, 10, 0), map[string]float64{
				"TokenRequestsFailed HTTP 400": 1, "TokenRequestsFailed HTTP 429": 1, "TokenRequestsFailed HTTP 4xx": 1,
				"TokenRequestsFailed HTTP 5xx":               1,
				"TokenRequestsFailed NotAuthorizedException": 1, "TokenRequestsFailed (other)": 3,
				"TokenRequestsFailed invalid_scope": 1, "TokenRequestsFailed invalid_client": 1,
			}),
		},
		"failed with another grant": {
			[]string{token("1", "shop-id", func(_, additional object) {
				additional["requestParameters"], additional["responseParameters"] = object{"grant_type": []string{"password"}}, object{"status": 400}
			})},
			also(totals(0, 1, 1), map[string]float64{"TokenRequestsFailed HTTP 400": 1}),
		},
		"empty error": {
			[]string{token("1", "shop-id", with("errorCode", ""))}, also(totals(1, 0, 0), map[string]float64{"TokensIssued shop": 1}),
		},
		"others' events": {
			[]string{
				token("1", "shop-id", with("eventName", "Login_POST")), token("2", "shop-id", with("eventSource", "example.amazonaws.com")),
				token("3", "shop-id", func(_, additional object) { additional["userPoolId"] = "us-west-2_other" }),
				token("4", "shop-id", func(_, additional object) {
					additional["requestParameters"] = object{"grant_type": []string{"authorization_code"}}
				}),
				token("5", "shop-id", func(event, _ object) { delete(event, "eventTime") }), `no JSON`, `{"eventID":7}`, `[]`,
			},
			map[string]float64{},
		},
	} {
		t.Run(name, func(t *testing.T) {
			var out bytes.Buffer
			counter := newCounter(&fakeClients{list: clients}, &out, nil)
			if err := counter.Handle(t.Context(), batch(t, "DATA_MESSAGE", test.messages...)); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(test.want, metrics(t, out.String())); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// Counts belong to the minutes of their events, whatever the time of their delivery.
func TestCounter_minutes(t *testing.T) {
	var out bytes.Buffer
	messages := []string{
		token("1", "shop-id", with("eventTime", "2026-11-22T11:57:59Z")), token("2", "shop-id", with("eventTime", "2026-11-22T11:58:00Z")),
		token("3", "shop-id", with("eventTime", "2026-11-22T12:58:59+01:00")),
	}
	counter := newCounter(&fakeClients{list: []usage.Client{{ID: "shop-id", Name: "shop"}}}, &out, nil)
	if err := counter.Handle(t.Context(), batch(t, "DATA_MESSAGE", messages...)); err != nil {
		t.Fatal(err)
	}
	got := metrics(t, out.String())
	for at, want := range map[string]float64{"11:57:00": 1, "11:58:00": 2} {
		if n := got["TokensIssued shop,"+pool+" "+at]; n != want {
			t.Errorf("%s: %v tokens, want %v", at, n, want)
		}
	}
}

func TestCounter_payloads(t *testing.T) {
	raw := func(data []byte) usage.Event {
		var event usage.Event
		event.Logs.Data = data
		return event
	}
	for name, test := range map[string]struct {
		event usage.Event
		want  string
	}{
		"control message": {batch(t, "CONTROL_MESSAGE", "CWL CONTROL MESSAGE: Checking health of destination Lambda."), ""},
		"empty batch":     {batch(t, "DATA_MESSAGE"), ""},
		"nothing":         {usage.Event{}, "event has no awslogs.data"},
		"not compressed":  {raw([]byte("secret=hunter2")), "batch of CloudWatch Logs: gzip: invalid header"},
		"cut off":         {raw(compressed(t, []byte(`{"messageType":"DATA_MESSAGE"}`))[:20]), "batch of CloudWatch Logs: unexpected EOF"},
		"no JSON":         {raw(compressed(t, []byte("hunter2"))), "batch of CloudWatch Logs is no JSON of theirs"},
		"another type":    {batch(t, "OTHER"), `has messageType "OTHER"`},
		"too long":        {raw(compressed(t, make([]byte, 32<<20+1))), "is longer than 33554432 bytes"},
	} {
		t.Run(name, func(t *testing.T) {
			var out bytes.Buffer
			clients := &fakeClients{}
			err := newCounter(clients, &out, nil).Handle(t.Context(), test.event)
			if (err == nil) != (test.want == "") || (err != nil && (!strings.Contains(err.Error(), test.want) ||
				strings.Contains(err.Error(), "hunter2"))) {
				t.Errorf("error %v, want %q", err, test.want)
			}
			if out.Len() > 0 || clients.calls > 0 {
				t.Errorf("wrote %q, called Cognito %d times", out.String(), clients.calls)
			}
		})
	}
}

// The same tenants have a metric of their own whatever the order of the list: the named ones and others up to the bound.
func TestCounter_cardinalityIsBounded(t *testing.T) {
	var clients []usage.Client
	var messages []string
	for i := range 500 {
		id := fmt.Sprintf("id-%d", i)
		clients = append(clients, usage.Client{ID: id, Name: fmt.Sprintf("tenant-%d", i)})
		messages = append(messages, token(id, id, nil))
	}
	clients[7].Name = "naïve\ttenant"
	tenants := func(list []usage.Client) []string {
		var out bytes.Buffer
		counter := newCounter(&fakeClients{list: list}, &out, func(c *usage.Counter) {
			c.Tenants.Named, c.Tenants.Max = []string{"tenant-499", "na?ve?tenant", "not-there"}, 10
		})
		if err := counter.Handle(t.Context(), batch(t, "DATA_MESSAGE", messages...)); err != nil {
			t.Fatal(err)
		}
		var names []string
		sum := 0.0
		for key, n := range metrics(t, out.String()) {
			if name, ok := strings.CutPrefix(key, "TokensIssued "); ok && strings.Contains(name, ",") {
				names, sum = append(names, strings.Split(name, ",")[0]), sum+n
			}
		}
		if sum != 500 {
			t.Errorf("%v tokens by tenant, want 500", sum)
		}
		slices.Sort(names)
		return names
	}
	names := tenants(clients)
	// Ten have a metric, of which one is not there; the others share one.
	if len(names) != 10 || !slices.Contains(names, "tenant-499") || !slices.Contains(names, "na?ve?tenant") ||
		!slices.Contains(names, "(other)") {
		t.Errorf("%d tenants: %v", len(names), names)
	}
	slices.Reverse(clients)
	if diff := cmp.Diff(names, tenants(clients)); diff != "" {
		t.Errorf("another order of the list has other tenants:\n%s", diff)
	}
}

// Unknown client ids, which anybody can send, make the list be read again every five minutes at most.
func TestCounter_listIsRefreshed(t *testing.T) {
	var out bytes.Buffer
	now := noon
	clients := &fakeClients{list: []usage.Client{{ID: "shop-id", Name: "shop"}}}
	counter := newCounter(clients, &out, func(c *usage.Counter) { c.Tenants.Now = func() time.Time { return now } })
	step := func(id string, after time.Duration, wantCalls int, wantTenant string) {
		t.Helper()
		now = now.Add(after)
		out.Reset()
		if err := counter.Handle(t.Context(), batch(t, "DATA_MESSAGE", token("1", id, nil))); err != nil {
			t.Fatal(err)
		}
		if got := metrics(t, out.String()); clients.calls != wantCalls || got["TokensIssued "+wantTenant+","+pool+" 11:58:00"] != 1 {
			t.Errorf("%s: %d calls, want %d; metrics %v, want tenant %s", id, clients.calls, wantCalls, got, wantTenant)
		}
	}
	step("shop-id", 0, 1, "shop")
	step("shop-id", time.Hour, 1, "shop")
	clients.list = append(clients.list, usage.Client{ID: "new-id", Name: "new"})
	step("new-id", 0, 2, "new")
	step("guess-1", time.Minute, 2, "(unknown)")
	step("guess-2", 4*time.Minute-time.Second, 2, "(unknown)")
	step("guess-3", time.Second, 3, "(unknown)")
	// A list that is not to be had leaves the one there is, and is not asked for again at once.
	clients.err = errors.New("throttled")
	step("guess-4", 5*time.Minute, 4, "(unknown)")
	step("shop-id", 0, 4, "shop")
	step("guess-5", time.Minute, 4, "(unknown)")
}

// Without any list the batch fails as a whole, with nothing written: Lambda hands it over again.
func TestCounter_failsWithoutAList(t *testing.T) {
	var out bytes.Buffer
	clients := &fakeClients{err: errors.New("throttled")}
	counter := newCounter(clients, &out, nil)
	event := batch(t, "DATA_MESSAGE", token("1", "shop-id", nil))
	for range 2 {
		if err := counter.Handle(t.Context(), event); err == nil || err.Error() != "listing the app clients: throttled" || out.Len() > 0 {
			t.Errorf("error %v, wrote %q", err, out.String())
		}
	}
	clients.err, clients.list = nil, []usage.Client{{ID: "shop-id", Name: "shop"}}
	if err := counter.Handle(t.Context(), event); err != nil || clients.calls != 3 {
		t.Errorf("error %v after %d calls", err, clients.calls)
	}
}

func TestBounds_check(t *testing.T) {
	many := make([]string, 21)
	for i := range many {
		many[i] = fmt.Sprint("t", i)
	}
	for _, test := range []struct {
		named []string
		max   int
		want  string
	}{
		{nil, 1, ""}, {many[:20], 1000, ""}, {[]string{"a b+c=d.e@f-g_1"}, 1, ""},
		{nil, 0, "0 tenants with a metric of their own are not allowed: use 1 to 1000"},
		{nil, 1001, "1001 tenants with a metric"},
		{[]string{"a", "b"}, 1, "2 tenants are named, and at most 1"},
		{many, 100, "21 named tenants are not allowed: name at most 20"},
		{
			[]string{"a,b"}, 100, `named tenant "a,b" is no name of an app client`,
		}, {[]string{"(other)"}, 100, `named tenant "(other)" is no name`}, {[]string{""}, 100, `named tenant "" is no name`},
		{[]string{"a", "a"}, 100, `tenant "a" is named twice`},
	} {
		err := usage.Bounds(test.named, test.max)
		if (err == nil) != (test.want == "") || (err != nil && !strings.HasPrefix(err.Error(), test.want)) {
			t.Errorf("%v, %d: %v, want %q", test.named, test.max, err, test.want)
		}
	}
}
