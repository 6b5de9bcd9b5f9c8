package main

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/aws/aws-lambda-go/cfn"
	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/apigateway"
	"github.com/aws/aws-sdk-go-v2/service/apigateway/types"
	"github.com/aws/smithy-go"

	"github.com/cognito-m2m/cognito-m2m-cdk/functions/internal/cfnresponse"
)

// strategy answers from the cache, with a Warning header. FAIL_WITH_403 would refuse clients whose HTTP library sends the header by itself.
const strategy = types.UnauthorizedCacheControlHeaderStrategySucceedWithResponseHeader

type cacheLock struct {
	gateway *apigateway.Client
}

// lock is the method whose cache is locked.
type lock struct {
	api, stage, method string
}

func (l lock) id() string { return l.api + "/" + l.stage + "/" + l.method }

func (c cacheLock) handle(ctx context.Context, event cfn.Event) (id string, data map[string]any, err error) {
	if event.RequestType == cfn.RequestDelete {
		return event.PhysicalResourceID, nil, nil
	}
	var l lock
	if err := cfnresponse.Texts(event, map[string]*string{"RestApiId": &l.api, "StageName": &l.stage, "MethodKey": &l.method}); err != nil {
		return event.PhysicalResourceID, nil, err
	}
	return l.id(), nil, c.apply(ctx, l)
}

// apply never returns a part of API Gateway's answer: it is the whole stage, and a variable of the stage is the origin header's value.
func (c cacheLock) apply(ctx context.Context, l lock) error {
	answer, err := c.gateway.UpdateStage(ctx, &apigateway.UpdateStageInput{
		RestApiId: &l.api, StageName: &l.stage,
		PatchOperations: []types.PatchOperation{
			l.replace("requireAuthorizationForCacheControl", "true"),
			l.replace("unauthorizedCacheControlHeaderStrategy", string(strategy)),
		},
	})
	if unreadable := (*smithy.DeserializationError)(nil); errors.As(err, &unreadable) {
		return fmt.Errorf("locking the cache of %s: API Gateway's answer cannot be read", l.id())
	}
	if err != nil {
		return fmt.Errorf("locking the cache of %s: %w", l.id(), err)
	}
	return l.verify(answer.MethodSettings)
}

// replace changes a setting of the method (https://docs.aws.amazon.com/apigateway/latest/api/API_MethodSetting.html).
func (l lock) replace(setting, value string) types.PatchOperation {
	return types.PatchOperation{Op: types.OpReplace, Path: aws.String("/" + l.method + "/caching/" + setting), Value: aws.String(value)}
}

func (l lock) verify(settings map[string]types.MethodSetting) error {
	for key, setting := range settings {
		if methodName(key) != methodName(l.method) {
			continue
		}
		if !setting.RequireAuthorizationForCacheControl || setting.UnauthorizedCacheControlHeaderStrategy != strategy {
			return fmt.Errorf("locking the cache of %s: API Gateway accepted the settings but did not make them: "+
				"requireAuthorizationForCacheControl is %t, want true; unauthorizedCacheControlHeaderStrategy is %q, want %q",
				l.id(), setting.RequireAuthorizationForCacheControl, setting.UnauthorizedCacheControlHeaderStrategy, strategy)
		}
		return nil
	}
	return fmt.Errorf("locking the cache of %s: API Gateway accepted the settings, but the stage has none of this method", l.id())
}

// methodName returns a key of the method settings without escapes and without a slash at the beginning, such as oauth2/token/POST. API
// Gateway's documentation shows several forms.
func methodName(key string) string {
	return strings.Trim(strings.NewReplacer("~1", "/", "~0", "~").Replace(key), "/")
}
