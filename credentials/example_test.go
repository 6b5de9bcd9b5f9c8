package credentials_test

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager"

	"github.com/cognito-m2m/cognito-m2m-cdk/credentials"
)

// A workload makes one Source when it starts, and lets the client that it gives take care of tokens.
func Example() {
	ctx := context.Background()
	orders, secretsManager := servers()
	defer orders.Close()

	source, err := credentials.New(credentials.Config{
		SecretID:       "m2m/prod/tenants/billing",
		SecretsManager: secretsManager, // secretsmanager.NewFromConfig(awsConfig)
		Scopes:         []string{"orders/read"},
	})
	if err != nil {
		panic(err)
	}
	client := source.Client(ctx)

	request, err := http.NewRequestWithContext(ctx, http.MethodGet, orders.URL+"/orders", nil)
	if err != nil {
		panic(err)
	}
	response, err := client.Do(request)
	if err != nil {
		panic(err)
	}
	defer func() { _ = response.Body.Close() }()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		panic(err)
	}
	fmt.Println(response.StatusCode, string(body))
	// Output: 200 no orders today
}

// servers are a gateway, a resource server and Secrets Manager, which on AWS are there already.
func servers() (*httptest.Server, credentials.SecretsManager) {
	mux := http.NewServeMux()
	server := httptest.NewServer(mux)
	mux.HandleFunc("POST /oauth2/token", func(w http.ResponseWriter, r *http.Request) {
		_, _ = fmt.Fprintf(w, `{"access_token":"token-for-%s","expires_in":900,"token_type":"Bearer"}`, r.URL.Query().Get("client_id"))
	})
	mux.HandleFunc("GET /orders", func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Authorization") != "Bearer token-for-1example23456789" {
			w.WriteHeader(http.StatusUnauthorized)
			return
		}
		_, _ = fmt.Fprint(w, "no orders today")
	})
	return server, oneSecret(`{"client_id":"1example23456789","client_secret":"not-a-real-one","scope":"orders/read orders/write",` +
		`"token_url":"` + server.URL + `/oauth2/token?client_id=1example23456789&scope=orders%2Fread%20orders%2Fwrite"}`)
}

// oneSecret is Secrets Manager with one secret.
type oneSecret string

func (s oneSecret) GetSecretValue(
	context.Context,
	*secretsmanager.GetSecretValueInput,
	...func(*secretsmanager.Options),
) (*secretsmanager.GetSecretValueOutput, error) {
	return &secretsmanager.GetSecretValueOutput{SecretString: aws.String(string(s))}, nil
}

// A job that asks once needs no client, and may give up early.
func ExampleSource_TokenContext() {
	orders, secretsManager := servers()
	defer orders.Close()
	source, err := credentials.New(credentials.Config{SecretID: "m2m/prod/tenants/billing", SecretsManager: secretsManager})
	if err != nil {
		panic(err)
	}
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	token, err := source.TokenContext(ctx)
	if err != nil {
		panic(err)
	}
	fmt.Println(token.TokenType, time.Until(token.Expiry).Round(time.Minute))
	// Output: Bearer 15m0s
}
