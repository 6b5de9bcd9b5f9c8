package header

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"

	"github.com/cognito-m2m/cognito-m2m-cdk/internal/rotation/event"
)

// Handler processes the events of the function. Rotator and SecretARN are required.
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

// Handle processes a rotation step from Secrets Manager, an event from EventBridge or a break-glass action from a person. Anything else is
// an error. Handle ignores an EventBridge event about something else. Errors never contain a value.
func (h Handler) Handle(ctx context.Context, payload json.RawMessage) (*Report, error) {
	handlers := event.Handlers[*Report]{Owns: h.owns, Step: h.step, Action: h.action, EventBridge: h.eventBridge}
	return handlers.Handle(ctx, h.Rotator.Log, payload)
}

func (h Handler) owns(secretID string) error {
	if secretID != h.SecretARN {
		return fmt.Errorf("this function rotates %q only", h.SecretARN)
	}
	return nil
}

func (h Handler) step(ctx context.Context, e event.Step) error {
	return h.Rotator.Step(ctx, e.Step, e.ClientRequestToken)
}

func (h Handler) action(ctx context.Context, decoder *json.Decoder) (*Report, error) {
	var e struct {
		Action string `json:"action"`
	}
	if err := decoder.Decode(&e); err != nil {
		return nil, fmt.Errorf("action event: %w", err)
	}
	actions := map[string]func(context.Context) (Report, error){
		ActionReconcile:      h.Rotator.Reconcile,
		ActionRevokePrevious: h.Rotator.RevokePrevious,
		ActionUndoRotation:   h.Rotator.UndoRotation,
	}
	run, ok := actions[e.Action]
	if !ok {
		return nil, fmt.Errorf("action is %q: want %q, %q or %q", e.Action, ActionReconcile, ActionRevokePrevious, ActionUndoRotation)
	}
	report, err := run(ctx)
	return &report, err
}

func (h Handler) eventBridge(ctx context.Context, e event.EventBridge) (*Report, error) {
	if !h.concerns(e) {
		h.Rotator.Log.InfoContext(ctx, "event is about something else", "source", e.Source, "detail-type", e.DetailType,
			"resources", e.Resources, "stack", e.Detail.StackID)
		return nil, nil
	}
	report, err := h.Rotator.Reconcile(ctx)
	return &report, err
}

// WatchedResources returns the types of resources whose change by CloudFormation may break or rewrite what this package maintains.
func WatchedResources() []string {
	return []string{"AWS::ApiGateway::Stage", "AWS::WAFv2::RegexPatternSet", "AWS::SecretsManager::Secret"}
}

func (h Handler) concerns(e event.EventBridge) bool {
	// A change that has not ended shows nothing yet.
	ended := e.Ended() && slices.Contains(h.StackIDs, e.Detail.StackID)
	switch e.Kind() {
	case "aws.secretsmanager/Secret Label Updated":
		return slices.Contains(e.Resources, h.SecretARN) && e.Detail.LabelUpdated == "AWSCURRENT"
	case event.StackChanged:
		return ended
	case event.ResourceChanged:
		return ended && slices.Contains(WatchedResources(), e.Detail.ResourceType)
	}
	return e.IsScheduled()
}
