package main

import (
	"context"
	"errors"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/aws/retry"
	"github.com/aws/aws-sdk-go-v2/service/cognitoidentityprovider"
	"github.com/aws/aws-sdk-go-v2/service/cognitoidentityprovider/types"

	"github.com/cognito-m2m/cognito-m2m-cdk/functions/internal/redact"
	"github.com/cognito-m2m/cognito-m2m-cdk/internal/rotation/clientsecret"
	"github.com/cognito-m2m/cognito-m2m-cdk/internal/rotation/sensitive"
)

// clients are the app clients of the user pool.
type clients struct {
	client *cognitoidentityprovider.Client
	pool   string
}

var _ clientsecret.Clients = clients{}

// Describe returns only the name and the scopes: the answer also has the client's first secret.
func (c clients) Describe(ctx context.Context, id string) (clientsecret.Client, error) {
	out, err := c.client.DescribeUserPoolClient(ctx, &cognitoidentityprovider.DescribeUserPoolClientInput{UserPoolId: &c.pool, ClientId: &id})
	if err != nil {
		return clientsecret.Client{}, noClient(err)
	}
	if out.UserPoolClient == nil {
		return clientsecret.Client{}, errors.New("the answer to DescribeUserPoolClient has no client")
	}
	return clientsecret.Client{Name: aws.ToString(out.UserPoolClient.ClientName), Scopes: out.UserPoolClient.AllowedOAuthScopes}, nil
}

func (c clients) List(ctx context.Context, id string) ([]string, error) {
	var ids []string
	in := &cognitoidentityprovider.ListUserPoolClientSecretsInput{UserPoolId: &c.pool, ClientId: &id}
	for {
		out, err := c.client.ListUserPoolClientSecrets(ctx, in)
		if err != nil {
			return nil, noClient(err)
		}
		for _, s := range out.ClientSecrets {
			ids = append(ids, aws.ToString(s.ClientSecretId))
		}
		if aws.ToString(out.NextToken) == "" {
			return ids, nil
		}
		in.NextToken = out.NextToken
	}
}

func (c clients) Add(ctx context.Context, id string, secret sensitive.Value) error {
	_, err := c.client.AddUserPoolClientSecret(ctx, &cognitoidentityprovider.AddUserPoolClientSecretInput{
		UserPoolId: &c.pool, ClientId: &id, ClientSecret: aws.String(secret.Plaintext()),
	}, notForTheLimit)
	if limit := (*types.LimitExceededException)(nil); errors.As(err, &limit) {
		return errors.Join(clientsecret.ErrLimit, redact.Error(err, secret))
	}
	return noClient(err, secret)
}

// notForTheLimit keeps the SDK from repeating a request after LimitExceededException. The SDK treats it as throttling, but here it means
// that the client has two secrets.
func notForTheLimit(o *cognitoidentityprovider.Options) {
	o.Retryer = retry.NewStandard(func(s *retry.StandardOptions) {
		s.MaxAttempts = o.RetryMaxAttempts
		s.Retryables = append([]retry.IsErrorRetryable{retry.IsErrorRetryableFunc(func(err error) aws.Ternary {
			if limit := (*types.LimitExceededException)(nil); errors.As(err, &limit) {
				return aws.FalseTernary
			}
			return aws.UnknownTernary
		})}, s.Retryables...)
	})
}

func (c clients) Delete(ctx context.Context, id, secretID string) error {
	_, err := c.client.DeleteUserPoolClientSecret(ctx, &cognitoidentityprovider.DeleteUserPoolClientSecretInput{
		UserPoolId: &c.pool, ClientId: &id, ClientSecretId: &secretID,
	})
	if notFound := (*types.ResourceNotFoundException)(nil); errors.As(err, &notFound) {
		return nil
	}
	return redact.Error(err)
}

func noClient(err error, sent ...sensitive.Value) error {
	if notFound := (*types.ResourceNotFoundException)(nil); errors.As(err, &notFound) {
		return errors.Join(clientsecret.ErrNoClient, redact.Error(err, sent...))
	}
	return redact.Error(err, sent...)
}
