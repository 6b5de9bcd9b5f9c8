package clientsecret

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/cognito-m2m/cognito-m2m-cdk/internal/rotation/sensitive"
)

// Handler decides what an invocation is about. The zero value is not usable: every field is required.
type Handler struct {
	Rotator *Rotator
	// AccountID and SecretPrefix tell the secrets that the function may rotate.
	AccountID, SecretPrefix string
}

// The break-glass actions: {"action": "…"}.
const (
	ActionSweep          = "sweep"
	ActionRotateNow      = "rotate-now"
	ActionRevokePrevious = "revoke-previous"
)

// Handle takes a rotation step from Secrets Manager, an event from EventBridge or an action from a schedule or a person. Anything else
// is an error; an EventBridge event about something else does nothing. Errors never contain a value.
func (h Handler) Handle(ctx context.Context, payload json.RawMessage) (any, error) {
	report, err := h.handle(ctx, payload)
	if err != nil {
		err = sensitive.RedactError(err)
		h.Rotator.Log.ErrorContext(ctx, "failed", "error", err)
	}
	return report, err
}

func (h Handler) handle(ctx context.Context, payload json.RawMessage) (any, error) {
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
	names := make([]string, 0, len(fields))
	for name := range fields {
		names = append(names, name)
	}
	slices.Sort(names)
	return nil, fmt.Errorf("event has the members %q: want those of a rotation step (Step, SecretId, ClientRequestToken), "+
		"of an EventBridge event (source, detail-type, …) or of an action (action, …)", names)
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
	if !h.owns(event.SecretID) {
		return fmt.Errorf("rotation event is for secret %q: this function rotates the secrets of account %s under %s only",
			event.SecretID, h.AccountID, h.SecretPrefix)
	}
	if event.ClientRequestToken == "" {
		return fmt.Errorf("rotation event of step %q has no ClientRequestToken", event.Step)
	}
	if err := h.Rotator.Step(ctx, event.SecretID, event.Step, event.ClientRequestToken); err != nil {
		return fmt.Errorf("%s of %s: %w", event.Step, event.SecretID, err)
	}
	return nil
}

func (h Handler) owns(arn string) bool {
	parts := strings.SplitN(arn, ":", 7) // arn:partition:secretsmanager:region:account:secret:name-suffix
	return len(parts) == 7 && parts[0] == "arn" && parts[2] == "secretsmanager" && parts[4] == h.AccountID && parts[5] == "secret" &&
		strings.HasPrefix(parts[6], h.SecretPrefix)
}

// tenantPattern is what a secret's name may have after the prefix.
var tenantPattern = regexp.MustCompile(`^[A-Za-z0-9_.=@+-]+$`)

func (h Handler) action(ctx context.Context, payload []byte) (any, error) {
	var event struct {
		Action string `json:"action"`
		Tenant string `json:"tenant"`
		Force  bool   `json:"force"`
	}
	decoder := json.NewDecoder(bytes.NewReader(payload))
	decoder.DisallowUnknownFields() // a misspelt option must not be taken for the plain action
	if err := decoder.Decode(&event); err != nil {
		return nil, fmt.Errorf("action event: %w", err)
	}
	if event.Force && event.Action != ActionRotateNow {
		return nil, fmt.Errorf("action %q has force: want it for %q only", event.Action, ActionRotateNow)
	}
	if event.Action == ActionSweep {
		if event.Tenant != "" {
			return nil, fmt.Errorf("action %q has the tenant %q: it is about all of them", event.Action, event.Tenant)
		}
		return h.sweep(ctx)
	}
	if event.Action != ActionRotateNow && event.Action != ActionRevokePrevious {
		return nil, fmt.Errorf("action is %q: want %q, %q or %q", event.Action, ActionSweep, ActionRotateNow, ActionRevokePrevious)
	}
	if !tenantPattern.MatchString(event.Tenant) {
		return nil, fmt.Errorf("action %q has the tenant %q: want a tenant's id, a match of %s", event.Action, event.Tenant, tenantPattern)
	}
	var report ActionReport
	var err error
	if secretID := h.SecretPrefix + event.Tenant; event.Action == ActionRotateNow {
		report, err = h.Rotator.RotateNow(ctx, secretID, event.Force)
	} else {
		report, err = h.Rotator.RevokePrevious(ctx, secretID)
	}
	if err != nil {
		err = fmt.Errorf("%s of tenant %s: %w", event.Action, event.Tenant, err)
	}
	return report, err
}

func (h Handler) sweep(ctx context.Context) (any, error) {
	report, err := h.Rotator.Sweep(ctx)
	return report, err
}

// eventBridge sweeps when a schedule says so, or a stack has ended a change, for better or worse. Which stacks is the rule's to say.
func (h Handler) eventBridge(ctx context.Context, payload []byte) (any, error) {
	var event struct {
		Source     string
		DetailType string `json:"detail-type"`
		Detail     struct {
			StackID string `json:"stack-id"`
			Status  struct {
				Status string `json:"status"`
			} `json:"status-details"`
		}
	}
	if err := json.Unmarshal(payload, &event); err != nil {
		return nil, fmt.Errorf("EventBridge event: %w", err)
	}
	status := event.Detail.Status.Status
	switch event.Source + "/" + event.DetailType {
	case "aws.events/Scheduled Event", "aws.scheduler/Scheduled Event":
		return h.sweep(ctx)
	case "aws.cloudformation/CloudFormation Stack Status Change":
		if strings.HasSuffix(status, "_COMPLETE") || strings.HasSuffix(status, "_FAILED") {
			return h.sweep(ctx)
		}
	}
	h.Rotator.Log.InfoContext(ctx, "event is about something else", "source", event.Source, "detail-type", event.DetailType,
		"stack", event.Detail.StackID, "status", status)
	return nil, nil
}
