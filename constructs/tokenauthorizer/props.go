package tokenauthorizer

import (
	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsapigateway"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsapigatewayv2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awscognito"
	"github.com/aws/aws-cdk-go/awscdk/v2/awskms"
	"github.com/aws/aws-cdk-go/awscdk/v2/awslogs"

	"github.com/cognito-m2m/cognito-m2m-cdk/constructs/m2mpool"
)

// CognitoAuthorizerProps configure a CognitoAuthorizer.
type CognitoAuthorizerProps struct {
	// API is the API whose methods are protected, in the construct's stack. Required.
	API awsapigateway.RestApi
	// Pool is whose tokens are taken; scopes must be among its resource servers'. Exactly one of Pool and UserPool is required.
	Pool *m2mpool.M2MPool
	// UserPool is whose tokens are taken, where its scopes are not known at synth.
	UserPool awscognito.IUserPool
	// CacheTTL is how long API Gateway keeps an answer: whole seconds, up to 5 minutes; 0 keeps none. Default: 1 minute.
	CacheTTL awscdk.Duration
}

// LambdaAuthorizerProps configure a LambdaAuthorizer.
type LambdaAuthorizerProps struct {
	// API is the API whose methods are protected, in the construct's stack. Required.
	API awsapigateway.RestApi
	// Pool is whose tokens are taken; scopes must be among its resource servers'. Exactly one of Pool and UserPool is required.
	Pool *m2mpool.M2MPool
	// UserPool is whose tokens are taken, where its scopes are not known at synth.
	UserPool awscognito.IUserPool
	// Clients are the app clients that may call. A token does not say whose its client is, so the tenant comes from here. Clients
	// and routes share the 4,096 bytes of a Lambda function's environment, enough for about 60 clients and 20 routes. Default:
	// every client of the pool, each its own tenant under its client id.
	Clients []*Client
	// CacheTTL is how long API Gateway keeps an answer: whole seconds, up to 5 minutes; 0 asks for every request. So long a token
	// is taken after it has expired, after its client was taken off Clients, and after a policy that allowed it was changed.
	// Default: 1 minute, as much leeway as verifiers commonly give a clock.
	CacheTTL awscdk.Duration
	// VerifiedPermissions asks Cedar policies after the scopes. Default: the scopes decide.
	VerifiedPermissions *VerifiedPermissions
	// LogEncryptionKey encrypts the function's log. Default: a key of its own.
	LogEncryptionKey awskms.IKey
	// LogRetention is how long log events are kept. Default: 3 months.
	LogRetention awslogs.RetentionDays
	// RemovalPolicy says what happens to the log, its key and the policy store when they leave the stack. Default:
	// RETAIN_ON_UPDATE_OR_DELETE.
	RemovalPolicy awscdk.RemovalPolicy
}

// HTTPAuthorizerProps configure an HTTPAuthorizer.
type HTTPAuthorizerProps struct {
	// API is the API whose routes are protected, in the construct's stack. Required.
	API awsapigatewayv2.IHttpApi
	// Pool is whose tokens are taken; scopes must be among its resource servers'. Exactly one of Pool and UserPool is required.
	Pool *m2mpool.M2MPool
	// UserPool is whose tokens are taken, where its scopes are not known at synth.
	UserPool awscognito.IUserPool
	// Clients are the app clients that may call, 1 to 50: the authorizer's audience, which API Gateway compares with a token's
	// client_id when it has no aud, as the tokens of machines do not. The integration learns the client's id and not its tenant, so
	// Tenant is not set. Required.
	// https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-jwt-authorizer.html
	Clients []*Client
}

// Client is an app client that may call.
type Client struct {
	// ID is the app client's id. Required.
	ID *string
	// Tenant is who the client belongs to: 1 to 48 of a-z, 0-9 and '-'. A tenant may have several clients. Required, but for HTTP APIs.
	Tenant *string
}

// Requirement is what a request to a method or route needs.
type Requirement struct {
	// Scopes as tokens carry them, for example orders/read. One at least is required.
	Scopes []*string
	// AnyScope makes one of the scopes enough. Default: the token needs all of them, which API Gateway's own authorizers cannot
	// check, so that those want AnyScope with more than one.
	AnyScope *bool
	// Action is the id of the Cedar action. Only with VerifiedPermissions. Default: the method and the path, for example "GET
	// /orders/{order}".
	Action *string
	// Resource is the entity that is acted on. Only with VerifiedPermissions. Default: the entity Api::"PATH".
	Resource *Resource
}

// Resource names a Cedar entity by parameters of the path.
type Resource struct {
	// Type is the entity's type in the schema, without the namespace. Required.
	Type *string
	// ID is the path parameter that holds the entity's id, without braces. Required.
	ID *string
	// Tenant is the path parameter that holds the tenant whose resource it is; the schema must have the attribute tenant for the
	// type. Default: the entity has no tenant.
	Tenant *string
}

// VerifiedPermissions are Cedar policies in a policy store of Amazon Verified Permissions. Exactly one of Policies and
// PolicyStoreID is set.
type VerifiedPermissions struct {
	// Schema is the file of the Cedar schema, in JSON, at most 100,000 bytes. It has one namespace with the entity types Client (a
	// member of Tenant and Scope, with the attribute tenant) and those of the resources, and an action for each method. Required.
	Schema *string
	// Policies is a folder of files NAME.cedar, each of them one policy of at most 10,000 bytes. A policy's logical ID comes from
	// its file's name.
	Policies *string
	// PolicyStoreID is a policy store of this account and Region that has such a schema.
	PolicyStoreID *string
	// DisableDeletionProtection lets the policy store be deleted without a separate step. Default: false.
	DisableDeletionProtection *bool
}
