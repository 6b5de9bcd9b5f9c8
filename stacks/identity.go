// Package stacks composes the constructs into the stacks that one environment deploys, in this order: identity, gateway, credentials, then
// one tenants stack for each tenant file.
//
// Stack names and construct IDs are a contract: a changed one replaces live resources.
package stacks

import (
	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"

	"github.com/cognito-m2m/cognito-m2m-cdk/constructs/m2mpool"
)

// IdentityStackProps configure an IdentityStack.
type IdentityStackProps struct {
	awscdk.StackProps
	// Pool configures the user pool. Required.
	Pool *m2mpool.M2MPoolProps
}

// IdentityStack holds what must outlive everything else: the user pool with its domain and the resource servers.
type IdentityStack struct {
	awscdk.Stack
	pool *m2mpool.M2MPool
}

// NewIdentityStack creates the user pool, and the outputs UserPoolId, Issuer and JwksUrl.
func NewIdentityStack(scope constructs.Construct, id *string, props *IdentityStackProps) *IdentityStack {
	s := &IdentityStack{Stack: awscdk.NewStack(scope, id, &props.StackProps)}
	s.pool = m2mpool.NewM2MPool(s.Stack, jsii.String("Pool"), props.Pool)
	poolOutputs(s.Stack, s.pool)
	return s
}

func poolOutputs(stack awscdk.Stack, pool *m2mpool.M2MPool) {
	output(stack, "UserPoolId", "Id of the user pool", pool.UserPoolID())
	output(stack, "Issuer", "iss claim of the access tokens", pool.Issuer())
	output(stack, "JwksUrl", "Public keys that verify the access tokens", pool.JwksURL())
}

// Pool is the user pool.
func (s *IdentityStack) Pool() *m2mpool.M2MPool { return s.pool }

func output(scope constructs.Construct, id, description string, value *string) {
	awscdk.NewCfnOutput(scope, jsii.String(id), &awscdk.CfnOutputProps{Description: jsii.String(description), Value: value})
}
