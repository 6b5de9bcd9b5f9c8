package originheader

import (
	"fmt"
	"slices"
	"time"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awslogs"
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"

	"github.com/cognito-m2m/cognito-m2m-cdk/constructs/internal/report"
	"github.com/cognito-m2m/cognito-m2m-cdk/internal/awslimits"
	rotation "github.com/cognito-m2m/cognito-m2m-cdk/internal/rotation/header"
)

// rotationSettings are the props with defaults filled in, after the check.
type rotationSettings struct {
	HeaderRotationProps
	interval time.Duration
	bounds   rotation.Config
}

// check notes every mistake in props and returns settings that can be built in spite of it.
func (props HeaderRotationProps) check(errs *report.Errors) rotationSettings {
	s := rotationSettings{HeaderRotationProps: props, interval: awslimits.DefaultRotationInterval, bounds: rotation.DefaultConfig()}
	if s.LogRetention == "" {
		s.LogRetention = awslogs.RetentionDays_THREE_MONTHS
	}
	if s.RemovalPolicy == "" {
		s.RemovalPolicy = awscdk.RemovalPolicy_RETAIN_ON_UPDATE_OR_DELETE
	}
	s.checkOverdue(errs)
	b := &s.bounds
	for _, d := range []struct {
		prop  string
		given awscdk.Duration
		into  *time.Duration
		rule  func(time.Duration) error
	}{
		{"Interval", props.Interval, &s.interval, awslimits.RotationInterval},
		{"WAFBound", props.WAFBound, &b.WAFBound, awslimits.PropagationBound},
		{"StageBound", props.StageBound, &b.StageBound, awslimits.PropagationBound},
		{"Grace", props.Grace, &b.Grace, nil},
		{"StuckLimit", props.StuckLimit, &b.StuckLimit, nil},
		{"FlushInterval", props.FlushInterval, &b.FlushInterval, nil},
	} {
		errs.Duration(d.prop, d.given, d.into, d.rule)
	}
	b.FunctionTimeout = awslimits.RotationTimeout(b.WAFBound, b.StageBound)
	if props.StuckLimit == nil {
		b.StuckLimit = max(b.StuckLimit, b.Grace)
	}
	if err := awslimits.RotationGrace(b.Grace, s.interval, b.WAFBound, b.StageBound); err != nil {
		errs.Add("Grace", err)
		return s
	}
	errs.Add("StuckLimit", b.Validate())
	if b.StuckLimit >= s.interval {
		errs.Addf("StuckLimit", "%v is not shorter than the interval of %v: a stuck rotation would stop the next one", b.StuckLimit, s.interval)
	}
	return s
}

// The alarm on the age must leave the next rotation time to be late a little.
const (
	defaultOverdueAfter = 1.5
	minOverdueAfter     = 1.1
	maxOverdueAfter     = 10
)

func (s *rotationSettings) checkOverdue(errs *report.Errors) {
	if s.OverdueAfter != nil && (*s.OverdueAfter < minOverdueAfter || *s.OverdueAfter > maxOverdueAfter) {
		errs.Addf("OverdueAfter", "%v intervals are not allowed: use %v to %v", *s.OverdueAfter, minOverdueAfter, maxOverdueAfter)
		s.OverdueAfter = nil
	}
	if s.OverdueAfter == nil {
		s.OverdueAfter = jsii.Number(defaultOverdueAfter)
	}
}

// overdueDays is the age in days from which on the value is overdue.
func (s *rotationSettings) overdueDays() float64 { return *s.OverdueAfter * s.interval.Hours() / 24 }

// stackIDs are the stacks whose changes may break what the rotation looks after: its own, the stage's and the origin header's.
func (s *rotationSettings) stackIDs(scope constructs.Construct) *[]*string {
	var names []string
	var ids []*string
	for _, c := range []constructs.IConstruct{scope, s.Stage, s.OriginHeader.Construct} {
		stack := awscdk.Stack_Of(c)
		if name := *stack.Node().Path(); !slices.Contains(names, name) {
			names, ids = append(names, name), append(ids, stack.StackId())
		}
	}
	return &ids
}

// rate is the interval as Secrets Manager writes it.
func rate(interval time.Duration) string {
	n, unit := interval/time.Hour, "hour"
	if n%24 == 0 {
		n, unit = n/24, "day"
	}
	if n != 1 {
		unit += "s"
	}
	return fmt.Sprintf("rate(%d %s)", n, unit)
}
