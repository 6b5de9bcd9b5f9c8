package lifecycle

import (
	_ "embed"
	"slices"
	"strings"

	"github.com/goccy/go-yaml"
)

// rule is what the findings of a rule say, see rules.yaml.
type rule struct {
	Kind                            Kind
	Phase                           Phase
	Reason, Who, Lasts, Source, How string
	Cache                           bool
}

// kindGone is that of rules for what is either deleted or replaced.
const kindGone Kind = "gone"

//go:embed rules.yaml
var rulesYAML []byte

var rules = func() map[string]rule {
	all := map[string]rule{}
	if err := yaml.Unmarshal(rulesYAML, &all); err != nil {
		panic(err)
	}
	return all
}()

// finding returns a finding of a rule. fill are names in braces and what is there instead of them, in turn.
func finding(name string, fill ...string) Finding {
	r, fill := rules[name], slices.Clone(fill)
	for i := 0; i < len(fill); i += 2 {
		fill[i] = "{" + fill[i] + "}"
	}
	say := strings.NewReplacer(fill...).Replace
	f := Finding{Kind: r.Kind, Phase: r.Phase, Rule: name, Reason: say(r.Reason), Source: say(r.Source), How: say(r.How)}
	f.EmptiesCache = r.Cache
	if f.Phase == "" {
		f.Phase = PhaseDeploy
	}
	if r.Who != "" {
		f.Interrupts = &Interruption{Who: say(r.Who), Lasts: say(r.Lasts)}
	}
	return f
}

// add reports a finding about a stack.
func (a *Account) add(f Finding) { a.findings = append(a.findings, f) }

// report adds a finding about a whole stack.
func (a *Account) report(stack, name string, fill ...string) {
	f := finding(name, append(fill, "stack", stack)...)
	f.Stack = stack
	a.add(f)
}

// reportOn adds a finding about an export or an output of a stack.
func (a *Account) reportOn(stack, kind, id, name string, fill ...string) {
	f := finding(name, fill...)
	f.Stack, f.Type, f.Resource = stack, kind, id
	a.add(f)
}

// report adds a finding about a changed resource: the one that is deployed, if there is one.
func (c *change) report(name string, fill ...string) {
	i := c.subject()
	f := finding(name, fill...)
	f.Stack, f.Resource, f.Type, f.Tenant, f.Properties = i.stack, i.id, i.Type, c.update.account.tenant(i), c.properties
	if c.replaced() {
		f.Properties = c.replacing
	}
	if f.Kind == kindGone && c.removed() {
		f.Kind, f.Reason = KindDeletes, "is deleted: "+f.Reason
	} else if f.Kind == kindGone {
		f.Kind, f.Reason = KindReplaces, "is replaced: "+f.Reason
	}
	if f.Source == "type" {
		f.Source = typePage(i.Type)
	}
	c.update.account.add(f)
}

// typePage is the page of a resource type.
func typePage(resourceType string) string {
	service, name, _ := strings.Cut(strings.TrimPrefix(strings.ToLower(resourceType), "aws::"), "::")
	return "https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-" + service + "-" + name + ".html"
}
