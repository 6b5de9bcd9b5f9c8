package main

import (
	"bytes"
	"compress/gzip"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"net/http/httptest"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/cognito-m2m/cognito-m2m-cdk/internal/lambdabuild"
	"github.com/cognito-m2m/cognito-m2m-cdk/internal/rotation/sensitive"
	"github.com/cognito-m2m/cognito-m2m-cdk/internal/testkit/lambdaruntime"
)

// planted stands for whatever secret an event may come to have.
var planted = sensitive.Random().Plaintext()

// payload is a batch as CloudWatch Logs sends it.
func payload(t *testing.T, messageType string, messages ...string) []byte {
	t.Helper()
	var events []map[string]any
	for i, message := range messages {
		events = append(events, map[string]any{"id": fmt.Sprint(i), "timestamp": 1795348800000, "message": message})
	}
	body, err := json.Marshal(map[string]any{
		"messageType": messageType, "owner": "123456789012", "logGroup": "trail", "logStream": "123456789012_CloudTrail_eu-west-1",
		"subscriptionFilters": []string{"usage"}, "logEvents": events,
	})
	if err != nil {
		t.Fatal(err)
	}
	var packed bytes.Buffer
	w := gzip.NewWriter(&packed)
	if _, err := w.Write(body); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return fmt.Appendf(nil, `{"awslogs":{"data":%q}}`, base64.StdEncoding.EncodeToString(packed.Bytes()))
}

func tokenEvent(id int, client string, status string) string {
	return fmt.Sprintf(`{"eventVersion":"1.08","eventTime":"2026-11-22T11:58:30Z","eventSource":"cognito-idp.amazonaws.com",`+
		`"eventName":"Token_POST","additionalEventData":{"responseParameters":{"status":%s,"access_token":%q},`+
		`"requestParameters":{"grant_type":["client_credentials"],"client_id":[%q],"client_secret":[%q]},"userPoolId":"eu-west-1_pool"},`+
		`"eventID":"event-%d","readOnly":false,"eventType":"AwsServiceEvent","managementEvent":true}`, status, planted, client, planted, id)
}

// The function's real binary, the linux/amd64 twin of what is deployed, with a Cognito that throttles and has several pages of clients.
func TestFunction_realBinary(t *testing.T) {
	if runtime.GOOS != "linux" || runtime.GOARCH != "amd64" {
		t.Skipf("this is %s/%s: the binary is for linux/amd64", runtime.GOOS, runtime.GOARCH)
	}
	dir, err := lambdabuild.Build(t.Context(), lambdabuild.Module+"/functions/usage", "amd64")
	if err != nil {
		t.Fatal(err)
	}
	fake := &cognito{clients: 130, denied: true}
	front := httptest.NewServer(fake)
	t.Cleanup(front.Close)
	output := &lambdaruntime.Output{}
	function, err := lambdaruntime.Start(filepath.Join(dir, "bootstrap"), []string{
		"AWS_ENDPOINT_URL=" + front.URL, "AWS_REGION=eu-west-1", "AWS_ACCESS_KEY_ID=test", "AWS_SECRET_ACCESS_KEY=test",
		"USER_POOL_ID=eu-west-1_pool", "NAMED_TENANTS=tenant-129", "MAX_TENANTS=2",
	}, output)
	if err != nil {
		t.Fatal(err)
	}
	defer function.Stop()
	invoke := func(event []byte) error {
		response, err := function.Invoke(t.Context(), event)
		if err == nil && string(response) != "null" {
			t.Errorf("answered %s", response)
		}
		return err
	}

	// Trying whether the function can be reached needs no Cognito.
	if err := invoke(payload(t, "CONTROL_MESSAGE", "CWL CONTROL MESSAGE: Checking health of destination Lambda.")); err != nil {
		t.Errorf("control message: %v", err)
	}
	// Without a list of clients the batch fails, and nothing of it is counted.
	events := payload(t, "DATA_MESSAGE",
		tokenEvent(1, clientID(129), "200"), tokenEvent(2, clientID(129), "200.0"), tokenEvent(2, clientID(129), "200.0"),
		tokenEvent(3, "guess", "200"), tokenEvent(4, clientID(0), "429"), "no JSON "+planted)
	var failed *lambdaruntime.FunctionError
	if err := invoke(events); !errors.As(err, &failed) ||
		!strings.Contains(failed.Message, "listing the app clients: ") || !strings.Contains(failed.Message, "NotAuthorizedException") {
		t.Errorf("without permission: %v", err)
	}
	if got := counted(t, output.String()); got != nil {
		t.Errorf("a failed batch was counted: %v", got)
	}
	// Handed over again, with a Cognito that throttles once.
	fake.mu.Lock()
	fake.denied, fake.refuse, fake.calls = false, 1, nil
	fake.mu.Unlock()
	if err := invoke(events); err != nil {
		t.Errorf("handed over again: %v", err)
	}
	if err := invoke([]byte(`{"Records":[]}`)); !errors.As(err, &failed) || !strings.Contains(failed.Message, "event has no awslogs.data") {
		t.Errorf("another event: %v", err)
	}
	function.Stop()
	want := map[string]float64{
		"TokensIssued eu-west-1_pool": 3, "TokenRequestsFailed eu-west-1_pool": 1, "RequestsWithoutClientId eu-west-1_pool": 0,
		"TokensIssued tenant-129,eu-west-1_pool": 2, "TokensIssued (unknown),eu-west-1_pool": 1, "TokenRequestsFailed HTTP 429,eu-west-1_pool": 1,
	}
	if diff := cmp.Diff(want, counted(t, output.String())); diff != "" {
		t.Errorf("metrics (-want +got):\n%s", diff)
	}
	wantCalls := []string{"", "", "from-60", "from-120"} // The first was throttled.
	for i, token := range wantCalls {
		wantCalls[i] = "ListUserPoolClients eu-west-1_pool 60 " + token
	}
	if diff := cmp.Diff(wantCalls, fake.calls); diff != "" {
		t.Errorf("calls (-want +got):\n%s", diff)
	}
	if strings.Contains(output.String(), planted) {
		t.Error("the log has a value of an event")
	}
	t.Logf("from exec to the first request for an invocation: %s", function.Ready.Round(100*time.Microsecond))
}

// counted are the metrics among the lines of an output; Lambda's own lines are no JSON.
func counted(t *testing.T, output string) map[string]float64 {
	t.Helper()
	var all map[string]float64
	for line := range strings.Lines(output) {
		var directive struct {
			AWS struct {
				CloudWatchMetrics []struct{ Dimensions [][]string }
			} `json:"_aws"`
		}
		var values map[string]any
		if json.Unmarshal([]byte(line), &directive) != nil || json.Unmarshal([]byte(line), &values) != nil ||
			len(directive.AWS.CloudWatchMetrics) == 0 {
			continue
		}
		var dimensions []string
		for _, name := range directive.AWS.CloudWatchMetrics[0].Dimensions[0] {
			dimensions = append(dimensions, values[name].(string))
		}
		for name, value := range values {
			if number, ok := value.(float64); ok {
				if all == nil {
					all = map[string]float64{}
				}
				all[name+" "+strings.Join(dimensions, ",")] += number
			}
		}
	}
	return all
}
