package stacks

import (
	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsiam"
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"

	"github.com/cognito-m2m/cognito-m2m-cdk/constructs/clientsecret"
	"github.com/cognito-m2m/cognito-m2m-cdk/constructs/m2mpool"
	"github.com/cognito-m2m/cognito-m2m-cdk/constructs/originheader"
	"github.com/cognito-m2m/cognito-m2m-cdk/constructs/revocation"
	"github.com/cognito-m2m/cognito-m2m-cdk/constructs/tokenproxy"
)

// CredentialsStackProps configure a CredentialsStack.
type CredentialsStackProps struct {
	awscdk.StackProps
	// Pool is where the tenants' clients are registered. Required.
	Pool *m2mpool.M2MPool
	// Proxy is the token proxy that the tenants ask. Required.
	Proxy *tokenproxy.TokenProxy
	// OriginHeader is the header by which the pool's web ACL knows the gateway. Required.
	OriginHeader *originheader.OriginHeader
	// Rotation configures the rotation of the client secrets; its Pool, Proxy and OriginHeader are the stack's. Its SecretPrefix is required. Its
	// alarm topic, retention, keys and removal policy are those of the flushes, too.
	Rotation clientsecret.SecretRotationProps
	// RevocationWindow is how long changes at Cognito are collected before the cache is flushed for all of them. Default: 5 minutes.
	RevocationWindow awscdk.Duration
}

// CredentialsStack holds what the secrets of all tenants share, the rotation of their client secrets, and the flush of the gateway's cache after changes
// at Cognito.
type CredentialsStack struct {
	awscdk.Stack
	rotation   *clientsecret.SecretRotation
	revocation *revocation.Revocation
}

// NewCredentialsStack creates the rotation and the revocation, and the output SecretsKeyArn, for docs/runbook.md CredentialsFunction, CredentialsLog,
// SecretPrefix, RevocationQueueUrl and RevocationDeadLettersUrl, and AlarmTopicArn if the topic is the rotation's own.
func NewCredentialsStack(scope constructs.Construct, id *string, props *CredentialsStackProps) *CredentialsStack {
	s := &CredentialsStack{Stack: awscdk.NewStack(scope, id, &props.StackProps)}
	rotation := props.Rotation
	rotation.Pool, rotation.Proxy, rotation.OriginHeader = props.Pool, props.Proxy, props.OriginHeader
	s.rotation = clientsecret.NewSecretRotation(s.Stack, jsii.String("Rotation"), &rotation)
	s.revocation = revocation.NewRevocation(s.Stack, jsii.String("Revocation"), &revocation.RevocationProps{
		Pool:             props.Pool,
		Stage:            props.Proxy.Stage(),
		ExcludedRoles:    []awsiam.IRole{s.rotation.Role()},
		StaleErrors:      props.Proxy.StaleErrorsAlarm(),
		Window:           props.RevocationWindow,
		AlarmTopic:       s.rotation.AlarmTopic(),
		LogRetention:     rotation.LogRetention,
		LogEncryptionKey: s.rotation.LogEncryptionKey(),
		RemovalPolicy:    rotation.RemovalPolicy,
	})
	output(s.Stack, "CredentialsFunction", "Name of the function that rotates the client secrets", s.rotation.Function().FunctionName())
	output(s.Stack, "CredentialsLog", "Its log group", s.rotation.Log().LogGroupName())
	output(s.Stack, "SecretPrefix", "What the name of a tenant's secret begins with; the tenant's id follows", s.rotation.SecretPrefix())
	output(s.Stack, "SecretsKeyArn", "Key of the tenants' secrets, which readers in other accounts must be allowed to use", s.rotation.EncryptionKey().KeyArn())
	output(s.Stack, "RevocationQueueUrl", "Queue of changes at Cognito that a flush of the cache has yet to follow", s.revocation.Queue().QueueUrl())
	output(s.Stack, "RevocationDeadLettersUrl", "Queue of changes at Cognito that no flush followed", s.revocation.DeadLetters().QueueUrl())
	if props.Rotation.AlarmTopic == nil {
		output(s.Stack, "AlarmTopicArn", "Topic of the alarms: subscribe to it", s.rotation.AlarmTopic().TopicArn())
	}
	return s
}

// Rotation rotates the client secrets.
func (s *CredentialsStack) Rotation() *clientsecret.SecretRotation { return s.rotation }

// Revocation flushes the gateway's cache after changes at Cognito.
func (s *CredentialsStack) Revocation() *revocation.Revocation { return s.revocation }
