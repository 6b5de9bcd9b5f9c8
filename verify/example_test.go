package verify_test

import (
	"context"
	"errors"
	"fmt"
	"log"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/cognito-m2m/cognito-m2m-cdk/verify"
	"github.com/cognito-m2m/cognito-m2m-cdk/verify/verifytest"
)

// A service that lets tenants read and write orders.
func Example() {
	verifier, err := verify.New(verify.Config{
		UserPoolID: "eu-west-1_AbCdEfGhI",
		Clients:    map[string]string{"1example23456789abcdefghij": "billing"},
		CacheSize:  10_000,
		Observer:   func(e verify.Event) { /* count e.Reason and e.Tenant */ },
	})
	if err != nil {
		log.Fatal(err)
	}
	orders := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		tenant, _ := verify.TenantFromContext(r.Context())
		_, _ = fmt.Fprintf(w, "orders of %s", tenant)
	})
	mux := http.NewServeMux()
	mux.Handle("GET /orders", verifier.Middleware(verify.AllScopes("orders/read"))(orders))
	mux.Handle("POST /orders", verifier.Middleware(verify.AllScopes("orders/read", "orders/write"))(orders))

	w := httptest.NewRecorder()
	mux.ServeHTTP(w, httptest.NewRequestWithContext(context.Background(), http.MethodGet, "/orders", http.NoBody))
	fmt.Println(w.Code, w.Header().Get("WWW-Authenticate"))
	// Output: 401 Bearer realm="api"
}

// Outside of net/http, such as in gRPC or a queue's consumer.
func ExampleVerifier_Verify() {
	issuer := verifytest.NewIssuer(testingTB) // in a test; a service has verify.Config{UserPoolID: "…"}
	verifier, err := verify.New(issuer.Config())
	if err != nil {
		log.Fatal(err)
	}
	for _, token := range []string{issuer.Token("orders/read"), issuer.Token("orders/write"), "no token"} {
		verified, err := verifier.Verify(context.Background(), token, verify.AllScopes("orders/read"))
		switch {
		case err == nil:
			fmt.Println(verified.Tenant, verified.Scopes)
		case errors.Is(err, verify.ErrKeysUnavailable):
			fmt.Println("try again later")
		default:
			fmt.Println(err)
		}
	}
	// Output:
	// billing [orders/read]
	// token refused: scope: the token lacks a scope that is required here
	// token refused: malformed: the token has not three parts
}

// testingTB stands for the *testing.T that an example has not.
var testingTB = exampleTB{}

type exampleTB struct{ testing.TB }

func (exampleTB) Helper()        {}
func (exampleTB) Cleanup(func()) {}
