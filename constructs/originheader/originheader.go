// Package originheader creates the secret header by which a user pool's web ACL knows the gateway.
//
// The header's value exists in three places: the secret, the set of accepted values that the web ACL refers to, and the gateway's stage,
// which injects it. CloudFormation fills the second and the third once, by dynamic reference, so that no template ever holds the value.
// From then on the rotation function is the only writer of the set: this package gives the set constant properties, no tags and stable
// logical IDs, so that no later deployment touches it.
package originheader

import (
	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awskms"
	"github.com/aws/aws-cdk-go/awscdk/v2/awssecretsmanager"
	"github.com/aws/aws-cdk-go/awscdk/v2/awswafv2"
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"

	"github.com/cognito-m2m/cognito-m2m-cdk/constructs/internal/report"
	"github.com/cognito-m2m/cognito-m2m-cdk/internal/awslimits"
	"github.com/cognito-m2m/cognito-m2m-cdk/internal/templates"
)

// valueLength is the number of alphanumeric characters of a value: 381 bits. A stage variable may have 512 characters, a pattern 200, and
// both take letters and digits unescaped.
const valueLength = 64

// OriginHeader is the header, its secret value and the set of values that the web ACL accepts.
type OriginHeader struct {
	constructs.Construct
	headerName string
	key        awskms.IKey
	secret     awssecretsmanager.Secret
	accepted   awswafv2.CfnRegexPatternSet
}

// NewOriginHeader creates, in this order, the encryption key unless one is given, the secret with a generated value of 64 alphanumeric
// characters, and the set of accepted values with that one value.
//
// Mistakes in props become error annotations on the construct, all of them in one synth.
func NewOriginHeader(scope constructs.Construct, id *string, props *OriginHeaderProps) *OriginHeader {
	h := &OriginHeader{Construct: constructs.NewConstruct(scope, id), headerName: DefaultHeaderName}
	if props == nil {
		props = &OriginHeaderProps{}
	}
	var errs report.Errors
	if props.HeaderName != nil {
		h.headerName = *props.HeaderName
		errs.Text("HeaderName", props.HeaderName, awslimits.HeaderName)
	}
	errs.Attach(h.Construct)

	removal := props.RemovalPolicy
	if removal == "" {
		removal = awscdk.RemovalPolicy_DESTROY
	}
	h.addSecret(props.EncryptionKey, removal)
	h.addAcceptedValues()
	if props.ConstantStackTags == nil || !*props.ConstantStackTags {
		h.refuseStackTags()
	} else {
		h.Node().AddMetadata(jsii.String(templates.ConstantStackTags), true, nil)
	}
	return h
}

func (h *OriginHeader) addSecret(key awskms.IKey, removal awscdk.RemovalPolicy) {
	h.key = key
	if h.key == nil {
		h.key = awskms.NewKey(h.Construct, jsii.String("Key"), &awskms.KeyProps{
			Description:       jsii.String("Encrypts the value of the header by which a user pool's web ACL knows its gateway"),
			EnableKeyRotation: jsii.Bool(true),
			RemovalPolicy:     removal,
		})
	}
	h.secret = awssecretsmanager.NewSecret(h.Construct, jsii.String("Secret"), &awssecretsmanager.SecretProps{
		Description:   jsii.String("Value of the header by which a user pool's web ACL knows its gateway; written by its rotation only"),
		EncryptionKey: h.key,
		RemovalPolicy: removal,
		GenerateSecretString: &awssecretsmanager.SecretStringGenerator{
			PasswordLength:     jsii.Number(valueLength),
			ExcludePunctuation: jsii.Bool(true),
			IncludeSpace:       jsii.Bool(false),
		},
	})
}

// addAcceptedValues creates the set, whose properties are frozen: an update of it by CloudFormation would put one value in the place of all
// that the rotation has accepted. So nothing in props reaches it, and it takes no tags.
//
// The name is given, not generated: it derives from the construct's path like the logical ID, and it makes an accidental replacement fail
// instead of losing the accepted values.
func (h *OriginHeader) addAcceptedValues() {
	h.accepted = awswafv2.NewCfnRegexPatternSet(h.Construct, jsii.String("AcceptedValues"), &awswafv2.CfnRegexPatternSetProps{
		Scope: jsii.String("REGIONAL"),
		Name: awscdk.Names_UniqueResourceName(h.Construct, &awscdk.UniqueResourceNameOptions{MaxLength: jsii.Number(128),
			Separator: jsii.String("-")}),
		Description:           jsii.String("Accepted values of the origin header. Written by its rotation only."),
		RegularExpressionList: jsii.Strings("^" + *h.Value() + "$"),
	})
	h.accepted.AddPropertyDeletionOverride(jsii.String("Tags"))
}

// HeaderName is the header's name.
func (h *OriginHeader) HeaderName() *string { return jsii.String(h.headerName) }

// Secret holds the current value as its whole SecretString.
func (h *OriginHeader) Secret() awssecretsmanager.ISecret { return h.secret }

// EncryptionKey encrypts the secret.
func (h *OriginHeader) EncryptionKey() awskms.IKey { return h.key }

// AcceptedValues is the regex pattern set of the values that the web ACL accepts, each anchored at both ends. CDK has no L2 for it.
func (h *OriginHeader) AcceptedValues() awswafv2.CfnRegexPatternSet { return h.accepted }

// Value is the current value for the gateway's stage: a dynamic reference, which CloudFormation resolves when it creates or updates the
// property that holds it.
func (h *OriginHeader) Value() *string {
	return h.secret.SecretValue().UnsafeUnwrap()
}
