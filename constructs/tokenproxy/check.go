package tokenproxy

import (
	"errors"
	"time"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsapigateway"
	"github.com/aws/aws-cdk-go/awscdk/v2/awslogs"
	"github.com/aws/jsii-runtime-go"

	"github.com/cognito-m2m/cognito-m2m-cdk/constructs/internal/report"
	"github.com/cognito-m2m/cognito-m2m-cdk/internal/awslimits"
)

// settings are the props with defaults filled in, after the check.
type settings struct {
	TokenProxyProps
	ttl, authorizerTTL time.Duration
	thresholds         AlarmThresholds
}

// check notes every mistake in props and returns settings that can be built in spite of it.
func (props TokenProxyProps) check(errs *report.Errors, stack awscdk.Stack) settings {
	s := settings{TokenProxyProps: props}
	s.fillDefaults()
	s.thresholds = props.alarmThresholds(errs)

	s.ttl = props.cacheTTL(errs)
	errs.Add("CacheSizeGB", awslimits.CacheSize(*s.CacheSizeGB))
	errs.Add("Integration", awslimits.OneOf("integration", string(s.Integration), string(CanonicalIntegration), string(HTTPProxyIntegration)))
	if errs.Text("StageName", s.StageName, awslimits.StageName) == "" {
		s.StageName = jsii.String("invalid")
	}
	s.checkThrottle(errs)
	errs.Add("ExecutionLogging", awslimits.ExecutionLogLevel(string(s.ExecutionLogging)))
	authorization := s.checkAuthorization(errs, stack)
	s.checkEndpoint(errs)
	if !authorization {
		s.Authorization = nil // Not before: the endpoint's check looks at what was meant.
	}
	return s
}

func (s *settings) fillDefaults() {
	if s.CacheSizeGB == nil {
		s.CacheSizeGB = jsii.String("0.5")
	}
	if s.Integration == "" {
		s.Integration = CanonicalIntegration
	}
	if s.StageName == nil {
		s.StageName = jsii.String("v1")
	}
	if s.LogRetention == "" {
		s.LogRetention = awslogs.RetentionDays_THREE_MONTHS
	}
	if s.ExecutionLogging == "" {
		s.ExecutionLogging = awsapigateway.MethodLoggingLevel_ERROR
	}
	if s.RemovalPolicy == "" {
		s.RemovalPolicy = awscdk.RemovalPolicy_RETAIN_ON_UPDATE_OR_DELETE
	}
}

// cacheTTL is the TTL asked for, or the default, within what the shortest validity allows.
func (props *TokenProxyProps) cacheTTL(errs *report.Errors) time.Duration {
	validity := awslimits.DefaultAccessTokenValidity
	errs.Duration("ShortestTokenValidity", props.ShortestTokenValidity, &validity, awslimits.CachedValidity)
	shortest := []awslimits.ClientValidity{{Validity: validity}}
	ttl, err := awslimits.CacheTTL(0, shortest)
	errs.Add("ShortestTokenValidity", err)
	errs.Duration("CacheTTL", props.CacheTTL, &ttl, func(requested time.Duration) error {
		if requested == 0 {
			return errors.New("0 turns API Gateway's cache off: leave CacheTTL out for the default")
		}
		_, err := awslimits.CacheTTL(requested, shortest)
		return err
	})
	return ttl
}
