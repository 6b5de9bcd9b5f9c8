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

// A service in which tenants read and write orders.
func Example() {
	verifier, err := verify.New(verify.Config{
		UserPoolID: "eu-west-1_AbCdEfGhI",
		Clients:    map[string]string{"1example23456789abcdefghij": "billing"},
		CacheSize:  10_000,
		Observer:   func(e verify.Event) { /* count by e.Reason and e.Tenant */ },
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

// A user pool whose issuer type is about to change from ORIGINAL to UPDATED: tokens of both are accepted until the last one of the
// former has expired. The keys of the UPDATED issuer are not requested before a token names it.
func ExampleNew_issuerSwitch() {
	const userPoolID = "eu-west-1_AbCdEfGhI"
	_, err := verify.New(verify.Config{
		Issuers: []verify.Issuer{verify.OriginalIssuer(userPoolID), verify.UpdatedIssuer(userPoolID)},
		Clients: map[string]string{"1example23456789abcdefghij": "billing"},
	})
	fmt.Println(err)
	// Output: <nil>
}

// Tenants that are spread over two user pools. Each pool has its own list of clients.
func ExampleNew_severalUserPools() {
	first, second := verify.OriginalIssuer("eu-west-1_AbCdEfGhI"), verify.OriginalIssuer("eu-west-1_JkLmNoPqR")
	first.Clients = map[string]string{"1example23456789abcdefghij": "billing"}
	second.Clients = map[string]string{"2example23456789abcdefghij": "shop"}
	_, err := verify.New(verify.Config{Issuers: []verify.Issuer{first, second}, CacheSize: 10_000})
	fmt.Println(err)

	second.Clients = nil
	_, err = verify.New(verify.Config{Issuers: []verify.Issuer{first, second}})
	fmt.Println(err)
	// Output:
	// <nil>
	// verify: 1 of 2 Issuers have Clients: the others would accept every client; set Clients for all of them
}

// Verification outside of net/http, such as in gRPC or in the consumer of a queue.
func ExampleVerifier_Verify() {
	issuer := verifytest.NewIssuer(t) // a service has verify.Config{UserPoolID: "…"} instead
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
	// token refused: malformed: the token does not have three parts
}

// t stands for the *testing.T of a test.
var t exampleTB

type exampleTB struct{ testing.TB }

func (exampleTB) Helper()        {}
func (exampleTB) Cleanup(func()) {}
