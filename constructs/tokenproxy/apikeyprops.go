package tokenproxy

import (
	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awskms"
)

// APIKeyProps configure an APIKey.
type APIKeyProps struct {
	// Proxy asks for the key. Its Authorization is APIKey. Required.
	Proxy *TokenProxy
	// Plan is the name of one of the proxy's usage plans. Required.
	Plan *string
	// TenantID is whose key it is. Required.
	TenantID *string
	// SecretName is the name of the secret that holds the key, for example m2m/prod/api-keys/billing. Required.
	SecretName *string
	// EncryptionKey encrypts the secret. Its policy must let the readers decrypt through Secrets Manager, above all those of other accounts.
	// Required.
	EncryptionKey awskms.IKey
	// Readers may read the secret: ARNs of IAM roles and users, and ids of accounts. Those of an account, and all of other accounts, need a
	// policy of their own as well. Default: only principals of this account whose own policies allow it.
	Readers []*string
	// RemovalPolicy says what happens to the secret when the stack is deleted or the key replaced. Default: DESTROY, since a deleted key opens
	// nothing.
	RemovalPolicy awscdk.RemovalPolicy
}
