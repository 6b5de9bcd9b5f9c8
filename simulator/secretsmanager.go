package simulator

import (
	"context"
	"fmt"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager/types"

	"github.com/cognito-m2m/cognito-m2m-cdk/internal/rotation/sensitive"
)

// SecretsManager reads secrets as the AWS SDK's client does, for workloads that find their credentials there. Permissions are not checked.
type SecretsManager struct{ system *System }

// SecretsManager reads the assembly's secrets.
func (s *System) SecretsManager() SecretsManager { return SecretsManager{s} }

// GetSecretValue finds a secret by its name or its ARN, and of it the current version unless the input says otherwise. Of secrets other
// than the tenants' there is the current version alone.
// https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_GetSecretValue.html
func (m SecretsManager) GetSecretValue(
	ctx context.Context, in *secretsmanager.GetSecretValueInput, _ ...func(*secretsmanager.Options),
) (*secretsmanager.GetSecretValueOutput, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	id, version, label := aws.ToString(in.SecretId), aws.ToString(in.VersionId), aws.ToString(in.VersionStage)
	if label == "" {
		label = current
	}
	for arn, value := range m.system.secrets {
		if arn != id && nameIn(arn) != id {
			continue
		}
		version, found, ok := versionOf(value, version, label)
		if !ok {
			return nil, notFound("Secrets Manager can't find the specified secret value for version %q, staging label %q", version, label)
		}
		return &secretsmanager.GetSecretValueOutput{
			ARN: &arn, Name: aws.String(nameIn(arn)), VersionId: &version, VersionStages: []string{label},
			SecretString: aws.String(found.value.Plaintext()), CreatedDate: &found.created,
		}, nil
	}
	return nil, notFound("Secrets Manager can't find the specified secret %q", id)
}

func versionOf(value secretValue, id, label string) (string, tenantVersion, bool) {
	if secret, ok := value.(*tenantSecret); ok {
		return secret.find(id, label)
	}
	return id, tenantVersion{value: sensitive.ValueOf(value.currentValue())}, id == "" && label == current
}

// nameIn is the name in a secret's ARN, which ends with six characters of Secrets Manager's own.
func nameIn(arn string) string {
	parts := strings.SplitN(arn, ":", 7)
	name := parts[len(parts)-1]
	return name[:max(strings.LastIndexByte(name, '-'), 0)]
}

func notFound(format string, args ...any) error {
	return &types.ResourceNotFoundException{Message: aws.String(fmt.Sprintf(format, args...))}
}
