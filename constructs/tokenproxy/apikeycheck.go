package tokenproxy

import (
	"fmt"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/jsii-runtime-go"

	"github.com/cognito-m2m/cognito-m2m-cdk/constructs/internal/report"
	"github.com/cognito-m2m/cognito-m2m-cdk/internal/awslimits"
)

// check notes every mistake and returns props that can be built in spite of it.
func (props APIKeyProps) check(errs *report.Errors) APIKeyProps {
	props.TenantID = known(errs, "TenantID", props.TenantID, awslimits.TenantID)
	props.SecretName = known(errs, "SecretName", props.SecretName, awslimits.APIKeySecretName)
	props.Plan = known(errs, "Plan", props.Plan, props.checkPlan)
	var readers []*string
	for i, reader := range props.Readers {
		at := fmt.Sprintf("Readers[%d]", i)
		switch {
		case reader == nil:
			errs.Addf(at, "is missing")
		case !report.IsToken(reader) && awslimits.AccountID(*reader) != nil && awslimits.Caller(*reader) != nil:
			errs.Addf(at, "reader %q is neither an IAM role or user nor an account: use arn:aws:iam::ACCOUNT:role/NAME, or an account id of 12 digits", *reader)
		default:
			readers = append(readers, reader)
		}
	}
	props.Readers = readers
	if props.RemovalPolicy == "" {
		props.RemovalPolicy = awscdk.RemovalPolicy_DESTROY
	}
	return props
}

// known is the value, or one to go on with when it is wrong.
func known(errs *report.Errors, prop string, value *string, rule func(string) error) *string {
	if value == nil || report.IsToken(value) {
		errs.Addf(prop, "is required, and must be known at synth")
		return jsii.String("invalid")
	}
	if err := rule(*value); err != nil {
		errs.Add(prop, err)
		return jsii.String("invalid")
	}
	return value
}

func (props *APIKeyProps) checkPlan(plan string) error {
	if props.Proxy.UsagePlan(plan) != nil {
		return nil
	}
	names := props.Proxy.UsagePlanNames()
	if len(names) == 0 {
		return fmt.Errorf("usage plan %q does not exist: the proxy asks for no API key, use APIKey and UsagePlans of its Authorization", plan)
	}
	return awslimits.OneOf("usage plan", plan, names...)
}
