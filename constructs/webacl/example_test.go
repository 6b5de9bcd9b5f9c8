package webacl_test

import (
	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/jsii-runtime-go"

	"github.com/cognito-m2m/cognito-m2m-cdk/constructs/m2mpool"
	"github.com/cognito-m2m/cognito-m2m-cdk/constructs/originheader"
	"github.com/cognito-m2m/cognito-m2m-cdk/constructs/tokenproxy"
	"github.com/cognito-m2m/cognito-m2m-cdk/constructs/webacl"
)

// The web ACL that lets only the gateway reach the user pool.
func ExampleNewPoolWebACL() {
	stack := awscdk.NewStack(awscdk.NewApp(nil), jsii.String("tokens"), nil)
	pool := m2mpool.NewM2MPool(stack, jsii.String("Pool"), &m2mpool.M2MPoolProps{
		Domain: &m2mpool.Domain{Prefix: jsii.String("example-m2m")},
		ResourceServers: []*m2mpool.ResourceServer{{
			Identifier: jsii.String("orders"),
			Scopes:     []*m2mpool.Scope{{Name: jsii.String("read"), Description: jsii.String("Read orders")}},
		}},
	})
	header := originheader.NewOriginHeader(stack, jsii.String("OriginHeader"), nil)
	webacl.NewPoolWebACL(stack, jsii.String("PoolWebAcl"), &webacl.PoolWebACLProps{Pool: pool, OriginHeader: header})
}

// A web ACL in front of the gateway.
func ExampleNewEdgeWebACL() {
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
	webacl.NewEdgeWebACL(stack, jsii.String("EdgeWebAcl"), &webacl.EdgeWebACLProps{
		Proxy: proxy, OriginHeader: header, RateLimitPerIP: jsii.Number(500), AllowedCountries: *jsii.Strings("DE", "NL"),
	})
}
