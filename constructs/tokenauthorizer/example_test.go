package tokenauthorizer_test

import (
	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsapigateway"
	"github.com/aws/jsii-runtime-go"

	"github.com/cognito-m2m/cognito-m2m-cdk/constructs/m2mpool"
	"github.com/cognito-m2m/cognito-m2m-cdk/constructs/tokenauthorizer"
)

// A method that needs a token with a scope.
func ExampleNewLambdaAuthorizer() {
	stack := awscdk.NewStack(awscdk.NewApp(nil), jsii.String("tokens"), nil)
	pool := m2mpool.NewM2MPool(stack, jsii.String("Pool"), &m2mpool.M2MPoolProps{
		Domain: &m2mpool.Domain{Prefix: jsii.String("example-m2m")},
		ResourceServers: []*m2mpool.ResourceServer{{
			Identifier: jsii.String("orders"),
			Scopes:     []*m2mpool.Scope{{Name: jsii.String("read"), Description: jsii.String("Read orders")}},
		}},
	})
	api := awsapigateway.NewRestApi(stack, jsii.String("Orders"), nil)
	authorizer := tokenauthorizer.NewLambdaAuthorizer(stack, jsii.String("Authorizer"), &tokenauthorizer.LambdaAuthorizerProps{
		API: api, Pool: pool,
		Clients: []*tokenauthorizer.Client{{ID: jsii.String("1example23456789"), Tenant: jsii.String("billing")}},
	})
	read := api.Root().AddResource(jsii.String("orders"), nil).AddMethod(jsii.String("GET"), nil, nil)
	authorizer.Require(read, &tokenauthorizer.Requirement{Scopes: *jsii.Strings("orders/read")})
}
