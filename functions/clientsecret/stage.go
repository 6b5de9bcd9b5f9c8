package main

import (
	"context"

	"github.com/aws/aws-sdk-go-v2/service/apigateway"

	"github.com/cognito-m2m/cognito-m2m-cdk/functions/internal/redact"
	"github.com/cognito-m2m/cognito-m2m-cdk/internal/rotation/clientsecret"
)

// stage is the API Gateway stage that caches tokens.
type stage struct {
	client    *apigateway.Client
	api, name string
}

var _ clientsecret.Cache = stage{}

func (s stage) Flush(ctx context.Context) error {
	_, err := s.client.FlushStageCache(ctx, &apigateway.FlushStageCacheInput{RestApiId: &s.api, StageName: &s.name})
	return redact.Error(err)
}
