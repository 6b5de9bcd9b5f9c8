package tokendomain_test

import (
	"crypto/sha256"
	"fmt"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awss3"
	"github.com/aws/jsii-runtime-go"
	"github.com/google/go-cmp/cmp"

	"github.com/cognito-m2m/cognito-m2m-cdk/constructs/tokendomain"
	"github.com/cognito-m2m/cognito-m2m-cdk/internal/testkit/cdktest"
	"github.com/cognito-m2m/cognito-m2m-cdk/internal/testkit/certificates"
)

const (
	bucketID = "TokenDomainTruststoreBucket63660CDF"
	key      = "Gateway-TokenDomain-Truststore-DF5F2B16.pem"
)

func ref(id string) map[string]any { return map[string]any{"Ref": id} }

func join(parts ...any) map[string]any { return map[string]any{"Fn::Join": []any{"", parts}} }

// The domain name waits for the object, and is pinned to its version.
func TestTruststore_domainNameIsPinnedToTheTruststore(t *testing.T) {
	path := file(t, certificates.PEM(certificates.New(t, "Clients", nil, nil, nil)))
	mutual := func(_ awscdk.Stack, p *tokendomain.TokenDomainProps) {
		p.MutualTLS = &tokendomain.MutualTLS{TruststorePath: path}
		p.OwnershipCertificateArn = jsii.String(certificate + "-own")
	}
	template := synth(t, mutual)
	id := template.ID(tokendomain.ResourceType)
	domain := template.Properties(domainID)
	if domain["OwnershipVerificationCertificateArn"] != certificate+"-own" || domain["SecurityPolicy"] != "TLS_1_2" {
		t.Errorf("got %v, %v", domain["OwnershipVerificationCertificateArn"], domain["SecurityPolicy"])
	}
	pinned := map[string]any{"TruststoreUri": join("s3://", ref(bucketID), "/"+key),
		"TruststoreVersion": map[string]any{"Fn::GetAtt": []any{id, "VersionId"}}}
	if diff := cmp.Diff(pinned, domain["MutualTlsAuthentication"]); diff != "" {
		t.Errorf("mutual TLS (-want +got):\n%s", diff)
	}

	resource := template.Properties(id)
	assetKey := resource["AssetKey"].(string)
	if !regexp.MustCompile(`^[0-9a-f]{64}\.pem$`).MatchString(assetKey) {
		t.Errorf("asset's key: got %s", assetKey)
	}
	content, err := os.ReadFile(*path)
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]any{
		"ServiceToken": map[string]any{"Fn::GetAtt": []any{template.ID("AWS::Lambda::Function"), "Arn"}}, "ServiceTimeout": "300",
		"AssetBucket": "cdk-hnb659fds-assets-111122223333-eu-west-1", "AssetKey": assetKey,
		"SHA256": fmt.Sprintf("%x", sha256.Sum256(content)),
		"Bucket": ref(bucketID), "Key": key, "DeleteVersions": "false",
	}
	if diff := cmp.Diff(want, resource); diff != "" {
		t.Errorf("custom resource (-want +got):\n%s", diff)
	}
	// CloudFormation runs it again when the file has changed, and only then.
	if again := synth(t, mutual).One(tokendomain.ResourceType); cmp.Diff(resource, again) != "" {
		t.Errorf("the same file makes another resource: %s", cmp.Diff(resource, again))
	}
	path = file(t, certificates.PEM(certificates.New(t, "Others", nil, nil, nil)))
	if other := synth(t, mutual).One(tokendomain.ResourceType); other["SHA256"] == resource["SHA256"] ||
		other["AssetKey"] == resource["AssetKey"] {
		t.Errorf("another file is the same resource: %s", cdktest.JSON(t, other))
	}
}

func TestTruststore_bucketKeepsVersionsAndOutsidersOut(t *testing.T) {
	template := synth(t, mutual(t))
	want := map[string]any{
		"VersioningConfiguration": map[string]any{"Status": "Enabled"},
		"BucketEncryption": map[string]any{"ServerSideEncryptionConfiguration": []any{
			map[string]any{"ServerSideEncryptionByDefault": map[string]any{"SSEAlgorithm": "AES256"}},
		}},
		"PublicAccessBlockConfiguration": map[string]any{"BlockPublicAcls": true, "BlockPublicPolicy": true, "IgnorePublicAcls": true,
			"RestrictPublicBuckets": true},
		"OwnershipControls": map[string]any{"Rules": []any{map[string]any{"ObjectOwnership": "BucketOwnerEnforced"}}},
	}
	if diff := cmp.Diff(want, template.Properties(bucketID)); diff != "" {
		t.Errorf("bucket (-want +got):\n%s", diff)
	}
	if got := template.Resource(bucketID)["DeletionPolicy"]; got != "Retain" {
		t.Errorf("deletion policy: got %v, but a bucket with an object in it cannot be deleted after a failed creation", got)
	}
	arn := map[string]any{"Fn::GetAtt": []any{bucketID, "Arn"}}
	tlsOnly := []any{map[string]any{
		"Action": "s3:*", "Effect": "Deny", "Principal": map[string]any{"AWS": "*"}, "Resource": []any{arn, join(arn, "/*")},
		"Condition": map[string]any{"Bool": map[string]any{"aws:SecureTransport": "false"}},
	}}
	if diff := cmp.Diff(tlsOnly, cdktest.At(t, template.One("AWS::S3::BucketPolicy"), "PolicyDocument", "Statement")); diff != "" {
		t.Errorf("bucket policy (-want +got):\n%s", diff)
	}
}

// The function's role, to the letter: it reads this one file, and writes this one object.
func TestRole(t *testing.T) {
	statements := func(template cdktest.Template) map[string]any {
		role := template.Properties(cdktest.At(t, template.One("AWS::Lambda::Function"), "Role", "Fn::GetAtt", 0).(string))
		if role["ManagedPolicyArns"] != nil || len(template.IDs("AWS::IAM::Policy")) > 0 {
			t.Error("the role has more policies than its own")
		}
		all := map[string]any{}
		for _, s := range cdktest.At(t, role, "Policies", 0, "PolicyDocument", "Statement").([]any) {
			statement := s.(map[string]any)
			all[statement["Sid"].(string)] = []any{statement["Effect"], statement["Action"], statement["Resource"], statement["Condition"]}
		}
		return all
	}
	bucket := map[string]any{"Fn::GetAtt": []any{bucketID, "Arn"}}
	object := join(bucket, "/"+key)
	template := synth(t, mutual(t))
	asset := template.One(tokendomain.ResourceType)["AssetKey"].(string)
	want := map[string]any{
		"Read":  []any{"Allow", "s3:GetObject", "arn:aws:s3:::cdk-hnb659fds-assets-111122223333-eu-west-1/" + asset, nil},
		"Write": []any{"Allow", "s3:PutObject", object, nil},
		"Log": []any{"Allow", []any{"logs:CreateLogStream", "logs:PutLogEvents"},
			map[string]any{"Fn::GetAtt": []any{template.IDs("AWS::Logs::LogGroup")[0], "Arn"}}, nil},
	}
	if diff := cmp.Diff(want, statements(template)); diff != "" {
		t.Errorf("statements (-want +got):\n%s", diff)
	}

	path := mutual(t)
	destroyed := synth(t, func(stack awscdk.Stack, p *tokendomain.TokenDomainProps) {
		path(stack, p)
		p.RemovalPolicy = awscdk.RemovalPolicy_DESTROY
	})
	if destroyed.One(tokendomain.ResourceType)["DeleteVersions"] != "true" || destroyed.Resource(bucketID)["DeletionPolicy"] != "Delete" {
		t.Error("a bucket that is to be deleted keeps its objects, or itself")
	}
	got := statements(destroyed)
	for sid, want := range map[string]any{
		"ListVersions":   []any{"Allow", "s3:ListBucketVersions", bucket, map[string]any{"StringEquals": map[string]any{"s3:prefix": key}}},
		"DeleteVersions": []any{"Allow", "s3:DeleteObjectVersion", object, nil},
	} {
		if diff := cmp.Diff(want, got[sid]); diff != "" {
			t.Errorf("%s (-want +got):\n%s", sid, diff)
		}
	}
	if len(got) != 5 {
		t.Errorf("got %d statements, want 5", len(got))
	}
}

// Objects in a bucket of another stack are never deleted.
func TestTruststore_givenBucket(t *testing.T) {
	path := mutual(t)
	template := synth(t, func(stack awscdk.Stack, p *tokendomain.TokenDomainProps) {
		path(stack, p)
		p.MutualTLS.Bucket = awss3.Bucket_FromBucketName(stack, jsii.String("Given"), jsii.String("given"))
		p.RemovalPolicy = awscdk.RemovalPolicy_DESTROY
	})
	resource := template.One(tokendomain.ResourceType)
	if resource["Bucket"] != "given" || resource["Key"] != key || resource["DeleteVersions"] != "false" {
		t.Errorf("got %v, %v, %v", resource["Bucket"], resource["Key"], resource["DeleteVersions"])
	}
	if got := cdktest.At(t, template.Properties(domainID), "MutualTlsAuthentication", "TruststoreUri"); got != "s3://given/"+key {
		t.Errorf("truststore: got %v", got)
	}
	if slices.ContainsFunc(template.IDs("AWS::S3::Bucket"), func(id string) bool { return strings.HasPrefix(id, "TokenDomain") }) {
		t.Error("there is a bucket besides the given one")
	}
}
