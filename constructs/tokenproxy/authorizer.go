package tokenproxy

import (
	"context"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsapigateway"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsiam"
	"github.com/aws/aws-cdk-go/awscdk/v2/awslambda"
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"

	"github.com/cognito-m2m/cognito-m2m-cdk/constructs/internal/loggroup"
	"github.com/cognito-m2m/cognito-m2m-cdk/constructs/internal/mark"
	"github.com/cognito-m2m/cognito-m2m-cdk/internal/authorizer/client"
	"github.com/cognito-m2m/cognito-m2m-cdk/internal/lambdabuild"
)

// authorizerSeconds is how long the function may take. API Gateway gives up after 10 seconds.
const authorizerSeconds = 5

// addAuthorizer puts a Lambda authorizer before the method.
//
// It uses the L1: the L2 puts the function's permission into the function's stack, which makes two stacks depend on each other when the function comes
// from another one, and leaves the authorizer out of the deployment's hash unless the app has set a feature flag.
func (p *TokenProxy) addAuthorizer(s *settings) {
	l := s.Authorization.Lambda
	p.authorizerFunction = l.Function
	switch {
	case l.AllowList != nil:
		p.authorizerFunction = p.newAllowListFunction(s)
	case l.FunctionArn != nil:
		p.authorizerFunction = awslambda.Function_FromFunctionAttributes(p.Construct, jsii.String("AuthorizerFunction"), &awslambda.FunctionAttributes{
			FunctionArn: l.FunctionArn, SameEnvironment: jsii.Bool(true),
		})
	}
	stack := awscdk.Stack_Of(p.Construct)
	uri := stack.FormatArn(&awscdk.ArnComponents{
		Service: jsii.String("apigateway"), Account: jsii.String("lambda"), Resource: jsii.String("path"),
		ResourceName: jsii.String("2015-03-31/functions/" + *p.authorizerFunction.FunctionArn() + "/invocations"),
	})
	props := &awsapigateway.CfnAuthorizerProps{
		Name:           jsii.String("clients"),
		RestApiId:      p.api.RestApiId(),
		Type:           jsii.String("REQUEST"),
		AuthorizerUri:  uri,
		IdentitySource: jsii.String(s.identitySource()),
		// Also 0: API Gateway's default is to keep answers.
		AuthorizerResultTtlInSeconds: jsii.Number(s.authorizerTTL.Seconds()),
	}
	authorizer := awsapigateway.NewCfnAuthorizer(p.Construct, jsii.String("Authorizer"), props)
	awslambda.NewCfnPermission(p.Construct, jsii.String("AuthorizerPermission"), &awslambda.CfnPermissionProps{
		Action:       jsii.String("lambda:InvokeFunction"),
		FunctionName: p.authorizerFunction.FunctionArn(),
		Principal:    jsii.String("apigateway.amazonaws.com"),
		SourceArn: stack.FormatArn(&awscdk.ArnComponents{
			Service: jsii.String("execute-api"), Resource: p.api.RestApiId(), ResourceName: jsii.String("authorizers/" + *authorizer.Ref()),
		}),
	})
	p.method.Node().DefaultChild().(awsapigateway.CfnMethod).SetAuthorizerId(authorizer.Ref())
	// A deployment is a snapshot: what is changed in the authorizer takes effect with a new one.
	p.api.LatestDeployment().AddToLogicalId(map[string]any{"authorizer": map[string]any{
		"uri": uri, "identitySource": props.IdentitySource, "ttl": props.AuthorizerResultTtlInSeconds,
	}})
}

// identitySource are the values that API Gateway keeps an answer under. A request without one of them is answered 401 without asking.
func (s *settings) identitySource() string {
	sources := authorization + ",context.identity.sourceIp"
	if s.clientIDRequired() {
		sources += "," + clientID
	}
	return sources
}

func (p *TokenProxy) newAllowListFunction(s *settings) awslambda.IFunction {
	code, err := lambdabuild.Build(context.Background(), lambdabuild.Module+"/functions/clientauthorizer", "arm64")
	if err != nil {
		panic("tokenproxy: " + err.Error())
	}
	scope := constructs.NewConstruct(p.Construct, jsii.String("ClientAuthorizer"))
	log := loggroup.New(scope, "Log", &loggroup.Props{
		Name: "/cognito-m2m/" + *p.uniqueName() + "/authorizer", Key: p.logKey, Retention: s.LogRetention, RemovalPolicy: s.RemovalPolicy,
	})
	role := awsiam.NewRole(scope, jsii.String("Role"), &awsiam.RoleProps{
		Description: jsii.String("Authorizer of token requests"),
		AssumedBy:   awsiam.NewServicePrincipal(jsii.String("lambda.amazonaws.com"), nil),
		InlinePolicies: &map[string]awsiam.PolicyDocument{"authorizer": awsiam.NewPolicyDocument(&awsiam.PolicyDocumentProps{
			Statements: &[]awsiam.PolicyStatement{awsiam.NewPolicyStatement(&awsiam.PolicyStatementProps{
				Sid:     jsii.String("Log"),
				Actions: jsii.Strings("logs:CreateLogStream", "logs:PutLogEvents"),
				// All streams of this one group, as its ARN ends with :*; Lambda names them itself.
				Resources: &[]*string{log.LogGroupArn()},
			})},
		})},
	})
	f := awslambda.NewFunction(scope, jsii.String("Function"), &awslambda.FunctionProps{
		Description:  jsii.String(client.Description),
		Runtime:      awslambda.Runtime_PROVIDED_AL2023(),
		Architecture: awslambda.Architecture_ARM_64(),
		Handler:      jsii.String("bootstrap"),
		Code:         awslambda.Code_FromAsset(jsii.String(code), nil),
		MemorySize:   jsii.Number(256),
		Timeout:      awscdk.Duration_Seconds(jsii.Number(authorizerSeconds)),
		Role:         role,
		LogGroup:     log,
		Environment:  s.allowListEnvironment(),
	})
	mark.As("clientauthorizer", role, f)
	return f
}

// allowListEnvironment is documented in functions/clientauthorizer.
func (s *settings) allowListEnvironment() *map[string]*string {
	variables := map[string]*string{}
	add := func(name string, values []*string) {
		if len(values) > 0 {
			variables[name] = awscdk.Fn_Join(jsii.String(","), &values)
		}
	}
	add(client.ClientIDsVariable, s.Authorization.Lambda.AllowList.ClientIDs)
	add(client.SourceNetworksVariable, s.Authorization.Lambda.AllowList.SourceNetworks)
	if !s.clientIDRequired() {
		variables[client.IgnoreClientIDVariable] = jsii.String("true")
	}
	return &variables
}
