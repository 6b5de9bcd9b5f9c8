// Command cachelock is the custom resource Custom::CacheLock: it makes API Gateway ignore Cache-Control: max-age=0 from clients, which
// would otherwise remove their cached answer.
//
// CloudFormation cannot express this setting of a method
// (https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-caching.html). The function makes the setting when the resource
// is created or updated, and verifies it in API Gateway's answer. A deletion changes nothing: either the stage is deleted as well, or it
// should stay locked.
//
// # Properties
//
//	RestApiId    required  ID of the REST API
//	StageName    required  name of its stage
//	MethodKey    required  the method as the stage's settings name it: ~1oauth2~1token/POST
//	Fingerprint  ""        not read; a changed value makes CloudFormation update the resource
//
// # Calls
//
//	apigateway:PATCH  arn:<partition>:apigateway:<region>::/restapis/<api>/stages/<stage>
package main

import (
	"github.com/aws/aws-lambda-go/cfn"
	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/apigateway"

	"github.com/cognito-m2m/cognito-m2m-cdk/functions/internal/cfnresponse"
)

func main() {
	cfnresponse.Run(func(cfg aws.Config) cfn.CustomResourceFunction {
		return cacheLock{apigateway.NewFromConfig(cfg)}.handle
	})
}
