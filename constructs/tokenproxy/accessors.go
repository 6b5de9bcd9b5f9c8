package tokenproxy

import (
	"maps"
	"slices"

	"github.com/aws/aws-cdk-go/awscdk/v2/awsapigateway"
	"github.com/aws/aws-cdk-go/awscdk/v2/awscloudwatch"
	"github.com/aws/aws-cdk-go/awscdk/v2/awslambda"
	"github.com/aws/jsii-runtime-go"
)

// Probeable reports whether a token request of an unknown client, from any address, reaches Cognito, as the rotation of the
// origin header sends one after it has removed a value. It is not where something stands before the method that such a request cannot pass:
// any Authorization, since its client is on no allow list, signs nothing and has no API key, a private endpoint or a resource policy.
// originheader.HeaderRotationProps.GatewayTokenURL is left out then: the probe would tell nothing, and the function's log would warn of it
// each time.
//
// It says nothing of what stands before the API: with DisableDefaultEndpoint a probe has to be sent to a custom domain, and one that wants
// a client's certificate cannot be probed.
func (p *TokenProxy) Probeable() bool {
	return p.authorization == nil && !p.endpoint.isPrivate() && !p.endpoint.hasPolicy()
}

// IsPrivate says whether the API is reached through VPC endpoints only.
func (p *TokenProxy) IsPrivate() bool { return p.endpoint.isPrivate() }

// DefaultEndpointDisabled says whether TokenURL is closed.
func (p *TokenProxy) DefaultEndpointDisabled() bool { return p.endpoint.defaultDisabled() }

// SecurityPolicy is the TLS policy of the API; nil for API Gateway's own.
func (p *TokenProxy) SecurityPolicy() *string {
	if p.endpoint == nil {
		return nil
	}
	return p.endpoint.SecurityPolicy
}

// TokenPaths are the paths at which AWS WAF may see token requests: that of the default endpoint, and that of a domain name whose whole
// path leads to the stage. AWS does not document which of them it sees behind a domain name.
func (p *TokenProxy) TokenPaths() []*string {
	return []*string{jsii.String("/" + *p.stageName + TokenPath), jsii.String(TokenPath)}
}

// CredentialsHeader is the header in which clients send their credentials: Authorization, or that of IAMAuthorization. Logs must not show
// it.
func (p *TokenProxy) CredentialsHeader() *string {
	return jsii.String(p.authorization.credentialsHeader())
}

// AuthorizerFunction is the Lambda authorizer's function; nil without one.
func (p *TokenProxy) AuthorizerFunction() awslambda.IFunction { return p.authorizerFunction }

// LogsClients says whether the access log names the client, as principalId: with a Lambda authorizer only.
func (p *TokenProxy) LogsClients() bool { return p.authorization.isLambda() }

// UsagePlan is the usage plan of this name; nil when there is none.
func (p *TokenProxy) UsagePlan(name string) awsapigateway.IUsagePlan { return p.usagePlans[name] }

// UsagePlanNames are the names of all usage plans, sorted.
func (p *TokenProxy) UsagePlanNames() []*string {
	return *jsii.Strings(slices.Sorted(maps.Keys(p.usagePlans))...)
}

// MetricsNamespace is the CloudWatch namespace of the metrics that are counted in the access log.
func (p *TokenProxy) MetricsNamespace() *string { return jsii.String(p.metricsNamespace) }

// AccessLogMetric is a metric that is counted in the access log, as its sum over five minutes: UpstreamThrottled and its like. It is nil
// when there is none of this name.
func (p *TokenProxy) AccessLogMetric(name string) awscloudwatch.Metric { return p.metrics[name] }

// APIName is the API's name, by which CloudWatch knows its metrics.
func (p *TokenProxy) APIName() *string { return p.uniqueName() }

// CacheSizeGB is the capacity of the cache cluster.
func (p *TokenProxy) CacheSizeGB() *string { return p.cacheSizeGB }

// Alarms are all alarms.
func (p *TokenProxy) Alarms() []awscloudwatch.Alarm { return p.alarms }

// UrgentAlarms are the alarms that should page: all but StaleErrorsAlarm, which a flush follows where
// there is a revocation.Revocation.
func (p *TokenProxy) UrgentAlarms() []awscloudwatch.Alarm {
	var urgent []awscloudwatch.Alarm
	for _, alarm := range p.alarms {
		if alarm != p.staleErrors {
			urgent = append(urgent, alarm)
		}
	}
	return urgent
}

// StaleErrorsAlarm says that clients get errors from the cache though Cognito gives none any more: a flush of the stage's cache heals it.
// It goes off once, and again only after five minutes without such errors.
func (p *TokenProxy) StaleErrorsAlarm() awscloudwatch.Alarm { return p.staleErrors }
