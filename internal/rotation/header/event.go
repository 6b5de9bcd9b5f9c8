package header

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/cognito-m2m/cognito-m2m-cdk/internal/rotation/sensitive"
)

// Handler decides what an invocation is about. The zero value is not usable: Rotator and SecretARN are required.
type Handler struct {
	Rotator *Rotator
	// SecretARN is the only secret that the function may rotate.
	SecretARN string
	// StackIDs are the stacks whose changes start a reconcile.
	StackIDs []string
}

// The break-glass actions: {"action": "…"}.
const (
	ActionReconcile      = "reconcile"
	ActionRevokePrevious = "revoke-previous"
	ActionUndoRotation   = "undo-rotation"
)

// Handle takes a rotation step from Secrets Manager, an event from EventBridge or a break-glass action from a person. Anything
// else is an error; an EventBridge event about something else does nothing. Errors never contain a value.
func (h Handler) Handle(ctx context.Context, payload json.RawMessage) (*Report, error) {
	report, err := h.handle(ctx, payload)
	if err != nil {
		err = sensitive.RedactError(err)
		h.Rotator.Log.ErrorContext(ctx, "failed", "error", err)
	}
	return report, err
}

func (h Handler) handle(ctx context.Context, payload json.RawMessage) (*Report, error) {
	var fields map[string]json.RawMessage
	if err := json.Unmarshal(payload, &fields); err != nil {
		return nil, fmt.Errorf("event is not a JSON object: %w", err)
	}
	_, isStep := fields["Step"]
	_, isAction := fields["action"]
	_, isEventBridge := fields["detail-type"]
	switch {
	case isStep && !isAction && !isEventBridge:
		return nil, h.step(ctx, payload)
	case isAction && !isStep && !isEventBridge:
		return h.action(ctx, payload)
	case isEventBridge && !isStep && !isAction:
		return h.eventBridge(ctx, payload)
	}
	return nil, fmt.Errorf("event has the members %q: want those of a rotation step (Step, SecretId, ClientRequestToken), "+
		"of an EventBridge event (source, detail-type, …) or of an action (action)", memberNames(fields))
}

func (h Handler) step(ctx context.Context, payload []byte) error {
	// Newer members, such as RotationToken, are ignored.
	var event struct {
		Step               string
		SecretID           string `json:"SecretId"`
		ClientRequestToken string
	}
	if err := json.Unmarshal(payload, &event); err != nil {
		return fmt.Errorf("rotation event: %w", err)
	}
	// The function may be invoked by Secrets Manager on behalf of any secret: it must not become a deputy for another one
	// (https://docs.aws.amazon.com/secretsmanager/latest/userguide/rotating-secrets-required-permissions-function.html).
	if event.SecretID != h.SecretARN {
		return fmt.Errorf("rotation event is for secret %q: this function rotates %q only", event.SecretID, h.SecretARN)
	}
	if event.ClientRequestToken == "" {
		return fmt.Errorf("rotation event of step %q has no ClientRequestToken", event.Step)
	}
	if err := h.Rotator.Step(ctx, event.Step, event.ClientRequestToken); err != nil {
		return fmt.Errorf("%s: %w", event.Step, err)
	}
	return nil
}

func (h Handler) action(ctx context.Context, payload []byte) (*Report, error) {
	var event struct {
		Action string `json:"action"`
	}
	decoder := json.NewDecoder(bytes.NewReader(payload))
	decoder.DisallowUnknownFields() // a misspelt option must not be taken for the plain action
	if err := decoder.Decode(&event); err != nil {
		return nil, fmt.Errorf("action event: %w", err)
	}
	actions := map[string]func(context.Context) (Report, error){
		ActionReconcile:      h.Rotator.Reconcile,
		ActionRevokePrevious: h.Rotator.RevokePrevious,
		ActionUndoRotation:   h.Rotator.UndoRotation,
	}
	run, ok := actions[event.Action]
	if !ok {
		return nil, fmt.Errorf("action is %q: want %q, %q or %q", event.Action, ActionReconcile, ActionRevokePrevious, ActionUndoRotation)
	}
	report, err := run(ctx)
	return &report, err
}

type eventBridgeEvent struct {
	Source     string
	DetailType string `json:"detail-type"`
	Resources  []string
	Detail     struct {
		LabelUpdated string `json:"labelUpdated"`
		StackID      string `json:"stack-id"`
		ResourceType string `json:"resource-type"`
		Status       struct {
			Status string `json:"status"`
		} `json:"status-details"`
	}
}

func (h Handler) eventBridge(ctx context.Context, payload []byte) (*Report, error) {
	var event eventBridgeEvent
	if err := json.Unmarshal(payload, &event); err != nil {
		return nil, fmt.Errorf("EventBridge event: %w", err)
	}
	if !h.concerns(event) {
		h.Rotator.Log.InfoContext(ctx, "event is about something else", "source", event.Source, "detail-type", event.DetailType,
			"resources", event.Resources, "stack", event.Detail.StackID)
		return nil, nil
	}
	report, err := h.Rotator.Reconcile(ctx)
	return &report, err
}

// WatchedResources are the types whose change by CloudFormation may break or rewrite what this package looks after.
func WatchedResources() []string {
	return []string{"AWS::ApiGateway::Stage", "AWS::WAFv2::RegexPatternSet", "AWS::SecretsManager::Secret"}
}

func (h Handler) concerns(event eventBridgeEvent) bool {
	switch event.Source + "/" + event.DetailType {
	case "aws.events/Scheduled Event", "aws.scheduler/Scheduled Event":
		return true
	case "aws.secretsmanager/Secret Label Updated":
		return slices.Contains(event.Resources, h.SecretARN) && event.Detail.LabelUpdated == "AWSCURRENT"
	case "aws.cloudformation/CloudFormation Stack Status Change":
		return h.ended(event)
	case "aws.cloudformation/CloudFormation Resource Status Change":
		return h.ended(event) && slices.Contains(WatchedResources(), event.Detail.ResourceType)
	}
	return false
}

// ended says whether a stack of ours has ended a change, for better or worse; while it goes on there is nothing to see yet.
func (h Handler) ended(event eventBridgeEvent) bool {
	status := event.Detail.Status.Status
	return slices.Contains(h.StackIDs, event.Detail.StackID) &&
		(strings.HasSuffix(status, "_COMPLETE") || strings.HasSuffix(status, "_FAILED"))
}

func memberNames(fields map[string]json.RawMessage) []string {
	names := make([]string, 0, len(fields))
	for name := range fields {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}
