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

func TestDefaultTTLFollowsTheShortestValidity(t *testing.T) {
	for _, test := range []struct {
		validities []float64
		want       string
	}{
		{[]float64{60}, "45m0s"}, {[]float64{10}, "5m0s"}, {[]float64{15}, "10m0s"}, {[]float64{20}, "15m0s"}, {[]float64{30}, "22m30s"}, {[]float64{1440}, "1h0m0s"}, {[]float64{1440, 30, 60}, "22m30s"},
	} {
		_, proxy := newProxy(t, func(_ awscdk.Stack, p *tokenproxy.TokenProxyProps) {
			p.Clients = nil
			for _, v := range test.validities {
				p.Clients = append(p.Clients, client("c", v))
			}
		})
		if got := proxy.CacheTTL().String(); got != test.want {
			t.Errorf("validities %v: got TTL %s, want %s", test.validities, got, test.want)
		}
	}
}

func TestGivenKeyAndTracing(t *testing.T) {
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
		if cdktest.At(t, template.Properties(id), "KmsKeyId", "Fn::GetAtt", 0) != "GivenEA18D9CA" || template.Resource(id)["DeletionPolicy"] != "Delete" {
			t.Errorf("%s: got %s", id, cdktest.JSON(t, template.Resource(id)))
		}
	}
}

func TestMistakesAreReportedTogether(t *testing.T) {
	tests := map[string]struct {
		configure func(*tokenproxy.TokenProxyProps)
		want      []string
	}{
		"no clients": {func(p *tokenproxy.TokenProxyProps) { p.Clients = nil }, []string{"CacheTTL: no access-token validity given"}},
		"TTL above the shortest validity": {func(p *tokenproxy.TokenProxyProps) {
			p.CacheTTL = minutes(40)
			p.Clients = append(p.Clients, client("short", 30))
		}, []string{`CacheTTL: cache TTL 40m0s is not allowed: use whole seconds from 1s to 25m0s, since client "short" has an access-token validity of 30m0s`}},
		"validity too short for a cache": {func(p *tokenproxy.TokenProxyProps) { p.Clients = append(p.Clients, client("short", 9)) },
			[]string{`CacheTTL: client "short" has an access-token validity of 9m0s: a client behind the cache needs at least 10m0s`}},
		"TTL of 0": {func(p *tokenproxy.TokenProxyProps) { p.CacheTTL = minutes(0) }, []string{"CacheTTL: 0 turns API Gateway's cache off"}},
		"alarm thresholds that are no counts": {func(p *tokenproxy.TokenProxyProps) {
			p.AlarmThresholds = &tokenproxy.AlarmThresholds{UpstreamThrottled: jsii.Number(0), UpstreamFailed: jsii.Number(1.5), AuthorizerFailed: jsii.Number(-1)}
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
			p.Clients = append(p.Clients, nil, client("odd", 10.5))
		}, []string{
			`CacheSizeGB: cache size "1" is not one of 0.5, 1.6, 6.1, 13.5, 28.4, 58.2, 118, 237`,
			`CacheTTL: cache TTL 1h1m0s is not allowed`,
			`Clients[1]: needs a Name and an AccessTokenValidity`,
			`Clients[2].AccessTokenValidity: access-token validity 10m30s is not allowed`,
			`ExecutionLogging: execution log level "INFO" is not one of OFF, ERROR`,
			`Integration: integration "mock" is not one of canonical, http-proxy`,
			`StageName: stage name "a/b" is not allowed`,
			`ThrottlingRateLimit, ThrottlingBurstLimit: throttle of 0 requests a second`,
		}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			stack, _ := newProxy(t, func(_ awscdk.Stack, p *tokenproxy.TokenProxyProps) { test.configure(p) })
			cdktest.ExpectErrors(t, stack, test.want)
		})
	}
}
