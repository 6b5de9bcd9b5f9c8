package main

import (
	"context"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/service/cognitoidentityprovider"

	"github.com/cognito-m2m/cognito-m2m-cdk/internal/conformance"
)

// poolCorrector gives a client one more secret for a moment, so that an error can be corrected.
type poolCorrector struct {
	userPoolID string
	client     *cognitoidentityprovider.Client
}

var _ conformance.Corrector = poolCorrector{}

func newPoolCorrector(ctx context.Context, userPoolID string) (poolCorrector, error) {
	settings, err := config.LoadDefaultConfig(ctx)
	if err != nil {
		return poolCorrector{}, fmt.Errorf("reading the AWS configuration: %w", err)
	}
	return poolCorrector{userPoolID: userPoolID, client: cognitoidentityprovider.NewFromConfig(settings)}, nil
}

// AddSecret never puts the secret into an error.
func (p poolCorrector) AddSecret(ctx context.Context, clientID string, secret conformance.Secret) (func(context.Context) error, error) {
	added, err := p.client.AddUserPoolClientSecret(ctx, &cognitoidentityprovider.AddUserPoolClientSecretInput{
		UserPoolId: &p.userPoolID, ClientId: &clientID, ClientSecret: aws.String(secret.Plaintext()),
	})
	if err != nil {
		return nil, fmt.Errorf("adding a secret to client %s: %w", clientID, err)
	}
	return func(ctx context.Context) error {
		_, err := p.client.DeleteUserPoolClientSecret(ctx, &cognitoidentityprovider.DeleteUserPoolClientSecretInput{
			UserPoolId: &p.userPoolID, ClientId: &clientID, ClientSecretId: added.ClientSecretDescriptor.ClientSecretId,
		})
		return err
	}, nil
}
