package main

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"testing"
	"time"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager"
	"github.com/aws/jsii-runtime-go"

	"github.com/cognito-m2m/cognito-m2m-cdk/simulator"
)

func TestMain(m *testing.M) {
	code := m.Run()
	jsii.Close()
	os.Exit(code)
}

// The client's former credentials and those of its new secret get tokens, and go on doing so after the grace of a superseded one.
func TestExistingPool_keepsTheCredentialsInUse(t *testing.T) {
	dir := t.TempDir()
	app := awscdk.NewApp(&awscdk.AppProps{Outdir: jsii.String(dir)})
	addStack(app)
	app.Synth(nil)
	system, err := simulator.Load(dir, simulator.Options{})
	if err != nil {
		t.Fatal(err)
	}
	billing := system.Tenants()[0]
	if billing.Name != "billing" || billing.ClientID != "1example23456789" {
		t.Fatalf("got tenant %s with client %s", billing.Name, billing.ClientID)
	}
	if got := token(t, system, billing.ClientSecret); got != http.StatusOK {
		t.Fatalf("credentials in use: got %d", got)
	}
	for range 3 {
		report, err := system.Credentials().Sweep(t.Context(), simulator.CredentialsBounds{Grace: time.Millisecond})
		if err != nil || report.Deleted != 0 {
			t.Fatalf("sweep: got %+v, error %v", report, err)
		}
	}
	name, err := system.Credentials().SecretName("billing")
	if err != nil || name != "example/tenants/billing@1example23456789" {
		t.Fatalf("got secret %q, error %v", name, err)
	}
	system.Gateway().FlushCache()
	for what, secret := range map[string]string{"credentials in use": billing.ClientSecret, "new secret": newSecret(t, system, name)} {
		if got := token(t, system, secret); got != http.StatusOK {
			t.Errorf("%s: got %d", what, got)
		}
	}
}

func newSecret(t *testing.T, system *simulator.System, name string) string {
	t.Helper()
	value, err := system.SecretsManager().GetSecretValue(t.Context(), &secretsmanager.GetSecretValueInput{SecretId: &name})
	if err != nil {
		t.Fatal(err)
	}
	var document struct {
		Secret string `json:"client_secret"`
	}
	if err := json.Unmarshal([]byte(*value.SecretString), &document); err != nil {
		t.Fatal(err)
	}
	return document.Secret
}

func token(t *testing.T, system *simulator.System, secret string) int {
	t.Helper()
	query := url.Values{"scope": {"orders/read"}, "client_id": {"1example23456789"}}
	target := "/" + system.Gateway().StageName() + "/oauth2/token?" + query.Encode()
	request := httptest.NewRequestWithContext(t.Context(), http.MethodPost, target, nil)
	request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	request.SetBasicAuth("1example23456789", secret)
	answer := httptest.NewRecorder()
	system.Gateway().ServeHTTP(answer, request)
	return answer.Code
}
