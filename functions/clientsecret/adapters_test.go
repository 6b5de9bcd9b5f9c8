package main

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager"
	"github.com/google/go-cmp/cmp"

	"github.com/cognito-m2m/cognito-m2m-cdk/internal/rotation/clientsecret"
	"github.com/cognito-m2m/cognito-m2m-cdk/internal/rotation/sensitive"
)

const unknownVersion = "00000000-0000-4000-8000-000000000000"

// TestSecrets_returnErrorsOfContract pins what the state machine tells apart.
func TestSecrets_returnErrorsOfContract(t *testing.T) {
	d := deploy(t)
	ctx := t.Context()
	acme := d.arns["acme"]
	state, err := d.adapter.Describe(ctx, acme)
	d.must(err)
	if state.ID != acme || state.Tenant != "acme" || state.ClientID != "clientacme" || state.Settled != "" || !state.Rotated.IsZero() ||
		state.Unscheduled || state.Scopes != clientsecret.ScopeDigest([]string{"acme/read", "acme/write"}) ||
		state.Created.IsZero() || state.Changed.IsZero() {
		t.Errorf("described: %+v", state)
	}
	if _, err := d.adapter.Value(ctx, acme, unknownVersion); !errors.Is(err, clientsecret.ErrNoValue) {
		t.Errorf("a version that does not exist: error %v, want ErrNoValue", err)
	}
	current := state.Versions[clientsecret.LabelCurrent]
	if version, err := d.adapter.Value(ctx, acme, current); err != nil || version.SecretString.Plaintext() != clientsecret.Placeholder {
		t.Errorf("the current version: error %v, or it is no placeholder", err)
	}

	token := d.begin("acme", "{}")
	if err := d.adapter.MoveLabel(ctx, acme, clientsecret.LabelCurrent, token, unknownVersion); err == nil {
		t.Error("AWSCURRENT was moved from a version that does not have it")
	}
	d.must(d.adapter.MoveLabel(ctx, acme, clientsecret.LabelAbandoned, token, ""))
	d.must(d.adapter.MoveLabel(ctx, acme, clientsecret.LabelPending, "", token))
	d.must(d.adapter.Put(ctx, acme, "rewrite-00000000000000000000000000", clientsecret.LabelRewrite, sensitive.ValueOf("{}")))
	d.must(d.adapter.SaveSettled(ctx, acme, "what was verified"))
	state, err = d.adapter.Describe(ctx, acme)
	d.must(err)
	want := map[string]string{
		clientsecret.LabelCurrent: current, clientsecret.LabelAbandoned: token, clientsecret.LabelRewrite: "rewrite-00000000000000000000000000",
	}
	if diff := cmp.Diff(want, state.Versions); diff != "" || state.Settled != "what was verified" {
		t.Errorf("labels (-want +got):\n%s\ntag %q", diff, state.Settled)
	}
}

// TestClients_returnErrorsOfContract pins Cognito's answers, and that a client which has two secrets is not asked again and again.
func TestClients_returnErrorsOfContract(t *testing.T) {
	d := deploy(t)
	ctx := t.Context()
	value := sensitive.Random()
	d.must(d.clients.Add(ctx, "clientacme", value))
	if err := d.clients.Add(ctx, "clientacme", value); !errors.Is(err, clientsecret.ErrLimit) {
		t.Errorf("a third secret: error %v, want ErrLimit", sensitive.RedactError(err))
	}
	ids, err := d.clients.List(ctx, "clientacme")
	d.must(err)
	if diff := cmp.Diff(d.cognito.secretIDs("clientacme"), ids); diff != "" {
		t.Errorf("ids (-want +got):\n%s", diff)
	}
	d.must(d.clients.Delete(ctx, "clientacme", "secret--unknown"))
	d.must(d.clients.Delete(ctx, "clientacme", ids[0]))
	if err := d.clients.Delete(ctx, "clientacme", ids[1]); err == nil {
		t.Error("the last secret was deleted")
	}
	for name, err := range map[string]error{
		"describe": second(d.clients.Describe(ctx, "nobody")), "list": second(d.clients.List(ctx, "nobody")),
		"add": d.clients.Add(ctx, "nobody", value),
	} {
		if !errors.Is(err, clientsecret.ErrNoClient) {
			t.Errorf("%s of a client that does not exist: error %v, want ErrNoClient", name, err)
		}
	}
	want := clientsecret.Client{Name: "acme", Scopes: []string{"acme/read", "acme/write"}}
	if client, err := d.clients.Describe(ctx, "clientacme"); err != nil || !cmp.Equal(client, want) {
		t.Errorf("got %v, error %v, want %v", client, err, want)
	}
}

func second[T any](_ T, err error) error { return err }

func TestClients_addIsNotRepeatedAfterLimit(t *testing.T) {
	requests := 0
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		requests++
		fail(w, "LimitExceededException", "two")
	}))
	defer server.Close()
	c := clientsAt(server.URL)
	if err := c.Add(t.Context(), "client", sensitive.Random()); !errors.Is(err, clientsecret.ErrLimit) || requests != 1 {
		t.Errorf("%d requests, error %v, want one and ErrLimit", requests, err)
	}
}

func TestClients_repeatThrottledRequests(t *testing.T) {
	requests := 0
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		if requests++; requests == 1 {
			fail(w, "TooManyRequestsException", "slow down")
			return
		}
		respond(w, http.StatusOK, map[string]any{})
	}))
	defer server.Close()
	if err := clientsAt(server.URL).Add(t.Context(), "client", sensitive.Random()); err != nil || requests != 2 {
		t.Errorf("%d requests, error %v, want two and none", requests, err)
	}
}

// TestSecrets_startRotation tells a rotation in progress from a secret that cannot be rotated: Secrets Manager has one exception for both.
func TestSecrets_startRotation(t *testing.T) {
	for message, rotating := range map[string]bool{
		"A previous rotation isn't complete. That rotation will be reattempted.": true,
		"No Lambda rotation function ARN is associated with this secret.":        false,
	} {
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			fail(w, "InvalidRequestException", message)
		}))
		s := secrets{client: secretsmanager.NewFromConfig(configAt(server.URL)), prefix: testPrefix}
		if err := s.StartRotation(t.Context(), "acme"); err == nil || errors.Is(err, clientsecret.ErrRotating) != rotating {
			t.Errorf("%s: error %v, ErrRotating wanted: %t", message, err, rotating)
		}
		server.Close()
	}
}

// TestSecrets_listAllPages: every secret under the prefix and no other, a hundred at a time.
func TestSecrets_listAllPages(t *testing.T) {
	d := deploy(t)
	for i := range 101 {
		d.createSecret(fmt.Sprintf("%stenant-%03d", testPrefix, i), clientsecret.Placeholder)
	}
	d.createSecret("x/"+testPrefix+"inner", clientsecret.Placeholder)
	d.createSecret(testPrefix+"api-keys/acme", "a tenant's API key")
	var sizes []int
	seen := map[string]bool{}
	d.must(d.adapter.List(t.Context(), func(page []clientsecret.SecretState) {
		sizes = append(sizes, len(page))
		for _, s := range page {
			seen[s.ID] = true
		}
	}))
	if diff := cmp.Diff([]int{100, 3}, sizes); diff != "" || len(seen) != 103 {
		t.Errorf("%d secrets, pages (-want +got):\n%s", len(seen), diff)
	}
	flushes := d.front.flushCount()
	d.must(d.stage.Flush(t.Context()))
	if d.front.flushCount() != flushes+1 {
		t.Error("the stage cache was not flushed")
	}
}

func TestOptional_returnsNilForEmptyString(t *testing.T) {
	if optional("") != nil || aws.ToString(optional("v")) != "v" {
		t.Error("an empty version id must not be sent")
	}
}

// The list has no secrets that are being deleted, that have another prefix, or that are in a part of their own below the prefix.
func TestSecrets_listOnlyTenants(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		respond(w, http.StatusOK, map[string]any{"SecretList": []any{
			map[string]any{"ARN": "arn:a", "Name": testPrefix + "a"},
			map[string]any{"ARN": "arn:b", "Name": testPrefix + "b", "DeletedDate": 5},
			map[string]any{"ARN": "arn:c", "Name": "other/c"},
			map[string]any{"ARN": "arn:d", "Name": testPrefix + "keys/d"},
		}})
	}))
	defer server.Close()
	var got []string
	s := secrets{client: secretsmanager.NewFromConfig(configAt(server.URL)), prefix: testPrefix}
	if err := s.List(t.Context(), func(page []clientsecret.SecretState) {
		for _, one := range page {
			got = append(got, one.ID)
		}
	}); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"arn:a"}, got); diff != "" {
		t.Errorf("listed (-want +got):\n%s", diff)
	}
}

// TestClients_listAllPages: an id that is not seen would look like a free slot.
func TestClients_listAllPages(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		id, next := "one", "more"
		if strings.Contains(string(body), `"NextToken":"more"`) {
			id, next = "two", ""
		}
		respond(w, http.StatusOK, map[string]any{"ClientSecrets": []any{map[string]any{"ClientSecretId": id}}, "NextToken": next})
	}))
	defer server.Close()
	ids, err := clientsAt(server.URL).List(t.Context(), "client")
	if diff := cmp.Diff([]string{"one", "two"}, ids); err != nil || diff != "" {
		t.Errorf("error %v, ids (-want +got):\n%s", err, diff)
	}
}
