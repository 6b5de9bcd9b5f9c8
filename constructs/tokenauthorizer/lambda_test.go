package tokenauthorizer_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/jsii-runtime-go"
	"github.com/google/go-cmp/cmp"

	"github.com/cognito-m2m/cognito-m2m-cdk/constructs/tokenauthorizer"
	"github.com/cognito-m2m/cognito-m2m-cdk/internal/authorizer/token/settings"
	"github.com/cognito-m2m/cognito-m2m-cdk/internal/testkit/cdktest"
	"github.com/cognito-m2m/cognito-m2m-cdk/internal/testkit/houserules"
)

func policies() *tokenauthorizer.VerifiedPermissions {
	return &tokenauthorizer.VerifiedPermissions{Schema: jsii.String("testdata/schema.json"), Policies: jsii.String("testdata/policies")}
}

// order is the entity of /tenants/{tenant}/orders/{order}.
func order() *tokenauthorizer.Resource {
	return &tokenauthorizer.Resource{Type: jsii.String("Order"), ID: jsii.String("order"), Tenant: jsii.String("tenant")}
}

// withLambda protects all three methods of the API.
func withLambda(t testing.TB, change func(*tokenauthorizer.LambdaAuthorizerProps)) (orders, *tokenauthorizer.LambdaAuthorizer) {
	o := newOrders(t)
	props := &tokenauthorizer.LambdaAuthorizerProps{API: o.api, Pool: o.pool}
	if change != nil {
		change(props)
	}
	a := tokenauthorizer.NewLambdaAuthorizer(o.stack, jsii.String("Authorizer"), props)
	read, write := needs("orders/read"), needs("orders/write", "orders/read")
	if props.VerifiedPermissions != nil {
		read.Action, read.Resource = jsii.String("ReadOrder"), order()
		write.Action, write.Resource = jsii.String("WriteOrder"), order()
		a.Open(o.list)
	} else {
		a.Require(o.list, needsAny("orders/read", "orders/write"))
	}
	a.Require(o.read, read)
	a.Require(o.change, write)
	return o, a
}

func TestLambdaAuthorizer_createsTheAuthorizer(t *testing.T) {
	o, a := withLambda(t, func(p *tokenauthorizer.LambdaAuthorizerProps) {
		p.Clients = []*tokenauthorizer.Client{
			{ID: jsii.String("1example"), Tenant: jsii.String("billing")},
			{ID: awscdk.Token_AsString(map[string]string{"Ref": "Client"}, nil), Tenant: jsii.String("shop")},
		}
	})
	template := cdktest.Synth(t, o.stack)
	cdktest.ExpectErrors(t, o.stack, nil)

	authorizer := template.One("AWS::ApiGateway::Authorizer")
	function := template.ID("AWS::Lambda::Function")
	for name, want := range map[string]string{
		"Type": "REQUEST", "AuthorizerResultTtlInSeconds": "60",
		"IdentitySource": "method.request.header.Authorization,context.httpMethod,context.resourcePath",
		"AuthorizerUri": "arn:{Ref AWS::Partition}:apigateway:{Ref AWS::Region}:lambda:path/2015-03-31/functions/{Fn::GetAtt [" +
			function + " Arn]}/invocations",
	} {
		if got := cdktest.Text(authorizer[name]); got != want {
			t.Errorf("%s:\n got %s\nwant %s", name, got, want)
		}
	}
	for _, id := range template.IDs(apiMethod) {
		m := template.Properties(id)
		if m["AuthorizationType"] != "CUSTOM" || cdktest.Text(m["AuthorizerId"]) != "{Ref "+template.ID("AWS::ApiGateway::Authorizer")+"}" {
			t.Errorf("%s: got %v, %v", id, m["AuthorizationType"], m["AuthorizerId"])
		}
	}
	variables := cdktest.At(t, template.Properties(function), "Environment", "Variables").(map[string]any)
	if got, want := cdktest.Text(variables[settings.ClientsVariable]), "billing=1example,shop={Ref Client}"; got != want {
		t.Errorf("clients: got %s, want %s", got, want)
	}
	routes, err := settings.Decode(variables[settings.RoutesVariable].(string))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(settings.Routes{
		"GET /tenants/{tenant}/orders":         {Any: []string{"orders/read", "orders/write"}},
		"GET /tenants/{tenant}/orders/{order}": {All: []string{"orders/read"}},
		"PUT /tenants/{tenant}/orders/{order}": {All: []string{"orders/write", "orders/read"}},
	}, routes); diff != "" {
		t.Errorf("routes (-want +got):\n%s", diff)
	}
	if got := a.Routes(); len(got) != 3 {
		t.Errorf("Routes: got %v", got)
	}
	permission := template.One("AWS::Lambda::Permission")
	source := cdktest.Text(permission["SourceArn"])
	if permission["Principal"] != "apigateway.amazonaws.com" ||
		!strings.HasSuffix(source, "/authorizers/{Ref "+template.ID("AWS::ApiGateway::Authorizer")+"}") {
		t.Errorf("permission: got %v from %s", permission["Principal"], source)
	}
}

// Nothing but its log, and with policies the one question to the one store.
func TestLambdaAuthorizer_grantsOnlyWhatItNeeds(t *testing.T) {
	for name, test := range map[string]struct {
		change func(*tokenauthorizer.LambdaAuthorizerProps)
		want   []string
	}{
		"scopes": {nil, []string{"Log [logs:CreateLogStream logs:PutLogEvents]"}},
		"a store of its own": {func(p *tokenauthorizer.LambdaAuthorizerProps) { p.VerifiedPermissions = policies() },
			[]string{"Policies verifiedpermissions:IsAuthorized {Fn::GetAtt [STORE Arn]}", "Log [logs:CreateLogStream logs:PutLogEvents]"}},
		"another store": {func(p *tokenauthorizer.LambdaAuthorizerProps) {
			p.VerifiedPermissions = &tokenauthorizer.VerifiedPermissions{Schema: jsii.String("testdata/schema.json"),
				PolicyStoreID: jsii.String("PSEXAMPLEabcdefg111111")}
		}, []string{
			"Policies verifiedpermissions:IsAuthorized " +
				"arn:{Ref AWS::Partition}:verifiedpermissions::{Ref AWS::AccountId}:policy-store/PSEXAMPLEabcdefg111111",
			"Log [logs:CreateLogStream logs:PutLogEvents]",
		}},
	} {
		t.Run(name, func(t *testing.T) {
			o, _ := withLambda(t, test.change)
			template := cdktest.Synth(t, o.stack)
			cdktest.ExpectErrors(t, o.stack, nil)
			if got := template.IDs("AWS::IAM::Policy"); len(got) > 0 {
				t.Errorf("more policies: %v", got)
			}
			statements := cdktest.At(t, template.One("AWS::IAM::Role"), "Policies", 0, "PolicyDocument", "Statement").([]any)
			if len(statements) != len(test.want) {
				t.Fatalf("got %s", cdktest.JSON(t, statements))
			}
			for i, want := range test.want {
				if stores := template.IDs("AWS::VerifiedPermissions::PolicyStore"); len(stores) == 1 {
					want = strings.Replace(want, "STORE", stores[0], 1)
				}
				got := cdktest.Text(cdktest.At(t, statements, i, "Sid")) + " " + cdktest.Text(cdktest.At(t, statements, i, "Action"))
				if i < len(test.want)-1 {
					got += " " + cdktest.Text(cdktest.At(t, statements, i, "Resource"))
				}
				if got != want {
					t.Errorf("statement %d:\n got %s\nwant %s", i, got, want)
				}
			}
		})
	}
}

func TestLambdaAuthorizer_createsThePolicyStore(t *testing.T) {
	o, a := withLambda(t, func(p *tokenauthorizer.LambdaAuthorizerProps) { p.VerifiedPermissions = policies() })
	template := cdktest.Synth(t, o.stack)
	cdktest.ExpectErrors(t, o.stack, nil)

	store := template.One("AWS::VerifiedPermissions::PolicyStore")
	if got := cdktest.Text(store["ValidationSettings"]) + cdktest.Text(store["DeletionProtection"]); got != "{Mode STRICT}{Mode ENABLED}" {
		t.Errorf("policy store: got %s", got)
	}
	if got := template.Resource(template.ID("AWS::VerifiedPermissions::PolicyStore"))["DeletionPolicy"]; got != "RetainExceptOnCreate" &&
		got != "Retain" {
		t.Errorf("deletion policy: got %v", got)
	}
	if text := cdktest.At(t, store, "Schema", "CedarJson").(string); !json.Valid([]byte(text)) {
		t.Errorf("schema is no JSON: %s", text)
	}
	statements := map[string]string{}
	for _, id := range template.IDs("AWS::VerifiedPermissions::Policy") {
		policy := template.Properties(id)
		want := "{Fn::GetAtt [" + template.ID("AWS::VerifiedPermissions::PolicyStore") + " PolicyStoreId]}"
		if got := cdktest.Text(policy["PolicyStoreId"]); got != want {
			t.Errorf("%s is in store %s", id, got)
		}
		statements[strings.TrimRight(strings.TrimPrefix(id, "AuthorizerPolicies"), "0123456789ABCDEF")] = cdktest.At(t, policy,
			"Definition", "Static", "Statement").(string)
	}
	if len(statements) != 4 || !strings.Contains(statements["writeownorders"], `Orders::Scope::"orders/write"`) {
		t.Errorf("policies: got %s", cdktest.JSON(t, statements))
	}
	if got := template.One("AWS::ApiGateway::Authorizer")["IdentitySource"]; got !=
		"method.request.header.Authorization,context.httpMethod,context.resourcePath,context.path" {
		t.Errorf("identity source: got %s: answers depend on the path", got)
	}
	variables := cdktest.At(t, template.One("AWS::Lambda::Function"), "Environment", "Variables").(map[string]any)
	if variables[settings.NamespaceVariable] != "Orders" ||
		cdktest.Text(variables[settings.PolicyStoreIDVariable]) !=
			"{Fn::GetAtt ["+template.ID("AWS::VerifiedPermissions::PolicyStore")+" PolicyStoreId]}" {
		t.Errorf("environment: got %s", cdktest.JSON(t, variables))
	}
	routes, err := settings.Decode(variables[settings.RoutesVariable].(string))
	if diff := cmp.Diff(settings.Route{All: []string{"orders/read"}, Action: "ReadOrder",
		Resource: &settings.Resource{Type: "Order", ID: "order", Tenant: "tenant"}},
		routes["GET /tenants/{tenant}/orders/{order}"]); err != nil || diff != "" {
		t.Errorf("%v, route (-want +got):\n%s", err, diff)
	}
	if a.PolicyStore() == nil {
		t.Error("PolicyStore is nil")
	}
}

// All levels pass the checks of the whole project.
func TestAuthorizers_passNagAndGuard(t *testing.T) {
	for name, change := range map[string]func(*tokenauthorizer.LambdaAuthorizerProps){
		"scopes": nil, "policies": func(p *tokenauthorizer.LambdaAuthorizerProps) { p.VerifiedPermissions = policies() },
	} {
		o, _ := withLambda(t, change)
		if found := cdktest.Nag(o.stack, "Authorizer"); len(found) > 0 {
			t.Errorf("%s: %v", name, found)
		}
		for _, found := range cdktest.Nag(o.stack, "Api/Default/tenants/{tenant}/orders/{order}") {
			t.Errorf("%s: a method with a requirement: %s", name, found)
		}
		for _, found := range houserules.In(t, cdktest.Synth(t, o.stack).Body) {
			if !strings.Contains(found, "AWS::ApiGateway::Stage ") { // The stage is the test's own.
				t.Errorf("%s: %s", name, found)
			}
		}
	}
}

// Reasons that the API's owner has given for a method stay.
func TestAuthorizers_keepSuppressionsOfOthers(t *testing.T) {
	o := newOrders(t)
	metadata := map[string]any{"rules_to_suppress": []map[string]any{{"id": "AwsSolutions-APIG1", "reason": "Theirs."}}}
	o.list.Node().DefaultChild().(awscdk.CfnResource).AddMetadata(jsii.String("cdk_nag"), metadata)
	a := tokenauthorizer.NewLambdaAuthorizer(o.stack, jsii.String("Authorizer"),
		&tokenauthorizer.LambdaAuthorizerProps{API: o.api, Pool: o.pool})
	a.Require(o.list, needs("orders/read"))
	template := cdktest.Synth(t, o.stack)
	var got []string
	for _, id := range template.IDs(apiMethod) {
		if resource := template.Resource(id); strings.Contains(id, "ordersGET") {
			for _, rule := range cdktest.At(t, resource, "Metadata", "cdk_nag", "rules_to_suppress").([]any) {
				got = append(got, cdktest.At(t, rule, "id").(string))
			}
		}
	}
	if diff := cmp.Diff([]string{"AwsSolutions-APIG1", "AwsSolutions-COG4"}, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// Two authorizers share an API when one has not the room for all routes.
func TestLambdaAuthorizer_canBeOneOfTwo(t *testing.T) {
	o := newOrders(t)
	one := tokenauthorizer.NewLambdaAuthorizer(o.stack, jsii.String("One"),
		&tokenauthorizer.LambdaAuthorizerProps{API: o.api, Pool: o.pool})
	two := tokenauthorizer.NewLambdaAuthorizer(o.stack, jsii.String("Two"),
		&tokenauthorizer.LambdaAuthorizerProps{API: o.api, Pool: o.pool})
	one.Require(o.list, needs("orders/read"))
	two.Require(o.read, needs("orders/read"))
	two.Require(o.change, needs("orders/write"))
	template := cdktest.Synth(t, o.stack)
	cdktest.ExpectErrors(t, o.stack, nil)
	names := map[any]bool{}
	for _, id := range template.IDs("AWS::ApiGateway::Authorizer") {
		names[template.Properties(id)["Name"]] = true
	}
	if len(names) != 2 {
		t.Errorf("names: got %v, want two", names)
	}
}

// With another logical ID, a deployed function or policy store would be replaced.
func TestAuthorizers_keepTheirLogicalIDs(t *testing.T) {
	o, _ := withLambda(t, func(p *tokenauthorizer.LambdaAuthorizerProps) { p.VerifiedPermissions = policies() })
	template := cdktest.Synth(t, o.stack)
	got := map[string][]string{}
	for _, kind := range []string{"AWS::VerifiedPermissions::PolicyStore", "AWS::VerifiedPermissions::Policy",
		"AWS::ApiGateway::Authorizer", "AWS::Lambda::Function"} {
		got[kind] = template.IDs(kind)
	}
	if diff := cmp.Diff(map[string][]string{
		"AWS::ApiGateway::Authorizer":           {"Authorizer5DCD7388"},
		"AWS::Lambda::Function":                 {"AuthorizerTokenAuthorizerFunction5DBAD494"},
		"AWS::VerifiedPermissions::PolicyStore": {"AuthorizerPolicyStore942D7E9D"},
		"AWS::VerifiedPermissions::Policy": {
			"AuthorizerPoliciescatalog1FD865FE", "AuthorizerPoliciesreadownorders1F0C0140", "AuthorizerPoliciessuspended3D61D056",
			"AuthorizerPolicieswriteownorders7108F1F9",
		},
	}, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}
