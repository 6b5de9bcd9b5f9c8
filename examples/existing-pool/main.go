// Command existing-pool is a CDK app of its own that puts the token service in front of a user pool that it does not create. One tenant
// keeps its app client and its credentials; the rotation adds a second client secret.
package main

import (
	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/jsii-runtime-go"

	"github.com/cognito-m2m/cognito-m2m-cdk/constructs/clientsecret"
	"github.com/cognito-m2m/cognito-m2m-cdk/constructs/m2mpool"
	"github.com/cognito-m2m/cognito-m2m-cdk/constructs/tenantclient"
	"github.com/cognito-m2m/cognito-m2m-cdk/constructs/tokenservice"
	"github.com/cognito-m2m/cognito-m2m-cdk/constructs/webacl"
)

func main() {
	defer jsii.Close()
	app := awscdk.NewApp(nil)
	addStack(app)
	app.Synth(nil)
}

func addStack(app awscdk.App) {
	stack := awscdk.NewStack(app, jsii.String("existing-pool"), &awscdk.StackProps{
		Env: &awscdk.Environment{Account: jsii.String("111122223333"), Region: jsii.String("eu-west-1")},
	})
	pool := m2mpool.FromUserPool(stack, jsii.String("Pool"), &m2mpool.ExistingPoolProps{
		UserPoolID: jsii.String("eu-west-1_Example01"),
		Domain:     &m2mpool.Domain{Prefix: jsii.String("example-m2m")},
		ResourceServers: []*m2mpool.ExistingResourceServer{
			{Identifier: jsii.String("orders"), Scopes: *jsii.Strings("read")},
		},
	})
	service := tokenservice.NewTokenService(stack, jsii.String("TokenService"), &tokenservice.TokenServiceProps{
		Pool: pool,
		// The pool has no users, and its web ACL is no longer needed.
		PoolWebACL: &webacl.PoolWebACLProps{UsersBlocked: jsii.Bool(true), WebACLReplaced: jsii.Bool(true)},
	})
	credentials := clientsecret.NewSecretRotation(stack, jsii.String("Credentials"), &clientsecret.SecretRotationProps{
		Pool: pool, Proxy: service, OriginHeader: service.OriginHeader(), SecretPrefix: jsii.String("example/tenants/"),
	})
	tenantclient.NewTenantClient(stack, jsii.String("billing"), &tenantclient.TenantClientProps{
		Pool: pool, Proxy: service, Credentials: credentials, TenantID: jsii.String("billing"),
		ExistingClientID: jsii.String("1example23456789"), Scopes: *jsii.Strings("orders/read"),
	})
}
