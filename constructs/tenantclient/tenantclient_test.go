package tenantclient_test

import (
	"fmt"
	"testing"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/jsii-runtime-go"
	"github.com/google/go-cmp/cmp"

	"github.com/cognito-m2m/cognito-m2m-cdk/constructs/m2mpool"
	"github.com/cognito-m2m/cognito-m2m-cdk/constructs/originheader"
	"github.com/cognito-m2m/cognito-m2m-cdk/constructs/tenantclient"
	"github.com/cognito-m2m/cognito-m2m-cdk/constructs/tokenproxy"
	"github.com/cognito-m2m/cognito-m2m-cdk/internal/testkit/cdktest"
)

func TestMain(m *testing.M) { cdktest.Main(m) }

func scope(name string) *m2mpool.Scope {
	return &m2mpool.Scope{Name: jsii.String(name), Description: jsii.String("Scope " + name)}
}

func newPool(stack awscdk.Stack) *m2mpool.M2MPool {
	return m2mpool.NewM2MPool(stack, jsii.String("Pool"), &m2mpool.M2MPoolProps{
		Domain: &m2mpool.Domain{Prefix: jsii.String("acme")},
		ResourceServers: []*m2mpool.ResourceServer{
			{Identifier: jsii.String("orders"), Scopes: []*m2mpool.Scope{scope("read"), scope("write")}},
			{Identifier: jsii.String("tenant-taken"), Scopes: []*m2mpool.Scope{scope("read")}},
		},
	})
}

func newProxy(stack awscdk.Stack, pool *m2mpool.M2MPool) *tokenproxy.TokenProxy {
	return tokenproxy.NewTokenProxy(stack, jsii.String("Proxy"), &tokenproxy.TokenProxyProps{
		Pool:         pool,
		OriginHeader: originheader.NewOriginHeader(stack, jsii.String("Header"), nil),
	})
}

func minutes(n float64) awscdk.Duration { return awscdk.Duration_Minutes(jsii.Number(n)) }

func TestTenantClient_clientCanOnlyAskForTokens(t *testing.T) {
	stack := cdktest.NewStack(t)
	pool := newPool(stack)
	client := tenantclient.NewTenantClient(stack, jsii.String("billing"), &tenantclient.TenantClientProps{
		Pool:                pool,
		Proxy:               newProxy(stack, pool),
		TenantID:            jsii.String("billing"),
		Scopes:              *jsii.Strings("orders/read"),
		OwnScopes:           []*m2mpool.Scope{scope("export")},
		AccessTokenValidity: minutes(90),
	})
	awscdk.NewCfnOutput(stack, jsii.String("Url"), &awscdk.CfnOutputProps{Value: client.TokenURL()})
	template := cdktest.Synth(t, stack)
	if errs := cdktest.Errors(stack); len(errs) > 0 {
		t.Fatal(errs)
	}

	// Pinned: a changed logical ID replaces the client or takes its scopes away, an outage for its tenant.
	const id, ownID = "billingClientE614C3A6", "billingResourceServer28B21B51"
	got := template.Properties(id)
	delete(got, "UserPoolId")
	want := map[string]any{
		"AccessTokenValidity":             90.0,
		"AllowedOAuthFlows":               []any{"client_credentials"},
		"AllowedOAuthFlowsUserPoolClient": true,
		"AllowedOAuthScopes":              []any{"orders/read", "tenant-billing/export"},
		"ClientName":                      "billing",
		"EnableTokenRevocation":           true,
		"ExplicitAuthFlows":               []any{"ALLOW_REFRESH_TOKEN_AUTH"},
		"GenerateSecret":                  true,
		"PreventUserExistenceErrors":      "ENABLED",
		"TokenValidityUnits":              map[string]any{"AccessToken": "minutes"},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("app client (-want +got):\n%s", diff)
	}
	own := template.Properties(ownID)
	if own["Identifier"] != "tenant-billing" {
		t.Errorf("own resource server: got %v", own["Identifier"])
	}
	if diff := cmp.Diff([]any{ownID, "PoolResourceServerorders58C12882"}, template.Resource(id)["DependsOn"]); diff != "" {
		t.Errorf("the client must wait for its scopes (-want +got):\n%s", diff)
	}
	join := cdktest.At(t, template.Body, "Outputs", "Url", "Value", "Fn::Join", 1).([]any)
	const query = "/oauth2/token?scope=orders%2Fread%20tenant-billing%2Fexport&client_id="
	if n := len(join); join[n-2] != query || cdktest.At(t, join[n-1], "Ref") != id {
		t.Errorf("token URL: got %s", cdktest.JSON(t, join))
	}
}

func TestTenantClient_withoutProxyTheTokenURLIsCognitos(t *testing.T) {
	stack := cdktest.NewStack(t)
	client := tenantclient.NewTenantClient(stack, jsii.String("billing"), &tenantclient.TenantClientProps{
		Pool: newPool(stack), TenantID: jsii.String("billing"), Scopes: *jsii.Strings("orders/read"),
		// Too short for a cache, but not for Cognito.
		AccessTokenValidity: minutes(5),
	})
	awscdk.NewCfnOutput(stack, jsii.String("Url"), &awscdk.CfnOutputProps{Value: client.TokenURL()})
	template := cdktest.Synth(t, stack)
	if errs := cdktest.Errors(stack); len(errs) > 0 {
		t.Fatal(errs)
	}
	if got := cdktest.At(t, template.Body, "Outputs", "Url", "Value", "Fn::Join", 1, 0); got != "https://acme.auth." {
		t.Errorf("token URL begins with %v", got)
	}
}

func TestProps_mistakesAreReportedTogether(t *testing.T) {
	fifty := make([]*m2mpool.Scope, 50)
	for i := range fifty {
		fifty[i] = scope(fmt.Sprintf("s%d", i))
	}
	tests := map[string]struct {
		props tenantclient.TenantClientProps
		proxy bool
		want  []string
	}{
		"nothing given": {want: []string{`Scopes: tenant "invalid" has 0 scopes`, "TenantID: is required"}},
		"bad id, unknown and repeated scope": {
			props: tenantclient.TenantClientProps{TenantID: jsii.String("Billing_1"), Scopes: *jsii.Strings("orders/read", "orders/raed",
				"orders/read")},
			want: []string{
				`Scopes[1]: "orders/raed" is neither a scope of the pool's resource servers nor of OwnScopes: ` +
					`use one of [orders/read orders/write tenant-taken/read]`,
				`Scopes[2]: duplicate "orders/read"`,
				`TenantID: tenant id "Billing_1" is not allowed`,
			},
		},
		"too many scopes": {
			props: tenantclient.TenantClientProps{TenantID: jsii.String("a"), Scopes: *jsii.Strings("orders/read"), OwnScopes: fifty},
			want:  []string{`Scopes: tenant "a" has 51 scopes, OwnScopes included: a client has 1 to 50`},
		},
		"user scope": {
			props: tenantclient.TenantClientProps{TenantID: jsii.String("a"), Scopes: *jsii.Strings("openid")},
			want:  []string{`Scopes[0]: "openid" is neither`},
		},
		"as many scopes as allowed, own ones named": {
			props: tenantclient.TenantClientProps{TenantID: jsii.String("a"), Scopes: *jsii.Strings("tenant-a/s0", "tenant-a/s1"), OwnScopes: fifty},
		},
		"own scope with slash": {
			props: tenantclient.TenantClientProps{TenantID: jsii.String("a"), OwnScopes: []*m2mpool.Scope{scope("x/y")}},
			want:  []string{`OwnScopes[0].Name: scope name "x/y" is not allowed`},
		},
		"own resource server taken": {
			props: tenantclient.TenantClientProps{TenantID: jsii.String("taken"), OwnScopes: []*m2mpool.Scope{scope("x")}},
			want:  []string{`OwnScopes: the pool already has a resource server "tenant-taken"`},
		},
		"validity out of bounds": {
			props: tenantclient.TenantClientProps{TenantID: jsii.String("a"), Scopes: *jsii.Strings("orders/read"), AccessTokenValidity: minutes(4)},
			want:  []string{"AccessTokenValidity: access-token validity 4m0s is not allowed: use whole minutes from 5m to 24h"},
		},
		"validity in seconds": {
			props: tenantclient.TenantClientProps{TenantID: jsii.String("a"), Scopes: *jsii.Strings("orders/read"),
				AccessTokenValidity: awscdk.Duration_Seconds(jsii.Number(330))},
			want: []string{"AccessTokenValidity: access-token validity 5m30s is not allowed"},
		},
		"validity too short for the proxy's cache": {
			props: tenantclient.TenantClientProps{TenantID: jsii.String("a"), Scopes: *jsii.Strings("orders/read"),
				AccessTokenValidity: minutes(30)},
			proxy: true,
			want: []string{`AccessTokenValidity: cache TTL 45m0s is not allowed: ` +
				`use whole seconds from 1s to 25m0s, since client "a" has an access-token validity of 30m0s`},
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			stack := cdktest.NewStack(t)
			pool := newPool(stack)
			test.props.Pool = pool
			if test.proxy {
				test.props.Proxy = newProxy(stack, pool)
			}
			tenantclient.NewTenantClient(stack, jsii.String("tenant"), &test.props)
			cdktest.ExpectErrors(t, stack, test.want)
		})
	}
}
