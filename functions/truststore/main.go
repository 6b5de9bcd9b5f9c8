// Command truststore is the custom resource Custom::Truststore: it copies a truststore file from the CDK's bucket of assets to another
// bucket, and returns the version of the object. A domain name with mutual TLS is pinned to this version.
//
// The object exists before the domain name, and a changed file has another version, which makes CloudFormation update the domain name
// (https://docs.aws.amazon.com/apigateway/latest/developerguide/rest-api-mutual-tls.html). If the uploaded file was replaced after the
// synth, the deployment fails: only the file that was checked at synth is copied.
//
// # Properties
//
//	AssetBucket     required  bucket of the uploaded file
//	AssetKey        required  its key
//	Bucket          required  target bucket, with versioning on
//	Key             required  its key there
//	SHA256          required  SHA-256 of the file, in hexadecimal digits; another file is refused
//	DeleteVersions  "false"   "true" deletes all versions of the copy with the resource, so that the bucket can be deleted
//
// Attribute: VersionId.
//
// # Calls
//
//	s3:GetObject            AssetBucket/AssetKey
//	s3:PutObject            Bucket/Key
//	s3:ListBucketVersions   Bucket, with the prefix Key    only with DeleteVersions
//	s3:DeleteObjectVersion  Bucket/Key                     only with DeleteVersions
package main

import (
	"github.com/aws/aws-lambda-go/cfn"
	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"

	"github.com/cognito-m2m/cognito-m2m-cdk/functions/internal/cfnresponse"
)

func main() {
	cfnresponse.Run(func(cfg aws.Config) cfn.CustomResourceFunction {
		return truststore{s3.NewFromConfig(cfg)}.handle
	})
}
