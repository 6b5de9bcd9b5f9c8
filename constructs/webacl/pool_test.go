package webacl_test

import (
	"testing"

	"github.com/aws/jsii-runtime-go"
	"github.com/google/go-cmp/cmp"

	"github.com/cognito-m2m/cognito-m2m-cdk/constructs/m2mpool"
	"github.com/cognito-m2m/cognito-m2m-cdk/constructs/originheader"
	"github.com/cognito-m2m/cognito-m2m-cdk/constructs/webacl"
	"github.com/cognito-m2m/cognito-m2m-cdk/internal/testkit/cdktest"
)

func TestMain(m *testing.M) { cdktest.Main(m) }

func synth(t *testing.T, header *originheader.OriginHeaderProps, configure func(*webacl.PoolWebACLProps)) cdktest.Template {
	stack := cdktest.NewStack(t)
	pool := m2mpool.NewM2MPool(stack, jsii.String("Pool"), &m2mpool.M2MPoolProps{Domain: &m2mpool.Domain{Prefix: jsii.String("acme")}})
	props := &webacl.PoolWebACLProps{Pool: pool, OriginHeader: originheader.NewOriginHeader(stack, jsii.String("OriginHeader"), header)}
	configure(props)
	webacl.NewPoolWebACL(stack, jsii.String("PoolWebAcl"), props)
	return cdktest.Synth(t, stack)
}

func TestPool_onlyTheOriginHeaderAndThePublicKeysPass(t *testing.T) {
	template := synth(t, nil, func(*webacl.PoolWebACLProps) {})
	acl := template.One("AWS::WAFv2::WebACL")
	rules := acl["Rules"].([]any)
	if len(rules) != 2 {
		t.Fatalf("got %d rules, want 2", len(rules))
	}

	allow := rules[0]
	if cdktest.At(t, allow, "Name") != "allow-origin-header" || cdktest.At(t, allow, "Priority") != 0.0 {
		t.Errorf("rule 0: got %v, priority %v", cdktest.At(t, allow, "Name"), cdktest.At(t, allow, "Priority"))
	}
	if diff := cmp.Diff(map[string]any{"Allow": map[string]any{}}, cdktest.At(t, allow, "Action")); diff != "" {
		t.Errorf("rule 0's action:\n%s", diff)
	}
	ways := cdktest.At(t, allow, "Statement", "OrStatement", "Statements").([]any)
	if len(ways) != 3 {
		t.Fatalf("rule 0 has %d ways in, want the header and two documents", len(ways))
	}
	header := cdktest.At(t, ways[0], "RegexPatternSetReferenceStatement")
	if cdktest.At(t, header, "FieldToMatch", "SingleHeader", "Name") != "x-wafauthallowrule" {
		t.Errorf("header: got %s", cdktest.JSON(t, header))
	}
	if got := cdktest.At(t, header, "Arn", "Fn::GetAtt", 0); got != "OriginHeaderAcceptedValues23333A10" {
		t.Errorf("pattern set: got %v", got)
	}
	for i, document := range []string{"jwks.json", "openid-configuration"} {
		both := cdktest.At(t, ways[i+1], "AndStatement", "Statements")
		method, path := cdktest.At(t, both, 0, "ByteMatchStatement"), cdktest.At(t, both, 1, "ByteMatchStatement")
		if cdktest.At(t, method, "SearchString") != "GET" || cdktest.At(t, method, "PositionalConstraint") != "EXACTLY" {
			t.Errorf("%s: method: got %s", document, cdktest.JSON(t, method))
		}
		want := []any{"/", map[string]any{"Ref": "PoolUserPool04A1AA15"}, "/.well-known/" + document}
		if diff := cmp.Diff(want, cdktest.At(t, path, "SearchString", "Fn::Join", 1)); diff != "" ||
			cdktest.At(t, path, "PositionalConstraint") != "EXACTLY" {
			t.Errorf("%s: path:\n%s", document, diff)
		}
	}

	block := rules[1]
	if cdktest.At(t, block, "Name") != "block-all" || cdktest.At(t, block, "Priority") != 1.0 {
		t.Errorf("rule 1: got %v, priority %v", cdktest.At(t, block, "Name"), cdktest.At(t, block, "Priority"))
	}
	size := cdktest.At(t, block, "Statement", "SizeConstraintStatement")
	if cdktest.At(t, size, "ComparisonOperator") != "GE" || cdktest.At(t, size, "Size") != 0.0 {
		t.Errorf("block-all does not match everything: %s", cdktest.JSON(t, size))
	}
	for where, action := range map[string]any{"block-all": cdktest.At(t, block, "Action"), "default": acl["DefaultAction"]} {
		if got := cdktest.At(t, action, "Block", "CustomResponse", "ResponseCode"); got != 403.0 {
			t.Errorf("%s answers %v", where, got)
		}
		if got := cdktest.At(t, action, "Block", "CustomResponse", "CustomResponseBodyKey"); cdktest.At(t, acl, "CustomResponseBodies",
			got.(string), "ContentType") != "APPLICATION_JSON" {
			t.Errorf("%s has no JSON body", where)
		}
	}

	association := template.One("AWS::WAFv2::WebACLAssociation")
	if diff := cmp.Diff([]any{"PoolUserPool04A1AA15", "Arn"}, cdktest.At(t, association, "ResourceArn", "Fn::GetAtt")); diff != "" {
		t.Errorf("association:\n%s", diff)
	}
}

func TestPool_headerIsShownNowhere(t *testing.T) {
	acl := synth(t, nil, func(*webacl.PoolWebACLProps) {}).One("AWS::WAFv2::WebACL")
	for name, visible := range map[string]any{
		"web ACL": acl, "rule 0": cdktest.At(t, acl, "Rules", 0), "rule 1": cdktest.At(t, acl, "Rules", 1),
	} {
		if cdktest.At(t, visible, "VisibilityConfig", "SampledRequestsEnabled") != false {
			t.Errorf("%s keeps samples of requests", name)
		}
		if cdktest.At(t, visible, "VisibilityConfig", "CloudWatchMetricsEnabled") != true {
			t.Errorf("%s has no metrics", name)
		}
	}
	protection := cdktest.At(t, acl, "DataProtectionConfig", "DataProtections", 0)
	if diff := cmp.Diff([]any{"authorization", "x-wafauthallowrule"}, cdktest.At(t, protection, "Field", "FieldKeys")); diff != "" ||
		cdktest.At(t, protection, "Action") != "SUBSTITUTION" {
		t.Errorf("data protection: %s", cdktest.JSON(t, protection))
	}
}

func TestPool_propsNarrowTheWaysIn(t *testing.T) {
	acl := synth(t, &originheader.OriginHeaderProps{HeaderName: jsii.String("X-Gateway-Key")}, func(p *webacl.PoolWebACLProps) {
		p.DisableKeyDiscovery = jsii.Bool(true)
	}).One("AWS::WAFv2::WebACL")
	statement := cdktest.At(t, acl, "Rules", 0, "Statement")
	if got := cdktest.At(t, statement, "RegexPatternSetReferenceStatement", "FieldToMatch", "SingleHeader", "Name"); got != "x-gateway-key" {
		t.Errorf("header: got %v", got)
	}
}
