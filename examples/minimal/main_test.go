package main

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"testing"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/jsii-runtime-go"

	"github.com/cognito-m2m/cognito-m2m-cdk/simulator"
)

func TestMain(m *testing.M) {
	code := m.Run()
	jsii.Close()
	os.Exit(code)
}

// The tenant gets a token through the gateway, the second time from its cache.
func TestMinimal_issuesTokens(t *testing.T) {
	dir := t.TempDir()
	app := awscdk.NewApp(&awscdk.AppProps{Outdir: jsii.String(dir)})
	addStack(app)
	app.Synth(nil)
	system, err := simulator.Load(dir, simulator.Options{})
	if err != nil {
		t.Fatal(err)
	}
	billing := system.Tenants()[0]
	query := url.Values{"scope": {"orders/read"}, "client_id": {billing.ClientID}}
	for range 2 {
		request := httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/"+system.Gateway().StageName()+"/oauth2/token?"+query.Encode(), nil)
		request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		request.SetBasicAuth(billing.ClientID, billing.ClientSecret)
		answer := httptest.NewRecorder()
		system.Gateway().ServeHTTP(answer, request)
		if answer.Code != http.StatusOK {
			t.Errorf("got %d: %s", answer.Code, answer.Body)
		}
	}
	if got := system.Counters(); got.Hits != 1 || got.Misses != 1 {
		t.Errorf("got %+v, want one hit and one miss", got)
	}
}
