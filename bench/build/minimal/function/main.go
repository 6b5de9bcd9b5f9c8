// Command function calls the AWS services that this project's functions call.
package main

import (
	"context"
	"errors"

	"github.com/aws/aws-lambda-go/lambda"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/service/apigateway"
	"github.com/aws/aws-sdk-go-v2/service/cognitoidentityprovider"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager"
	"github.com/aws/aws-sdk-go-v2/service/wafv2"
)

func main() { lambda.Start(handle) }

func handle(ctx context.Context) error {
	settings, err := config.LoadDefaultConfig(ctx)
	if err != nil {
		return err
	}
	_, secrets := secretsmanager.NewFromConfig(settings).ListSecrets(ctx, nil)
	_, apis := apigateway.NewFromConfig(settings).GetRestApis(ctx, nil)
	_, pools := cognitoidentityprovider.NewFromConfig(settings).ListUserPools(ctx, nil)
	_, sets := wafv2.NewFromConfig(settings).ListRegexPatternSets(ctx, nil)
	return errors.Join(secrets, apis, pools, sets)
}
