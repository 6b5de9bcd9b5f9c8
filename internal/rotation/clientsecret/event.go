package clientsecret

// The break-glass actions: {"action": "…"}.
const (
	ActionSweep          = "sweep"
	ActionRotateNow      = "rotate-now"
	ActionRevokePrevious = "revoke-previous"
)
