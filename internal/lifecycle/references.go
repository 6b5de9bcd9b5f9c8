package lifecycle

import (
	"maps"
	"reflect"
	"slices"
	"strings"
)

// checkReferences reports values that the template takes from other stacks and that do not exist when it is deployed.
func (u *update) checkReferences() {
	exports := u.account.exports()
	for _, r := range references(u.stack) {
		if r.export != "" {
			if _, ok := exports[r.export]; !ok {
				u.account.reportOn(u.stack.Name, "export", r.export, "import-missing")
			}
			continue
		}
		producer := u.account.stacks[r.stack]
		if producer == nil || !has(producer.outputs, r.output) {
			u.account.reportOn(u.stack.Name, "output", r.output, "output-missing", "producer", r.stack)
		}
	}
}

func has(outputs map[string]any, id string) bool {
	_, ok := outputs[id]
	return ok
}

// checkExports reports exports that are removed or changed while another stack imports them, and names that another stack exports.
func (u *update) checkExports(outputs map[string]any) {
	after := map[string]any{}
	for _, id := range slices.Sorted(maps.Keys(u.stack.Template.Outputs)) {
		if name := u.stack.Template.Outputs[id].Export.Name; name != nil {
			after[text(u.resolver().value(name))] = outputs[id]
		}
	}
	exports := u.account.exports()
	for _, name := range slices.Sorted(maps.Keys(exports)) {
		e := exports[name]
		value, stays := after[name]
		if e.stack != u.stack.Name {
			if stays {
				u.account.reportOn(u.stack.Name, "export", name, "export-duplicate", "other", e.stack)
			}
			continue
		}
		if stays && reflect.DeepEqual(value, e.value) {
			continue
		}
		users := slices.DeleteFunc(u.account.importers(name), func(s string) bool { return s == u.stack.Name })
		if len(users) == 0 {
			continue
		}
		verb := "removed"
		if stays {
			verb = "changed"
		}
		in := strings.Join(users, ", ")
		u.account.reportOn(u.stack.Name, "export", name, "export-in-use", "verb", verb, "users", in, "steps", u.account.release(users))
	}
}

// release says how stacks stop to use an export.
func (a *Account) release(users []string) string {
	var steps []string
	for _, name := range users {
		if a.next != nil && !a.next.has(name) {
			steps = append(steps, "delete the stack that is no longer in the app: "+deleteStack(a.stacks[name].Stack))
		} else {
			steps = append(steps, "deploy "+name+" without the import, with the export still there")
		}
	}
	return "first " + strings.Join(steps, "; and ")
}
