package waf

import (
	"fmt"
	"slices"

	"github.com/cognito-m2m/cognito-m2m-cdk/simulator/internal/properties"
)

// managedWithoutEffect are the settings of a managed rule group that only say what happens when one of its rules matches.
var managedWithoutEffect = map[string]string{
	"Version":                 "none of the versions' rules are public",
	"ExcludedRules":           "counts instead of blocks what never matches",
	"ManagedRuleGroupConfigs": "tunes what never matches",
}

// managedRuleGroup accepts a managed rule group as one that never matches and makes a note of it.
func (c *compiler) managedRuleGroup(rule, statement *properties.Object) matcher {
	if keys := statement.Keys(); len(keys) != 1 {
		statement.Errorf("", "got %d statements, want exactly one", len(keys))
	}
	if rule.Has("Action") {
		rule.Refuse(map[string]string{"Action": "a rule with a managed rule group has an OverrideAction instead"})
	}
	if rule.Has("RuleLabels") {
		rule.Errorf("RuleLabels", "AWS WAF does not allow labels on a rule with a managed rule group")
	}
	rule.Require("OverrideAction")
	if override := rule.Object("OverrideAction"); override != nil {
		keys := override.Keys()
		if len(keys) != 1 || keys[0] != "None" && keys[0] != "Count" {
			override.Errorf("", "got %q, want exactly one of None, Count", keys)
		}
		override.Object("None")
		if counted := override.Object("Count"); counted != nil {
			refuseInsertion(counted)
		}
	}
	o := statement.Object(managedRuleGroup)
	if o == nil {
		return never
	}
	o.Require("VendorName", "Name")
	o.Accept(managedWithoutEffect)
	checkOverrides(o)
	if scope := o.Object("ScopeDownStatement"); scope != nil {
		c.statement(scope, 1)
	}
	c.notes = append(c.notes, fmt.Sprintf("%s: managed rule group %s/%s is taken as never matching", rule.Path(), o.Text("VendorName"),
		o.Text("Name")))
	return never
}

// checkOverrides reads what replaces the actions of rules that never match: AWS WAF refuses a list that is wrong.
// https://docs.aws.amazon.com/waf/latest/APIReference/API_RuleActionOverride.html
func checkOverrides(o *properties.Object) {
	seen := map[string]bool{}
	for _, override := range o.Objects("RuleActionOverrides") {
		override.Require("Name", "ActionToUse")
		if name := override.Text("Name"); seen[name] {
			override.Errorf("Name", "%q is overridden twice", name)
		} else {
			seen[name] = true
		}
		use := override.Object("ActionToUse")
		if use == nil {
			continue
		}
		keys := use.Keys()
		if len(keys) != 1 || !slices.Contains([]string{"Allow", "Block", "Count", "Captcha", "Challenge"}, keys[0]) {
			use.Errorf("", "got %q, want exactly one of Allow, Block, Count, Captcha, Challenge", keys)
		}
		for _, key := range keys {
			use.Accept(map[string]string{key: "its settings apply to what never matches"})
		}
	}
}
