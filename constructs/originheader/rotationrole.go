package originheader

import (
	"github.com/aws/aws-cdk-go/awscdk/v2/awsiam"

	"github.com/cognito-m2m/cognito-m2m-cdk/constructs/internal/policy"
	rotation "github.com/cognito-m2m/cognito-m2m-cdk/internal/rotation/header"
)

// statements allow exactly the calls that the function makes, as its package lists them, on exactly these resources. wafv2:UpdateWebACL is
// not among them: the function can change which values are accepted, but not what the rule does with them.
func (r *HeaderRotation) statements(s *rotationSettings) []awsiam.PolicyStatement {
	secret := s.OriginHeader.Secret().SecretArn()
	set := s.OriginHeader.AcceptedValues().AttrArn()
	key := s.OriginHeader.EncryptionKey().KeyArn()
	viaSecretsManager := map[string]any{"StringEquals": map[string]any{"kms:ViaService": policy.SecretsManager(r.Construct),
		"kms:EncryptionContext:SecretARN": secret}}
	return []awsiam.PolicyStatement{
		policy.Statement("Secret", nil, secret, "secretsmanager:DescribeSecret", "secretsmanager:GetSecretValue", "secretsmanager:PutSecretValue",
			"secretsmanager:UpdateSecretVersionStage"),
		policy.Statement("FlushTag", policy.TagKey(rotation.FlushTagKey), secret, "secretsmanager:TagResource"),
		policy.Statement("SecretKey", viaSecretsManager, key, "kms:Decrypt", "kms:GenerateDataKey"),
		policy.Statement("AcceptedValues", nil, set, "wafv2:GetRegexPatternSet", "wafv2:UpdateRegexPatternSet"),
		policy.Statement("InjectedValue", nil, policy.StageARN(s.Stage), "apigateway:GET", "apigateway:PATCH"),
		policy.Statement("FlushCache", nil, policy.StageCacheARN(s.Stage), "apigateway:DELETE"),
	}
}
