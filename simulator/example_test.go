package simulator_test

import (
	"context"
	"fmt"
	"log"
	"net/http"
	"time"

	"golang.org/x/oauth2"
	"golang.org/x/oauth2/clientcredentials"

	"github.com/cognito-m2m/cognito-m2m-cdk/simulator"
)

// A test loads the assembly that the app has synthesized, and asks for tokens as a workload does. Its requests carry the URLs of the
// templates.
func Example() {
	system, err := simulator.Load("cdk.out", simulator.Options{})
	if err != nil {
		log.Fatal(err)
	}
	ctx := context.WithValue(context.Background(), oauth2.HTTPClient, &http.Client{Transport: system.Transport()})
	tenant := system.Tenants()[0]
	config := clientcredentials.Config{
		ClientID: tenant.ClientID, ClientSecret: tenant.ClientSecret, TokenURL: system.Gateway().TokenURL(tenant),
		AuthStyle: oauth2.AuthStyleInHeader,
	}
	for range 2 {
		if _, err := config.Token(ctx); err != nil {
			log.Fatal(err)
		}
	}
	fmt.Println(system.Counters().Reused, "token came from the cache")
}

// A rotation with bounds that fit the propagation makes no request fail.
func ExampleOrigin_Rotate() {
	const bound = 30 * time.Millisecond
	system, err := simulator.Load("cdk.out", simulator.Options{WAFBound: bound, StageBound: bound})
	if err != nil {
		log.Fatal(err)
	}
	if err := system.Origin().Rotate(context.Background(), bound, bound); err != nil {
		log.Fatal(err)
	}
	fmt.Println(system.Origin().Accepted(), "value is accepted")
}
