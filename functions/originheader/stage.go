package main

import (
	"context"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/apigateway"
	"github.com/aws/aws-sdk-go-v2/service/apigateway/types"

	"github.com/cognito-m2m/cognito-m2m-cdk/functions/internal/redact"
	"github.com/cognito-m2m/cognito-m2m-cdk/functions/internal/stagecache"
	"github.com/cognito-m2m/cognito-m2m-cdk/internal/rotation/header"
)

// stage is the variable of the API Gateway stage.
type stage struct {
	client              *apigateway.Client
	api, name, variable string
}

var _ header.Stage = stage{}

func (s stage) Get(ctx context.Context) (header.StageState, error) {
	out, err := s.client.GetStage(ctx, &apigateway.GetStageInput{RestApiId: &s.api, StageName: &s.name})
	if err != nil {
		return header.StageState{}, redact.Error(err)
	}
	if out.LastUpdatedDate == nil {
		return header.StageState{}, fmt.Errorf("stage %s of API %s has no lastUpdatedDate", s.name, s.api)
	}
	if c := out.CanarySettings; c != nil {
		if _, overridden := c.StageVariableOverrides[s.variable]; overridden {
			return header.StageState{}, fmt.Errorf(
				"the canary of stage %s overrides variable %s: a request carries one of two values, want one", s.name, s.variable)
		}
	}
	return header.StageState{Value: header.ValueOf(out.Variables[s.variable]), Updated: *out.LastUpdatedDate}, nil
}

func (s stage) Set(ctx context.Context, v header.Value) error {
	_, err := s.client.UpdateStage(ctx, &apigateway.UpdateStageInput{
		RestApiId: &s.api, StageName: &s.name,
		PatchOperations: []types.PatchOperation{{
			Op: types.OpReplace, Path: aws.String("/variables/" + s.variable), Value: aws.String(v.Plaintext()),
		}},
	})
	return redact.Error(err, v.Value)
}

func (s stage) FlushCache(ctx context.Context) error {
	return stagecache.Cache{Client: s.client, API: s.api, Stage: s.name}.Flush(ctx)
}
