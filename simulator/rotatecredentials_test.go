package simulator_test

import (
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager/types"

	"github.com/cognito-m2m/cognito-m2m-cdk/simulator"
)

// document is what a tenant reads.
type document struct {
	ClientID     string `json:"client_id"`
	ClientSecret string `json:"client_secret"`
	TokenURL     string `json:"token_url"`
	Scope        string `json:"scope"`
}

func readCredentials(t *testing.T, system *simulator.System, tenant string) document {
	t.Helper()
	return readVersion(t, system, tenant, "AWSCURRENT")
}

func readVersion(t *testing.T, system *simulator.System, tenant, label string) (d document) {
	t.Helper()
	name, err := system.Credentials().SecretName(tenant)
	if err != nil {
		t.Fatal(err)
	}
	out, err := system.SecretsManager().GetSecretValue(t.Context(), &secretsmanager.GetSecretValueInput{SecretId: &name, VersionStage: &label})
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal([]byte(*out.SecretString), &d); err != nil {
		t.Fatal(err)
	}
	return d
}

// tokenWith asks the gateway as the tenant is told to, past what the cache has, and returns the status.
func tokenWith(t *testing.T, system *simulator.System, d document) int {
	t.Helper()
	system.Gateway().FlushCache()
	target, err := url.Parse(d.TokenURL)
	if err != nil {
		t.Fatal(err)
	}
	request := httptest.NewRequestWithContext(t.Context(), http.MethodPost, target.RequestURI(),
		strings.NewReader("grant_type=client_credentials"))
	request.SetBasicAuth(d.ClientID, d.ClientSecret)
	request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	recorder := httptest.NewRecorder()
	system.Gateway().ServeHTTP(recorder, request)
	return recorder.Code
}

var bounds = simulator.CredentialsBounds{Grace: time.Hour, Consistency: 2 * time.Minute}

func TestRotation_credentialsFromThePlaceholderToTheSecondRotation(t *testing.T) {
	var clock standing
	system, err := simulator.Load(fixture(t, func(string, object) {}), clock.in(simulator.Options{}))
	if err != nil {
		t.Fatal(err)
	}
	tenant := system.Tenants()[0]
	if d := readCredentials(t, system, tenant.Name); d != (document{}) {
		t.Errorf("before the first sweep: %v, want the placeholder", d.TokenURL)
	}
	swept, err := system.Credentials().Sweep(t.Context(), bounds)
	if err != nil || swept.Secrets != len(system.Tenants()) || swept.Rotations != swept.Secrets {
		t.Fatalf("first sweep: %+v, error %v, want a rotation for each of %d tenants", swept, err, len(system.Tenants()))
	}
	first := readCredentials(t, system, tenant.Name)
	if first.ClientID != tenant.ClientID || first.Scope != strings.Join(slices.Sorted(slices.Values(tenant.Scopes)), " ") ||
		first.ClientSecret == tenant.ClientSecret {
		t.Errorf("credentials: client %q, scope %q, or Cognito's own secret", first.ClientID, first.Scope)
	}
	generated := first
	generated.ClientSecret = tenant.ClientSecret
	statuses := func(when string, want int, d document) {
		t.Helper()
		if got := tokenWith(t, system, d); got != want {
			t.Errorf("%s: status %d, want %d", when, got, want)
		}
	}
	statuses("the first credentials", 200, first)
	statuses("Cognito's own within the grace", 200, generated)
	if err := system.Credentials().Rotate(t.Context(), tenant.Name, bounds); err == nil || !strings.Contains(err.Error(), "within its grace") {
		t.Errorf("a rotation without room for a third secret: %v", err)
	}
	clock.pass(4 * time.Hour) // The rotation that found no room is given up, and what is superseded goes.
	for range 4 {
		if swept, err = system.Credentials().Sweep(t.Context(), bounds); err != nil {
			t.Fatal(err)
		}
		clock.pass(2 * time.Hour)
	}
	if swept.Unsettled != 0 || swept.Unsure != 0 {
		t.Errorf("after the grace: %+v, want nothing left to do", swept)
	}
	statuses("Cognito's own after the grace", 400, generated)
	statuses("the first credentials after the grace", 200, first)

	if err := system.Credentials().Rotate(t.Context(), tenant.Name, bounds); err != nil {
		t.Fatal(err)
	}
	second := readCredentials(t, system, tenant.Name)
	if second.ClientSecret == first.ClientSecret {
		t.Error("the rotation changed nothing")
	}
	if previous := readVersion(t, system, tenant.Name, "AWSPREVIOUS"); previous != first {
		t.Error("AWSPREVIOUS is not what was current before")
	}
	statuses("the second credentials", 200, second)
	statuses("the first credentials within the grace", 200, first)
}

// A rotation that broke off is taken up again, with the version that it began with.
func TestRotation_thatBrokeOffGoesOn(t *testing.T) {
	var clock standing
	system, err := simulator.Load(fixture(t, func(string, object) {}), clock.in(simulator.Options{}))
	if err != nil {
		t.Fatal(err)
	}
	tenant := system.Tenants()[0].Name
	for range 3 { // Until there is room for a second secret.
		if _, err := system.Credentials().Sweep(t.Context(), bounds); err != nil {
			t.Fatal(err)
		}
		clock.pass(2 * bounds.Grace)
	}
	before := readCredentials(t, system, tenant)
	system.SetFault(func(call string) error {
		if call == "Clients.Add" {
			return errors.New("throttled")
		}
		return nil
	})
	if err := system.Credentials().Rotate(t.Context(), tenant, bounds); err == nil || !strings.Contains(err.Error(), "throttled") {
		t.Fatalf("a rotation that breaks off: %v", err)
	}
	system.SetFault(nil)
	begun := readVersion(t, system, tenant, "AWSPENDING")
	if err := system.Credentials().Rotate(t.Context(), tenant, bounds); err != nil {
		t.Fatal(err)
	}
	if after := readCredentials(t, system, tenant); after == before || after != begun {
		t.Error("the rotation did not end with what it began with")
	}
}

// Whoever believes that Cognito is faster than it is makes a tenant's credentials current before they work.
func TestRotation_boundThatIsTooShortIsNoticed(t *testing.T) {
	const bound = time.Minute
	for consistency, works := range map[time.Duration]bool{bound: true, 0: false} {
		var clock standing
		system, err := simulator.Load(fixture(t, func(string, object) {}), clock.in(simulator.Options{SecretBound: bound}))
		if err != nil {
			t.Fatal(err)
		}
		if _, err := system.Credentials().Sweep(t.Context(), simulator.CredentialsBounds{Grace: time.Hour,
			Consistency: consistency}); err != nil && works {
			t.Fatal(err)
		}
		refused := 0
		for range 20 {
			for _, tenant := range system.Tenants() {
				if d := readCredentials(t, system, tenant.Name); d.ClientID == "" || tokenWith(t, system, d) != 200 {
					refused++
				}
			}
		}
		if works != (refused == 0) {
			t.Errorf("believing %s of a bound of %s: %d requests refused", consistency, bound, refused)
		}
	}
}

func TestRotation_whatSecretsManagerDoesNotFind(t *testing.T) {
	system, err := simulator.Load(fixture(t, func(string, object) {}), simulator.Options{})
	if err != nil {
		t.Fatal(err)
	}
	name, err := system.Credentials().SecretName(system.Tenants()[0].Name)
	if err != nil {
		t.Fatal(err)
	}
	for _, in := range []*secretsmanager.GetSecretValueInput{
		{SecretId: aws.String("nobody's")}, {SecretId: &name, VersionStage: aws.String("AWSPREVIOUS")},
		{SecretId: &name, VersionId: aws.String("none")},
	} {
		var none *types.ResourceNotFoundException
		if _, err := system.SecretsManager().GetSecretValue(t.Context(), in); !errors.As(err, &none) {
			t.Errorf("%v: got %v, want ResourceNotFoundException", in, err)
		}
	}
	if _, err := system.Credentials().SecretName("nobody"); err == nil || !strings.Contains(err.Error(), system.Tenants()[0].Name) {
		t.Errorf("a tenant that does not exist: %v", err)
	}
}

func TestRotation_signingKeyRotates(t *testing.T) {
	system, err := simulator.Load(fixture(t, func(string, object) {}), simulator.Options{})
	if err != nil {
		t.Fatal(err)
	}
	keys := func() int {
		recorder := httptest.NewRecorder()
		system.Cognito().ServeHTTP(recorder, httptest.NewRequestWithContext(t.Context(), http.MethodGet,
			"/"+system.Cognito().PoolID()+"/.well-known/jwks.json", nil))
		return strings.Count(recorder.Body.String(), `"kid"`)
	}
	before := keys()
	if err := system.Keys().Rotate(t.Context(), 0, time.Hour); err != nil || before != 1 || keys() != 2 {
		t.Errorf("error %v, %d keys before and %d after the rotation, want 1 and 2", err, before, keys())
	}
	if err := system.Keys().Rotate(t.Context(), 0, 0); err != nil || keys() != 2 {
		t.Errorf("error %v, %d keys after one that kept nothing, want the new one and the first", err, keys())
	}
}
