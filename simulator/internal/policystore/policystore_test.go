package policystore_test

import (
	"strings"
	"testing"

	"github.com/cognito-m2m/cognito-m2m-cdk/internal/authorizer/cedarstore"
	"github.com/cognito-m2m/cognito-m2m-cdk/internal/authorizer/token"
	"github.com/cognito-m2m/cognito-m2m-cdk/simulator/internal/policystore"
)

type object = map[string]any

const schema = `{"Shop": {
	"entityTypes": {
		"Tenant": {}, "Scope": {},
		"Client": {"memberOfTypes": ["Tenant", "Scope"], "shape": {"type": "Record", "attributes": {"tenant": {"type": "Entity",
			"name": "Tenant"}}}},
		"Order": {"shape": {"type": "Record", "attributes": {"tenant": {"type": "Entity", "name": "Tenant"}}}}},
	"actions": {"read": {"appliesTo": {"principalTypes": ["Client"], "resourceTypes": ["Order"]}}}}}`

func storeOf(schema string) object {
	return object{"ValidationSettings": object{"Mode": "STRICT"}, "Schema": object{"CedarJson": schema}}
}

func policyOf(statement string) object {
	return object{"PolicyStoreId": "id", "Definition": object{"Static": object{"Statement": statement}}}
}

func newStore(t *testing.T) *cedarstore.Store {
	t.Helper()
	s, err := policystore.New("stack/Store", storeOf(schema))
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// Every policy of the template counts, and none takes another one's place.
func TestPoliciesDecide(t *testing.T) {
	store, owner := newStore(t), "acme"
	question := token.Question{ClientID: "1example", Tenant: "acme", Action: "read", ResourceType: "Order", ResourceID: "7",
		ResourceTenant: &owner}
	for _, step := range []struct {
		name, statement string
		want            bool
	}{
		{"stack/Others", `permit (principal in Shop::Tenant::"globex", action, resource);`, false},
		{"stack/Own", `permit (principal, action == Shop::Action::"read", resource) when { resource.tenant == principal.tenant };`, true},
		{"stack/NotOthers", `forbid (principal, action, resource) when { resource.tenant != principal.tenant };`, true},
		{"stack/Suspended", `forbid (principal in Shop::Tenant::"acme", action, resource);`, false},
	} {
		if err := policystore.AddPolicy(store, step.name, policyOf(step.statement)); err != nil {
			t.Fatal(err)
		}
		if allowed, err := store.ForNamespace("Shop").Allows(t.Context(), question); err != nil || allowed != step.want {
			t.Errorf("with %s: allowed %t, %v, want %t", step.name, allowed, err, step.want)
		}
	}
}

func TestPolicyStore_whatIsRefusedAtLoad(t *testing.T) {
	for want, properties := range map[string]object{
		`stack/Store.ValidationSettings.Mode`: {"ValidationSettings": object{"Mode": "OFF"}, "Schema": object{"CedarJson": schema}},
		`stack/Store.Schema.CedarJson`: storeOf(`{"Shop": {"entityTypes": {},
			"actions": {"read": {"appliesTo": {"principalTypes": ["Nobody"], "resourceTypes": []}}}}}`),
		`stack/Store.Schema`: {"ValidationSettings": object{"Mode": "STRICT"}},
		`stack/Store.IdentityConfiguration`: {"IdentityConfiguration": object{}, "ValidationSettings": object{"Mode": "STRICT"},
			"Schema": object{"CedarJson": schema}},
	} {
		if _, err := policystore.New("stack/Store", properties); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want …%s…", err, want)
		}
	}
	s := newStore(t)
	for want, properties := range map[string]object{
		"stack/Policy.Definition.Static.Statement: does not fit the " +
			"schema": policyOf(`permit (principal, action, resource) when { resource.price > 3 };`),
		"stack/Policy.Definition.Static.Statement": policyOf(`permit (principal`),
		"stack/Policy.Definition.TemplateLinked":   {"PolicyStoreId": "id", "Definition": object{"TemplateLinked": object{}}},
	} {
		if err := policystore.AddPolicy(s, "stack/Policy", properties); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want …%s…", err, want)
		}
	}
}
