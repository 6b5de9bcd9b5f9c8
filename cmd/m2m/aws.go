package main

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager"

	"github.com/cognito-m2m/cognito-m2m-cdk/internal/conformance"
)

// readSecret reads a client's credentials as the tenants' secrets hold them.
func readSecret(ctx context.Context, arn, clientID string) (conformance.Secret, error) {
	settings, err := config.LoadDefaultConfig(ctx)
	if err != nil {
		return "", fmt.Errorf("reading the AWS configuration: %w", err)
	}
	value, err := secretsmanager.NewFromConfig(settings).GetSecretValue(ctx, &secretsmanager.GetSecretValueInput{SecretId: &arn})
	if err != nil {
		return "", fmt.Errorf("reading the secret %s: %w", arn, err)
	}
	return parseSecret(arn, aws.ToString(value.SecretString), clientID)
}

// parseSecret never puts the text into an error: it is the secret.
func parseSecret(arn, text, clientID string) (conformance.Secret, error) {
	var credentials struct {
		ClientID     string `json:"client_id"`
		ClientSecret string `json:"client_secret"`
	}
	if json.Unmarshal([]byte(text), &credentials) != nil || credentials.ClientSecret == "" {
		return "", fmt.Errorf(`the secret %s has no client_secret: want JSON like {"client_id": "...", "client_secret": "..."}`, arn)
	}
	if credentials.ClientID != "" && credentials.ClientID != clientID {
		return "", fmt.Errorf("the secret %s is of client %q, want %q as in --client-id", arn, credentials.ClientID, clientID)
	}
	return conformance.Secret(credentials.ClientSecret), nil
}

// filterEvents is the one call of CloudWatch Logs that is used.
type filterEvents interface {
	FilterLogEvents(context.Context, *cloudwatchlogs.FilterLogEventsInput, ...func(*cloudwatchlogs.Options)) (*cloudwatchlogs.FilterLogEventsOutput, error)
}

// logGroup is the group that CloudTrail writes to.
type logGroup struct {
	name string
	logs filterEvents
}

var _ conformance.LogSearcher = logGroup{}

func newLogGroup(ctx context.Context, name string) (logGroup, error) {
	settings, err := config.LoadDefaultConfig(ctx)
	if err != nil {
		return logGroup{}, fmt.Errorf("reading the AWS configuration: %w", err)
	}
	return logGroup{name: name, logs: cloudwatchlogs.NewFromConfig(settings)}, nil
}

// Search does not unmask: it sees what a reader sees who may not either.
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
