// Package properties reads the properties of a CloudFormation resource strictly: a property that nobody reads is an error, as is a value
// that is not of the type or the range that its reader asked for. All mistakes of a resource are reported at once, each with its path.
//
// The properties must be free of intrinsic functions.
package properties

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// Object is one JSON object of a template. Its methods mark the properties that they read as known.
//
// A method that finds a mistake notes it for Err and returns the zero value.
type Object struct {
	path     string
	values   map[string]any
	known    map[string]bool
	children []*Object
	errs     *[]error
}

// Read starts reading a resource's properties; path names the resource in errors.
func Read(path string, values map[string]any) *Object {
	return newObject(path, values, &[]error{})
}

func newObject(path string, values map[string]any, errs *[]error) *Object {
	return &Object{path: path, values: values, known: map[string]bool{}, errs: errs}
}

// Path is where the object is, for a message.
func (o *Object) Path() string { return o.path }

// Has says whether the property is there. It does not mark it as known.
func (o *Object) Has(key string) bool {
	_, ok := o.values[key]
	return ok
}

// Keys are the names of all properties, sorted. It does not mark them as known.
func (o *Object) Keys() []string { return slices.Sorted(maps.Keys(o.values)) }

// Errorf notes a mistake in the property, or in the object itself when key is empty.
func (o *Object) Errorf(key, format string, args ...any) {
	where := o.path
	if key != "" {
		where += "." + key
	}
	*o.errs = append(*o.errs, fmt.Errorf("%s: %w", where, fmt.Errorf(format, args...)))
}

// Require notes a mistake for each of the properties that is absent.
func (o *Object) Require(keys ...string) {
	for _, key := range keys {
		if !o.Has(key) {
			o.Errorf(key, "is required")
		}
	}
}

// Accept marks properties as known that need no reading; the map's values say why.
func (o *Object) Accept(reasons map[string]string) {
	for key := range reasons {
		o.known[key] = true
	}
}

// Refuse notes a mistake for each of the properties that is present; the map's values say why it is refused.
func (o *Object) Refuse(reasons map[string]string) {
	for _, key := range slices.Sorted(maps.Keys(reasons)) {
		if _, ok := o.take(key); ok {
			o.Errorf(key, "is not simulated: %s", reasons[key])
		}
	}
}

// Object reads an object; nil when it is absent.
func (o *Object) Object(key string) *Object {
	value, ok := o.take(key)
	if !ok {
		return nil
	}
	return o.child(key, value)
}

// Objects reads a list of objects.
func (o *Object) Objects(key string) []*Object {
	var all []*Object
	for i, value := range o.list(key) {
		if child := o.child(fmt.Sprintf("%s[%d]", key, i), value); child != nil {
			all = append(all, child)
		}
	}
	return all
}

// Err reports all mistakes in the object it was called on and in all objects read from it, unknown properties included.
func (o *Object) Err() error {
	o.reportUnknown()
	return errors.Join(*o.errs...)
}

func (o *Object) reportUnknown() {
	known := "none"
	if len(o.known) > 0 {
		known = strings.Join(slices.Sorted(maps.Keys(o.known)), ", ")
	}
	for _, key := range o.Keys() {
		if !o.known[key] {
			o.Errorf(key, "unknown property; known here: %s", known)
		}
	}
	for _, child := range o.children {
		child.reportUnknown()
	}
}

func (o *Object) child(key string, value any) *Object {
	values, ok := value.(map[string]any)
	if !ok {
		o.Errorf(key, "got %s, want an object", describe(value))
		return nil
	}
	child := newObject(o.path+"."+key, values, o.errs)
	o.children = append(o.children, child)
	return child
}

func (o *Object) take(key string) (any, bool) {
	o.known[key] = true
	value, ok := o.values[key]
	return value, ok
}
