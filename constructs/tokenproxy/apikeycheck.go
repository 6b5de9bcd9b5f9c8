package tokenproxy

import (
	"fmt"
	"maps"
	"slices"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/jsii-runtime-go"

	"github.com/cognito-m2m/cognito-m2m-cdk/constructs/internal/report"
	"github.com/cognito-m2m/cognito-m2m-cdk/internal/awslimits"
)

// check notes every mistake and returns props that can be built in spite of it.
func (props APIKeyProps) check(errs *report.Errors) APIKeyProps {
	known := func(prop string, value **string, rule func(string) error) {
		if errs.Text(prop, *value, rule) == "" {
			*value = jsii.String("invalid")
		}
	}
	known("TenantID", &props.TenantID, awslimits.TenantID)
	known("SecretName", &props.SecretName, awslimits.APIKeySecretName)
	known("Plan", &props.Plan, props.checkPlan)
	if !errs.List("Readers", props.Readers, checkReader) {
		props.Readers = nil
	}
	if props.RemovalPolicy == "" {
		props.RemovalPolicy = awscdk.RemovalPolicy_DESTROY
	}
	return props
}

func checkReader(reader string) error {
	if awslimits.AccountID(reader) != nil && awslimits.Caller(reader) != nil {
		return fmt.Errorf("reader %q is neither an IAM role or user nor an account: use arn:aws:iam::ACCOUNT:role/NAME, or an account id of "+
			"12 digits", reader)
	}
	return nil
}

func (props *APIKeyProps) checkPlan(plan string) error {
	if props.Proxy.UsagePlan(plan) != nil {
		return nil
	}
	if len(props.Proxy.usagePlans) == 0 {
		return fmt.Errorf("usage plan %q does not exist: the proxy asks for no API key, use APIKey and UsagePlans of its Authorization", plan)
	}
	return awslimits.OneOf("usage plan", plan, slices.Sorted(maps.Keys(props.Proxy.usagePlans))...)
}
