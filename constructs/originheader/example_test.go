package originheader_test

import (
	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/jsii-runtime-go"

	"github.com/cognito-m2m/cognito-m2m-cdk/constructs/m2mpool"
	"github.com/cognito-m2m/cognito-m2m-cdk/constructs/originheader"
	"github.com/cognito-m2m/cognito-m2m-cdk/constructs/tokenproxy"
	"github.com/cognito-m2m/cognito-m2m-cdk/constructs/webacl"
)

// The rotation of the header between a proxy and the web ACL of the user pool.
func ExampleNewHeaderRotation() {
	stack := awscdk.NewStack(awscdk.NewApp(nil), jsii.String("tokens"), nil)
	pool := m2mpool.NewM2MPool(stack, jsii.String("Pool"), &m2mpool.M2MPoolProps{
		Domain: &m2mpool.Domain{Prefix: jsii.String("example-m2m")},
		ResourceServers: []*m2mpool.ResourceServer{{
			Identifier: jsii.String("orders"),
			Scopes:     []*m2mpool.Scope{{Name: jsii.String("read"), Description: jsii.String("Read orders")}},
		}},
	})
	header := originheader.NewOriginHeader(stack, jsii.String("OriginHeader"), nil)
	proxy := tokenproxy.NewTokenProxy(stack, jsii.String("TokenProxy"), &tokenproxy.TokenProxyProps{Pool: pool, OriginHeader: header})
	acl := webacl.NewPoolWebACL(stack, jsii.String("PoolWebAcl"), &webacl.PoolWebACLProps{Pool: pool, OriginHeader: header})
	originheader.NewHeaderRotation(stack, jsii.String("Rotation"), &originheader.HeaderRotationProps{
		OriginHeader: header, Stage: proxy.Stage(), Association: acl.Association(), CognitoTokenURL: pool.TokenURL(),
		GatewayTokenURL: proxy.TokenURL(),
	})
}
