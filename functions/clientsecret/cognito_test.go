package main

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/cognito-m2m/cognito-m2m-cdk/internal/rotation/sensitive"
)

// fakeCognito is a user pool with its domain, as far as the function needs it: at most two secrets of a client, listed without values; the
// last one cannot be deleted; a new one authenticates when it is tried for the second time; and the domain lets only requests with the
// origin header's value pass.
type fakeCognito struct {
	pool   string
	header func() string // the accepted value

	mu      sync.Mutex
	clients map[string]*fakeClient
	ids     int
	issued  []string // tokens
	denied  int
	refused int // by the web ACL
}

type fakeClient struct {
	name    string
	scopes  []string
	secrets []fakeSecret
}

type fakeSecret struct {
	id, value string
	created   time.Time
	known     bool
}

const (
	cognitoTarget = "AWSCognitoIdentityProviderService."
	customLimit   = 64
)

func newFakeCognito(pool string, header func() string) *fakeCognito {
	return &fakeCognito{pool: pool, header: header, clients: map[string]*fakeClient{}}
}

// create adds a client with a generated secret, as CloudFormation does.
func (f *fakeCognito) create(id, name string, scopes ...string) (secret string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	c := &fakeClient{name: name, scopes: scopes}
	f.clients[id] = c
	secret = strings.ToLower(sensitive.Random().Plaintext())[:52]
	f.add(c, secret)
	c.secrets[0].known = true
	return secret
}

func (f *fakeCognito) add(c *fakeClient, value string) fakeSecret {
	f.ids++
	s := fakeSecret{id: fmt.Sprintf("secret--%013d", f.ids), value: value, created: time.Now()}
	c.secrets = append(c.secrets, s)
	return s
}

func (f *fakeCognito) setScopes(id string, scopes ...string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.clients[id].scopes = scopes
}

func (f *fakeCognito) secretIDs(id string) (ids []string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, s := range f.clients[id].secrets {
		ids = append(ids, s.id)
	}
	return ids
}

func (f *fakeCognito) tokenCount() int {
	f.mu.Lock()
	defer f.mu.Unlock()
	return len(f.issued)
}

// operate answers an operation of the user pools API.
func (f *fakeCognito) operate(w http.ResponseWriter, r *http.Request) {
	var in struct{ UserPoolId, ClientId, ClientSecret, ClientSecretId string } //nolint:revive // AWS's names
	if err := json.NewDecoder(r.Body).Decode(&in); err != nil {
		fail(w, "SerializationException", err.Error())
		return
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	c := f.clients[in.ClientId]
	if in.UserPoolId != f.pool || c == nil {
		fail(w, "ResourceNotFoundException", "no client "+in.ClientId)
		return
	}
	switch operation := strings.TrimPrefix(r.Header.Get("X-Amz-Target"), cognitoTarget); operation {
	case "DescribeUserPoolClient":
		respond(w, http.StatusOK, map[string]any{"UserPoolClient": map[string]any{
			"UserPoolId": f.pool, "ClientId": in.ClientId, "ClientName": c.name, "ClientSecret": c.secrets[0].value, "AllowedOAuthScopes": c.scopes,
		}})
	case "ListUserPoolClientSecrets":
		var all []any
		for _, s := range c.secrets {
			all = append(all, s.descriptor())
		}
		respond(w, http.StatusOK, map[string]any{"ClientSecrets": all})
	case "AddUserPoolClientSecret":
		switch {
		case len(c.secrets) >= 2:
			fail(w, "LimitExceededException", "The client has two secrets: Parameter "+in.ClientSecret)
		case len(in.ClientSecret) < 24 || len(in.ClientSecret) > customLimit:
			fail(w, "InvalidParameterException", "want 24 to 64 characters")
		default:
			respond(w, http.StatusOK, map[string]any{"ClientSecretDescriptor": f.add(c, in.ClientSecret).descriptor()})
		}
	case "DeleteUserPoolClientSecret":
		i := slices.IndexFunc(c.secrets, func(s fakeSecret) bool { return s.id == in.ClientSecretId })
		switch {
		case i < 0:
			fail(w, "ResourceNotFoundException", "no secret "+in.ClientSecretId)
		case len(c.secrets) == 1:
			fail(w, "InvalidParameterException", "the last secret cannot be deleted")
		default:
			c.secrets = slices.Delete(c.secrets, i, i+1)
			respond(w, http.StatusOK, map[string]any{})
		}
	default:
		fail(w, "UnknownOperationException", operation)
	}
}

func (s fakeSecret) descriptor() map[string]any {
	return map[string]any{"ClientSecretId": s.id, "ClientSecretCreateDate": s.created.Unix()}
}

// token answers /oauth2/token behind the web ACL.
func (f *fakeCognito) token(w http.ResponseWriter, r *http.Request) {
	if accepted := f.header(); accepted == "" || r.Header.Get(testHeader) != accepted {
		f.mu.Lock()
		defer f.mu.Unlock()
		f.refused++
		w.WriteHeader(http.StatusForbidden)
		return
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	id, secret, _ := r.BasicAuth()
	scope := r.PostFormValue("scope")
	c := f.clients[id]
	switch {
	case r.PostFormValue("grant_type") != "client_credentials":
		respond(w, http.StatusBadRequest, map[string]string{"error": "unsupported_grant_type"})
	case c == nil || !c.authenticates(secret):
		f.denied++
		respond(w, http.StatusBadRequest, map[string]string{"error": "invalid_client"})
	case scope == "" || !slices.Contains(c.scopes, scope):
		respond(w, http.StatusBadRequest, map[string]string{"error": "invalid_scope"})
	default:
		token := "eyJ." + sensitive.Random().Plaintext() + ".x"
		f.issued = append(f.issued, token)
		respond(w, http.StatusOK, map[string]any{"access_token": token, "expires_in": 3600, "token_type": "Bearer"})
	}
}

func (c *fakeClient) authenticates(value string) bool {
	for i := range c.secrets {
		if s := &c.secrets[i]; s.value == value {
			known := s.known
			s.known = true
			return known
		}
	}
	return false
}

func respond(w http.ResponseWriter, status int, body any) {
	w.Header().Set("Content-Type", "application/x-amz-json-1.1")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(body)
}

func fail(w http.ResponseWriter, code, message string) {
	respond(w, http.StatusBadRequest, map[string]string{"__type": code, "message": message})
}
