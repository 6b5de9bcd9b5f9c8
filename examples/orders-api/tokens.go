package main

import (
	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/jsii-runtime-go"

	"github.com/cognito-m2m/cognito-m2m-cdk/constructs/clientsecret"
	"github.com/cognito-m2m/cognito-m2m-cdk/constructs/m2mpool"
	"github.com/cognito-m2m/cognito-m2m-cdk/constructs/tenantclient"
	"github.com/cognito-m2m/cognito-m2m-cdk/constructs/tokenservice"
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
	service := tokenservice.NewTokenService(stack, jsii.String("TokenService"), &tokenservice.TokenServiceProps{Pool: pool})
	credentials := clientsecret.NewSecretRotation(stack, jsii.String("Credentials"), &clientsecret.SecretRotationProps{
		Pool: pool, Proxy: service, OriginHeader: service.OriginHeader(), SecretPrefix: jsii.String("orders/tenants/"),
	})
	t := tokens{pool: pool}
	for _, of := range tenantScopes {
		t.tenants = append(t.tenants, tenantclient.NewTenantClient(stack, jsii.String(of.tenant), &tenantclient.TenantClientProps{
			Pool: pool, Proxy: service, Credentials: credentials, TenantID: jsii.String(of.tenant), Scopes: *jsii.Strings(of.scopes...),
		}))
	}
	return t
}
