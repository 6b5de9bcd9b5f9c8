package webacl

import (
	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"

	"github.com/cognito-m2m/cognito-m2m-cdk/internal/awslimits"
)

// Web ACL capacity units (WCU) of the parts of an edge web ACL's own rules. And, Or and Not add nothing; a managed rule group costs what its page
// says. AWS WAF may charge less for what rules have in common, but not more.
//
// https://docs.aws.amazon.com/waf/latest/developerguide/waf-rule-statements-list.html and the page of each statement
const (
	ipSetCapacity      = 2
	geoMatchCapacity   = 1
	exactMatchCapacity = 2
	sizeCapacity       = 1
	rateCapacity       = 2
	customKeyCapacity  = 30
	// transformationCapacity is for each text transformation but NONE. It is documented for match statements; that it holds for the custom key of
	// a rate-based statement too is an upper bound.
	transformationCapacity = 10
)

// checkCapacity warns about capacity beyond what the web ACL's price includes, and refuses what no web ACL has.
// https://docs.aws.amazon.com/waf/latest/developerguide/aws-waf-capacity-units.html
func checkCapacity(c constructs.IConstruct, capacity int) {
	switch {
	case capacity > awslimits.MaxCapacity:
		awscdk.Annotations_Of(c).AddError(jsii.Sprintf("the rules need %d web ACL capacity units: a web ACL has up to %d, so use fewer TokenPaths", capacity, awslimits.MaxCapacity))
	case capacity > awslimits.IncludedCapacity:
		awscdk.Annotations_Of(c).AddWarningV2(jsii.String("@cognito-m2m/webacl:capacity"),
			jsii.Sprintf("the rules need %d web ACL capacity units: over %d, AWS WAF charges more for each request", capacity, awslimits.IncludedCapacity))
	}
}
