package clientsecret

import (
	"context"
	"encoding/json"
	"fmt"
	"regexp"
	"strings"

	"github.com/cognito-m2m/cognito-m2m-cdk/internal/rotation/event"
)

// Handler processes the events of the function. All fields are required.
type Handler struct {
	Rotator *Rotator
	// AccountID and SecretPrefix identify the secrets that the function may rotate.
	AccountID, SecretPrefix string
}

// The actions: {"action": "…"}. The break-glass actions name a tenant: {"action": "…", "tenant": "…"}.
const (
	ActionSweep          = "sweep"
	ActionRotateNow      = "rotate-now"
	ActionRevokePrevious = "revoke-previous"
)

// Handle processes a rotation step from Secrets Manager, an event from EventBridge or an action from a schedule or a person. Anything else
// is an error. Handle ignores an EventBridge event about something else. Errors never contain a value.
func (h Handler) Handle(ctx context.Context, payload json.RawMessage) (any, error) {
	return event.Handlers[any]{Owns: h.owns, Step: h.step, Action: h.action, EventBridge: h.eventBridge}.Handle(ctx, h.Rotator.Log, payload)
}

func (h Handler) owns(arn string) error {
	parts := strings.SplitN(arn, ":", 7) // arn:partition:secretsmanager:region:account:secret:name-suffix
	if len(parts) == 7 && parts[0] == "arn" && parts[2] == "secretsmanager" && parts[4] == h.AccountID && parts[5] == "secret" &&
		strings.HasPrefix(parts[6], h.SecretPrefix) {
		return nil
	}
	return fmt.Errorf("this function rotates the secrets of account %s under %s only", h.AccountID, h.SecretPrefix)
}

func (h Handler) step(ctx context.Context, e event.Step) error {
	return h.Rotator.Step(ctx, e.SecretID, e.Step, e.ClientRequestToken)
}

// tenantPattern matches what a secret's name may have after the prefix.
var tenantPattern = regexp.MustCompile(`^[A-Za-z0-9_.=@+-]+$`)

func (h Handler) action(ctx context.Context, decoder *json.Decoder) (any, error) {
	var e struct {
		Action string `json:"action"`
		Tenant string `json:"tenant"`
		Force  bool   `json:"force"`
	}
	if err := decoder.Decode(&e); err != nil {
		return nil, fmt.Errorf("action event: %w", err)
	}
	if e.Force && e.Action != ActionRotateNow {
		return nil, fmt.Errorf("action %q has force: want it for %q only", e.Action, ActionRotateNow)
	}
	if e.Action == ActionSweep {
		if e.Tenant != "" {
			return nil, fmt.Errorf("action %q has the tenant %q: it is about all of them", e.Action, e.Tenant)
		}
		return h.sweep(ctx)
	}
	if e.Action != ActionRotateNow && e.Action != ActionRevokePrevious {
		return nil, fmt.Errorf("action is %q: want %q, %q or %q", e.Action, ActionSweep, ActionRotateNow, ActionRevokePrevious)
	}
	if !tenantPattern.MatchString(e.Tenant) {
		return nil, fmt.Errorf("action %q has the tenant %q: want a tenant's id, a match of %s", e.Action, e.Tenant, tenantPattern)
	}
	var report ActionReport
	var err error
	if secretID := h.SecretPrefix + e.Tenant; e.Action == ActionRotateNow {
		report, err = h.Rotator.RotateNow(ctx, secretID, e.Force)
	} else {
		report, err = h.Rotator.RevokePrevious(ctx, secretID)
	}
	if err != nil {
		err = fmt.Errorf("%s of tenant %s: %w", e.Action, e.Tenant, err)
	}
	return report, err
}

func (h Handler) sweep(ctx context.Context) (any, error) {
	report, err := h.Rotator.Sweep(ctx)
	return report, err
}

// eventBridge sweeps on a schedule, and when a stack has ended a change, successfully or not. The rule selects the stacks.
func (h Handler) eventBridge(ctx context.Context, e event.EventBridge) (any, error) {
	if e.IsScheduled() || e.Kind() == event.StackChanged && e.Ended() {
		return h.sweep(ctx)
	}
	h.Rotator.Log.InfoContext(ctx, "event is about something else", "source", e.Source, "detail-type", e.DetailType,
		"stack", e.Detail.StackID, "status", e.Detail.Status.Status)
	return nil, nil
}
