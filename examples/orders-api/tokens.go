package main

import (
	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/jsii-runtime-go"

	"github.com/cognito-m2m/cognito-m2m-cdk/constructs/clientsecret"
	"github.com/cognito-m2m/cognito-m2m-cdk/constructs/m2mpool"
	"github.com/cognito-m2m/cognito-m2m-cdk/constructs/originheader"
	"github.com/cognito-m2m/cognito-m2m-cdk/constructs/tenantclient"
	"github.com/cognito-m2m/cognito-m2m-cdk/constructs/tokenproxy"
	"github.com/cognito-m2m/cognito-m2m-cdk/constructs/webacl"
)

// Scopes of the orders API.
const (
	readScope  = "orders/read"
	writeScope = "orders/write"
)

// tenantScopes are the tenants and what their clients may ask for.
var tenantScopes = []struct {
	tenant string
	scopes []string
}{
	{"billing", []string{readScope, writeScope}},
	{"webshop", []string{readScope, writeScope}},
	{"audit", []string{readScope}},
}

// tokens issue access tokens to the tenants.
type tokens struct {
	pool    *m2mpool.M2MPool
	proxy   *tokenproxy.TokenProxy
	tenants []*tenantclient.TenantClient
}

// newTokens makes the user pool, the token gateway in front of it, and the tenants with credentials that rotate.
func newTokens(stack awscdk.Stack) tokens {
	pool := m2mpool.NewM2MPool(stack, jsii.String("Pool"), &m2mpool.M2MPoolProps{
		Domain: &m2mpool.Domain{Prefix: jsii.String("example-orders")},
		ResourceServers: []*m2mpool.ResourceServer{{
			Identifier: jsii.String("orders"),
			Scopes: []*m2mpool.Scope{
				{Name: jsii.String("read"), Description: jsii.String("Read orders")},
				{Name: jsii.String("write"), Description: jsii.String("Write orders")},
			},
		}},
	})
	header := originheader.NewOriginHeader(stack, jsii.String("OriginHeader"), nil)
	acl := webacl.NewPoolWebACL(stack, jsii.String("PoolWebAcl"), &webacl.PoolWebACLProps{UserPool: pool.UserPool(), OriginHeader: header})

	validity := awscdk.Duration_Hours(jsii.Number(1))
	proxy := tokenproxy.NewTokenProxy(stack, jsii.String("TokenProxy"), &tokenproxy.TokenProxyProps{
		Pool: pool, OriginHeader: header, ShortestTokenValidity: validity,
	})
	originheader.NewHeaderRotation(stack, jsii.String("Rotation"), &originheader.HeaderRotationProps{
		OriginHeader: header, Stage: proxy.Stage(), Association: acl.Association(), CognitoTokenURL: pool.TokenURL(), GatewayTokenURL: proxy.TokenURL(),
	})
	credentials := clientsecret.NewSecretRotation(stack, jsii.String("Credentials"), &clientsecret.SecretRotationProps{
		Pool: pool, Proxy: proxy, OriginHeader: header, SecretPrefix: jsii.String("orders/tenants/"),
	})
	t := tokens{pool: pool, proxy: proxy}
	for _, of := range tenantScopes {
		t.tenants = append(t.tenants, tenantclient.NewTenantClient(stack, jsii.String(of.tenant), &tenantclient.TenantClientProps{
			Pool: pool, Proxy: proxy, Credentials: credentials, TenantID: jsii.String(of.tenant), Scopes: *jsii.Strings(of.scopes...), AccessTokenValidity: validity,
		}))
	}
	return t
}
