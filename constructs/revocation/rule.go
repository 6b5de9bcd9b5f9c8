package revocation

import (
	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsevents"
	"github.com/aws/jsii-runtime-go"

	"github.com/cognito-m2m/cognito-m2m-cdk/constructs/internal/eventrule"
)

// changes are the calls after which a cached answer may be wrong: a client, one of its secrets or a scope is gone or another, or is there
// again.
var changes = []string{
	"UpdateUserPoolClient", "DeleteUserPoolClient", "AddUserPoolClientSecret", "DeleteUserPoolClientSecret", "UpdateResourceServer",
	"DeleteResourceServer",
}

// addRules puts what is needed of an event into the queue, which has nothing confidential then, whatever CloudTrail may come to record of
// these calls.
func (r *Revocation) addRules(s *RevocationProps) {
	changed := r.message("$.detail.eventName", "$.detail.eventTime", "$.detail.eventID")
	eventrule.New(r.Construct, "Changed", "Flushes the token gateway's cache after changes of clients, secrets and scopes", changed,
		awsevents.RuleProps{
			EventPattern: r.pattern(s),
		})
	if s.StaleErrors == nil {
		return
	}
	// https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/cloudwatch-and-eventbridge.html
	stale := r.message("$.detail-type", "$.time", "$.id")
	eventrule.New(r.Construct, "StaleErrors", "Flushes the token gateway's cache when it holds errors that Cognito no longer gives", stale,
		awsevents.RuleProps{
			EventPattern: &awsevents.EventPattern{
				Source:     jsii.Strings("aws.cloudwatch"),
				DetailType: jsii.Strings("CloudWatch Alarm State Change"),
				Resources:  &[]*string{s.StaleErrors.AlarmArn()},
				Detail:     &map[string]any{"state": map[string]any{"value": []string{"ALARM"}}},
			},
		})
}

func (r *Revocation) message(name, time, id string) *eventrule.Target {
	return eventrule.Queue(r.queue, r.deadLetters, awsevents.RuleTargetInput_FromObject(map[string]*string{
		"eventName": awsevents.EventField_FromPath(jsii.String(name)),
		"eventTime": awsevents.EventField_FromPath(jsii.String(time)),
		"eventID":   awsevents.EventField_FromPath(jsii.String(id)),
	}))
}

// pattern is met by every call of changes on this pool that succeeded, whoever made it, but for the excluded roles. Those are told by the
// ARN of their sessions: it is there with or without a session context, and its absence, as for calls of AWS services, is no role of ours.
// https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-user-identity.html
func (r *Revocation) pattern(s *RevocationProps) *awsevents.EventPattern {
	detail := map[string]any{
		"eventSource":       []string{"cognito-idp.amazonaws.com"},
		"eventName":         changes,
		"requestParameters": map[string]any{"userPoolId": []*string{s.Pool.UserPoolID()}},
		// Cognito's own examples of success have an empty one.
		"errorCode": []any{map[string]any{"exists": false}, ""},
	}
	if sessions := r.sessions(s); len(sessions) > 0 {
		var prefix any = sessions
		if len(sessions) == 1 {
			prefix = sessions[0]
		}
		detail["userIdentity"] = map[string]any{"arn": []any{
			map[string]any{"exists": false},
			map[string]any{"anything-but": map[string]any{"prefix": prefix}},
		}}
	}
	return &awsevents.EventPattern{
		Source:     jsii.Strings("aws.cognito-idp"),
		DetailType: jsii.Strings("AWS API Call via CloudTrail"),
		Detail:     &detail,
	}
}

// sessions are what the ARNs of the excluded roles' sessions begin with. They have the role's name, which is unique in the account, but not
// its path.
func (r *Revocation) sessions(s *RevocationProps) []*string {
	var prefixes []*string
	for _, role := range s.ExcludedRoles {
		prefixes = append(prefixes, awscdk.Stack_Of(r.Construct).FormatArn(&awscdk.ArnComponents{
			Service: jsii.String("sts"), Region: jsii.String(""), Resource: jsii.String("assumed-role"),
			ResourceName: jsii.String(*role.RoleName() + "/"),
		}))
	}
	return prefixes
}
