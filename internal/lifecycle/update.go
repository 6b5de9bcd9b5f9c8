package lifecycle

import (
	"maps"
	"reflect"
	"slices"
	"strconv"
)

// update is the creation or update of one stack.
type update struct {
	account *Account
	stack   *Stack
	// before is nil for a stack that is created.
	before *deployed
	// after are the instances once the update is done, filled on demand: a resource's values depend on those it refers to.
	after map[string]*instance
}

// change is what an update does to one resource: before is nil if it is created, after is nil if it leaves the stack.
type change struct {
	update        *update
	before, after *instance
	// properties are the names of the changed ones, replacing the paths of those that replace the resource.
	properties, replacing []string
}

func newUpdate(a *Account, s *Stack) *update {
	return &update{account: a, stack: s, before: a.stacks[s.Name], after: map[string]*instance{}}
}

func (u *update) run() {
	if u.before != nil && reflect.DeepEqual(u.before.Template, u.stack.Template) && maps.Equal(u.before.Tags, u.stack.Tags) {
		u.before.Stack = u.stack
		u.account.report(u.stack.Name, "unchanged")
		return
	}
	u.checkReferences()
	outputs := map[string]any{}
	for id, o := range u.stack.Template.Outputs {
		outputs[id] = u.resolver().value(o.Value)
	}
	u.checkExports(outputs)
	changes := u.changes()
	for _, c := range changes {
		c.run()
	}
	u.summarize(changes)
	before := u.account.scopes()
	for _, c := range changes {
		c.keepName()
	}
	u.account.stacks[u.stack.Name] = &deployed{Stack: u.stack, resources: u.after, outputs: outputs}
	u.lostScopes(before)
}

func (u *update) resolver() resolver { return resolver{u.account, u.stack, u.instance} }

// instance is the one of a logical ID after the update, or nil.
func (u *update) instance(id string) *instance {
	if i, ok := u.after[id]; ok {
		return i
	}
	r, ok := u.stack.Template.Resources[id]
	if !ok {
		return nil
	}
	i := &instance{Resource: r, stack: u.stack.Name, id: id}
	u.after[id] = i
	i.properties, _ = u.resolver().value(r.Properties).(map[string]any)
	i.name = fixedName(i.Type, i.properties)
	if before := u.old(id); before != nil && before.Type == i.Type && len(replacing(i.Type, before.properties, i.properties)) == 0 {
		i.serial = before.serial
	} else {
		u.account.serial++
		i.serial = u.account.serial
	}
	return i
}

func (u *update) old(id string) *instance {
	if u.before == nil {
		return nil
	}
	return u.before.resources[id]
}

// changes returns what happens to each resource, by logical ID.
func (u *update) changes() []*change {
	ids := map[string]bool{}
	for id := range u.stack.Template.Resources {
		ids[id] = true
	}
	if u.before != nil {
		for id := range u.before.resources {
			ids[id] = true
		}
	}
	var all []*change
	for _, id := range slices.Sorted(maps.Keys(ids)) {
		c := &change{update: u, before: u.old(id), after: u.instance(id)}
		if c.before != nil && c.after != nil {
			c.properties = changed(c.before.properties, c.after.properties)
			c.replacing = replacing(c.after.Type, c.before.properties, c.after.properties)
			if len(c.properties) == 0 && c.before.Type == c.after.Type {
				continue
			}
		}
		all = append(all, c)
	}
	return all
}

func (c *change) created() bool { return c.before == nil }
func (c *change) removed() bool { return c.after == nil }
func (c *change) replaced() bool {
	return c.before != nil && c.after != nil && c.before.serial != c.after.serial
}
func (c *change) updated() bool {
	return c.before != nil && c.after != nil && c.before.serial == c.after.serial
}

// gone reports whether the physical resource of before is no longer the stack's.
func (c *change) gone() bool { return c.removed() || c.replaced() }

// subject is the instance that findings name: the one that is deployed, if there is one.
func (c *change) subject() *instance {
	if c.before != nil {
		return c.before
	}
	return c.after
}

// differs reports whether the values at a path differ in an update in place.
func (c *change) differs(path string) bool {
	return c.updated() && !reflect.DeepEqual(get(c.before.properties, path), get(c.after.properties, path))
}

// run applies all rules to a change.
func (c *change) run() {
	if i := c.subject(); !known(i.Type) {
		c.report("unknown-type")
		return
	}
	if c.before != nil && c.after != nil && c.before.Type != c.after.Type {
		c.report("type-changed", "type", c.after.Type)
		return
	}
	count := len(c.update.account.findings)
	c.checkName()
	c.checkRefused()
	c.checkRollback()
	c.checkTokens()
	if slices.ContainsFunc(c.update.account.findings[count:], func(f Finding) bool { return f.Phase == PhaseDeploy }) {
		return
	}
	switch {
	case c.removed():
		c.checkDelete()
	case c.replaced():
		c.report("replaced")
	}
}

// summarize reports what needs no attention, as one finding.
func (u *update) summarize(changes []*change) {
	var created, updated, replaced, removed int
	for _, c := range changes {
		switch {
		case c.created():
			created++
		case c.removed():
			removed++
		case c.replaced():
			replaced++
		default:
			updated++
		}
	}
	u.account.report(u.stack.Name, "summary", "created", strconv.Itoa(created), "updated", strconv.Itoa(updated),
		"replaced", strconv.Itoa(replaced), "removed", strconv.Itoa(removed))
}
