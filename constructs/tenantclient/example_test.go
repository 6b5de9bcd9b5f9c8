package tenantclient_test

import (
	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/jsii-runtime-go"

	"github.com/cognito-m2m/cognito-m2m-cdk/constructs/clientsecret"
	"github.com/cognito-m2m/cognito-m2m-cdk/constructs/m2mpool"
	"github.com/cognito-m2m/cognito-m2m-cdk/constructs/tenantclient"
	"github.com/cognito-m2m/cognito-m2m-cdk/constructs/tokenservice"
)

// A tenant whose credentials are in a secret and rotate.
func ExampleNewTenantClient() {
	stack := awscdk.NewStack(awscdk.NewApp(nil), jsii.String("tokens"), nil)
	pool := m2mpool.NewM2MPool(stack, jsii.String("Pool"), &m2mpool.M2MPoolProps{
		Domain: &m2mpool.Domain{Prefix: jsii.String("example-m2m")},
		ResourceServers: []*m2mpool.ResourceServer{{
			Identifier: jsii.String("orders"),
			Scopes:     []*m2mpool.Scope{{Name: jsii.String("read"), Description: jsii.String("Read orders")}},
		}},
	})
	service := tokenservice.NewTokenService(stack, jsii.String("TokenService"), &tokenservice.TokenServiceProps{Pool: pool})
	rotation := clientsecret.NewSecretRotation(stack, jsii.String("Credentials"), &clientsecret.SecretRotationProps{
		Pool: pool, Proxy: service, OriginHeader: service.OriginHeader(), SecretPrefix: jsii.String("example/tenants/"),
	})
	tenantclient.NewTenantClient(stack, jsii.String("billing"), &tenantclient.TenantClientProps{
		Pool: pool, Proxy: service, Credentials: rotation, TenantID: jsii.String("billing"), Scopes: *jsii.Strings("orders/read"),
	})
}

// A tenant that keeps its app client and its client secret.
func ExampleNewTenantClient_existing() {
	stack := awscdk.NewStack(awscdk.NewApp(nil), jsii.String("tokens"), nil)
	pool := m2mpool.NewM2MPool(stack, jsii.String("Pool"), &m2mpool.M2MPoolProps{
		Domain: &m2mpool.Domain{Prefix: jsii.String("example-m2m")},
		ResourceServers: []*m2mpool.ResourceServer{{
			Identifier: jsii.String("orders"),
			Scopes:     []*m2mpool.Scope{{Name: jsii.String("read"), Description: jsii.String("Read orders")}},
		}},
	})
	service := tokenservice.NewTokenService(stack, jsii.String("TokenService"), &tokenservice.TokenServiceProps{Pool: pool})
	rotation := clientsecret.NewSecretRotation(stack, jsii.String("Credentials"), &clientsecret.SecretRotationProps{
		Pool: pool, Proxy: service, OriginHeader: service.OriginHeader(), SecretPrefix: jsii.String("example/tenants/"),
	})
	tenantclient.NewTenantClient(stack, jsii.String("billing"), &tenantclient.TenantClientProps{
		Pool: pool, Proxy: service, Credentials: rotation, TenantID: jsii.String("billing"), Scopes: *jsii.Strings("orders/read"),
		ExistingClientID: jsii.String("1example23456789"),
	})
}
