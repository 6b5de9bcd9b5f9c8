package lifecycle

import (
	"fmt"
	"io"
	"slices"

	"github.com/cognito-m2m/cognito-m2m-cdk/internal/pricing"
)

// Plan is what a deployment does, for the person who approves it.
type Plan struct {
	// Fails is true if a stack cannot be deployed.
	Fails bool `json:"fails"`
	// Interrupts is true if token requests fail during the deployment or after it.
	Interrupts bool `json:"interrupts"`
	// Tokens is how many tokens Cognito issues again because the cache is emptied, if each tenant uses one set of scopes. Cost is their price.
	Tokens   int       `json:"tokens"`
	Cost     string    `json:"cost"`
	Findings []Finding `json:"findings"`
}

// NewPlan returns the plan of a deployment, see Compare. It leaves out what concerns the deletion of the stacks.
func NewPlan(deployed, next *Assembly) (Plan, error) {
	p := Plan{Findings: Compare(deployed, next)}
	emptied := false
	for _, f := range p.Findings {
		p.Fails = p.Fails || f.Kind == KindFails && f.Phase == PhaseDeploy
		p.Interrupts = p.Interrupts || f.Interrupts != nil
		emptied = emptied || f.EmptiesCache
	}
	if emptied {
		p.Tokens = next.clients()
	}
	prices, err := pricing.Default().Region(pricing.DefaultRegion)
	if err != nil {
		return p, err
	}
	p.Cost = prices.TokenRequests.Of(int64(p.Tokens)).String()
	return p, nil
}

// clients is the number of app clients.
func (a *Assembly) clients() int {
	n := 0
	for _, s := range a.Stacks {
		for _, r := range s.Template.Resources {
			if r.Type == "AWS::Cognito::UserPoolClient" {
				n++
			}
		}
	}
	return n
}

// WriteText writes the plan as text: what happens stack by stack, and then what it means for token requests.
func (p Plan) WriteText(w io.Writer) error {
	if err := WriteText(w, p.Findings); err != nil {
		return err
	}
	var failing []string
	for _, f := range p.Findings {
		if f.Kind == KindFails && f.Phase == PhaseDeploy && !slices.Contains(failing, f.Stack) {
			failing = append(failing, f.Stack)
		}
	}
	verdict := "The deployment succeeds"
	if p.Fails {
		verdict = fmt.Sprintf("The deployment fails in %v; the stacks before it are deployed", failing)
	}
	if p.Interrupts {
		verdict += ", and interrupts token requests"
	} else {
		verdict += ", and interrupts no token request"
	}
	if p.Tokens > 0 {
		verdict += fmt.Sprintf(".\nIt empties the token cache: about %d tokens, %s (%s prices)", p.Tokens, p.Cost, pricing.DefaultRegion)
	}
	_, err := fmt.Fprintf(w, "\n%s.\n", verdict)
	return err
}
