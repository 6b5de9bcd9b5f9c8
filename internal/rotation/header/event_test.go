package header

import (
	"context"
	"encoding/json"
	"fmt"
	"testing"
)

const (
	testSecretARN = "arn:aws:secretsmanager:eu-central-1:111122223333:secret:origin-AbCdEf"
	testStackID   = "arn:aws:cloudformation:eu-central-1:111122223333:stack/gateway/1a2b"
)

func TestHandle_runsWhatTheEventNames(t *testing.T) {
	cloudFormation := func(detailType, stack, status, resourceType string) string {
		return fmt.Sprintf(`{"source":"aws.cloudformation","detail-type":"CloudFormation %s Status Change","detail":{
			"stack-id":%q,"resource-type":%q,"status-details":{"status":%q,"status-reason":""}}}`, detailType, stack, resourceType, status)
	}
	label := func(arn, label string) string {
		return fmt.Sprintf(`{"source":"aws.secretsmanager","detail-type":"Secret Label Updated","resources":[%q],
			"detail":{"name":"origin","labelUpdated":%q,"versionId":"v"}}`, arn, label)
	}
	step := func(secret, token string) string {
		return fmt.Sprintf(`{"Step":"createSecret","SecretId":%q,"ClientRequestToken":%q,"RotationToken":"new"}`, secret, token)
	}
	const (
		reconciles = getSet
		creates    = describe
		nothing    = ""
	)
	for _, tt := range []struct {
		name    string
		event   string
		first   string // the first call
		wantErr string
	}{
		{"rotation step", step(testSecretARN, "token"), creates, ""},
		{"rotation of another secret", step(testSecretARN+"2", "token"), nothing,
			`rotation event is for secret "` + testSecretARN + `2": this function rotates "` + testSecretARN + `" only`},
		{"rotation without a token", step(testSecretARN, ""), nothing, `rotation event of step "createSecret" has no ClientRequestToken`},
		{"rotation with a number as token", `{"Step":"createSecret","SecretId":"x","ClientRequestToken":1}`, nothing, "rotation event: json:"},

		{"AWSCURRENT moved", label(testSecretARN, "AWSCURRENT"), reconciles, ""},
		{"another label moved", label(testSecretARN, "mine"), nothing, ""},
		{"another secret's label moved", label(testSecretARN+"2", "AWSCURRENT"), nothing, ""},
		{"rule's schedule", `{"source":"aws.events","detail-type":"Scheduled Event","detail":{}}`, reconciles, ""},
		{"EventBridge Scheduler", `{"source":"aws.scheduler","detail-type":"Scheduled Event","detail":{}}`, reconciles, ""},
		{"stack updated", cloudFormation("Stack", testStackID, "UPDATE_COMPLETE", ""), reconciles, ""},
		{"stack rolled back", cloudFormation("Stack", testStackID, "UPDATE_ROLLBACK_COMPLETE", ""), reconciles, ""},
		{"stack failed", cloudFormation("Stack", testStackID, "UPDATE_ROLLBACK_FAILED", ""), reconciles, ""},
		{"stack update begins", cloudFormation("Stack", testStackID, "UPDATE_IN_PROGRESS", ""), nothing, ""},
		{"another stack", cloudFormation("Stack", testStackID+"2", "UPDATE_COMPLETE", ""), nothing, ""},
		{"stage updated", cloudFormation("Resource", testStackID, "UPDATE_COMPLETE", "AWS::ApiGateway::Stage"), reconciles, ""},
		{"another stack's stage", cloudFormation("Resource", testStackID+"2", "UPDATE_COMPLETE", "AWS::ApiGateway::Stage"), nothing, ""},
		{"stage being updated", cloudFormation("Resource", testStackID, "UPDATE_IN_PROGRESS", "AWS::ApiGateway::Stage"), nothing, ""},
		{"set updated", cloudFormation("Resource", testStackID, "UPDATE_COMPLETE", "AWS::WAFv2::RegexPatternSet"), reconciles, ""},
		{"another resource", cloudFormation("Resource", testStackID, "UPDATE_COMPLETE", "AWS::Logs::LogGroup"), nothing, ""},
		{"another service", `{"source":"aws.s3","detail-type":"Object Created","detail":{}}`, nothing, ""},
		{"resources of a wrong type", `{"source":"aws.events","detail-type":"Scheduled Event","resources":1}`, nothing,
			"EventBridge event: json:"},

		{"reconcile now", `{"action":"reconcile"}`, reconciles, ""},
		{"revoke", `{"action":"revoke-previous"}`, reconciles, ""},
		{"undo", `{"action":"undo-rotation"}`, reconciles, ""},
		{"unknown action", `{"action":"revoke"}`, nothing,
			`action is "revoke": want "reconcile", "revoke-previous" or "undo-rotation"`},
		{"action with an unknown member", `{"action":"reconcile","force":true}`, nothing, `unknown field "force"`},

		{"no known shape", `{"foo":1,"bar":2}`, nothing, `event has the members ["bar" "foo"]: want those of`},
		{"two shapes", `{"action":"reconcile","Step":"setSecret"}`, nothing, `event has the members ["Step" "action"]: want those of`},
		{"no object", `"reconcile"`, nothing, "event is not a JSON object"},
		{"null", `null`, nothing, "event has the members []"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s := newSystem(newWorld(current))
			h := Handler{Rotator: s.rotator, SecretARN: testSecretARN, StackIDs: []string{testStackID}}
			calls := s.record()
			_, err := h.Handle(context.Background(), json.RawMessage(tt.event))
			wantError(t, err, tt.wantErr)
			first := nothing
			if len(*calls) > 0 {
				first = (*calls)[0]
			}
			if first != tt.first {
				t.Errorf("first call is %q, want %q", first, tt.first)
			}
		})
	}
}
