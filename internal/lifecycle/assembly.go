package lifecycle

import (
	"encoding/json"
	"fmt"
	"maps"
	"path/filepath"
	"slices"

	"github.com/cognito-m2m/cognito-m2m-cdk/internal/templates"
)

// Assembly is what an app deploys to one account and Region.
type Assembly struct {
	// Stacks are in the order of their deployment.
	Stacks []*Stack
}

func (a *Assembly) has(name string) bool {
	return slices.ContainsFunc(a.Stacks, func(s *Stack) bool { return s.Name == name })
}

// Stack is one stack of an app.
type Stack struct {
	Name string
	// DependsOn are names of stacks that are deployed before this one.
	DependsOn             []string
	Template              Template
	TerminationProtection bool
	Tags                  map[string]string
	// Account and Region are empty where the app leaves them to the deployment.
	Account, Region string
}

// Template is a CloudFormation template.
type Template struct {
	Resources  map[string]Resource
	Parameters map[string]any
	Outputs    map[string]Output
}

// Resource is a resource of a template.
type Resource struct {
	Type                                string
	Properties                          map[string]any
	DeletionPolicy, UpdateReplacePolicy string
}

// Output is an output of a template.
type Output struct {
	Value  any
	Export struct{ Name any }
}

// Load reads the cloud assembly in a directory. A nested stack is a resource of the stack that nests it.
func Load(dir string) (*Assembly, error) {
	assembly, err := templates.Load(dir)
	if err != nil {
		return nil, err
	}
	var stacks []*Stack
	for _, t := range assembly.Stacks {
		if t.StackName == "" {
			continue
		}
		s := &Stack{Name: t.StackName, DependsOn: t.DependsOn, TerminationProtection: t.TerminationProtection, Tags: t.Tags}
		s.Account, s.Region = environment(t.Environment)
		if err := json.Unmarshal(t.Body, &s.Template); err != nil {
			return nil, fmt.Errorf("the template of %s: %w", t.Name, err)
		}
		stacks = append(stacks, s)
	}
	return NewAssembly(stacks)
}

// NewAssembly returns the assembly of stacks from elsewhere, such as CloudFormation's GetTemplate, in any order. What a template imports
// or reads from other stacks adds to DependsOn.
func NewAssembly(stacks []*Stack) (*Assembly, error) {
	left := map[string]*Stack{}
	exporter := map[string]string{}
	for _, s := range stacks {
		left[s.Name] = s
		for _, o := range s.Template.Outputs {
			if name, ok := o.Export.Name.(string); ok {
				exporter[name] = s.Name
			}
		}
	}
	needs := map[string][]string{}
	for _, s := range stacks {
		needs[s.Name] = slices.Clone(s.DependsOn)
		for _, r := range references(s) {
			needs[s.Name] = append(needs[s.Name], r.stack, exporter[r.export])
		}
	}
	a := &Assembly{}
	for len(left) > 0 {
		ready := slices.DeleteFunc(slices.Sorted(maps.Keys(left)), func(name string) bool {
			return slices.ContainsFunc(needs[name], func(n string) bool { return left[n] != nil && n != name })
		})
		if len(ready) == 0 {
			return nil, fmt.Errorf("the stacks %v depend on each other", slices.Sorted(maps.Keys(left)))
		}
		for _, name := range ready {
			a.Stacks = append(a.Stacks, left[name])
			delete(left, name)
		}
	}
	return a, nil
}

// environment splits aws://ACCOUNT/REGION.
func environment(address string) (account, region string) {
	if dir, base := filepath.Split(address); len(dir) > len("aws://") {
		account, region = dir[len("aws://"):len(dir)-1], base
	}
	if account == "unknown-account" {
		account = ""
	}
	if region == "unknown-region" {
		region = ""
	}
	return account, region
}

// reference is what a template takes from another stack: an export, or an output of a stack.
type reference struct{ export, stack, output string }

// nearby reports whether the argument of Fn::GetStackOutput is about a stack of the same account and Region.
func nearby(s *Stack, argument any) bool {
	region := get(argument, "Region")
	here := region == nil || region == s.Region || get(region, "Ref") == "AWS::Region"
	return here && get(argument, "RoleArn") == nil
}

// references returns what a template takes from other stacks of its account and Region, each once. A name that is not plain text is left
// out.
func references(s *Stack) []reference {
	found := map[reference]bool{}
	visit := func(function string, argument any) {
		switch function {
		case "Fn::ImportValue":
			if name, ok := argument.(string); ok {
				found[reference{export: name}] = true
			}
		case "Fn::GetStackOutput":
			stack, _ := get(argument, "StackName").(string)
			output, _ := get(argument, "OutputName").(string)
			if stack != "" && nearby(s, argument) {
				found[reference{stack: stack, output: output}] = true
			}
		}
	}
	for _, r := range s.Template.Resources {
		walk(r.Properties, visit)
	}
	for _, o := range s.Template.Outputs {
		walk(o.Value, visit)
	}
	return slices.SortedFunc(maps.Keys(found), func(a, b reference) int {
		return slices.Compare([]string{a.export, a.stack, a.output}, []string{b.export, b.stack, b.output})
	})
}
