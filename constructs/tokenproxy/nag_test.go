package tokenproxy_test

import (
	"encoding/json"
	"fmt"
	"testing"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/assertions"
	"github.com/aws/jsii-runtime-go"
	"github.com/cdklabs/cdk-nag-go/cdknag/v2"
	"github.com/google/go-cmp/cmp"

	"github.com/cognito-m2m/cognito-m2m-cdk/constructs/tokenproxy"
	"github.com/cognito-m2m/cognito-m2m-cdk/internal/cdktest"
	"github.com/cognito-m2m/cognito-m2m-cdk/internal/guard"
)

// frontDoors are all kinds of authorization and endpoint, of which an environment has one.
var frontDoors = map[string]func(*tokenproxy.TokenProxyProps){
	"allow list and networks": func(p *tokenproxy.TokenProxyProps) { allowList(p); networks(p) },
	"IAM and private":         func(p *tokenproxy.TokenProxyProps) { iam(p); private(p) },
	"API key": func(p *tokenproxy.TokenProxyProps) {
		apiKey(p)
		p.Endpoint = &tokenproxy.Endpoint{DisableDefaultEndpoint: jsii.Bool(true), SecurityPolicy: jsii.String("SecurityPolicy_TLS13_1_3_2025_09")}
	},
}

func TestTheGuardFindsNothingInAnyFrontDoor(t *testing.T) {
	for name, configure := range frontDoors {
		var template guard.Template
		if err := json.Unmarshal([]byte(cdktest.JSON(t, synth(t, with(configure)).Body)), &template); err != nil {
			t.Fatal(err)
		}
		for _, found := range template.Check() {
			t.Errorf("%s: %s", name, found)
		}
	}
}

func TestNagFindsNothingInAnyFrontDoor(t *testing.T) {
	for name, configure := range frontDoors {
		stack, _ := newProxy(t, with(configure))
		awscdk.Aspects_Of(stack).Add(cdknag.NewAwsSolutionsChecks(&cdknag.NagPackProps{Verbose: jsii.Bool(true)}), nil)
		annotations := assertions.Annotations_FromStack(stack)
		for _, found := range append(*annotations.FindError(jsii.String("*"), assertions.Match_AnyValue()), *annotations.FindWarning(jsii.String("*"), assertions.Match_AnyValue())...) {
			// What the test's stack lacks of a whole environment, whose findings the app's own test has: the rotation of the origin header's secret.
			if text := fmt.Sprint(found.Entry.Data); *found.Id != "/Test/OriginHeader/Secret/Resource" {
				t.Errorf("%s: %s: %s", name, *found.Id, text)
			}
		}
	}
}

// A method with authorization needs no excuse for having none.
func TestTheMethodsSuppressions(t *testing.T) {
	for name, test := range map[string]struct {
		configure func(*tokenproxy.TokenProxyProps)
		want      []string
	}{
		"none":       {func(*tokenproxy.TokenProxyProps) {}, []string{"AwsSolutions-APIG4", "AwsSolutions-COG4"}},
		"API key":    {apiKey, []string{"AwsSolutions-APIG4", "AwsSolutions-COG4"}},
		"allow list": {allowList, []string{"AwsSolutions-COG4"}},
		"IAM":        {iam, []string{"AwsSolutions-COG4"}},
	} {
		template := synth(t, with(test.configure))
		var got []string
		for _, rule := range cdktest.At(t, template.Resource(template.ID("AWS::ApiGateway::Method")), "Metadata", "cdk_nag", "rules_to_suppress").([]any) {
			got = append(got, cdktest.At(t, rule, "id").(string))
		}
		if diff := cmp.Diff(test.want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}
