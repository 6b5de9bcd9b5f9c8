package main

import (
	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsapigateway"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsdynamodb"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsiam"
	"github.com/aws/aws-cdk-go/awscdk/v2/awslambda"
	"github.com/aws/aws-cdk-go/awscdk/v2/awslogs"
	"github.com/aws/jsii-runtime-go"

	"github.com/cognito-m2m/cognito-m2m-cdk/constructs/tokenauthorizer"

	"example.com/orders-api/orders"
	"example.com/orders-api/orders/table"
)

// apiName is the REST API's name.
const apiName = "orders"

// newAPI makes the table, the function and the REST API, of which no method is open.
func newAPI(stack awscdk.Stack, issued tokens) awsapigateway.RestApi {
	integration := awsapigateway.NewLambdaIntegration(newFunction(stack, newTable(stack)), nil)
	api := awsapigateway.NewRestApi(stack, jsii.String("OrdersApi"), &awsapigateway.RestApiProps{
		RestApiName:    jsii.String(apiName),
		EndpointTypes:  &[]awsapigateway.EndpointType{awsapigateway.EndpointType_REGIONAL},
		CloudWatchRole: jsii.Bool(false), // The account has the token gateway's.
		DeployOptions: &awsapigateway.StageOptions{StageName: jsii.String("v1"), ThrottlingRateLimit: jsii.Number(500),
			ThrottlingBurstLimit: jsii.Number(1000)},
	})
	book := api.Root().AddResource(jsii.String("tenants"), nil).
		AddResource(jsii.String("{tenant}"), nil).AddResource(jsii.String("orders"), nil)
	order := book.AddResource(jsii.String("{order}"), nil)

	tokenauthorizer.AddGatewayResponses(api, apiName)
	authorizer := newAuthorizer(stack, api, issued)
	ownBook := &tokenauthorizer.Resource{Type: jsii.String("OrderBook"), ID: jsii.String("tenant"), Tenant: jsii.String("tenant")}
	ownOrder := &tokenauthorizer.Resource{Type: jsii.String("Order"), ID: jsii.String("order"), Tenant: jsii.String("tenant")}
	for _, method := range []struct {
		resource      awsapigateway.IResource
		verb          string
		scope, action string
		on            *tokenauthorizer.Resource
	}{
		{book, "GET", readScope, "ListOrders", ownBook},
		{order, "GET", readScope, "ReadOrder", ownOrder},
		{order, "PUT", writeScope, "WriteOrder", ownOrder},
	} {
		authorizer.Require(method.resource.AddMethod(jsii.String(method.verb), integration, nil), &tokenauthorizer.Requirement{
			Scopes: *jsii.Strings(method.scope), Action: jsii.String(method.action), Resource: method.on,
		})
	}
	return api
}

func newAuthorizer(stack awscdk.Stack, api awsapigateway.RestApi, issued tokens) *tokenauthorizer.LambdaAuthorizer {
	props := &tokenauthorizer.LambdaAuthorizerProps{
		API: api, Pool: issued.pool,
		VerifiedPermissions: &tokenauthorizer.VerifiedPermissions{Schema: jsii.String("schema.json"), Policies: jsii.String("policies")},
	}
	for _, t := range issued.tenants {
		props.Clients = append(props.Clients, &tokenauthorizer.Client{ID: t.ClientID(), Tenant: t.TenantID()})
	}
	return tokenauthorizer.NewLambdaAuthorizer(stack, jsii.String("Authorizer"), props)
}

func newTable(stack awscdk.Stack) awsdynamodb.TableV2 {
	return awsdynamodb.NewTableV2(stack, jsii.String("Orders"), &awsdynamodb.TablePropsV2{
		PartitionKey: &awsdynamodb.Attribute{Name: jsii.String(table.PartitionKey), Type: awsdynamodb.AttributeType_STRING},
		SortKey:      &awsdynamodb.Attribute{Name: jsii.String(table.SortKey), Type: awsdynamodb.AttributeType_STRING},
		PointInTimeRecoverySpecification: &awsdynamodb.PointInTimeRecoverySpecification{
			PointInTimeRecoveryEnabled: jsii.Bool(true),
		},
		DeletionProtection: jsii.Bool(true),
		RemovalPolicy:      awscdk.RemovalPolicy_RETAIN,
	})
}

// newFunction may do with the table what it does, and write its log.
func newFunction(stack awscdk.Stack, orderTable awsdynamodb.TableV2) awslambda.Function {
	log := awslogs.NewLogGroup(stack, jsii.String("FunctionLog"), &awslogs.LogGroupProps{
		Retention: awslogs.RetentionDays_THREE_MONTHS, RemovalPolicy: awscdk.RemovalPolicy_RETAIN,
	})
	allow := func(resource *string, actions ...string) awsiam.PolicyStatement {
		return awsiam.NewPolicyStatement(&awsiam.PolicyStatementProps{Actions: jsii.Strings(actions...), Resources: &[]*string{resource}})
	}
	rights := &[]awsiam.PolicyStatement{
		allow(orderTable.TableArn(), "dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:Query"),
		allow(log.LogGroupArn(), "logs:CreateLogStream", "logs:PutLogEvents"),
	}
	role := awsiam.NewRole(stack, jsii.String("FunctionRole"), &awsiam.RoleProps{
		AssumedBy: awsiam.NewServicePrincipal(jsii.String("lambda.amazonaws.com"), nil),
		InlinePolicies: &map[string]awsiam.PolicyDocument{
			"orders": awsiam.NewPolicyDocument(&awsiam.PolicyDocumentProps{Statements: rights}),
		},
	})
	return awslambda.NewFunction(stack, jsii.String("Function"), &awslambda.FunctionProps{
		Description:  jsii.String(orders.Description),
		Runtime:      awslambda.Runtime_PROVIDED_AL2023(),
		Architecture: awslambda.Architecture_ARM_64(),
		Handler:      jsii.String("bootstrap"),
		Code:         awslambda.Code_FromAsset(jsii.String(compile("./functions/orders")), nil),
		MemorySize:   jsii.Number(256),
		Timeout:      awscdk.Duration_Seconds(jsii.Number(5)),
		Role:         role,
		LogGroup:     log,
		Environment:  &map[string]*string{"TABLE": orderTable.TableName()},
	})
}
