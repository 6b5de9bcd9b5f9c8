package tokenproxy_test

import (
	"encoding/json"
	"testing"

	"github.com/cognito-m2m/cognito-m2m-cdk/internal/insights"
	"github.com/cognito-m2m/cognito-m2m-cdk/internal/testkit/cdktest"
	"github.com/cognito-m2m/cognito-m2m-cdk/internal/testkit/logsinsights"
)

// The access log has the fields that the saved queries read.
func TestLogs_accessLogHasWhatQueriesRead(t *testing.T) {
	format := map[bool]map[string]string{}
	for lambda, template := range map[bool]cdktest.Template{false: synth(t, nil), true: synth(t, with(allowList))} {
		fields := map[string]string{}
		if err := json.Unmarshal([]byte(cdktest.At(t, template.One("AWS::ApiGateway::Stage"), "AccessLogSetting", "Format").(string)),
			&fields); err != nil {
			t.Fatal(err)
		}
		format[lambda] = fields
	}
	read := 0
	for _, query := range insights.Queries(30) {
		if query.Source != insights.AccessLog {
			continue
		}
		fields, err := logsinsights.Fields(query.Text)
		if err != nil {
			t.Fatal(err)
		}
		for _, field := range fields {
			read++
			if format[query.Name == insights.RequestsByClient][field] == "" {
				t.Errorf("%s reads %s, which the access log has not", query.Name, field)
			}
		}
	}
	if read < 10 {
		t.Errorf("the queries read %d fields only", read)
	}
}
