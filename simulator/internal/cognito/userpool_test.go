package cognito_test

import (
	"strings"
	"testing"

	"github.com/cognito-m2m/cognito-m2m-cdk/simulator/internal/cognito"
)

func TestUserPool_checkUserPool(t *testing.T) {
	for name, want := range map[string]string{
		"UserPoolName": "", "UserPoolTier": "",
		"LambdaConfig":        "stack/Pool.LambdaConfig: is not simulated: a pre token generation trigger can change every token",
		"IssuerConfiguration": "stack/Pool.IssuerConfiguration: is not simulated",
		"Typo":                "stack/Pool.Typo: unknown property",
	} {
		err := cognito.CheckUserPool("stack/Pool", map[string]any{name: "x"})
		if (err == nil) != (want == "") || err != nil && !strings.HasPrefix(err.Error(), want) {
			t.Errorf("%s: got %v", name, err)
		}
	}
}
