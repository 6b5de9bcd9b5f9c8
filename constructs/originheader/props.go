package originheader

import (
	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awskms"
)

// DefaultHeaderName is the header of the AWS Security Blog's architecture.
const DefaultHeaderName = "x-wafAuthAllowRule"

// StageVariable is the stage variable that holds the value of the origin header. The gateway's integration refers to it by name, so that a
// rotation needs no new deployment, and a rollback to an older deployment brings no old value back.
const StageVariable = "originHeaderValue"

// OriginHeaderProps configure an OriginHeader.
type OriginHeaderProps struct {
	// HeaderName is x- and 1 to 62 letters, digits and '-', not x-amz… and not x-forwarded…. Default: x-wafAuthAllowRule.
	HeaderName *string
	// EncryptionKey encrypts the secret. Default: a customer managed key of its own, with yearly rotation.
	EncryptionKey awskms.IKey
	// ConstantStackTags acknowledges that the stack's tags are mandatory and never change. Without it, stack tags are an error: CloudFormation
	// copies them to the set of accepted values, and rewrites the set with one value when a tag changes. Default: false.
	ConstantStackTags *bool
	// RemovalPolicy says what happens to the secret and its own key when their stack is deleted. Default: DESTROY, since the value opens
	// nothing once the web ACL is gone.
	RemovalPolicy awscdk.RemovalPolicy
}
