package conformance

import (
	"context"
	"crypto/rand"
	"crypto/rsa"
	"crypto/tls"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/cognito-m2m/cognito-m2m-cdk/internal/rotation/sensitive"
)

const (
	testClient   = "1example23456789"
	testSecret   = "client-secret-that-nobody-may-see"
	originValue  = "Zq8pWm3XcV7bNk2LsD9fGh4JrT6yUe1AoQi5xCv0BnMwEl8KzPt7RyHu3SgFdJaX"
	testValidity = time.Hour
	testTTL      = 45 * time.Minute
	// testRateLimit is more than the other questions ask as the client.
	testRateLimit = 60
)

// fault is a way in which the fake deployment is wrong.
type fault string

const (
	poolOpen              fault = "no web ACL"
	poolTakesAnyValue     fault = "the web ACL takes any value of the header"
	wrongOriginValue      fault = "the gateway adds a value that is not accepted"
	noCache               fault = "the cache is off"
	maxAgeObeyed          fault = "anyone may invalidate the cache"
	scopeNoKey            fault = "scope is no cache key"
	authorizationNoKey    fault = "Authorization is no cache key"
	clientIDNoKey         fault = "client_id is no cache key"
	authorizationOptional fault = "Authorization is not required"
	scopeOptional         fault = "scope is not required"
	clientIDOptional      fault = "client_id is not required"
	blankAllowed          fault = "blank parameters are taken"
	lowerCaseUnread       fault = "authorization in lower case is not read"
	lowerCaseUnkeyed      fault = "authorization in lower case is passed on without being a key"
	charsetRefused        fault = "a charset is answered 415"
	noTypeRefused         fault = "no content type is answered 415"
	clientHeaderWins      fault = "the client's origin header replaces the gateway's"
	formPassedOn          fault = "the form is passed on"
	keysFirstSendsLast    fault = "the first scope is the key, the last one is passed on"
	expiresInUntouched    fault = "expires_in is Cognito's"
	expiresInTooHigh      fault = "expires_in is lowered by less than the TTL"
	everythingOK          fault = "every answer is mapped to 200"
	refusalsBecome503     fault = "refusals are mapped to 503"
	otherClientsToken     fault = "tokens are another client's"
	discoveryBlocked      fault = "discovery is blocked"
	foreignDiscovery      fault = "discovery is another pool's"
	keysBlocked           fault = "the keys are blocked"
	foreignKeys           fault = "the keys are another pool's"
	foreignKeySameID      fault = "the key with the right id does not verify"
	lateTokensOtherKey    fault = "tokens after the first have the id of a key that is not published"
	subjectOther          fault = "sub is not the client"
	subjectMissing        fault = "there is no sub"
	usernamePresent       fault = "tokens have a username"
	cognitoUsername       fault = "tokens have Cognito's username of ID tokens"
	audienceOther         fault = "aud is another's"
	versionOne            fault = "tokens are of version 1"
	versionText           fault = "the version is a text"
	useID                 fault = "token_use is id"
	validityOther         fault = "tokens live longer than the client's validity"
	lateTokensOtherAlg    fault = "tokens after the first have another algorithm"
	expiryWithFraction    fault = "exp has a fraction"
	issuedWithFraction    fault = "iat has a fraction"
	oldTLS                fault = "TLS 1.1 is accepted"
	trailShowsValue       fault = "the trail's log shows the value"
	headerEchoed          fault = "the answer has the origin header"
	valueEchoed           fault = "the answer repeats the value that the client sent"
	errorsCached          fault = "errors are cached"
	gatewayErrorsCached   fault = "the gateway's own errors are cached"
	getServed             fault = "GET is served"
	defaultEndpointOpen   fault = "the default endpoint is open"
	noCertificateAsked    fault = "no client certificate is asked for"
	noRateLimit           fault = "no rate is limited"
	rateLimitNoJSON       fault = "the rate limit answers in another form"
	rateLimitNoTime       fault = "the rate limit names no time"
	cacheUnlocked         fault = "the setting that locks the cache is off"
	acceptedValuesTagged  fault = "the set of accepted values has a stack tag"
	noPoolWebACL          fault = "no web ACL is associated"
	firstSecretUnlisted   fault = "the generated secret is not listed"
	addedSecretUnlisted   fault = "an added secret is not listed"
	deletedSecretListed   fault = "a deleted secret stays listed"
	secretIDsChange       fault = "ids of secrets change"
)

// deployment is a gateway and a user pool as they should be, but for its faults.
type deployment struct {
	faults []fault
	// endpoint is the gateway's default one, beside its domain name.
	gateway, cognito, endpoint *httptest.Server

	mu        sync.Mutex
	secrets   []string
	cache     map[string]response
	throttled int // answers 429 that are still to come
	added     int // secrets
	listings  int // of secrets
	listed    int // secrets in the last list
	requests  []*http.Request
	byKey     map[string]int // requests by Authorization, for the rate limit
	issued    int            // tokens
}

type response struct {
	status int
	body   string
	token  map[string]any
}

func newDeployment(t *testing.T, faults ...fault) *deployment {
	t.Helper()
	d := &deployment{faults: faults, secrets: []string{testSecret}, cache: map[string]response{}, byKey: map[string]int{}, listed: 1}
	start := func(handler http.HandlerFunc, clients tls.ClientAuthType) *httptest.Server {
		server := httptest.NewUnstartedServer(handler)
		server.TLS = &tls.Config{MinVersion: tls.VersionTLS12, ClientAuth: clients}
		if d.has(oldTLS) {
			server.TLS.MinVersion = tls.VersionTLS10
		}
		server.Config.ErrorLog = log.New(io.Discard, "", 0)
		server.StartTLS()
		t.Cleanup(server.Close)
		return server
	}
	d.cognito = start(d.serveCognito, tls.NoClientCert)
	d.endpoint = start(d.serveEndpoint, tls.NoClientCert)
	clients := tls.RequireAnyClientCert
	if d.has(noCertificateAsked) {
		clients = tls.NoClientCert
	}
	d.gateway = start(d.serveGateway, clients)
	return d
}

func (d *deployment) has(f fault) bool { return slices.Contains(d.faults, f) }

func (d *deployment) issuer() string { return d.cognito.URL + "/eu-west-1_example" }

func (d *deployment) target() Target {
	return Target{
		GatewayURL: d.gateway.URL + "/v1", CognitoURL: d.cognito.URL,
		ClientID: testClient, ClientSecret: sensitive.ValueOf(testSecret), Scopes: []string{"orders/read", "orders/write"},
		CacheTTL: testTTL, Validity: testValidity,
		DefaultEndpoint: d.endpoint.URL + "/v1", RateLimit: testRateLimit + 10,
		HTTP:  &http.Client{Transport: caseMarker{d.transport()}},
		Trail: d, Corrector: d, Stage: d, Pool: d, AcceptedValues: d,
	}
}

// transport trusts the servers, which share one certificate, and shows that as its own.
func (d *deployment) transport() *http.Transport {
	transport := Transport(nil)
	if trusting, ok := d.gateway.Client().Transport.(*http.Transport); ok {
		transport.TLSClientConfig.RootCAs = trusting.TLSClientConfig.RootCAs
	}
	transport.TLSClientConfig.Certificates = d.gateway.TLS.Certificates
	return transport
}

// caseMarker tells the fake in which case Authorization was sent, as net/http's server does not.
type caseMarker struct{ *http.Transport }

func (m caseMarker) RoundTrip(request *http.Request) (*http.Response, error) {
	if _, found := request.Header["authorization"]; found { //nolint:staticcheck // In lower case on purpose.
		request.Header.Set("X-Lower-Case", "true")
	}
	return m.Transport.RoundTrip(request)
}

// AddSecret implements Corrector.
func (d *deployment) AddSecret(_ context.Context, clientID string, secret sensitive.Value) (func(context.Context) error, error) {
	if clientID != testClient {
		return nil, errors.New("no such client")
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	d.secrets = append(d.secrets, secret.Plaintext())
	d.added++
	return func(context.Context) error {
		d.mu.Lock()
		defer d.mu.Unlock()
		d.secrets = slices.DeleteFunc(d.secrets, func(s string) bool { return s == secret.Plaintext() })
		return nil
	}, nil
}

// TagKeys implements AcceptedValues.
func (d *deployment) TagKeys(context.Context) ([]string, error) {
	keys := []string{"aws:cloudformation:stack-name"}
	if d.has(acceptedValuesTagged) {
		keys = append(keys, "team")
	}
	return keys, nil
}

// Invalidation implements Stage.
func (d *deployment) Invalidation(context.Context) (Invalidation, error) {
	return Invalidation{!d.has(cacheUnlocked), "SUCCEED_WITH_RESPONSE_HEADER"}, nil
}

// WebACL implements Pool.
func (d *deployment) WebACL(context.Context) (string, error) {
	if d.has(noPoolWebACL) {
		return "", nil
	}
	return "m2m-pool", nil
}

// SecretIDs implements Pool. Lists lag behind by one.
func (d *deployment) SecretIDs(_ context.Context, clientID string) ([]string, error) {
	if clientID != testClient {
		return nil, errors.New("no such client")
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	d.listings++
	ids := []string{"generated"}
	if d.has(firstSecretUnlisted) {
		ids = nil
	}
	if d.has(secretIDsChange) {
		ids = []string{fmt.Sprint("generated-", d.listings)}
	}
	n := len(d.secrets)
	if d.listed != n {
		n, d.listed = d.listed, n
	}
	if n > 1 && !d.has(addedSecretUnlisted) || d.has(deletedSecretListed) && d.added > 1 {
		ids = append(ids, "added")
	}
	return ids, nil
}

// Search implements LogSearcher.
func (d *deployment) Search(context.Context, string, time.Time) ([]string, error) {
	shown := strings.Repeat("*", 64)
	if d.has(trailShowsValue) {
		shown = originValue
	}
	return []string{fmt.Sprintf(`{"eventName":"UpdateStage","requestParameters":{"value":%q}}`, shown)}, nil
}

func (d *deployment) serveCognito(w http.ResponseWriter, request *http.Request) {
	switch path := request.URL.Path; {
	case strings.HasSuffix(path, "/.well-known/openid-configuration") && !d.has(discoveryBlocked):
		issuer := d.issuer()
		if d.has(foreignDiscovery) {
			issuer += "other"
		}
		write(w, 200, fmt.Sprintf(`{"issuer":%q,"jwks_uri":"%s/.well-known/jwks.json"}`, issuer, issuer))
	case strings.HasSuffix(path, "/.well-known/jwks.json") && !d.has(keysBlocked):
		write(w, 200, d.keys())
	case path == "/oauth2/token":
		_ = request.ParseForm()
		id, secret, _ := request.BasicAuth()
		answer := d.token(request.Header.Values(DefaultHeaderName), id, secret, request.PostForm.Get("client_id"), request.PostForm.Get("scope"))
		write(w, answer.status, answer.body)
	default:
		write(w, 403, blockedBody)
	}
}

const blockedBody = `{"error":"access_denied"}`

// token is the pool's web ACL and Cognito behind it.
func (d *deployment) token(header []string, id, secret, clientID, scope string) response {
	accepted := slices.Contains(header, originValue) || d.has(poolOpen) || d.has(poolTakesAnyValue) && len(header) > 0
	if !accepted {
		return response{status: 403, body: blockedBody}
	}
	d.mu.Lock()
	known := id == testClient && slices.Contains(d.secrets, secret)
	d.mu.Unlock()
	if !known || clientID != "" && clientID != id {
		return response{status: 400, body: `{"error":"invalid_client"}`}
	}
	if d.has(otherClientsToken) {
		id = "someoneelse"
	}
	if scope == "" {
		scope = "orders/read orders/write"
	}
	token := map[string]any{"access_token": d.sign(id, scope), "expires_in": int(testValidity.Seconds()), "token_type": "Bearer"}
	body, _ := json.Marshal(token)
	return response{status: 200, body: string(body), token: token}
}

func (d *deployment) keys() string {
	key, id := signingKey(), keyID
	if d.has(foreignKeys) {
		id = "another"
	}
	if d.has(foreignKeySameID) {
		key = otherKey()
	}
	return fmt.Sprintf(`{"keys":[{"alg":"RS256","e":"AQAB","kid":%q,"kty":"RSA","n":%q,"use":"sig"}]}`,
		id, base64.RawURLEncoding.EncodeToString(key.N.Bytes()))
}

const keyID = "test-key"

var (
	signingKey = sync.OnceValue(newKey)
	otherKey   = sync.OnceValue(newKey)
)

func newKey() *rsa.PrivateKey {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		panic(err)
	}
	return key
}

func write(w http.ResponseWriter, status int, body string) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_, _ = w.Write([]byte(body))
}
