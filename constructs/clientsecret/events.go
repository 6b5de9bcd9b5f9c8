package clientsecret

import (
	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsevents"
	"github.com/aws/aws-cdk-go/awscdk/v2/awslambda"
	"github.com/aws/jsii-runtime-go"

	"github.com/cognito-m2m/cognito-m2m-cdk/constructs/internal/eventrule"
)

// maxEventAge is how long an event waits for an invocation in minutes: a sweep that comes later than the next one is of no use.
const maxEventAge = 15

// addEvents makes the function sweep. A sweep that fails is not tried again: the next one goes on where it stopped. Secrets Manager tries a
// failed rotation again by itself.
func (r *SecretRotation) addEvents(s *settings) {
	age := awscdk.Duration_Minutes(jsii.Number(maxEventAge))
	r.function.ConfigureAsyncInvoke(&awslambda.EventInvokeConfigOptions{MaxEventAge: age, RetryAttempts: jsii.Number(0)})
	sweep := eventrule.Function(r.function, age, awsevents.RuleTargetInput_FromObject(map[string]string{"action": "sweep"}))
	eventrule.New(r.Construct, "Periodically", "Sweeps over the tenants' secrets", sweep, awsevents.RuleProps{
		Schedule: awsevents.Schedule_Rate(awscdk.Duration_Minutes(jsii.Number(s.sweepInterval.Minutes()))),
	})
	if s.TenantStackPrefix == nil {
		return
	}
	stacks := awscdk.Stack_Of(r.Construct).FormatArn(&awscdk.ArnComponents{
		Service: jsii.String("cloudformation"), Resource: jsii.String("stack"), ResourceName: s.TenantStackPrefix,
	})
	eventrule.New(r.Construct, "TenantsDeployed", "Sweeps over the tenants' secrets when a stack of tenants has been deployed", sweep,
		awsevents.RuleProps{
			EventPattern: &awsevents.EventPattern{
				Source:     jsii.Strings("aws.cloudformation"),
				DetailType: jsii.Strings("CloudFormation Stack Status Change"),
				Detail: &map[string]any{
					"stack-id":       []any{map[string]any{"prefix": stacks}},
					"status-details": map[string]any{"status": []string{"CREATE_COMPLETE", "UPDATE_COMPLETE", "UPDATE_ROLLBACK_COMPLETE"}},
				},
			},
		})
}

// addFailureEvents reports what Secrets Manager says of a failed rotation.
func (r *SecretRotation) addFailureEvents() {
	prefix := (*r.secrets)[:len(*r.secrets)-len("*")]
	eventrule.NewRotationFailed(r.Construct, r.topic, "Reports a failed rotation of a tenant's client secret",
		"A rotation of a tenant's client secret failed. Its credentials work on, and it is tried again. See Failing tenants in docs/runbook.md.",
		map[string]any{"prefix": prefix})
}
