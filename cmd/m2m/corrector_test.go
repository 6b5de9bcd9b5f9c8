package main

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/cognito-m2m/cognito-m2m-cdk/internal/conformance"
)

// The secret is added under the pool and the client asked for, and what is taken away again is what was added.
func TestTheCorrectorAddsAndRemovesOneSecret(t *testing.T) {
	var calls []string
	api := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body := make([]byte, 1000)
		n, _ := r.Body.Read(body)
		calls = append(calls, strings.TrimPrefix(r.Header.Get("X-Amz-Target"), "AWSCognitoIdentityProviderService.")+" "+string(body[:n]))
		w.Header().Set("Content-Type", "application/x-amz-json-1.1")
		_, _ = w.Write([]byte(`{"ClientSecretDescriptor":{"ClientSecretId":"second"}}`))
	}))
	defer api.Close()
	t.Setenv("AWS_ENDPOINT_URL_COGNITO_IDENTITY_PROVIDER", api.URL)
	t.Setenv("AWS_REGION", "local")
	t.Setenv("AWS_ACCESS_KEY_ID", "none")
	t.Setenv("AWS_SECRET_ACCESS_KEY", "none")

	corrector, err := newPoolCorrector(t.Context(), "local_pool")
	if err != nil {
		t.Fatal(err)
	}
	remove, err := corrector.AddSecret(t.Context(), "client", conformance.Secret("a-secret-of-the-check"))
	if err != nil {
		t.Fatal(err)
	}
	if err := remove(t.Context()); err != nil {
		t.Fatal(err)
	}
	want := []string{
		`AddUserPoolClientSecret {"ClientId":"client","ClientSecret":"a-secret-of-the-check","UserPoolId":"local_pool"}`,
		`DeleteUserPoolClientSecret {"ClientId":"client","ClientSecretId":"second","UserPoolId":"local_pool"}`,
	}
	for i, call := range calls {
		if i >= len(want) || call != want[i] {
			t.Errorf("call %d: got %s", i, call)
		}
	}
	if len(calls) != len(want) {
		t.Errorf("%d calls, want %d", len(calls), len(want))
	}
}
