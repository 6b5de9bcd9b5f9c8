package originheader

import (
	"maps"
	"slices"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/constructs-go/constructs/v10"

	"github.com/cognito-m2m/cognito-m2m-cdk/constructs/internal/report"
)

// stackTags reports stack tags, which CloudFormation hands on to the set of accepted values. It is an aspect, since tags may be added until
// the synth, and runs after those that add them.
type stackTags struct{ header *OriginHeader }

func (h *OriginHeader) refuseStackTags() {
	awscdk.Aspects_Of(h.Construct).Add(&stackTags{h}, &awscdk.AspectOptions{Priority: awscdk.AspectPriority_READONLY()})
}

// Visit implements awscdk.IAspect.
func (s *stackTags) Visit(node constructs.IConstruct) {
	if *node.Node().Path() != *s.header.Node().Path() {
		return
	}
	tags := awscdk.Stack_Of(node).Tags().TagValues()
	if tags == nil || len(*tags) == 0 {
		return
	}
	var errs report.Errors
	errs.Addf("ConstantStackTags", "the stack has the stack tags %v: CloudFormation copies them to the set of accepted values, and rewrites "+
		"the set when one of them changes, which can lock clients out. Set the feature flag @aws-cdk/core:explicitStackTags to true in "+
		"cdk.json, so that tags of the app are on resources only, and remove the Tags of the StackProps. If the tags are mandatory and never "+
		"change, set ConstantStackTags; see docs/runbook.md",
		slices.Sorted(maps.Keys(*tags)))
	errs.Attach(node)
}
