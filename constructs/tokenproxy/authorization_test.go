package tokenproxy_test

import (
	"strings"
	"testing"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsiam"
	"github.com/aws/aws-cdk-go/awscdk/v2/awslambda"
	"github.com/aws/jsii-runtime-go"
	"github.com/google/go-cmp/cmp"

	"github.com/cognito-m2m/cognito-m2m-cdk/constructs/tokenproxy"
	"github.com/cognito-m2m/cognito-m2m-cdk/internal/testkit/cdktest"
)

// with changes only the props.
func with(configure func(*tokenproxy.TokenProxyProps)) func(awscdk.Stack, *tokenproxy.TokenProxyProps) {
	return func(_ awscdk.Stack, p *tokenproxy.TokenProxyProps) { configure(p) }
}

func allowList(p *tokenproxy.TokenProxyProps) {
	p.Authorization = &tokenproxy.Authorization{Lambda: &tokenproxy.LambdaAuthorizer{AllowList: &tokenproxy.AllowList{
		ClientIDs: *jsii.Strings("1example23456789", "2example23456789"), SourceNetworks: *jsii.Strings("203.0.113.0/24", "2001:db8::/32"),
	}}}
}

func iam(p *tokenproxy.TokenProxyProps) {
	p.Authorization = &tokenproxy.Authorization{IAM: &tokenproxy.IAMAuthorization{}}
}

func apiKey(p *tokenproxy.TokenProxyProps) {
	p.Authorization = &tokenproxy.Authorization{APIKey: jsii.Bool(true), UsagePlans: []*tokenproxy.UsagePlan{
		{Name: jsii.String("gold"), QuotaPerDay: jsii.Number(10000), RatePerSecond: jsii.Number(50), Burst: jsii.Number(100)},
		{Name: jsii.String("trial"), QuotaPerMonth: jsii.Number(500)},
	}}
}

func function(stack awscdk.Stack) awslambda.IFunction {
	return awslambda.NewFunction(stack, jsii.String("Own"), &awslambda.FunctionProps{
		Runtime: awslambda.Runtime_NODEJS_22_X(), Handler: jsii.String("index.handler"), Code: awslambda.Code_FromInline(jsii.String("exports.handler = () => {}")),
	})
}

const (
	authorizerID = "TokenProxyAuthorizerC0C0BE09"
	functionID   = "TokenProxyClientAuthorizerFunction1731FF14"
)

func TestAuthorization_allowListDecidesBeforeTheCache(t *testing.T) {
	template := synth(t, with(allowList))
	method := template.One("AWS::ApiGateway::Method")
	if method["AuthorizationType"] != "CUSTOM" || cdktest.At(t, method, "AuthorizerId", "Ref") != authorizerID {
		t.Errorf("method: got %v, %v", method["AuthorizationType"], method["AuthorizerId"])
	}
	authorizer := template.Properties(authorizerID)
	if authorizer["Type"] != "REQUEST" || authorizer["AuthorizerResultTtlInSeconds"] != 300.0 || cdktest.At(t, authorizer, "RestApiId", "Ref") != "TokenProxyApi09D26809" {
		t.Errorf("authorizer: got %s", cdktest.JSON(t, authorizer))
	}
	// The decision is kept under exactly what it depends on, as internal/authorizer/client says.
	if got := authorizer["IdentitySource"]; got != "method.request.header.Authorization,context.identity.sourceIp,method.request.querystring.client_id" {
		t.Errorf("identity sources: got %v", got)
	}
	uri := []any{"arn:", map[string]any{"Ref": "AWS::Partition"}, ":apigateway:", map[string]any{"Ref": "AWS::Region"},
		":lambda:path/2015-03-31/functions/", map[string]any{"Fn::GetAtt": []any{functionID, "Arn"}}, "/invocations"}
	if diff := cmp.Diff(uri, cdktest.At(t, authorizer, "AuthorizerUri", "Fn::Join", 1)); diff != "" {
		t.Errorf("URI (-want +got):\n%s", diff)
	}
	function := template.Properties(functionID)
	if diff := cmp.Diff(map[string]any{"CLIENT_IDS": "1example23456789,2example23456789", "SOURCE_NETWORKS": "203.0.113.0/24,2001:db8::/32"}, cdktest.At(t, function, "Environment", "Variables")); diff != "" {
		t.Errorf("environment (-want +got):\n%s", diff)
	}
	if function["Timeout"].(float64) >= 10 || cdktest.At(t, function, "Architectures", 0) != "arm64" || function["Runtime"] != "provided.al2023" {
		t.Errorf("function: got %s; API Gateway waits for 10 s", cdktest.JSON(t, function))
	}
}

func TestAuthorization_authorizersFunctionMayDoNothingButLog(t *testing.T) {
	template := synth(t, func(_ awscdk.Stack, p *tokenproxy.TokenProxyProps) {
		allowList(p)
		p.ExistingAccountLogRole = jsii.Bool(true)
	})
	role := template.One("AWS::IAM::Role")
	want := []any{map[string]any{
		"Sid": "Log", "Effect": "Allow", "Action": []any{"logs:CreateLogStream", "logs:PutLogEvents"},
		"Resource": map[string]any{"Fn::GetAtt": []any{"TokenProxyClientAuthorizerLog6B840178", "Arn"}},
	}}
	if diff := cmp.Diff(want, cdktest.At(t, role, "Policies", 0, "PolicyDocument", "Statement")); diff != "" || len(role["Policies"].([]any)) != 1 || role["ManagedPolicyArns"] != nil {
		t.Errorf("role (-want +got):\n%s%s", diff, cdktest.JSON(t, role))
	}
	if ids := template.IDs("AWS::IAM::Policy"); len(ids) > 0 {
		t.Errorf("more policies: %v", ids)
	}
	log := template.Properties("TokenProxyClientAuthorizerLog6B840178")
	if log["LogGroupName"] != "/cognito-m2m/Test-TokenProxy-ClientAuthorizer-C6414BE5/authorizer" || cdktest.At(t, log, "KmsKeyId", "Fn::GetAtt", 0) != "TokenProxyLogKey5F372086" {
		t.Errorf("log: got %s", cdktest.JSON(t, log))
	}
}

// API Gateway may invoke a function for this one authorizer, be it ours or given: no other API of anyone can use it.
func TestAuthorization_onlyThisAuthorizerMayInvokeTheFunction(t *testing.T) {
	for name, test := range map[string]struct {
		configure func(awscdk.Stack, *tokenproxy.TokenProxyProps)
		function  string
	}{
		"ours": {with(allowList), functionID},
		"given": {func(stack awscdk.Stack, p *tokenproxy.TokenProxyProps) {
			p.Authorization = &tokenproxy.Authorization{Lambda: &tokenproxy.LambdaAuthorizer{Function: function(stack), CacheTTL: minutes(0)}}
		}, "Own30425842"},
	} {
		t.Run(name, func(t *testing.T) {
			template := synth(t, test.configure)
			want := map[string]any{
				"Action": "lambda:InvokeFunction", "Principal": "apigateway.amazonaws.com", "FunctionName": map[string]any{
					"Fn::GetAtt": []any{test.function, "Arn"},
				},
				"SourceArn": map[string]any{"Fn::Join": []any{"", []any{
					"arn:", map[string]any{"Ref": "AWS::Partition"}, ":execute-api:", map[string]any{"Ref": "AWS::Region"}, ":", map[string]any{"Ref": "AWS::AccountId"},
					":", map[string]any{"Ref": "TokenProxyApi09D26809"}, "/authorizers/", map[string]any{"Ref": authorizerID},
				}}},
			}
			if diff := cmp.Diff(want, template.One("AWS::Lambda::Permission")); diff != "" {
				t.Errorf("permission (-want +got):\n%s", diff)
			}
			ttl := map[string]float64{"ours": 300, "given": 0}[name]
			if got := template.Properties(authorizerID)["AuthorizerResultTtlInSeconds"]; got != ttl {
				t.Errorf("TTL: got %v, want %v", got, ttl)
			}
		})
	}
}

// The L2's way makes the two stacks depend on each other.
func TestAuthorization_functionOfAnotherStack(t *testing.T) {
	stack, _ := newProxy(t, func(stack awscdk.Stack, p *tokenproxy.TokenProxyProps) {
		other := awscdk.NewStack(stack.Node().Scope().(awscdk.App), jsii.String("Other"), nil)
		p.Authorization = &tokenproxy.Authorization{Lambda: &tokenproxy.LambdaAuthorizer{Function: function(other)}}
	})
	template := cdktest.Synth(t, stack)
	if _, ok := cdktest.At(t, template.One("AWS::Lambda::Permission"), "FunctionName").(map[string]any)["Fn::ImportValue"]; !ok {
		t.Error("the permission is not on the other stack's function")
	}
}

func TestLambdaAuthorizer_takesAFunctionByItsARN(t *testing.T) {
	const arn = "arn:aws:lambda:eu-west-1:111122223333:function:clients"
	template := synth(t, func(_ awscdk.Stack, p *tokenproxy.TokenProxyProps) {
		p.Authorization = &tokenproxy.Authorization{Lambda: &tokenproxy.LambdaAuthorizer{FunctionArn: jsii.String(arn)}}
	})
	uri := cdktest.JSON(t, template.One("AWS::ApiGateway::Authorizer")["AuthorizerUri"])
	if got := template.One("AWS::Lambda::Permission")["FunctionName"]; got != arn || !strings.Contains(uri, arn+"/invocations") {
		t.Errorf("permission on %v, authorizer %s, want %s", got, uri, arn)
	}
}

func TestAuthorization_withoutClientIDTheAuthorizerDoesNotLookAtIt(t *testing.T) {
	template := synth(t, func(_ awscdk.Stack, p *tokenproxy.TokenProxyProps) {
		allowList(p)
		p.AllowMissingClientID = jsii.Bool(true)
	})
	if got := template.Properties(authorizerID)["IdentitySource"]; got != "method.request.header.Authorization,context.identity.sourceIp" {
		t.Errorf("identity sources: got %v: a request without client_id would be answered 401", got)
	}
	if got := cdktest.At(t, template.Properties(functionID), "Environment", "Variables", "IGNORE_CLIENT_ID"); got != "true" {
		t.Errorf("IGNORE_CLIENT_ID: got %v", got)
	}
}

func TestAuthorization_withIAMTheCredentialsTravelInAHeaderOfTheirOwn(t *testing.T) {
	for name, header := range map[string]string{"": "x-client-authorization", "X-Credentials": "X-Credentials"} {
		template := synth(t, with(func(p *tokenproxy.TokenProxyProps) {
			iam(p)
			if name != "" {
				p.Authorization.IAM.CredentialsHeader = jsii.String(name)
			}
		}))
		method := template.One("AWS::ApiGateway::Method")
		if method["AuthorizationType"] != "AWS_IAM" || method["AuthorizerId"] != nil {
			t.Errorf("method: got %v, %v", method["AuthorizationType"], method["AuthorizerId"])
		}
		credentials := "method.request.header." + header
		want := map[string]any{credentials: true, "method.request.querystring.scope": true, "method.request.querystring.client_id": true}
		if diff := cmp.Diff(want, method["RequestParameters"]); diff != "" {
			t.Errorf("required parameters (-want +got):\n%s", diff)
		}
		keys := []any{credentials, "method.request.querystring.scope", "method.request.querystring.client_id"}
		if diff := cmp.Diff(keys, cdktest.At(t, method, "Integration", "CacheKeyParameters")); diff != "" {
			t.Errorf("cache key (-want +got):\n%s", diff)
		}
		// The cached answer depends on the key only: nothing but the key's parts and constants go upstream, and the signature does not.
		upstream := map[string]any{
			"integration.request.header.Authorization":      credentials,
			"integration.request.header.Content-Type":       "'application/x-www-form-urlencoded'",
			"integration.request.header.x-wafAuthAllowRule": "stageVariables.originHeaderValue",
		}
		if diff := cmp.Diff(upstream, cdktest.At(t, method, "Integration", "RequestParameters")); diff != "" {
			t.Errorf("upstream headers (-want +got):\n%s", diff)
		}
		if policy := template.One("AWS::ApiGateway::RestApi")["Policy"]; policy != nil {
			t.Errorf("a policy although nobody is named: %s", cdktest.JSON(t, policy))
		}
	}
}

func TestAuthorization_PIKeysHaveUsagePlansOfTheStage(t *testing.T) {
	template := synth(t, with(apiKey))
	method := template.One("AWS::ApiGateway::Method")
	if method["ApiKeyRequired"] != true || method["AuthorizationType"] != "NONE" {
		t.Errorf("method: got %v, %v", method["ApiKeyRequired"], method["AuthorizationType"])
	}
	stage := []any{
		map[string]any{
			"ApiId": map[string]any{"Ref": "TokenProxyApi09D26809"}, "Stage": map[string]any{"Ref": "TokenProxyApiDeploymentStagev1BD056F72"},
			"Throttle": map[string]any{},
		},
	}
	want := map[string]any{ // Pinned IDs: a replaced plan has no keys.
		"TokenProxyUsagePlangold33796BC6": map[string]any{"UsagePlanName": "gold", "ApiStages": stage, "Description": "What an API key " +
			"may use of the token gateway",
			"Quota": map[string]any{"Limit": 10000.0, "Period": "DAY"}, "Throttle": map[string]any{"RateLimit": 50.0, "BurstLimit": 100.0}},
		"TokenProxyUsagePlantrial2B971063": map[string]any{"UsagePlanName": "trial", "ApiStages": stage, "Description": "What an API key " +
			"may use of the token gateway",
			"Quota": map[string]any{"Limit": 500.0, "Period": "MONTH"}},
	}
	got := map[string]any{}
	for _, id := range template.IDs("AWS::ApiGateway::UsagePlan") {
		got[id] = template.Properties(id)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("usage plans (-want +got):\n%s", diff)
	}
}

func TestAuthorization_everyRefusalOfTheGatewayIsAnOAuthError(t *testing.T) {
	for name, test := range map[string]struct {
		configure func(*tokenproxy.TokenProxyProps)
		want      map[string]string // what there is besides the answers of every gateway, or instead
	}{
		"Lambda": {allowList, map[string]string{
			"UNAUTHORIZED": "401 invalid_client", "ACCESS_DENIED": "403 access_denied", "MISSING_AUTHENTICATION_TOKEN": "404 invalid_request",
		}},
		"IAM": {iam, map[string]string{
			"INVALID_SIGNATURE": "403 access_denied", "EXPIRED_TOKEN": "403 access_denied", "MISSING_AUTHENTICATION_TOKEN": "403 invalid_request",
		}},
		"API key": {
			apiKey,
			map[string]string{
				"INVALID_API_KEY": "403 access_denied", "QUOTA_EXCEEDED": "429 temporarily_unavailable", "THROTTLED": "429 temporarily_unavailable",
			},
		},
	} {
		t.Run(name, func(t *testing.T) {
			template := synth(t, with(test.configure))
			got := map[string]string{}
			for _, id := range template.IDs("AWS::ApiGateway::GatewayResponse") {
				response := template.Properties(id)
				body := strings.ReplaceAll(
					cdktest.At(t, response, "ResponseTemplates", "application/json").(string), "$context.error.messageString", `"Missing"`,
				)
				expectOAuthError(t, id, body)
				if _, of := test.want[response["ResponseType"].(string)]; of {
					got[response["ResponseType"].(string)] = response["StatusCode"].(string) + " " + strings.Split(body, `"`)[3]
				}
				authenticate := response["ResponseParameters"].(map[string]any)["gatewayresponse.header.WWW-Authenticate"]
				if (response["ResponseType"] == "UNAUTHORIZED") != (authenticate == "'Basic'") {
					t.Errorf("%v: WWW-Authenticate: %v", response["ResponseType"], authenticate)
				}
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// Whatever decides over a request is part of the deployment, or a change of it would not take effect.
func TestAuthorization_everyChangeOfAuthorizationAndEndpointMakesANewDeployment(t *testing.T) {
	seen := map[string]string{}
	for name, configure := range map[string]func(awscdk.Stack, *tokenproxy.TokenProxyProps){
		"none": nil, "allow list": with(allowList), "IAM": with(iam), "API key": with(apiKey),
		"another credentials header": with(func(p *tokenproxy.TokenProxyProps) {
			iam(p)
			p.Authorization.IAM.CredentialsHeader = jsii.String("x-other")
		}),
		"callers": with(func(p *tokenproxy.TokenProxyProps) {
			iam(p)
			p.Authorization.IAM.Callers = *jsii.Strings("arn:aws:iam::111122223333:role/orders")
		}),
		"authorizer's TTL": with(func(p *tokenproxy.TokenProxyProps) {
			allowList(p)
			p.Authorization.Lambda.CacheTTL = minutes(10)
		}),
		"authorizer's function": func(stack awscdk.Stack, p *tokenproxy.TokenProxyProps) {
			p.Authorization = &tokenproxy.Authorization{Lambda: &tokenproxy.LambdaAuthorizer{Function: function(stack)}}
		},
		"default endpoint": with(func(p *tokenproxy.TokenProxyProps) {
			p.Endpoint = &tokenproxy.Endpoint{DisableDefaultEndpoint: jsii.Bool(true)}
		}),
		"private": with(private),
		"another VPC endpoint": with(func(p *tokenproxy.TokenProxyProps) {
			private(p)
			p.Endpoint.Private.VPCEndpointIDs = *jsii.Strings("vpce-0a1b2c3d")
		}),
		"networks": with(networks),
		"another network": with(func(p *tokenproxy.TokenProxyProps) {
			networks(p)
			p.Endpoint.ResourcePolicy.AllowedCIDRs = *jsii.Strings("198.51.100.0/24")
		}),
		"TLS policy": with(func(p *tokenproxy.TokenProxyProps) {
			p.Endpoint = &tokenproxy.Endpoint{SecurityPolicy: jsii.String("TLS_1_2")}
		}),
	} {
		id := synth(t, configure).ID("AWS::ApiGateway::Deployment")
		if other, ok := seen[id]; ok {
			t.Errorf("%q and %q have one deployment", name, other)
		}
		seen[id] = name
	}
}

func TestAuthorization_changedAllowListChangesTheFunctionAlone(t *testing.T) {
	before := synth(t, with(allowList))
	after := synth(t, with(func(p *tokenproxy.TokenProxyProps) {
		allowList(p)
		p.Authorization.Lambda.AllowList.ClientIDs = *jsii.Strings("3example23456789")
	}))
	if before.ID("AWS::ApiGateway::Deployment") != after.ID("AWS::ApiGateway::Deployment") {
		t.Error("a new deployment, which would start with a cold cache")
	}
	if got := cdktest.At(t, after.Properties(functionID), "Environment", "Variables", "CLIENT_IDS"); got != "3example23456789" {
		t.Errorf("CLIENT_IDS: got %v", got)
	}
}

// The ids of clients of the same app are known at deployment only.
func TestAuthorization_idsThatAreKnownAtDeployment(t *testing.T) {
	template := synth(t, func(stack awscdk.Stack, p *tokenproxy.TokenProxyProps) {
		role := awsiam.NewRole(stack, jsii.String("Caller"), &awsiam.RoleProps{AssumedBy: awsiam.NewAccountRootPrincipal()})
		p.Authorization = &tokenproxy.Authorization{IAM: &tokenproxy.IAMAuthorization{Callers: []*string{role.RoleArn()}}}
	})
	statements := cdktest.At(t, template.One("AWS::ApiGateway::RestApi"), "Policy", "Statement")
	if got := cdktest.At(t, statements, 0, "Principal", "AWS", "Fn::GetAtt", 0); !strings.HasPrefix(got.(string), "Caller") {
		t.Errorf("caller: got %v", got)
	}
	template = synth(t, func(stack awscdk.Stack, p *tokenproxy.TokenProxyProps) {
		allowList(p)
		p.Authorization.Lambda.AllowList.ClientIDs = []*string{awscdk.Aws_STACK_NAME(), jsii.String("2example23456789")} // Stands for a client's id.
	})
	joined := cdktest.At(t, template.Properties(functionID), "Environment", "Variables", "CLIENT_IDS", "Fn::Join")
	if diff := cmp.Diff([]any{",", []any{map[string]any{"Ref": "AWS::StackName"}, "2example23456789"}}, joined); diff != "" {
		t.Errorf("client ids (-want +got):\n%s", diff)
	}
}
