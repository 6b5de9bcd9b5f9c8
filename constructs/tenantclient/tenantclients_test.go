package tenantclient_test

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/assertions"
	"github.com/aws/jsii-runtime-go"
	"github.com/google/go-cmp/cmp"

	"github.com/cognito-m2m/cognito-m2m-cdk/constructs/m2mpool"
	"github.com/cognito-m2m/cognito-m2m-cdk/constructs/tenantclient"
	"github.com/cognito-m2m/cognito-m2m-cdk/internal/testkit/cdktest"
)

// threeTenants differ in everything that a tenant may have or not.
func threeTenants() []*tenantclient.TenantClientProps {
	return []*tenantclient.TenantClientProps{
		{TenantID: jsii.String("billing"), Scopes: *jsii.Strings("orders/read", "orders/write"), Readers: *jsii.Strings("444455556666"),
			AccessTokenValidity: minutes(90)},
		{TenantID: jsii.String("carrier-north"), OwnScopes: []*m2mpool.Scope{scope("proof")}},
		{TenantID: jsii.String("trial"), Scopes: *jsii.Strings("orders/read"), DisableCredentials: jsii.Bool(true)},
	}
}

// Many tenants at once are the same resources as each of them alone, in the tenants' own stack as in the stack of the pool.
func TestTenantClients_manyTenantsAreAsManyTenantClients(t *testing.T) {
	for name, choose := range map[string]func(awscdk.Stack) awscdk.Stack{
		"in a stack of their own":   otherStack,
		"in the stack of the pool":  func(home awscdk.Stack) awscdk.Stack { return home },
		"in a stack within a stack": func(home awscdk.Stack) awscdk.Stack { return awscdk.NewNestedStack(home, jsii.String("Nested"), nil) },
	} {
		t.Run(name, func(t *testing.T) {
			home := cdktest.NewStack(t)
			pool, credentials, stack := newPool(home), newShared(home), choose(home)
			var urls []*string
			for _, props := range threeTenants() {
				props.Pool, props.Credentials = pool, credentials
				urls = append(urls, tenantclient.NewTenantClient(stack, props.TenantID, props).TokenURL())
			}
			want := resolved(stack, urls)
			alone := cdktest.Synth(t, stack)

			home = cdktest.NewStack(t)
			pool, credentials, stack = newPool(home), newShared(home), choose(home)
			many := tenantclient.NewTenantClients(stack, jsii.String("Tenants"), &tenantclient.TenantClientsProps{Pool: pool,
				Credentials: credentials, Tenants: threeTenants()})
			urls = nil
			for _, tenant := range many.Tenants() {
				urls = append(urls, tenant.TokenURL())
			}
			if diff := cmp.Diff(want, resolved(stack, urls)); diff != "" {
				t.Errorf("token URLs (-alone +together):\n%s", diff)
			}
			together := cdktest.Synth(t, stack)
			if diff := cmp.Diff(alone.Body["Resources"], together.Body["Resources"]); diff != "" {
				t.Errorf("(-alone +together):\n%s", diff)
			}
			if got := together.IDs("AWS::Cognito::UserPoolClient"); len(got) != 3 {
				t.Errorf("clients: got %v, want 3", got)
			}
			outputs := together.Body["Outputs"].(map[string]any)
			output := map[string]any{"Description": "client_id of tenant billing", "Value": map[string]any{"Ref": clientID}}
			if diff := cmp.Diff(output, outputs["billingClientId4664F7A9"]); diff != "" {
				t.Errorf("output (-want +got):\n%s\nin %s", diff, cdktest.JSON(t, outputs))
			}
		})
	}
}

func resolved(stack awscdk.Stack, values []*string) any { return stack.Resolve(values) }

func TestTenantClients_everyResourceIsWithinReach(t *testing.T) {
	home := cdktest.NewStack(t)
	credentials, stack := newShared(home), otherStack(home)
	tenants := tenantclient.NewTenantClients(stack, jsii.String("Tenants"), &tenantclient.TenantClientsProps{Pool: newPool(home),
		Credentials: credentials, Tenants: threeTenants()}).Tenants()
	for _, tenant := range tenants {
		for name, value := range map[string]*string{"Client": tenant.UserPoolClient().UserPoolClientId(),
			"Again": tenant.UserPoolClient().UserPoolClientId()} {
			awscdk.NewCfnOutput(stack, jsii.String(*tenant.TenantID()+name), &awscdk.CfnOutputProps{Value: value})
		}
	}
	billing, carrier, trial := tenants[0], tenants[1], tenants[2]
	if billing.OwnResourceServer() != nil || *carrier.OwnResourceServer().Identifier() != "tenant-carrier-north" {
		t.Error("own resource servers: want one of carrier-north alone")
	}
	if *billing.SecretName() != "m2m/test/tenants/billing" || trial.Secret() != nil || *billing.AccessTokenValidity().ToMinutes(nil) != 90 {
		t.Errorf("got secrets %v and %v, validity %v", billing.SecretName(), trial.Secret(), billing.AccessTokenValidity())
	}
	if *billing.Secret().EncryptionKey().KeyArn() != *credentials.key.KeyArn() {
		t.Error("the secret does not know its key")
	}
	awscdk.NewCfnOutput(stack, jsii.String("Secret"), &awscdk.CfnOutputProps{Value: billing.Secret().SecretArn()})
	template := synthNoErrors(t, stack)
	for name, want := range map[string]string{"billingAgain": clientID, "billingClient": clientID, "Secret": secretID} {
		if got := cdktest.At(t, template.Body, "Outputs", name, "Value", "Ref"); got != want {
			t.Errorf("output %s: got %v, want %s", name, got, want)
		}
	}
}

// Tags are what an app sets from outside: it must reach resources that no construct call of ours made.
func TestTenantClients_tagsOfTheAppReachTheSecrets(t *testing.T) {
	home := cdktest.NewStack(t)
	stack := otherStack(home)
	awscdk.Tags_Of(awscdk.Stage_Of(home)).Add(jsii.String("team"), jsii.String("platform"), nil)
	tenantclient.NewTenantClients(stack, jsii.String("Tenants"), &tenantclient.TenantClientsProps{Pool: newPool(home),
		Credentials: newShared(home), Tenants: threeTenants()})
	template := synthNoErrors(t, stack)
	for _, id := range template.IDs("AWS::SecretsManager::Secret") {
		var keys []string
		for _, tag := range template.Properties(id)["Tags"].([]any) {
			keys = append(keys, tag.(map[string]any)["Key"].(string))
		}
		if got := strings.Join(keys, " "); got != "m2m:client-id m2m:scopes m2m:tenant team" {
			t.Errorf("%s: tags %s", id, got)
		}
	}
}

func TestTenantClients_manyTenantsAskTheirProxy(t *testing.T) {
	home := cdktest.NewStack(t)
	pool, stack := newPool(home), otherStack(home)
	proxy := newProxy(home, pool) // with a cache TTL of 45 minutes
	tenants := threeTenants()[1:]
	tenants[1].TenantID, tenants[1].AccessTokenValidity = jsii.String("brief"), minutes(30)
	many := tenantclient.NewTenantClients(stack, jsii.String("Tenants"), &tenantclient.TenantClientsProps{Pool: pool, Proxy: proxy,
		Tenants: tenants})
	if got, want := *many.Tenants()[0].TokenURL(), *proxy.TokenURL(); !strings.HasPrefix(got, want+"?scope=") {
		t.Errorf("token URL %s, want one at %s", got, want)
	}
	cdktest.ExpectErrors(t, stack, []string{`AccessTokenValidity: cache TTL 45m0s is not allowed: ` +
		`use whole seconds from 1s to 25m0s, since client "brief"`})
}

// Mistakes are found at the tenant whose they are, all in one synth.
func TestTenantClients_mistakesOfManyTenants(t *testing.T) {
	home := cdktest.NewStack(t)
	stack := otherStack(home)
	tenants := append(threeTenants(), threeTenants()[0], &tenantclient.TenantClientProps{TenantID: jsii.String("Wrong"),
		Scopes: *jsii.Strings("orders/raed")})
	tenants[2].Readers = *jsii.Strings("444455556666")
	tenantclient.NewTenantClients(stack, jsii.String("Tenants"), &tenantclient.TenantClientsProps{Pool: newPool(home),
		Credentials: newShared(home), Tenants: tenants})
	got := map[string]string{}
	for _, m := range *assertions.Annotations_FromStack(stack).FindError(jsii.String("*"), assertions.Match_AnyValue()) {
		message, _, _ := strings.Cut(m.Entry.Data.(string), ":")
		got[*m.Id] += message + " "
	}
	want := map[string]string{"/Tenants/trial": "Readers ", "/Tenants/Tenants": "Tenants[3].TenantID ",
		"/Tenants/Wrong": "TenantID Scopes[0] "}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestTenantClients_templateForCDKIsRemoved(t *testing.T) {
	dir := t.TempDir()
	t.Setenv("TMPDIR", dir)
	home := cdktest.NewStack(t)
	tenantclient.NewTenantClients(otherStack(home), jsii.String("Tenants"), &tenantclient.TenantClientsProps{Pool: newPool(home),
		Tenants: threeTenants()[2:]})
	if left, err := filepath.Glob(filepath.Join(dir, "tenants-*")); err != nil || len(left) > 0 {
		t.Errorf("left behind: %v, %v", left, err)
	}
}

func TestTenantClients_poolIsRequired(t *testing.T) {
	for name, create := range map[string]func(awscdk.Stack){
		"one": func(s awscdk.Stack) { tenantclient.NewTenantClient(s, jsii.String("billing"), nil) },
		"many": func(s awscdk.Stack) {
			tenantclient.NewTenantClients(s, jsii.String("Tenants"), &tenantclient.TenantClientsProps{})
		},
	} {
		func() {
			defer func() {
				if got, _ := recover().(string); !strings.HasPrefix(got, "tenantclient: ") || !strings.HasSuffix(got, "Pool is required") {
					t.Errorf("%s: got %q", name, got)
				}
			}()
			create(cdktest.NewStack(t))
		}()
	}
}
