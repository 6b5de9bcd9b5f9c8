package revocation_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/google/go-cmp/cmp"

	"github.com/cognito-m2m/cognito-m2m-cdk/constructs/revocation"
	"github.com/cognito-m2m/cognito-m2m-cdk/internal/testkit/cdktest"
	"github.com/cognito-m2m/cognito-m2m-cdk/internal/testkit/moto"
)

type object = map[string]any

const (
	poolID   = "eu-west-1_pool"
	rotation = "m2m-RotationRole-1A2B"
	another  = "m2m-AnotherRole-3C4D"
)

// deployed are what the template's references stand for.
var deployed = map[string]string{
	"AWS::Partition": "aws", "AWS::Region": "eu-west-1", "AWS::AccountId": "123456789012",
	"PoolUserPool04A1AA15": poolID, "Rotation9515E0C5": rotation, "Another6390C402": another,
}

// resolved replaces references as CloudFormation does.
func resolved(t *testing.T, value any) any {
	t.Helper()
	switch v := value.(type) {
	case object:
		if ref, ok := v["Ref"].(string); ok {
			if deployed[ref] == "" {
				t.Fatalf("no value for %s", ref)
			}
			return deployed[ref]
		}
		if join, ok := v["Fn::Join"].([]any); ok {
			var text string
			for _, part := range join[1].([]any) {
				text += resolved(t, part).(string)
			}
			return text
		}
		out := object{}
		for name, inner := range v {
			out[name] = resolved(t, inner)
		}
		return out
	case []any:
		out := make([]any, 0, len(v))
		for _, inner := range v {
			out = append(out, resolved(t, inner))
		}
		return out
	}
	return value
}

// Who called, as CloudTrail tells it
// (https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-user-identity.html).
func session(role string) object {
	return object{
		"type": "AssumedRole", "principalId": "AROA:session", "arn": "arn:aws:sts::123456789012:assumed-role/" + role + "/session",
		"accountId":      "123456789012",
		"sessionContext": object{"sessionIssuer": object{"type": "Role", "arn": "arn:aws:iam::123456789012:role/path/" + role, "userName": role}},
	}
}

func withoutContext(identity object) object {
	bare := maps.Clone(identity)
	delete(bare, "sessionContext")
	return bare
}

var (
	person = object{"type": "IAMUser", "principalId": "AIDA", "arn": "arn:aws:iam::123456789012:user/alice", "accountId": "123456789012",
		"userName": "alice"}
	root = object{"type": "Root", "principalId": "123456789012", "arn": "arn:aws:iam::123456789012:root", "accountId": "123456789012"}
	aws  = object{"type": "AWSService", "invokedBy": "cognito-idp.amazonaws.com"}
)

// call is an event of a call by CloudTrail; change makes it another one.
func call(name string, by object, change func(object)) object {
	detail := object{
		"eventVersion": "1.08", "userIdentity": by, "eventTime": "2026-11-22T12:00:00Z", "eventSource": "cognito-idp.amazonaws.com",
		"eventName": name,
		"awsRegion": "eu-west-1", "sourceIPAddress": "192.0.2.1", "requestParameters": object{"userPoolId": poolID,
			"clientId": "1example23456789"},
		"responseElements": nil, "readOnly": false, "eventType": "AwsApiCall", "managementEvent": true, "recipientAccountId": "123456789012",
	}
	if change != nil {
		change(detail)
	}
	return detail
}

func set(name string, value any) func(object) { return func(detail object) { detail[name] = value } }

// The synthesized rule, in an engine that is not ours: which changes reach the queue, and what of them.
func TestPattern_whatAFlushFollows(t *testing.T) {
	const update = "UpdateUserPoolClient"
	events := map[string]struct {
		detail object
		flush  bool
	}{
		"person with single sign-on": {call(update, session("AWSReservedSSO_Admin_0123456789abcdef"), nil), true},
		"person with an IAM user":    {call(update, person, nil), true},
		"root":                       {call(update, root, nil), true},
		"deployment": {call(update, session("cdk-hnb659fds-cfn-exec-role-123456789012-eu-west-1"),
			set("sourceIPAddress", "cloudformation.amazonaws.com")), true},
		"AWS service without an ARN":         {call(update, aws, nil), true},
		"nobody named":                       {call(update, nil, func(detail object) { delete(detail, "userIdentity") }), true},
		"client deleted":                     {call("DeleteUserPoolClient", person, nil), true},
		"client secret added":                {call("AddUserPoolClientSecret", person, nil), true},
		"client secret deleted":              {call("DeleteUserPoolClientSecret", person, nil), true},
		"scopes changed":                     {call("UpdateResourceServer", person, nil), true},
		"scopes deleted":                     {call("DeleteResourceServer", person, nil), true},
		"success with an empty error":        {call(update, person, set("errorCode", "")), true},
		"role with a longer name":            {call(update, session(rotation+"-2"), nil), true},
		"rotation":                           {call("DeleteUserPoolClientSecret", session(rotation), nil), false},
		"rotation without a session context": {call("AddUserPoolClientSecret", withoutContext(session(rotation)), nil), false},
		"other pool": {call(update, person, set("requestParameters", object{"userPoolId": "eu-west-1_other", "clientId": "1example23456789"})),
			false},
		"failed":        {call(update, person, set("errorCode", "AccessDenied")), false},
		"reading":       {call("DescribeUserPoolClient", person, set("readOnly", true)), false},
		"new client":    {call("CreateUserPoolClient", person, nil), false},
		"other service": {call(update, person, set("eventSource", "cognito-identity.amazonaws.com")), false},
	}
	var want []string
	for name, event := range events {
		if event.flush {
			want = append(want, name)
		}
	}
	slices.Sort(want)
	details := map[string]object{}
	for name, event := range events {
		details[name] = event.detail
	}
	server := moto.Start(t)
	if diff := cmp.Diff(want, delivered(t, server, synth(t, nil), details)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	t.Logf("%d events, %d flushes", len(events), len(want))

	// Two roles.
	details = map[string]object{
		"rotation": call(update, session(rotation), nil), "another": call(update, session(another), nil), "person": call(update, person, nil),
		"aws": call(update, aws, nil),
	}
	two := synth(t, func(stack awscdk.Stack, p *revocation.RevocationProps) {
		p.ExcludedRoles = append(p.ExcludedRoles, newRole(stack, "Another"))
	})
	if diff := cmp.Diff([]string{"aws", "person"}, delivered(t, server, two, details)); diff != "" {
		t.Errorf("two excluded roles (-want +got):\n%s", diff)
	}
	// None.
	none := synth(t, func(_ awscdk.Stack, p *revocation.RevocationProps) { p.ExcludedRoles = nil })
	if diff := cmp.Diff([]string{"another", "aws", "person", "rotation"}, delivered(t, server, none, details)); diff != "" {
		t.Errorf("no excluded role (-want +got):\n%s", diff)
	}
}

// delivered puts the template's rule into moto, sends the events and returns the names of those that reach its target. The target's input
// is left out: moto puts a text into a JSON template without its quotes, where EventBridge has them.
func delivered(t *testing.T, server *url.URL, template cdktest.Template, events map[string]object) []string {
	t.Helper()
	pattern, err := json.Marshal(resolved(t, template.Properties(ruleID)["EventPattern"]))
	if err != nil {
		t.Fatal(err)
	}
	queue := request(t, server, "sqs", "AmazonSQS.CreateQueue", object{"QueueName": "changes"})["QueueUrl"]
	request(t, server, "events", "AWSEvents.PutRule", object{"Name": "changed", "EventPattern": string(pattern)})
	request(t, server, "events", "AWSEvents.PutTargets", object{"Rule": "changed", "Targets": []object{{
		"Id": "queue", "Arn": "arn:aws:sqs:eu-west-1:123456789012:changes",
	}}})
	for name, detail := range events {
		detail["eventID"] = name
		body, err := json.Marshal(detail)
		if err != nil {
			t.Fatal(err)
		}
		failed := request(t, server, "events", "AWSEvents.PutEvents", object{"Entries": []object{{
			"Source": "aws.cognito-idp", "DetailType": "AWS API Call via CloudTrail", "Detail": string(body),
		}}})["FailedEntryCount"]
		if failed != 0.0 {
			t.Fatalf("%s: %v events failed", name, failed)
		}
	}
	var names []string
	for {
		messages, _ := request(t, server, "sqs", "AmazonSQS.ReceiveMessage", object{"QueueUrl": queue,
			"MaxNumberOfMessages": 10})["Messages"].([]any)
		if len(messages) == 0 {
			slices.Sort(names)
			return names
		}
		for _, m := range messages {
			var body object
			if err := json.Unmarshal([]byte(m.(object)["Body"].(string)), &body); err != nil {
				t.Fatal(err)
			}
			names = append(names, fmt.Sprint(cdktest.At(t, body, "detail", "eventID")))
			request(t, server, "sqs", "AmazonSQS.DeleteMessage", object{"QueueUrl": queue, "ReceiptHandle": m.(object)["ReceiptHandle"]})
		}
	}
}

// request is a call in AWS's JSON protocols; moto tells the services apart by the credential's scope and checks no signature.
func request(t *testing.T, server *url.URL, service, target string, input object) object {
	t.Helper()
	body, err := json.Marshal(input)
	if err != nil {
		t.Fatal(err)
	}
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, server.String(), bytes.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("X-Amz-Target", target)
	r.Header.Set("Content-Type", "application/x-amz-json-1.1")
	r.Header.Set("Authorization", "AWS4-HMAC-SHA256 Credential=test/20261122/eu-west-1/"+service+"/aws4_request, SignedHeaders=host, "+
		"Signature=none")
	response, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = response.Body.Close() }()
	answer, err := io.ReadAll(response.Body)
	if err != nil || response.StatusCode != http.StatusOK {
		t.Fatalf("%s: %s %s %v", target, response.Status, answer, err)
	}
	output := object{}
	if len(strings.TrimSpace(string(answer))) > 0 {
		if err := json.Unmarshal(answer, &output); err != nil {
			t.Fatalf("%s: %s: %v", target, answer, err)
		}
	}
	return output
}
