package main

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager/types"

	"github.com/cognito-m2m/cognito-m2m-cdk/functions/internal/redact"
	"github.com/cognito-m2m/cognito-m2m-cdk/internal/rotation/clientsecret"
	"github.com/cognito-m2m/cognito-m2m-cdk/internal/rotation/sensitive"
)

// secrets are the tenants' secrets in Secrets Manager.
type secrets struct {
	client *secretsmanager.Client
	prefix string
}

var _ clientsecret.Secrets = secrets{}

// pageSize is the largest page of ListSecrets.
const pageSize = 100

func (s secrets) List(ctx context.Context, page func([]clientsecret.SecretState)) error {
	pages := secretsmanager.NewListSecretsPaginator(s.client, &secretsmanager.ListSecretsInput{
		Filters:                []types.Filter{{Key: types.FilterNameStringTypeName, Values: []string{s.prefix}}},
		IncludePlannedDeletion: aws.Bool(false),
		MaxResults:             aws.Int32(pageSize),
	})
	for pages.HasMorePages() {
		out, err := pages.NextPage(ctx)
		if err != nil {
			return redact.Error(err)
		}
		states := make([]clientsecret.SecretState, 0, len(out.SecretList))
		for _, e := range out.SecretList {
			if e.DeletedDate == nil && s.isTenants(aws.ToString(e.Name)) {
				states = append(states, s.state(e.ARN, e.Name, e.RotationEnabled, e.SecretVersionsToStages, e.Tags,
					e.CreatedDate, e.LastChangedDate, e.LastRotatedDate))
			}
		}
		page(states)
	}
	return nil
}

// isTenants is false for secrets in a part of their own below the prefix, such as the tenants' API keys.
func (s secrets) isTenants(name string) bool { return s.tenantOf(name) != "" }

// tenantOf returns the tenant's id in the name of its secret, or "" if the name is not that of a tenant's secret.
func (s secrets) tenantOf(name string) string {
	tenant, ok := strings.CutPrefix(name, s.prefix)
	if !ok || strings.Contains(tenant, "/") {
		return ""
	}
	return tenant
}

func (s secrets) Describe(ctx context.Context, id string) (clientsecret.SecretState, error) {
	out, err := s.client.DescribeSecret(ctx, &secretsmanager.DescribeSecretInput{SecretId: &id})
	if err != nil {
		return clientsecret.SecretState{}, redact.Error(err)
	}
	if out.DeletedDate != nil {
		return clientsecret.SecretState{}, fmt.Errorf("secret %s is scheduled for deletion since %s", id, out.DeletedDate.Format(time.RFC3339))
	}
	described := s.state(out.ARN, out.Name, out.RotationEnabled, out.VersionIdsToStages, out.Tags,
		out.CreatedDate, out.LastChangedDate, out.LastRotatedDate)
	if described.Versions[clientsecret.LabelCurrent] == "" {
		return described, errors.New("no version of the secret is AWSCURRENT")
	}
	if described.Changed.IsZero() {
		return described, errors.New("the secret has no LastChangedDate")
	}
	return described, nil
}

func (s secrets) state(
	arn, name *string, scheduled *bool, versions map[string][]string, tags []types.Tag, created, changed, rotated *time.Time,
) clientsecret.SecretState {
	described := clientsecret.SecretState{
		ID: aws.ToString(arn), Owner: s.tenantOf(aws.ToString(name)), Versions: map[string]string{}, Unscheduled: !aws.ToBool(scheduled),
		Created: aws.ToTime(created), Changed: aws.ToTime(changed), Rotated: aws.ToTime(rotated),
	}
	for id, labels := range versions {
		for _, label := range labels {
			described.Versions[label] = id
		}
	}
	for _, tag := range tags {
		value := aws.ToString(tag.Value)
		switch aws.ToString(tag.Key) {
		case clientsecret.TagTenant:
			described.Tenant = value
		case clientsecret.TagClientID:
			described.ClientID = value
		case clientsecret.TagScopes:
			described.Scopes = value
		case clientsecret.TagSettled:
			described.Settled = value
		}
	}
	return described
}

func (s secrets) Value(ctx context.Context, id, versionID string) (clientsecret.Version, error) {
	out, err := s.client.GetSecretValue(ctx, &secretsmanager.GetSecretValueInput{SecretId: &id, VersionId: &versionID})
	if notFound := (*types.ResourceNotFoundException)(nil); errors.As(err, &notFound) {
		return clientsecret.Version{}, errors.Join(clientsecret.ErrNoValue, redact.Error(err))
	}
	if err != nil {
		return clientsecret.Version{}, redact.Error(err)
	}
	return clientsecret.Version{
		SecretString: sensitive.ValueOf(aws.ToString(out.SecretString)), Created: aws.ToTime(out.CreatedDate),
	}, nil
}

func (s secrets) Put(ctx context.Context, id, token, label string, secretString sensitive.Value) error {
	_, err := s.client.PutSecretValue(ctx, &secretsmanager.PutSecretValueInput{
		SecretId: &id, ClientRequestToken: &token, SecretString: aws.String(secretString.Plaintext()), VersionStages: []string{label},
	})
	if exists := (*types.ResourceExistsException)(nil); errors.As(err, &exists) {
		return errors.Join(clientsecret.ErrVersionExists, redact.Error(err, secretString))
	}
	return redact.Error(err, secretString)
}

// MoveLabel names both versions: Secrets Manager refuses the move if the label is not on version from, or, without from, if it is on any
// version.
func (s secrets) MoveLabel(ctx context.Context, id, label, to, from string) error {
	_, err := s.client.UpdateSecretVersionStage(ctx, &secretsmanager.UpdateSecretVersionStageInput{
		SecretId: &id, VersionStage: &label, MoveToVersionId: optional(to), RemoveFromVersionId: optional(from),
	})
	return redact.Error(err)
}

func optional(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}

func (s secrets) StartRotation(ctx context.Context, id string) error {
	_, err := s.client.RotateSecret(ctx, &secretsmanager.RotateSecretInput{SecretId: &id, RotateImmediately: aws.Bool(true)})
	// Other invalid requests, such as one for a secret without a schedule, have the same exception.
	invalid := (*types.InvalidRequestException)(nil)
	if errors.As(err, &invalid) && strings.Contains(invalid.ErrorMessage(), "previous rotation") {
		return errors.Join(clientsecret.ErrRotating, redact.Error(err))
	}
	return redact.Error(err)
}

func (s secrets) SaveSettled(ctx context.Context, id, value string) error {
	_, err := s.client.TagResource(ctx, &secretsmanager.TagResourceInput{
		SecretId: &id, Tags: []types.Tag{{Key: aws.String(clientsecret.TagSettled), Value: &value}},
	})
	return redact.Error(err)
}
