package tokenproxy

import (
	"time"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsapigateway"
	"github.com/aws/aws-cdk-go/awscdk/v2/awslambda"
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"

	"github.com/cognito-m2m/cognito-m2m-cdk/constructs/internal/function"
	"github.com/cognito-m2m/cognito-m2m-cdk/internal/authorizer/client/allowlist"
)

// authorizerTimeout is the function's timeout. API Gateway gives up after 10 seconds.
const authorizerTimeout = 5 * time.Second

// addAuthorizer puts a Lambda authorizer before the method.
//
// It uses the L1: the L2 puts the function's permission into the function's stack, which makes two stacks depend on each other when the
// function comes from another one, and leaves the authorizer out of the deployment's hash unless the app has set a feature flag.
func (p *TokenProxy) addAuthorizer(s *settings) {
	l := s.Authorization.Lambda
	p.authorizerFunction = l.Function
	switch {
	case l.AllowList != nil:
		p.authorizerFunction = p.newAllowListFunction(s)
	case l.FunctionArn != nil:
		p.authorizerFunction = awslambda.Function_FromFunctionAttributes(p.Construct, jsii.String("AuthorizerFunction"),
			&awslambda.FunctionAttributes{
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
	return function.New(constructs.NewConstruct(p.Construct, jsii.String("ClientAuthorizer")), &function.Props{
		Package:         "clientauthorizer",
		Description:     allowlist.Description,
		Timeout:         authorizerTimeout,
		Environment:     s.allowListEnvironment(),
		RoleDescription: "Authorizer of token requests",
		PolicyName:      "authorizer",
		LogName:         "authorizer",
		LogKey:          p.logKey,
		LogRetention:    s.LogRetention,
		RemovalPolicy:   s.RemovalPolicy,
	}).Function
}

// allowListEnvironment is documented in functions/clientauthorizer.
func (s *settings) allowListEnvironment() map[string]*string {
	variables := map[string]*string{}
	add := func(name string, values []*string) {
		if len(values) > 0 {
			variables[name] = awscdk.Fn_Join(jsii.String(","), &values)
		}
	}
	add(allowlist.ClientIDsVariable, s.Authorization.Lambda.AllowList.ClientIDs)
	add(allowlist.SourceNetworksVariable, s.Authorization.Lambda.AllowList.SourceNetworks)
	if !s.clientIDRequired() {
		variables[allowlist.IgnoreClientIDVariable] = jsii.String("true")
	}
	return variables
}
