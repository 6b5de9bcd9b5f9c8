// Package webacl creates the AWS WAF web ACLs of the token service.
package webacl

import (
	"strings"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awslogs"
	"github.com/aws/aws-cdk-go/awscdk/v2/awswafv2"
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"

	"github.com/cognito-m2m/cognito-m2m-cdk/constructs/internal/report"
)

// Names of the pool web ACL's rules, by which its metrics are found, too.
const (
	AllowOriginHeaderRule = "allow-origin-header"
	BlockAllRule          = "block-all"
)

// blockedBody is what a refused caller reads. Its error code is none of Cognito's token endpoint (RFC 6749 section 5.2), so that a prober
// can tell the web ACL's refusal from Cognito's.
const (
	blockedBodyKey = "not-through-the-gateway"
	blockedBody    = `{"error":"access_denied","error_description":"Token requests are accepted through the API gateway only."}`
)

// PoolWebACL is the web ACL of a user pool: it lets requests through that carry an accepted value of the origin header, and blocks all
// others.
type PoolWebACL struct {
	constructs.Construct
	webACL      awswafv2.CfnWebACL
	association awswafv2.CfnWebACLAssociation
	metricName  *string
	log         awslogs.ILogGroup
}

// NewPoolWebACL creates, in this order, a REGIONAL web ACL, its log if there is to be one, and its association with the user pool. The web
// ACL has the rules
//
//   - 0 allow-origin-header: allows a request whose header has a value of the accepted set, and, unless DisableKeyDiscovery is set, GET of
//     exactly this pool's JWKS and OpenID discovery paths;
//   - 1 block-all: matches every request and answers 403 with a JSON body.
//
// The default action blocks too, so that a request is refused even when a rule is taken away. Of the 1,500 web ACL capacity units (WCU)
// that the base price includes it uses 49: 40 for the set, 2 for each of four string matches, 1 for block-all.
//
// For a pool that the app does not create, UsersBlocked and WebACLReplaced must be true: otherwise the construct has error annotations.
// Missing required props are a programmer's error and panic.
func NewPoolWebACL(scope constructs.Construct, id *string, props *PoolWebACLProps) *PoolWebACL {
	if props == nil || props.Pool == nil || props.OriginHeader == nil {
		panic("webacl: PoolWebACLProps.Pool and OriginHeader are required")
	}
	w := &PoolWebACL{Construct: constructs.NewConstruct(scope, id)}
	var errs report.Errors
	props.acknowledged(&errs)
	errs.Attach(w.Construct)
	w.metricName = uniqueName(w.Construct)
	w.webACL = awswafv2.NewCfnWebACL(w.Construct, jsii.String("WebACL"), &awswafv2.CfnWebACLProps{
		Scope:         jsii.String("REGIONAL"),
		Description:   jsii.String("Lets only the token gateway reach the user pool"),
		DefaultAction: &awswafv2.CfnWebACL_DefaultActionProperty{Block: blockAction()},
		CustomResponseBodies: map[string]any{
			blockedBodyKey: &awswafv2.CfnWebACL_CustomResponseBodyProperty{ContentType: jsii.String("APPLICATION_JSON"),
				Content: jsii.String(blockedBody)},
		},
		DataProtectionConfig: protect(substituted("SINGLE_HEADER", "authorization", strings.ToLower(*props.OriginHeader.HeaderName()))),
		VisibilityConfig:     visibility(*w.metricName),
		Rules:                []any{allowOriginHeader(props), blockAll()},
	})
	if props.Log != nil {
		w.addLog(*props.Log, strings.ToLower(*props.OriginHeader.HeaderName()))
	}
	w.association = awswafv2.NewCfnWebACLAssociation(w.Construct, jsii.String("Association"), &awswafv2.CfnWebACLAssociationProps{
		ResourceArn: props.Pool.UserPool().UserPoolArn(),
		WebAclArn:   w.webACL.AttrArn(),
	})
	return w
}

// acknowledged reports the effects on an existing pool that are not acknowledged.
func (props *PoolWebACLProps) acknowledged(errs *report.Errors) {
	if !props.Pool.Existing() {
		return
	}
	const remedy = "set it to true if that is meant, or use a user pool of machine clients only; see docs/existing-pool.md"
	if props.UsersBlocked == nil || !*props.UsersBlocked {
		errs.Addf("UsersBlocked", "is not true for an existing user pool: the web ACL blocks the sign-in of users, the hosted pages and "+
			"public API operations: "+remedy)
	}
	if props.WebACLReplaced == nil || !*props.WebACLReplaced {
		errs.Addf("WebACLReplaced", "is not true for an existing user pool: the web ACL replaces the one that the pool has: "+remedy)
	}
}

func allowOriginHeader(props *PoolWebACLProps) *awswafv2.CfnWebACL_RuleProperty {
	statement := &awswafv2.CfnWebACL_StatementProperty{
		RegexPatternSetReferenceStatement: &awswafv2.CfnWebACL_RegexPatternSetReferenceStatementProperty{
			Arn:                 props.OriginHeader.AcceptedValues().AttrArn(),
			FieldToMatch:        singleHeader(*props.OriginHeader.HeaderName()),
			TextTransformations: untransformed(),
		},
	}
	if props.DisableKeyDiscovery == nil || !*props.DisableKeyDiscovery {
		wellKnown := "/" + *props.Pool.UserPool().UserPoolId() + "/.well-known/"
		statement = anyOf(statement, getOf(wellKnown+"jwks.json"), getOf(wellKnown+"openid-configuration"))
	}
	return &awswafv2.CfnWebACL_RuleProperty{
		Name:             jsii.String(AllowOriginHeaderRule),
		Priority:         jsii.Number(0),
		Action:           &awswafv2.CfnWebACL_RuleActionProperty{Allow: &awswafv2.CfnWebACL_AllowActionProperty{}},
		Statement:        statement,
		VisibilityConfig: visibility(AllowOriginHeaderRule),
	}
}

// blockAll matches every request by a length that every path has: AWS WAF has no statement that simply is true.
func blockAll() *awswafv2.CfnWebACL_RuleProperty {
	return &awswafv2.CfnWebACL_RuleProperty{
		Name:     jsii.String(BlockAllRule),
		Priority: jsii.Number(1),
		Action:   &awswafv2.CfnWebACL_RuleActionProperty{Block: blockAction()},
		Statement: &awswafv2.CfnWebACL_StatementProperty{
			SizeConstraintStatement: &awswafv2.CfnWebACL_SizeConstraintStatementProperty{
				FieldToMatch:        uriPath(),
				ComparisonOperator:  jsii.String("GE"),
				Size:                jsii.Number(0),
				TextTransformations: untransformed(),
			},
		},
		VisibilityConfig: visibility(BlockAllRule),
	}
}

func blockAction() *awswafv2.CfnWebACL_BlockActionProperty {
	return &awswafv2.CfnWebACL_BlockActionProperty{
		CustomResponse: &awswafv2.CfnWebACL_CustomResponseProperty{ResponseCode: jsii.Number(403),
			CustomResponseBodyKey: jsii.String(blockedBodyKey)},
	}
}

// addLog logs blocked requests. Allowed requests, which the gateway sends, are not logged.
func (w *PoolWebACL) addLog(l PoolLog, originHeader string) {
	if l.Retention == "" {
		l.Retention = awslogs.RetentionDays_THREE_MONTHS
	}
	if l.RemovalPolicy == "" {
		l.RemovalPolicy = awscdk.RemovalPolicy_RETAIN_ON_UPDATE_OR_DELETE
	}
	log := newLog(w.Construct, l.EncryptionKey, l.Retention, l.RemovalPolicy, "Encrypts the log of the user pool's web ACL")
	addLogging(w.Construct, w.webACL, log, secretHeaders(originHeader), "BLOCK")
	w.log = log
}

// WebACL is the web ACL. CDK has no L2 for it.
func (w *PoolWebACL) WebACL() awswafv2.CfnWebACL { return w.webACL }

// MetricName is the WebACL dimension of the web ACL's CloudWatch metrics. It is unique to the construct, since two web ACLs of one name
// would add up in one metric.
func (w *PoolWebACL) MetricName() *string { return w.metricName }

// Association ties the web ACL to the user pool. What relies on the protection depends on it.
func (w *PoolWebACL) Association() awswafv2.CfnWebACLAssociation { return w.association }

// Log is where AWS WAF writes the requests that it blocked; nil unless PoolWebACLProps.Log is set.
func (w *PoolWebACL) Log() awslogs.ILogGroup { return w.log }
