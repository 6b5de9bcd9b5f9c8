package cognito_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/cognito-m2m/cognito-m2m-cdk/simulator/internal/cognito"
)

func TestSecret_twoSecretsAreActive(t *testing.T) {
	now := start
	p := newPool(t, cognito.Config{Clock: func() time.Time { return now }})
	id, first := addClient(t, p, "stack/A", "orders/read")
	works := func(secret string) bool {
		return p.Token(request("", "grant_type=client_credentials", basic(id, secret))).Status == 200
	}
	now = now.Add(time.Minute)
	const second = "abcdefghijklmnopqrst+_90"
	added, err := p.AddSecret(id, second)
	if err != nil {
		t.Fatal(err)
	}
	if !works(first) || !works(second) || works(first+second) || works("") {
		t.Error("not exactly the two secrets work")
	}
	if got := p.Secrets(id); !slices.Equal(got, []string{first, second}) {
		t.Errorf("secrets: %q", got)
	}
	if _, err := p.AddSecret(id, ""); err == nil || !strings.Contains(err.Error(), "has 2 active secrets, Cognito allows 2") {
		t.Errorf("a third secret: got %v", err)
	}

	listed, err := p.ListSecrets(id)
	if err != nil || len(listed) != 2 || listed[1].ID != added || !listed[0].Created.Equal(start) || !listed[1].Created.Equal(now) {
		t.Fatalf("list: %v, %v", listed, err)
	}
	if err := p.DeleteSecret(id, listed[0].ID); err != nil {
		t.Fatal(err)
	}
	if works(first) || !works(second) {
		t.Error("the deleted secret works, or the other does not")
	}
	if err := p.DeleteSecret(id, added); err == nil || !strings.Contains(err.Error(), "one secret only, which cannot be deleted") {
		t.Errorf("the last secret: got %v", err)
	}
	if _, err := p.AddSecret(id, ""); err != nil || !works(p.Secrets(id)[1]) {
		t.Errorf("a generated secret: %v", err)
	}
}

func TestSecret_areRefused(t *testing.T) {
	p := newPool(t, cognito.Config{})
	id, _ := addClient(t, p, "stack/A", "orders/read")
	for _, value := range []string{strings.Repeat("a", 23), strings.Repeat("a", 65), strings.Repeat("a", 24) + "-"} {
		if _, err := p.AddSecret(id, value); err == nil || strings.Contains(err.Error(), value) {
			t.Errorf("%q: got %v", value, err)
		}
	}
	if err := p.DeleteSecret(id, "none"); err == nil || !strings.Contains(err.Error(), `no secret with the id "none"`) {
		t.Errorf("got %v", err)
	}
	const unknown = `user pool eu-west-1_Exampl001 has no client "nobody"`
	_, addErr := p.AddSecret("nobody", "")
	_, listErr := p.ListSecrets("nobody")
	for _, err := range []error{addErr, listErr, p.DeleteSecret("nobody", "x")} {
		if err == nil || err.Error() != unknown {
			t.Errorf("got %v, want %s", err, unknown)
		}
	}
	if p.Secrets("nobody") != nil {
		t.Error("an unknown client has secrets")
	}
}
