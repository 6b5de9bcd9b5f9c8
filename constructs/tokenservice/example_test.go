package tokenservice_test

import (
	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/jsii-runtime-go"

	"github.com/cognito-m2m/cognito-m2m-cdk/constructs/m2mpool"
	"github.com/cognito-m2m/cognito-m2m-cdk/constructs/tenantclient"
	"github.com/cognito-m2m/cognito-m2m-cdk/constructs/tokendomain"
	"github.com/cognito-m2m/cognito-m2m-cdk/constructs/tokenproxy"
	"github.com/cognito-m2m/cognito-m2m-cdk/constructs/tokenservice"
	"github.com/cognito-m2m/cognito-m2m-cdk/constructs/webacl"
)

// A user pool, the token service in front of it, and a tenant that asks it for tokens.
func ExampleNewTokenService() {
	app := awscdk.NewApp(nil)
	stack := awscdk.NewStack(app, jsii.String("tokens"), nil)
	pool := m2mpool.NewM2MPool(stack, jsii.String("Pool"), &m2mpool.M2MPoolProps{
		Domain: &m2mpool.Domain{Prefix: jsii.String("example-m2m")},
		ResourceServers: []*m2mpool.ResourceServer{{
			Identifier: jsii.String("orders"),
			Scopes:     []*m2mpool.Scope{{Name: jsii.String("read"), Description: jsii.String("Read orders")}},
		}},
	})
	service := tokenservice.NewTokenService(stack, jsii.String("TokenService"), &tokenservice.TokenServiceProps{Pool: pool})
	tenantclient.NewTenantClient(stack, jsii.String("billing"), &tenantclient.TenantClientProps{
		Pool: pool, Proxy: service, TenantID: jsii.String("billing"), Scopes: *jsii.Strings("orders/read"),
	})
}

// A domain name, and a web ACL in front of the API.
func ExampleNewTokenService_domainAndEdge() {
	app := awscdk.NewApp(nil)
	stack := awscdk.NewStack(app, jsii.String("tokens"), nil)
	pool := m2mpool.NewM2MPool(stack, jsii.String("Pool"), &m2mpool.M2MPoolProps{Domain: &m2mpool.Domain{Prefix: jsii.String("example-m2m")}})
	tokenservice.NewTokenService(stack, jsii.String("TokenService"), &tokenservice.TokenServiceProps{
		Pool: pool,
		Proxy: &tokenproxy.TokenProxyProps{
			Endpoint: &tokenproxy.Endpoint{DisableDefaultEndpoint: jsii.Bool(true), SecurityPolicy: jsii.String("TLS_1_2")},
		},
		Domain: &tokendomain.TokenDomainProps{
			DomainName:     jsii.String("token.example.com"),
			CertificateArn: jsii.String("arn:aws:acm:eu-west-1:111122223333:certificate/0f1e2d3c"),
		},
		Edge: &webacl.EdgeWebACLProps{RateLimitPerIP: jsii.Number(500), AllowedCountries: *jsii.Strings("DE", "NL")},
	})
}
