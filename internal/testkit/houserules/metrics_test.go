package houserules_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/cognito-m2m/cognito-m2m-cdk/internal/testkit/houserules"
)

// producers is a stack that writes metrics, and watchers one that looks at them. What a test breaks in the second is in the first as it
// should be.
const (
	producers = `{
  "Resources": {
    "Api": {"Type": "AWS::ApiGateway::RestApi", "Properties": {"Name": "tokens"}},
    "Stage": {"Type": "AWS::ApiGateway::Stage", "Properties": {"RestApiId": {"Ref": "Api"}, "StageName": "v1"}},
    "Acl": {"Type": "AWS::WAFv2::WebACL",
	"Properties": {"DefaultAction": {"Block": {}}, "VisibilityConfig": {"MetricName": "pool-acl", "SampledRequestsEnabled": false}, "Rules": [
      {"Name": "block-all", "Priority": 0, "Action": {"Block": {}}, "Statement": {"SizeConstraintStatement": {}},
	"VisibilityConfig": {"MetricName": "block-all", "SampledRequestsEnabled": false}}]}},
    "Rotation": {"Type": "AWS::Lambda::Function",
	"Properties": {"Environment": {"Variables": {"METRICS_NAMESPACE": "CognitoM2M/OriginHeader"}}}},
    "Pool": {"Type": "AWS::Cognito::UserPool", "Properties": {}},
    "Usage": {"Type": "AWS::Lambda::Function",
	"Properties": {"Environment": {"Variables": {"NAMED_TENANTS": "shop,billing", "USER_POOL_ID": {"Ref": "Pool"}}}}},
    "Queue": {"Type": "AWS::SQS::Queue", "Properties": {}},
    "Filter": {"Type": "AWS::Logs::MetricFilter",
	"Properties": {"MetricTransformations": [{"MetricNamespace": "CognitoM2M/TokenProxy/x", "MetricName": "UpstreamFailed",
	"DefaultValue": 0}]}},
    "Failed": {"Type": "AWS::CloudWatch::Alarm",
	"Properties": {"AlarmDescription": "d", "Namespace": "CognitoM2M/TokenProxy/x", "MetricName": "UpstreamFailed"}}
  },
  "Outputs": {
    "Function": {"Value": {"Ref": "Rotation"}, "Export": {"Name": "gateway:Function"}},
    "PoolId": {"Value": {"Ref": "Pool"}, "Export": {"Name": "gateway:Pool"}},
    "QueueName": {"Value": {"Fn::GetAtt": ["Queue", "QueueName"]}, "Export": {"Name": "gateway:Queue"}},
    "FailedArn": {"Value": {"Fn::GetAtt": ["Failed", "Arn"]}, "Export": {"Name": "gateway:Failed"}}
  }
}`
	metricWidget = `{"type":"metric","x":0,"y":0,"width":12,"height":6,"properties":{"title":"T","view":"timeSeries","region":"eu-west-1",
		"metrics":[METRICS]}}`
)

// It tries metrics in a widget; @ stands for the pool's id, % for the name of the rotation's function, # for the queue's.
func TestFind_checksWhatDashboardsLookAt(t *testing.T) {
	for name, test := range map[string]struct{ metrics, want string }{
		"gateway": {`["AWS/ApiGateway","Count","ApiName","tokens","Stage","v1"]`, ""},
		"misspelt metric": {`["AWS/ApiGateway","Counts","ApiName","tokens","Stage","v1"]`,
			"metric AWS/ApiGateway Counts is none of [4XXError"},
		"other API":   {`["AWS/ApiGateway","Count","ApiName","token","Stage","v1"]`, `is of API "token": the APIs are [tokens]`},
		"other stage": {`["AWS/ApiGateway","Count","ApiName","tokens","Stage","prod"]`, `is of stage "prod": the stages are [v1]`},
		"no stage":    {`["AWS/ApiGateway","Count","ApiName","tokens"]`, "has the dimensions [ApiName]: use [ApiName Stage]"},
		"web ACL":     {`["AWS/WAFV2","BlockedRequests","WebACL","pool-acl","Rule","block-all","Region","r"]`, ""},
		"web ACL by its id": {`["AWS/WAFV2","BlockedRequests","WebACL","Acl","Rule","block-all","Region","r"]`,
			`is of web ACL "Acl": the metric names of web ACLs are [pool-acl]`},
		"other rule": {`["AWS/WAFV2","BlockedRequests","WebACL","pool-acl","Rule","block","Region","r"]`,
			`is of rule "block": the metric names of the rules are [ALL Default_Action block-all]`},
		"web ACL without Region": {`["AWS/WAFV2","BlockedRequests","WebACL","pool-acl","Rule","ALL"]`, "use [Region Rule WebACL]"},
		"function":               {`["AWS/Lambda","Errors","FunctionName","%"]`, ""},
		"other function":         {`["AWS/Lambda","Errors","FunctionName","rotation"]`, `is of function "rotation"`},
		"queue":                  {`["AWS/SQS","ApproximateAgeOfOldestMessage","QueueName","#"]`, ""},
		"other queue":            {`["AWS/SQS","ApproximateAgeOfOldestMessage","QueueName","queue"]`, `is of queue "queue"`},
		"own":                    {`["CognitoM2M/OriginHeader","ValueAgeDays","FunctionName","%"]`, ""},
		"own, misspelt":          {`["CognitoM2M/OriginHeader","ValueAge","FunctionName","%"]`, "ValueAge is none of [ValueAgeDays"},
		"own of another function": {`["CognitoM2M/ClientSecrets","Overdue","FunctionName","%"]`,
			`its METRICS_NAMESPACE is "CognitoM2M/OriginHeader"`},
		"own without function": {`["CognitoM2M/OriginHeader","ValueAgeDays"]`, "has the dimensions []: use FunctionName"},
		"filter":               {`["CognitoM2M/TokenProxy/x","UpstreamFailed"]`, ""},
		"filter, misspelt":     {`["CognitoM2M/TokenProxy/x","Failed"]`, "is none of the metric filters', which are [UpstreamFailed]"},
		"filter with a dimension": {`["CognitoM2M/TokenProxy/x","UpstreamFailed","ApiName","tokens"]`,
			"has the dimensions [ApiName]: its metric filter has []"},
		"no such namespace":  {`["CognitoM2M/TokenProxy/y","UpstreamFailed"]`, "a namespace that nothing here writes to"},
		"somebody else's":    {`["Acme/Shop","Orders","Shop","north"]`, ""},
		"pool's tokens":      {`["CognitoM2M/Usage","TokensIssued","UserPool","@"]`, ""},
		"tokens of a tenant": {`["CognitoM2M/Usage","TokensIssued","Tenant","billing","UserPool","@"]`, ""},
		"tokens of the unnamed": {`["CognitoM2M/Usage","TokensIssued","Tenant","labels","UserPool","@"]`,
			`is of tenant "labels": the named tenants are "shop,billing"`},
		"tokens of another pool": {`["CognitoM2M/Usage","TokensIssued","UserPool","eu-west-1_other"]`,
			`is of user pool "eu-west-1_other", whose tokens no function counts`},
		"tokens by error": {`["CognitoM2M/Usage","TokensIssued","Error","invalid_client","UserPool","@"]`,
			"use UserPool, or [Tenant UserPool]"},
		"usage, misspelt": {`["CognitoM2M/Usage","Tokens","UserPool","@"]`, "Tokens is none of [RequestsWithoutClientId"},
		"search": {`[{"expression":"SEARCH('{CognitoM2M/Usage,Tenant,UserPool} MetricName=\"TokensIssued\" UserPool=\"@\"', 'Sum')"}]`,
			""},
		"search elsewhere": {`[{"expression":"SEARCH('{CognitoM2M/Usage,Client,UserPool} MetricName=\"TokensIssued\" UserPool=\"@\"', 'Sum')"}]`,
			"has the dimensions [Client UserPool]"},
		"search for what is not": {`[{"expression":"SEARCH('{CognitoM2M/Usage,Tenant,UserPool} Tenants=\"x\"', 'Sum')"}]`,
			"Tenants is neither MetricName nor one of the dimensions"},
		"unknown id": {`["AWS/ApiGateway","Count","ApiName","tokens","Stage","v1",{"id":"all"}],[{"expression":"all / misses"}]`,
			`widget 0 (T) uses "misses" in "all / misses"`},
		"unknown function": {`["AWS/ApiGateway","Count","ApiName","tokens","Stage","v1",{"id":"all"}],[{"expression":"RATIO(all)"}]`,
			"RATIO is no function"},
		"same id twice": {`["AWS/SQS","ApproximateAgeOfOldestMessage","QueueName","#",{"id":"a"}],["AWS/Lambda","Errors","FunctionName","%",
			{"id":"a"}]`, `has the id "a" twice`},
		"nothing to see":   {`["AWS/Lambda","Errors","FunctionName","%",{"visible":false}]`, "hides all of its metrics"},
		"half a dimension": {`["AWS/Lambda","Errors","FunctionName"]`, "pairs of dimension and value"},
		"unknown option":   {`["AWS/Lambda","Errors","FunctionName","%",{"colour":"red"}]`, `unknown field "colour"`},
	} {
		t.Run(name, func(t *testing.T) {
			body := `{"widgets":[` + strings.Replace(metricWidget, "METRICS", test.metrics, 1) + `]}`
			expectWatching(t, dashboardOf(t, body), test.want)
		})
	}
}

func TestFind_checksHowDashboardsAreLaidOut(t *testing.T) {
	text := func(place string) string { return `{"type":"text",` + place + `,"properties":{"markdown":"# A"}}` }
	for name, test := range map[string]struct{ body, want string }{
		"side by side": {text(`"x":0,"y":0,"width":12,"height":2`) + "," + text(`"x":12,"y":0,"width":12,"height":2`), ""},
		"overlap": {text(`"x":0,"y":0,"width":12,"height":2`) + "," + text(`"x":11,"y":1,"width":12,"height":2`),
			"widget 1 (A) overlaps widget 0 (A)"},
		"beyond the edge":  {text(`"x":13,"y":0,"width":12,"height":2`), "is 12 wide and 2 high at column 13, row 0: there are 24 columns"},
		"no height":        {text(`"x":0,"y":0,"width":12,"height":0`), "12 wide and 0 high"},
		"nothing":          {"", "there are 0 widgets"},
		"unknown type":     {`{"type":"graph","x":0,"y":0,"width":6,"height":6,"properties":{}}`, `has type "graph": use metric, text or alarm`},
		"unknown property": {`{"type":"text","x":0,"y":0,"width":6,"height":6,"properties":{"mark":"A"}}`, `unknown field "mark"`},
		"unknown view":     {strings.NewReplacer("METRICS", `["Acme","A"]`, "timeSeries", "lines").Replace(metricWidget), `has view "lines"`},
		"no Region":        {strings.NewReplacer("METRICS", `["Acme","A"]`, `"region":"eu-west-1",`, "").Replace(metricWidget), "has no Region"},
		"empty text":       {`{"type":"text","x":0,"y":0,"width":6,"height":6,"properties":{"markdown":" "}}`, "has no text"},
		"alarm":            {`{"type":"alarm","x":0,"y":0,"width":6,"height":6,"properties":{"title":"A","alarms":["!"]}}`, ""},
		"unknown alarm": {`{"type":"alarm","x":0,"y":0,"width":6,"height":6,"properties":{"title":"A","alarms":["arn:x"]}}`,
			`looks at alarm "arn:x", which is none of this app`},
		"no alarms": {`{"type":"alarm","x":0,"y":0,"width":6,"height":6,"properties":{"title":"A","alarms":[]}}`,
			"has 0 alarms: use 1 to 100"},
		"something follows": {text(`"x":0,"y":0,"width":12,"height":2`) + `]} {"widgets":[`, "something after its end"},
	} {
		t.Run(name, func(t *testing.T) {
			expectWatching(t, dashboardOf(t, `{"widgets":[`+test.body+`]}`), test.want)
		})
	}
}

func TestFind_checksWhatAlarmsLookAt(t *testing.T) {
	for name, test := range map[string]struct{ resourceType, properties, want string }{
		"one metric": {"Alarm",
			`{"AlarmDescription":"d","Namespace":"CognitoM2M/OriginHeader","MetricName":"DriftFound","Dimensions":[{"Name":"FunctionName",
				"Value":{"Fn::ImportValue":"gateway:Function"}}]}`, ""},
		"another's metric": {"Alarm",
			`{"AlarmDescription":"d","Namespace":"CognitoM2M/Revocation","MetricName":"Delay","Dimensions":[{"Name":"FunctionName",
				"Value":{"Fn::ImportValue":"gateway:Function"}}]}`,
			"metric CognitoM2M/Revocation Delay is not what function {gateway Rotation} writes"},
		"no description": {"Alarm", `{"Namespace":"CognitoM2M/TokenProxy/x","MetricName":"UpstreamFailed"}`, "AlarmDescription is missing"},
		"import of nothing": {"Alarm",
			`{"AlarmDescription":"d","Namespace":"AWS/Lambda","MetricName":"Errors","Dimensions":[{"Name":"FunctionName",
				"Value":{"Fn::ImportValue":"gateway:Fun"}}]}`,
			`imports "gateway:Fun", which no stack of this app exports`},
		"reference to nothing": {"Alarm",
			`{"AlarmDescription":"d","Namespace":"AWS/Lambda","MetricName":"Errors","Dimensions":[{"Name":"FunctionName",
				"Value":{"Ref":"Rotation"}}]}`,
			"refers to Rotation, which stack watchers does not have"},
		"math": {"Alarm",
			`{"AlarmDescription":"d","Metrics":[{"Id":"e","Expression":"FILL(f, 0)"},{"Id":"f","ReturnData":false,
				"MetricStat":{"Metric":{"Namespace":"CognitoM2M/TokenProxy/x","MetricName":"UpstreamFailed"}}}]}`, ""},
		"math on nothing": {"Alarm",
			`{"AlarmDescription":"d","Metrics":[{"Id":"e","Expression":"FILL(g, 0)"},{"Id":"f","ReturnData":false,
				"MetricStat":{"Metric":{"Namespace":"CognitoM2M/TokenProxy/x","MetricName":"UpstreamFailed"}}}]}`,
			`uses "g" in "FILL(g, 0)"`},
		"math of the wrong metric": {"Alarm",
			`{"AlarmDescription":"d","Metrics":[{"Id":"f","MetricStat":{"Metric":{"Namespace":"CognitoM2M/TokenProxy/x",
				"MetricName":"Upstream"}}}]}`, "is none of the metric filters'"},
		"two results": {"Alarm",
			`{"AlarmDescription":"d","Metrics":[{"Id":"e","Expression":"FILL(f, 0)"},{"Id":"f",
				"MetricStat":{"Metric":{"Namespace":"CognitoM2M/TokenProxy/x","MetricName":"UpstreamFailed"}}}]}`,
			"returns the data of [e f]"},
		"band": {"Alarm",
			`{"AlarmDescription":"d","ThresholdMetricId":"e","Metrics":[{"Id":"e","Expression":"ANOMALY_DETECTION_BAND(f, 3)"},{"Id":"f",
				"MetricStat":{"Metric":{"Namespace":"CognitoM2M/TokenProxy/x","MetricName":"UpstreamFailed"}}}]}`, ""},
		"band of another id": {"Alarm",
			`{"AlarmDescription":"d","ThresholdMetricId":"b","Metrics":[{"Id":"e","Expression":"ANOMALY_DETECTION_BAND(f, 3)"},{"Id":"f",
				"MetricStat":{"Metric":{"Namespace":"CognitoM2M/TokenProxy/x","MetricName":"UpstreamFailed"}}}]}`,
			"returns the data of [e f]"},
		"search": {"Alarm",
			`{"AlarmDescription":"d","Metrics":[{"Id":"e","Expression":"SUM(SEARCH('{CognitoM2M/Usage,Tenant,UserPool}', 'Sum'))"}]}`,
			"which an alarm cannot have"},
		"composite":     {"CompositeAlarm", `{"AlarmRule":{"Fn::Join":["",["ALARM(\"",{"Fn::ImportValue":"gateway:Failed"},"\")"]]}}`, ""},
		"unknown child": {"CompositeAlarm", `{"AlarmRule":"ALARM(\"somebody-elses\")"}`, `looks at alarm "somebody-elses"`},
		"no child":      {"CompositeAlarm", `{"AlarmRule":"TRUE"}`, "looks at no alarm"},
		"many children": {"CompositeAlarm",
			`{"AlarmRule":{"Fn::Join":["",[` + strings.Repeat(`"ALARM(\"",{"Fn::ImportValue":"gateway:Failed"},"\") OR ",`, 101) + `""]]}}`,
			"looks at 101 alarms: use up to 100"},
		"long rule": {"CompositeAlarm",
			`{"AlarmRule":{"Fn::Join":["",[` + strings.Repeat(`"ALARM(\"",{"Fn::ImportValue":"gateway:Failed"},"\") OR ",`, 80) + `""]]}}`,
			"characters: use up to 10240"},
	} {
		t.Run(name, func(t *testing.T) {
			expectWatching(t, `{"Resources":{"R":{"Type":"AWS::CloudWatch::`+test.resourceType+`","Properties":`+test.properties+`}}}`, test.want)
		})
	}
}

// dashboardOf is a template with a dashboard of this body, in which marks become references to the other stack.
func dashboardOf(t *testing.T, body string) string {
	t.Helper()
	imports := map[rune]string{'@': "gateway:Pool", '%': "gateway:Function", '#': "gateway:Queue", '!': "gateway:Failed"}
	body = strings.ReplaceAll(body, "# A", "\x00")
	var parts []any
	for len(body) > 0 {
		i := strings.IndexAny(body, "@%#!")
		if i < 0 {
			parts = append(parts, body)
			break
		}
		parts = append(parts, body[:i], map[string]string{"Fn::ImportValue": imports[rune(body[i])]})
		body = body[i+1:]
	}
	for i, part := range parts {
		if text, ok := part.(string); ok {
			parts[i] = strings.ReplaceAll(text, "\x00", "# A")
		}
	}
	template, err := json.Marshal(map[string]any{"Resources": map[string]any{"R": map[string]any{
		"Type": "AWS::CloudWatch::Dashboard", "Properties": map[string]any{"DashboardBody": map[string]any{"Fn::Join": []any{"", parts}}},
	}}})
	if err != nil {
		t.Fatal(err)
	}
	return string(template)
}

// expectWatching wants one mistake of the second stack at least, or with an empty want none.
func expectWatching(t *testing.T, watchers, want string) {
	t.Helper()
	var found []string
	for _, message := range houserules.Find(t, houserules.Write(t, map[string]any{"gateway": producers, "watchers": watchers})) {
		if strings.HasPrefix(message, "stack watchers: AWS::CloudWatch::") {
			found = append(found, message)
		} else if !strings.Contains(message, "stack gateway") {
			t.Errorf("unexpected: %v", message)
		}
	}
	if all := strings.Join(found, "\n"); want == "" && all != "" || !strings.Contains(all, want) {
		t.Errorf("got %q, want …%s…", all, want)
	}
}
