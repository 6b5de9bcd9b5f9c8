package audittrail

import (
	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsiam"
	"github.com/aws/aws-cdk-go/awscdk/v2/awskms"
	"github.com/aws/aws-cdk-go/awscdk/v2/awslogs"
	"github.com/aws/jsii-runtime-go"

	"github.com/cognito-m2m/cognito-m2m-cdk/constructs/internal/loggroup"
	"github.com/cognito-m2m/cognito-m2m-cdk/constructs/internal/nag"
	"github.com/cognito-m2m/cognito-m2m-cdk/constructs/internal/policy"
)

// maskedValue finds values of the origin header, which are 64 letters and digits, in events of UpdateStage and UpdateRegexPatternSet, and would find
// client secrets, at least 48 of them, should CloudTrail come to record those. It must not find what queries and people need: client ids are 26 letters and
// digits, and names of roles, event ids and ARNs have punctuation.
//
// Of what AWS allows in such an expression there is no way to say what comes before or after: longer runs, such as hashes, are masked as well.
// https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/CWL-custom-data-identifiers.html
const maskedValue = `[A-Za-z0-9]{48,}`

const maskedName = "SecretValue"

// addLogGroup creates the log group. What its data protection policy masks is masked for everyone without logs:Unmask, in queries, metric filters and
// subscriptions alike: asterisks take the place of the value, and the event stays JSON.
// https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/mask-sensitive-log-data.html
func (t *AuditTrail) addLogGroup(s *AuditTrailProps) {
	key := s.LogEncryptionKey
	if key == nil {
		key = awskms.IKey(t.key)
	}
	group := loggroup.New(t.Construct, "Log", &loggroup.Props{
		Name: t.logGroupName(), Key: key, Retention: s.LogRetention, RemovalPolicy: s.RemovalPolicy,
	})
	group.Node().DefaultChild().(awslogs.CfnLogGroup).SetDataProtectionPolicy(dataProtection())
	t.logGroup = group
}

func (t *AuditTrail) logGroupName() string { return "/cognito-m2m/" + t.name + "/audit-trail" }

// dataProtection is written as AWS documents it: a policy that masks must audit the same data, and may do so without a destination. Findings are then
// counted in the metric LogEventsWithFindings.
// https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/mask-sensitive-log-data-start.html
func dataProtection() map[string]any {
	identifiers := []string{maskedName}
	return map[string]any{
		"Name":          "mask-secret-values",
		"Description":   "Masks values of the origin header, and whatever looks like a client secret",
		"Version":       "2021-06-01",
		"Configuration": map[string]any{"CustomDataIdentifier": []any{map[string]any{"Name": maskedName, "Regex": maskedValue}}},
		"Statement": []any{
			map[string]any{"Sid": "audit", "DataIdentifier": identifiers, "Operation": map[string]any{"Audit": map[string]any{"FindingsDestination": map[string]any{}}}},
			map[string]any{"Sid": "mask", "DataIdentifier": identifiers, "Operation": map[string]any{"Deidentify": map[string]any{"MaskConfig": map[string]any{}}}},
		},
	}
}

// newDeliveryRole creates the role that CloudTrail writes events with, into streams of its own naming: account, "CloudTrail", the trail's home Region, and a
// number when one stream is not enough. Whether CloudTrail names the trail when it assumes the role is not documented, so that this is no condition; the
// role can write into these streams and do nothing else.
// https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-required-policy-for-cloudwatch-logs.html
func (t *AuditTrail) newDeliveryRole() awsiam.IRole {
	stack := awscdk.Stack_Of(t.Construct)
	streams := stack.FormatArn(&awscdk.ArnComponents{
		Service: jsii.String("logs"), Resource: jsii.String("log-group"), ArnFormat: awscdk.ArnFormat_COLON_RESOURCE_NAME,
		ResourceName: jsii.String(*t.logGroup.LogGroupName() + ":log-stream:" + *stack.Account() + "_CloudTrail_" + *stack.Region() + "*"),
	})
	role := awsiam.NewRole(t.Construct, jsii.String("DeliveryRole"), &awsiam.RoleProps{
		Description: jsii.String("Delivery of the audit trail to CloudWatch Logs"),
		AssumedBy:   awsiam.NewServicePrincipal(jsii.String("cloudtrail.amazonaws.com"), nil),
		InlinePolicies: &map[string]awsiam.PolicyDocument{
			"audit-trail": policy.Document(policy.Statement("Deliver", nil, streams, "logs:CreateLogStream", "logs:PutLogEvents")),
		},
	})
	nag.Suppress(role, nag.Suppression{
		Rule: "AwsSolutions-IAM5", Reason: "CloudTrail numbers its log streams: the wildcard ends a prefix that only the trail's own streams have.",
	})
	return role
}
