package tenantclient_test

import (
	"testing"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/jsii-runtime-go"
	"github.com/google/go-cmp/cmp"

	"github.com/cognito-m2m/cognito-m2m-cdk/constructs/m2mpool"
	"github.com/cognito-m2m/cognito-m2m-cdk/constructs/tenantclient"
	"github.com/cognito-m2m/cognito-m2m-cdk/internal/testkit/cdktest"
)

func existingPool(stack awscdk.Stack) *m2mpool.M2MPool {
	return m2mpool.FromUserPool(stack, jsii.String("Pool"), &m2mpool.ExistingPoolProps{
		UserPoolID:      jsii.String("eu-west-1_Example01"),
		Domain:          &m2mpool.Domain{Prefix: jsii.String("acme")},
		ResourceServers: []*m2mpool.ExistingResourceServer{{Identifier: jsii.String("orders"), Scopes: *jsii.Strings("read", "write")}},
	})
}

func TestExistingClient_getsASecretAndNothingElse(t *testing.T) {
	stack := cdktest.NewStack(t)
	tenants := tenantclient.NewTenantClients(stack, jsii.String("Tenants"), &tenantclient.TenantClientsProps{
		Pool: existingPool(stack), Credentials: newShared(stack), Tenants: []*tenantclient.TenantClientProps{
			{TenantID: jsii.String("billing"), ExistingClientID: jsii.String("1example23456789"), Scopes: *jsii.Strings("orders/read"),
				AccessTokenValidity: minutes(90)},
			{TenantID: jsii.String("shop"), Scopes: *jsii.Strings("orders/write")},
		},
	}).Tenants()
	awscdk.NewCfnOutput(stack, jsii.String("Client"), &awscdk.CfnOutputProps{Value: tenants[0].UserPoolClient().UserPoolClientId()})
	template := synthNoErrors(t, stack)
	if got := template.IDs("AWS::Cognito::UserPoolClient"); len(got) != 1 {
		t.Errorf("clients: got %v, want that of shop alone", got)
	}
	secret := template.Properties(secretID)
	if got := secret["Name"]; got != "m2m/test/tenants/billing@1example23456789" {
		t.Errorf("name of the secret: got %v", got)
	}
	if got := cdktest.At(t, secret, "Tags", 0); !cmp.Equal(got, map[string]any{"Key": "m2m:client-id", "Value": "1example23456789"}) {
		t.Errorf("tag: got %v", got)
	}
	want := map[string]any{"tenant": "billing", "clientId": "1example23456789", "scopes": []any{"orders/read"}, "accessTokenMinutes": 90.0}
	if diff := cmp.Diff(want, cdktest.At(t, template.Body, "Metadata", "cognito-m2m:existing-client:billing")); diff != "" {
		t.Errorf("metadata (-want +got):\n%s", diff)
	}
	for _, output := range []string{"Client", "billingClientId4664F7A9"} {
		if got := cdktest.At(t, template.Body, "Outputs", output, "Value"); got != "1example23456789" {
			t.Errorf("output %s: got %v", output, got)
		}
	}
	if got := *tenants[0].SecretName(); got != secret["Name"] {
		t.Errorf("SecretName: got %s", got)
	}
}

func TestExistingClient_reportsMistakes(t *testing.T) {
	id := jsii.String("1example23456789")
	for name, test := range map[string]struct {
		props       tenantclient.TenantClientProps
		credentials bool
		want        []string
	}{
		"without credentials": {tenantclient.TenantClientProps{ExistingClientID: id}, false, []string{"ExistingClientID: needs Credentials"}},
		"credentials disabled": {tenantclient.TenantClientProps{ExistingClientID: id, DisableCredentials: jsii.Bool(true)}, true,
			[]string{"ExistingClientID: needs Credentials"}},
		"own scopes": {tenantclient.TenantClientProps{ExistingClientID: id, OwnScopes: []*m2mpool.Scope{scope("export")}}, true,
			[]string{"OwnScopes: has 1 scopes, which an existing client does not get"}},
		"no id": {tenantclient.TenantClientProps{ExistingClientID: jsii.String("a@b")}, true,
			[]string{`ExistingClientID: client id "a@b" is not one of Cognito`}},
		"known at deployment": {tenantclient.TenantClientProps{ExistingClientID: awscdk.Aws_STACK_NAME()}, true,
			[]string{"ExistingClientID: must be known at synth"}},
		"scope that the pool lacks": {tenantclient.TenantClientProps{ExistingClientID: id, Scopes: *jsii.Strings("stock/read")}, true,
			[]string{`Scopes[1]: "stock/read" is neither a scope`}},
	} {
		t.Run(name, func(t *testing.T) {
			stack := cdktest.NewStack(t)
			test.props.Pool, test.props.TenantID = existingPool(stack), jsii.String("billing")
			test.props.Scopes = append(*jsii.Strings("orders/read"), test.props.Scopes...)
			if test.credentials {
				test.props.Credentials = newShared(stack)
			}
			tenantclient.NewTenantClient(stack, jsii.String("billing"), &test.props)
			cdktest.ExpectErrors(t, stack, test.want)
		})
	}
}

func TestExistingClient_ofTwoTenantsIsRefused(t *testing.T) {
	stack := cdktest.NewStack(t)
	var tenants []*tenantclient.TenantClientProps
	for _, id := range []string{"a", "b"} {
		tenants = append(tenants, &tenantclient.TenantClientProps{
			TenantID: jsii.String(id), ExistingClientID: jsii.String("1example23456789"), Scopes: *jsii.Strings("orders/read"),
		})
	}
	tenantclient.NewTenantClients(stack, jsii.String("Tenants"), &tenantclient.TenantClientsProps{
		Pool: existingPool(stack), Credentials: newShared(stack), Tenants: tenants,
	})
	cdktest.ExpectErrors(t, stack, []string{`ExistingClientID: duplicate "1example23456789": each tenant has a client of its own`})
}
