// Package lifecycle says what a deployment does to what is deployed, before it is deployed: which stacks fail, what is replaced or
// deleted, whose token requests are interrupted, and which stacks keep old values.
//
// Compare takes the deployed cloud assembly and the next one. It follows the deployment stack by stack as the CDK CLI runs it, producers
// first, with the rules of CloudFormation and of the services. What CloudFormation replaces is in types.json, made from AWS's own model of
// its resource types by generate/generate.js.
//
// It does not evaluate conditions: a resource or a value with one counts as present.
package lifecycle

import "slices"

// Kind says what happens.
type Kind string

// The kinds of findings, the worst first. Each may also interrupt token requests, see Finding.Interrupts; KindInterrupts does nothing else.
const (
	KindFails      Kind = "fails"
	KindInterrupts Kind = "interrupts"
	KindReplaces   Kind = "replaces"
	KindDeletes    Kind = "deletes"
	KindStale      Kind = "stale"
	KindSafe       Kind = "safe"
)

var kinds = []Kind{KindFails, KindInterrupts, KindReplaces, KindDeletes, KindStale, KindSafe}

// Phase says when it happens.
type Phase string

// The phases: in the deployment, in the rollback of a deployment that failed for any reason, or when the stacks are deleted.
const (
	PhaseDeploy   Phase = "deploy"
	PhaseRollback Phase = "rollback"
	PhaseDestroy  Phase = "destroy"
)

// Finding is one effect of a deployment.
type Finding struct {
	Kind  Kind  `json:"kind"`
	Phase Phase `json:"phase"`
	// Rule names the rule that was applied. It does not change between versions.
	Rule  string `json:"rule"`
	Stack string `json:"stack"`
	// Resource is the logical ID, or empty for what concerns the whole stack. Type is its resource type.
	Resource string `json:"resource,omitempty"`
	Type     string `json:"type,omitempty"`
	// Properties are the changed properties that caused it.
	Properties []string `json:"properties,omitempty"`
	// Tenant is the id of the tenant that the resource belongs to, or empty.
	Tenant string `json:"tenant,omitempty"`
	// Reason is the same text for all findings that differ in Resource and Tenant only.
	Reason     string        `json:"reason"`
	Interrupts *Interruption `json:"interrupts,omitempty"`
	// EmptiesCache is true if the token cache is empty afterwards: each tenant's next request in each scope asks Cognito for a token.
	EmptiesCache bool `json:"emptiesCache,omitempty"`
	// Source is the address of the page that states the rule, or empty where the rule follows from the templates.
	Source string `json:"source,omitempty"`
	// How says how to make the change, or how to finish it.
	How string `json:"how,omitempty"`
}

// Interruption says whose token requests fail, and for how long.
type Interruption struct {
	Who   string `json:"who"`
	Lasts string `json:"lasts"`
}

// Compare returns what the deployment of next does to an account in which deployed is deployed. With a nil deployed it is the first
// deployment. The findings are in the order of the deployment.
func Compare(deployed, next *Assembly) []Finding {
	account := NewAccount()
	if deployed != nil {
		if !slices.ContainsFunc(deployed.Stacks, func(s *Stack) bool { return s.Account != "" || s.Region != "" }) {
			account.environment(next)
		}
		account.Deploy(deployed)
	}
	return account.Deploy(next)
}

// Destroy returns what happens when all stacks of the assembly are deleted, consumers first.
func Destroy(deployed *Assembly) []Finding {
	account := NewAccount()
	account.Deploy(deployed)
	return account.Destroy()
}
