package e2e_test

import (
	"strings"
	"testing"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awskms"
	"github.com/aws/jsii-runtime-go"

	"github.com/cognito-m2m/cognito-m2m-cdk/constructs/m2mpool"
	"github.com/cognito-m2m/cognito-m2m-cdk/constructs/originheader"
	"github.com/cognito-m2m/cognito-m2m-cdk/constructs/tokenproxy"
)

// An environment has one front door; this stack has every kind.
func TestNag_findsNothingInAnyFrontDoor(t *testing.T) {
	found := nag(t, "dev", func(app awscdk.App) {
		stack := awscdk.NewStack(app, jsii.String("doors"), nil)
		pool := m2mpool.NewM2MPool(stack, jsii.String("Pool"), &m2mpool.M2MPoolProps{Domain: &m2mpool.Domain{Prefix: jsii.String("acme")}})
		header := originheader.NewOriginHeader(stack, jsii.String("OriginHeader"), nil)
		proxy := func(id string, authorization tokenproxy.Authorization, endpoint tokenproxy.Endpoint) *tokenproxy.TokenProxy {
			return tokenproxy.NewTokenProxy(stack, jsii.String(id), &tokenproxy.TokenProxyProps{
				Pool: pool, OriginHeader: header, Authorization: &authorization, Endpoint: &endpoint,
			})
		}
		proxy("AllowList", tokenproxy.Authorization{Lambda: &tokenproxy.LambdaAuthorizer{
			AllowList: &tokenproxy.AllowList{ClientIDs: *jsii.Strings("1example23456789")},
		}}, tokenproxy.Endpoint{ResourcePolicy: &tokenproxy.ResourcePolicy{AllowedCIDRs: *jsii.Strings("203.0.113.0/24")}})
		proxy("IAM", tokenproxy.Authorization{IAM: &tokenproxy.IAMAuthorization{}},
			tokenproxy.Endpoint{Private: &tokenproxy.PrivateEndpoint{VPCEndpointIDs: *jsii.Strings("vpce-0a1b2c3d")}})
		metered := proxy("APIKey", tokenproxy.Authorization{APIKey: jsii.Bool(true),
			UsagePlans: []*tokenproxy.UsagePlan{{Name: jsii.String("gold")}}},
			tokenproxy.Endpoint{DisableDefaultEndpoint: jsii.Bool(true)})
		tokenproxy.NewAPIKey(stack, jsii.String("shop"), &tokenproxy.APIKeyProps{
			Proxy: metered, Plan: jsii.String("gold"), TenantID: jsii.String("shop"), SecretName: jsii.String("m2m/dev/api-keys/shop"),
			EncryptionKey: awskms.NewKey(stack, jsii.String("Key"), &awskms.KeyProps{EnableKeyRotation: jsii.Bool(true)}),
		})
	})
	for _, finding := range found {
		// This stack has no rotation of the origin header; dev has one.
		if !strings.HasPrefix(finding, "/doors/OriginHeader/Secret/Resource: AwsSolutions-SMG4") {
			t.Error(finding)
		}
	}
	if len(found) != 1 {
		t.Errorf("got %d findings, want the one of the secret that nothing rotates here", len(found))
	}
}
