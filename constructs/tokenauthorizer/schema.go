package tokenauthorizer

import (
	"encoding/json"
	"maps"
	"os"
	"slices"
	"strings"

	"github.com/cognito-m2m/cognito-m2m-cdk/constructs/internal/report"
	"github.com/cognito-m2m/cognito-m2m-cdk/internal/authorizer/token/settings"
)

// schema is a Cedar schema, as far as requests of the authorizer have to fit it.
// https://docs.cedarpolicy.com/schema/json-schema.html
type schema struct {
	namespace   string // empty: there is no schema to check against
	EntityTypes map[string]struct {
		MemberOfTypes []string `json:"memberOfTypes"`
		Shape         struct {
			Attributes map[string]attribute `json:"attributes"`
		} `json:"shape"`
	} `json:"entityTypes"`
	Actions map[string]struct {
		AppliesTo struct {
			PrincipalTypes []string `json:"principalTypes"`
			ResourceTypes  []string `json:"resourceTypes"`
		} `json:"appliesTo"`
	} `json:"actions"`
}

type attribute struct {
	Type     string `json:"type"`
	Name     string `json:"name"`
	Required *bool  `json:"required"`
}

func (a attribute) required() bool { return a.Required == nil || *a.Required }

func readSchema(file *string, errs *report.Errors) string {
	if file == nil {
		errs.Addf("Schema", "is required: the file of a Cedar schema in JSON")
		return ""
	}
	text, err := os.ReadFile(*file)
	errs.Add("Schema", err)
	if len(text) > maxSchemaBytes {
		errs.Addf("Schema", "%s has %d bytes: a schema has %d at most", *file, len(text), maxSchemaBytes)
	}
	return string(text)
}

// parseSchema requires the entity types that every request has.
func parseSchema(text string, errs *report.Errors) schema {
	if text == "" {
		return schema{}
	}
	var namespaces map[string]schema
	if err := json.Unmarshal([]byte(text), &namespaces); err != nil {
		errs.Addf("Schema", "is no Cedar schema in JSON: %v", err)
		return schema{}
	}
	names := slices.Sorted(maps.Keys(namespaces))
	if len(names) != 1 || names[0] == "" {
		errs.Addf("Schema", "has the namespaces %q: want one, and with a name", names)
		return schema{}
	}
	s := namespaces[names[0]]
	s.namespace = names[0]
	for _, name := range []string{settings.TypeTenant, settings.TypeScope} {
		if _, ok := s.EntityTypes[name]; !ok {
			errs.Addf("Schema", "has no entity type %s", name)
		}
	}
	client := s.EntityTypes[settings.TypeClient]
	for _, parent := range []string{settings.TypeTenant, settings.TypeScope} {
		if !s.contains(client.MemberOfTypes, parent) {
			errs.Addf("Schema", "entity type %s is no member of %s: write it into memberOfTypes", settings.TypeClient, parent)
		}
	}
	s.checkAttributes(settings.TypeClient, true, errs)
	return s
}

// contains knows names with and without the namespace.
func (s schema) contains(names []string, name string) bool {
	return slices.Contains(names, name) || slices.Contains(names, s.namespace+"::"+name)
}

// checkAttributes requires exactly the attributes that a request has: Verified Permissions refuses a request with others, or without a
// required one.
func (s schema) checkAttributes(entityType string, tenant bool, errs *report.Errors) {
	attributes := s.EntityTypes[entityType].Shape.Attributes
	for _, name := range slices.Sorted(maps.Keys(attributes)) {
		switch a := attributes[name]; {
		case name == settings.TenantAttribute:
			if tenant && (!s.contains([]string{a.Name}, settings.TypeTenant) || !strings.HasPrefix(a.Type, "Entity")) {
				errs.Addf("Schema", "attribute %s of entity type %s is no entity of type %s", name, entityType, settings.TypeTenant)
			}
			if !tenant && a.required() {
				errs.Addf("Schema", "entity type %s requires attribute %s, for which the route has no path parameter: set Resource.Tenant",
					entityType, name)
			}
		case a.required():
			errs.Addf("Schema", "entity type %s requires attribute %q, which no request has", entityType, name)
		}
	}
	if _, ok := attributes[settings.TenantAttribute]; tenant && !ok {
		errs.Addf("Schema", "entity type %s has no attribute %s of type %s", entityType, settings.TenantAttribute, settings.TypeTenant)
	}
}

// check reports a route whose action or resource is not in the schema.
func (s schema) check(key string, route settings.Route, errs *report.Errors) {
	if s.namespace == "" {
		return // Noted before.
	}
	name, resource, tenant := route.Action, settings.TypeAPI, false
	if name == "" {
		name = key
	}
	if route.Resource != nil {
		resource, tenant = route.Resource.Type, route.Resource.Tenant != ""
	}
	action, ok := s.Actions[name]
	if !ok {
		errs.Addf("Action", "%q is not in the schema, which has %q", name, slices.Sorted(maps.Keys(s.Actions)))
		return
	}
	if !s.contains(action.AppliesTo.PrincipalTypes, settings.TypeClient) {
		errs.Addf("Schema", "action %q does not apply to principals of type %s", name, settings.TypeClient)
	}
	if !s.contains(action.AppliesTo.ResourceTypes, resource) {
		errs.Addf("Schema", "action %q does not apply to resources of type %s, but to %q", name, resource, action.AppliesTo.ResourceTypes)
	}
	if _, ok := s.EntityTypes[resource]; !ok {
		errs.Addf("Schema", "has no entity type %s", resource)
		return
	}
	s.checkAttributes(resource, tenant, errs)
}
