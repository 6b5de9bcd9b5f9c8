// Package table keeps orders in a DynamoDB table whose partition key is the tenant: no request for one tenant can reach an item of another.
package table

import (
	"context"
	"fmt"
	"strconv"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"example.com/orders-api/orders"
)

// The table's keys.
const (
	PartitionKey = "tenant"
	SortKey      = "order"
)

// pageSize is how many orders a list has at most.
const pageSize = 100

// Client is what is needed of *dynamodb.Client.
type Client interface {
	Query(context.Context, *dynamodb.QueryInput, ...func(*dynamodb.Options)) (*dynamodb.QueryOutput, error)
	GetItem(context.Context, *dynamodb.GetItemInput, ...func(*dynamodb.Options)) (*dynamodb.GetItemOutput, error)
	PutItem(context.Context, *dynamodb.PutItemInput, ...func(*dynamodb.Options)) (*dynamodb.PutItemOutput, error)
}

// Table is a table. Both fields are required.
type Table struct {
	Client Client
	Name   string
}

var _ orders.Store = Table{}

// List returns the first orders of a tenant, by id.
func (t Table) List(ctx context.Context, tenant string) ([]orders.Order, error) {
	out, err := t.Client.Query(ctx, &dynamodb.QueryInput{
		TableName: &t.Name, Limit: aws.Int32(pageSize), ConsistentRead: aws.Bool(true),
		KeyConditionExpression:    aws.String("#tenant = :tenant"),
		ExpressionAttributeNames:  map[string]string{"#tenant": PartitionKey},
		ExpressionAttributeValues: map[string]types.AttributeValue{":tenant": text(tenant)},
	})
	if err != nil {
		return nil, err
	}
	var all []orders.Order
	for _, item := range out.Items {
		order, err := decode(item)
		if err != nil {
			return nil, err
		}
		all = append(all, order)
	}
	return all, nil
}

// Get returns one order, or orders.ErrNotFound.
func (t Table) Get(ctx context.Context, tenant, id string) (orders.Order, error) {
	out, err := t.Client.GetItem(ctx, &dynamodb.GetItemInput{
		TableName: &t.Name, ConsistentRead: aws.Bool(true),
		Key: map[string]types.AttributeValue{PartitionKey: text(tenant), SortKey: text(id)},
	})
	switch {
	case err != nil:
		return orders.Order{}, err
	case len(out.Item) == 0:
		return orders.Order{}, orders.ErrNotFound
	}
	return decode(out.Item)
}

// Put stores an order.
func (t Table) Put(ctx context.Context, tenant string, o orders.Order) error {
	_, err := t.Client.PutItem(ctx, &dynamodb.PutItemInput{TableName: &t.Name, Item: map[string]types.AttributeValue{
		PartitionKey: text(tenant), SortKey: text(o.ID), "item": text(o.Item),
		"quantity": &types.AttributeValueMemberN{Value: strconv.Itoa(o.Quantity)},
	}})
	return err
}

func text(value string) types.AttributeValue { return &types.AttributeValueMemberS{Value: value} }

func decode(item map[string]types.AttributeValue) (orders.Order, error) {
	id, hasID := item[SortKey].(*types.AttributeValueMemberS)
	what, hasItem := item["item"].(*types.AttributeValueMemberS)
	quantity, hasQuantity := item["quantity"].(*types.AttributeValueMemberN)
	if !hasID || !hasItem || !hasQuantity {
		return orders.Order{}, fmt.Errorf("an item of the table is no order: it has %d attributes", len(item))
	}
	n, err := strconv.Atoi(quantity.Value)
	return orders.Order{ID: id.Value, Item: what.Value, Quantity: n}, err
}
