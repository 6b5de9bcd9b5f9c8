package cedarstore_test

import (
	"strings"
	"testing"

	"github.com/cognito-m2m/cognito-m2m-cdk/simulator/internal/cedarstore"
)

type object = map[string]any

const schema = `{"Shop": {
	"entityTypes": {"Client": {}, "Order": {"shape": {"type": "Record", "attributes": {"owner": {"type": "Entity", "name": "Client"}, "note": {"type": "String", "required": false}}}}},
	"actions": {"read": {"appliesTo": {"principalTypes": ["Client"], "resourceTypes": ["Order"]}}}}}`

func store(schema string) object {
	return object{"ValidationSettings": object{"Mode": "STRICT"}, "Schema": object{"CedarJson": schema}}
}

func policy(statement string) object {
	return object{"PolicyStoreId": "id", "Definition": object{"Static": object{"Statement": statement}}}
}

func newStore(t *testing.T, statements ...string) *cedarstore.Store {
	t.Helper()
	s, err := cedarstore.New("stack/Store", store(schema))
	if err != nil {
		t.Fatal(err)
	}
	for i, statement := range statements {
		if err := s.AddPolicy("stack/Policy"+string(rune('0'+i)), policy(statement)); err != nil {
			t.Fatal(err)
		}
	}
	return s
}

func entities(owner string) string {
	return `[{"uid": {"type": "Shop::Order", "id": "7"}, "attrs": {"owner": {"__entity": {"type": "Shop::Client", "id": "` + owner + `"}}}, "parents": []}]`
}

var (
	client = cedarstore.UID{Type: "Shop::Client", ID: "acme"}
	read   = cedarstore.UID{Type: "Shop::Action", ID: "read"}
	order  = cedarstore.UID{Type: "Shop::Order", ID: "7"}
)

func TestDecisions(t *testing.T) {
	const own = `permit (principal, action == Shop::Action::"read", resource) when { resource.owner == principal };`
	for name, test := range map[string]struct {
		policies []string
		owner    string
		allowed  bool
	}{
		"one's own":                {[]string{own}, "acme", true},
		"another's":                {[]string{own}, "globex", false},
		"without policies":         {nil, "acme", false},
		"forbidden all the same":   {[]string{own, `forbid (principal == Shop::Client::"acme", action, resource);`}, "acme", false},
		"forbidden to others":      {[]string{own, `forbid (principal == Shop::Client::"globex", action, resource);`}, "acme", true},
		"an attribute it may lack": {[]string{own, `forbid (principal, action, resource) when { resource has note && resource.note == "x" };`}, "acme", true},
	} {
		allowed, errs, err := newStore(t, test.policies...).IsAuthorized(client, read, order, entities(test.owner))
		if err != nil || len(errs) > 0 || allowed != test.allowed {
			t.Errorf("%s: allowed %t, errors %v, %v, want %t", name, allowed, errs, err, test.allowed)
		}
	}
}

func TestRequestsThatDoNotFitTheSchema(t *testing.T) {
	s := newStore(t, "permit (principal, action, resource);")
	for name, test := range map[string]struct {
		action, resource cedarstore.UID
		entities         string
	}{
		"an action":     {cedarstore.UID{Type: "Shop::Action", ID: "burn"}, order, "[]"},
		"a resource":    {read, client, "[]"},
		"an attribute":  {read, order, `[{"uid": {"type": "Shop::Order", "id": "7"}, "attrs": {"owner": "acme"}, "parents": []}]`},
		"no JSON":       {read, order, `[`},
		"another thing": {read, cedarstore.UID{Type: "Shop::Invoice", ID: "7"}, "[]"},
	} {
		if allowed, _, err := s.IsAuthorized(client, test.action, test.resource, test.entities); err == nil || allowed {
			t.Errorf("%s that the schema does not have: allowed %t, no error", name, allowed)
		}
	}
}

func TestWhatIsRefusedAtLoad(t *testing.T) {
	for want, properties := range map[string]object{
		`stack/Store.ValidationSettings.Mode`: {"ValidationSettings": object{"Mode": "OFF"}, "Schema": object{"CedarJson": schema}},
		`stack/Store.Schema.CedarJson`:        store(`{"Shop": {"entityTypes": {}, "actions": {"read": {"appliesTo": {"principalTypes": ["Nobody"], "resourceTypes": []}}}}}`),
		`stack/Store.Schema`:                  {"ValidationSettings": object{"Mode": "STRICT"}},
		`stack/Store.IdentityConfiguration`:   {"IdentityConfiguration": object{}, "ValidationSettings": object{"Mode": "STRICT"}, "Schema": object{"CedarJson": schema}},
	} {
		if _, err := cedarstore.New("stack/Store", properties); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want …%s…", err, want)
		}
	}
	s := newStore(t)
	for want, properties := range map[string]object{
		"stack/Policy.Definition.Static.Statement does not fit the schema": policy(`permit (principal, action, resource) when { resource.price > 3 };`),
		"stack/Policy.Definition.Static.Statement":                         policy(`permit (principal`),
		"stack/Policy.Definition.TemplateLinked":                           {"PolicyStoreId": "id", "Definition": object{"TemplateLinked": object{}}},
	} {
		if err := s.AddPolicy("stack/Policy", properties); err == nil || !strings.Contains(strings.ReplaceAll(err.Error(), ": ", " "), want) {
			t.Errorf("got %v, want …%s…", err, want)
		}
	}
}
