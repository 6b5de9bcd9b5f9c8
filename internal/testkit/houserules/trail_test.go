package houserules_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/cognito-m2m/cognito-m2m-cdk/internal/templates"
	"github.com/cognito-m2m/cognito-m2m-cdk/internal/testkit/houserules"
)

const watched = `{"Resources": {
	"Trail": {"Type": "AWS::CloudTrail::Trail", "Properties": {
		"IsLogging": true, "EnableLogFileValidation": true, "KMSKeyId": "key", "S3BucketName": "bucket", "IsMultiRegionTrail": true,
		"IncludeGlobalServiceEvents": true,
		"EventSelectors": [{"IncludeManagementEvents": true, "ReadWriteType": "WriteOnly"}],
		"CloudWatchLogsLogGroupArn": {"Fn::GetAtt": ["Log", "Arn"]}, "CloudWatchLogsRoleArn": "role"}},
	"Log": {"Type": "AWS::Logs::LogGroup", "Properties": {"DataProtectionPolicy": {
		"Configuration": {"CustomDataIdentifier": [{"Name": "Value", "Regex": "[A-Za-z0-9]{48,}"}]},
		"Statement": [{"DataIdentifier": ["Value"], "Operation": {"Audit": {"FindingsDestination": {}}}},
			{"DataIdentifier": ["Value"], "Operation": {"Deidentify": {"MaskConfig": {}}}}]}}},
	"First": {"Type": "AWS::Logs::SubscriptionFilter", "Properties": {"LogGroupName": {"Ref": "Log"}}},
	"Second": {"Type": "AWS::Logs::SubscriptionFilter", "Properties": {"LogGroupName": {"Ref": "Log"}}},
	"Elsewhere": {"Type": "AWS::Logs::SubscriptionFilter", "Properties": {"LogGroupName": "other"}}}}`

func TestFind_checksTrails(t *testing.T) {
	trail := func(name string, value any) func(map[string]*templates.Resource) {
		return func(r map[string]*templates.Resource) {
			if value == nil {
				delete(r["Trail"].Properties, name)
			} else {
				r["Trail"].Properties[name] = value
			}
		}
	}
	for name, test := range map[string]struct {
		change func(map[string]*templates.Resource)
		want   string
	}{
		"none":       {func(map[string]*templates.Resource) {}, ""},
		"all events": {trail("EventSelectors", []any{map[string]any{"ReadWriteType": "All"}}), ""},
		"one Region": {func(r map[string]*templates.Resource) {
			trail("IsMultiRegionTrail", false)(r)
			trail("IncludeGlobalServiceEvents", nil)(r)
		}, ""},
		"stopped":            {trail("IsLogging", false), "IsLogging is false: want true"},
		"no digests":         {trail("EnableLogFileValidation", nil), "EnableLogFileValidation is <nil>: want true"},
		"not encrypted":      {trail("KMSKeyId", nil), "has no KMSKeyId"},
		"no global services": {trail("IncludeGlobalServiceEvents", false), "IncludeGlobalServiceEvents is false"},
		"reading only": {trail("EventSelectors", []any{map[string]any{"IncludeManagementEvents": true, "ReadWriteType": "ReadOnly"}}),
			"EventSelectors take no management events that write"},
		"data events only": {trail("EventSelectors", []any{map[string]any{"IncludeManagementEvents": false, "ReadWriteType": "All"}}),
			"EventSelectors take no management events that write"},
		"no selector": {trail("EventSelectors", nil), "EventSelectors take no management events that write"},
		"no role":     {trail("CloudWatchLogsRoleArn", nil), "must be there both or neither"},
		"nothing masked": {func(r map[string]*templates.Resource) { delete(r["Log"].Properties, "DataProtectionPolicy") },
			"delivers to Log, which has no DataProtectionPolicy"},
		"masked without an audit": {func(r map[string]*templates.Resource) {
			policy := r["Log"].Properties["DataProtectionPolicy"].(map[string]any)
			policy["Statement"] = policy["Statement"].([]any)[1:]
		}, "has the operations [Deidentify]"},
		"another identifier audited": {func(r map[string]*templates.Resource) {
			firstOf(r["Log"].Properties["DataProtectionPolicy"].(map[string]any)["Statement"])["DataIdentifier"] = []any{"Other"}
		}, "has the operations [Audit Deidentify] on [Other] and [Value]"},
		"an expression with a group": {func(r map[string]*templates.Resource) {
			configuration := r["Log"].Properties["DataProtectionPolicy"].(map[string]any)["Configuration"].(map[string]any)
			firstOf(configuration["CustomDataIdentifier"])["Regex"] = `"([a-z]{64})"`
		}, `CloudWatch Logs does not take "\"([a-z]{64})\""`},
		"three subscriptions": {func(r map[string]*templates.Resource) {
			r["Elsewhere"].Properties["LogGroupName"] = map[string]any{"Ref": "Log"}
		}, "log group {test Log} has 3 subscription filters: it takes 2"},
	} {
		t.Run(name, func(t *testing.T) {
			var template struct {
				Resources map[string]*templates.Resource
			}
			if err := json.Unmarshal([]byte(watched), &template); err != nil {
				t.Fatal(err)
			}
			test.change(template.Resources)
			found := strings.Join(houserules.In(t, template), "\n")
			if (found == "") != (test.want == "") || !strings.Contains(found, test.want) {
				t.Errorf("got %q, want …%s…", found, test.want)
			}
		})
	}
}

func firstOf(items any) map[string]any { return items.([]any)[0].(map[string]any) }
