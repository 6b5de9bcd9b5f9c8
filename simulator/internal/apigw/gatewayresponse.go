package apigw

import (
	"encoding/json"
	"fmt"
	"net/http"
	"regexp"
	"strconv"
	"strings"
)

// gatewayResponse is what the gateway answers by itself.
// https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-gatewayResponse-definition.html
type gatewayResponse struct {
	status      int // 0: the type's own
	header      map[string]string
	contentType string
	template    string
}

var contextVariable = regexp.MustCompile(`\$context\.[A-Za-z.]+`)

func newGatewayResponse(where string, spec gatewayResponseSpec) (gatewayResponse, error) {
	g := gatewayResponse{header: map[string]string{}}
	if spec.StatusCode != "" {
		status, err := strconv.Atoi(spec.StatusCode)
		if err != nil {
			return g, fmt.Errorf("%s: StatusCode %q is no number", where, spec.StatusCode)
		}
		g.status = status
	}
	for to, from := range spec.ResponseParameters {
		name, ok := strings.CutPrefix(to, "gatewayresponse.header.")
		source, err := parseSource(from)
		if !ok || err != nil || source.kind != fromConstant {
			return g, fmt.Errorf("%s: ResponseParameters %q: %q: only gatewayresponse.header.NAME of a 'constant' is supported", where, to, from)
		}
		g.header[name] = source.name
	}
	for contentType, template := range spec.ResponseTemplates {
		for _, variable := range contextVariable.FindAllString(template, -1) {
			switch strings.TrimRight(variable, ".") {
			case "$context.error.message", "$context.error.messageString", "$context.error.responseType", "$context.requestId":
			default:
				return g, fmt.Errorf("%s: ResponseTemplates: %s is not supported", where, variable)
			}
		}
		g.contentType, g.template = contentType, template
	}
	return g, nil
}

// refuse is the gateway's own answer: of its type, or else of the default for 4xx or 5xx.
func (s *Stage) refuse(req *request, responseType string, status int, message string) *Answer {
	req.log.responseType = responseType
	response, ok := s.responses[responseType]
	if !ok {
		response, ok = s.responses["DEFAULT_"+strconv.Itoa(status/100)+"XX"]
	}
	quoted, err := json.Marshal(message)
	if err != nil {
		quoted = []byte(`""`)
	}
	if !ok || response.template == "" {
		response.contentType, response.template = "application/json", `{"message":$context.error.messageString}`
	}
	if response.status == 0 {
		response.status = status
	}
	body := strings.NewReplacer("$context.error.messageString", string(quoted), "$context.error.message", message,
		"$context.error.responseType", responseType, "$context.requestId", req.log.requestID).Replace(response.template)
	header := http.Header{"Content-Type": {response.contentType}}
	for name, value := range response.header {
		header.Set(name, value)
	}
	return &Answer{Status: response.status, Header: header, Body: []byte(body)}
}
