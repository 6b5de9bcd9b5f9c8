package clientsecret_test

import (
	"fmt"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awssns"
	"github.com/aws/jsii-runtime-go"
	"github.com/google/go-cmp/cmp"

	"github.com/cognito-m2m/cognito-m2m-cdk/constructs/clientsecret"
	"github.com/cognito-m2m/cognito-m2m-cdk/internal/testkit/cdktest"
)

// Missing sweeps alone are an alarm by missing data; the periods hold two or three sweeps, as it takes.
func TestAlarms_needNoTrail(t *testing.T) {
	const own = "CognitoM2M/ClientSecrets "
	for _, test := range []struct {
		sweepMinutes float64
		want         map[string]string
	}{
		{15, map[string]string{
			"SweepMissing": own + "SweepFailures SampleCount of 3600 s LessThanThreshold 1, missing breaching", "SweepFailing": own +
				"SweepFailures Minimum of 3600 s GreaterThanOrEqualToThreshold 1, missing notBreaching",
			"Placeholder": own + "Placeholders Minimum of 86400 s GreaterThanOrEqualToThreshold 1, missing notBreaching", "Overdue": own +
				"Overdue Maximum of 3600 s GreaterThanOrEqualToThreshold 1, missing notBreaching",
			"Stuck": own + "Stuck Maximum of 3600 s GreaterThanOrEqualToThreshold 1, missing notBreaching", "Unsure": own +
				"Unsure Maximum of 3600 s GreaterThanOrEqualToThreshold 1, missing notBreaching",
			"Drift":  own + "Drift Maximum of 3600 s GreaterThanOrEqualToThreshold 1, missing notBreaching",
			"Errors": "AWS/Lambda Errors Sum of 3600 s GreaterThanOrEqualToThreshold 3, missing notBreaching",
		}},
		{24 * 60, map[string]string{
			"SweepMissing": own + "SweepFailures SampleCount of 172800 s LessThanThreshold 1, missing breaching", "SweepFailing": own +
				"SweepFailures Minimum of 259200 s GreaterThanOrEqualToThreshold 1, missing notBreaching",
			"Placeholder": own + "Placeholders Minimum of 172800 s GreaterThanOrEqualToThreshold 1, missing notBreaching", "Overdue": own +
				"Overdue Maximum of 172800 s GreaterThanOrEqualToThreshold 1, missing notBreaching",
			"Stuck": own + "Stuck Maximum of 172800 s GreaterThanOrEqualToThreshold 1, missing notBreaching", "Unsure": own +
				"Unsure Maximum of 172800 s GreaterThanOrEqualToThreshold 1, missing notBreaching",
			"Drift":  own + "Drift Maximum of 172800 s GreaterThanOrEqualToThreshold 1, missing notBreaching",
			"Errors": "AWS/Lambda Errors Sum of 3600 s GreaterThanOrEqualToThreshold 3, missing notBreaching",
		}},
	} {
		template := synth(t, func(_ awscdk.Stack, p *clientsecret.SecretRotationProps) {
			p.SweepInterval = minutes(test.sweepMinutes)
		})
		got := map[string]string{}
		for _, id := range template.IDs("AWS::CloudWatch::Alarm") {
			match := regexp.MustCompile(`^Rotation(.+)Alarm[0-9A-F]{8}$`).FindStringSubmatch(id)
			if match == nil { // The proxy has alarms of its own.
				continue
			}
			a, name := template.Properties(id), match[1]
			got[name] = fmt.Sprintf("%v %v %v of %v s %v %v, missing %v", a["Namespace"], a["MetricName"], a["Statistic"], a["Period"],
				a["ComparisonOperator"], a["Threshold"], a["TreatMissingData"])
			if actions := cdktest.Text(a["AlarmActions"]); actions != "[{Ref RotationAlarmTopic583D1747}]" {
				t.Errorf("%s: actions %s", name, actions)
			}
			if dimension := cdktest.Text(cdktest.At(t, a, "Dimensions")); dimension != "[{Name FunctionName, Value {Ref "+functionID+"}}]" {
				t.Errorf("%s: dimensions %s", name, dimension)
			}
			// PutMetricAlarm takes up to seven days.
			if a["Period"].(float64)*a["EvaluationPeriods"].(float64) > 7*24*3600 {
				t.Errorf("%s: looks back further than CloudWatch does", name)
			}
		}
		if diff := cmp.Diff(test.want, got); diff != "" {
			t.Errorf("sweeps every %v minutes (-want +got):\n%s", test.sweepMinutes, diff)
		}
	}
}

// An alarm names the section of the runbook that says what to do, and the section is there.
func TestAlarms_nameTheirSectionOfTheRunbook(t *testing.T) {
	runbook, err := os.ReadFile("../../docs/runbook.md")
	if err != nil {
		t.Fatal(err)
	}
	section := regexp.MustCompile(`see "([^"]+)" in docs/runbook\.md`)
	template := synth(t, nil)
	for _, id := range template.IDs("AWS::CloudWatch::Alarm") {
		description := template.Properties(id)["AlarmDescription"].(string)
		named := section.FindStringSubmatch(strings.ReplaceAll(description, "See ", "see "))
		if named == nil {
			t.Errorf("%s does not say what to do: %s", id, description)
		} else if !strings.Contains(string(runbook), "\n### "+named[1]+"\n") {
			t.Errorf("%s: docs/runbook.md has no section %q", id, named[1])
		}
	}
}

func TestAlarms_goToAGivenTopic(t *testing.T) {
	template := synth(t, func(stack awscdk.Stack, p *clientsecret.SecretRotationProps) {
		p.Trail, p.AlarmTopic = jsii.Bool(true), awssns.NewTopic(stack, jsii.String("Given"), nil)
	})
	topic := template.ID("AWS::SNS::Topic")
	if !strings.HasPrefix(topic, "Given") {
		t.Errorf("topic: got %s", topic)
	}
	for _, id := range template.IDs("AWS::CloudWatch::Alarm") {
		if strings.HasPrefix(id, "Proxy") { // The proxy has alarms of its own.
			continue
		}
		if actions := cdktest.Text(template.Properties(id)["AlarmActions"]); actions != "[{Ref "+topic+"}]" {
			t.Errorf("%s: actions %s", id, actions)
		}
	}
}
