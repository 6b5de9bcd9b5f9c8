package clientsecret

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/cognito-m2m/cognito-m2m-cdk/internal/rotation/sensitive"
)

// credentials are what a version of a tenant's secret holds after the first rotation.
type credentials struct {
	clientID string
	secret   sensitive.Value
	tokenURL string
	scopes   []string
	// priorIDs are ids that Cognito listed when no secret of the client had this value yet. So none of them is this value's, whatever
	// Cognito will list later: the record that proves a client secret superseded.
	priorIDs []string
	// adoptedIDs are those of them that were in use before the tenant's secret was. Only a person knows when nobody needs them any more.
	adoptedIDs []string
}

// document is the SecretString that the tenant reads.
type document struct {
	ClientID     string   `json:"client_id"`
	ClientSecret string   `json:"client_secret"`
	TokenURL     string   `json:"token_url"`
	Scope        string   `json:"scope"`
	PriorIDs     []string `json:"prior_client_secret_ids"`
	AdoptedIDs   []string `json:"adopted_client_secret_ids,omitempty"`
}

// errNoCredentials is what a version is found to hold before the first rotation, or after somebody overwrote it.
var errNoCredentials = errors.New("secret version holds no credentials")

// newCredentials has everything but the secret and its record.
func newCredentials(gatewayURL, clientID string, scopes []string) credentials {
	scopes = normal(scopes)
	return credentials{clientID: clientID, scopes: scopes, tokenURL: TokenURL(gatewayURL, clientID, scopes)}
}

func (c credentials) encode() (sensitive.Value, error) {
	text, err := json.Marshal(document{
		ClientID: c.clientID, ClientSecret: c.secret.Plaintext(), TokenURL: c.tokenURL, Scope: strings.Join(c.scopes, " "),
		PriorIDs: append([]string{}, c.priorIDs...), AdoptedIDs: c.adoptedIDs,
	})
	return sensitive.ValueOf(string(text)), err
}

// decode never quotes what it read in an error.
func decode(secretString sensitive.Value) (credentials, error) {
	var d document
	if json.Unmarshal([]byte(secretString.Plaintext()), &d) != nil {
		return credentials{}, fmt.Errorf("%w: want a JSON object of strings, got something else", errNoCredentials)
	}
	if d.ClientID == "" || d.ClientSecret == "" {
		return credentials{}, fmt.Errorf("%w: client_id or client_secret is missing or empty", errNoCredentials)
	}
	return credentials{
		clientID: d.ClientID, secret: sensitive.ValueOf(d.ClientSecret), tokenURL: d.TokenURL,
		scopes: strings.Fields(d.Scope), priorIDs: d.PriorIDs, adoptedIDs: d.AdoptedIDs,
	}, nil
}

// scope is one to ask for; "" leaves the choice to Cognito.
func (c credentials) scope() string {
	if len(c.scopes) == 0 {
		return ""
	}
	return c.scopes[0]
}

// fit says whether the credentials are those of the client and the scopes that the tags tell, behind the gateway.
func (c credentials) fit(s SecretState, gatewayURL string) bool {
	return c.clientID == s.ClientID && ScopeDigest(c.scopes) == s.Scopes && c.tokenURL == TokenURL(gatewayURL, c.clientID, c.scopes)
}

// split divides listed ids into those that may be the secret's own and those that the record proves not to be.
func (c credentials) split(ids []string) (own, others []string) {
	for _, id := range ids {
		if slices.Contains(c.priorIDs, id) {
			others = append(others, id)
		} else {
			own = append(own, id)
		}
	}
	return own, others
}

// adopted says whether one of the ids was in use before the tenant's secret was.
func (c credentials) adopted(ids []string) bool {
	return slices.ContainsFunc(ids, func(id string) bool { return slices.Contains(c.adoptedIDs, id) })
}
