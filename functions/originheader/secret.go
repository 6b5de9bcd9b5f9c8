package main

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager/types"

	"github.com/cognito-m2m/cognito-m2m-cdk/functions/internal/redact"
	"github.com/cognito-m2m/cognito-m2m-cdk/internal/rotation/header"
)

// Staging labels (https://docs.aws.amazon.com/secretsmanager/latest/userguide/whats-in-a-secret.html).
const (
	labelCurrent = "AWSCURRENT"
	labelPending = "AWSPENDING"
)

// secret is the Secrets Manager secret.
type secret struct {
	client *secretsmanager.Client
	arn    string
}

var _ header.Secret = secret{}

func (s secret) Describe(ctx context.Context) (header.SecretState, error) {
	out, err := s.client.DescribeSecret(ctx, &secretsmanager.DescribeSecretInput{SecretId: &s.arn})
	if err != nil {
		return header.SecretState{}, redact.Error(err)
	}
	state := header.SecretState{Changed: later(out.LastChangedDate, out.LastRotatedDate)}
	for id, labels := range out.VersionIdsToStages {
		if slices.Contains(labels, labelCurrent) {
			state.CurrentID = id
		}
		if slices.Contains(labels, labelPending) {
			state.PendingID = id
		}
	}
	if state.CurrentID == "" {
		return state, errors.New("no version of the secret is AWSCURRENT")
	}
	if state.Changed.IsZero() {
		return state, errors.New("the secret has no LastChangedDate")
	}
	for _, tag := range out.Tags {
		if aws.ToString(tag.Key) == header.FlushTagKey {
			state.Flush, err = header.ParseFlushState(aws.ToString(tag.Value))
		}
	}
	return state, err
}

func later(a, b *time.Time) time.Time {
	x, y := aws.ToTime(a), aws.ToTime(b)
	if x.After(y) {
		return x
	}
	return y
}

func (s secret) Value(ctx context.Context, versionID string) (header.Version, error) {
	out, err := s.client.GetSecretValue(ctx, &secretsmanager.GetSecretValueInput{SecretId: &s.arn, VersionId: &versionID})
	if notFound := (*types.ResourceNotFoundException)(nil); errors.As(err, &notFound) {
		return header.Version{}, errors.Join(header.ErrNoValue, redact.Error(err))
	}
	if err != nil {
		return header.Version{}, redact.Error(err)
	}
	return header.Version{
		Value:   header.ValueOf(aws.ToString(out.SecretString)),
		Created: aws.ToTime(out.CreatedDate),
	}, nil
}

func (s secret) PutPending(ctx context.Context, token string, v header.Value) error {
	_, err := s.client.PutSecretValue(ctx, &secretsmanager.PutSecretValueInput{
		SecretId: &s.arn, ClientRequestToken: &token, SecretString: aws.String(v.Plaintext()), VersionStages: []string{labelPending},
	})
	if exists := (*types.ResourceExistsException)(nil); errors.As(err, &exists) {
		return errors.Join(header.ErrVersionExists, redact.Error(err, v.Value))
	}
	return redact.Error(err, v.Value)
}

// Promote names both versions: Secrets Manager refuses the move if AWSCURRENT is not on version from.
func (s secret) Promote(ctx context.Context, to, from string) error {
	_, err := s.client.UpdateSecretVersionStage(ctx, &secretsmanager.UpdateSecretVersionStageInput{
		SecretId: &s.arn, VersionStage: aws.String(labelCurrent), MoveToVersionId: &to, RemoveFromVersionId: &from,
	})
	return redact.Error(err)
}

func (s secret) DropPending(ctx context.Context, versionID string) error {
	_, err := s.client.UpdateSecretVersionStage(ctx, &secretsmanager.UpdateSecretVersionStageInput{
		SecretId: &s.arn, VersionStage: aws.String(labelPending), RemoveFromVersionId: &versionID,
	})
	return redact.Error(err)
}

func (s secret) SaveFlush(ctx context.Context, state header.FlushState) error {
	_, err := s.client.TagResource(ctx, &secretsmanager.TagResourceInput{
		SecretId: &s.arn,
		Tags:     []types.Tag{{Key: aws.String(header.FlushTagKey), Value: aws.String(state.String())}},
	})
	return redact.Error(err)
}
