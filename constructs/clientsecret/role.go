package clientsecret

import (
	"github.com/aws/aws-cdk-go/awscdk/v2/awsiam"
	"github.com/aws/jsii-runtime-go"

	"github.com/cognito-m2m/cognito-m2m-cdk/constructs/internal/nag"
	"github.com/cognito-m2m/cognito-m2m-cdk/constructs/internal/policy"
	rotation "github.com/cognito-m2m/cognito-m2m-cdk/internal/rotation/clientsecret"
)

// statements allow exactly the calls that the function makes, as its package lists them. The secrets are named by their prefix: a role's
// policy could not hold the ARNs of thousands.
func (r *SecretRotation) statements(s *settings) []awsiam.PolicyStatement {
	header := s.OriginHeader.Secret().SecretArn()
	service := policy.SecretsManager(r.Construct)
	return []awsiam.PolicyStatement{
		policy.Statement("Secrets", nil, r.secrets, "secretsmanager:DescribeSecret", "secretsmanager:GetSecretValue",
			"secretsmanager:PutSecretValue",
			"secretsmanager:UpdateSecretVersionStage", "secretsmanager:RotateSecret"),
		policy.Statement("SettledTag", policy.TagKey(rotation.TagSettled), r.secrets, "secretsmanager:TagResource"),
		// AWS offers no narrower resource. The answer has names and tags, and no value.
		policy.Statement("List", nil, jsii.String("*"), "secretsmanager:ListSecrets"),
		policy.Statement("SecretsKey", map[string]any{"StringEquals": map[string]any{"kms:ViaService": service},
			"StringLike": map[string]any{"kms:EncryptionContext:SecretARN": r.secrets}},
			r.key.KeyArn(), "kms:Decrypt", "kms:GenerateDataKey"),
		policy.Statement("OriginHeader", nil, header, "secretsmanager:GetSecretValue"),
		policy.Statement("OriginHeaderKey", map[string]any{"StringEquals": map[string]any{"kms:ViaService": service,
			"kms:EncryptionContext:SecretARN": header}},
			s.OriginHeader.EncryptionKey().KeyArn(), "kms:Decrypt"),
		policy.Statement("Clients", nil, s.Pool.UserPool().UserPoolArn(), "cognito-idp:DescribeUserPoolClient",
			"cognito-idp:ListUserPoolClientSecrets",
			"cognito-idp:AddUserPoolClientSecret", "cognito-idp:DeleteUserPoolClientSecret"),
		policy.Statement("FlushCache", nil, policy.StageCacheARN(s.Proxy.Stage()), "apigateway:DELETE"),
	}
}

// allowStartingRotations lets the sweep start a rotation: Secrets Manager demands of the caller of RotateSecret that it may invoke the
// function (https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_RotateSecret.html). It is a policy of its own, since the
// function needs its role first.
func (r *SecretRotation) allowStartingRotations() {
	awsiam.NewPolicy(r.Construct, jsii.String("StartRotations"), &awsiam.PolicyProps{
		Roles:    &[]awsiam.IRole{r.role},
		Document: policy.Document(policy.Statement("Function", nil, r.function.FunctionArn(), "lambda:InvokeFunction")),
	})
	nag.Suppress(r.role, nag.Suppression{
		Rule: "AwsSolutions-IAM5",
		Reason: "One role serves the secrets of all tenants, thousands, so they are named by the prefix that is theirs alone. " +
			"secretsmanager:ListSecrets has no narrower resource than all.",
	})
}
