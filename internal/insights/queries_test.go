package insights_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/cognito-m2m/cognito-m2m-cdk/internal/insights"
	"github.com/cognito-m2m/cognito-m2m-cdk/internal/rotation/sensitive"
	"github.com/cognito-m2m/cognito-m2m-cdk/internal/testkit/logsinsights"
)

var noon = time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)

// samples are the events of a file, at the times that they have themselves.
func samples(t *testing.T, file string) []logsinsights.Event {
	t.Helper()
	body, err := os.ReadFile("testdata/" + file)
	if err != nil {
		t.Fatal(err)
	}
	var events []logsinsights.Event
	for line := range strings.Lines(string(body)) {
		events = append(events, logsinsights.Event{Timestamp: timeOf(t, line), Message: line})
	}
	return events
}

func timeOf(t *testing.T, line string) time.Time {
	t.Helper()
	var times struct {
		EventTime   time.Time
		RequestTime string
		Timestamp   int64
	}
	if err := json.Unmarshal([]byte(line), &times); err != nil {
		t.Fatalf("%v: %s", err, line)
	}
	if ms, err := strconv.ParseInt(times.RequestTime, 10, 64); err == nil {
		return time.UnixMilli(ms)
	}
	if times.Timestamp != 0 {
		return time.UnixMilli(times.Timestamp)
	}
	return times.EventTime
}

// logged are the lines that the rotation functions' logger writes, a minute apart, with Lambda's own lines between them.
func logged(lines ...[]any) []logsinsights.Event {
	var events []logsinsights.Event
	for i, line := range lines {
		var out bytes.Buffer
		sensitive.NewLogger(&out).Info(line[0].(string), line[1:]...)
		at := noon.Add(time.Duration(i) * time.Minute)
		events = append(events,
			logsinsights.Event{Timestamp: at, Message: out.String()},
			logsinsights.Event{Timestamp: at, Message: "REPORT RequestId: 00000000-0000-4000-8000-000000000000\tDuration: 12.50 ms"})
	}
	return events
}

func events(t *testing.T) map[insights.Source][]logsinsights.Event {
	t.Helper()
	return map[insights.Source][]logsinsights.Event{
		insights.Trail:      samples(t, "trail.jsonl"),
		insights.AccessLog:  samples(t, "access-log.jsonl"),
		insights.PoolWebACL: samples(t, "pool-web-acl.jsonl"),
		insights.EdgeWebACL: samples(t, "edge-web-acl.jsonl"),
		insights.OriginHeaderRotation: logged(
			[]any{"wrote the pattern set", "values", 2, "foreign", 0}, []any{"wrote the stage variable"}, []any{"rotated", "from", "v1", "to", "v2"},
			[]any{
				"event is about something else", "source", "aws.cloudformation",
			}, []any{"removed values", "values", 1}, []any{"undid the rotation", "version", "v3"},
			[]any{"failed", "error", fmt.Errorf("the pattern set: %s", strings.Repeat("a", 64))},
		),
		insights.ClientSecretRotation: logged(
			[]any{"started a rotation", "secret", "shop"}, []any{"added a client secret", "secret", "shop", "client", "1example"},
			[]any{"rotated", "secret", "shop", "from", "v1", "to", "v2"}, []any{"no rotation schedule yet", "secret", "new"},
			[]any{
				"unsure", "secret", "billing", "reason", fmt.Errorf("two secrets"),
			}, []any{"gave up a rotation", "secret", "shop", "version", "v9"},
		),
	}
}

// want are the results: a row a line, its cells between " | ".
var want = map[string]string{
	"tokens-by-client": `
us-west-2_aaaaaaaaa | 1example23456789shop000000 | 3 | 2026-11-22T11:30:00Z
us-west-2_aaaaaaaaa | 2example23456789billing000 | 2 | 2026-11-22T09:10:00Z
us-west-2_aaaaaaaaa | 3example23456789old0000000 | 1 | 2026-10-13T00:00:00Z
us-west-2_aaaaaaaaa | 8example23456789blank00000 | 1 | 2026-10-01T00:00:00Z
us-west-2_bbbbbbbbb | 4example23456789other00000 | 1 | 2026-11-22T08:00:00Z
us-west-2_aaaaaaaaa | 5example23456789edge000000 | 1 | 2026-10-23T12:00:00Z
us-west-2_aaaaaaaaa | 6example23456789gone000000 | 1 | 2026-10-23T11:59:59Z
us-west-2_aaaaaaaaa |  | 1 | 2026-11-22T10:22:00Z`,
	"failures-by-client": `
us-west-2_aaaaaaaaa |  |  | 400 | 2 | 2026-11-22T10:21:00Z
us-west-2_aaaaaaaaa | 1example23456789shop000000 | invalid_client | 400 | 1 | 2026-11-22T10:05:00Z
us-west-2_aaaaaaaaa | 1example23456789shop000000 | invalid_client | 400.0 | 1 | 2026-11-22T10:06:00Z
us-west-2_aaaaaaaaa | 1example23456789shop000000 | invalid_scope | 400 | 1 | 2026-11-22T10:07:00Z
us-west-2_aaaaaaaaa | 2example23456789billing000 | TooManyRequestsException | 429 | 1 | 2026-11-22T10:08:00Z
us-west-2_aaaaaaaaa | 2example23456789billing000 | InternalErrorException | 200 | 1 | 2026-11-22T10:09:00Z
us-west-2_aaaaaaaaa | 2example23456789billing000 |  |  | 1 | 2026-11-22T10:10:00Z
us-west-2_aaaaaaaaa | 2example23456789billing000 |  | 2000 | 1 | 2026-11-22T10:11:00Z
us-west-2_aaaaaaaaa | 1example23456789shop000000 | unsupported_grant_type | 400 | 1 | 2026-11-22T10:12:00Z
us-west-2_aaaaaaaaa | 7example23456789never00000 |  | 400 | 1 | 2026-09-01T00:00:00Z
us-west-2_aaaaaaaaa | 7example23456789never00000 | InternalErrorException | 200 | 1 | 2026-09-01T00:00:00Z`,
	"requests-without-client-id": `
us-west-2_aaaaaaaaa | 198.51.100.9 | curl/8.0 | 400 | 2 | 2026-11-22T10:21:00Z
us-west-2_aaaaaaaaa | 192.0.2.1 | AmazonAPIGateway_a1b2c3d4e5 | 200 | 1 | 2026-11-22T10:22:00Z`,
	"unused-clients": `
us-west-2_aaaaaaaaa | 8example23456789blank00000 | 1 | 2026-10-01T00:00:00Z
us-west-2_aaaaaaaaa | 3example23456789old0000000 | 1 | 2026-10-13T00:00:00Z
us-west-2_aaaaaaaaa | 6example23456789gone000000 | 1 | 2026-10-23T11:59:59Z`,
	"rotation-events": `
2026-11-22T04:00:00Z | RotationFailed | arn:aws:secretsmanager:us-west-2:123456789012:secret:tenant | Pending secret version AWSPENDING for Secret arn:aws:secretsmanager:us-west-2:123456789012:secret:tenant was not created by Lambda
2026-11-22T03:05:00Z | RotationSucceeded | arn:aws:secretsmanager:us-west-2:123456789012:secret:origin | 
2026-11-22T03:00:00Z | RotationStarted | arn:aws:secretsmanager:us-west-2:123456789012:secret:origin | `,
	"protection-changes": `
2026-11-22T05:04:00Z | DeleteDataProtectionPolicy | arn:aws:sts::123456789012:assumed-role/Admin/session | 198.51.100.7 | 
2026-11-22T05:03:00Z | StopLogging | arn:aws:sts::123456789012:assumed-role/Admin/session | 198.51.100.7 | 
2026-11-22T05:02:00Z | UpdateStage | arn:aws:sts::123456789012:assumed-role/Admin/session | 198.51.100.7 | 
2026-11-22T05:01:00Z | UpdateWebACL | arn:aws:sts::123456789012:assumed-role/Admin/session | 198.51.100.7 | AccessDenied
2026-11-22T05:00:00Z | DisassociateWebACL | arn:aws:sts::123456789012:assumed-role/Admin/session | 198.51.100.7 | 
2026-11-22T03:02:00Z | UpdateRegexPatternSet | arn:aws:sts::123456789012:assumed-role/m2m-RotationRole/session | 203.0.113.1 | `,
	"direct-attempts": `
198.51.100.9 | NL | POST | /oauth2/token | block-all | 2 | 2026-11-22 12:00:01.000
198.51.100.10 | US | GET | /login | Default_Action | 1 | 2026-11-22 12:00:02.000`,
	"edge-top-talkers": `
198.51.100.9 | NL | BLOCK | rate-limit | 2 | 2026-11-22 12:00:00.010
198.51.100.11 | US | ALLOW | aws-ip-reputation | 1 | 2026-11-22 12:00:00.020`,
	"top-talkers": `
203.0.113.7 | 10 | 3 | 5 | 2026-11-22 13:00:00.010
203.0.113.8 | 3 | 0 | 2 | 2026-11-22 13:00:00.005
198.51.100.9 | 2 | 0 | 0 | 2026-11-22 13:00:00.007`,
	"gateway-errors": `
403 | WAF_FILTERED | WAF_BLOCK | - | 2 | 2026-11-22 13:00:00.007
400 | - | WAF_ALLOW | 400 | 1 | 2026-11-22 13:00:00.003
400 | - | WAF_ALLOW | - | 1 | 2026-11-22 13:00:00.004
429 | THROTTLED | WAF_ALLOW | - | 1 | 2026-11-22 13:00:00.005
403 | ACCESS_DENIED | WAF_ALLOW | - | 1 | 2026-11-22 13:00:00.008
502 | - | WAF_ALLOW | 500 | 1 | 2026-11-22 13:00:00.009
504 | INTEGRATION_TIMEOUT | WAF_ALLOW | - | 1 | 2026-11-22 13:00:00.010`,
	"cache-misses-by-hour": `
2026-11-22 12:00:00.000 | 4 | 3 | 1 | 25
2026-11-22 13:00:00.000 | 3 | 0 | 3 | 100`,
	"requests-by-client": `
shop | 6 | 2 | 3 | 2026-11-22 13:00:00.009
billing | 4 | 1 | 4 | 2026-11-22 13:00:00.002
denied | 1 | 0 | 0 | 2026-11-22 13:00:00.008`,
	"origin-header-rotation": `
2026-11-22 12:06:00.000 | INFO | failed |  |  |  | the pattern set: [redacted]
2026-11-22 12:05:00.000 | INFO | undid the rotation |  | v3 |  | 
2026-11-22 12:04:00.000 | INFO | removed values |  |  | 1 | 
2026-11-22 12:02:00.000 | INFO | rotated | v1 | v2 |  | 
2026-11-22 12:01:00.000 | INFO | wrote the stage variable |  |  |  | 
2026-11-22 12:00:00.000 | INFO | wrote the pattern set |  |  | 2 | `,
	"client-secret-rotation": `
2026-11-22 12:05:00.000 | INFO | gave up a rotation | shop |  |  | v9 | 
2026-11-22 12:04:00.000 | INFO | unsure | billing |  |  |  | two secrets
2026-11-22 12:02:00.000 | INFO | rotated | shop |  | v1 | v2 | 
2026-11-22 12:01:00.000 | INFO | added a client secret | shop | 1example |  |  | 
2026-11-22 12:00:00.000 | INFO | started a rotation | shop |  |  |  | `,
}

// Every query's very text, on sample events; however the language behaves where that is not documented.
func TestQueries_results(t *testing.T) {
	all := events(t)
	for _, query := range insights.Queries(30) {
		t.Run(query.Name, func(t *testing.T) {
			for _, dialect := range logsinsights.Dialects() {
				result, err := logsinsights.Run(query.Text, all[query.Source], noon, dialect)
				if err != nil {
					t.Fatalf("%v\n%s", err, query.Text)
				}
				if diff := cmp.Diff(query.Columns, result.Columns); diff != "" {
					t.Errorf("columns (-want +got):\n%s", diff)
				}
				var got strings.Builder
				for _, row := range result.Rows {
					got.WriteString("\n" + strings.Join(row, " | "))
				}
				if diff := cmp.Diff(want[query.Name], got.String()); diff != "" {
					t.Errorf("%+v: rows (-want +got):\n%s", dialect, diff)
				}
			}
		})
	}
	if len(want) != len(insights.Queries(30)) {
		t.Errorf("%d results for %d queries", len(want), len(insights.Queries(30)))
	}
}

func TestQueries_unusedDays(t *testing.T) {
	for days, ok := range map[int]bool{0: false, 1: true, 365: true, 366: false} {
		if err := insights.UnusedDays(days); (err == nil) != ok {
			t.Errorf("%d days: %v", days, err)
		}
	}
	texts := map[string]string{}
	for _, query := range insights.Queries(7) {
		texts[query.Name] = query.Text
	}
	if !strings.Contains(texts["unused-clients"], "now() * 1000 - 604800000\n") {
		t.Errorf("seven days: %s", texts["unused-clients"])
	}
	if names := slices.Collect(func(yield func(string) bool) {
		for name, text := range texts {
			if strings.Contains(text, "UNUSED") && !yield(name) {
				return
			}
		}
	}); len(names) > 0 {
		t.Errorf("a placeholder is left in %v", names)
	}
}
