package cedarstore_test

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/cognito-m2m/cognito-m2m-cdk/internal/authorizer/cedarstore"
)

// isAuthorized asks over HTTP whether client 1example of tenant shop may read order 7, whose entities are given.
func isAuthorized(t *testing.T, store http.Handler, entities string) (int, string) {
	t.Helper()
	body, err := json.Marshal(map[string]any{
		"policyStoreId": "PSEXAMPLEabcdefg111111",
		"principal":     map[string]string{"entityType": "Orders::Client", "entityId": "1example"},
		"action":        map[string]string{"actionType": "Orders::Action", "actionId": "ReadOrder"},
		"resource":      map[string]string{"entityType": "Orders::Order", "entityId": "7"},
		"entities":      map[string]string{"cedarJson": entities},
	})
	if err != nil {
		t.Fatal(err)
	}
	return post(t, store, "VerifiedPermissions.IsAuthorized", string(body))
}

func post(t *testing.T, store http.Handler, target, body string) (int, string) {
	t.Helper()
	request := httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/", strings.NewReader(body))
	request.Header.Set("X-Amz-Target", target)
	recorder := httptest.NewRecorder()
	store.ServeHTTP(recorder, request)
	return recorder.Code, recorder.Body.String()
}

func TestServeHTTP_answersAsTheService(t *testing.T) {
	store, err := cedarstore.Load(schemaFile, policies)
	if err != nil {
		t.Fatal(err)
	}
	own := question("shop", "ReadOrder", "Order", "7", "shop", "orders/read")
	foreign := question("shop", "ReadOrder", "Order", "7", "rival", "orders/read")
	for name, test := range map[string]struct {
		entities string
		status   int
		want     string
	}{
		"own order":        {own.Entities("Orders"), http.StatusOK, `"decision":"ALLOW"`},
		"another tenant's": {foreign.Entities("Orders"), http.StatusOK, `"decision":"DENY"`},
		"a tenant that is text": {strings.ReplaceAll(own.Entities("Orders"), `{"__entity":{"type":"Orders::Tenant","id":"shop"}}`,
			`"shop"`), http.StatusBadRequest, "ValidationException"},
		"no JSON": {"[", http.StatusBadRequest, "ValidationException"},
	} {
		if status, body := isAuthorized(t, store, test.entities); status != test.status || !strings.Contains(body, test.want) {
			t.Errorf("%s: got %d %s, want %d …%s…", name, status, body, test.status, test.want)
		}
	}
	for want, test := range map[string]struct{ target, body string }{
		"UnknownOperationException": {"VerifiedPermissions.PutSchema", "{}"},
		"ValidationException":       {"VerifiedPermissions.IsAuthorized", "{}"},
	} {
		if status, body := post(t, store, test.target, test.body); status != http.StatusBadRequest || !strings.Contains(body, want) {
			t.Errorf("%s: got %d %s, want 400 %s", test.target, status, body, want)
		}
	}
}
