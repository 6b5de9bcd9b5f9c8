package main

import (
	"context"
	"errors"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cognitoidentityprovider"

	"github.com/cognito-m2m/cognito-m2m-cdk/functions/internal/redact"
	"github.com/cognito-m2m/cognito-m2m-cdk/internal/usage"
)

// clients are the app clients of the user pool.
type clients struct {
	client *cognitoidentityprovider.Client
	pool   string
}

var _ usage.Clients = clients{}

var errRepeated = errors.New("ListUserPoolClients returns the NextToken of the request: the list does not end")

// List reads all pages. The largest page has 60 clients.
func (c clients) List(ctx context.Context) ([]usage.Client, error) {
	var all []usage.Client
	in := &cognitoidentityprovider.ListUserPoolClientsInput{UserPoolId: &c.pool, MaxResults: aws.Int32(60)}
	for {
		out, err := c.client.ListUserPoolClients(ctx, in)
		if err != nil {
			return nil, redact.Error(err)
		}
		for _, client := range out.UserPoolClients {
			all = append(all, usage.Client{ID: aws.ToString(client.ClientId), Name: aws.ToString(client.ClientName)})
		}
		switch next := aws.ToString(out.NextToken); next {
		case "":
			return all, nil
		case aws.ToString(in.NextToken):
			return nil, errRepeated
		default:
			in.NextToken = &next
		}
	}
}
