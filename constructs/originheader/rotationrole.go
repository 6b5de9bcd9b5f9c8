package originheader

import (
	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsiam"
	"github.com/aws/jsii-runtime-go"

	rotation "github.com/cognito-m2m/cognito-m2m-cdk/internal/rotation/originheader"
)

// newRole allows exactly the calls that the function makes, as its package lists them, on exactly these resources. wafv2:UpdateWebACL is not among
// them: the function can change which values are accepted, but not what the rule does with them.
func (r *Rotation) newRole(s *rotationSettings) awsiam.Role {
	secret := s.OriginHeader.Secret().SecretArn()
	set := s.OriginHeader.AcceptedValues().AttrArn()
	stage := stageARN(s)
	key := s.OriginHeader.EncryptionKey().KeyArn()
	secretsManager := jsii.String("secretsmanager." + *awscdk.Stack_Of(r.Construct).Region() + ".amazonaws.com")

	role := awsiam.NewRole(r.Construct, jsii.String("Role"), &awsiam.RoleProps{
		Description: jsii.String("Rotation of the origin header"),
		AssumedBy:   awsiam.NewServicePrincipal(jsii.String("lambda.amazonaws.com"), nil),
		InlinePolicies: &map[string]awsiam.PolicyDocument{"rotation": policy(
			statement("Secret", nil, secret, "secretsmanager:DescribeSecret", "secretsmanager:GetSecretValue", "secretsmanager:PutSecretValue", "secretsmanager:UpdateSecretVersionStage"),
			statement("FlushTag", map[string]any{"ForAllValues:StringEquals": map[string]any{"aws:TagKeys": []string{rotation.FlushTagKey}}, "Null": map[string]any{"aws:TagKeys": "false"}}, secret, "secretsmanager:TagResource"),
			statement("SecretKey", map[string]any{"StringEquals": map[string]any{"kms:ViaService": secretsManager, "kms:EncryptionContext:SecretARN": secret}}, key, "kms:Decrypt", "kms:GenerateDataKey"),
			statement("AcceptedValues", nil, set, "wafv2:GetRegexPatternSet", "wafv2:UpdateRegexPatternSet"),
			statement("InjectedValue", nil, stage, "apigateway:GET", "apigateway:PATCH"),
			statement("FlushCache", nil, jsii.String(*stage+"/cache/data"), "apigateway:DELETE"),
			// All streams of this one group, as its ARN ends with :*; Lambda names them itself.
			statement("Log", nil, r.log.LogGroupArn(), "logs:CreateLogStream", "logs:PutLogEvents"),
		)},
	})
	return role
}

func policy(statements ...awsiam.PolicyStatement) awsiam.PolicyDocument {
	return awsiam.NewPolicyDocument(&awsiam.PolicyDocumentProps{Statements: &statements})
}

func statement(sid string, conditions map[string]any, resource *string, actions ...string) awsiam.PolicyStatement {
	props := &awsiam.PolicyStatementProps{Sid: jsii.String(sid), Actions: jsii.Strings(actions...), Resources: &[]*string{resource}}
	if conditions != nil {
		props.Conditions = &conditions
	}
	return awsiam.NewPolicyStatement(props)
}

// stageARN is the stage as API Gateway's control plane names it: without an account.
func stageARN(s *rotationSettings) *string {
	return awscdk.Stack_Of(s.Stage).FormatArn(&awscdk.ArnComponents{
		Service: jsii.String("apigateway"), Account: jsii.String(""),
		Resource: jsii.String("/restapis/" + *s.Stage.RestApi().RestApiId() + "/stages/" + *s.Stage.StageName()), ArnFormat: awscdk.ArnFormat_NO_RESOURCE_NAME,
	})
}
