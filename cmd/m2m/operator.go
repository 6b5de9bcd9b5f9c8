package main

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/aws/arn"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/service/apigateway"
	"github.com/aws/aws-sdk-go-v2/service/cognitoidentityprovider"
	"github.com/aws/aws-sdk-go-v2/service/wafv2"
	"github.com/aws/smithy-go"

	"github.com/cognito-m2m/cognito-m2m-cdk/internal/conformance"
)

// stage is the gateway's stage.
type stage struct {
	api, name string
	client    *apigateway.Client
}

var _ conformance.Stage = stage{}

// newStage takes the API's id and the stage's name, "abc123/v1".
func newStage(ctx context.Context, id string) (stage, error) {
	api, name, ok := strings.Cut(id, "/")
	if !ok || api == "" || name == "" || strings.Contains(name, "/") {
		return stage{}, usageError{fmt.Errorf("--stage is %q: want the API's id and the stage's name, such as abc123/v1", id)}
	}
	settings, err := config.LoadDefaultConfig(ctx)
	if err != nil {
		return stage{}, fmt.Errorf("reading the AWS configuration: %w", err)
	}
	return stage{api, name, apigateway.NewFromConfig(settings)}, nil
}

// tokenMethod is the key of the token method's settings, without the slashes that API Gateway writes at its beginning or escapes.
const tokenMethod = "oauth2/token/POST"

// Invalidation lets no part of API Gateway's answer out but the two settings: a variable of the stage is the origin header's value.
func (s stage) Invalidation(ctx context.Context) (conformance.Invalidation, error) {
	answer, err := s.client.GetStage(ctx, &apigateway.GetStageInput{RestApiId: &s.api, StageName: &s.name})
	if unreadable := (*smithy.DeserializationError)(nil); errors.As(err, &unreadable) {
		return conformance.Invalidation{}, errors.New("API Gateway's answer to GetStage cannot be read")
	}
	if err != nil {
		return conformance.Invalidation{}, err
	}
	for key, setting := range answer.MethodSettings {
		if strings.Trim(strings.NewReplacer("~1", "/", "~0", "~").Replace(key), "/") == tokenMethod {
			return conformance.Invalidation{
				RequiresAuthorization: setting.RequireAuthorizationForCacheControl, Strategy: string(setting.UnauthorizedCacheControlHeaderStrategy),
			}, nil
		}
	}
	return conformance.Invalidation{}, fmt.Errorf("the stage %s/%s has no settings of %s", s.api, s.name, tokenMethod)
}

// pool is the user pool.
type pool struct {
	arn, id string
	waf     *wafv2.Client
	cognito *cognitoidentityprovider.Client
}

var _ conformance.Pool = pool{}

func newPool(ctx context.Context, text string) (pool, error) {
	parsed, err := arn.Parse(text)
	id, ok := strings.CutPrefix(parsed.Resource, "userpool/")
	if err != nil || parsed.Service != "cognito-idp" || !ok || id == "" {
		return pool{}, usageError{fmt.Errorf("--user-pool-arn is %q: want one such as arn:aws:cognito-idp:eu-west-1:111122223333:userpool/eu-west-1_example", text)}
	}
	settings, err := config.LoadDefaultConfig(ctx, config.WithRegion(parsed.Region))
	if err != nil {
		return pool{}, fmt.Errorf("reading the AWS configuration: %w", err)
	}
	return pool{text, id, wafv2.NewFromConfig(settings), cognitoidentityprovider.NewFromConfig(settings)}, nil
}

func (p pool) WebACL(ctx context.Context) (string, error) {
	answer, err := p.waf.GetWebACLForResource(ctx, &wafv2.GetWebACLForResourceInput{ResourceArn: &p.arn})
	if err != nil || answer.WebACL == nil {
		return "", err
	}
	return aws.ToString(answer.WebACL.Name), nil
}

func (p pool) SecretIDs(ctx context.Context, clientID string) (ids []string, err error) {
	for in := (&cognitoidentityprovider.ListUserPoolClientSecretsInput{UserPoolId: &p.id, ClientId: &clientID}); ; {
		answer, err := p.cognito.ListUserPoolClientSecrets(ctx, in)
		if err != nil {
			return nil, err
		}
		for _, secret := range answer.ClientSecrets {
			ids = append(ids, aws.ToString(secret.ClientSecretId))
		}
		if in.NextToken = answer.NextToken; aws.ToString(in.NextToken) == "" {
			return ids, nil
		}
	}
}
