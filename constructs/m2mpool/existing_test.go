package m2mpool_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awscognito"
	"github.com/aws/jsii-runtime-go"
	"github.com/google/go-cmp/cmp"

	"github.com/cognito-m2m/cognito-m2m-cdk/constructs/m2mpool"
	"github.com/cognito-m2m/cognito-m2m-cdk/internal/testkit/cdktest"
)

func orders() []*m2mpool.ExistingResourceServer {
	return []*m2mpool.ExistingResourceServer{{Identifier: jsii.String("orders"), Scopes: *jsii.Strings("read", "write")}}
}

func TestFromUserPool_createsNothing(t *testing.T) {
	stack := cdktest.NewStack(t)
	pool := m2mpool.FromUserPool(stack, jsii.String("Pool"), &m2mpool.ExistingPoolProps{
		UserPoolID: jsii.String("eu-west-1_Example01"), Domain: prefix("acme"), ResourceServers: orders(),
	})
	if !pool.Existing() || pool.ResourceServer("orders") != nil || pool.Domain() == nil {
		t.Errorf("existing %t, resource server %v, domain %v", pool.Existing(), pool.ResourceServer("orders"), pool.Domain())
	}
	for name, output := range map[string]*string{"Arn": pool.UserPool().UserPoolArn(), "TokenUrl": pool.TokenURL(), "Issuer": pool.Issuer()} {
		awscdk.NewCfnOutput(stack, jsii.String(name), &awscdk.CfnOutputProps{Value: output})
	}
	template := cdktest.Synth(t, stack)
	if errs := cdktest.Errors(stack); len(errs) > 0 {
		t.Fatal(errs)
	}
	if resources := template.Body["Resources"]; resources != nil {
		t.Errorf("resources: got %v, want none", resources)
	}
	want := map[string]any{"cognito-m2m:existing-pool": map[string]any{
		"userPoolId": "eu-west-1_Example01", "domain": "acme", "scopes": []any{"orders/read", "orders/write"},
	}}
	if diff := cmp.Diff(want, template.Body["Metadata"]); diff != "" {
		t.Errorf("metadata (-want +got):\n%s", diff)
	}
	for name, want := range map[string]string{
		"TokenUrl": `"https://acme.auth.",{"Ref":"AWS::Region"},".amazoncognito.com/oauth2/token"`,
		"Arn":      `":cognito-idp:",{"Ref":"AWS::Region"},":",{"Ref":"AWS::AccountId"},":userpool/eu-west-1_Example01"`,
		"Issuer":   `"https://cognito-idp.",{"Ref":"AWS::Region"},".",{"Ref":"AWS::URLSuffix"},"/eu-west-1_Example01"`,
	} {
		got, err := json.Marshal(cdktest.At(t, template.Body, "Outputs", name, "Value", "Fn::Join", 1))
		if err != nil || !strings.Contains(string(got), want) {
			t.Errorf("%s: got %s, want %s in it", name, got, want)
		}
	}
}

// A pool of another stack is in the assembly itself.
func TestFromUserPool_takesAPoolOfTheApp(t *testing.T) {
	stack := cdktest.NewStack(t)
	theirs := awscognito.NewUserPool(stack, jsii.String("Theirs"), nil)
	m2mpool.FromUserPool(stack, jsii.String("Pool"), &m2mpool.ExistingPoolProps{
		UserPool: theirs, Domain: &m2mpool.Domain{CustomName: jsii.String("auth.example.com")},
	})
	template := cdktest.Synth(t, stack)
	if errs := cdktest.Errors(stack); len(errs) > 0 || template.Body["Metadata"] != nil {
		t.Errorf("got errors %v, metadata %v, want neither", errs, template.Body["Metadata"])
	}
}

func TestFromUserPool_reportsMistakesTogether(t *testing.T) {
	for name, test := range map[string]struct {
		props *m2mpool.ExistingPoolProps
		want  []string
	}{
		"none": {nil, []string{"Domain: needs exactly one of Prefix and CustomName", "UserPoolID: needs exactly one of UserPoolID and UserPool"}},
		"all": {&m2mpool.ExistingPoolProps{
			UserPoolID: jsii.String("eu-west-1"),
			Domain:     prefix("Acme"),
			ResourceServers: []*m2mpool.ExistingResourceServer{
				nil, {}, orders()[0], orders()[0], {Identifier: jsii.String("a b"), Scopes: *jsii.Strings("a/b", "c", "c")},
			},
		}, []string{
			`Domain.Prefix: domain prefix "Acme" is not allowed`, "ResourceServers[0].Identifier: is required",
			"ResourceServers[1].Identifier: is required",
			"ResourceServers[1].Scopes: has 0 scopes", `ResourceServers[3].Identifier: duplicate "orders"`,
			`ResourceServers[4].Identifier: resource server identifier "a b" is not allowed`,
			`ResourceServers[4].Scopes[0]: scope name "a/b" is not allowed`,
			`ResourceServers[4].Scopes[2]: duplicate "c"`, `UserPoolID: user pool id "eu-west-1" is not allowed`,
		}},
	} {
		t.Run(name, func(t *testing.T) {
			stack := cdktest.NewStack(t)
			m2mpool.FromUserPool(stack, jsii.String("Pool"), test.props)
			cdktest.ExpectErrors(t, stack, test.want)
		})
	}
}
