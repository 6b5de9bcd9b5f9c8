package tokenproxy

import (
	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsapigateway"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsiam"
	"github.com/aws/aws-cdk-go/awscdk/v2/awssecretsmanager"
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"

	"github.com/cognito-m2m/cognito-m2m-cdk/constructs/internal/nag"
	"github.com/cognito-m2m/cognito-m2m-cdk/constructs/internal/report"
	"github.com/cognito-m2m/cognito-m2m-cdk/internal/awslimits"
)

// keyLength is the number of alphanumeric characters of a key: 238 bits. API Gateway takes 20 to 128.
const keyLength = 40

// APIKey is a tenant's API key, its place in a usage plan, and the secret that holds it.
//
// It meters the tenant's requests and lets them be throttled, and is no credential by which a client authenticates: that remains its client
// secret.
type APIKey struct {
	constructs.Construct
	secret awssecretsmanager.CfnSecret
	key    awsapigateway.CfnApiKey
	shared awssecretsmanager.ISecret
}

// NewAPIKey creates, in this order, the secret with a generated value of 40 alphanumeric characters, the policy that lets the readers read
// it, the API key with that value by dynamic reference, of which a template may have 60, and its place in the usage plan.
//
// API Gateway cannot change a key's value, so this one never changes. To replace a key, create another APIKey beside it, with another ID
// and SecretName, let the tenant change over, and remove the first: both work meanwhile. Nothing of the secret's generation may be changed
// in place: it would make a new value in the secret, and leave the key as it was.
//
// Mistakes in props become error annotations on the construct, all of them in one synth; a missing Proxy or EncryptionKey is a programmer's
// error and panics.
func NewAPIKey(scope constructs.Construct, id *string, props *APIKeyProps) *APIKey {
	if props == nil || props.Proxy == nil || props.EncryptionKey == nil {
		panic("tokenproxy: APIKeyProps.Proxy and EncryptionKey are required")
	}
	k := &APIKey{Construct: constructs.NewConstruct(scope, id)}
	var errs report.Errors
	s := props.check(&errs)
	errs.Attach(k.Construct)

	k.addSecret(&s)
	if len(s.Readers) > 0 {
		k.letRead(s.Readers)
	}
	// Not by its name, which would stand in the way of its replacement.
	k.key = awsapigateway.NewCfnApiKey(k.Construct, jsii.String("Key"), &awsapigateway.CfnApiKeyProps{
		Description: jsii.String("API key of tenant " + *s.TenantID),
		Enabled:     jsii.Bool(true),
		// Without it a key's id may be its value, and ids are shown everywhere.
		GenerateDistinctId: jsii.Bool(true),
		Value:              awscdk.SecretValue_SecretsManager(k.secret.Ref(), nil).UnsafeUnwrap(),
	})
	if plan := s.Proxy.UsagePlan(*s.Plan); plan != nil {
		awsapigateway.NewCfnUsagePlanKey(k.Construct, jsii.String("UsagePlanKey"), &awsapigateway.CfnUsagePlanKeyProps{
			KeyId: k.key.Ref(), KeyType: jsii.String("API_KEY"), UsagePlanId: plan.UsagePlanId(),
		})
	}
	return k
}

// addSecret uses the L1: the L2 adds statements to the key's policy for each secret, of which an app with thousands of tenants has as many.
func (k *APIKey) addSecret(props *APIKeyProps) {
	k.secret = awssecretsmanager.NewCfnSecret(k.Construct, jsii.String("Secret"), &awssecretsmanager.CfnSecretProps{
		Name:        props.SecretName,
		Description: jsii.String("API key of tenant " + *props.TenantID + " for the token gateway"),
		KmsKeyId:    props.EncryptionKey.KeyArn(),
		GenerateSecretString: &awssecretsmanager.CfnSecret_GenerateSecretStringProperty{
			PasswordLength:     jsii.Number(keyLength),
			ExcludePunctuation: jsii.Bool(true),
			IncludeSpace:       jsii.Bool(false),
		},
	})
	k.secret.ApplyRemovalPolicy(props.RemovalPolicy, nil)
	nag.Suppress(k.secret, nag.Suppression{
		Rule: "AwsSolutions-SMG4", Reason: "API Gateway cannot change an API key's value, so a key is replaced by a second one beside it. It " +
			"meters requests; the credentials that authenticate a client rotate.",
	})
}

func (k *APIKey) letRead(readers []*string) {
	var principals []awsiam.IPrincipal
	for _, reader := range readers {
		if !report.IsToken(reader) && awslimits.AccountID(*reader) == nil {
			principals = append(principals, awsiam.NewAccountPrincipal(reader))
		} else {
			principals = append(principals, awsiam.NewArnPrincipal(reader))
		}
	}
	awssecretsmanager.NewCfnResourcePolicy(k.Construct, jsii.String("Readers"), &awssecretsmanager.CfnResourcePolicyProps{
		SecretId:          k.secret.Ref(),
		BlockPublicPolicy: jsii.Bool(true),
		ResourcePolicy: awsiam.NewPolicyDocument(&awsiam.PolicyDocumentProps{Statements: &[]awsiam.PolicyStatement{
			awsiam.NewPolicyStatement(&awsiam.PolicyStatementProps{
				Sid:        jsii.String("Readers"),
				Principals: &principals,
				Actions:    jsii.Strings("secretsmanager:DescribeSecret", "secretsmanager:GetSecretValue"),
				Resources:  jsii.Strings("*"), // In a secret's policy: this secret.
			}),
		}}),
	})
}

// Secret holds the key as its whole SecretString.
func (k *APIKey) Secret() awssecretsmanager.ISecret {
	if k.shared == nil {
		k.shared = awssecretsmanager.Secret_FromSecretCompleteArn(k.Construct, jsii.String("SecretReference"), k.secret.Ref())
	}
	return k.shared
}

// KeyID is the id of the API key, by which usage reports name it. It is no secret.
func (k *APIKey) KeyID() *string { return k.key.Ref() }
