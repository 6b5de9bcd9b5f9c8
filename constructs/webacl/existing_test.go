package webacl_test

import (
	"testing"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/jsii-runtime-go"

	"github.com/cognito-m2m/cognito-m2m-cdk/constructs/m2mpool"
	"github.com/cognito-m2m/cognito-m2m-cdk/constructs/originheader"
	"github.com/cognito-m2m/cognito-m2m-cdk/constructs/webacl"
	"github.com/cognito-m2m/cognito-m2m-cdk/internal/testkit/cdktest"
)

func TestPoolWebACL_ofAnExistingPoolNeedsAcknowledgements(t *testing.T) {
	const users, replaced = "UsersBlocked: is not true for an existing user pool", "WebACLReplaced: is not true for an existing user pool"
	yes, no := jsii.Bool(true), jsii.Bool(false)
	for name, test := range map[string]struct {
		users, replaced *bool
		want            []string
	}{
		"neither":     {nil, nil, []string{users, replaced}},
		"denied":      {no, no, []string{users, replaced}},
		"users only":  {yes, nil, []string{replaced}},
		"replacement": {nil, yes, []string{users}},
		"both":        {yes, yes, nil},
	} {
		t.Run(name, func(t *testing.T) {
			stack := cdktest.NewStack(t)
			webacl.NewPoolWebACL(stack, jsii.String("PoolWebAcl"), &webacl.PoolWebACLProps{
				Pool:         existingPool(stack),
				OriginHeader: originheader.NewOriginHeader(stack, jsii.String("OriginHeader"), nil),
				UsersBlocked: test.users, WebACLReplaced: test.replaced,
			})
			cdktest.ExpectErrors(t, stack, test.want)
			template := cdktest.Synth(t, stack)
			want := ":userpool/eu-west-1_Example01"
			if got := cdktest.At(t, template.One("AWS::WAFv2::WebACLAssociation"), "ResourceArn", "Fn::Join", 1, 6); got != want {
				t.Errorf("association with %v, want %s", got, want)
			}
		})
	}
}

func existingPool(stack awscdk.Stack) *m2mpool.M2MPool {
	return m2mpool.FromUserPool(stack, jsii.String("Pool"), &m2mpool.ExistingPoolProps{
		UserPoolID: jsii.String("eu-west-1_Example01"), Domain: &m2mpool.Domain{Prefix: jsii.String("acme")},
	})
}
