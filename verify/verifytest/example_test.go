package verifytest_test

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/cognito-m2m/cognito-m2m-cdk/verify"
	"github.com/cognito-m2m/cognito-m2m-cdk/verify/verifytest"
)

// t stands for the *testing.T of a test.
var t exampleTB

type exampleTB struct{ testing.TB }

func (exampleTB) Helper()        {}
func (exampleTB) Cleanup(func()) {}

// newService returns the service under test, which requires the scope orders/read.
func newService(config verify.Config) http.Handler {
	verifier, err := verify.New(config)
	if err != nil {
		panic(err)
	}
	return verifier.Middleware(verify.AllScopes(verifytest.Scope))(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
}

func status(service http.Handler, token string) int {
	request := httptest.NewRequestWithContext(context.Background(), http.MethodGet, "/orders", http.NoBody)
	request.Header.Set("Authorization", "Bearer "+token)
	response := httptest.NewRecorder()
	service.ServeHTTP(response, request)
	return response.Code
}

// A test that sends a valid token to a service, and one with another scope.
func ExampleIssuer() {
	issuer := verifytest.NewIssuer(t)
	service := newService(issuer.Config())
	fmt.Println(status(service, issuer.Token("orders/read")), status(service, issuer.Token("orders/write")))
	// Output: 200 403
}

// A test that sends every attack to a service.
func ExampleAttacks() {
	issuer := verifytest.NewIssuer(t)
	service := newService(issuer.Config())
	for _, attack := range verifytest.Attacks(issuer) {
		if attack.InHeader() && status(service, attack.Token) < 400 {
			fmt.Println(attack.Name, "was accepted")
		}
	}
	fmt.Println(status(service, issuer.Token(verifytest.Scope)))
	// Output: 200
}

// A test of a service that accepts two user pools.
func ExampleConfusions() {
	first, second := verifytest.NewIssuer(t), verifytest.NewIssuer(t)
	second.URL = verify.OriginalIssuer("eu-west-1_SecondPool").URL
	config := first.Config()
	config.Issuers = append(config.Issuers, second.Entry())
	service := newService(config)
	for _, attack := range verifytest.Confusions(first, second) {
		if status(service, attack.Token) < 400 {
			fmt.Println(attack.Name, "was accepted")
		}
	}
	fmt.Println(status(service, first.Token(verifytest.Scope)), status(service, second.Token(verifytest.Scope)))
	// Output: 200 200
}
