package tokendomain

import (
	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsapigateway"
	"github.com/aws/aws-cdk-go/awscdk/v2/awskms"
	"github.com/aws/aws-cdk-go/awscdk/v2/awslogs"
	"github.com/aws/aws-cdk-go/awscdk/v2/awss3"
)

// Proxy is the API that a TokenDomain leads to. *tokenproxy.TokenProxy is one.
type Proxy interface {
	RestAPI() awsapigateway.IRestApi
	Stage() awsapigateway.IStage
	// IsPrivate says whether the API is reached through VPC endpoints only.
	IsPrivate() bool
	// DefaultEndpointDisabled says whether the API is reached through domain names only.
	DefaultEndpointDisabled() bool
	// SecurityPolicy is the API's TLS policy; nil for API Gateway's own.
	SecurityPolicy() *string
	// LogEncryptionKey encrypts the API's logs.
	LogEncryptionKey() awskms.IKey
}

// TokenDomainProps configure a TokenDomain.
type TokenDomainProps struct {
	// Proxy is the token proxy that the domain name leads to, a Regional one. With MutualTLS its default endpoint must be disabled, as a
	// client without a certificate would get in there. Required.
	Proxy Proxy
	// DomainName is the name, for example token.example.com. Required.
	DomainName *string
	// CertificateArn is the ACM certificate of the name, in the Region of the stack. Required.
	CertificateArn *string
	// OwnershipCertificateArn is a public certificate of ACM that proves that the name is yours, in the Region of the stack. API Gateway wants
	// it with MutualTLS when CertificateArn is an imported certificate or one of a private authority. Default: none.
	OwnershipCertificateArn *string
	// SecurityPolicy is the lowest TLS version and the ciphers: TLS_1_2, which takes TLS 1.3 as well, or one of
	// https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-security-policies-list.html for Regional endpoints that begins
	// with SecurityPolicy_TLS13_, which MutualTLS does not go with. AWS says there that the policy of the API, not the domain name's,
	// negotiates the handshake of a domain name that leads to it, so the two should be the same: a difference is warned of. Default: TLS_1_2.
	SecurityPolicy *string
	// EndpointAccessMode goes with the policies that begin with SecurityPolicy_: STRICT refuses a request whose TLS server name is not its
	// host, BASIC does not. A domain name in use is moved to such a policy with BASIC first. Default: STRICT with such a policy, and none
	// without.
	EndpointAccessMode *string
	// MutualTLS makes clients prove who they are by certificates. Default: none, anybody may connect.
	MutualTLS *MutualTLS
	// HostedZoneID and HostedZoneName are the Route 53 hosted zone in which an alias is made, both or none. Default: none; the DNS record of
	// you create the record yourself (RegionalDomainName).
	HostedZoneID, HostedZoneName *string
	// LogRetention is how long the log of the truststore's function is kept. Default: 3 months.
	LogRetention awslogs.RetentionDays
	// LogEncryptionKey encrypts that log. The policy of a key from outside the app must let CloudWatch Logs use it. Default: that of the
	// proxy's logs.
	LogEncryptionKey awskms.IKey
	// RemovalPolicy says what happens to the truststore's own bucket and to the log when their stack is deleted. With DESTROY all versions of
	// the truststore are deleted before the bucket; with any other the bucket stays, even when its creation failed. Default:
	// RETAIN_ON_UPDATE_OR_DELETE, so that a creation that failed leaves no log behind to stand in the way of the next one.
	RemovalPolicy awscdk.RemovalPolicy
}

// MutualTLS makes API Gateway refuse clients without a certificate of an authority in the truststore.
type MutualTLS struct {
	// TruststorePath is a file of PEM certificates: the authorities whose clients may connect, with all authorities above them up to the root.
	// It is checked at synth: every certificate must be of an authority, be valid, and have its issuers in the file. Required.
	TruststorePath *string
	// Bucket gets the file. It must have versioning on and be encrypted by keys that S3 manages: API Gateway reads the file as the deploying
	// role, which needs s3:GetObject and s3:GetObjectVersion, and no permission on a KMS key is documented for it. Default: a bucket of its
	// own.
	Bucket awss3.IBucket
}
