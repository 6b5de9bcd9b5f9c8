package clientsecret

import (
	"slices"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsiam"
	"github.com/aws/aws-cdk-go/awscdk/v2/awskms"
	"github.com/aws/jsii-runtime-go"

	"github.com/cognito-m2m/cognito-m2m-cdk/constructs/internal/policy"
)

// addKey creates the one key of all tenants' secrets. Its policy says which accounts may decrypt, through Secrets Manager and only what has
// the prefix; who in them may read which secret, each secret's own policy says. So it does not grow with the tenants: 32 KB would hold
// about 125 readers.
func (r *SecretRotation) addKey(s *settings) {
	key := awskms.NewKey(r.Construct, jsii.String("Key"), &awskms.KeyProps{
		Description:       jsii.String("Encrypts the client secrets of tenants under " + *s.SecretPrefix),
		EnableKeyRotation: jsii.Bool(true),
		RemovalPolicy:     s.RemovalPolicy,
	})
	r.key = key
	allow := func(sid, action string, operators map[string]any) {
		key.AddToResourcePolicy(awsiam.NewPolicyStatement(&awsiam.PolicyStatementProps{
			Sid:        jsii.String(sid),
			Principals: &[]awsiam.IPrincipal{awsiam.NewAnyPrincipal()},
			Actions:    jsii.Strings(action),
			Resources:  jsii.Strings("*"), // In a key policy: this key.
			Conditions: &operators,
		}), nil)
	}
	for _, readers := range []struct {
		name, condition string
		values          []*string
	}{
		{"Accounts", "kms:CallerAccount", r.readerAccounts(s)},
		{"Organization", "aws:PrincipalOrgID", organization(s)},
	} {
		if len(readers.values) == 0 {
			continue
		}
		through := map[string]any{"kms:ViaService": policy.SecretsManager(r.Construct), readers.condition: readers.values}
		allow("DecryptFrom"+readers.name, "kms:Decrypt", map[string]any{"StringEquals": through,
			"StringLike": map[string]any{"kms:EncryptionContext:SecretARN": r.secrets}})
		// AWS documents it for readers in other accounts. It has no encryption context.
		// https://docs.aws.amazon.com/secretsmanager/latest/userguide/auth-and-access_examples_cross.html
		allow("DescribeFrom"+readers.name, "kms:DescribeKey", map[string]any{"StringEquals": through})
	}
}

func (r *SecretRotation) readerAccounts(s *settings) []*string {
	own := awscdk.Stack_Of(r.Construct).Account()
	others := slices.DeleteFunc(slices.Clone(s.ReaderAccounts), func(account *string) bool { return *account == *own })
	return append([]*string{own}, others...)
}

func organization(s *settings) []*string {
	if s.OrganizationID == nil {
		return nil
	}
	return []*string{s.OrganizationID}
}
