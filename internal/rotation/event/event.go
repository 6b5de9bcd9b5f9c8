// Package event tells apart the events that a rotation function receives: rotation steps from Secrets Manager, events from EventBridge, and
// actions from a schedule or a person.
package event

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"maps"
	"slices"
	"strings"

	"github.com/cognito-m2m/cognito-m2m-cdk/internal/rotation/sensitive"
)

// Step is the event of a rotation step. Newer members, such as RotationToken, are ignored.
type Step struct {
	Step               string
	SecretID           string `json:"SecretId"`
	ClientRequestToken string
}

// EventBridge is an event of one of the sources that concern a rotation.
type EventBridge struct {
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

// Kind returns the source and the type of the event, separated by a slash.
func (e EventBridge) Kind() string { return e.Source + "/" + e.DetailType }

// IsScheduled reports whether a schedule sent the event.
func (e EventBridge) IsScheduled() bool {
	return e.Kind() == "aws.events/Scheduled Event" || e.Kind() == "aws.scheduler/Scheduled Event"
}

// Ended reports whether CloudFormation has ended a change, successfully or not.
func (e EventBridge) Ended() bool {
	status := e.Detail.Status.Status
	return strings.HasSuffix(status, "_COMPLETE") || strings.HasSuffix(status, "_FAILED")
}

// Kinds of CloudFormation events.
const (
	StackChanged    = "aws.cloudformation/CloudFormation Stack Status Change"
	ResourceChanged = "aws.cloudformation/CloudFormation Resource Status Change"
)

// Handlers process the kinds of events. R is the type of reports. All fields are required.
type Handlers[R any] struct {
	// Owns returns an error unless the function rotates the secret. Secrets Manager may invoke the function on behalf of any secret: it must
	// not become a deputy for another one
	// (https://docs.aws.amazon.com/secretsmanager/latest/userguide/rotating-secrets-required-permissions-function.html).
	Owns func(secretID string) error
	Step func(context.Context, Step) error
	// Action decodes an action with the decoder, which refuses unknown members: a misspelt option must not run the plain action.
	Action      func(context.Context, *json.Decoder) (R, error)
	EventBridge func(context.Context, EventBridge) (R, error)
}

// Handle processes an event. Anything that is not exactly one of the kinds is an error. Handle logs errors and removes values from them.
func (h Handlers[R]) Handle(ctx context.Context, log *slog.Logger, payload json.RawMessage) (R, error) {
	report, err := h.dispatch(ctx, payload)
	if err != nil {
		err = sensitive.RedactError(err)
		log.ErrorContext(ctx, "failed", "error", err)
	}
	return report, err
}

func (h Handlers[R]) dispatch(ctx context.Context, payload []byte) (report R, err error) {
	var fields map[string]json.RawMessage
	if err := json.Unmarshal(payload, &fields); err != nil {
		return report, fmt.Errorf("event is not a JSON object: %w", err)
	}
	_, isStep := fields["Step"]
	_, isAction := fields["action"]
	_, isEventBridge := fields["detail-type"]
	switch {
	case isStep && !isAction && !isEventBridge:
		return report, h.step(ctx, payload)
	case isAction && !isStep && !isEventBridge:
		decoder := json.NewDecoder(bytes.NewReader(payload))
		decoder.DisallowUnknownFields()
		return h.Action(ctx, decoder)
	case isEventBridge && !isStep && !isAction:
		var event EventBridge
		if err := json.Unmarshal(payload, &event); err != nil {
			return report, fmt.Errorf("EventBridge event: %w", err)
		}
		return h.EventBridge(ctx, event)
	}
	return report, fmt.Errorf("event has the members %q: want those of a rotation step (Step, SecretId, ClientRequestToken), "+
		"of an EventBridge event (source, detail-type, …) or of an action (action, …)", slices.Sorted(maps.Keys(fields)))
}

func (h Handlers[R]) step(ctx context.Context, payload []byte) error {
	var event Step
	if err := json.Unmarshal(payload, &event); err != nil {
		return fmt.Errorf("rotation event: %w", err)
	}
	if err := h.Owns(event.SecretID); err != nil {
		return fmt.Errorf("rotation event is for secret %q: %w", event.SecretID, err)
	}
	if event.ClientRequestToken == "" {
		return fmt.Errorf("rotation event of step %q has no ClientRequestToken", event.Step)
	}
	if err := h.Step(ctx, event); err != nil {
		return fmt.Errorf("%s of %s: %w", event.Step, event.SecretID, err)
	}
	return nil
}
