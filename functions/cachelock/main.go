// Command cachelock is the custom resource Custom::CacheLock: it makes API Gateway ignore a client's wish to have its cached answer
// dropped.
//
// Whether Cache-Control: max-age=0 of any client empties a cache entry is a setting of the method that CloudFormation cannot express
// (https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-caching.html). The function sets it when the resource is
// created or updated, and reads from API Gateway's answer that it holds. A deletion changes nothing: the stage goes as well, or should stay
// locked.
//
// # Properties
//
//	RestApiId    required  ID of the REST API
//	StageName    required  name of its stage
//	MethodKey    required  the method as the stage's settings name it: ~1oauth2~1token/POST
//	Fingerprint  ""        not read: another one makes CloudFormation update the resource
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
