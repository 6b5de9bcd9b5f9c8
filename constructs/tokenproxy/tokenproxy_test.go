package tokenproxy_test

import (
	"encoding/json"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsapigateway"
	"github.com/aws/jsii-runtime-go"
	"github.com/google/go-cmp/cmp"

	"github.com/cognito-m2m/cognito-m2m-cdk/constructs/m2mpool"
	"github.com/cognito-m2m/cognito-m2m-cdk/constructs/originheader"
	"github.com/cognito-m2m/cognito-m2m-cdk/constructs/tokenproxy"
	"github.com/cognito-m2m/cognito-m2m-cdk/internal/testkit/cdktest"
)

func TestMain(m *testing.M) { cdktest.Main(m) }

func minutes(n float64) awscdk.Duration { return awscdk.Duration_Minutes(jsii.Number(n)) }

// newProxy creates a proxy in a stack of its own.
func newProxy(t *testing.T, configure func(awscdk.Stack, *tokenproxy.TokenProxyProps)) (awscdk.Stack, *tokenproxy.TokenProxy) {
	stack := cdktest.NewStack(t)
	return stack, addProxy(stack, configure)
}

// addProxy creates it in a stack.
func addProxy(stack awscdk.Stack, configure func(awscdk.Stack, *tokenproxy.TokenProxyProps)) *tokenproxy.TokenProxy {
	props := &tokenproxy.TokenProxyProps{
		Pool:         m2mpool.NewM2MPool(stack, jsii.String("Pool"), &m2mpool.M2MPoolProps{Domain: &m2mpool.Domain{Prefix: jsii.String("acme")}}),
		OriginHeader: originheader.NewOriginHeader(stack, jsii.String("OriginHeader"), nil),
	}
	if configure != nil {
		configure(stack, props)
	}
	return tokenproxy.NewTokenProxy(stack, jsii.String("TokenProxy"), props)
}

func synth(t *testing.T, configure func(awscdk.Stack, *tokenproxy.TokenProxyProps)) cdktest.Template {
	t.Helper()
	stack, _ := newProxy(t, configure)
	template := cdktest.Synth(t, stack)
	if errs := cdktest.Errors(stack); len(errs) > 0 {
		t.Fatal(errs)
	}
	return template
}

func TestTokenProxy_cacheKeyIsAllThatIsRequiredAndForwarded(t *testing.T) {
	template := synth(t, nil)
	method := template.One("AWS::ApiGateway::Method")
	want := map[string]any{"method.request.header.Authorization": true, "method.request.querystring.scope": true,
		"method.request.querystring.client_id": true}
	if diff := cmp.Diff(want, method["RequestParameters"]); diff != "" {
		t.Errorf("required parameters (-want +got):\n%s", diff)
	}
	validator := template.One("AWS::ApiGateway::RequestValidator")
	if validator["ValidateRequestParameters"] != true || cdktest.At(t, method, "RequestValidatorId",
		"Ref") != template.ID("AWS::ApiGateway::RequestValidator") {
		t.Error("the parameters are not validated")
	}

	integration := method["Integration"].(map[string]any)
	keys := []any{"method.request.header.Authorization", "method.request.querystring.scope", "method.request.querystring.client_id"}
	if diff := cmp.Diff(keys, integration["CacheKeyParameters"]); diff != "" {
		t.Errorf("cache key (-want +got):\n%s", diff)
	}
	if integration["Type"] != "HTTP" || integration["IntegrationHttpMethod"] != "POST" || integration["PassthroughBehavior"] != "NEVER" {
		t.Errorf("integration: got %v %v %v", integration["Type"], integration["IntegrationHttpMethod"], integration["PassthroughBehavior"])
	}
	headers := map[string]any{
		"integration.request.header.Authorization":      "method.request.header.Authorization",
		"integration.request.header.Content-Type":       "'application/x-www-form-urlencoded'",
		"integration.request.header.x-wafAuthAllowRule": "stageVariables.originHeaderValue",
	}
	if diff := cmp.Diff(headers, integration["RequestParameters"]); diff != "" {
		t.Errorf("upstream headers (-want +got):\n%s", diff)
	}
	const body = "grant_type=client_credentials&client_id=$util.urlEncode($input.params().querystring.get('client_id'))" +
		"&scope=$util.urlEncode($input.params().querystring.get('scope'))"
	templates := integration["RequestTemplates"].(map[string]any)
	for contentType, got := range templates {
		if got != body {
			t.Errorf("upstream body for %s: got %v", contentType, got)
		}
	}
	for _, contentType := range []string{"application/json", "application/x-www-form-urlencoded",
		"application/x-www-form-urlencoded; charset=UTF-8"} {
		if templates[contentType] == nil {
			t.Errorf("%s is refused", contentType)
		}
	}
}

func TestTokenProxy_everyUpstreamStatusIsMappedOnItsOwn(t *testing.T) {
	template := synth(t, nil)
	method := template.One("AWS::ApiGateway::Method")
	responses := cdktest.At(t, method, "Integration", "IntegrationResponses").([]any)

	// API Gateway chooses the response whose pattern matches the whole status, or else the one without a pattern.
	status := func(upstream string) string {
		fallback := ""
		for _, r := range responses {
			response := r.(map[string]any)
			pattern, ok := response["SelectionPattern"].(string)
			if !ok {
				fallback = response["StatusCode"].(string)
			} else if regexp.MustCompile("^(?:" + pattern + ")$").MatchString(upstream) {
				return response["StatusCode"].(string)
			}
		}
		return fallback
	}
	own := map[string]string{"200": "200", "400": "400", "401": "401", "403": "503", "404": "502", "408": "502", "429": "429"}
	for upstream := 100; upstream < 600; upstream++ {
		want := own[strconv.Itoa(upstream)]
		switch {
		case want != "":
		case upstream/100 == 4:
			want = "422"
		default:
			want = "502"
		}
		if got := status(strconv.Itoa(upstream)); got != want {
			t.Errorf("Cognito's %d: got %s, want %s", upstream, got, want)
		}
	}

	declared := map[string]bool{}
	for _, r := range method["MethodResponses"].([]any) {
		declared[cdktest.At(t, r, "StatusCode").(string)] = true
	}
	seen := map[string]bool{}
	for _, r := range responses {
		code := cdktest.At(t, r, "StatusCode").(string)
		if seen[code] {
			t.Errorf("two integration responses for %s: API Gateway keeps one", code)
		}
		seen[code] = true
		if !declared[code] {
			t.Errorf("no method response for %s", code)
		}
		if got := cdktest.At(t, r, "ResponseParameters", "method.response.header.Cache-Control"); got != "'no-store'" {
			t.Errorf("%s: Cache-Control %v", code, got)
		}
		templates, ok := r.(map[string]any)["ResponseTemplates"].(map[string]any)
		if (code == "400" || code == "401") == ok {
			t.Errorf("%s: only Cognito's own OAuth errors pass unchanged", code)
		}
		if ok && code != "200" {
			expectOAuthError(t, code, templates["application/json"].(string))
		}
	}
}

func TestTokenProxy_expiresInIsLoweredByTheTTL(t *testing.T) {
	template := synth(t, func(_ awscdk.Stack, p *tokenproxy.TokenProxyProps) { p.CacheTTL = minutes(20) })
	body := cdktest.At(t, template.One("AWS::ApiGateway::Method"), "Integration", "IntegrationResponses", 0, "ResponseTemplates",
		"application/json").(string)
	want := `#set($token = $input.path('$'))
#set($expiresIn = $token.expires_in - 1200)
#if(!$expiresIn || $expiresIn < 0)#set($expiresIn = 0)#end
{"access_token":"$token.access_token","expires_in":$expiresIn,"token_type":"$token.token_type"}`
	if diff := cmp.Diff(want, body); diff != "" {
		t.Errorf("token response (-want +got):\n%s", diff)
	}
	if got := methodSetting(t, template, "POST")["CacheTtlInSeconds"]; got != 1200.0 {
		t.Errorf("cache TTL: got %v", got)
	}
}

func TestTokenProxy_onlyTheTokenMethodIsCachedAndEncrypted(t *testing.T) {
	template := synth(t, func(_ awscdk.Stack, p *tokenproxy.TokenProxyProps) { p.CacheSizeGB = jsii.String("6.1") })
	stage := template.One("AWS::ApiGateway::Stage")
	if stage["CacheClusterEnabled"] != true || stage["CacheClusterSize"] != "6.1" {
		t.Errorf("cache cluster: got %v, %v", stage["CacheClusterEnabled"], stage["CacheClusterSize"])
	}
	token := map[string]any{
		"HttpMethod": "POST", "ResourcePath": "/~1oauth2~1token",
		"CachingEnabled": true, "CacheDataEncrypted": true, "CacheTtlInSeconds": 2700.0,
		"DataTraceEnabled": false, "LoggingLevel": "ERROR", "MetricsEnabled": true, "ThrottlingRateLimit": 100.0, "ThrottlingBurstLimit": 200.0,
	}
	if diff := cmp.Diff(token, methodSetting(t, template, "POST")); diff != "" {
		t.Errorf("token method (-want +got):\n%s", diff)
	}
	others := map[string]any{
		"HttpMethod": "*", "ResourcePath": "/*",
		"CachingEnabled": false, "CacheDataEncrypted": true,
		"DataTraceEnabled": false, "LoggingLevel": "ERROR", "MetricsEnabled": true, "ThrottlingRateLimit": 100.0, "ThrottlingBurstLimit": 200.0,
	}
	if diff := cmp.Diff(others, methodSetting(t, template, "*")); diff != "" {
		t.Errorf("all other methods (-want +got):\n%s", diff)
	}
	if got := len(stage["MethodSettings"].([]any)); got != 2 {
		t.Errorf("got %d method settings, want 2", got)
	}
}

func methodSetting(t *testing.T, template cdktest.Template, httpMethod string) map[string]any {
	t.Helper()
	for _, s := range template.One("AWS::ApiGateway::Stage")["MethodSettings"].([]any) {
		if setting := s.(map[string]any); setting["HttpMethod"] == httpMethod {
			return setting
		}
	}
	t.Fatalf("no method setting for %s", httpMethod)
	return nil
}

func TestTokenProxy_originHeaderIsInTheStageByReferenceOnly(t *testing.T) {
	template := synth(t, nil)
	stage := template.Properties("TokenProxyApiDeploymentStagev1BD056F72") // Pinned: a replaced stage is another URL.
	want := map[string]any{"originHeaderValue": map[string]any{"Fn::Join": []any{"", []any{
		"{{resolve:secretsmanager:", map[string]any{"Ref": "OriginHeaderSecret40AD370C"}, ":SecretString:::}}",
	}}}}
	if diff := cmp.Diff(want, stage["Variables"]); diff != "" {
		t.Errorf("stage variables (-want +got):\n%s", diff)
	}
	if _, ok := template.Resource("TokenProxyApi09D26809")["Properties"]; !ok { // Pinned, too.
		t.Error("no REST API")
	}
}

func TestTokenProxy_logsHoldNoCredentialAndAreEncrypted(t *testing.T) {
	template := synth(t, nil)
	stage := template.One("AWS::ApiGateway::Stage")
	var format map[string]string
	if err := json.Unmarshal([]byte(cdktest.At(t, stage, "AccessLogSetting", "Format").(string)), &format); err != nil {
		t.Fatal(err)
	}
	for field, variable := range format {
		for _, leak := range []string{"$input", "stageVariables", ".header", "authorizer", "body", "querystring", "userAgent", "caller",
			"apiKey"} {
			if strings.Contains(variable, leak) {
				t.Errorf("access log field %s holds %s", field, variable)
			}
		}
	}
	if format["requestId"] == "" || format["integrationLatency"] != "$context.integration.latency" {
		t.Errorf("access log: got %v", format)
	}

	// A Lambda authorizer's principal names the client, also of an answer from the cache. Nothing else is more in the log with one.
	named := map[string]string{}
	stage = synth(t, with(allowList)).One("AWS::ApiGateway::Stage")
	if err := json.Unmarshal([]byte(cdktest.At(t, stage, "AccessLogSetting", "Format").(string)), &named); err != nil {
		t.Fatal(err)
	}
	format["principalId"] = "$context.authorizer.principalId"
	if diff := cmp.Diff(format, named); diff != "" {
		t.Errorf("access log with a Lambda authorizer (-want +got):\n%s", diff)
	}

	// CloudWatch Logs refuses a group whose key does not let it in, so the key's policy has to name both groups.
	var allowed []any
	for _, s := range cdktest.At(t, template.Properties("TokenProxyLogKey5F372086"), "KeyPolicy", "Statement").([]any) {
		if condition, ok := s.(map[string]any)["Condition"]; ok {
			parts := cdktest.At(t, condition, "ArnEquals", "kms:EncryptionContext:aws:logs:arn", "Fn::Join", 1).([]any)
			allowed = append(allowed, parts[6:])
		}
	}
	names := []any{
		[]any{":log-group:/cognito-m2m/Test-TokenProxy-FC6819E6/access"},
		[]any{":log-group:API-Gateway-Execution-Logs_", map[string]any{"Ref": "TokenProxyApi09D26809"}, "/v1"},
	}
	if diff := cmp.Diff(names, allowed); diff != "" {
		t.Errorf("log groups that may use the key (-want +got):\n%s", diff)
	}
	for _, id := range template.IDs("AWS::Logs::LogGroup") {
		group := template.Properties(id)
		if cdktest.At(t, group, "KmsKeyId", "Fn::GetAtt", 0) != "TokenProxyLogKey5F372086" || group["RetentionInDays"] != 90.0 {
			t.Errorf("%s: got %s", id, cdktest.JSON(t, group))
		}
	}
}

// A stage with logs cannot be created in an account without API Gateway's CloudWatch role, so it has to wait for it.
func TestTokenProxy_stageWaitsForTheAccountsLogRole(t *testing.T) {
	created := synth(t, nil)
	stage := created.Resource(created.ID("AWS::ApiGateway::Stage"))
	if diff := cmp.Diff([]any{created.ID("AWS::ApiGateway::Account"), "TokenProxyExecutionLog37106D57"}, stage["DependsOn"]); diff != "" {
		t.Errorf("the stage's dependencies (-want +got):\n%s", diff)
	}
	for _, id := range append(created.IDs("AWS::ApiGateway::Account"), created.IDs("AWS::IAM::Role")...) {
		if created.Resource(id)["DeletionPolicy"] != "Retain" {
			t.Errorf("%s is deleted with the stack, though other APIs may use it", id)
		}
	}
	existing := synth(t, func(_ awscdk.Stack, p *tokenproxy.TokenProxyProps) { p.ExistingAccountLogRole = jsii.Bool(true) })
	if ids := append(existing.IDs("AWS::ApiGateway::Account"), existing.IDs("AWS::IAM::Role")...); len(ids) > 0 {
		t.Errorf("got %v although the role exists", ids)
	}
}

func TestTokenProxy_gatewaysOwnAnswersAreOAuthErrors(t *testing.T) {
	template := synth(t, nil)
	statuses := map[string]any{}
	for _, id := range template.IDs("AWS::ApiGateway::GatewayResponse") {
		response := template.Properties(id)
		responseType := response["ResponseType"].(string)
		statuses[responseType] = response["StatusCode"]
		// $context.error.messageString comes with quotes of its own.
		body := strings.ReplaceAll(cdktest.At(t, response, "ResponseTemplates", "application/json").(string), "$context.error.messageString",
			`"Missing"`)
		expectOAuthError(t, responseType, body)
		if got := cdktest.At(t, response, "ResponseParameters", "gatewayresponse.header.Cache-Control"); got != "'no-store'" {
			t.Errorf("%s: Cache-Control %v", responseType, got)
		}
	}
	want := map[string]any{
		"DEFAULT_4XX": nil, "DEFAULT_5XX": nil, "BAD_REQUEST_PARAMETERS": "400", "UNSUPPORTED_MEDIA_TYPE": "415",
		"MISSING_AUTHENTICATION_TOKEN": "404",
		"THROTTLED":                    "429", "QUOTA_EXCEEDED": "429", "ACCESS_DENIED": "403", "WAF_FILTERED": "403",
	}
	if diff := cmp.Diff(want, statuses); diff != "" {
		t.Errorf("gateway responses (-want +got):\n%s", diff)
	}
}

func expectOAuthError(t *testing.T, what, body string) {
	t.Helper()
	var answer struct {
		Error       string `json:"error"`
		Description string `json:"error_description"`
	}
	if err := json.Unmarshal([]byte(body), &answer); err != nil || answer.Error == "" || answer.Description == "" {
		t.Errorf("%s: %q is no OAuth error: %v", what, body, err)
	}
	// RFC 6749 section 5.2 allows these characters in both members.
	if !regexp.MustCompile(`^[\x20-\x21\x23-\x5B\x5D-\x7E]*$`).MatchString(answer.Error + answer.Description) {
		t.Errorf("%s: %q has a character that RFC 6749 does not allow", what, body)
	}
}

// A deployment is a snapshot of the API: what is not in its logical ID is not deployed when it changes.
func TestTokenProxy_everyChangeOfTheAPIMakesANewDeployment(t *testing.T) {
	deployment := func(configure func(awscdk.Stack, *tokenproxy.TokenProxyProps)) string {
		return synth(t, configure).ID("AWS::ApiGateway::Deployment")
	}
	before := deployment(nil)
	for name, configure := range map[string]func(awscdk.Stack, *tokenproxy.TokenProxyProps){
		"TTL in the response mapping": func(_ awscdk.Stack, p *tokenproxy.TokenProxyProps) { p.CacheTTL = minutes(10) },
		"cache key":                   func(_ awscdk.Stack, p *tokenproxy.TokenProxyProps) { p.AllowMissingClientID = jsii.Bool(true) },
		"integration":                 func(_ awscdk.Stack, p *tokenproxy.TokenProxyProps) { p.Integration = tokenproxy.HTTPProxyIntegration },
	} {
		if deployment(configure) == before {
			t.Errorf("%s: changed without a new deployment", name)
		}
	}
	if deployment(func(_ awscdk.Stack, p *tokenproxy.TokenProxyProps) { p.ThrottlingRateLimit = jsii.Number(50) }) != before {
		t.Error("a stage setting made a new deployment, which would start with a cold cache")
	}
	stack, proxy := newProxy(t, nil)
	awsapigateway.NewGatewayResponse(stack, jsii.String("Another"), &awsapigateway.GatewayResponseProps{
		RestApi: proxy.RestAPI(), Type: awsapigateway.ResponseType_EXPIRED_TOKEN(),
	})
	if cdktest.Synth(t, stack).ID("AWS::ApiGateway::Deployment") == before {
		t.Error("gateway response: changed without a new deployment")
	}
}

func TestTokenProxy_withoutClientID(t *testing.T) {
	method := synth(t, func(_ awscdk.Stack, p *tokenproxy.TokenProxyProps) {
		p.AllowMissingClientID = jsii.Bool(true)
	}).One("AWS::ApiGateway::Method")
	if diff := cmp.Diff([]any{"method.request.header.Authorization", "method.request.querystring.scope"},
		cdktest.At(t, method, "Integration", "CacheKeyParameters")); diff != "" {
		t.Errorf("cache key (-want +got):\n%s", diff)
	}
	body := cdktest.At(t, method, "Integration", "RequestTemplates", "application/x-www-form-urlencoded").(string)
	if strings.Contains(body, "client_id") {
		t.Errorf("what is no part of the key is forwarded: %s", body)
	}
}

func TestTokenProxy_HTTPProxyIntegrationPassesThrough(t *testing.T) {
	method := synth(t, func(_ awscdk.Stack, p *tokenproxy.TokenProxyProps) {
		p.Integration = tokenproxy.HTTPProxyIntegration
	}).One("AWS::ApiGateway::Method")
	integration := method["Integration"].(map[string]any)
	if integration["Type"] != "HTTP_PROXY" || integration["RequestTemplates"] != nil || integration["IntegrationResponses"] != nil {
		t.Errorf("integration: got %s", cdktest.JSON(t, integration))
	}
	want := map[string]any{"integration.request.header.x-wafAuthAllowRule": "stageVariables.originHeaderValue"}
	if diff := cmp.Diff(want, integration["RequestParameters"]); diff != "" {
		t.Errorf("upstream headers (-want +got):\n%s", diff)
	}
	if got := len(integration["CacheKeyParameters"].([]any)); got != 3 {
		t.Errorf("got %d cache keys, want 3", got)
	}
}
