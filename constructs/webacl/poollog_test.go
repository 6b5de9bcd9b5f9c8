package webacl_test

import (
	"testing"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awslogs"
	"github.com/aws/jsii-runtime-go"
	"github.com/google/go-cmp/cmp"

	"github.com/cognito-m2m/cognito-m2m-cdk/constructs/originheader"
	"github.com/cognito-m2m/cognito-m2m-cdk/constructs/webacl"
	"github.com/cognito-m2m/cognito-m2m-cdk/internal/testkit/cdktest"
)

// The pool's log has what was blocked, encrypted, and no header with a secret; and there is none unless one is asked for.
func TestPoolLog_poolsLogHasBlockedRequests(t *testing.T) {
	none := synth(t, nil, func(*webacl.PoolWebACLProps) {})
	if ids := append(none.IDs("AWS::WAFv2::LoggingConfiguration"), none.IDs("AWS::Logs::LogGroup")...); len(ids) > 0 {
		t.Errorf("nobody asked for %v", ids)
	}
	template := synth(t, &originheader.OriginHeaderProps{HeaderName: jsii.String("X-Gate")}, func(p *webacl.PoolWebACLProps) {
		p.Log = &webacl.PoolLog{}
	})
	logging := template.One("AWS::WAFv2::LoggingConfiguration")
	group := template.ID("AWS::Logs::LogGroup")
	want := "{LogDestinationConfigs [arn:{Ref AWS::Partition}:logs:{Ref AWS::Region}:{Ref AWS::AccountId}:log-group:{Ref " + group + "}], " +
		"LoggingFilter {DefaultBehavior DROP, Filters [{Behavior KEEP, Conditions [{ActionCondition {Action BLOCK}}], Requirement " +
		"MEETS_ANY}]}, " +
		"RedactedFields [{SingleHeader {Name authorization}} {SingleHeader {Name cookie}} {SingleHeader {Name x-api-key}} {SingleHeader {Name " +
		"x-gate}}], " +
		"ResourceArn {Fn::GetAtt [" + template.ID("AWS::WAFv2::WebACL") + " Arn]}}"
	if diff := cmp.Diff(want, cdktest.Text(logging)); diff != "" {
		t.Errorf("logging (-want +got):\n%s", diff)
	}
	properties := template.Properties(group)
	if properties["LogGroupName"] != "aws-waf-logs-Test-PoolWebAcl-59AE571D" || properties["RetentionInDays"] != 90.0 ||
		cdktest.Text(properties["KmsKeyId"]) == "<nil>" {
		t.Errorf("log group: %s", cdktest.JSON(t, properties))
	}
	if policy := template.Resource(group)["DeletionPolicy"]; policy != "RetainExceptOnCreate" {
		t.Errorf("deletion policy %v", policy)
	}
	short := synth(t, nil, func(p *webacl.PoolWebACLProps) {
		p.Log = &webacl.PoolLog{Retention: awslogs.RetentionDays_ONE_WEEK, RemovalPolicy: awscdk.RemovalPolicy_DESTROY}
	})
	group = short.ID("AWS::Logs::LogGroup")
	if days, policy := short.Properties(group)["RetentionInDays"], short.Resource(group)["DeletionPolicy"]; days != 7.0 || policy != "Delete" {
		t.Errorf("kept for %v days, deletion policy %v", days, policy)
	}
}
