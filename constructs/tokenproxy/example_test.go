package tokenproxy_test

import (
	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/jsii-runtime-go"

	"github.com/cognito-m2m/cognito-m2m-cdk/constructs/m2mpool"
	"github.com/cognito-m2m/cognito-m2m-cdk/constructs/originheader"
	"github.com/cognito-m2m/cognito-m2m-cdk/constructs/tokenproxy"
)

// A proxy with a cache TTL of its own, and the lock of its cache.
func ExampleNewTokenProxy() {
	stack := awscdk.NewStack(awscdk.NewApp(nil), jsii.String("tokens"), nil)
	pool := m2mpool.NewM2MPool(stack, jsii.String("Pool"), &m2mpool.M2MPoolProps{
		Domain: &m2mpool.Domain{Prefix: jsii.String("example-m2m")},
		ResourceServers: []*m2mpool.ResourceServer{{
			Identifier: jsii.String("orders"),
			Scopes:     []*m2mpool.Scope{{Name: jsii.String("read"), Description: jsii.String("Read orders")}},
		}},
	})
	header := originheader.NewOriginHeader(stack, jsii.String("OriginHeader"), nil)
	proxy := tokenproxy.NewTokenProxy(stack, jsii.String("TokenProxy"), &tokenproxy.TokenProxyProps{
		Pool: pool, OriginHeader: header, CacheTTL: awscdk.Duration_Minutes(jsii.Number(30)),
	})
	tokenproxy.NewCacheLock(stack, jsii.String("CacheLock"), &tokenproxy.CacheLockProps{Proxy: proxy})
}
