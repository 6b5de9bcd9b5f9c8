package tokenproxy_test

import (
	"testing"

	"github.com/aws/jsii-runtime-go"
	"github.com/google/go-cmp/cmp"

	"github.com/cognito-m2m/cognito-m2m-cdk/constructs/tokenproxy"
	"github.com/cognito-m2m/cognito-m2m-cdk/internal/testkit/cdktest"
	"github.com/cognito-m2m/cognito-m2m-cdk/internal/testkit/houserules"
)

// frontDoors are all kinds of authorization and endpoint, of which an environment has one.
var frontDoors = map[string]func(*tokenproxy.TokenProxyProps){
	"allow list and networks": func(p *tokenproxy.TokenProxyProps) { allowList(p); networks(p) },
	"IAM and private":         func(p *tokenproxy.TokenProxyProps) { iam(p); private(p) },
	"API key": func(p *tokenproxy.TokenProxyProps) {
		apiKey(p)
		p.Endpoint = &tokenproxy.Endpoint{DisableDefaultEndpoint: jsii.Bool(true),
			SecurityPolicy: jsii.String("SecurityPolicy_TLS13_1_3_2025_09")}
	},
}

func TestGuard_findsNothingInAnyFrontDoor(t *testing.T) {
	for name, configure := range frontDoors {
		for _, found := range houserules.In(t, synth(t, with(configure)).Body) {
			t.Errorf("%s: %s", name, found)
		}
	}
}

// A method with authorization needs no excuse for having none.
func TestGuard_methodsSuppressions(t *testing.T) {
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
		for _, rule := range cdktest.At(t, template.Resource(template.ID("AWS::ApiGateway::Method")), "Metadata", "cdk_nag",
			"rules_to_suppress").([]any) {
			got = append(got, cdktest.At(t, rule, "id").(string))
		}
		if diff := cmp.Diff(test.want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}
