package tenantclient

import (
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awscognito"
	"github.com/aws/aws-cdk-go/awscdk/v2/awssecretsmanager"
	"github.com/aws/aws-cdk-go/awscdk/v2/cloudformationinclude"
	"github.com/aws/jsii-runtime-go"

	"github.com/cognito-m2m/cognito-m2m-cdk/constructs/m2mpool"
	"github.com/cognito-m2m/cognito-m2m-cdk/internal/rotation/clientsecret"
)

// settings are what a tenant's resources are made from, after the check.
type settings struct {
	tenantID    string
	clientID    string // of an existing client
	shared      []string
	own         *m2mpool.ResourceServer
	validity    time.Duration
	pool        Pool
	proxy       Proxy       // nil without
	credentials Credentials // nil for a tenant without
	readers     []string
}

// scopes are all scopes of the client, the tenant's own last.
func (s *settings) scopes() []string {
	if s.own == nil {
		return s.shared
	}
	return slices.Concat(s.shared, s.own.FullNames())
}

func (s *settings) secretName() string {
	name := s.tenantID
	if s.clientID != "" {
		name = clientsecret.ExistingClient(s.tenantID, s.clientID)
	}
	return *s.credentials.SecretPrefix() + name
}

// Tenant gives access to the resources of one tenant.
type Tenant struct {
	settings settings
	ids      ids
	template cloudformationinclude.CfnInclude
	clientID *string
	client   awscognito.IUserPoolClient
	secret   awssecretsmanager.ISecret
}

func (t *Tenant) resource(id string) awscdk.CfnResource {
	return t.template.GetResource(jsii.String(id))
}

// TenantID is the tenant's id.
func (t *Tenant) TenantID() *string { return jsii.String(t.settings.tenantID) }

// UserPoolClient is the app client, created or existing.
func (t *Tenant) UserPoolClient() awscognito.IUserPoolClient {
	if t.client == nil {
		scope := t.ids.client
		if scope == "" {
			scope = t.ids.secret
		}
		t.client = awscognito.UserPoolClient_FromUserPoolClientId(t.resource(scope), jsii.String("UserPoolClient"), t.ClientID())
	}
	return t.client
}

// OwnResourceServer holds the tenant's own scopes; nil when it has none.
func (t *Tenant) OwnResourceServer() awscognito.CfnUserPoolResourceServer {
	if t.ids.ownServer == "" {
		return nil
	}
	return t.resource(t.ids.ownServer).(awscognito.CfnUserPoolResourceServer)
}

// Secret holds the tenant's credentials, a JSON object with client_id, client_secret, token_url and scope from the first rotation on; nil
// for a tenant without credentials.
func (t *Tenant) Secret() awssecretsmanager.ISecret {
	if t.secret == nil && t.ids.secret != "" {
		created := t.resource(t.ids.secret)
		t.secret = awssecretsmanager.Secret_FromSecretAttributes(created, jsii.String("Secret"), &awssecretsmanager.SecretAttributes{
			SecretCompleteArn: created.Ref(),
			EncryptionKey:     t.settings.credentials.EncryptionKey(),
		})
	}
	return t.secret
}

// SecretName is the name of the secret; nil for a tenant without credentials.
func (t *Tenant) SecretName() *string {
	if t.settings.credentials == nil {
		return nil
	}
	return jsii.String(t.settings.secretName())
}

// ClientID is the OAuth client_id. It is no secret.
func (t *Tenant) ClientID() *string {
	if t.clientID == nil && t.ids.client == "" {
		t.clientID = jsii.String(t.settings.clientID)
	} else if t.clientID == nil {
		t.clientID = t.resource(t.ids.client).Ref()
	}
	return t.clientID
}

// Scopes are all scopes that the client may ask for, as identifier/name, the tenant's own last.
func (t *Tenant) Scopes() []*string { return *jsii.Strings(t.settings.scopes()...) }

// AccessTokenValidity is how long the client's tokens live.
func (t *Tenant) AccessTokenValidity() awscdk.Duration {
	return awscdk.Duration_Minutes(jsii.Number(t.settings.validity.Minutes()))
}

// TokenURL is where the tenant asks for a token with all its scopes: POST with the credentials as HTTP Basic authorization and the body
// grant_type=client_credentials.
func (t *Tenant) TokenURL() *string {
	// %20 and not '+' for a space: only a form's decoder takes '+' for one, and API Gateway is not documented to.
	scope := strings.ReplaceAll(url.QueryEscape(strings.Join(t.settings.scopes(), " ")), "+", "%20")
	endpoint := t.settings.pool.TokenURL()
	if t.settings.proxy != nil {
		endpoint = t.settings.proxy.TokenURL()
	}
	return jsii.String(*endpoint + "?scope=" + scope + "&client_id=" + *t.ClientID())
}
