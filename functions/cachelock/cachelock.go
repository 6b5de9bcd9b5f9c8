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

// strategy answers from the cache all the same, and says so in a Warning header. FAIL_WITH_403 would refuse clients whose HTTP library
// sends the header by itself, for something that is no mistake of theirs.
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

// apply lets no part of API Gateway's answer out: it is the whole stage, and a variable of the stage is the origin header's value.
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

// replace is an operation on a setting of the method (https://docs.aws.amazon.com/apigateway/latest/api/API_MethodSetting.html).
func (l lock) replace(setting, value string) types.PatchOperation {
	return types.PatchOperation{Op: types.OpReplace, Path: aws.String("/" + l.method + "/caching/" + setting), Value: aws.String(value)}
}

func (l lock) verify(settings map[string]types.MethodSetting) error {
	for key, setting := range settings {
		if methodName(key) != methodName(l.method) {
			continue
		}
		if !setting.RequireAuthorizationForCacheControl || setting.UnauthorizedCacheControlHeaderStrategy != strategy {
			return fmt.Errorf("locking the cache of %s: API Gateway accepted the settings, but they are not in effect: "+
				"requireAuthorizationForCacheControl is %t, want true; unauthorizedCacheControlHeaderStrategy is %q, want %q",
				l.id(), setting.RequireAuthorizationForCacheControl, setting.UnauthorizedCacheControlHeaderStrategy, strategy)
		}
		return nil
	}
	return fmt.Errorf("locking the cache of %s: API Gateway took the settings, but the stage has none of this method", l.id())
}

// methodName is a method as people write it, oauth2/token/POST, since API Gateway's documentation writes the keys of its answer with a
// slash at the beginning or without, and escaped or not.
func methodName(key string) string {
	return strings.Trim(strings.NewReplacer("~1", "/", "~0", "~").Replace(key), "/")
}
