// Command orders is the Lambda function behind the orders API. TABLE is the name of its table.
package main

import (
	"context"
	"log/slog"
	"os"

	"github.com/aws/aws-lambda-go/lambda"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"

	"example.com/orders-api/orders"
	"example.com/orders-api/orders/table"
)

func main() {
	log := slog.New(slog.NewJSONHandler(os.Stdout, nil))
	name := os.Getenv("TABLE")
	aws, err := config.LoadDefaultConfig(context.Background())
	if err != nil || name == "" {
		log.Error("configuration", "TABLE", name, "error", err)
		os.Exit(1)
	}
	api := orders.API{Store: table.Table{Client: dynamodb.NewFromConfig(aws), Name: name}, Log: log}
	lambda.Start(api.Handle)
}
