package table_test

import (
	"context"
	"errors"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"example.com/orders-api/orders"
	"example.com/orders-api/orders/table"
)

// dynamo holds items by partition and sort key, and demands what DynamoDB does of a request.
type dynamo struct {
	t     *testing.T
	items map[[2]string]map[string]types.AttributeValue
}

func textOf(v types.AttributeValue) string {
	if s, ok := v.(*types.AttributeValueMemberS); ok {
		return s.Value
	}
	return ""
}

func (d dynamo) Query(_ context.Context, in *dynamodb.QueryInput, _ ...func(*dynamodb.Options)) (*dynamodb.QueryOutput, error) {
	if *in.KeyConditionExpression != "#tenant = :tenant" || in.ExpressionAttributeNames["#tenant"] != table.PartitionKey ||
		*in.TableName != "orders" || !*in.ConsistentRead {
		d.t.Errorf("query: %s of %v", *in.KeyConditionExpression, in.ExpressionAttributeNames)
	}
	out := &dynamodb.QueryOutput{}
	for key, item := range d.items {
		if key[0] == textOf(in.ExpressionAttributeValues[":tenant"]) {
			out.Items = append(out.Items, item)
		}
	}
	return out, nil
}

func (d dynamo) GetItem(_ context.Context, in *dynamodb.GetItemInput, _ ...func(*dynamodb.Options)) (*dynamodb.GetItemOutput, error) {
	return &dynamodb.GetItemOutput{Item: d.items[[2]string{textOf(in.Key[table.PartitionKey]), textOf(in.Key[table.SortKey])}]}, nil
}

func (d dynamo) PutItem(_ context.Context, in *dynamodb.PutItemInput, _ ...func(*dynamodb.Options)) (*dynamodb.PutItemOutput, error) {
	d.items[[2]string{textOf(in.Item[table.PartitionKey]), textOf(in.Item[table.SortKey])}] = in.Item
	return &dynamodb.PutItemOutput{}, nil
}

func TestTable_keepsTenantsApart(t *testing.T) {
	d := dynamo{t, map[[2]string]map[string]types.AttributeValue{}}
	s := table.Table{Client: d, Name: "orders"}
	ctx := t.Context()
	for tenant, item := range map[string]string{"acme": "tea", "globex": "coffee"} {
		if err := s.Put(ctx, tenant, orders.Order{ID: "1", Item: item, Quantity: 3}); err != nil {
			t.Fatal(err)
		}
	}
	want := orders.Order{ID: "1", Item: "tea", Quantity: 3}
	if got, err := s.Get(ctx, "acme", "1"); err != nil || got != want {
		t.Errorf("get: %+v, %v", got, err)
	}
	if all, err := s.List(ctx, "acme"); err != nil || len(all) != 1 || all[0] != want {
		t.Errorf("list: %+v, %v", all, err)
	}
	if _, err := s.Get(ctx, "initech", "1"); !errors.Is(err, orders.ErrNotFound) {
		t.Errorf("a tenant without orders: %v", err)
	}
	d.items[[2]string{"acme", "2"}] = map[string]types.AttributeValue{table.SortKey: &types.AttributeValueMemberS{Value: "2"}}
	if _, err := s.List(ctx, "acme"); err == nil {
		t.Error("an item that is no order was listed")
	}
}
