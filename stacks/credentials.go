package stacks

import (
	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsiam"
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"

	"github.com/cognito-m2m/cognito-m2m-cdk/constructs/clientsecret"
	"github.com/cognito-m2m/cognito-m2m-cdk/constructs/m2mpool"
	"github.com/cognito-m2m/cognito-m2m-cdk/constructs/revocation"
	"github.com/cognito-m2m/cognito-m2m-cdk/constructs/tokenservice"
)

// CredentialsStackProps configure a CredentialsStack.
type CredentialsStackProps struct {
	awscdk.StackProps
	// Pool is where the tenants' clients are registered. Required.
	Pool *m2mpool.M2MPool
	// TokenService is what the tenants ask for tokens. Required.
	TokenService *tokenservice.TokenService
	// Rotation configures the rotation of the client secrets. Its SecretPrefix is required. The stack sets its Pool, Proxy and OriginHeader.
	// Its alarm topic, retention, keys and removal policy are those of the flushes, too. Default of its alarm topic: that of TokenService.
	Rotation clientsecret.SecretRotationProps
	// RevocationWindow is how long changes at Cognito are collected before the cache is flushed for all of them. Default: 5 minutes.
	RevocationWindow awscdk.Duration
}

// CredentialsStack holds what the secrets of all tenants share, the rotation of their client secrets, and the flush of the gateway's cache
// after changes at Cognito.
type CredentialsStack struct {
	awscdk.Stack
	rotation   *clientsecret.SecretRotation
	revocation *revocation.Revocation
}

// NewCredentialsStack creates the rotation and the revocation, and the output SecretsKeyArn, for docs/runbook.md CredentialsFunction,
// CredentialsLog, SecretPrefix, RevocationQueueUrl and RevocationDeadLettersUrl.
func NewCredentialsStack(scope constructs.Construct, id *string, props *CredentialsStackProps) *CredentialsStack {
	s := &CredentialsStack{Stack: awscdk.NewStack(scope, id, &props.StackProps)}
	rotation, service := props.Rotation, props.TokenService
	rotation.Pool, rotation.Proxy, rotation.OriginHeader = props.Pool, service, service.OriginHeader()
	if rotation.AlarmTopic == nil {
		rotation.AlarmTopic = service.Rotation().AlarmTopic()
	}
	s.rotation = clientsecret.NewSecretRotation(s.Stack, jsii.String("Rotation"), &rotation)
	s.revocation = revocation.NewRevocation(s.Stack, jsii.String("Revocation"), &revocation.RevocationProps{
		Pool:             props.Pool,
		Stage:            service.Stage(),
		ExcludedRoles:    []awsiam.IRole{s.rotation.Role()},
		StaleErrors:      service.Proxy().StaleErrorsAlarm(),
		Window:           props.RevocationWindow,
		AlarmTopic:       s.rotation.AlarmTopic(),
		LogRetention:     rotation.LogRetention,
		LogEncryptionKey: s.rotation.LogEncryptionKey(),
		RemovalPolicy:    rotation.RemovalPolicy,
	})
	output(s.Stack, "CredentialsFunction", "Name of the function that rotates the client secrets", s.rotation.Function().FunctionName())
	output(s.Stack, "CredentialsLog", "Its log group", s.rotation.Log().LogGroupName())
	output(s.Stack, "SecretPrefix", "What the name of a tenant's secret begins with; the tenant's id follows", s.rotation.SecretPrefix())
	output(s.Stack, "SecretsKeyArn", "Key of the tenants' secrets, which readers in other accounts must be allowed to use",
		s.rotation.EncryptionKey().KeyArn())
	output(s.Stack, "RevocationQueueUrl", "Queue of changes at Cognito that a flush of the cache has yet to follow",
		s.revocation.Queue().QueueUrl())
	output(s.Stack, "RevocationDeadLettersUrl", "Queue of changes at Cognito that no flush followed", s.revocation.DeadLetters().QueueUrl())
	return s
}

// Rotation rotates the client secrets.
func (s *CredentialsStack) Rotation() *clientsecret.SecretRotation { return s.rotation }

// Revocation flushes the gateway's cache after changes at Cognito.
func (s *CredentialsStack) Revocation() *revocation.Revocation { return s.revocation }
