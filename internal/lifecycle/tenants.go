package lifecycle

import (
	"regexp"
	"slices"
	"strings"
)

// tenantName finds the tenant in a description.
var tenantName = regexp.MustCompile(`\bof tenant ([a-z0-9-]+)`)

// tenant is the id of the tenant that a resource is made for, or empty. beside are the resources of its stack.
func tenant(i *instance, beside map[string]*instance) string {
	if i.Type == "AWS::Cognito::UserPoolClient" {
		return text(i.properties["ClientName"])
	}
	tags, _ := i.properties["Tags"].([]any)
	for _, tag := range tags {
		if get(tag, "Key") == "m2m:tenant" {
			return text(get(tag, "Value"))
		}
	}
	if name := tenantName.FindStringSubmatch(text(i.properties["Description"])); name != nil {
		return name[1]
	}
	for _, property := range []string{"SecretId", "KeyId"} {
		if other := beside[text(get(i.Properties[property], "Ref"))]; other != nil && other != i {
			return tenant(other, beside)
		}
	}
	return ""
}

// tenant is the id of the tenant that a deployed resource is made for, or empty.
func (a *Account) tenant(i *instance) string {
	if s := a.stacks[i.stack]; s != nil && s.resources[i.id] == i {
		return tenant(i, s.resources)
	}
	return tenant(i, nil)
}

// items are the texts of a list.
func items(list any) []string {
	var all []string
	values, _ := list.([]any)
	for _, value := range values {
		all = append(all, text(value))
	}
	return all
}

// serverOf is the identifier of a scope's resource server, which may contain slashes.
func serverOf(scope string) string { return scope[:max(strings.LastIndex(scope, "/"), 0)] }

func provided(i *instance) []string {
	if i.Type != "AWS::Cognito::UserPoolResourceServer" {
		return nil
	}
	var all []string
	scopes, _ := i.properties["Scopes"].([]any)
	for _, scope := range scopes {
		all = append(all, text(i.properties["Identifier"])+"/"+text(get(scope, "ScopeName")))
	}
	return all
}

// scopes are those of all resource servers that are deployed.
func (a *Account) scopes() []string {
	var all []string
	a.instances(func(i *instance) {
		if i.Type == "AWS::Cognito::UserPoolResourceServer" {
			a.servers[text(i.properties["Identifier"])] = true
		}
		all = append(all, provided(i)...)
	})
	return all
}

// scopesAfter are those of all resource servers once the update has created and updated its own.
func (u *update) scopesAfter() []string {
	var all []string
	u.account.scopes()
	u.account.instances(func(i *instance) {
		if i.stack != u.stack.Name {
			all = append(all, provided(i)...)
		}
	})
	for id := range u.stack.Template.Resources {
		all = append(all, provided(u.instance(id))...)
	}
	return all
}

// lostScopes reports clients with scopes that the update has removed from their resource servers.
func (u *update) lostScopes(before []string) {
	after := u.account.scopes()
	u.account.instances(func(i *instance) {
		if i.Type != "AWS::Cognito::UserPoolClient" {
			return
		}
		for _, scope := range items(i.properties["AllowedOAuthScopes"]) {
			if !slices.Contains(before, scope) || slices.Contains(after, scope) {
				continue
			}
			f := finding("scope-removed", "scope", scope)
			f.Stack, f.Resource, f.Type, f.Tenant = u.stack.Name, i.id, i.Type, u.account.tenant(i)
			u.account.add(f)
		}
	})
}
