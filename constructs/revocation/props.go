package revocation

import (
	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsapigateway"
	"github.com/aws/aws-cdk-go/awscdk/v2/awscloudwatch"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsiam"
	"github.com/aws/aws-cdk-go/awscdk/v2/awskms"
	"github.com/aws/aws-cdk-go/awscdk/v2/awslogs"
	"github.com/aws/aws-cdk-go/awscdk/v2/awssns"
)

// Pool is a user pool. *m2mpool.M2MPool is one.
type Pool interface {
	UserPoolID() *string
}

// RevocationProps configure a Revocation.
type RevocationProps struct {
	// Pool is the user pool whose changes count. Required.
	Pool Pool
	// Stage has the cache that is flushed. Required.
	Stage awsapigateway.IStage
	// ExcludedRoles are roles of this account whose changes need no flush: the planned rotation's, since what it supersedes goes on working
	// for a grace that is longer than any cache. Default: none.
	ExcludedRoles []awsiam.IRole
	// StaleErrors is in alarm while the cache answers with errors of Cognito's that Cognito no longer gives (tokenproxy.StaleErrorsAlarm): the
	// cache is then flushed as after a change. CloudWatch itself reports it, without a trail. Default: none, such errors stay until the
	// cache's time to live is over.
	StaleErrors awscloudwatch.IAlarm
	// Window is how long changes are collected before one flush follows all of them: whole seconds from 0 to 5 minutes. Each flush makes every
	// tenant fetch a token again. Default: 5 minutes.
	Window awscdk.Duration
	// AlarmTopic gets the alarms. Its policy and its key's must let CloudWatch publish. Default: an encrypted topic of its own, without
	// subscriptions.
	AlarmTopic awssns.ITopic
	// LogRetention is how long the function's log is kept. Default: 3 months.
	LogRetention awslogs.RetentionDays
	// LogEncryptionKey encrypts the function's log. The policy of a key from outside the app must let CloudWatch Logs use it. Default: a
	// customer managed key of its own.
	LogEncryptionKey awskms.IKey
	// RemovalPolicy says what happens to the log and the keys when their stack is deleted. Default:
	// RETAIN_ON_UPDATE_OR_DELETE, so that a creation that failed leaves nothing behind to stand in the way of the next one.
	RemovalPolicy awscdk.RemovalPolicy
}
