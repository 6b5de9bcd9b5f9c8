package token

import (
	"encoding/json"

	"github.com/cognito-m2m/cognito-m2m-cdk/internal/authorizer/token/settings"
	"github.com/cognito-m2m/cognito-m2m-cdk/verify"
)

// maxEntityID is the length of an entity's id.
// https://docs.aws.amazon.com/verifiedpermissions/latest/apireference/API_EntityIdentifier.html
const maxEntityID = 200

// Question is what a policy store is asked: may the client do the action on the resource?
type Question struct {
	ClientID, Tenant string
	Scopes           []string
	Action           string
	ResourceType     string // without the namespace
	ResourceID       string
	ResourceTenant   *string // nil: the resource has none
}

// ask makes the question of a request. It is not ok when an id is too long, which the client can bring about, or is missing, which
// it cannot.
func ask(p place, token *verify.Token) (Question, bool) {
	q := Question{
		ClientID: token.ClientID, Tenant: token.Tenant, Scopes: token.Scopes,
		Action: p.route.Action, ResourceType: settings.TypeAPI, ResourceID: p.resourcePath,
	}
	if q.Action == "" {
		q.Action = p.key
	}
	ids := []string{q.ResourceID}
	if named := p.route.Resource; named != nil {
		q.ResourceType, q.ResourceID = named.Type, p.parameters[named.ID]
		ids[0] = q.ResourceID
		if named.Tenant != "" {
			tenant := p.parameters[named.Tenant]
			q.ResourceTenant = &tenant
			ids = append(ids, tenant)
		}
	}
	for _, id := range ids {
		if id == "" || len(id) > maxEntityID {
			return Question{}, false
		}
	}
	return q, true
}

// UID is an entity's identifier in Cedar's JSON format. https://docs.cedarpolicy.com/auth/entities-syntax.html
type UID struct {
	Type string `json:"type"`
	ID   string `json:"id"`
}

type entity struct {
	UID     UID            `json:"uid"`
	Attrs   map[string]any `json:"attrs"`
	Parents []UID          `json:"parents"`
}

// Principal is who asks: the app client.
func (q Question) Principal(namespace string) UID {
	return UID{namespace + "::" + settings.TypeClient, q.ClientID}
}

// Verb is the action.
func (q Question) Verb(namespace string) UID { return UID{namespace + "::Action", q.Action} }

// Resource is what is acted on.
func (q Question) Resource(namespace string) UID {
	return UID{namespace + "::" + q.ResourceType, q.ResourceID}
}

// Entities are what policies can know of principal and resource, in Cedar's JSON format.
func (q Question) Entities(namespace string) string {
	type reference struct {
		Entity UID `json:"__entity"`
	}
	tenant := UID{namespace + "::" + settings.TypeTenant, q.Tenant}
	parents := []UID{tenant}
	for _, scope := range q.Scopes {
		parents = append(parents, UID{namespace + "::" + settings.TypeScope, scope})
	}
	resource := entity{UID: q.Resource(namespace), Attrs: map[string]any{}, Parents: []UID{}}
	if q.ResourceTenant != nil {
		resource.Attrs[settings.TenantAttribute] = reference{UID{namespace + "::" + settings.TypeTenant, *q.ResourceTenant}}
	}
	text, err := json.Marshal([]entity{
		{UID: q.Principal(namespace), Attrs: map[string]any{settings.TenantAttribute: reference{tenant}}, Parents: parents},
		resource,
	})
	if err != nil {
		panic(err) // Texts can always be marshalled.
	}
	return string(text)
}
