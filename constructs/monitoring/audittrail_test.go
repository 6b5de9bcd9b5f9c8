package monitoring_test

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awscloudtrail"
	"github.com/aws/aws-cdk-go/awscdk/v2/awskms"
	"github.com/aws/aws-cdk-go/awscdk/v2/awslogs"
	"github.com/aws/aws-cdk-go/awscdk/v2/awss3"
	"github.com/aws/jsii-runtime-go"
	"github.com/google/go-cmp/cmp"

	"github.com/cognito-m2m/cognito-m2m-cdk/constructs/monitoring"
	"github.com/cognito-m2m/cognito-m2m-cdk/internal/rotation/sensitive"
	"github.com/cognito-m2m/cognito-m2m-cdk/internal/testkit/cdktest"
)

const (
	trailID       = "Trail8987F129"
	trailBucketID = "TrailBucket6C1E344E"
	trailPolicyID = "TrailBucketPolicy053FC86D"
	trailKeyID    = "TrailKey31F874A3"
	trailLogID    = "TrailLog89668444"
	trailRoleID   = "TrailDeliveryRoleA2DDF8E1"
)

// trailARN is the trail's ARN, by which everything that CloudTrail may do is bound to it.
const trailARN = "arn:{Ref AWS::Partition}:cloudtrail:{Ref AWS::Region}:{Ref AWS::AccountId}:trail/Test-Trail-EB4DF840"

func newTrail(t *testing.T, configure func(awscdk.Stack, *monitoring.AuditTrailProps)) (awscdk.Stack, *monitoring.AuditTrail) {
	t.Helper()
	stack := cdktest.NewStack(t)
	if configure == nil {
		return stack, monitoring.NewAuditTrail(stack, jsii.String("Trail"), nil)
	}
	props := &monitoring.AuditTrailProps{}
	configure(stack, props)
	return stack, monitoring.NewAuditTrail(stack, jsii.String("Trail"), props)
}

func synthTrail(t *testing.T, configure func(awscdk.Stack, *monitoring.AuditTrailProps)) cdktest.Template {
	t.Helper()
	stack, _ := newTrail(t, configure)
	template := cdktest.Synth(t, stack)
	if errs := cdktest.Errors(stack); len(errs) > 0 {
		t.Fatal(errs)
	}
	assertGuarded(t, template)
	return template
}

func TestAuditTrail_events(t *testing.T) {
	template := synthTrail(t, nil)
	trail := template.Properties(trailID)
	want := "{CloudWatchLogsLogGroupArn {Fn::GetAtt [" + trailLogID + " Arn]}, " +
		"CloudWatchLogsRoleArn {Fn::GetAtt [" + trailRoleID + " Arn]}, EnableLogFileValidation true, " +
		"EventSelectors [{IncludeManagementEvents true, ReadWriteType WriteOnly}], IncludeGlobalServiceEvents true, IsLogging true, " +
		"IsMultiRegionTrail true, " +
		"KMSKeyId {Fn::GetAtt [" + trailKeyID + " Arn]}, S3BucketName {Ref " + trailBucketID + "}, TrailName Test-Trail-EB4DF840}"
	if got := cdktest.Text(trail); got != want {
		t.Errorf("trail:\n got %s\nwant %s", got, want)
	}
	// CloudTrail tries the bucket when the trail is created.
	if after := cdktest.Text(template.Resource(trailID)["DependsOn"]); after != "["+trailPolicyID+"]" {
		t.Errorf("the trail is created after %s, want the bucket's policy", after)
	}
	other := synthTrail(t, func(_ awscdk.Stack, p *monitoring.AuditTrailProps) {
		p.ManagementEvents, p.MultiRegion = awscloudtrail.ReadWriteType_ALL, jsii.Bool(false)
	}).Properties(trailID)
	events := cdktest.At(t, other, "EventSelectors", 0, "ReadWriteType")
	if got := cdktest.Text([]any{events, other["IsMultiRegionTrail"], other["IncludeGlobalServiceEvents"]}); got != "[All false false]" {
		t.Errorf("all events of one Region: %s", got)
	}
}

// statements are a policy's, by their Sid or, without one, their principal; each with its effect, actions, resources and conditions.
func statements(t *testing.T, document any) map[string]string {
	t.Helper()
	all := map[string]string{}
	for _, s := range cdktest.At(t, document, "Statement").([]any) {
		statement := s.(map[string]any)
		id, ok := statement["Sid"].(string)
		if !ok {
			id = cdktest.Text(statement["Principal"])
		}
		text := fmt.Sprintf(
			"%v %s on %s by %s", statement["Effect"], cdktest.Text(statement["Action"]), cdktest.Text(statement["Resource"]),
			cdktest.Text(statement["Principal"]),
		)
		if statement["Condition"] != nil {
			text += " if " + cdktest.Text(statement["Condition"])
		}
		all[id] = text
	}
	return all
}

// Only CloudTrail for this trail writes, and nobody does anything without TLS.
func TestAuditTrail_bucketPolicy(t *testing.T) {
	bucket := "{Fn::GetAtt [" + trailBucketID + " Arn]}"
	want := map[string]string{
		"{AWS *}": "Deny s3:* on [" + bucket + " " + bucket + "/*] by {AWS *} if {Bool {aws:SecureTransport false}}",
		"CloudTrailChecks": "Allow s3:GetBucketAcl on " + bucket + " by {Service cloudtrail.amazonaws.com} if {StringEquals " +
			"{aws:SourceArn " + trailARN + "}}",
		"CloudTrailWrites": "Allow s3:PutObject on " + bucket + "/AWSLogs/{Ref AWS::AccountId}/* by {Service cloudtrail.amazonaws.com} " +
			"if {StringEquals {aws:SourceArn " + trailARN + ", s3:x-amz-acl bucket-owner-full-control}}",
	}
	if diff := cmp.Diff(want, statements(t, synthTrail(t, nil).Properties(trailPolicyID)["PolicyDocument"])); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// The key serves CloudTrail for this trail, CloudWatch Logs for this log group, and whom the account's IAM policies name.
func TestAuditTrail_keyPolicy(t *testing.T) {
	group := "arn:{Ref AWS::Partition}:logs:{Ref AWS::Region}:{Ref AWS::AccountId}:log-group:/cognito-m2m/Test-Trail-EB4DF840/audit-trail"
	account := "{AWS arn:{Ref AWS::Partition}:iam::{Ref AWS::AccountId}:root}"
	logs := "{Service logs.{Ref AWS::Region}.amazonaws.com}"
	want := map[string]string{
		account: "Allow kms:* on * by " + account,
		"CloudTrailEncrypts": "Allow [kms:DescribeKey kms:GenerateDataKey*] on * by {Service cloudtrail.amazonaws.com} if {StringEquals " +
			"{aws:SourceArn " + trailARN + "}}",
		logs: "Allow [kms:Decrypt kms:DescribeKey kms:Encrypt kms:GenerateDataKey kms:GenerateDataKeyWithoutPlaintext kms:ReEncryptFrom " +
			"kms:ReEncryptTo] on * by " + logs +
			" if {ArnEquals {kms:EncryptionContext:aws:logs:arn " + group + "}}",
	}
	key := synthTrail(t, nil).Properties(trailKeyID)
	if key["EnableKeyRotation"] != true {
		t.Errorf("the key is not rotated: %v", key["EnableKeyRotation"])
	}
	got := statements(t, key["KeyPolicy"])
	for id, statement := range got { // The order of actions says nothing.
		got[id] = regexp.MustCompile(`\[kms[^\]]*\]`).ReplaceAllStringFunc(statement, func(list string) string {
			actions := strings.Fields(strings.Trim(list, "[]"))
			slices.Sort(actions)
			return "[" + strings.Join(actions, " ") + "]"
		})
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestAuditTrail_bucket(t *testing.T) {
	template := synthTrail(t, nil)
	bucket := template.Properties(trailBucketID)
	for name, want := range map[string]string{
		"BucketEncryption": "{ServerSideEncryptionConfiguration [{BucketKeyEnabled true, ServerSideEncryptionByDefault {KMSMasterKeyID " +
			"{Fn::GetAtt [" + trailKeyID + " Arn]}, SSEAlgorithm aws:kms}}]}",
		"LifecycleConfiguration": "{Rules [{AbortIncompleteMultipartUpload {DaysAfterInitiation 7}, ExpirationInDays 365, Id Retention, " +
			"NoncurrentVersionExpiration {NoncurrentDays 30}, Status Enabled} " +
			"{ExpiredObjectDeleteMarker true, Id DeleteMarkers, Status Enabled}]}",
		"OwnershipControls":              "{Rules [{ObjectOwnership BucketOwnerEnforced}]}",
		"PublicAccessBlockConfiguration": "{BlockPublicAcls true, BlockPublicPolicy true, IgnorePublicAcls true, RestrictPublicBuckets true}",
		"VersioningConfiguration":        "{Status Enabled}",
		"LoggingConfiguration":           "<nil>",
		"BucketName":                     "<nil>",
	} {
		if got := cdktest.Text(bucket[name]); got != want {
			t.Errorf("%s:\n got %s\nwant %s", name, got, want)
		}
	}
	changed := synthTrail(t, func(stack awscdk.Stack, p *monitoring.AuditTrailProps) {
		p.BucketRetention = awscdk.Duration_Days(jsii.Number(90))
		p.AccessLogs = awss3.Bucket_FromBucketName(stack, jsii.String("AccessLogs"), jsii.String("access-logs"))
	}).Properties(trailBucketID)
	if days := cdktest.At(t, changed, "LifecycleConfiguration", "Rules", 0, "ExpirationInDays"); days != 90.0 {
		t.Errorf("files are kept for %v days, want 90", days)
	}
	if got := cdktest.Text(changed["LoggingConfiguration"]); got != "{DestinationBucketName access-logs, LogFilePrefix audit-trail/}" {
		t.Errorf("server access logs: %s", got)
	}
}

func TestAuditTrail_removal(t *testing.T) {
	for policy, want := range map[awscdk.RemovalPolicy]map[string]string{
		"":                           {trailBucketID: "Retain", trailKeyID: "RetainExceptOnCreate", trailLogID: "RetainExceptOnCreate"},
		awscdk.RemovalPolicy_DESTROY: {trailBucketID: "Delete", trailKeyID: "Delete", trailLogID: "Delete"},
		awscdk.RemovalPolicy_RETAIN:  {trailBucketID: "Retain", trailKeyID: "Retain", trailLogID: "Retain"},
	} {
		template := synthTrail(t, func(_ awscdk.Stack, p *monitoring.AuditTrailProps) { p.RemovalPolicy = policy })
		got := map[string]string{}
		for id := range want {
			got[id] = fmt.Sprint(template.Resource(id)["DeletionPolicy"])
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", policy, diff)
		}
	}
}

func TestAuditTrail_logGroup(t *testing.T) {
	group := synthTrail(t, nil).Properties(trailLogID)
	want := "[/cognito-m2m/Test-Trail-EB4DF840/audit-trail 90 {Fn::GetAtt [" + trailKeyID + " Arn]}]"
	if got := cdktest.Text([]any{group["LogGroupName"], group["RetentionInDays"], group["KmsKeyId"]}); got != want {
		t.Errorf("log group: %s", got)
	}
	other := synthTrail(t, func(stack awscdk.Stack, p *monitoring.AuditTrailProps) {
		p.LogRetention, p.LogEncryptionKey = awslogs.RetentionDays_ONE_YEAR, awskms.NewKey(stack, jsii.String("Other"), nil)
	})
	group = other.Properties(trailLogID)
	key := cdktest.At(t, group, "KmsKeyId", "Fn::GetAtt", 0).(string)
	if group["RetentionInDays"] != 365.0 || key == trailKeyID || len(statements(t, other.Properties(key)["KeyPolicy"])) != 2 {
		t.Errorf("log group with a key of its own: %s", cdktest.JSON(t, group))
	}
}

// CloudTrail's role writes into the trail's streams and does nothing else.
func TestAuditTrail_deliveryRole(t *testing.T) {
	template := synthTrail(t, nil)
	role := template.Properties(trailRoleID)
	if len(role["Policies"].([]any)) != 1 || role["ManagedPolicyArns"] != nil || len(template.IDs("AWS::IAM::Policy")) > 0 {
		t.Errorf("there is more than one policy: %s", cdktest.JSON(t, role))
	}
	want := map[string]string{"Deliver": "Allow [logs:CreateLogStream logs:PutLogEvents] on arn:{Ref AWS::Partition}:logs:{Ref " +
		"AWS::Region}:{Ref AWS::AccountId}:log-group:{Ref " + trailLogID +
		"}:log-stream:{Ref AWS::AccountId}_CloudTrail_{Ref AWS::Region}* by <nil>"}
	if diff := cmp.Diff(want, statements(t, cdktest.At(t, role, "Policies", 0, "PolicyDocument"))); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	const trust = "[{Action sts:AssumeRole, Effect Allow, Principal {Service cloudtrail.amazonaws.com}}]"
	if got := cdktest.Text(cdktest.At(t, role, "AssumeRolePolicyDocument", "Statement")); got != trust {
		t.Errorf("assumed by %s", got)
	}
}

// The expression in the template masks values of the origin header wherever CloudTrail has them, and nothing that queries and
// people need.
func TestAuditTrail_masking(t *testing.T) {
	group := synthTrail(t, nil).Properties(trailLogID)
	policy := cdktest.At(t, group, "DataProtectionPolicy")
	expression := cdktest.At(t, policy, "Configuration", "CustomDataIdentifier", 0, "Regex").(string)
	name := cdktest.At(t, policy, "Configuration", "CustomDataIdentifier", 0, "Name").(string)
	for i, operation := range []string{"{Audit {FindingsDestination {}}}", "{Deidentify {MaskConfig {}}}"} {
		statement := cdktest.At(t, policy, "Statement", i)
		if got := cdktest.Text(cdktest.At(t, statement, "Operation")); got != operation ||
			cdktest.Text(cdktest.At(t, statement, "DataIdentifier")) != "["+name+"]" {
			t.Errorf("statement %d: %s", i, cdktest.JSON(t, statement))
		}
	}
	if version := cdktest.At(t, policy, "Version"); version != "2021-06-01" {
		t.Errorf("version %v", version)
	}
	// https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/CWL-custom-data-identifiers.html
	if !regexp.MustCompile(`^[a-zA-Z0-9_#=@/;,\- ^$?\[\]{}|\\*+.]{1,200}$`).MatchString(expression) ||
		!regexp.MustCompile(`^[a-zA-Z0-9_-]{1,128}$`).MatchString(name) {
		t.Errorf("CloudWatch Logs takes no identifier %q of %q", name, expression)
	}
	masked := func(s string) string {
		return regexp.MustCompile(expression).ReplaceAllStringFunc(s, func(found string) string { return strings.Repeat("*", len(found)) })
	}
	value := sensitive.Random().Plaintext()
	stars := strings.Repeat("*", len(value))
	for event, length := range map[string]int{
		`{"patchOperations":[{"op":"replace","path":"/variables/originHeaderValue","value":"%s"}]}`: len(value),
		`{"regularExpressionList":[{"regexString":"^%s$"}]}`:                                        len(value),
		`{"clientSecret":"%s"}`: 51, // The length of Cognito's client secrets, in case CloudTrail begins to record them.
	} {
		if got, want := masked(fmt.Sprintf(event, value[:length])), fmt.Sprintf(event, stars[:length]); got != want {
			t.Errorf("masked as %s, want %s", got, want)
		}
	}
	for _, needed := range []string{
		"1example23456789012345678z", "us-west-2_aaaaaaaaa", "473e5cbc-a5b3-4578-9ad6-3dfdcb8a6d34", "client_credentials",
		"HIDDEN_DUE_TO_SECURITY_REASONS",
		"arn:aws:sts::123456789012:assumed-role/AWSReservedSSO_AdministratorAccess_0123456789abcdef/alice@example.com",
		"AROAEXAMPLEEXAMPLE123:alice",
		"arn:aws:secretsmanager:us-west-2:123456789012:secret:m2m-prod/origin-header-AbCdEf", "mydomain.auth.us-west-2.amazoncognito.com",
		"InvalidateDistributionRequestException",
	} {
		if got := masked(needed); got != needed {
			t.Errorf("%s is masked as %s", needed, got)
		}
	}
}

func TestAuditTrail_existingLogGroup(t *testing.T) {
	stack, trail := newTrail(t, func(_ awscdk.Stack, p *monitoring.AuditTrailProps) {
		p.ExistingLogGroup = jsii.String("aws-controltower/CloudTrailLogs")
	})
	template := cdktest.Synth(t, stack)
	if resources, _ := template.Body["Resources"].(map[string]any); len(resources) > 0 {
		t.Errorf("resources %v, want none", slices.Collect(maps.Keys(resources)))
	}
	if trail.Created() || trail.Trail() != nil || trail.Bucket() != nil || trail.Key() != nil || trail.TrailARN() != nil {
		t.Error("a trail that is not there has parts")
	}
	if *trail.LogGroupName() != "aws-controltower/CloudTrailLogs" {
		t.Errorf("log group %s", *trail.LogGroupName())
	}
	_, own := newTrail(t, nil)
	if !own.Created() || own.Trail() == nil || own.Bucket() == nil || own.Key() == nil || own.TrailARN() == nil || own.LogGroup() == nil {
		t.Error("the trail of its own lacks a part")
	}
}

func TestAuditTrail_invalidProps(t *testing.T) {
	days := func(n float64) awscdk.Duration { return awscdk.Duration_Days(jsii.Number(n)) }
	for _, test := range []struct {
		configure func(awscdk.Stack, *monitoring.AuditTrailProps)
		want      []string
	}{
		{func(_ awscdk.Stack, p *monitoring.AuditTrailProps) { p.BucketRetention = days(1) }, nil},
		{func(_ awscdk.Stack, p *monitoring.AuditTrailProps) {
			p.ManagementEvents, p.BucketRetention = awscloudtrail.ReadWriteType_READ_ONLY, awscdk.Duration_Hours(jsii.Number(36))
		}, []string{
			"BucketRetention: 36h0m0s is not allowed: use whole days, at least 1",
			"ManagementEvents: READ_ONLY is not allowed: use WRITE_ONLY or ALL",
		}},
		{func(_ awscdk.Stack, p *monitoring.AuditTrailProps) { p.BucketRetention = days(0) }, []string{"BucketRetention: 0s is not allowed"}},
		{
			func(_ awscdk.Stack, p *monitoring.AuditTrailProps) { p.ExistingLogGroup = jsii.String("no name") },
			[]string{`ExistingLogGroup: log group "no name" is not allowed`},
		},
		{func(stack awscdk.Stack, p *monitoring.AuditTrailProps) {
			*p = monitoring.AuditTrailProps{
				ExistingLogGroup: jsii.String("trail"), ManagementEvents: awscloudtrail.ReadWriteType_ALL, MultiRegion: jsii.Bool(true),
				BucketRetention: days(1),
				LogRetention:    awslogs.RetentionDays_ONE_DAY, LogEncryptionKey: awskms.NewKey(stack, jsii.String("Key"), nil),
				AccessLogs: awss3.Bucket_FromBucketName(
					stack, jsii.String("AccessLogs"), jsii.String("access-logs"),
				), RemovalPolicy: awscdk.RemovalPolicy_RETAIN,
			}
		}, []string{
			"AccessLogs: is set beside ExistingLogGroup", "BucketRetention: is set beside", "LogEncryptionKey: is set beside",
			"LogRetention: is set beside",
			"ManagementEvents: is set beside", "MultiRegion: is set beside", "RemovalPolicy: is set beside",
		}},
	} {
		stack, _ := newTrail(t, test.configure)
		cdktest.ExpectErrors(t, stack, test.want)
	}
}

func TestAuditTrail_hasNoFindingsOfCDKNag(t *testing.T) {
	stack, _ := newTrail(t, nil)
	for _, finding := range cdktest.Nag(stack, "Trail") {
		t.Error(finding)
	}
	logged, _ := newTrail(t, func(stack awscdk.Stack, p *monitoring.AuditTrailProps) {
		p.AccessLogs = awss3.Bucket_FromBucketName(stack, jsii.String("AccessLogs"), jsii.String("access-logs"))
	})
	for _, finding := range cdktest.Nag(logged, "Trail") {
		t.Error(finding)
	}
	if metadata := cdktest.Synth(t, logged).Resource(trailBucketID)["Metadata"]; metadata != nil {
		t.Errorf("with server access logs something is suppressed: %v", metadata)
	}
}
