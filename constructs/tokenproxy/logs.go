package tokenproxy

import (
	"encoding/json"

	"github.com/aws/aws-cdk-go/awscdk/v2/awslogs"

	"github.com/cognito-m2m/cognito-m2m-cdk/constructs/internal/loggroup"
)

// addExecutionLog creates the group that API Gateway would otherwise create by itself at the first error, unencrypted and kept for ever.
// https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-logging.html
func (p *TokenProxy) addExecutionLog(s *settings) {
	p.executionLog = p.addLog(s, "ExecutionLog", "API-Gateway-Execution-Logs_"+*p.api.RestApiId()+"/"+*p.stageName)
	p.api.DeploymentStage().Node().AddDependency(p.executionLog)
}

func (p *TokenProxy) addLog(s *settings, id, name string) awslogs.LogGroup {
	return loggroup.New(p.Construct, id, &loggroup.Props{Name: name, Key: p.logKey, Retention: s.LogRetention, RemovalPolicy: s.RemovalPolicy})
}

// accessLogFormat has no header, query or body. integrationLatency and integrationStatus are "-" when no integration call was made, which,
// with status 200, marks an answer from the cache. With a Lambda authorizer principalId is whom it saw, for an answer from the cache as
// well, before which it is asked (docs/decisions/D22-authorization-before-the-cache.md); without one nothing but the credentials names the
// client.
func accessLogFormat(lambda bool) string {
	variables := map[string]string{
		"requestId":          "requestId",
		"extendedRequestId":  "extendedRequestId",
		"requestTime":        "requestTimeEpoch",
		"apiId":              "apiId",
		"stage":              "stage",
		"method":             "httpMethod",
		"resourcePath":       "resourcePath",
		"protocol":           "protocol",
		"domainName":         "domainName",
		"sourceIp":           "identity.sourceIp",
		"status":             "status",
		"responseType":       "error.responseType",
		"responseLength":     "responseLength",
		"responseLatency":    "responseLatency",
		"integrationStatus":  "integration.status",
		"integrationLatency": "integration.latency",
		"wafResponseCode":    "wafResponseCode",
		"xrayTraceId":        "xrayTraceId",
	}
	if lambda {
		variables["principalId"] = "authorizer.principalId"
	}
	fields := map[string]string{}
	for name, variable := range variables {
		fields[name] = "$context." + variable
	}
	format, err := json.Marshal(fields)
	if err != nil {
		panic(err) // A map of strings can always be marshalled.
	}
	return string(format)
}
