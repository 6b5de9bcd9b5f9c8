package webacl_test

import (
	"encoding/json"
	"slices"
	"testing"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsapigateway"
	"github.com/aws/aws-cdk-go/awscdk/v2/awswafv2"
	"github.com/aws/jsii-runtime-go"
	"github.com/google/go-cmp/cmp"

	"github.com/cognito-m2m/cognito-m2m-cdk/constructs/webacl"
	"github.com/cognito-m2m/cognito-m2m-cdk/internal/testkit/cdktest"
)

// gateway stands for a token proxy, and header for an origin header.
type gateway struct {
	stage             awsapigateway.IStage
	credentialsHeader string
}

func (g *gateway) Stage() awsapigateway.IStage { return g.stage }
func (g *gateway) TokenPaths() []*string       { return *jsii.Strings("/v1/oauth2/token", "/oauth2/token") }
func (g *gateway) CredentialsHeader() *string  { return &g.credentialsHeader }

type header struct{ name string }

func (h header) HeaderName() *string                       { return &h.name }
func (header) AcceptedValues() awswafv2.CfnRegexPatternSet { return nil }

// newEdge creates an edge web ACL before a stage in a stack of its own.
func newEdge(t *testing.T, configure func(awscdk.Stack, *webacl.EdgeWebACLProps)) (awscdk.Stack, *webacl.EdgeWebACL) {
	t.Helper()
	stack := cdktest.NewStack(t)
	api := awsapigateway.NewRestApi(stack, jsii.String("Api"), &awsapigateway.RestApiProps{CloudWatchRole: jsii.Bool(false)})
	api.Root().AddMethod(jsii.String("POST"), nil, nil)
	props := &webacl.EdgeWebACLProps{Proxy: &gateway{api.DeploymentStage(), "Authorization"}, OriginHeader: header{"x-wafAuthAllowRule"}}
	if configure != nil {
		configure(stack, props)
	}
	return stack, webacl.NewEdgeWebACL(stack, jsii.String("EdgeWebAcl"), props)
}

func synthEdge(t *testing.T, configure func(awscdk.Stack, *webacl.EdgeWebACLProps)) cdktest.Template {
	t.Helper()
	stack, _ := newEdge(t, configure)
	template := cdktest.Synth(t, stack)
	if errs := cdktest.Errors(stack); len(errs) > 0 {
		t.Fatal(errs)
	}
	return template
}

// everything turns on all that there is.
func everything(_ awscdk.Stack, p *webacl.EdgeWebACLProps) {
	p.AllowedCIDRs = *jsii.Strings("192.0.2.0/24", "2001:db8::/32", "198.51.100.7/32")
	p.AllowedCountries = *jsii.Strings("DE", "GB")
	p.BotControl = jsii.Bool(true)
}

// rulesByName are the rules of the edge web ACL.
func rulesByName(t *testing.T, template cdktest.Template) map[string]any {
	t.Helper()
	all := map[string]any{}
	for _, rule := range template.One("AWS::WAFv2::WebACL")["Rules"].([]any) {
		all[cdktest.At(t, rule, "Name").(string)] = rule
	}
	return all
}

func TestEdge_rulesAreInOrderAndKeepTheirPriorities(t *testing.T) {
	off := func(_ awscdk.Stack, p *webacl.EdgeWebACLProps) {
		p.DisableIPReputation, p.DisableKnownBadInputs, p.DisableCommonRuleSet = jsii.Bool(true), jsii.Bool(true), jsii.Bool(true)
		p.AnonymousIP = webacl.AnonymousIPOff
	}
	own := []string{"20 token-path-only", "30 post-only", "40 body-size", "50 rate-limit-per-ip", "60 rate-limit-per-credential"}
	managed := []string{"70 ip-reputation", "80 anonymous-ip", "90 known-bad-inputs", "100 common-rule-set"}
	for name, test := range map[string]struct {
		configure func(awscdk.Stack, *webacl.EdgeWebACLProps)
		want      []string
	}{
		"default": {nil, slices.Concat(own, managed)},
		"everything": {everything, slices.Concat([]string{"0 allowed-networks", "10 allowed-countries"}, own, managed,
			[]string{"110 bot-control"})},
		"least": {off, own},
	} {
		t.Run(name, func(t *testing.T) {
			acl := synthEdge(t, test.configure).One("AWS::WAFv2::WebACL")
			if diff := cmp.Diff(map[string]any{"Allow": map[string]any{}}, acl["DefaultAction"]); diff != "" {
				t.Errorf("default action:\n%s", diff)
			}
			var got []string
			for _, rule := range acl["Rules"].([]any) {
				name := cdktest.At(t, rule, "Name").(string)
				got = append(got, cdktest.JSON(t, cdktest.At(t, rule, "Priority"))+" "+name)
				want := map[string]any{"CloudWatchMetricsEnabled": true, "MetricName": name, "SampledRequestsEnabled": false}
				if diff := cmp.Diff(want, cdktest.At(t, rule, "VisibilityConfig")); diff != "" {
					t.Errorf("%s: visibility:\n%s", name, diff)
				}
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestEdge_whatTheEdgeRulesMatch(t *testing.T) {
	rules := rulesByName(t, synthEdge(t, func(stack awscdk.Stack, p *webacl.EdgeWebACLProps) {
		everything(stack, p)
		p.Proxy.(*gateway).credentialsHeader = "X-Client-Authorization"
		p.RateLimitPerIP, p.RateLimitPerCredential = jsii.Number(500), jsii.Number(100)
		p.RateWindow = awscdk.Duration_Minutes(jsii.Number(1))
		p.MaxBodyBytes = jsii.Number(8192)
	}))
	type object = map[string]any
	untransformed := []any{object{"Priority": 0.0, "Type": "NONE"}}
	not := func(s object) object { return object{"NotStatement": object{"Statement": s}} }
	equals := func(component, value string) object {
		return object{"ByteMatchStatement": object{
			"FieldToMatch": object{component: object{}}, "PositionalConstraint": "EXACTLY", "SearchString": value,
			"TextTransformations": untransformed,
		}}
	}
	set := func(id string) object {
		return object{"IPSetReferenceStatement": object{"Arn": object{"Fn::GetAtt": []any{id, "Arn"}}}}
	}
	for name, want := range map[string]any{
		"allowed-networks": not(object{"OrStatement": object{"Statements": []any{set("EdgeWebAclAllowedIPV463961BA7"),
			set("EdgeWebAclAllowedIPV676FE8A17")}}}),
		"allowed-countries": not(object{"GeoMatchStatement": object{"CountryCodes": []any{"DE", "GB"}}}),
		"token-path-only": not(object{"OrStatement": object{"Statements": []any{equals("UriPath", "/v1/oauth2/token"),
			equals("UriPath", "/oauth2/token")}}}),
		"post-only": not(equals("Method", "POST")),
		"body-size": object{"SizeConstraintStatement": object{
			"FieldToMatch": object{"Body": object{"OversizeHandling": "MATCH"}}, "ComparisonOperator": "GT", "Size": 8192.0,
			"TextTransformations": untransformed,
		}},
		"rate-limit-per-ip": object{"RateBasedStatement": object{"AggregateKeyType": "IP", "Limit": 500.0, "EvaluationWindowSec": 60.0}},
		"rate-limit-per-credential": object{"RateBasedStatement": object{
			"AggregateKeyType": "CUSTOM_KEYS", "Limit": 100.0, "EvaluationWindowSec": 60.0,
			"CustomKeys": []any{object{"Header": object{"Name": "x-client-authorization", "TextTransformations": []any{
				object{"Priority": 0.0, "Type": "LOWERCASE"}, object{"Priority": 1.0, "Type": "COMPRESS_WHITE_SPACE"},
			}}}},
		}},
	} {
		if diff := cmp.Diff(want, cdktest.At(t, rules[name], "Statement")); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

func TestEdgeDefaults(t *testing.T) {
	rules := rulesByName(t, synthEdge(t, nil))
	for _, test := range []struct {
		rule string
		path []any
		want any
	}{
		{"body-size", []any{"SizeConstraintStatement", "Size"}, 4096.0},
		{"rate-limit-per-ip", []any{"RateBasedStatement", "Limit"}, 2000.0},
		{"rate-limit-per-ip", []any{"RateBasedStatement", "EvaluationWindowSec"}, 300.0},
		{"rate-limit-per-credential", []any{"RateBasedStatement", "Limit"}, 1000.0},
		{"rate-limit-per-credential", []any{"RateBasedStatement", "EvaluationWindowSec"}, 300.0},
		{"rate-limit-per-credential", []any{"RateBasedStatement", "CustomKeys", 0, "Header", "Name"}, "authorization"},
	} {
		if got := cdktest.At(t, cdktest.At(t, rules[test.rule], "Statement"), test.path...); got != test.want {
			t.Errorf("%s %v: got %v, want %v", test.rule, test.path, got, test.want)
		}
	}
}

func TestEdge_refusedClientsReadRFC6749(t *testing.T) {
	template := synthEdge(t, func(stack awscdk.Stack, p *webacl.EdgeWebACLProps) {
		everything(stack, p)
		p.MaxBodyBytes = jsii.Number(2048)
		p.RateWindow = awscdk.Duration_Minutes(jsii.Number(2))
	})
	rules, acl := rulesByName(t, template), template.One("AWS::WAFv2::WebACL")
	for name, want := range map[string]struct {
		status                  float64
		code, description       string
		moreHeader, headerValue string
	}{
		"allowed-networks":  {403, "access_denied", "The request is not allowed.", "", ""},
		"allowed-countries": {403, "access_denied", "The request is not allowed.", "", ""},
		"token-path-only":   {403, "invalid_request", "Only POST of the token endpoint is served.", "", ""},
		"post-only":         {405, "invalid_request", "Only POST of the token endpoint is served.", "Allow", "POST"},
		"body-size":         {413, "invalid_request", "The request body is larger than 2048 bytes.", "", ""},
		"rate-limit-per-ip": {429, "temporarily_unavailable", "Too many requests. Use the token again until it expires, and retry later.",
			"Retry-After", "120"},
		"rate-limit-per-credential": {429, "temporarily_unavailable", "Too many requests. Use the token again until it expires, and retry later.",
			"Retry-After", "120"},
	} {
		response := cdktest.At(t, rules[name], "Action", "Block", "CustomResponse")
		if got := cdktest.At(t, response, "ResponseCode"); got != want.status {
			t.Errorf("%s answers %v, want %v", name, got, want.status)
		}
		headers := map[string]string{}
		for _, header := range cdktest.At(t, response, "ResponseHeaders").([]any) {
			headers[cdktest.At(t, header, "Name").(string)] = cdktest.At(t, header, "Value").(string)
		}
		wantHeaders := map[string]string{"Cache-Control": "no-store", "Pragma": "no-cache"}
		if want.moreHeader != "" {
			wantHeaders[want.moreHeader] = want.headerValue
		}
		if diff := cmp.Diff(wantHeaders, headers); diff != "" {
			t.Errorf("%s: headers (-want +got):\n%s", name, diff)
		}
		body := cdktest.At(t, acl, "CustomResponseBodies", cdktest.At(t, response, "CustomResponseBodyKey").(string))
		var got map[string]string
		if err := json.Unmarshal([]byte(cdktest.At(t, body, "Content").(string)), &got); err != nil ||
			cdktest.At(t, body, "ContentType") != "APPLICATION_JSON" {
			t.Fatalf("%s: %v in %s", name, err, cdktest.JSON(t, body))
		}
		if diff := cmp.Diff(map[string]string{"error": want.code, "error_description": want.description}, got); diff != "" {
			t.Errorf("%s: body (-want +got):\n%s", name, diff)
		}
	}
}

func TestEdge_isBeforeTheStage(t *testing.T) {
	template := synthEdge(t, everything)
	association := template.One("AWS::WAFv2::WebACLAssociation")
	want := []any{"arn:", map[string]any{"Ref": "AWS::Partition"}, ":apigateway:", map[string]any{"Ref": "AWS::Region"}, "::/restapis/",
		map[string]any{"Ref": "ApiF70053CD"},
		"/stages/", map[string]any{"Ref": "ApiDeploymentStageprod3EB9684E"}}
	if diff := cmp.Diff(want, cdktest.At(t, association, "ResourceArn", "Fn::Join", 1)); diff != "" {
		t.Errorf("stage:\n%s", diff)
	}
	if got := cdktest.At(t, association, "WebACLArn", "Fn::GetAtt", 0); got != template.ID("AWS::WAFv2::WebACL") {
		t.Errorf("web ACL: got %v", got)
	}
	for id, want := range map[string]map[string]any{
		"EdgeWebAclAllowedIPV463961BA7": {"IPAddressVersion": "IPV4", "Addresses": []any{"192.0.2.0/24", "198.51.100.7/32"}},
		"EdgeWebAclAllowedIPV676FE8A17": {"IPAddressVersion": "IPV6", "Addresses": []any{"2001:db8::/32"}},
	} {
		want["Scope"], want["Description"] = "REGIONAL", "Networks that token requests may come from"
		if diff := cmp.Diff(want, template.Properties(id)); diff != "" {
			t.Errorf("%s:\n%s", id, diff)
		}
	}
}

// A changed logical ID replaces a live web ACL: for a while the stage has none.
func TestEdge_logicalIDs(t *testing.T) {
	template := synthEdge(t, nil)
	for resourceType, want := range map[string]string{
		"AWS::WAFv2::WebACL":               "EdgeWebAclWebACLEEA09640",
		"AWS::WAFv2::WebACLAssociation":    "EdgeWebAclAssociation732E4FEA",
		"AWS::WAFv2::LoggingConfiguration": "EdgeWebAclLogging9177CF14",
		"AWS::Logs::LogGroup":              "EdgeWebAclLogA0E4202A",
		"AWS::KMS::Key":                    "EdgeWebAclLogKey2625247F",
	} {
		if got := template.ID(resourceType); got != want {
			t.Errorf("%s: got %s, want %s", resourceType, got, want)
		}
	}
}

func TestEdgeAccessors(t *testing.T) {
	stack, acl := newEdge(t, nil)
	template := cdktest.Synth(t, stack)
	if got := cdktest.At(t, template.One("AWS::WAFv2::WebACL"), "VisibilityConfig", "MetricName"); got != *acl.MetricName() {
		t.Errorf("metric: got %v, want %s", got, *acl.MetricName())
	}
	var rules []*string
	for _, rule := range template.One("AWS::WAFv2::WebACL")["Rules"].([]any) {
		rules = append(rules, jsii.String(cdktest.At(t, rule, "VisibilityConfig", "MetricName").(string)))
	}
	if diff := cmp.Diff(rules, acl.RuleNames()); diff != "" || len(rules) == 0 {
		t.Errorf("rules (-want +got):\n%s", diff)
	}
	for name, got := range map[string]awscdk.CfnElement{"WebACL": acl.WebACL(), "Association": acl.Association(),
		"Log": acl.Log().Node().DefaultChild().(awscdk.CfnElement)} {
		if id := *stack.GetLogicalId(got); template.Resource(id) == nil {
			t.Errorf("%s is not in the template: %s", name, id)
		}
	}
}
