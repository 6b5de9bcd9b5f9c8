package cedarstore_test

import (
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/cognito-m2m/cognito-m2m-cdk/internal/authorizer/cedarstore"
	"github.com/cognito-m2m/cognito-m2m-cdk/internal/authorizer/token"
)

// The schema and the policies that the tests of constructs/tokenauthorizer deploy.
const (
	schemaFile = "../../../constructs/tokenauthorizer/testdata/schema.json"
	policies   = "../../../constructs/tokenauthorizer/testdata/policies"
)

func question(tenant, action, resourceType, id, owner string, scopes ...string) token.Question {
	q := token.Question{ClientID: "1example", Tenant: tenant, Scopes: scopes, Action: action, ResourceType: resourceType, ResourceID: id}
	if owner != "" {
		q.ResourceTenant = &owner
	}
	return q
}

func TestStore_decidesByPolicies(t *testing.T) {
	store, err := cedarstore.Load(schemaFile, policies)
	if err != nil {
		t.Fatal(err)
	}
	for name, test := range map[string]struct {
		question token.Question
		want     bool
	}{
		"own order":                        {question("shop", "ReadOrder", "Order", "7", "shop", "orders/read"), true},
		"another tenant's":                 {question("shop", "ReadOrder", "Order", "7", "rival", "orders/read"), false},
		"own order without the scope":      {question("shop", "ReadOrder", "Order", "7", "shop", "orders/write"), false},
		"own order without any scope":      {question("shop", "ReadOrder", "Order", "7", "shop"), false},
		"own order, to change it":          {question("shop", "WriteOrder", "Order", "7", "shop", "orders/read", "orders/write"), true},
		"another tenant's, to change it":   {question("shop", "WriteOrder", "Order", "7", "rival", "orders/read", "orders/write"), false},
		"a tenant in another case":         {question("shop", "ReadOrder", "Order", "7", "Shop", "orders/read"), false},
		"everyone's catalog":               {question("shop", "GET /catalog", "Api", "/catalog", ""), true},
		"another path of the same action":  {question("shop", "GET /catalog", "Api", "/orders", ""), false},
		"forbidden outweighs permitted":    {question("suspended", "ReadOrder", "Order", "7", "suspended", "orders/read"), false},
		"forbidden from everyone's, too":   {question("suspended", "GET /catalog", "Api", "/catalog", ""), false},
		"a tenant named as a scope":        {question("orders/read", "ReadOrder", "Order", "7", "orders/read"), false},
		"an id with quotes and newlines":   {question("shop", "ReadOrder", "Order", "\"7\"\n", "shop", "orders/read"), true},
		"a tenant with quotes and braces":  {question("shop", "ReadOrder", "Order", "7", `shop"},{"`, "orders/read"), false},
		"a scope with quotes and brackets": {question("shop", "ReadOrder", "Order", "7", "shop", `orders/read"],["`), false},
	} {
		got, err := store.ForNamespace(store.Namespace()).Allows(t.Context(), test.question)
		if err != nil || got != test.want {
			t.Errorf("%s: got %v, %v, want %v", name, got, err, test.want)
		}
	}
}

// A policy that does not fit the schema is an error, as at the service.
func TestStore_refusesQuestionsThatDoNotFit(t *testing.T) {
	store, err := cedarstore.Load(schemaFile, policies)
	if err != nil {
		t.Fatal(err)
	}
	for name, q := range map[string]token.Question{
		"an unknown action":              question("shop", "DeleteOrder", "Order", "7", "shop"),
		"a resource of another action":   question("shop", "ReadOrder", "Api", "/orders", ""),
		"a resource without its tenant":  question("shop", "ReadOrder", "Order", "7", ""),
		"a resource with a tenant extra": question("shop", "GET /catalog", "Api", "/catalog", "shop"),
		"an unknown resource type":       question("shop", "ReadOrder", "Invoice", "7", "shop"),
	} {
		if got, err := store.ForNamespace(store.Namespace()).Allows(t.Context(), q); err == nil || got {
			t.Errorf("%s: got %v, %v, want an error", name, got, err)
		}
	}
	if got, err := store.ForNamespace("Shop").Allows(t.Context(),
		question("shop", "ReadOrder", "Order", "7", "shop", "orders/read")); err == nil || got {
		t.Errorf("another namespace: got %v, %v, want an error", got, err)
	}
}

// A policy that cannot be evaluated is skipped by the decision, so that a forbid with an error forbids nothing: the authorizer
// refuses then.
func TestStore_doesNotAllowWithErrors(t *testing.T) {
	text, err := os.ReadFile(schemaFile)
	if err != nil {
		t.Fatal(err)
	}
	store, err := cedarstore.New(string(text))
	if err != nil {
		t.Fatal(err)
	}
	own := question("shop", "ReadOrder", "Order", "7", "shop", "orders/read")
	for _, step := range []struct {
		policy string
		want   bool
	}{
		{`forbid (principal in Orders::Tenant::"rival", action, resource);`, false}, // Nothing permits it.
		{`permit (principal, action, resource);`, true},
		{`forbid (principal, action, resource) when { 9223372036854775807 + 1 > 0 };`, false},
	} {
		if err := store.AddPolicy(step.policy, step.policy); err != nil {
			t.Fatal(err)
		}
		if got, err := store.ForNamespace("Orders").Allows(t.Context(), own); err != nil || got != step.want {
			t.Errorf("with %s: got %v, %v, want %v", step.policy, got, err, step.want)
		}
	}
	if status, body := isAuthorized(t, store, own.Entities("Orders")); status != http.StatusOK ||
		!strings.Contains(body, `"decision":"ALLOW"`) || !strings.Contains(body, "errorDescription") {
		t.Errorf("over HTTP: got %d %s, want ALLOW with errors, as the service answers", status, body)
	}
}

func TestNew_refusesInvalidSchemas(t *testing.T) {
	for want, schema := range map[string]string{
		"want a schema in JSON":                         `entity Client;`,
		`want a schema of one namespace, got []`:        `{}`,
		`want a schema of one namespace, got ["A" "B"]`: `{"A": {"entityTypes": {}, "actions": {}}, "B": {"entityTypes": {}, "actions": {}}}`,
		"Nobody": `{"A": {"entityTypes": {}, "actions": {"read": {"appliesTo": {"principalTypes": ["Nobody"], "resourceTypes": []}}}}}`,
	} {
		if _, err := cedarstore.New(schema); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: got %v, want …%s…", schema, err, want)
		}
	}
}

func TestAddPolicy_refusesPoliciesThatDoNotFit(t *testing.T) {
	for name, test := range map[string]struct{ policy, want string }{
		"misspelt attribute": {
			`permit (principal, action == Orders::Action::"ReadOrder", resource) when { principal in resource.owner };`, "owner",
		},
		"unknown action": {`permit (principal, action == Orders::Action::"Read", resource);`, "Read"},
		"unknown type":   {`permit (principal is Orders::User, action, resource);`, "User"},
		"no Cedar":       {`allow (principal, action, resource);`, "a.cedar"},
	} {
		folder := t.TempDir()
		if err := os.WriteFile(filepath.Join(folder, "a.cedar"), []byte(test.policy), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := cedarstore.Load(schemaFile, folder); err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s: got %v, want …%s…", name, err, test.want)
		}
	}
}
