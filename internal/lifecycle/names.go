package lifecycle

import (
	"maps"
	"slices"
)

// checkName reports a resource that is created under a name that is still taken: CloudFormation creates before it deletes.
func (c *change) checkName() {
	if c.after == nil || c.updated() || c.after.name == "" {
		return
	}
	a := c.update.account
	holder := a.holder(c.after)
	_, overwrites := overwriting[c.after.Type]
	switch kept := a.kept[c.after.name]; {
	case holder != nil && overwrites:
		c.report("overwritten", "holder", holder.id, "stack", holder.stack)
	case holder != nil && holder == c.before:
		c.report("named-replaced")
	case holder != nil:
		c.report("name-taken", "holder", holder.id, "stack", holder.stack, "name", c.after.name)
	case kept != "" && !overwrites:
		c.report("name-kept", "stack", kept, "name", c.after.name)
	}
}

// holder is the resource that has the name of a new one while that is created, or nil.
func (a *Account) holder(created *instance) *instance {
	var holder *instance
	a.instances(func(i *instance) {
		if i.name == created.name && i != created {
			holder = i
		}
	})
	return holder
}

// keepName remembers the names of what leaves the stack and is retained, and forgets those of what is deleted.
func (c *change) keepName() {
	a := c.update.account
	if c.after != nil {
		delete(a.kept, c.after.name)
	}
	if c.gone() && c.before.name != "" && c.retained() {
		a.kept[c.before.name] = c.before.stack
	}
}

// retained reports whether the resource that leaves the stack stays in the account.
func (c *change) retained() bool {
	policy := c.before.DeletionPolicy
	if c.replaced() {
		policy = c.before.UpdateReplacePolicy
	}
	return retains(policy)
}

func retains(policy string) bool { return policy == "Retain" || policy == "RetainExceptOnCreate" }

// Kept returns the types and fixed names of what was retained when it left its stack.
func (a *Account) Kept() []string { return slices.Sorted(maps.Keys(a.kept)) }
