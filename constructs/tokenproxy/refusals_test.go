package tokenproxy_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awslambda"
	"github.com/aws/jsii-runtime-go"

	"github.com/cognito-m2m/cognito-m2m-cdk/constructs/tokenproxy"
	"github.com/cognito-m2m/cognito-m2m-cdk/internal/testkit/cdktest"
)

// Every combination that is impossible, or would let in nobody or everybody without a word, is refused with one message that says what to
// do.
func TestRefusals_impossibleCombinationsAreRefused(t *testing.T) {
	type props = tokenproxy.TokenProxyProps
	policy := func(configure func(*tokenproxy.ResourcePolicy)) func(awscdk.Stack, *props) {
		return with(func(p *props) {
			if p.Endpoint == nil {
				p.Endpoint = &tokenproxy.Endpoint{}
			}
			p.Endpoint.ResourcePolicy = &tokenproxy.ResourcePolicy{}
			configure(p.Endpoint.ResourcePolicy)
		})
	}
	list := func(configure func(*tokenproxy.AllowList)) func(awscdk.Stack, *props) {
		return with(func(p *props) { allowList(p); configure(p.Authorization.Lambda.AllowList) })
	}
	authorization := func(a tokenproxy.Authorization) func(awscdk.Stack, *props) {
		return with(func(p *props) { p.Authorization = &a })
	}
	plans := func(plans ...*tokenproxy.UsagePlan) func(awscdk.Stack, *props) {
		return authorization(tokenproxy.Authorization{APIKey: jsii.Bool(true), UsagePlans: plans})
	}
	endpoint := func(e tokenproxy.Endpoint) func(awscdk.Stack, *props) {
		return with(func(p *props) { p.Endpoint = &e })
	}
	both := func(first func(*props), second func(*props)) func(awscdk.Stack, *props) {
		return with(func(p *props) { first(p); second(p) })
	}
	iamWith := func(i tokenproxy.IAMAuthorization) func(awscdk.Stack, *props) {
		return authorization(tokenproxy.Authorization{IAM: &i})
	}
	httpProxy := func(p *props) { p.Integration = tokenproxy.HTTPProxyIntegration }
	many := make([]*string, 160)
	for i := range many {
		many[i] = jsii.String(fmt.Sprintf("%026d", i))
	}

	tests := []struct {
		name      string
		configure func(awscdk.Stack, *props)
		want      []string
	}{
		// Authorization
		{"no type", authorization(tokenproxy.Authorization{}), []string{"Authorization: needs exactly one of Lambda, IAM and APIKey, got none"}},
		{"APIKey off", authorization(tokenproxy.Authorization{APIKey: jsii.Bool(false)}),
			[]string{"Authorization: needs exactly one of Lambda, IAM and APIKey, got none"}},
		{"two types", both(allowList, func(p *props) { p.Authorization.IAM = &tokenproxy.IAMAuthorization{} }),
			[]string{"Authorization: needs exactly one of Lambda, IAM and APIKey, got Lambda and IAM"}},
		{"three types", both(apiKey, func(p *props) {
			p.Authorization.IAM = &tokenproxy.IAMAuthorization{}
			p.Authorization.Lambda = &tokenproxy.LambdaAuthorizer{AllowList: &tokenproxy.AllowList{ClientIDs: *jsii.Strings("a")}}
		}), []string{"Authorization: needs exactly one of Lambda, IAM and APIKey, got Lambda and IAM and APIKey"}},

		// Lambda
		{"neither function nor allow list", authorization(tokenproxy.Authorization{Lambda: &tokenproxy.LambdaAuthorizer{}}),
			[]string{"Authorization.Lambda: needs exactly one of Function, FunctionArn and AllowList"}},
		{"function and allow list", func(stack awscdk.Stack, p *props) {
			allowList(p)
			p.Authorization.Lambda.Function = function(stack)
		}, []string{"Authorization.Lambda: needs exactly one of Function, FunctionArn and AllowList"}},
		{"empty allow list", list(func(l *tokenproxy.AllowList) { *l = tokenproxy.AllowList{} }),
			[]string{"Authorization.Lambda.AllowList: is empty, which would let everyone in"}},
		{"allow list of empty lists", list(func(l *tokenproxy.AllowList) {
			*l = tokenproxy.AllowList{ClientIDs: []*string{}, SourceNetworks: []*string{}}
		}), []string{"Authorization.Lambda.AllowList: is empty"}},
		{"bad client id", list(func(l *tokenproxy.AllowList) { l.ClientIDs = *jsii.Strings("a", "b,c") }),
			[]string{`Authorization.Lambda.AllowList.ClientIDs[1]: client id "b,c" is not one of Cognito`}},
		{"missing client id", list(func(l *tokenproxy.AllowList) { l.ClientIDs = []*string{nil} }),
			[]string{"Authorization.Lambda.AllowList.ClientIDs[0]: is nil"}},
		{"client id twice", list(func(l *tokenproxy.AllowList) { l.ClientIDs = *jsii.Strings("a", "b", "a") }),
			[]string{`Authorization.Lambda.AllowList.ClientIDs[2]: duplicate "a"`}},
		{"bad network", list(func(l *tokenproxy.AllowList) { l.SourceNetworks = *jsii.Strings("203.0.113.7") }),
			[]string{`Authorization.Lambda.AllowList.SourceNetworks[0]: network "203.0.113.7" is not in CIDR notation`}},
		{"too long a list", list(func(l *tokenproxy.AllowList) { l.ClientIDs = many }),
			[]string{"Authorization.Lambda.AllowList: takes 4394 bytes of a Lambda function's environment, which holds 4096"}},
		{"TTL over an hour", both(allowList, func(p *props) { p.Authorization.Lambda.CacheTTL = awscdk.Duration_Hours(jsii.Number(2)) }),
			[]string{"Authorization.Lambda.CacheTTL: authorizer TTL 2h0m0s is not allowed: use whole seconds from 0s"}},
		{"broken TTL", both(allowList, func(p *props) { p.Authorization.Lambda.CacheTTL = awscdk.Duration_Millis(jsii.Number(1500)) }),
			[]string{"Authorization.Lambda.CacheTTL: authorizer TTL 1.5s is not allowed"}},
		{"allow list with a passed-through body", both(allowList, httpProxy),
			[]string{"Authorization.Lambda.AllowList: does not go with integration http-proxy"}},

		// IAM
		{"signature passed through", both(iam, httpProxy),
			[]string{"Authorization.IAM: does not go with integration http-proxy, which passes the signature on to Cognito"}},
		{"signature's own header", iamWith(tokenproxy.IAMAuthorization{CredentialsHeader: jsii.String("authorization")}),
			[]string{`Authorization.IAM.CredentialsHeader: credentials header "authorization" carries the signature`}},
		{"origin header", iamWith(tokenproxy.IAMAuthorization{CredentialsHeader: jsii.String("X-WAFAuthAllowRule")}),
			[]string{`Authorization.IAM.CredentialsHeader: credentials header "X-WAFAuthAllowRule" is the origin header`}},
		{"AWS's header", iamWith(tokenproxy.IAMAuthorization{CredentialsHeader: jsii.String("x-amz-security-token")}),
			[]string{`Authorization.IAM.CredentialsHeader: header name "x-amz-security-token" is not allowed`}},
		{"header known at deployment", func(_ awscdk.Stack, p *props) {
			p.Authorization = &tokenproxy.Authorization{IAM: &tokenproxy.IAMAuthorization{CredentialsHeader: awscdk.Aws_STACK_NAME()}}
		}, []string{"Authorization.IAM.CredentialsHeader: must be known at synth"}},
		{"caller by pattern", iamWith(tokenproxy.IAMAuthorization{Callers: *jsii.Strings("arn:aws:iam::111122223333:role/*")}),
			[]string{`Authorization.IAM.Callers[0]: caller "arn:aws:iam::111122223333:role/*" is not an IAM role or user`}},
		{"caller's session", iamWith(tokenproxy.IAMAuthorization{Callers: *jsii.Strings("arn:aws:sts::111122223333:assumed-role/a/b")}),
			[]string{"Authorization.IAM.Callers[0]: caller"}},
		{"caller of an account that is left out", both(iam, func(p *props) {
			p.Authorization.IAM.Callers = *jsii.Strings("arn:aws:iam::444455556666:role/orders")
			p.Endpoint = &tokenproxy.Endpoint{ResourcePolicy: &tokenproxy.ResourcePolicy{AllowedAccounts: *jsii.Strings("111122223333")}}
		}), []string{"Authorization.IAM.Callers[0]: is of account 444455556666, which Endpoint.ResourcePolicy.AllowedAccounts leaves out"}},
		{"one mistake is one message", both(iam, func(p *props) {
			p.Authorization.IAM.Callers = *jsii.Strings("orders")
			p.Endpoint = &tokenproxy.Endpoint{ResourcePolicy: &tokenproxy.ResourcePolicy{AllowedAccounts: *jsii.Strings("111122223333")}}
		}), []string{`Authorization.IAM.Callers[0]: caller "orders" is not an IAM role or user`}},

		// API keys
		{"key without a plan", plans(), []string{"Authorization.UsagePlans: are missing: API Gateway refuses every API key"}},
		{"plan without a key", both(allowList, func(p *props) {
			p.Authorization.UsagePlans = []*tokenproxy.UsagePlan{{Name: jsii.String("gold")}}
		}), []string{"Authorization.UsagePlans: are for API keys"}},
		{"missing plan", plans(nil), []string{"Authorization.UsagePlans[0]: needs a Name"}},
		{"plan without a name", plans(&tokenproxy.UsagePlan{}), []string{"Authorization.UsagePlans[0]: needs a Name"}},
		{"plan with a bad name", plans(&tokenproxy.UsagePlan{Name: jsii.String("a b")}),
			[]string{`Authorization.UsagePlans[0].Name: usage plan "a b" is not allowed`}},
		{"two plans of a name", plans(&tokenproxy.UsagePlan{Name: jsii.String("a")}, &tokenproxy.UsagePlan{Name: jsii.String("a")}),
			[]string{`Authorization.UsagePlans: duplicate "a"`}},
		{"two quotas", plans(&tokenproxy.UsagePlan{Name: jsii.String("a"), QuotaPerDay: jsii.Number(1), QuotaPerWeek: jsii.Number(2)}),
			[]string{"Authorization.UsagePlans[0]: has 2 quotas"}},
		{"quota of nothing", plans(&tokenproxy.UsagePlan{Name: jsii.String("a"), QuotaPerWeek: jsii.Number(0)}),
			[]string{"Authorization.UsagePlans[0]: quota of 0 requests is not allowed"}},
		{"rate without burst", plans(&tokenproxy.UsagePlan{Name: jsii.String("a"), RatePerSecond: jsii.Number(1)}),
			[]string{"Authorization.UsagePlans[0]: needs both RatePerSecond and Burst"}},
		{"rate of nothing", plans(&tokenproxy.UsagePlan{Name: jsii.String("a"), RatePerSecond: jsii.Number(0), Burst: jsii.Number(1)}),
			[]string{"Authorization.UsagePlans[0]: throttle of 0 requests a second"}},
		{"rate over the stage's", plans(&tokenproxy.UsagePlan{Name: jsii.String("a"), RatePerSecond: jsii.Number(101), Burst: jsii.Number(1)}),
			[]string{"Authorization.UsagePlans[0]: allows 101 requests a second, and the stage's throttle refuses more than 100"}},

		// Endpoint
		{"private without VPC endpoints", endpoint(tokenproxy.Endpoint{Private: &tokenproxy.PrivateEndpoint{}}),
			[]string{"Endpoint.Private.VPCEndpointIDs: are missing"}},
		{"bad VPC endpoint", endpoint(tokenproxy.Endpoint{Private: &tokenproxy.PrivateEndpoint{VPCEndpointIDs: *jsii.Strings("vpc-0a1b2c3d")}}),
			[]string{`Endpoint.Private.VPCEndpointIDs[0]: VPC endpoint "vpc-0a1b2c3d" is not an id`}},
		{"VPC endpoint twice", endpoint(tokenproxy.Endpoint{Private: &tokenproxy.PrivateEndpoint{VPCEndpointIDs: *jsii.Strings(vpce, vpce)}}),
			[]string{`Endpoint.Private.VPCEndpointIDs[1]: duplicate "` + vpce + `"`}},
		{"private and closed", both(private, func(p *props) { p.Endpoint.DisableDefaultEndpoint = jsii.Bool(true) }),
			[]string{"Endpoint.DisableDefaultEndpoint: does not go with Private"}},
		{"private with public networks", both(private, func(p *props) {
			p.Endpoint.ResourcePolicy = &tokenproxy.ResourcePolicy{AllowedCIDRs: *jsii.Strings("203.0.113.0/24")}
		}), []string{"Endpoint.ResourcePolicy.AllowedCIDRs: do not go with Private"}},
		{"policy that lets nobody in", policy(func(*tokenproxy.ResourcePolicy) {}),
			[]string{"Endpoint.ResourcePolicy: is empty, which would let nobody in"}},
		{"private policy that lets nobody in", both(private,
			func(p *props) { p.Endpoint.ResourcePolicy = &tokenproxy.ResourcePolicy{AllowedCIDRs: []*string{}} }),
			[]string{"Endpoint.ResourcePolicy: is empty, which would let nobody in"}},
		{"VPC endpoints of a public API", policy(func(r *tokenproxy.ResourcePolicy) { r.AllowedVPCEndpoints = *jsii.Strings(vpce) }),
			[]string{"Endpoint.ResourcePolicy.AllowedVPCEndpoints: need Private"}},
		{"accounts of unsigned requests", policy(func(r *tokenproxy.ResourcePolicy) { r.AllowedAccounts = *jsii.Strings("111122223333") }),
			[]string{"Endpoint.ResourcePolicy.AllowedAccounts: need Authorization.IAM"}},
		{"accounts beside an allow list", both(allowList, func(p *props) {
			p.Endpoint = &tokenproxy.Endpoint{ResourcePolicy: &tokenproxy.ResourcePolicy{AllowedAccounts: *jsii.Strings("111122223333")}}
		}), []string{"Endpoint.ResourcePolicy.AllowedAccounts: need Authorization.IAM"}},
		{"bad network of the policy", policy(func(r *tokenproxy.ResourcePolicy) {
			r.AllowedCIDRs = *jsii.Strings("203.0.113.0/24",
				"203.0.113.7/24")
		}), []string{`Endpoint.ResourcePolicy.AllowedCIDRs[1]: network "203.0.113.7/24" has bits set after its prefix`}},
		{"bad VPC endpoint of the policy", both(private, func(p *props) {
			p.Endpoint.ResourcePolicy = &tokenproxy.ResourcePolicy{AllowedVPCEndpoints: *jsii.Strings("x")}
		}), []string{`Endpoint.ResourcePolicy.AllowedVPCEndpoints[0]: VPC endpoint "x" is not an id`}},
		{"bad account", both(iam, func(p *props) {
			p.Endpoint = &tokenproxy.Endpoint{ResourcePolicy: &tokenproxy.ResourcePolicy{AllowedAccounts: *jsii.Strings("1")}}
		}), []string{`Endpoint.ResourcePolicy.AllowedAccounts[0]: account "1" is not an AWS account id`}},
		{"too long a policy", policy(func(r *tokenproxy.ResourcePolicy) {
			for i := range 600 {
				r.AllowedCIDRs = append(r.AllowedCIDRs, jsii.String(fmt.Sprintf("10.%d.%d.0/24", i/256, i%256)))
			}
		}), []string{"Endpoint.ResourcePolicy: is a policy of "}},
		{"TLS 1.0", endpoint(tokenproxy.Endpoint{SecurityPolicy: jsii.String("TLS_1_0")}),
			[]string{`Endpoint.SecurityPolicy: security policy "TLS_1_0" is not one of`}},
		{"TLS policy of edge-optimized APIs", endpoint(tokenproxy.Endpoint{SecurityPolicy: jsii.String("SecurityPolicy_TLS13_2025_EDGE")}),
			[]string{`Endpoint.SecurityPolicy: security policy "SecurityPolicy_TLS13_2025_EDGE" is not one of`}},
		{"access mode of a legacy policy", endpoint(tokenproxy.Endpoint{SecurityPolicy: jsii.String("TLS_1_2"),
			EndpointAccessMode: jsii.String("STRICT")}), []string{`Endpoint.EndpointAccessMode: ` +
			`endpoint access mode "STRICT" does not go with security policy "TLS_1_2"`}},
		{"access mode without a policy", endpoint(tokenproxy.Endpoint{EndpointAccessMode: jsii.String("BASIC")}),
			[]string{`Endpoint.EndpointAccessMode: endpoint access mode "BASIC" does not go with security policy ""`}},
		{"unknown access mode", endpoint(tokenproxy.Endpoint{SecurityPolicy: jsii.String("SecurityPolicy_TLS13_1_3_2025_09"),
			EndpointAccessMode: jsii.String("LOOSE")}), []string{`Endpoint.EndpointAccessMode: ` +
			`endpoint access mode "LOOSE" is not one of STRICT, BASIC`}},

		// Traffic
		{"no traffic expected", with(func(p *props) { p.ExpectedRequestsPerSecond = jsii.Number(0) }),
			[]string{"ExpectedRequestsPerSecond: 0 expected requests a second are not allowed"}},
		{"more traffic than the quota", with(func(p *props) { p.ExpectedRequestsPerSecond = jsii.Number(10001) }),
			[]string{"ExpectedRequestsPerSecond: 10001 expected requests a second are not allowed"}},
		{"throttle below the expected traffic", with(func(p *props) {
			p.ExpectedRequestsPerSecond, p.ThrottlingRateLimit = jsii.Number(200), jsii.Number(150)
		}), []string{"ThrottlingRateLimit: 150 requests a second are fewer than the expected 200"}},

		// All at once
		{"mistakes of both kinds", both(func(p *props) {
			p.Endpoint = &tokenproxy.Endpoint{SecurityPolicy: jsii.String("TLS_1_0")}
		}, func(p *props) { p.Authorization = &tokenproxy.Authorization{} }), []string{
			"Authorization: needs exactly one of", `Endpoint.SecurityPolicy: security policy "TLS_1_0"`,
		}},
	}
	// One app for all, and no synth, which takes most of a test's time: that annotations end one is shown by TestProps_mistakesAreReportedTogether.
	app := cdktest.NewStack(t).Node().Scope().(awscdk.App)
	for i, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			proxy := addProxy(awscdk.NewStack(app, jsii.String(fmt.Sprintf("case-%d", i)), nil), test.configure)
			var got []string
			for _, entry := range *proxy.Node().Metadata() {
				if *entry.Type == "aws:cdk:error" {
					got = append(got, entry.Data.(string))
				}
			}
			if len(got) != len(test.want) {
				t.Fatalf("got %d errors, want %d:\n%s", len(got), len(test.want), strings.Join(got, "\n"))
			}
			for i, message := range got {
				if !strings.HasPrefix(message, test.want[i]) {
					t.Errorf("error %d:\n got %s\nwant %s...", i, message, test.want[i])
				}
			}
		})
	}
}

func TestRefusals_functionElsewhereIsRefused(t *testing.T) {
	const arn = "arn:aws:lambda:eu-west-1:111122223333:function:authorizer"
	for _, test := range []struct {
		account, region string
		refused         bool
	}{
		{"111122223333", "eu-west-1", false}, {"444455556666", "eu-west-1", true}, {"111122223333", "eu-central-1", true},
	} {
		app := cdktest.NewStack(t).Node().Scope().(awscdk.App)
		stack := awscdk.NewStack(app, jsii.String("Placed"), &awscdk.StackProps{Env: &awscdk.Environment{Account: jsii.String(test.account),
			Region: jsii.String(test.region)}})
		addProxy(stack, func(stack awscdk.Stack, p *tokenproxy.TokenProxyProps) {
			given := awslambda.Function_FromFunctionArn(stack, jsii.String("Given"), jsii.String(arn))
			p.Authorization = &tokenproxy.Authorization{Lambda: &tokenproxy.LambdaAuthorizer{Function: given}}
		})
		var want []string
		if test.refused {
			want = []string{"Authorization.Lambda.Function: is in account 111122223333, Region eu-west-1, and the proxy in " + test.account + ", " +
				test.region}
		}
		cdktest.ExpectErrors(t, stack, want)
	}
}

func TestRefusals_throttleFollowsTheExpectedTraffic(t *testing.T) {
	for _, test := range []struct {
		configure   func(*tokenproxy.TokenProxyProps)
		rate, burst float64
	}{
		{func(*tokenproxy.TokenProxyProps) {}, 100, 200},
		{func(p *tokenproxy.TokenProxyProps) { p.ExpectedRequestsPerSecond = jsii.Number(200) }, 400, 800},
		{func(p *tokenproxy.TokenProxyProps) {
			p.ExpectedRequestsPerSecond, p.ThrottlingBurstLimit = jsii.Number(200), jsii.Number(50)
		}, 400, 50},
		{func(p *tokenproxy.TokenProxyProps) {
			p.ExpectedRequestsPerSecond, p.ThrottlingRateLimit = jsii.Number(200), jsii.Number(200)
		}, 200, 800},
		{func(p *tokenproxy.TokenProxyProps) { p.ThrottlingRateLimit = jsii.Number(7) }, 7, 200},
	} {
		for _, method := range []string{"POST", "*"} {
			setting := methodSetting(t, synth(t, with(test.configure)), method)
			if setting["ThrottlingRateLimit"] != test.rate || setting["ThrottlingBurstLimit"] != test.burst {
				t.Errorf("got %v, %v, want %v, %v", setting["ThrottlingRateLimit"], setting["ThrottlingBurstLimit"], test.rate, test.burst)
			}
		}
	}
}
