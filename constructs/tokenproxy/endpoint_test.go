package tokenproxy_test

import (
	"testing"

	"github.com/aws/jsii-runtime-go"
	"github.com/google/go-cmp/cmp"

	"github.com/cognito-m2m/cognito-m2m-cdk/constructs/tokenproxy"
	"github.com/cognito-m2m/cognito-m2m-cdk/internal/testkit/cdktest"
)

const (
	vpce  = "vpce-0a1b2c3d4e5f60718"
	route = "execute-api:/v1/POST/oauth2/token"
)

func private(p *tokenproxy.TokenProxyProps) {
	p.Endpoint = &tokenproxy.Endpoint{Private: &tokenproxy.PrivateEndpoint{VPCEndpointIDs: *jsii.Strings(vpce)}}
}

func networks(p *tokenproxy.TokenProxyProps) {
	p.Endpoint = &tokenproxy.Endpoint{ResourcePolicy: &tokenproxy.ResourcePolicy{AllowedCIDRs: *jsii.Strings("203.0.113.0/24",
		"2001:db8::/32")}}
}

// arnOf is an IAM ARN of a partition that is known at deployment.
func arnOf(account any, what string) any {
	parts := []any{"arn:", map[string]any{"Ref": "AWS::Partition"}, ":iam::"}
	if text, ok := account.(string); ok {
		parts[2] = ":iam::" + text + ":" + what
	} else {
		parts = append(parts, account, ":"+what)
	}
	return map[string]any{"Fn::Join": []any{"", parts}}
}

// A caller who is on no list must be denied. It is not enough that nothing allows it: a signed request of the same account and a Lambda
// authorizer would let it in otherwise.
func TestResourcePolicies(t *testing.T) {
	const role, user = "arn:aws:iam::111122223333:role/team/orders", "arn:aws:iam::444455556666:user/ci" // CDK sorts principals.
	allow := func(principal any) any {
		return map[string]any{"Sid": "TokenMethod", "Effect": "Allow", "Principal": map[string]any{"AWS": principal},
			"Action": "execute-api:Invoke", "Resource": route}
	}
	deny := func(sid, operator, key string, value any) any {
		return map[string]any{"Sid": sid, "Effect": "Deny", "Principal": map[string]any{"AWS": "*"}, "Action": "execute-api:Invoke",
			"Resource":  "execute-api:/*",
			"Condition": map[string]any{operator: map[string]any{key: value}}}
	}
	otherNetworks := deny("OtherNetworks", "NotIpAddress", "aws:SourceIp", []any{"203.0.113.0/24", "2001:db8::/32"})
	otherEndpoints := deny("OtherVPCEndpoints", "StringNotEquals", "aws:SourceVpce", []any{vpce})
	thisAccount := arnOf(map[string]any{"Ref": "AWS::AccountId"}, "root")

	for name, test := range map[string]struct {
		configure func(*tokenproxy.TokenProxyProps)
		want      []any
	}{
		"networks":                    {networks, []any{allow("*"), otherNetworks}},
		"networks with an authorizer": {func(p *tokenproxy.TokenProxyProps) { networks(p); allowList(p) }, []any{allow("*"), otherNetworks}},
		"private":                     {private, []any{allow("*"), otherEndpoints}},
		"private, other VPC endpoints": {func(p *tokenproxy.TokenProxyProps) {
			private(p)
			p.Endpoint.ResourcePolicy = &tokenproxy.ResourcePolicy{AllowedVPCEndpoints: *jsii.Strings(vpce, "vpce-0a1b2c3d")}
		}, []any{allow("*"), deny("OtherVPCEndpoints", "StringNotEquals", "aws:SourceVpce", []any{vpce, "vpce-0a1b2c3d"})}},
		// "*" would be every AWS account with a policy of its own.
		"IAM and networks": {func(p *tokenproxy.TokenProxyProps) { networks(p); iam(p) }, []any{allow(thisAccount), otherNetworks}},
		"IAM and private":  {func(p *tokenproxy.TokenProxyProps) { private(p); iam(p) }, []any{allow(thisAccount), otherEndpoints}},
		"IAM with callers": {func(p *tokenproxy.TokenProxyProps) {
			iam(p)
			p.Authorization.IAM.Callers = *jsii.Strings(role, user)
		}, []any{allow([]any{role, user}), deny("OtherCallers", "ArnNotEquals", "aws:PrincipalArn", []any{role, user})}},
		"IAM with accounts": {func(p *tokenproxy.TokenProxyProps) {
			iam(p)
			p.Endpoint = &tokenproxy.Endpoint{ResourcePolicy: &tokenproxy.ResourcePolicy{AllowedAccounts: *jsii.Strings("111122223333",
				"444455556666")}}
		}, []any{allow([]any{arnOf("111122223333", "root"), arnOf("444455556666", "root")}),
			deny("OtherAccounts", "StringNotEquals", "aws:PrincipalAccount", []any{"111122223333", "444455556666"})}},
		"everything at once": {func(p *tokenproxy.TokenProxyProps) {
			iam(p)
			p.Authorization.IAM.Callers = *jsii.Strings(role)
			networks(p)
			p.Endpoint.ResourcePolicy.AllowedAccounts = *jsii.Strings("111122223333")
		}, []any{allow(role), otherNetworks, deny("OtherAccounts", "StringNotEquals", "aws:PrincipalAccount", []any{"111122223333"}),
			deny("OtherCallers", "ArnNotEquals", "aws:PrincipalArn", []any{role})}},
	} {
		t.Run(name, func(t *testing.T) {
			api := synth(t, with(test.configure)).One("AWS::ApiGateway::RestApi")
			if diff := cmp.Diff(test.want, cdktest.At(t, api, "Policy", "Statement")); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
	if policy := synth(t, nil).One("AWS::ApiGateway::RestApi")["Policy"]; policy != nil {
		t.Errorf("a policy by default: %s", cdktest.JSON(t, policy))
	}
}

func TestEndpoints(t *testing.T) {
	for name, test := range map[string]struct {
		endpoint *tokenproxy.Endpoint
		want     map[string]any
	}{
		"default": {nil, map[string]any{"EndpointConfiguration": map[string]any{"Types": []any{"REGIONAL"}}}},
		"private": {&tokenproxy.Endpoint{Private: &tokenproxy.PrivateEndpoint{VPCEndpointIDs: *jsii.Strings(vpce)}},
			map[string]any{"EndpointConfiguration": map[string]any{"Types": []any{"PRIVATE"}, "VpcEndpointIds": []any{vpce}}}},
		"closed": {&tokenproxy.Endpoint{DisableDefaultEndpoint: jsii.Bool(true)},
			map[string]any{"EndpointConfiguration": map[string]any{"Types": []any{"REGIONAL"}}, "DisableExecuteApiEndpoint": true}},
		"TLS 1.2": {&tokenproxy.Endpoint{SecurityPolicy: jsii.String("TLS_1_2")},
			map[string]any{"EndpointConfiguration": map[string]any{"Types": []any{"REGIONAL"}}, "SecurityPolicy": "TLS_1_2"}},
		"TLS 1.3": {&tokenproxy.Endpoint{SecurityPolicy: jsii.String("SecurityPolicy_TLS13_1_3_2025_09")},
			map[string]any{"EndpointConfiguration": map[string]any{"Types": []any{"REGIONAL"}}, "SecurityPolicy": "SecurityPolicy_TLS13_1_3_2025_09",
				"EndpointAccessMode": "STRICT"}},
		"TLS 1.3, migrating": {&tokenproxy.Endpoint{SecurityPolicy: jsii.String("SecurityPolicy_TLS13_1_3_2025_09"),
			EndpointAccessMode: jsii.String("BASIC")},
			map[string]any{"EndpointConfiguration": map[string]any{"Types": []any{"REGIONAL"}}, "SecurityPolicy": "SecurityPolicy_TLS13_1_3_2025_09",
				"EndpointAccessMode": "BASIC"}},
	} {
		t.Run(name, func(t *testing.T) {
			api := synth(t, with(func(p *tokenproxy.TokenProxyProps) { p.Endpoint = test.endpoint })).One("AWS::ApiGateway::RestApi")
			for _, other := range []string{"Name", "Description", "Policy"} {
				delete(api, other)
			}
			if diff := cmp.Diff(test.want, api); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// The rotation's probe is by a client that nobody knows, and comes from the internet.
func TestEndpoint_whatCanBeProbed(t *testing.T) {
	for name, test := range map[string]struct {
		configure func(*tokenproxy.TokenProxyProps)
		probeable bool
	}{
		"nothing before the method": {func(*tokenproxy.TokenProxyProps) {}, true},
		"a TLS policy": {func(p *tokenproxy.TokenProxyProps) {
			p.Endpoint = &tokenproxy.Endpoint{SecurityPolicy: jsii.String("TLS_1_2")}
		}, true},
		"a custom domain, which decides": {func(p *tokenproxy.TokenProxyProps) {
			p.Endpoint = &tokenproxy.Endpoint{DisableDefaultEndpoint: jsii.Bool(true)}
		}, true},
		"allow list": {allowList, false},
		"IAM":        {iam, false},
		"API key":    {apiKey, false},
		"private":    {private, false},
		"networks":   {networks, false},
	} {
		_, proxy := newProxy(t, with(test.configure))
		if got := proxy.Probeable(); got != test.probeable {
			t.Errorf("%s: got %t", name, got)
		}
	}
}

func TestEndpoint_accessorsOfTheFrontDoor(t *testing.T) {
	_, proxy := newProxy(t, nil)
	if *proxy.CredentialsHeader() != "Authorization" || proxy.IsPrivate() || proxy.DefaultEndpointDisabled() ||
		proxy.AuthorizerFunction() != nil || proxy.LogsClients() || proxy.UsagePlan("gold") != nil {
		t.Error("a plain proxy has something of a front door")
	}
	if _, proxy := newProxy(t, with(iam)); *proxy.CredentialsHeader() != "x-client-authorization" {
		t.Errorf("credentials header: got %s", *proxy.CredentialsHeader())
	}
	if _, proxy := newProxy(t, with(private)); !proxy.IsPrivate() {
		t.Error("a private API is not")
	}
	if _, proxy := newProxy(t, with(apiKey)); proxy.UsagePlan("gold") == nil || proxy.UsagePlan("silver") != nil {
		t.Error("usage plans are not found by their names")
	}
	if _, proxy := newProxy(t, with(allowList)); proxy.AuthorizerFunction() == nil || !proxy.LogsClients() {
		t.Error("no authorizer's function")
	}
}
