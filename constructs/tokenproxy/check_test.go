package tokenproxy_test

import (
	"testing"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsapigateway"
	"github.com/aws/aws-cdk-go/awscdk/v2/awskms"
	"github.com/aws/jsii-runtime-go"

	"github.com/cognito-m2m/cognito-m2m-cdk/constructs/tokenproxy"
	"github.com/cognito-m2m/cognito-m2m-cdk/internal/testkit/cdktest"
)

func TestProps_defaultTTLFollowsTheShortestValidity(t *testing.T) {
	for _, test := range []struct {
		validity, want float64 // minutes
	}{{0, 45}, {60, 45}, {10, 5}, {15, 10}, {20, 15}, {30, 22.5}, {1440, 60}} {
		_, proxy := newProxy(t, func(_ awscdk.Stack, p *tokenproxy.TokenProxyProps) {
			if test.validity > 0 {
				p.ShortestTokenValidity = minutes(test.validity)
			}
		})
		if got := *proxy.CacheTTL().ToSeconds(nil) / 60; got != test.want {
			t.Errorf("validity %v: got TTL %v, want %v", test.validity, got, test.want)
		}
	}
}

func TestProps_givenKeyAndTracing(t *testing.T) {
	template := synth(t, func(stack awscdk.Stack, p *tokenproxy.TokenProxyProps) {
		p.LogEncryptionKey = awskms.NewKey(stack, jsii.String("Given"), nil)
		p.Tracing = jsii.Bool(true)
		p.StageName = jsii.String("live")
		p.RemovalPolicy = awscdk.RemovalPolicy_DESTROY
	})
	stage := template.One("AWS::ApiGateway::Stage")
	if stage["TracingEnabled"] != true || stage["StageName"] != "live" {
		t.Errorf("stage: got %v, %v", stage["TracingEnabled"], stage["StageName"])
	}
	for _, id := range template.IDs("AWS::Logs::LogGroup") {
		if cdktest.At(t, template.Properties(id), "KmsKeyId", "Fn::GetAtt", 0) != "GivenEA18D9CA" ||
			template.Resource(id)["DeletionPolicy"] != "Delete" {
			t.Errorf("%s: got %s", id, cdktest.JSON(t, template.Resource(id)))
		}
	}
}

func TestProps_mistakesAreReportedTogether(t *testing.T) {
	tests := map[string]struct {
		configure func(*tokenproxy.TokenProxyProps)
		want      []string
	}{
		"TTL above the shortest validity": {func(p *tokenproxy.TokenProxyProps) {
			p.CacheTTL, p.ShortestTokenValidity = minutes(40), minutes(30)
		}, []string{`CacheTTL: cache TTL 40m0s is not allowed: use whole seconds from 1s to 25m0s, ` +
			`since the shortest access-token validity is 30m0s`}},
		"validity too short for a cache": {func(p *tokenproxy.TokenProxyProps) { p.ShortestTokenValidity = minutes(9) },
			[]string{`ShortestTokenValidity: access-token validity 9m0s is not allowed behind the cache: use whole minutes from 10m to 24h`}},
		"throttle alone": {func(p *tokenproxy.TokenProxyProps) { p.ThrottlingBurstLimit = jsii.Number(0.5) }, []string{
			"ThrottlingBurstLimit: throttle of 100 requests a second with burst 0.5 is not allowed",
		}},
		"TTL of 0": {func(p *tokenproxy.TokenProxyProps) { p.CacheTTL = minutes(0) }, []string{"CacheTTL: 0 turns API Gateway's cache off"}},
		"alarm thresholds that are no counts": {func(p *tokenproxy.TokenProxyProps) {
			p.AlarmThresholds = &tokenproxy.AlarmThresholds{UpstreamThrottled: jsii.Number(0), UpstreamFailed: jsii.Number(1.5),
				AuthorizerFailed: jsii.Number(-1)}
		}, []string{
			"AlarmThresholds.AuthorizerFailed: -1 is not allowed: use a whole number from 1 up",
			"AlarmThresholds.UpstreamFailed: 1.5 is not allowed", "AlarmThresholds.UpstreamThrottled: 0 is not allowed",
		}},
		"several at once": {func(p *tokenproxy.TokenProxyProps) {
			p.CacheSizeGB = jsii.String("1")
			p.StageName = jsii.String("a/b")
			p.Integration = "mock"
			p.ExecutionLogging = awsapigateway.MethodLoggingLevel_INFO
			p.ThrottlingRateLimit = jsii.Number(0)
			p.CacheTTL = minutes(61)
			p.ShortestTokenValidity = minutes(10.5)
		}, []string{
			`CacheSizeGB: cache size "1" is not one of 0.5, 1.6, 6.1, 13.5, 28.4, 58.2, 118, 237`,
			`CacheTTL: cache TTL 1h1m0s is not allowed`,
			`ExecutionLogging: execution log level "INFO" is not one of OFF, ERROR`,
			`Integration: integration "mock" is not one of canonical, http-proxy`,
			`ShortestTokenValidity: access-token validity 10m30s is not allowed`,
			`StageName: stage name "a/b" is not allowed`,
			`ThrottlingRateLimit: throttle of 0 requests a second`,
		}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			stack, _ := newProxy(t, func(_ awscdk.Stack, p *tokenproxy.TokenProxyProps) { test.configure(p) })
			cdktest.ExpectErrors(t, stack, test.want)
		})
	}
}
