package tokendomain

import (
	"strconv"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsapigateway"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsiam"
	"github.com/aws/aws-cdk-go/awscdk/v2/awss3"
	"github.com/aws/aws-cdk-go/awscdk/v2/awss3assets"
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"

	"github.com/cognito-m2m/cognito-m2m-cdk/constructs/internal/customresource"
	"github.com/cognito-m2m/cognito-m2m-cdk/constructs/internal/function"
	"github.com/cognito-m2m/cognito-m2m-cdk/constructs/internal/nag"
	"github.com/cognito-m2m/cognito-m2m-cdk/constructs/internal/policy"
)

// ResourceType is the truststore's type in templates.
const ResourceType = "Custom::Truststore"

type mutualTLS = awsapigateway.CfnDomainName_MutualTlsAuthenticationProperty

// addTruststore pins the domain name to the version of the object that the custom resource has put there.
func (d *TokenDomain) addTruststore(s *settings) *mutualTLS {
	scope := constructs.NewConstruct(d.Construct, jsii.String("Truststore"))
	d.bucket = s.MutualTLS.Bucket
	if d.bucket == nil {
		d.bucket = newBucket(scope, s.RemovalPolicy)
	}
	if s.truststoreRefused {
		// The construct has an error annotation. A deployment in spite of it must fail, and not be open.
		return &mutualTLS{TruststoreUri: jsii.String("s3://refused/refused")}
	}
	file := awss3assets.NewAsset(scope, jsii.String("File"), &awss3assets.AssetProps{Path: s.MutualTLS.TruststorePath})
	key := awscdk.Names_UniqueResourceName(scope, &awscdk.UniqueResourceNameOptions{MaxLength: jsii.Number(200), Separator: jsii.String("-")})
	key = jsii.String(*key + ".pem")
	deleteVersions := s.MutualTLS.Bucket == nil && s.RemovalPolicy == awscdk.RemovalPolicy_DESTROY
	resource := customresource.New(scope, ResourceType, &function.Props{
		Package:         "truststore",
		Description:     "Puts the truststore of a domain name with mutual TLS where API Gateway reads it",
		RoleDescription: "Truststore of a domain name",
		PolicyName:      "truststore",
		Statements:      statements(file, d.bucket, key, deleteVersions),
		LogName:         "truststore",
		LogKey:          s.LogEncryptionKey,
		LogRetention:    s.LogRetention,
		RemovalPolicy:   s.RemovalPolicy,
	}, map[string]any{
		"AssetBucket":    file.S3BucketName(),
		"AssetKey":       file.S3ObjectKey(),
		"SHA256":         s.truststoreDigest,
		"Bucket":         d.bucket.BucketName(),
		"Key":            key,
		"DeleteVersions": strconv.FormatBool(deleteVersions),
	})
	return &mutualTLS{
		TruststoreUri:     d.bucket.S3UrlForObject(key),
		TruststoreVersion: resource.GetAttString(jsii.String("VersionId")),
	}
}

// newBucket is encrypted by keys that S3 manages: what permission API Gateway would need to read with a KMS key is not documented.
//
// A bucket that is to stay does so when its creation is rolled back, too: the truststore is in it by then, and CloudFormation deletes no
// bucket with an object. The next one has another name.
func newBucket(scope constructs.Construct, removal awscdk.RemovalPolicy) awss3.Bucket {
	if removal != awscdk.RemovalPolicy_DESTROY {
		removal = awscdk.RemovalPolicy_RETAIN
	}
	bucket := awss3.NewBucket(scope, jsii.String("Bucket"), &awss3.BucketProps{
		Versioned:         jsii.Bool(true),
		Encryption:        awss3.BucketEncryption_S3_MANAGED,
		EnforceSSL:        jsii.Bool(true),
		BlockPublicAccess: awss3.BlockPublicAccess_BLOCK_ALL(),
		ObjectOwnership:   awss3.ObjectOwnership_BUCKET_OWNER_ENFORCED,
		RemovalPolicy:     removal,
	})
	nag.Suppress(bucket, nag.Suppression{
		Rule: "AwsSolutions-S1",
		Reason: "The bucket holds nothing but certificates of authorities, which are public. Only the truststore's function writes it, once " +
			"in a deployment that changes " +
			"the file, and the versions say when.",
	})
	return bucket
}

// statements allow exactly the calls that the function makes, as its package lists them.
func statements(file awss3assets.Asset, bucket awss3.IBucket, key *string, deleteVersions bool) []awsiam.PolicyStatement {
	object := bucket.ArnForObjects(key)
	all := []awsiam.PolicyStatement{
		policy.Statement("Read", nil, file.Bucket().ArnForObjects(file.S3ObjectKey()), "s3:GetObject"),
		policy.Statement("Write", nil, object, "s3:PutObject"),
	}
	if deleteVersions {
		all = append(all,
			policy.Statement("ListVersions", map[string]any{"StringEquals": map[string]any{"s3:prefix": key}}, bucket.BucketArn(),
				"s3:ListBucketVersions"),
			policy.Statement("DeleteVersions", nil, object, "s3:DeleteObjectVersion"),
		)
	}
	return all
}
