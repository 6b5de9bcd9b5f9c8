package simulator_test

import (
	"context"
	"net/http"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/aws/aws-lambda-go/events"

	"github.com/cognito-m2m/cognito-m2m-cdk/simulator"
)

// Requests at once meet the web ACL, the authorizer's kept results, the usage plan and the cache without a race, and are counted exactly.
func TestConcurrency_frontDoorTakesRequestsAtOnce(t *testing.T) {
	var runs atomic.Int64
	allow := simulator.Authorizer{Request: func(_ context.Context,
		e events.APIGatewayCustomAuthorizerRequestTypeRequest) (events.APIGatewayCustomAuthorizerResponse, error) {
		runs.Add(1)
		response := events.APIGatewayCustomAuthorizerResponse{PrincipalID: "anybody"}
		response.PolicyDocument.Statement = []events.IAMPolicyStatement{{Effect: "Allow", Action: []string{"execute-api:Invoke"},
			Resource: []string{e.MethodArn}}}
		return response, nil
	}}
	system := gateway(t, simulator.Options{Authorizers: map[string]simulator.Authorizer{gatePath: allow}}, func(r object) {
		withGate(t, "")(r)
		withEdge(t, tokenPath)(r)
		propertiesOf(r, method)["ApiKeyRequired"] = true
		r["Plan"] = resource(t, "AWS::ApiGateway::UsagePlan",
			`{"Quota": {"Limit": 6, "Period": "MONTH"}, "ApiStages": [{"ApiId": {"Ref": "`+api+`"}, "Stage": {"Ref": "`+stage+`"}}]}`)
		r["Key"] = resource(t, "AWS::ApiGateway::ApiKey", `{"Enabled": true, "Value": "a-key-of-twenty-and-more-characters"}`)
		r["Member"] = resource(t, "AWS::ApiGateway::UsagePlanKey",
			`{"KeyId": {"Ref": "Key"}, "KeyType": "API_KEY", "UsagePlanId": {"Ref": "Plan"}}`)
	})
	var tokens, overQuota, overRate atomic.Int64
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for range 4 {
				switch got := ask(t, system, func(r *http.Request) {
					r.RemoteAddr = "192.0.2.1:1"
					r.Header.Set("X-Api-Key", "a-key-of-twenty-and-more-characters")
				}); {
				case got.Code == http.StatusOK:
					tokens.Add(1)
				case got.Header().Get("Retry-After") != "":
					overRate.Add(1)
				case got.Code == http.StatusTooManyRequests:
					overQuota.Add(1)
				}
			}
		})
	}
	wg.Wait()
	if tokens.Load() != 6 || overQuota.Load() != 4 || overRate.Load() != 22 {
		t.Errorf("of 32 requests %d got tokens, %d were over the plan's quota of 6, %d over the web ACL's rate of 10", tokens.Load(),
			overQuota.Load(), overRate.Load())
	}
	if n := runs.Load(); n < 1 || n > 8 {
		t.Errorf("the authorizer ran %d times, want once for each request that met no result yet", n)
	}
}
