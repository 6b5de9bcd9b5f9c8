package logicalid_test

import (
	"strings"
	"testing"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"

	"github.com/cognito-m2m/cognito-m2m-cdk/constructs/internal/logicalid"
	"github.com/cognito-m2m/cognito-m2m-cdk/internal/testkit/cdktest"
)

func TestMain(m *testing.M) { cdktest.Main(m) }

// CDK itself says which logical ID is right.
func TestID_isThatOfCDK(t *testing.T) {
	long := strings.Repeat("tenant-", 30)
	for _, test := range []struct{ scope, ids []string }{
		{nil, []string{"billing", "Client"}},
		{nil, []string{"carrier-north-line", "ResourceServer"}},
		{nil, []string{"single"}},
		{nil, []string{"single-one"}},
		{nil, []string{long + long}},
		{nil, []string{"a", "Resource"}},
		{nil, []string{"a", "Default"}},
		{nil, []string{"a", "Default", "b"}},
		{nil, []string{"a", "a"}},
		{nil, []string{"my-a", "a", "a-a"}},
		{nil, []string{"Resource", "Resource"}},
		{nil, []string{long, "Client", long}},
		{nil, []string{"a/b", "Client"}},
		{nil, []string{"0", "Client"}},
		{[]string{"Tenants"}, []string{"billing", "Client"}},
		{[]string{"Deeper", "Default", "Tenants"}, []string{"billing", "Client"}},
	} {
		stack := cdktest.NewStack(t)
		scope := constructs.Construct(stack)
		for _, id := range test.scope {
			scope = constructs.NewConstruct(scope, jsii.String(id))
		}
		last := len(test.ids) - 1
		parent, place := scope, logicalid.Of(scope)
		for _, id := range test.ids[:last] {
			parent, place = constructs.NewConstruct(parent, jsii.String(id)), place.Below(id)
		}
		got := place.ID(test.ids[last])
		resource := awscdk.NewCfnResource(parent, jsii.String(test.ids[last]), &awscdk.CfnResourceProps{Type: jsii.String("AWS::SNS::Topic")})
		if want := stack.Resolve(resource.LogicalId()).(string); got != want {
			t.Errorf("%v below %v: got %s, CDK says %s", test.ids, test.scope, got, want)
		}
	}
}

// Below a nested stack and a stack in a stage, paths begin at the stack.
func TestPath_beginsAtTheStack(t *testing.T) {
	outer := cdktest.NewStack(t)
	nested := awscdk.NewNestedStack(outer, jsii.String("Nested"), nil)
	staged := awscdk.NewStack(awscdk.NewStage(awscdk.Stage_Of(outer), jsii.String("Stage"), nil), jsii.String("Staged"), nil)
	for _, stack := range []constructs.Construct{nested, staged} {
		got := logicalid.Of(stack).Below("billing").ID("Client")
		resource := awscdk.NewCfnResource(
			constructs.NewConstruct(stack, jsii.String("billing")), jsii.String("Client"),
			&awscdk.CfnResourceProps{Type: jsii.String("AWS::SNS::Topic")},
		)
		if want := awscdk.Stack_Of(stack).Resolve(resource.LogicalId()).(string); got != want {
			t.Errorf("got %s, CDK says %s", got, want)
		}
	}
}
