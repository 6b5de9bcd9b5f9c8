package policy_test

import (
	"encoding/json"
	"net/netip"
	"strings"
	"testing"

	"github.com/aws/aws-lambda-go/events"
	"github.com/google/go-cmp/cmp"

	"github.com/cognito-m2m/cognito-m2m-cdk/simulator/internal/policy"
)

const (
	apiARN = "arn:aws:execute-api:eu-west-1:111122223333:api"
	method = apiARN + "/v1/POST/oauth2/token"
)

func document(t *testing.T, statements string) map[string]any {
	t.Helper()
	var d map[string]any
	if err := json.Unmarshal([]byte(`{"Version": "2012-10-17", "Statement": [`+statements+`]}`), &d); err != nil {
		t.Fatal(err)
	}
	return d
}

// statement is one with more members, which replace its own.
func statement(effect, more string) string {
	if !strings.Contains(more, `"Principal"`) {
		more += `, "Principal": "*"`
	}
	if !strings.Contains(more, `"Action"`) {
		more += `, "Action": "execute-api:Invoke"`
	}
	if !strings.Contains(more, `"Resource"`) {
		more += `, "Resource": "execute-api:/*"`
	}
	return `{"Effect": "` + effect + `", ` + strings.TrimPrefix(more, ", ") + `}`
}

func TestEvaluate(t *testing.T) {
	internet := policy.Request{Action: policy.Invoke, Resource: method, SourceIP: netip.MustParseAddr("192.0.2.7")}
	in6 := internet
	in6.SourceIP = netip.MustParseAddr("2001:db8::7")
	private := internet
	private.SourceIP, private.VPCEndpoint = netip.MustParseAddr("10.0.0.7"), "vpce-1"
	signed := internet
	signed.Caller = &policy.Caller{ARN: "arn:aws:iam::444455556666:role/orders", Account: "444455556666"}
	invalidating := internet
	invalidating.Action = policy.InvalidateCache

	tests := map[string]struct {
		statements string
		request    policy.Request
		want       policy.Outcome
	}{
		"everyone":             {statement("Allow", ""), internet, policy.Allow},
		"everyone, who signed": {statement("Allow", ""), signed, policy.Allow},
		"deny outweighs, whatever order": {statement("Allow", "") + "," + statement("Deny", "") + "," + statement("Allow", ""), internet,
			policy.Deny},
		"everyone as AWS":                {statement("Allow", `"Principal": {"AWS": "*"}`), internet, policy.Allow},
		"another account":                {statement("Allow", `"Principal": {"AWS": "777788889999"}`), signed, policy.Silent},
		"its account":                    {statement("Allow", `"Principal": {"AWS": ["777788889999", "444455556666"]}`), signed, policy.Allow},
		"its account's root":             {statement("Allow", `"Principal": {"AWS": "arn:aws:iam::444455556666:root"}`), signed, policy.Allow},
		"its role":                       {statement("Allow", `"Principal": {"AWS": "arn:aws:iam::444455556666:role/orders"}`), signed, policy.Allow},
		"another role":                   {statement("Allow", `"Principal": {"AWS": "arn:aws:iam::444455556666:role/other"}`), signed, policy.Silent},
		"an account, unsigned":           {statement("Allow", `"Principal": {"AWS": "444455556666"}`), internet, policy.Silent},
		"action in another case":         {statement("Allow", `"Action": "Execute-API:*"`), internet, policy.Allow},
		"another action":                 {statement("Allow", `"Action": "execute-api:ManageConnections"`), internet, policy.Silent},
		"invalidation is not invocation": {statement("Allow", ""), invalidating, policy.Silent},
		"invalidation by a wide action":  {statement("Allow", `"Action": "execute-api:*"`), invalidating, policy.Allow},
		"the stage":                      {statement("Allow", `"Resource": "execute-api:/v1/*"`), internet, policy.Allow},
		"another stage":                  {statement("Allow", `"Resource": "execute-api:/v2/*"`), internet, policy.Silent},
		"the method": {statement("Allow", `"Resource": ["execute-api:/v2/*",
			"execute-api:/*/POST/oauth2/token"]`), internet, policy.Allow},
		"another method": {statement("Allow", `"Resource": "execute-api:/*/GET/*"`), internet, policy.Silent},
		"whole ARN with a wildcard": {statement("Allow", `"Resource": "arn:aws:execute-api:eu-west-?:111122223333:*/v1/POST/oauth2/*"`), internet,
			policy.Allow},
		"another API": {statement("Allow", `"Resource": "arn:aws:execute-api:eu-west-1:111122223333:other/*"`), internet, policy.Silent},
		"within the network": {statement("Allow", `"Condition": {"IpAddress": {"aws:SourceIp": ["198.51.100.0/24", "192.0.2.0/24"]}}`), internet,
			policy.Allow},
		"single address, key's case": {statement("Allow", `"Condition": {"IpAddress": {"AWS:sourceip": "192.0.2.7"}}`), internet, policy.Allow},
		"outside the network":        {statement("Allow", `"Condition": {"IpAddress": {"aws:SourceIp": "198.51.100.0/24"}}`), internet, policy.Silent},
		"IPv6":                       {statement("Allow", `"Condition": {"IpAddress": {"aws:SourceIp": "2001:db8::/32"}}`), in6, policy.Allow},
		"denied outside":             {statement("Deny", `"Condition": {"NotIpAddress": {"aws:SourceIp": ["198.51.100.0/24"]}}`), internet, policy.Deny},
		"not denied inside": {statement("Deny", `"Condition": {"NotIpAddress": {"aws:SourceIp": ["198.51.100.0/24", "192.0.2.0/24"]}}`), internet,
			policy.Silent},
		"no source address in a VPC": {statement("Allow", `"Condition": {"IpAddress": {"aws:SourceIp": "10.0.0.0/8"}}`), private, policy.Silent},
		"negated without a value":    {statement("Deny", `"Condition": {"NotIpAddress": {"aws:SourceIp": "10.0.0.0/8"}}`), private, policy.Deny},
		"source address in a VPC":    {statement("Allow", `"Condition": {"IpAddress": {"aws:VpcSourceIp": "10.0.0.0/8"}}`), private, policy.Allow},
		"through the endpoint": {statement("Allow", `"Condition": {"StringEquals": {"aws:SourceVpce": ["vpce-0", "vpce-1"]}}`), private,
			policy.Allow},
		"through another endpoint": {statement("Deny", `"Condition": {"StringNotEquals": {"aws:SourceVpce": "vpce-2"}}`), private, policy.Deny},
		"through none":             {statement("Deny", `"Condition": {"StringNotEquals": {"aws:SourceVpce": "vpce-1"}}`), internet, policy.Deny},
		"its own account": {statement("Deny", `"Condition": {"StringNotEquals": {"aws:PrincipalAccount": ["444455556666"]}}`), signed,
			policy.Silent},
		"not its account": {statement("Deny", `"Condition": {"StringNotEquals": {"aws:PrincipalAccount": ["777788889999"]}}`), signed,
			policy.Deny},
		"no account, unsigned": {statement("Deny", `"Condition": {"StringNotEquals": {"aws:PrincipalAccount": ["444455556666"]}}`), internet,
			policy.Deny},
		"its own ARN": {statement("Deny", `"Condition": {"ArnNotEquals": {"aws:PrincipalArn": ["arn:aws:iam::777788889999:role/x",
			"arn:aws:iam::444455556666:role/orders"]}}`), signed, policy.Silent},
		"not its ARN": {statement("Deny", `"Condition": {"ArnNotEquals": {"aws:PrincipalArn": "arn:aws:iam::444455556666:role/order"}}`), signed,
			policy.Deny},
		"an ARN with wildcards": {statement("Allow", `"Condition": {"ArnLike": {"aws:PrincipalArn": "arn:aws:iam::*:role/ord*"}}`), signed,
			policy.Allow},
		"a wildcard over parts": {statement("Allow", `"Condition": {"ArnEquals": {"aws:PrincipalArn": "arn:aws:*:444455556666:role/orders:x"}}`),
			signed, policy.Silent},
		"no ARN, unsigned": {statement("Allow", `"Condition": {"ArnLike": {"aws:PrincipalArn": "arn:*:*:*:*:*"}}`), internet, policy.Silent},
		"both conditions, one of them no": {statement("Allow",
			`"Condition": {"IpAddress": {"aws:VpcSourceIp": "10.0.0.0/8"}, "StringEquals": {"aws:SourceVpce": "vpce-2"}}`), private, policy.Silent},
		"both conditions": {statement("Allow", `"Condition": {"IpAddress": {"aws:VpcSourceIp": "10.0.0.0/8"},
			"StringEquals": {"aws:SourceVpce": "vpce-1"}}`), private, policy.Allow},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			p, err := policy.Read("stack/Api.Policy", document(t, test.statements), apiARN)
			if err != nil {
				t.Fatal(err)
			}
			if got := p.Evaluate(test.request); got != test.want {
				t.Errorf("got %d, want %d", got, test.want)
			}
		})
	}
}

func TestPolicy_unknownIsRefused(t *testing.T) {
	const where = "stack/Api.Policy.Statement[0]"
	for statements, want := range map[string]string{
		"":                                     "stack/Api.Policy.Statement: has none",
		statement("Allow", `"NotAction": "x"`): where + ".NotAction: is not simulated",
		statement("Allow", `"NotPrincipal": "x"`):                       where + ".NotPrincipal: is not simulated",
		statement("Permit", ``):                                         where + `.Effect: got "Permit", allowed are Allow, Deny`,
		`{"Effect": "Allow", "Action": "x", "Resource": "y"}`:           where + ".Principal: is required",
		statement("Allow", `"Principal": "444455556666"`):               where + `.Principal: got "444455556666", want "*"`,
		statement("Allow", `"Principal": {"AWS": "*", "Service": "x"}`): where + ".Principal.Service: is not simulated",
		statement("Allow", `"Principal": {"AWS": "arn:aws:iam::444455556666:role/*"}`): where +
			`.Principal.AWS: got "arn:aws:iam::444455556666:role/*"`,
		statement("Allow", `"Condition": {"StringLike": {"aws:SourceVpce": "vpce-*"}}`): where + ".Condition.StringLike: is not simulated",
		statement("Allow", `"Condition": {"IpAddressIfExists": {"aws:SourceIp": "x"}}`): where + ".Condition.IpAddressIfExists: is not simulated",
		statement("Allow", `"Condition": {"StringEquals": {"aws:PrincipalOrgID": "o-1"}}`): where +
			".Condition.StringEquals.aws:PrincipalOrgID: is not simulated",
		statement("Allow", `"Condition": {"IpAddress": {"aws:SourceVpce": "10.0.0.0/8"}}`): where +
			".Condition.IpAddress.aws:SourceVpce: is not simulated",
		statement("Allow", `"Condition": {"IpAddress": {"aws:SourceIp": ["10.0.0.0/33"]}}`): where +
			`.Condition.IpAddress.aws:SourceIp: got "10.0.0.0/33"`,
		statement("Allow", `"Condition": {"ArnEquals": {"aws:PrincipalArn": "arn:aws:*"}}`): where +
			`.Condition.ArnEquals.aws:PrincipalArn: got "arn:aws:*", want an ARN`,
		statement("Allow", `"Principal": {"AWS": "arn:aws:sts::444455556666:assumed-role/r/s"}`): where +
			`.Principal.AWS: got "arn:aws:sts::444455556666:assumed-role/r/s"`,
		statement("Allow", `"Condition": {"StringEquals": {"aws:SourceVpce": []}}`): where +
			".Condition.StringEquals.aws:SourceVpce: has no value",
		statement("Allow", `"Condition": {"NotIpAddress": {"aws:SourceIp": {"a": "b"}}}`): where +
			".Condition.NotIpAddress.aws:SourceIp: got an object",
		statement("Allow", `"Conditions": {"StringEquals": {"aws:SourceVpce": ["vpce-1"]}}`): where + ".Conditions: unknown property",
	} {
		_, err := policy.Read("stack/Api.Policy", document(t, statements), apiARN)
		if err == nil || !strings.HasPrefix(err.Error(), want) {
			t.Errorf("%s:\ngot %v, want %s…", statements, err, want)
		}
	}
}

func TestPolicy_wildcardsMatchAsIAMs(t *testing.T) {
	for _, test := range []struct {
		pattern, resource string
		want              policy.Outcome
	}{
		{"*", method, policy.Allow},
		{apiARN + "/v1/POST/oauth2/token", method, policy.Allow},
		{apiARN + "/*/*/oauth2/t?ken", method, policy.Allow},
		{apiARN + "/**/token", method, policy.Allow},
		{apiARN + "/*token*", method, policy.Allow},
		{apiARN + "/*/token/", method, policy.Silent},
		{apiARN + "/v1/POST/oauth2/tokens", method, policy.Silent},
		{apiARN + "/v1/POST/oauth2/toke", method, policy.Silent},
		{apiARN + "/v1/POST/oauth2/token?", method, policy.Silent},
		{apiARN + "/*/POST/*/x*", apiARN + "/v1/POST/x/POST/a/xyz", policy.Allow},
		{"", method, policy.Silent},
	} {
		response := events.APIGatewayCustomAuthorizerResponse{PrincipalID: "p"}
		response.PolicyDocument.Statement = []events.IAMPolicyStatement{{Effect: "Allow", Action: []string{"execute-api:Invoke"},
			Resource: []string{test.pattern}}}
		p, err := policy.FromAuthorizer(response)
		if err != nil {
			t.Fatal(err)
		}
		if got := p.Evaluate(policy.Request{Action: policy.Invoke, Resource: test.resource}); got != test.want {
			t.Errorf("%s on %s: got %d, want %d", test.pattern, test.resource, got, test.want)
		}
	}
}

func TestPolicy_authorizersAnswerMustBeWhole(t *testing.T) {
	whole := events.IAMPolicyStatement{Effect: "Deny", Action: []string{"*"}, Resource: []string{"*"}}
	for _, test := range []struct {
		principal string
		change    func(*events.IAMPolicyStatement)
		want      string
	}{
		{"", func(*events.IAMPolicyStatement) {}, "the authorizer's answer has no principalId"},
		{"p", func(s *events.IAMPolicyStatement) { s.Effect = "allow" },
			`statement 0 of the authorizer's policy has the effect "allow", want Allow or Deny`},
		{"p", func(s *events.IAMPolicyStatement) { s.Action = nil },
			"statement 0 of the authorizer's policy has 0 actions and 1 resources, want one of each at least"},
		{"p", func(s *events.IAMPolicyStatement) { s.Resource = nil },
			"statement 0 of the authorizer's policy has 1 actions and 0 resources, want one of each at least"},
	} {
		s := whole
		test.change(&s)
		response := events.APIGatewayCustomAuthorizerResponse{PrincipalID: test.principal}
		response.PolicyDocument.Statement = []events.IAMPolicyStatement{s}
		_, err := policy.FromAuthorizer(response)
		if err == nil {
			t.Fatalf("%s: no error", test.want)
		}
		if diff := cmp.Diff(test.want, err.Error()); diff != "" {
			t.Error(diff)
		}
	}
	response := events.APIGatewayCustomAuthorizerResponse{PrincipalID: "p"}
	if _, err := policy.FromAuthorizer(response); err == nil || !strings.Contains(err.Error(), "no policyDocument") {
		t.Errorf("without statements: got %v", err)
	}
	response.PolicyDocument.Statement = []events.IAMPolicyStatement{whole}
	p, err := policy.FromAuthorizer(response)
	if err != nil {
		t.Fatal(err)
	}
	if got := p.Evaluate(policy.Request{Action: policy.Invoke, Resource: method}); got != policy.Deny {
		t.Errorf("a whole answer: got %d, want a denial", got)
	}
}
