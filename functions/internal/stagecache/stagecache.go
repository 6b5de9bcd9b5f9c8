// Package stagecache flushes the cache of an API Gateway stage.
package stagecache

import (
	"context"

	"github.com/aws/aws-sdk-go-v2/service/apigateway"

	"github.com/cognito-m2m/cognito-m2m-cdk/functions/internal/redact"
)

// Cache is the cache of one stage.
type Cache struct {
	Client     *apigateway.Client
	API, Stage string // the API's ID and the stage's name
}

// Flush drops every cached response of the stage.
func (c Cache) Flush(ctx context.Context) error {
	_, err := c.Client.FlushStageCache(ctx, &apigateway.FlushStageCacheInput{RestApiId: &c.API, StageName: &c.Stage})
	return redact.Error(err)
}
