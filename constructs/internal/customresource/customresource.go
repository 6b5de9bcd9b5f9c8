// Package customresource creates CloudFormation custom resources whose functions are this project's.
package customresource

import (
	"time"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"

	"github.com/cognito-m2m/cognito-m2m-cdk/constructs/internal/function"
)

const (
	// functionTimeout leaves room for the calls that are tried again (functions/internal/cfnresponse).
	functionTimeout = 2 * time.Minute
	// serviceTimeout is how long CloudFormation waits for an answer. Its default is an hour, which a function that cannot answer would cost a
	// deployment.
	serviceTimeout = 5 * time.Minute
)

// Resource is a custom resource with its function.
type Resource struct {
	awscdk.CustomResource
	Function function.Function
}

// New creates the function, whose timeout is given, and the resource under the ID Resource. CloudFormation invokes the function as the
// deploying role, which therefore needs lambda:InvokeFunction.
func New(scope constructs.Construct, resourceType string, props *function.Props, properties map[string]any) Resource {
	props.Timeout = functionTimeout
	f := function.New(scope, props)
	return Resource{
		CustomResource: awscdk.NewCustomResource(scope, jsii.String("Resource"), &awscdk.CustomResourceProps{
			ResourceType:   jsii.String(resourceType),
			ServiceToken:   f.FunctionArn(),
			ServiceTimeout: awscdk.Duration_Seconds(jsii.Number(serviceTimeout.Seconds())),
			Properties:     &properties,
		}),
		Function: f,
	}
}
