package e2e_test

import (
	"path/filepath"
	"testing"

	"github.com/cognito-m2m/cognito-m2m-cdk/internal/testkit/cdktest"
	"github.com/cognito-m2m/cognito-m2m-cdk/internal/testkit/environments"
)

// Pages may go to a topic that exists; without one there is a topic, of which the stack's outputs tell.
func TestMonitoring_pagesGoToTheTopicOfTheSettings(t *testing.T) {
	const topic = "arn:aws:sns:eu-west-1:111122223333:pager"
	env := environments.Load(t, "dev")
	env.Monitoring.PagingTopicARN = topic
	dir := t.TempDir()
	environments.SynthesizeTo(t, env, dir, nil)
	for name, test := range map[string]struct {
		template cdktest.Template
		topics   int
		tells    string
	}{
		"a topic that exists": {cdktest.Load(t, filepath.Join(dir, "m2m-dev-monitoring.template.json")), 0, "[" + topic + "]"},
		"a topic of its own":  {environments.Templates(t, "dev")["m2m-dev-monitoring"], 1, "[{Ref MonitoringPagingAlarmTopicA3D298E5}]"},
	} {
		if got := len(test.template.IDs("AWS::SNS::Topic")); got != test.topics {
			t.Errorf("%s: the stack has %d topics, want %d", name, got, test.topics)
		}
		if got := cdktest.Text(test.template.One("AWS::CloudWatch::CompositeAlarm")["AlarmActions"]); got != test.tells {
			t.Errorf("%s: the paging alarm tells %s, want %s", name, got, test.tells)
		}
		outputs := test.template.Body["Outputs"].(map[string]any)
		if _, told := outputs["PagingTopicArn"]; told != (test.topics == 1) {
			t.Errorf("%s: output PagingTopicArn: %t", name, told)
		}
	}
}
