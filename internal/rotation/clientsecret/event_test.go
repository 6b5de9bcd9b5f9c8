package clientsecret

import (
	"context"
	"encoding/json"
	"strings"
	"testing"
)

const testARN = "arn:aws:secretsmanager:eu-central-1:111122223333:secret:m2m/test/tenants/acme-AbCdEf"

func testHandler(s *system) Handler {
	return Handler{Rotator: s.rotator, AccountID: "111122223333", SecretPrefix: "m2m/test/tenants/"}
}

func TestHandle_runsWhatTheEventNames(t *testing.T) {
	stackEvent := func(status string) string {
		return `{"source":"aws.cloudformation","detail-type":"CloudFormation Stack Status Change","resources":["arn"],` +
			`"detail":{"stack-id":"arn","status-details":{"status":"` + status + `","status-reason":""}}}`
	}
	step := func(secretID string) string {
		return `{"Step":"testSecret","SecretId":"` + secretID + `","ClientRequestToken":"x"}`
	}
	for _, tt := range []struct {
		name, event, err string
		want             any // its type is what counts; nil: no report
	}{
		{"a step", `{"Step":"testSecret","SecretId":"` + testARN + `","ClientRequestToken":"x","RotationToken":"y"}`, "", nil},
		{"an unknown step", `{"Step":"drop","SecretId":"` + testARN + `","ClientRequestToken":"x"}`, `step is "drop"`, nil},
		{"a step without a token", `{"Step":"testSecret","SecretId":"` + testARN + `"}`, "has no ClientRequestToken", nil},
		{"another account's secret", step(strings.Replace(testARN, "111122223333", "999999999999", 1)),
			"this function rotates the secrets of account 111122223333 under m2m/test/tenants/ only", nil},
		{"another prefix", step(strings.Replace(testARN, "m2m/test", "m2m/prod", 1)), "this function rotates", nil},
		{"a name instead of an ARN", step("m2m/test/tenants/acme"), "this function rotates", nil},
		{"a sweep", `{"action":"sweep"}`, "", SweepReport{}},
		{"a sweep of one tenant", `{"action":"sweep","tenant":"acme"}`, `action "sweep" has the tenant "acme"`, nil},
		{"a schedule", `{"source":"aws.events","detail-type":"Scheduled Event","detail":{}}`, "", SweepReport{}},
		{"a stack that was updated", stackEvent("UPDATE_COMPLETE"), "", SweepReport{}},
		{"a stack that was rolled back", stackEvent("UPDATE_ROLLBACK_FAILED"), "", SweepReport{}},
		{"a stack that is being updated", stackEvent("UPDATE_IN_PROGRESS"), "", nil},
		{"something else from EventBridge", `{"source":"aws.s3","detail-type":"Object Created","detail":{}}`, "", nil},
		{"rotate-now", `{"action":"rotate-now","tenant":"acme"}`, "", ActionReport{}},
		{"rotate-now with force", `{"action":"rotate-now","tenant":"acme","force":true}`, "", ActionReport{}},
		{"revoke-previous", `{"action":"revoke-previous","tenant":"acme"}`, "", ActionReport{}},
		{"revoke-previous with force", `{"action":"revoke-previous","tenant":"acme","force":true}`, `action "revoke-previous" has force`, nil},
		{"no tenant", `{"action":"rotate-now"}`, `action "rotate-now" has the tenant "": want a tenant's id`, nil},
		{"a path for a tenant", `{"action":"revoke-previous","tenant":"../x"}`, `has the tenant "../x"`, nil},
		{"a misspelt option", `{"action":"rotate-now","tenant":"acme","forced":true}`, `unknown field "forced"`, nil},
		{"an unknown action", `{"action":"rotate","tenant":"acme"}`, `action is "rotate": want "sweep", "rotate-now" or "revoke-previous"`, nil},
		{"a step and an action", `{"Step":"testSecret","action":"sweep"}`, "event has the members", nil},
		{"nothing known", `{"b":1,"a":2}`, `event has the members ["a" "b"]`, nil},
		{"no object", `[]`, "event is not a JSON object", nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s := newSystem(settled.clone())
			if tt.name == "a step" {
				s.begin("x")
			}
			var got any
			err := s.Invoke(func(ctx context.Context) (err error) {
				got, err = testHandler(s).Handle(ctx, json.RawMessage(tt.event))
				return err
			})
			wantError(t, err, tt.err)
			if tt.err != "" {
				return
			}
			switch tt.want.(type) {
			case SweepReport:
				if report, ok := got.(SweepReport); !ok || report.Secrets != 1 {
					t.Errorf("report %#v, want a sweep's", got)
				}
			case ActionReport:
				if report, ok := got.(ActionReport); !ok || report == (ActionReport{}) {
					t.Errorf("report %#v, want an action's", got)
				}
			default:
				if got != nil {
					t.Errorf("report %#v, want none", got)
				}
			}
		})
	}
}
