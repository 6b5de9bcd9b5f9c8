// Command minimal is a CDK app of one's own that imports the constructs: a user pool, its protected token proxy with a rotating
// origin header, and one tenant.
package main

import (
	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/jsii-runtime-go"

	"github.com/cognito-m2m/cognito-m2m-cdk/constructs/m2mpool"
	"github.com/cognito-m2m/cognito-m2m-cdk/constructs/originheader"
	"github.com/cognito-m2m/cognito-m2m-cdk/constructs/tenantclient"
	"github.com/cognito-m2m/cognito-m2m-cdk/constructs/tokenproxy"
	"github.com/cognito-m2m/cognito-m2m-cdk/constructs/webacl"
)

func main() {
	defer jsii.Close()
	app := awscdk.NewApp(nil)
	stack := awscdk.NewStack(app, jsii.String("minimal"), nil)

	pool := m2mpool.NewM2MPool(stack, jsii.String("Pool"), &m2mpool.M2MPoolProps{
		Domain: &m2mpool.Domain{Prefix: jsii.String("example-m2m")},
		ResourceServers: []*m2mpool.ResourceServer{{
			Identifier: jsii.String("orders"),
			Scopes:     []*m2mpool.Scope{{Name: jsii.String("read"), Description: jsii.String("Read orders")}},
		}},
	})
	header := originheader.NewOriginHeader(stack, jsii.String("OriginHeader"), nil)
	acl := webacl.NewPoolWebACL(stack, jsii.String("PoolWebAcl"), &webacl.PoolWebACLProps{UserPool: pool.UserPool(), OriginHeader: header})

	proxy := tokenproxy.NewTokenProxy(stack, jsii.String("TokenProxy"), &tokenproxy.TokenProxyProps{
		Pool:         pool,
		OriginHeader: header,
	})
	originheader.NewHeaderRotation(stack, jsii.String("Rotation"), &originheader.HeaderRotationProps{
		OriginHeader:    header,
		Stage:           proxy.Stage(),
		Association:     acl.Association(),
		CognitoTokenURL: pool.TokenURL(),
		GatewayTokenURL: proxy.TokenURL(),
	})
	billing := tenantclient.NewTenantClient(stack, jsii.String("billing"), &tenantclient.TenantClientProps{
		Pool:     pool,
		Proxy:    proxy,
		TenantID: jsii.String("billing"),
		Scopes:   *jsii.Strings("orders/read"),
	})
	awscdk.NewCfnOutput(stack, jsii.String("TokenUrl"), &awscdk.CfnOutputProps{Value: billing.TokenURL()})
	app.Synth(nil)
}
