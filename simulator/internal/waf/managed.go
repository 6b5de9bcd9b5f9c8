package waf

import (
	"fmt"

	"github.com/cognito-m2m/cognito-m2m-cdk/simulator/internal/properties"
)

// managedWithoutEffect are the settings of a managed rule group that only say what happens when one of its rules matches.
var managedWithoutEffect = map[string]string{
	"Version":                 "none of the versions' rules are public",
	"ExcludedRules":           "counts instead of blocks what never matches",
	"RuleActionOverrides":     "replaces the actions of what never matches",
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
	if scope := o.Object("ScopeDownStatement"); scope != nil {
		c.statement(scope, 1)
	}
	c.notes = append(c.notes, fmt.Sprintf("%s: managed rule group %s/%s is taken as never matching", rule.Path(), o.Text("VendorName"), o.Text("Name")))
	return never
}
