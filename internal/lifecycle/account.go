package lifecycle

import (
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"
)

// Account is an account and Region with what has been deployed to it. Use it in the place of Compare for more than two deployments: it
// remembers what earlier ones left behind.
type Account struct {
	stacks map[string]*deployed
	// kept are the fixed names of what left its stack and was retained, with the stack that it left.
	kept map[string]string
	// servers are identifiers of all resource servers so far.
	servers map[string]bool
	serial  int
	// next is the assembly that is being deployed.
	next *Assembly
	// id and region hold for stacks that name none.
	id, region string
	findings   []Finding
}

// deployed is a stack with the values that its last update saw.
type deployed struct {
	*Stack
	resources map[string]*instance
	outputs   map[string]any
}

// instance is a physical resource.
type instance struct {
	Resource
	stack, id string
	// serial is another one after a replacement.
	serial int
	// properties are resolved as at its last creation or update.
	properties map[string]any
	// name is its fixed name or empty.
	name string
}

func (i *instance) mark() string { return fmt.Sprintf("<%s/%s#%d>", i.stack, i.id, i.serial) }

// export is an output that other stacks can import.
type export struct {
	stack string
	value any
}

// NewAccount returns an account in which nothing is deployed.
func NewAccount() *Account {
	return &Account{stacks: map[string]*deployed{}, kept: map[string]string{}, servers: map[string]bool{}}
}

// Deploy deploys the stacks of an assembly and returns what that does. Stacks that left the app stay deployed, as with the CDK CLI. A
// stack that fails counts as deployed for those after it, so that each mistake is reported once.
func (a *Account) Deploy(next *Assembly) []Finding {
	a.findings, a.next = nil, next
	a.environment(next)
	for _, s := range next.Stacks {
		newUpdate(a, s).run()
	}
	a.left()
	a.stale()
	return a.findings
}

// environment takes over the account and the Region of the stacks. In another account or Region nothing is deployed.
func (a *Account) environment(next *Assembly) {
	for _, s := range next.Stacks {
		moved := a.id != "" && s.Account != "" && a.id != s.Account || a.region != "" && s.Region != "" && a.region != s.Region
		if moved && len(a.stacks) > 0 {
			a.report(s.Name, "environment", "from", a.id+"/"+a.region, "to", s.Account+"/"+s.Region)
			a.stacks, a.kept = map[string]*deployed{}, map[string]string{}
		}
		if s.Account != "" {
			a.id = s.Account
		}
		if s.Region != "" {
			a.region = s.Region
		}
	}
}

// pseudo is the value of a pseudo parameter.
func (a *Account) pseudo(s *Stack, name string) string {
	switch {
	case name == "AWS::StackName":
		return s.Name
	case name == "AWS::AccountId" && a.id != "":
		return a.id
	case name == "AWS::Region" && a.region != "":
		return a.region
	}
	return "<" + name + ">"
}

// names returns the stacks' names in order.
func (a *Account) names() []string { return slices.Sorted(maps.Keys(a.stacks)) }

// instances calls visit with all resources, by stack and logical ID.
func (a *Account) instances(visit func(*instance)) {
	for _, name := range a.names() {
		s := a.stacks[name]
		for _, id := range slices.Sorted(maps.Keys(s.resources)) {
			visit(s.resources[id])
		}
	}
}

func (a *Account) exports() map[string]export {
	all := map[string]export{}
	for name, s := range a.stacks {
		for id, o := range s.Template.Outputs {
			if o.Export.Name != nil {
				all[text(s.resolver(a).value(o.Export.Name))] = export{name, s.outputs[id]}
			}
		}
	}
	return all
}

// importers returns the stacks that import an export.
func (a *Account) importers(name string) []string {
	return slices.DeleteFunc(a.names(), func(stack string) bool {
		return !slices.Contains(references(a.stacks[stack].Stack), reference{export: name})
	})
}

// resolver resolves values of the stack as it is deployed.
func (s *deployed) resolver(a *Account) resolver {
	return resolver{a, s.Stack, func(id string) *instance { return s.resources[id] }}
}

// left reports the stacks that are deployed and no longer in the app.
func (a *Account) left() {
	for _, name := range a.names() {
		if a.next.has(name) {
			continue
		}
		s := a.stacks[name]
		effects := ""
		if n := len(slices.DeleteFunc(references(s.Stack), func(r reference) bool { return r.export == "" })); n > 0 {
			effects = fmt.Sprintf("; its %d imports keep the exports of other stacks as they are", n)
		}
		isClient := func(i *instance) bool { return i.Type == "AWS::Cognito::UserPoolClient" }
		if slices.ContainsFunc(slices.Collect(maps.Values(s.resources)), isClient) {
			effects += "; its app clients keep working"
		}
		a.report(name, "stack-left", "effects", effects, "command", deleteStack(s.Stack))
	}
}

// deleteStack is the command that deletes a stack that is no longer in the app.
func deleteStack(s *Stack) string {
	command := "aws cloudformation delete-stack --stack-name " + s.Name
	if s.TerminationProtection {
		command = "aws cloudformation update-termination-protection --no-enable-termination-protection --stack-name " + s.Name + " && " + command
	}
	return command
}

// stale reports the resources whose stack was not updated although a value that it reads from another stack has changed.
func (a *Account) stale() {
	a.instances(func(i *instance) {
		s := a.stacks[i.stack]
		properties := s.Template.Resources[i.id].Properties
		if !a.next.has(i.stack) || !strings.Contains(text(properties), `"Fn::GetStackOutput"`) {
			return
		}
		now, _ := s.resolver(a).value(properties).(map[string]any)
		if reflect.DeepEqual(now, i.properties) {
			return
		}
		f := finding("weak-reference", "stack", i.stack)
		f.Stack, f.Resource, f.Type, f.Tenant, f.Properties = i.stack, i.id, i.Type, a.tenant(i), changed(i.properties, now)
		a.add(f)
	})
}
