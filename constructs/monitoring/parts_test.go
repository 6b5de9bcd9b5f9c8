package monitoring_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-cdk-go/awscdk/v2/awssns"
	"github.com/aws/jsii-runtime-go"
	"github.com/google/go-cmp/cmp"

	"github.com/cognito-m2m/cognito-m2m-cdk/constructs/monitoring"
	"github.com/cognito-m2m/cognito-m2m-cdk/internal/testkit/cdktest"
	"github.com/cognito-m2m/cognito-m2m-cdk/internal/testkit/houserules"
)

// Every part can be left out, and what is left looks at nothing that is gone.
func TestMonitoring_partsCanBeLeftOut(t *testing.T) {
	for name, test := range map[string]struct {
		configure func(*service)
		// counts are how many resources of a type there are.
		counts map[string]int
		// widgets are titles that the dashboard has, and with a '-' before them has not.
		widgets []string
	}{
		"pool and proxy alone": {
			func(s *service) {
				p := &s.props
				p.Edge, p.OriginHeaderRotation, p.ClientSecretRotation, p.Revocation = nil, nil, nil, nil
			},
			map[string]int{"AWS::CloudWatch::Alarm": 6, "AWS::SNS::Topic": 2, "AWS::Budgets::Budget": 0, "AWS::CloudTrail::Trail": 0},
			[]string{
				"The user pool's web ACL", "Token requests to Cognito", "-The edge web ACL", "-Age of the origin header's value",
				"-Rotation and revocation",
			},
		},
		"trail without usage": {
			func(s *service) {
				s.props.Trail, s.props.DisableUsage = &monitoring.AuditTrailProps{}, jsii.Bool(true)
			},
			map[string]int{"AWS::CloudTrail::Trail": 1, "AWS::Lambda::Function": 0, "AWS::SNS::Topic": 1},
			[]string{"Token requests to Cognito", "-Tokens from Cognito, by tenant (top 10)", "-Requests without a token"},
		},
		"usage of somebody's trail": {
			func(s *service) {
				s.props.Trail = &monitoring.AuditTrailProps{ExistingLogGroup: jsii.String("trail")}
			},
			map[string]int{"AWS::CloudTrail::Trail": 0, "AWS::Lambda::Function": 1, "AWS::Logs::SubscriptionFilter": 1},
			[]string{"Tokens from Cognito, by tenant (top 10)", "-Token requests to Cognito"},
		},
		"alarms alone": {
			func(s *service) {
				s.props.DisableDashboard, s.props.DisableQueries = jsii.Bool(true), jsii.Bool(true)
			},
			map[string]int{
				"AWS::CloudWatch::Dashboard": 0, "AWS::Logs::QueryDefinition": 0, "AWS::CloudWatch::Alarm": 8, "AWS::CloudWatch::CompositeAlarm": 1,
			},
			nil,
		},
		"dashboard alone": {
			func(s *service) {
				s.props.DisableAlarms, s.props.DisableQueries, s.props.OriginHeaderRotation = jsii.Bool(true), jsii.Bool(true), nil
			},
			map[string]int{"AWS::CloudWatch::Dashboard": 1, "AWS::CloudWatch::Alarm": 0, "AWS::CloudWatch::CompositeAlarm": 0, "AWS::SNS::Topic": 0},
			[]string{"Alarms", "Client secrets", "-Age of the origin header's value"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			s := newService(t, t.TempDir())
			test.configure(s)
			template := s.synth(t)
			if errs := cdktest.Errors(s.monitor); len(errs) > 0 {
				t.Error(errs)
			}
			houserules.Check(t, s.dir)
			for resourceType, want := range test.counts {
				if got := len(template.IDs(resourceType)); got != want {
					t.Errorf("%d of %s, want %d", got, resourceType, want)
				}
			}
			if test.widgets == nil {
				return
			}
			var titles []string
			for _, w := range body(t, template).Widgets {
				heading, _, _ := strings.Cut(w.Properties.Markdown, "\n")
				titles = append(titles, w.Properties.Title+strings.TrimPrefix(heading, "## "))
			}
			for _, title := range test.widgets {
				wanted, unwanted := strings.CutPrefix(title, "-")
				if slices.Contains(titles, wanted) == unwanted {
					t.Errorf("the dashboard has %q, want %s", titles, title)
				}
			}
		})
	}
}

// The paging alarm may tell others than the warnings do.
func TestMonitoring_pagingTopic(t *testing.T) {
	s := newService(t, t.TempDir())
	s.props.AlarmTopic, s.props.PagingTopic = awssns.NewTopic(
		s.gateway, jsii.String("Warnings"), nil,
	), awssns.NewTopic(s.gateway, jsii.String("Pages"), nil)
	template := s.synth(t)
	got := []string{
		cdktest.Text(template.One("AWS::CloudWatch::CompositeAlarm")["AlarmActions"]),
		cdktest.Text(alarmNamed(t, template, "MonitoringHitRatio")["AlarmActions"]),
	}
	want := []string{"[{Fn::ImportValue gateway:ExportsOutputRefPages", "[{Fn::ImportValue gateway:ExportsOutputRefWarnings"}
	for i := range want {
		got[i] = got[i][:min(len(got[i]), len(want[i]))]
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("pages, warnings (-want +got):\n%s", diff)
	}
}

// The accessors lead to what is in the template, and to nothing that is left out.
func TestMonitoring_accessors(t *testing.T) {
	template := full(t)
	m := assembly.service.monitoring
	if got, want := len(m.Alarms())+len(m.Usage().Alarms()), len(template.IDs("AWS::CloudWatch::Alarm")); got != want {
		t.Errorf("%d alarms, the template has %d", got, want)
	}
	if m.PagingAlarm() == nil || m.Dashboard() == nil || m.Budget() == nil || m.Trail() == nil || m.Queries() == nil ||
		m.CostReports() == nil {
		t.Error("a part is missing")
	}
	s := newService(t, t.TempDir())
	s.props.DisableAlarms, s.props.DisableDashboard, s.props.DisableQueries = jsii.Bool(true), jsii.Bool(true), jsii.Bool(true)
	s.props.OriginHeaderRotation = nil
	none := monitoring.NewMonitoring(s.monitor, jsii.String("Monitoring"), &s.props)
	if none.PagingAlarm() != nil || none.Dashboard() != nil || none.Budget() != nil || none.Trail() != nil || none.Usage() != nil ||
		none.Queries() != nil || none.CostReports() != nil ||
		none.AlarmTopic() != nil || none.PagingTopic() != nil || len(none.Alarms()) > 0 {
		t.Error("there is a part that was left out")
	}
}
