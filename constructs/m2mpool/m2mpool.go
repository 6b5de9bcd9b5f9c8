// Package m2mpool creates a Cognito user pool that serves machine-to-machine clients only.
package m2mpool

import (
	"net/url"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awscertificatemanager"
	"github.com/aws/aws-cdk-go/awscdk/v2/awscognito"
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"

	"github.com/cognito-m2m/cognito-m2m-cdk/constructs/internal/nag"
	"github.com/cognito-m2m/cognito-m2m-cdk/constructs/internal/report"
)

// M2MPool is a user pool of machine clients. One that NewM2MPool creates has no users: nobody can sign up or sign in, its domain serves
// /oauth2/token, and its resource servers define the custom scopes that app clients ask for with the client-credentials grant.
type M2MPool struct {
	constructs.Construct
	userPool   awscognito.IUserPool
	userPoolID *string
	issuer     *string
	existing   bool
	domain     awscognito.IUserPoolDomain
	domainURL  string
	servers    map[string]awscognito.IUserPoolResourceServer
	scopes     []string
}

// NewM2MPool creates, in this order, the user pool, its domain in the classic branding (a machine never sees the login pages, and managed
// login would need a style of its own), and one resource server for each of props.ResourceServers.
//
// Mistakes in props become error annotations on the construct, all of them in one synth.
func NewM2MPool(scope constructs.Construct, id *string, props *M2MPoolProps) *M2MPool {
	p := &M2MPool{Construct: constructs.NewConstruct(scope, id), servers: map[string]awscognito.IUserPoolResourceServer{}}
	if props == nil {
		props = &M2MPoolProps{}
	}
	var errs report.Errors
	valid := props.check(&errs)
	errs.Attach(p.Construct)

	p.addUserPool(&valid)
	p.addDomain(valid.Domain)
	for _, server := range valid.ResourceServers {
		p.addResourceServer(server)
	}
	return p
}

func (p *M2MPool) addUserPool(props *M2MPoolProps) {
	removal := props.RemovalPolicy
	if removal == "" {
		removal = awscdk.RemovalPolicy_RETAIN
	}
	// Nobody has a password here; should an administrator create a user in spite of that, a weak one is refused.
	password := &awscognito.PasswordPolicy{
		MinLength:            jsii.Number(20),
		RequireLowercase:     jsii.Bool(true),
		RequireUppercase:     jsii.Bool(true),
		RequireDigits:        jsii.Bool(true),
		RequireSymbols:       jsii.Bool(true),
		TempPasswordValidity: awscdk.Duration_Days(jsii.Number(1)),
	}
	userPool := awscognito.NewUserPool(p.Construct, jsii.String("UserPool"), &awscognito.UserPoolProps{
		UserPoolName:       props.UserPoolName,
		FeaturePlan:        props.FeaturePlan,
		SelfSignUpEnabled:  jsii.Bool(false),
		AccountRecovery:    awscognito.AccountRecovery_NONE,
		Mfa:                awscognito.Mfa_OFF,
		PasswordPolicy:     password,
		DeletionProtection: jsii.Bool(props.DisableDeletionProtection == nil || !*props.DisableDeletionProtection),
		RemovalPolicy:      removal,
	})
	p.userPool, p.userPoolID, p.issuer = userPool, userPool.UserPoolId(), userPool.UserPoolProviderUrl()
	nag.Suppress(userPool,
		nag.Suppression{Rule: "AwsSolutions-COG2", Reason: "The pool has no users and no client with a user sign-in flow, so there is nobody " +
			"to ask for a second factor."},
		nag.Suppression{Rule: "AwsSolutions-COG3", Reason: "Threat protection rates user sign-ins; this pool only issues client-credentials " +
			"tokens, which it does not inspect."},
		nag.Suppression{Rule: "AwsSolutions-COG8", Reason: "What the Plus plan adds rates user sign-ins, of which this pool has none. The " +
			"plan is a prop."},
	)
}

func (p *M2MPool) addDomain(d *Domain) {
	p.domainURL = d.url(p.Construct)
	props := &awscognito.UserPoolDomainProps{UserPool: p.userPool, ManagedLoginVersion: awscognito.ManagedLoginVersion_CLASSIC_HOSTED_UI}
	if d.Prefix != nil {
		props.CognitoDomain = &awscognito.CognitoDomainOptions{DomainPrefix: d.Prefix}
	} else {
		certificate := awscertificatemanager.Certificate_FromCertificateArn(p.Construct, jsii.String("Certificate"), d.CertificateArn)
		props.CustomDomain = &awscognito.CustomDomainOptions{DomainName: d.CustomName, Certificate: certificate}
	}
	p.domain = awscognito.NewUserPoolDomain(p.Construct, jsii.String("Domain"), props)
}

// url is https://docs.aws.amazon.com/cognito/latest/developerguide/cognito-user-pools-assign-domain-prefix.html
func (d *Domain) url(scope constructs.Construct) string {
	if d.Prefix != nil {
		return "https://" + *d.Prefix + ".auth." + *awscdk.Stack_Of(scope).Region() + ".amazoncognito.com"
	}
	return "https://" + *d.CustomName
}

func (p *M2MPool) addResourceServer(server *ResourceServer) {
	scopes := make([]awscognito.ResourceServerScope, 0, len(server.Scopes))
	for _, s := range server.Scopes {
		scopes = append(scopes, awscognito.NewResourceServerScope(&awscognito.ResourceServerScopeProps{ScopeName: s.Name,
			ScopeDescription: s.Description}))
	}
	name := server.Name
	if name == nil {
		name = server.Identifier
	}
	p.servers[*server.Identifier] = awscognito.NewUserPoolResourceServer(p.Construct, ResourceServerID(*server.Identifier),
		&awscognito.UserPoolResourceServerProps{
			UserPool:                   p.userPool,
			Identifier:                 server.Identifier,
			UserPoolResourceServerName: name,
			Scopes:                     &scopes,
		})
	p.scopes = append(p.scopes, server.FullNames()...)
}

// ResourceServerID is the construct ID of a resource server: a function of its identifier alone, so that no other resource server's coming
// or going replaces it. It is escaped, since CDK takes '/' for '--' in an ID, which would let two identifiers meet.
func ResourceServerID(identifier string) *string {
	return jsii.String("ResourceServer-" + url.PathEscape(identifier))
}

// UserPool is the user pool.
func (p *M2MPool) UserPool() awscognito.IUserPool { return p.userPool }

// Existing says that the app does not create the pool, which may have users, hosted pages and a web ACL: see FromUserPool.
func (p *M2MPool) Existing() bool { return p.existing }

// UserPoolID is the user pool's id.
func (p *M2MPool) UserPoolID() *string { return p.userPoolID }

// Domain is the user pool's domain.
func (p *M2MPool) Domain() awscognito.IUserPoolDomain { return p.domain }

// DomainURL is the base of the pool's OAuth endpoints, without a slash at the end.
func (p *M2MPool) DomainURL() *string { return jsii.String(p.domainURL) }

// TokenURL is Cognito's own token endpoint. Behind a web ACL that only lets the gateway through, clients use the gateway's instead.
func (p *M2MPool) TokenURL() *string { return jsii.String(p.domainURL + "/oauth2/token") }

// ResourceServer is the resource server with this identifier; nil if this construct does not create it.
func (p *M2MPool) ResourceServer(identifier string) awscognito.IUserPoolResourceServer {
	return p.servers[identifier]
}

// Scopes are all custom scopes of the pool's resource servers, as identifier/name. Scopes of tenants' own are not among them.
func (p *M2MPool) Scopes() []*string { return *jsii.Strings(p.scopes...) }

// Issuer is the iss claim of the pool's tokens. For an existing pool it is that of the default issuer type, ORIGINAL.
func (p *M2MPool) Issuer() *string { return p.issuer }

// JwksURL is where the public keys that verify the pool's tokens are.
func (p *M2MPool) JwksURL() *string { return jsii.String(*p.Issuer() + "/.well-known/jwks.json") }
