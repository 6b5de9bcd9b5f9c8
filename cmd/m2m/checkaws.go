package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/aws/arn"
	"github.com/aws/aws-sdk-go-v2/service/apigateway"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs"
	"github.com/aws/aws-sdk-go-v2/service/cognitoidentityprovider"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager"
	"github.com/aws/aws-sdk-go-v2/service/wafv2"
	"github.com/aws/smithy-go"

	"github.com/cognito-m2m/cognito-m2m-cdk/internal/conformance"
	"github.com/cognito-m2m/cognito-m2m-cdk/internal/rotation/sensitive"
)

// readSecret reads a client's secret from a secret in the form of the tenants' secrets.
func readSecret(ctx context.Context, settings aws.Config, arn, clientID string) (secret sensitive.Value, err error) {
	value, err := secretsmanager.NewFromConfig(settings).GetSecretValue(ctx, &secretsmanager.GetSecretValueInput{SecretId: &arn})
	if err != nil {
		return secret, fmt.Errorf("reading the secret %s: %w", arn, err)
	}
	return parseSecret(arn, aws.ToString(value.SecretString), clientID)
}

// parseSecret never quotes text in an error: it is the secret.
func parseSecret(arn, text, clientID string) (secret sensitive.Value, err error) {
	var credentials struct {
		ClientID     string `json:"client_id"`
		ClientSecret string `json:"client_secret"`
	}
	if json.Unmarshal([]byte(text), &credentials) != nil || credentials.ClientSecret == "" {
		return secret, fmt.Errorf(`the secret %s has no client_secret: want JSON like {"client_id": "...", "client_secret": "..."}`, arn)
	}
	if credentials.ClientID != "" && credentials.ClientID != clientID {
		return secret, fmt.Errorf("the secret %s is of client %q, want %q as in --client-id", arn, credentials.ClientID, clientID)
	}
	return sensitive.ValueOf(credentials.ClientSecret), nil
}

// logGroup is the group that CloudTrail writes to.
type logGroup struct {
	name string
	logs cloudwatchlogs.FilterLogEventsAPIClient
}

var _ conformance.LogSearcher = logGroup{}

// Search does not unmask, so it sees what a reader without that permission sees.
func (g logGroup) Search(ctx context.Context, pattern string, start time.Time) ([]string, error) {
	pages := cloudwatchlogs.NewFilterLogEventsPaginator(g.logs, &cloudwatchlogs.FilterLogEventsInput{
		LogGroupName:  &g.name,
		FilterPattern: &pattern,
		StartTime:     aws.Int64(start.UnixMilli()),
	})
	var messages []string
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return nil, err
		}
		for _, event := range page.Events {
			messages = append(messages, aws.ToString(event.Message))
		}
	}
	return messages, nil
}

// stage is the gateway's stage.
type stage struct {
	api, name string
	client    *apigateway.Client
}

var _ conformance.Stage = stage{}

// newStage takes the API's ID and the stage's name, such as abc123/v1.
func newStage(settings aws.Config, id string) (stage, error) {
	api, name, ok := strings.Cut(id, "/")
	if !ok || api == "" || name == "" || strings.Contains(name, "/") {
		return stage{}, usageError{fmt.Errorf("--stage is %q: want the API's ID and the stage's name, such as abc123/v1", id)}
	}
	return stage{api, name, apigateway.NewFromConfig(settings)}, nil
}

// tokenMethod is the key of the token method's settings, without the slashes that API Gateway writes at its beginning or escapes.
const tokenMethod = "oauth2/token/POST"

// Invalidation returns two settings and no other part of API Gateway's answer: a variable of the stage is the origin header's value.
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

// acceptedValues is the set of accepted header values.
type acceptedValues struct {
	arn string
	waf *wafv2.Client
}

var _ conformance.AcceptedValues = acceptedValues{}

func newAcceptedValues(settings aws.Config, text string) (acceptedValues, error) {
	parsed, err := arn.Parse(text)
	if err != nil || parsed.Service != "wafv2" || !strings.HasPrefix(parsed.Resource, "regional/regexpatternset/") {
		const example = "arn:aws:wafv2:eu-west-1:111122223333:regional/regexpatternset/NAME/ID"
		return acceptedValues{}, usageError{fmt.Errorf("--accepted-values-arn is %q: want one such as %s", text, example)}
	}
	settings.Region = parsed.Region
	return acceptedValues{text, wafv2.NewFromConfig(settings)}, nil
}

func (v acceptedValues) TagKeys(ctx context.Context) (keys []string, err error) {
	for in := (&wafv2.ListTagsForResourceInput{ResourceARN: &v.arn}); ; {
		answer, err := v.waf.ListTagsForResource(ctx, in)
		if err != nil {
			return nil, err
		}
		if answer.TagInfoForResource != nil {
			for _, tag := range answer.TagInfoForResource.TagList {
				keys = append(keys, aws.ToString(tag.Key))
			}
		}
		if in.NextMarker = answer.NextMarker; aws.ToString(in.NextMarker) == "" {
			return keys, nil
		}
	}
}

// pool is the user pool. As a Corrector it needs neither arn nor waf.
type pool struct {
	arn, id string
	waf     *wafv2.Client
	cognito *cognitoidentityprovider.Client
}

var (
	_ conformance.Pool      = pool{}
	_ conformance.Corrector = pool{}
)

func newPool(settings aws.Config, text string) (pool, error) {
	parsed, err := arn.Parse(text)
	id, ok := strings.CutPrefix(parsed.Resource, "userpool/")
	if err != nil || parsed.Service != "cognito-idp" || !ok || id == "" {
		const example = "arn:aws:cognito-idp:eu-west-1:111122223333:userpool/eu-west-1_example"
		return pool{}, usageError{fmt.Errorf("--user-pool-arn is %q: want one such as %s", text, example)}
	}
	settings.Region = parsed.Region
	return pool{text, id, wafv2.NewFromConfig(settings), cognitoidentityprovider.NewFromConfig(settings)}, nil
}

func newCorrector(settings aws.Config, id string) pool {
	return pool{id: id, cognito: cognitoidentityprovider.NewFromConfig(settings)}
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

// AddSecret never quotes the secret in an error.
func (p pool) AddSecret(ctx context.Context, clientID string, secret sensitive.Value) (func(context.Context) error, error) {
	added, err := p.cognito.AddUserPoolClientSecret(ctx, &cognitoidentityprovider.AddUserPoolClientSecretInput{
		UserPoolId: &p.id, ClientId: &clientID, ClientSecret: aws.String(secret.Plaintext()),
	})
	if err != nil {
		return nil, fmt.Errorf("adding a secret to client %s: %w", clientID, err)
	}
	return func(ctx context.Context) error {
		_, err := p.cognito.DeleteUserPoolClientSecret(ctx, &cognitoidentityprovider.DeleteUserPoolClientSecretInput{
			UserPoolId: &p.id, ClientId: &clientID, ClientSecretId: added.ClientSecretDescriptor.ClientSecretId,
		})
		return err
	}, nil
}
