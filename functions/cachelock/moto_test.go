package main

import (
	"context"
	"strings"
	"testing"

	"github.com/aws/aws-lambda-go/cfn"
	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/apigateway"
	"github.com/aws/aws-sdk-go-v2/service/apigateway/types"

	"github.com/cognito-m2m/cognito-m2m-cdk/internal/testkit/cfntest"
	"github.com/cognito-m2m/cognito-m2m-cdk/internal/testkit/moto"
)

// TestLock_againstMoto locks a stage that another implementation of the API keeps, and leaves its other settings as they
// were.
func TestLock_againstMoto(t *testing.T) {
	endpoint := moto.Start(t).String()
	gateway := apigateway.NewFromConfig(aws.Config{
		Region: "eu-west-1", BaseEndpoint: &endpoint,
		Credentials: aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
			return aws.Credentials{AccessKeyID: "test", SecretAccessKey: "test"}, nil
		}),
	})
	ctx := t.Context()
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	api, err := gateway.CreateRestApi(ctx, &apigateway.CreateRestApiInput{Name: aws.String("gateway")})
	must(err)
	root, err := gateway.GetResources(ctx, &apigateway.GetResourcesInput{RestApiId: api.Id})
	must(err)
	_, err = gateway.PutMethod(ctx, &apigateway.PutMethodInput{
		RestApiId: api.Id, ResourceId: root.Items[0].Id, HttpMethod: aws.String("POST"), AuthorizationType: aws.String("NONE"),
	})
	must(err)
	_, err = gateway.PutIntegration(ctx, &apigateway.PutIntegrationInput{
		RestApiId: api.Id, ResourceId: root.Items[0].Id, HttpMethod: aws.String("POST"), Type: types.IntegrationTypeHttp,
		IntegrationHttpMethod: aws.String("POST"), Uri: aws.String("https://example.com/oauth2/token"),
	})
	must(err)
	deployment, err := gateway.CreateDeployment(ctx, &apigateway.CreateDeploymentInput{RestApiId: api.Id})
	must(err)
	_, err = gateway.CreateStage(ctx, &apigateway.CreateStageInput{
		RestApiId: api.Id, StageName: aws.String("v1"), DeploymentId: deployment.Id, Variables: map[string]string{"originHeaderValue": secret},
	})
	must(err)
	replace := func(setting, value string) types.PatchOperation {
		return types.PatchOperation{Op: types.OpReplace, Path: aws.String("/~1oauth2~1token/POST/caching/" + setting), Value: &value}
	}
	_, err = gateway.UpdateStage(ctx, &apigateway.UpdateStageInput{
		RestApiId: api.Id, StageName: aws.String("v1"), PatchOperations: []types.PatchOperation{
			replace("ttlInSeconds", "1500"), replace("requireAuthorizationForCacheControl", "false"),
		},
	})
	must(err)

	function := cfntest.Start(t, "cachelock", endpoint)
	p := properties()
	p["RestApiId"] = *api.Id
	answer, written := function.Send(cfn.RequestCreate, "", p)
	if answer.Status != cfn.StatusSuccess || answer.PhysicalResourceID != *api.Id+"/v1/~1oauth2~1token/POST" {
		t.Fatalf("got %s", written)
	}
	stage, err := gateway.GetStage(ctx, &apigateway.GetStageInput{RestApiId: api.Id, StageName: aws.String("v1")})
	must(err)
	found := false
	for key, setting := range stage.MethodSettings {
		if methodName(key) != "oauth2/token/POST" {
			continue
		}
		found = true
		if !setting.RequireAuthorizationForCacheControl || setting.UnauthorizedCacheControlHeaderStrategy != strategy ||
			setting.CacheTtlInSeconds != 1500 {
			t.Errorf("got %+v", setting)
		}
	}
	if !found || stage.Variables["originHeaderValue"] != secret {
		t.Errorf("the stage has no such method, or lost its variable")
	}
	if strings.Contains(written+function.Output.String(), secret) {
		t.Error("the stage variable is in the answer or the log")
	}
}
