package tokenauthorizer

import (
	"time"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsiam"
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"

	"github.com/cognito-m2m/cognito-m2m-cdk/constructs/internal/function"
	"github.com/cognito-m2m/cognito-m2m-cdk/constructs/internal/loggroup"
	"github.com/cognito-m2m/cognito-m2m-cdk/constructs/internal/policy"
	"github.com/cognito-m2m/cognito-m2m-cdk/constructs/internal/report"
	"github.com/cognito-m2m/cognito-m2m-cdk/internal/authorizer/token/settings"
	"github.com/cognito-m2m/cognito-m2m-cdk/internal/awslimits"
)

// functionTimeout is half of what API Gateway waits.
const functionTimeout = 5 * time.Second

func (a *LambdaAuthorizer) addFunction(s *LambdaAuthorizerProps) {
	environment := map[string]*string{settings.UserPoolIDVariable: a.tokens.pool.UserPoolId(), settings.RoutesVariable: jsii.String("{}")}
	// Elsewhere the issuer does not follow from the pool's id.
	region := awscdk.Stack_Of(a.Construct).Region()
	if partition := awslimits.Partition(*region); !report.IsToken(region) && partition != "aws" && partition != "aws-us-gov" {
		delete(environment, settings.UserPoolIDVariable)
		environment[settings.IssuersVariable] = jsii.String("https://" + *a.tokens.pool.UserPoolProviderName())
	}
	var statements []awsiam.PolicyStatement
	if a.store != nil {
		environment[settings.PolicyStoreIDVariable] = a.store.id
		environment[settings.NamespaceVariable] = jsii.String(a.store.schema.namespace)
		statements = append(statements, policy.Statement("Policies", nil, a.store.arn, "verifiedpermissions:IsAuthorized"))
	}
	var clients string
	for i, c := range s.Clients {
		if i > 0 {
			clients += ","
		}
		clients += *c.Tenant + "=" + *c.ID
	}
	if clients != "" {
		environment[settings.ClientsVariable] = jsii.String(clients)
	}
	a.environment = environmentLength(environment, s.Clients) - len("{}")
	a.function = function.New(constructs.NewConstruct(a.Construct, jsii.String("TokenAuthorizer")), &function.Props{
		Package:         "tokenauthorizer",
		Description:     settings.Description,
		Timeout:         functionTimeout,
		Environment:     environment,
		RoleDescription: "Authorizer of API requests",
		PolicyName:      "authorizer",
		Statements:      statements,
		LogName:         "authorizer",
		LogKey:          loggroup.Key(a.Construct, s.LogEncryptionKey, "Encrypts the log of the token authorizer", s.RemovalPolicy),
		LogRetention:    s.LogRetention,
		RemovalPolicy:   s.RemovalPolicy,
	})
}

// Lengths of what Cognito and Verified Permissions choose, known at deployment only.
const (
	clientIDLength = 26
	// idLength is more than a user pool's id, a Region of up to 20 and an id of 9, and a policy store's of 22.
	idLength = 32
)

func environmentLength(environment map[string]*string, clients []*Client) int {
	length := 0
	for name, value := range environment {
		switch {
		case name == settings.ClientsVariable:
			length += len(name)
			for _, c := range clients {
				length += len(*c.Tenant) + len("=,") + clientIDLength
				if !report.IsToken(c.ID) {
					length += len(*c.ID) - clientIDLength
				}
			}
		case report.IsToken(value):
			length += len(name) + idLength
		default:
			length += len(name) + len(*value)
		}
	}
	return length
}
