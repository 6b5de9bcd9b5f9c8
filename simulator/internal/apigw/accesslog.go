package apigw

import (
	"crypto/rand"
	"net/http"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// logEntry is what the access log may say of a request.
type logEntry struct {
	requestID, sourceIP, method, protocol, domain string
	basePath, vpcEndpoint, wafResponse            string
	userARN, apiKeyID, clientSubject, principal   string
	began                                         time.Time
	resourcePath, responseType                    string
	integrationStatus                             int
	integrationLatency                            time.Duration
}

func newLogEntry(s *Stage, r *http.Request, from Arrival) logEntry {
	e := logEntry{
		requestID: rand.Text(), sourceIP: from.SourceIP.String(), method: r.Method, protocol: r.Proto, domain: r.Host, began: s.config.Clock(),
		resourcePath: "-",
		basePath:     strings.TrimPrefix(from.BasePath, "/"), vpcEndpoint: from.VPCEndpoint,
	}
	if from.Inspected {
		e.wafResponse = "WAF_ALLOW"
	}
	if c := from.ClientCertificate; c != nil {
		e.clientSubject = c.Subject.String()
	}
	return e
}

var anyContextVariable = regexp.MustCompile(`\$context\.[A-Za-z.]*[A-Za-z]`)

// log writes a line in the stage's format. A variable without a value is "-", as in API Gateway; so are those that the simulation knows
// nothing of.
func (s *Stage) log(req *request, a *Answer, took time.Duration) {
	if s.config.AccessLog == nil || s.accessLogFormat == "" {
		return
	}
	e := req.log
	values := map[string]string{
		"$context.requestId": e.requestID, "$context.extendedRequestId": e.requestID,
		"$context.requestTimeEpoch": strconv.FormatInt(e.began.UnixMilli(), 10),
		"$context.apiId":            s.APIID, "$context.stage": s.Name, "$context.httpMethod": e.method, "$context.resourcePath": e.resourcePath,
		"$context.protocol": e.protocol, "$context.domainName": e.domain, "$context.identity.sourceIp": e.sourceIP,
		"$context.status": strconv.Itoa(a.Status), "$context.responseLength": strconv.Itoa(len(a.Body)),
		"$context.responseLatency": strconv.FormatInt(took.Milliseconds(), 10),
	}
	for variable, value := range map[string]string{
		"$context.error.responseType": e.responseType, "$context.wafResponseCode": e.wafResponse,
		"$context.customDomain.basePathMatched": e.basePath,
		"$context.identity.vpceId":              e.vpcEndpoint, "$context.identity.userArn": e.userARN, "$context.identity.apiKeyId": e.apiKeyID,
		"$context.identity.clientCert.subjectDN": e.clientSubject, "$context.authorizer.principalId": e.principal,
	} {
		if value != "" {
			values[variable] = value
		}
	}
	if e.integrationStatus != 0 {
		values["$context.integration.status"] = strconv.Itoa(e.integrationStatus)
		values["$context.integration.latency"] = strconv.FormatInt(e.integrationLatency.Milliseconds(), 10)
	}
	s.config.AccessLog(anyContextVariable.ReplaceAllStringFunc(s.accessLogFormat, func(variable string) string {
		if value, ok := values[variable]; ok {
			return value
		}
		return "-"
	}))
}
