// Package policy writes IAM policies, one line a statement, so that a role can be read as a list of what it may do.
package policy

import (
	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsapigateway"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsiam"
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"
)

// Document is a policy of these statements, in this order.
func Document(statements ...awsiam.PolicyStatement) awsiam.PolicyDocument {
	return awsiam.NewPolicyDocument(&awsiam.PolicyDocumentProps{Statements: &statements})
}

// Statement allows the actions on the resource, under the conditions unless they are nil.
func Statement(sid string, conditions map[string]any, resource *string, actions ...string) awsiam.PolicyStatement {
	props := &awsiam.PolicyStatementProps{Sid: jsii.String(sid), Actions: jsii.Strings(actions...), Resources: &[]*string{resource}}
	if conditions != nil {
		props.Conditions = &conditions
	}
	return awsiam.NewPolicyStatement(props)
}

// TagKey is the condition of a call that writes this one tag and no other.
func TagKey(key string) map[string]any {
	return map[string]any{
		"ForAllValues:StringEquals": map[string]any{"aws:TagKeys": []string{key}},
		"Null":                      map[string]any{"aws:TagKeys": "false"},
	}
}

// SecretsManager is the service as kms:ViaService names it.
func SecretsManager(scope constructs.Construct) *string {
	return jsii.String("secretsmanager." + *awscdk.Stack_Of(scope).Region() + ".amazonaws.com")
}

// StageARN is a stage as API Gateway's control plane names it: without an account.
func StageARN(stage awsapigateway.IStage) *string {
	return awscdk.Stack_Of(stage).FormatArn(&awscdk.ArnComponents{
		Service: jsii.String("apigateway"), Account: jsii.String(""),
		Resource:  jsii.String("/restapis/" + *stage.RestApi().RestApiId() + "/stages/" + *stage.StageName()),
		ArnFormat: awscdk.ArnFormat_NO_RESOURCE_NAME,
	})
}

// StageCacheARN is what a flush of the stage's cache deletes
// (https://docs.aws.amazon.com/apigateway/latest/api/API_FlushStageCache.html).
func StageCacheARN(stage awsapigateway.IStage) *string {
	return jsii.String(*StageARN(stage) + "/cache/data")
}
