package originheader_test

import (
	"strings"
	"testing"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/jsii-runtime-go"

	"github.com/cognito-m2m/cognito-m2m-cdk/constructs/originheader"
	"github.com/cognito-m2m/cognito-m2m-cdk/internal/testkit/cdktest"
	"github.com/cognito-m2m/cognito-m2m-cdk/internal/testkit/houserules"
)

func TestIntervals(t *testing.T) {
	for hours, want := range map[float64]string{4: "rate(4 hours)", 24: "rate(1 day)", 36: "rate(36 hours)", 24000: "rate(1000 days)"} {
		template := synthRotation(t, func(_ awscdk.Stack, p *originheader.HeaderRotationProps) {
			p.Interval = awscdk.Duration_Hours(jsii.Number(hours))
		})
		if got := cdktest.At(t, template.One("AWS::SecretsManager::RotationSchedule"), "RotationRules", "ScheduleExpression"); got != want {
			t.Errorf("%v hours: got %v, want %s", hours, got, want)
		}
	}
}

func TestRotationProps_mistakesAreReported(t *testing.T) {
	minutes := func(n float64) awscdk.Duration { return awscdk.Duration_Minutes(jsii.Number(n)) }
	for name, test := range map[string]struct {
		configure func(*originheader.HeaderRotationProps)
		want      []string
	}{
		"several at once": {func(p *originheader.HeaderRotationProps) {
			p.Interval, p.WAFBound, p.StageBound, p.Grace = minutes(180), minutes(0.5), minutes(5), minutes(13)
		}, []string{
			"Grace: grace 13m0s is not allowed: use at least 14m0s", "Interval: rotation interval 3h0m0s is not allowed: use whole hours from 4h",
			"StageBound: propagation bound 5m0s is not allowed", "WAFBound: propagation bound 30s is not allowed",
		}},
		"overdue before its time": {func(p *originheader.HeaderRotationProps) { p.OverdueAfter = jsii.Number(1) },
			[]string{"OverdueAfter: 1 intervals are not allowed: use 1.1 to 10"}},
		"overdue after a year": {func(p *originheader.HeaderRotationProps) {
			p.OverdueAfter = jsii.Number(12)
		}, []string{"OverdueAfter: 12 intervals are not allowed"}},
		"grace beyond the interval": {func(p *originheader.HeaderRotationProps) { p.Interval, p.Grace = minutes(240), minutes(240) },
			[]string{"Grace: grace 4h0m0s is not allowed: use less than the rotation interval of 4h0m0s"}},
		"stuck limit below the grace": {func(p *originheader.HeaderRotationProps) { p.StuckLimit = minutes(30) },
			[]string{"StuckLimit: stuck limit is 30m0s: want at least the grace of 1h0m0s"}},
		"stuck limit beyond the interval": {func(p *originheader.HeaderRotationProps) { p.Interval, p.StuckLimit = minutes(240), minutes(241) },
			[]string{"StuckLimit: 4h1m0s is not shorter than the interval of 4h0m0s"}},
	} {
		t.Run(name, func(t *testing.T) {
			stack := newRotation(t, func(_ awscdk.Stack, p *originheader.HeaderRotationProps) { test.configure(p) })
			cdktest.ExpectErrors(t, stack, test.want)
		})
	}
}

func assertGuarded(t *testing.T, template cdktest.Template) {
	t.Helper()
	for _, found := range houserules.In(t, template.Body) {
		if strings.Contains(found, "AWS::SecretsManager::") {
			t.Error(found)
		}
	}
}
