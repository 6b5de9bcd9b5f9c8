package m2mpool_test

import (
	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/jsii-runtime-go"

	"github.com/cognito-m2m/cognito-m2m-cdk/constructs/m2mpool"
)

// A user pool for machine clients, with one API and its scope.
func ExampleNewM2MPool() {
	stack := awscdk.NewStack(awscdk.NewApp(nil), jsii.String("tokens"), nil)
	pool := m2mpool.NewM2MPool(stack, jsii.String("Pool"), &m2mpool.M2MPoolProps{
		Domain: &m2mpool.Domain{Prefix: jsii.String("example-m2m")},
		ResourceServers: []*m2mpool.ResourceServer{{
			Identifier: jsii.String("orders"),
			Scopes:     []*m2mpool.Scope{{Name: jsii.String("read"), Description: jsii.String("Read orders")}},
		}},
	})
	awscdk.NewCfnOutput(stack, jsii.String("Issuer"), &awscdk.CfnOutputProps{Value: pool.Issuer()})
}

// A user pool that the app does not create.
func ExampleFromUserPool() {
	stack := awscdk.NewStack(awscdk.NewApp(nil), jsii.String("tokens"), nil)
	pool := m2mpool.FromUserPool(stack, jsii.String("Pool"), &m2mpool.ExistingPoolProps{
		UserPoolID: jsii.String("eu-west-1_Example01"),
		Domain:     &m2mpool.Domain{Prefix: jsii.String("example-m2m")},
		ResourceServers: []*m2mpool.ExistingResourceServer{
			{Identifier: jsii.String("orders"), Scopes: *jsii.Strings("read", "write")},
		},
	})
	awscdk.NewCfnOutput(stack, jsii.String("TokenUrl"), &awscdk.CfnOutputProps{Value: pool.TokenURL()})
}
