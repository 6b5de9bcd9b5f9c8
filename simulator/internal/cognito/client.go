package cognito

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/cognito-m2m/cognito-m2m-cdk/simulator/internal/propagation"
	"github.com/cognito-m2m/cognito-m2m-cdk/simulator/internal/properties"
)

// clientWithoutEffect are an app client's properties that do not bear on the client-credentials grant.
var clientWithoutEffect = map[string]string{
	"AnalyticsConfiguration":                   "metrics of user sign-ins",
	"AuthSessionValidity":                      "bounds a user's sign-in",
	"EnablePropagateAdditionalUserContextData": "threat protection rates users",
	"EnableTokenRevocation":                    "revokes a user's refresh tokens; this grant has none",
	"IdTokenValidity":                          "this grant has no id token",
	"PreventUserExistenceErrors":               "there are no users",
	"ReadAttributes":                           "there are no users",
	"RefreshTokenRotation":                     "this grant has no refresh token",
	"RefreshTokenValidity":                     "this grant has no refresh token",
	"SupportedIdentityProviders":               "they sign users in",
	"WriteAttributes":                          "there are no users",
}

// clientRefused are properties of clients that redirect users, which this grant excludes.
var clientRefused = map[string]string{
	"CallbackURLs":       "a client-credentials client redirects nobody",
	"DefaultRedirectURI": "a client-credentials client redirects nobody",
	"LogoutURLs":         "a client-credentials client redirects nobody",
}

// client is an app client. Client never changes once it is in the pool.
type client struct {
	Client
	issued atomic.Int64

	mu      sync.Mutex                   // keeps changes of the secrets apart
	secrets *propagation.Value[[]secret] // each version oldest first, never changed
}

// AddClient creates an app client with one generated secret from the properties of an AWS::Cognito::UserPoolClient, free of intrinsic
// functions, and returns its id; path names the resource in errors and, with the pool's id, determines the client's id.
//
// Its scopes must exist already, as in Cognito. Only clients of the client-credentials grant are simulated.
//
// https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-resource-cognito-userpoolclient.html
func (p *Pool) AddClient(path string, props map[string]any) (string, error) {
	id := clientID(p.config.ID, path)
	return id, p.AddExistingClient(id, path, props)
}

// AddExistingClient creates an app client as AddClient does, with an id of its own.
func (p *Pool) AddExistingClient(id, path string, props map[string]any) error {
	o := properties.Read(path, props)
	o.Require("UserPoolId", "AllowedOAuthFlows", "AllowedOAuthFlowsUserPoolClient", "GenerateSecret")
	o.Accept(clientWithoutEffect)
	o.Refuse(clientRefused)
	p.checkPool(o)
	checkFlows(o)
	c := &client{Client: Client{
		ID:       id,
		Name:     clientName(o, path),
		Scopes:   o.Texts("AllowedOAuthScopes"),
		Validity: accessTokenValidity(o),
	}}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.checkScopes(o, c.Scopes)
	if err := o.Err(); err != nil {
		return err
	}
	if p.clients[c.ID] != nil {
		return fmt.Errorf("%s: the user pool %s has a client of this path already", path, p.config.ID)
	}
	c.secrets = newSecrets([]secret{newSecret(randomSecret(), p.config.Clock())}, p.config)
	p.clients[c.ID] = c
	return nil
}

func newSecrets(first []secret, c Config) *propagation.Value[[]secret] {
	return propagation.New(first, c.SecretBound, c.Clock)
}

// clientName is the client's name; CloudFormation makes one of the logical ID when there is none.
func clientName(o *properties.Object, path string) string {
	if name := o.Text("ClientName"); name != "" {
		return name
	}
	return path[strings.LastIndexByte(path, '/')+1:]
}

// checkFlows holds a client to what Cognito wants for client credentials: a secret, and no other flow beside it.
func checkFlows(o *properties.Object) {
	if flows := o.Texts("AllowedOAuthFlows"); o.Has("AllowedOAuthFlows") && !slices.Equal(flows, []string{"client_credentials"}) {
		o.Errorf("AllowedOAuthFlows", "got %q, want client_credentials alone: other grants are not simulated, and Cognito allows none beside it",
			flows)
	}
	for _, key := range []string{"AllowedOAuthFlowsUserPoolClient", "GenerateSecret"} {
		if !o.Bool(key) && o.Has(key) {
			o.Errorf(key, "got false, want true: the client-credentials grant needs it")
		}
	}
	for i, flow := range o.Texts("ExplicitAuthFlows") {
		if !slices.Contains(userAuthFlows, flow) {
			o.Errorf(fmt.Sprintf("ExplicitAuthFlows[%d]", i), "got %q, accepted are %s", flow, strings.Join(userAuthFlows, ", "))
		}
	}
}

// userAuthFlows are accepted since they sign users in, of which there are none. ALLOW_CLIENT_TOKEN_AUTH is not: it would issue tokens by an
// API operation that is not simulated.
var userAuthFlows = []string{
	"ALLOW_REFRESH_TOKEN_AUTH", "ALLOW_USER_AUTH", "ALLOW_USER_SRP_AUTH", "ALLOW_USER_PASSWORD_AUTH", "ALLOW_ADMIN_USER_PASSWORD_AUTH",
	"ALLOW_CUSTOM_AUTH",
}

// checkScopes holds a client to the scopes that exist. The caller holds mu.
func (p *Pool) checkScopes(o *properties.Object, wanted []string) {
	if len(wanted) > scopesPerClient {
		o.Errorf("AllowedOAuthScopes", "got %d scopes, Cognito allows %d", len(wanted), scopesPerClient)
	}
	for i, scope := range wanted {
		where := fmt.Sprintf("AllowedOAuthScopes[%d]", i)
		// A resource server's identifier can have slashes, a scope's name cannot.
		identifier := scope[:max(strings.LastIndexByte(scope, '/'), 0)]
		if scopes, exists := p.servers[identifier]; !exists {
			o.Errorf(where, "got %q, want a custom scope: there is no resource server %q", scope, identifier)
		} else if !slices.Contains(scopes, scope) {
			o.Errorf(where, "got %q, the resource server has %s", scope, strings.Join(scopes, ", "))
		}
		if slices.Contains(wanted[:i], scope) {
			o.Errorf(where, "%q is there twice", scope)
		}
	}
}

// Bounds and default of an access token's validity.
// https://docs.aws.amazon.com/cognito/latest/developerguide/quotas.html
const (
	minValidity     = 5 * time.Minute
	maxValidity     = 24 * time.Hour
	defaultValidity = time.Hour
)

// accessTokenValidity reads AccessTokenValidity in the unit that TokenValidityUnits names, hours by default.
func accessTokenValidity(o *properties.Object) time.Duration {
	unit := "hours"
	if units := o.Object("TokenValidityUnits"); units != nil {
		units.Accept(map[string]string{"IdToken": "this grant has no id token", "RefreshToken": "this grant has no refresh token"})
		if u := units.OneOf("AccessToken", "seconds", "minutes", "hours", "days"); u != "" {
			unit = u
		}
	}
	seconds := map[string]time.Duration{"seconds": time.Second, "minutes": time.Minute, "hours": time.Hour, "days": 24 * time.Hour}[unit]
	n := o.Int("AccessTokenValidity", 1, int64(maxValidity/time.Second), 0)
	if n == 0 {
		return defaultValidity
	}
	validity := time.Duration(n) * seconds
	if validity < minValidity || validity > maxValidity {
		o.Errorf("AccessTokenValidity", "got %d %s, want %v to %v", n, unit, minValidity, maxValidity)
	}
	return validity
}
