// Command truststore is the custom resource Custom::Truststore: it copies a truststore file from where the CDK has uploaded it to a bucket
// of its own, and returns the version of the object, to which a domain name with mutual TLS is pinned.
//
// So the object is there before the domain name, and a changed file is another version, by which CloudFormation updates the domain name
// after it (https://docs.aws.amazon.com/apigateway/latest/developerguide/rest-api-mutual-tls.html). Whoever replaces the uploaded file
// before the deployment makes it fail: what is copied is the file that was checked at synth.
//
// # Properties
//
//	AssetBucket     required  bucket of the uploaded file
//	AssetKey        required  its key
//	Bucket          required  bucket to copy it to, with versioning on
//	Key             required  its key there
//	SHA256          required  SHA-256 of the file in hexadecimal digits: another file is refused, and a new value makes
//	                          CloudFormation update the resource
//	DeleteVersions  "false"   "true" deletes all versions of the copy when the resource is deleted, so that the bucket can be
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
