// Package assembly reads a synthesized cloud assembly and answers what CloudFormation would make of its templates.
//
// Load reads the manifest and all stack templates; Resolve evaluates a resource's properties: intrinsic functions, parameters' defaults,
// references between stacks and dynamic references. What only a created resource knows, such as an ARN, is asked of a Values.
//
// A template is foreign input: a feature that is not supported is refused with its place, and depth, steps and produced text are bounded.
package assembly

import (
	"encoding/json"
	"fmt"
	"slices"
)

// Assembly is a loaded cloud assembly. It does not change after Load, so it is safe for concurrent use.
type Assembly struct {
	// Stacks are in dependency order: a stack comes after those that it depends on.
	Stacks []*Stack

	exports map[exportKey]*output
	// dir is where the assembly was loaded from, assetManifests names the files that list its assets.
	dir            string
	assetManifests []string
}

// Stack is one stack of an assembly.
type Stack struct {
	Name, Account, Region string
	// Resources are those that CloudFormation would create, sorted by logical ID. One whose Condition is false is not among them.
	Resources []*Resource
	// Metadata is the template's.
	Metadata map[string]json.RawMessage

	template *template
	// byID has all resources of the template, also those whose Condition is false: they can be named but not referred to.
	byID map[string]*Resource
	// conditions has the outcome of each condition.
	conditions map[string]bool
}

// Resource is one resource as the template declares it.
type Resource struct {
	Stack           *Stack
	LogicalID, Type string
	// Properties are the template's: numbers are float64, intrinsic functions are unresolved. Not to be modified.
	Properties map[string]any

	dependsOn []string
	omitted   bool
}

// Path names the resource in messages: the stack's name and the logical ID.
func (r *Resource) Path() string { return r.Stack.Name + "/" + r.LogicalID }

// OfType returns the resources of a CloudFormation type, such as AWS::WAFv2::WebACL, stack by stack.
func (a *Assembly) OfType(t string) []*Resource {
	var found []*Resource
	for _, s := range a.Stacks {
		for _, r := range s.Resources {
			if r.Type == t {
				found = append(found, r)
			}
		}
	}
	return found
}

func (a *Assembly) stack(name string) (*Stack, error) {
	if i := slices.IndexFunc(a.Stacks, func(s *Stack) bool { return s.Name == name }); i >= 0 {
		return a.Stacks[i], nil
	}
	return nil, fmt.Errorf("there is no stack %q in the assembly; it has %q", name, a.stackNames())
}

func (a *Assembly) stackNames() []string {
	names := make([]string, 0, len(a.Stacks))
	for _, s := range a.Stacks {
		names = append(names, s.Name)
	}
	return names
}
