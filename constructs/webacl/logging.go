package webacl

import (
	"slices"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awskms"
	"github.com/aws/aws-cdk-go/awscdk/v2/awslogs"
	"github.com/aws/aws-cdk-go/awscdk/v2/awswafv2"
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"

	"github.com/cognito-m2m/cognito-m2m-cdk/constructs/internal/loggroup"
)

// secretHeaders are the headers whose values no log may show, in lower case.
func (s *edgeSettings) secretHeaders() []string {
	return secretHeaders(s.originHeader, s.credentialsHeader)
}

func secretHeaders(more ...string) []string {
	names := append([]string{"authorization", "cookie", "x-api-key"}, more...)
	slices.Sort(names)
	return slices.Compact(names)
}

// protection also covers what a client wrongly sends of its secret in the query or, with a match of a managed rule, in the body.
func (s *edgeSettings) protection() *awswafv2.CfnWebACL_DataProtectionConfigProperty {
	return protect(substituted("SINGLE_HEADER", s.secretHeaders()...), substituted("SINGLE_QUERY_ARGUMENT", "client_secret"),
		substituted("BODY"))
}

func newEdgeLog(scope constructs.Construct, s *edgeSettings) awslogs.LogGroup {
	return newLog(scope, s.LogEncryptionKey, s.LogRetention, s.RemovalPolicy, "Encrypts the log of the edge web ACL")
}

func (w *EdgeWebACL) addLogging(s *edgeSettings) {
	addLogging(w.Construct, w.webACL, w.log, s.secretHeaders(), "BLOCK", "COUNT", "EXCLUDED_AS_COUNT")
}

// newLog creates the log group of a web ACL. Its name must begin with aws-waf-logs-.
// https://docs.aws.amazon.com/waf/latest/developerguide/logging-cw-logs.html
func newLog(scope constructs.Construct, key awskms.IKey, retention awslogs.RetentionDays, removal awscdk.RemovalPolicy,
	description string) awslogs.LogGroup {
	return loggroup.New(scope, "Log", &loggroup.Props{
		Name:          "aws-waf-logs-" + *uniqueName(scope),
		Key:           loggroup.Key(scope, key, description, removal),
		Retention:     retention,
		RemovalPolicy: removal,
	})
}

// addLogging keeps the requests with one of the actions, and drops the others.
//
// There is no resource policy of our own for the log group: AWS makes the one that lets AWS WAF write to it, with the permissions of
// whoever deploys (logs:CreateLogDelivery, PutResourcePolicy, DescribeResourcePolicies and DescribeLogGroups). One made here would need the
// same permissions and, if made for the account, take one of ten places; the log group itself has room for one, which AWS would then have
// to share.
// https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/AWS-logs-infrastructure-CWL.html
func addLogging(scope constructs.Construct, acl awswafv2.CfnWebACL, log awslogs.ILogGroup, secretHeaders []string, actions ...string) {
	var redacted []any
	for _, name := range secretHeaders {
		redacted = append(redacted, &awswafv2.CfnLoggingConfiguration_FieldToMatchProperty{SingleHeader: map[string]string{"Name": name}})
	}
	// The ARN as AWS WAF's guide has it: the group's own ends in ":*".
	destination := awscdk.Stack_Of(scope).FormatArn(&awscdk.ArnComponents{
		Service: jsii.String("logs"), Resource: jsii.String("log-group"), ResourceName: log.LogGroupName(),
		ArnFormat: awscdk.ArnFormat_COLON_RESOURCE_NAME,
	})
	awswafv2.NewCfnLoggingConfiguration(scope, jsii.String("Logging"), &awswafv2.CfnLoggingConfigurationProps{
		ResourceArn:           acl.AttrArn(),
		LogDestinationConfigs: &[]any{destination},
		RedactedFields:        redacted,
		LoggingFilter:         keepActions(actions...),
	})
}

// keepActions is a map, since CDK renders its struct for it with names in lower case, which CloudFormation does not know.
func keepActions(actions ...string) map[string]any {
	var conditions []any
	for _, action := range actions {
		conditions = append(conditions, map[string]any{"ActionCondition": map[string]any{"Action": action}})
	}
	return map[string]any{
		"DefaultBehavior": "DROP",
		"Filters":         []any{map[string]any{"Behavior": "KEEP", "Requirement": "MEETS_ANY", "Conditions": conditions}},
	}
}
