package monitoring

import (
	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsiam"
	"github.com/aws/aws-cdk-go/awscdk/v2/awskms"
	"github.com/aws/aws-cdk-go/awscdk/v2/awslogs"
	"github.com/aws/jsii-runtime-go"

	"github.com/cognito-m2m/cognito-m2m-cdk/constructs/internal/loggroup"
	"github.com/cognito-m2m/cognito-m2m-cdk/constructs/internal/mark"
	"github.com/cognito-m2m/cognito-m2m-cdk/constructs/internal/nag"
	"github.com/cognito-m2m/cognito-m2m-cdk/constructs/internal/policy"
)

// maskedValue matches values of the origin header (64 letters and digits) in events of UpdateStage and UpdateRegexPatternSet. It also
// matches client secrets (at least 48 letters and digits), in case CloudTrail begins to record them. It must not match what queries and
// people need: client IDs are 26 letters and digits, and role names, event IDs and ARNs have punctuation.
//
// AWS does not allow an expression that says what precedes or follows a match. Longer runs, such as hashes, are therefore masked as well.
// https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/CWL-custom-data-identifiers.html
const maskedValue = `[A-Za-z0-9]{48,}`

const maskedName = "SecretValue"

// addLogGroup creates the log group. Its data protection policy masks values for all principals without logs:Unmask, also in queries,
// metric filters and subscriptions. Asterisks replace the value, so that the event remains JSON.
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

// dataProtection returns the policy in the form that AWS documents: a policy that masks data must also audit it, with or without a
// destination. The metric LogEventsWithFindings then counts the findings.
// https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/mask-sensitive-log-data-start.html
func dataProtection() map[string]any {
	identifiers := []string{maskedName}
	return map[string]any{
		"Name":          "mask-secret-values",
		"Description":   "Masks values of the origin header, and whatever looks like a client secret",
		"Version":       "2021-06-01",
		"Configuration": map[string]any{"CustomDataIdentifier": []any{map[string]any{"Name": maskedName, "Regex": maskedValue}}},
		"Statement": []any{
			map[string]any{
				"Sid": "audit", "DataIdentifier": identifiers,
				"Operation": map[string]any{"Audit": map[string]any{"FindingsDestination": map[string]any{}}},
			},
			map[string]any{
				"Sid": "mask", "DataIdentifier": identifiers,
				"Operation": map[string]any{"Deidentify": map[string]any{"MaskConfig": map[string]any{}}},
			},
		},
	}
}

// newDeliveryRole creates the role with which CloudTrail writes events. CloudTrail names the log streams: account, "CloudTrail", the
// trail's home Region, and a number when one stream is not enough. The role can write to these streams and do nothing else. It has no
// condition on the trail, because AWS does not document whether CloudTrail names the trail when it assumes the role.
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
	mark.As("audittrail", role)
	nag.Suppress(role, nag.Suppression{
		Rule:   "AwsSolutions-IAM5",
		Reason: "CloudTrail numbers its log streams: the wildcard ends a prefix that only the trail's own streams have.",
	})
	return role
}
