package tokendomain_test

import (
	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/jsii-runtime-go"

	"github.com/cognito-m2m/cognito-m2m-cdk/constructs/m2mpool"
	"github.com/cognito-m2m/cognito-m2m-cdk/constructs/originheader"
	"github.com/cognito-m2m/cognito-m2m-cdk/constructs/tokendomain"
	"github.com/cognito-m2m/cognito-m2m-cdk/constructs/tokenproxy"
)

// A domain name for the token endpoint.
func ExampleNewTokenDomain() {
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
		Pool: pool, OriginHeader: header, Endpoint: &tokenproxy.Endpoint{DisableDefaultEndpoint: jsii.Bool(true)},
	})
	tokendomain.NewTokenDomain(stack, jsii.String("TokenDomain"), &tokendomain.TokenDomainProps{
		Proxy:          proxy,
		DomainName:     jsii.String("token.example.com"),
		CertificateArn: jsii.String("arn:aws:acm:eu-west-1:111122223333:certificate/0f1e2d3c"),
	})
}
