package m2mpool_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awscognito"
	"github.com/aws/jsii-runtime-go"
	"github.com/google/go-cmp/cmp"

	"github.com/cognito-m2m/cognito-m2m-cdk/constructs/m2mpool"
	"github.com/cognito-m2m/cognito-m2m-cdk/internal/testkit/cdktest"
)

func TestMain(m *testing.M) { cdktest.Main(m) }

func scope(name string) *m2mpool.Scope {
	return &m2mpool.Scope{Name: jsii.String(name), Description: jsii.String("Scope " + name)}
}

func server(identifier string, scopes ...*m2mpool.Scope) *m2mpool.ResourceServer {
	return &m2mpool.ResourceServer{Identifier: jsii.String(identifier), Name: jsii.String("API"), Scopes: scopes}
}

func prefix(p string) *m2mpool.Domain { return &m2mpool.Domain{Prefix: jsii.String(p)} }

func TestM2MPool_poolServesMachinesOnly(t *testing.T) {
	stack := cdktest.NewStack(t)
	pool := m2mpool.NewM2MPool(stack, jsii.String("Pool"), &m2mpool.M2MPoolProps{
		Domain: prefix("acme-m2m"),
		ResourceServers: []*m2mpool.ResourceServer{server("orders", scope("read"), scope("write")),
			server("https://stock.example.com/v1", scope("read"))},
	})
	template := cdktest.Synth(t, stack)
	if errs := cdktest.Errors(stack); len(errs) > 0 {
		t.Fatal(errs)
	}

	props := template.One("AWS::Cognito::UserPool")
	for _, fact := range []struct {
		path []any
		want any
	}{
		{[]any{"AdminCreateUserConfig", "AllowAdminCreateUserOnly"}, true},
		{[]any{"DeletionProtection"}, "ACTIVE"},
		{[]any{"UserPoolTier"}, "ESSENTIALS"},
		{[]any{"MfaConfiguration"}, "OFF"},
		{[]any{"Policies", "PasswordPolicy", "MinimumLength"}, 20.0},
		{[]any{"Policies", "PasswordPolicy", "RequireSymbols"}, true},
		{[]any{"AccountRecoverySetting", "RecoveryMechanisms", 0, "Name"}, "admin_only"},
	} {
		if got := cdktest.At(t, props, fact.path...); got != fact.want {
			t.Errorf("%v: got %v, want %v", fact.path, got, fact.want)
		}
	}
	resource := template.Resource(template.ID("AWS::Cognito::UserPool"))
	if resource["DeletionPolicy"] != "Retain" || resource["UpdateReplacePolicy"] != "Retain" {
		t.Errorf("user pool is not retained: %v, %v", resource["DeletionPolicy"], resource["UpdateReplacePolicy"])
	}
	domain := template.One("AWS::Cognito::UserPoolDomain")
	if domain["Domain"] != "acme-m2m" || domain["ManagedLoginVersion"] != 1.0 {
		t.Errorf("domain: got %v", domain)
	}
	if want := *jsii.Strings("orders/read", "orders/write", "https://stock.example.com/v1/read"); !cmp.Equal(pool.Scopes(), want) {
		t.Errorf("scopes: got %v, want %v", pool.Scopes(), want)
	}
	if pool.ResourceServer("orders") == nil || pool.ResourceServer("nope") != nil {
		t.Error("ResourceServer does not find by identifier")
	}
	if got := *pool.TokenURL(); !strings.HasPrefix(got, "https://acme-m2m.auth.") ||
		!strings.HasSuffix(got, ".amazoncognito.com/oauth2/token") {
		t.Errorf("token URL: got %s", got)
	}
}

func TestM2MPool_propsOverrideDefaults(t *testing.T) {
	stack := cdktest.NewStack(t)
	pool := m2mpool.NewM2MPool(stack, jsii.String("Pool"), &m2mpool.M2MPoolProps{
		UserPoolName: jsii.String("machines"),
		Domain: &m2mpool.Domain{CustomName: jsii.String("auth.example.com"),
			CertificateArn: jsii.String("arn:aws:acm:us-east-1:111122223333:certificate/1a2b")},
		FeaturePlan:               awscognito.FeaturePlan_PLUS,
		DisableDeletionProtection: jsii.Bool(true),
		RemovalPolicy:             awscdk.RemovalPolicy_DESTROY,
	})
	template := cdktest.Synth(t, stack)

	props := template.One("AWS::Cognito::UserPool")
	if props["UserPoolName"] != "machines" || props["UserPoolTier"] != "PLUS" || props["DeletionProtection"] != "INACTIVE" {
		t.Errorf("user pool: got %s", cdktest.JSON(t, props))
	}
	if got := template.Resource(template.ID("AWS::Cognito::UserPool"))["DeletionPolicy"]; got != "Delete" {
		t.Errorf("deletion policy: got %v", got)
	}
	domain := template.One("AWS::Cognito::UserPoolDomain")
	if domain["Domain"] != "auth.example.com" || cdktest.At(t, domain, "CustomDomainConfig",
		"CertificateArn") != "arn:aws:acm:us-east-1:111122223333:certificate/1a2b" {
		t.Errorf("domain: got %v", domain)
	}
	if got := *pool.TokenURL(); got != "https://auth.example.com/oauth2/token" {
		t.Errorf("token URL: got %s", got)
	}
}

// A resource server's logical ID must not depend on its place in the list: another ID would replace it, and its scopes would be gone for a
// moment.
func TestM2MPool_logicalIDsDependOnIdentifiersOnly(t *testing.T) {
	synth := func(servers ...*m2mpool.ResourceServer) cdktest.Template {
		stack := cdktest.NewStack(t)
		m2mpool.NewM2MPool(stack, jsii.String("Pool"), &m2mpool.M2MPoolProps{Domain: prefix("acme"), ResourceServers: servers})
		return cdktest.Synth(t, stack)
	}
	a, b, slash, dashes := server("a", scope("s")), server("b", scope("s")), server("a/b", scope("s")), server("a--b", scope("s"))
	before := synth(a, b)
	after := synth(slash, b, dashes, a)
	for _, id := range before.IDs("AWS::Cognito::UserPoolResourceServer") {
		if !cmp.Equal(before.Properties(id), after.Properties(id)) {
			t.Errorf("%s changed: %s", id, cmp.Diff(before.Properties(id), after.Properties(id)))
		}
	}
	if got := len(after.IDs("AWS::Cognito::UserPoolResourceServer")); got != 4 {
		t.Errorf("got %d resource servers, want 4", got)
	}
}

func TestProps_mistakesAreReportedTogether(t *testing.T) {
	many := make([]*m2mpool.Scope, 101)
	for i := range many {
		many[i] = scope(fmt.Sprintf("s%d", i))
	}
	tests := map[string]struct {
		props *m2mpool.M2MPoolProps
		want  []string
	}{
		"nothing given": {nil, []string{"Domain: is required"}},
		"reserved word in prefix": {&m2mpool.M2MPoolProps{Domain: prefix("my-cognito-pool")},
			[]string{`Domain.Prefix: domain prefix "my-cognito-pool" contains the reserved word "cognito"`}},
		"upper case in prefix": {&m2mpool.M2MPoolProps{Domain: prefix("Acme")}, []string{`Domain.Prefix: domain prefix "Acme" is not allowed`}},
		"prefix and custom name": {&m2mpool.M2MPoolProps{Domain: &m2mpool.Domain{Prefix: jsii.String("a"),
			CustomName: jsii.String("a.example.com")}},
			[]string{"Domain: needs exactly one of Prefix and CustomName"}},
		"custom name without certificate": {&m2mpool.M2MPoolProps{Domain: &m2mpool.Domain{CustomName: jsii.String("a.example.com")}},
			[]string{"Domain.CertificateArn: is required with a CustomName"}},
		"certificate of another Region": {&m2mpool.M2MPoolProps{Domain: &m2mpool.Domain{CustomName: jsii.String("a.example.com"),
			CertificateArn: jsii.String("arn:aws:acm:eu-west-1:111122223333:certificate/1")}},
			[]string{`Domain.CertificateArn: certificate ARN "arn:aws:acm:eu-west-1:111122223333:certificate/1" is in eu-west-1`}},
		"several at once": {&m2mpool.M2MPoolProps{
			UserPoolName: jsii.String("pool/1"),
			Domain:       prefix("aws-pool"),
			ResourceServers: []*m2mpool.ResourceServer{
				server("orders", scope("read"), scope("read")), server("with space", scope("read")), server("stock", scope("a/b")), server("none"),
				server("many", many...), server("ok", scope("read")), server("ok", scope("read")), nil,
				{Identifier: jsii.String("https://x.example.com"), Scopes: []*m2mpool.Scope{scope("a"), nil}},
			},
		}, []string{
			`Domain.Prefix: domain prefix "aws-pool" contains the reserved word "aws"`,
			`ResourceServers[0].Scopes[1].Name: duplicate "read"`,
			`ResourceServers[1].Identifier: resource server identifier "with space" is not allowed`,
			`ResourceServers[2].Scopes[0].Name: scope name "a/b" is not allowed`,
			`ResourceServers[3].Scopes: has 0 scopes`,
			`ResourceServers[4].Scopes: has 101 scopes`,
			`ResourceServers[6].Identifier: duplicate "ok"`,
			`ResourceServers[7].Identifier: is required`,
			`ResourceServers[8].Name: is required, since the identifier "https://x.example.com" is not allowed as a name`,
			`ResourceServers[8].Scopes[1]: needs a Name and a Description`,
			`UserPoolName: user pool name "pool/1" is not allowed`,
		}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			stack := cdktest.NewStack(t)
			m2mpool.NewM2MPool(stack, jsii.String("Pool"), test.props)
			cdktest.ExpectErrors(t, stack, test.want)
		})
	}
}

func TestM2MPool_acceptsTokensWhereValuesAreKnownAtDeployOnly(t *testing.T) {
	stack := cdktest.NewStack(t)
	parameter := awscdk.NewCfnParameter(stack, jsii.String("Prefix"), nil)
	m2mpool.NewM2MPool(stack, jsii.String("Pool"), &m2mpool.M2MPoolProps{Domain: &m2mpool.Domain{Prefix: parameter.ValueAsString()}})
	template := cdktest.Synth(t, stack)
	if errs := cdktest.Errors(stack); len(errs) > 0 {
		t.Fatal(errs)
	}
	if got := cdktest.At(t, template.One("AWS::Cognito::UserPoolDomain"), "Domain", "Ref"); got != "Prefix" {
		t.Errorf("domain: got %v", got)
	}
	if !slices.Contains(template.IDs("AWS::Cognito::UserPool"), "PoolUserPool04A1AA15") {
		t.Error("the user pool's logical ID changed: a changed one replaces the pool and every credential in it")
	}
}
