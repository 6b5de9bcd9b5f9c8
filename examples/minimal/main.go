// Command minimal is a CDK app of its own that imports the constructs: a user pool, the token service in front of it, and one tenant.
package main

import (
	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/jsii-runtime-go"

	"github.com/cognito-m2m/cognito-m2m-cdk/constructs/m2mpool"
	"github.com/cognito-m2m/cognito-m2m-cdk/constructs/tenantclient"
	"github.com/cognito-m2m/cognito-m2m-cdk/constructs/tokenservice"
)

func main() {
	defer jsii.Close()
	app := awscdk.NewApp(nil)
	addStack(app)
	app.Synth(nil)
}

func addStack(app awscdk.App) {
	stack := awscdk.NewStack(app, jsii.String("minimal"), nil)
	pool := m2mpool.NewM2MPool(stack, jsii.String("Pool"), &m2mpool.M2MPoolProps{
		Domain: &m2mpool.Domain{Prefix: jsii.String("example-m2m")},
		ResourceServers: []*m2mpool.ResourceServer{{
			Identifier: jsii.String("orders"),
			Scopes:     []*m2mpool.Scope{{Name: jsii.String("read"), Description: jsii.String("Read orders")}},
		}},
	})
	service := tokenservice.NewTokenService(stack, jsii.String("TokenService"), &tokenservice.TokenServiceProps{Pool: pool})
	billing := tenantclient.NewTenantClient(stack, jsii.String("billing"), &tenantclient.TenantClientProps{
		Pool: pool, Proxy: service, TenantID: jsii.String("billing"), Scopes: *jsii.Strings("orders/read"),
	})
	awscdk.NewCfnOutput(stack, jsii.String("TokenUrl"), &awscdk.CfnOutputProps{Value: billing.TokenURL()})
}
