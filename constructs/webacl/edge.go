package webacl

import (
	"github.com/aws/aws-cdk-go/awscdk/v2/awslogs"
	"github.com/aws/aws-cdk-go/awscdk/v2/awswafv2"
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"

	"github.com/cognito-m2m/cognito-m2m-cdk/constructs/internal/policy"
	"github.com/cognito-m2m/cognito-m2m-cdk/constructs/internal/report"
)

// EdgeWebACL is the web ACL in front of the token gateway: it refuses what no token request looks like, too many requests, and requests
// that AWS's managed rules recognize as attacks. What none of its rules refuses passes.
type EdgeWebACL struct {
	constructs.Construct
	webACL      awswafv2.CfnWebACL
	association awswafv2.CfnWebACLAssociation
	log         awslogs.ILogGroup
	metricName  *string
	rules       []string
}

// NewEdgeWebACL creates, in this order, the encryption key of the log unless one is given, the log, an IP set for each IP version in
// AllowedCIDRs, a REGIONAL web ACL, its logging and its association with the stage. The web ACL has the rules, in this order,
//
//   - allowed-networks and allowed-countries, if set: refuse requests from elsewhere with 403;
//   - token-path-only: refuses other paths with 403;
//   - post-only: refuses other methods with 405;
//   - body-size: refuses larger bodies with 413;
//   - rate-limit-per-ip and rate-limit-per-credential: refuse with 429 and Retry-After;
//   - ip-reputation, anonymous-ip (counts unless told to block), known-bad-inputs, common-rule-set: AWS managed rule groups,
//     which refuse with the gateway's own 403;
//   - bot-control, if on: counts only.
//
// Each rule but those of the managed groups answers in RFC 6749 JSON. With everything on the rules need 1,091 of the 1,500 web ACL capacity
// units (WCU) that the base price includes.
//
// Mistakes in props become error annotations on the construct, all of them in one synth; a missing Proxy or OriginHeader is a programmer's
// error and panics.
func NewEdgeWebACL(scope constructs.Construct, id *string, props *EdgeWebACLProps) *EdgeWebACL {
	if props == nil || props.Proxy == nil || props.OriginHeader == nil {
		panic("webacl: EdgeWebACLProps.Proxy and OriginHeader are required")
	}
	w := &EdgeWebACL{Construct: constructs.NewConstruct(scope, id)}
	var errs report.Errors
	s := props.check(&errs)
	errs.Attach(w.Construct)

	w.metricName = uniqueName(w.Construct)
	w.log = newEdgeLog(w.Construct, &s)
	rules, names := render(s.edgeRules(newIPSets(w.Construct, &s)))
	w.rules = names
	w.webACL = awswafv2.NewCfnWebACL(w.Construct, jsii.String("WebACL"), &awswafv2.CfnWebACLProps{
		Scope:                jsii.String("REGIONAL"),
		Description:          jsii.String("Refuses attacks on the token gateway, and too many requests"),
		DefaultAction:        &awswafv2.CfnWebACL_DefaultActionProperty{Allow: &awswafv2.CfnWebACL_AllowActionProperty{}},
		CustomResponseBodies: s.responseBodies(),
		DataProtectionConfig: s.protection(),
		VisibilityConfig:     visibility(*w.metricName),
		Rules:                rules,
	})
	w.addLogging(&s)
	w.association = awswafv2.NewCfnWebACLAssociation(w.Construct, jsii.String("Association"), &awswafv2.CfnWebACLAssociationProps{
		ResourceArn: policy.StageARN(props.Proxy.Stage()),
		WebAclArn:   w.webACL.AttrArn(),
	})
	return w
}

// newIPSets creates an IP set for each IP version that AllowedCIDRs has networks of.
func newIPSets(scope constructs.Construct, s *edgeSettings) []awswafv2.CfnIPSet {
	var sets []awswafv2.CfnIPSet
	add := func(version string, networks []string) {
		if len(networks) == 0 {
			return
		}
		sets = append(sets, awswafv2.NewCfnIPSet(scope, jsii.String("Allowed"+version), &awswafv2.CfnIPSetProps{
			Scope:            jsii.String("REGIONAL"),
			Description:      jsii.String("Networks that token requests may come from"),
			IpAddressVersion: jsii.String(version),
			Addresses:        jsii.Strings(networks...),
		}))
	}
	add("IPV4", s.ipv4)
	add("IPV6", s.ipv6)
	return sets
}

// WebACL is the web ACL. CDK has no L2 for it.
func (w *EdgeWebACL) WebACL() awswafv2.CfnWebACL { return w.webACL }

// Association ties the web ACL to the stage. What relies on the protection depends on it.
func (w *EdgeWebACL) Association() awswafv2.CfnWebACLAssociation { return w.association }

// MetricName is the WebACL dimension of the web ACL's CloudWatch metrics, unique to the construct. A rule's metrics have its name as their
// Rule dimension.
func (w *EdgeWebACL) MetricName() *string { return w.metricName }

// RuleNames are the names of its rules, in their order, which are their metrics' names as well.
func (w *EdgeWebACL) RuleNames() []*string { return *jsii.Strings(w.rules...) }

// Log is where AWS WAF writes the requests that it blocked or counted.
func (w *EdgeWebACL) Log() awslogs.ILogGroup { return w.log }
