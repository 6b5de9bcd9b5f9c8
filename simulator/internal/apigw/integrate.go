package apigw

import (
	"bytes"
	"maps"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/cognito-m2m/cognito-m2m-cdk/simulator/internal/sigv4"
	"github.com/cognito-m2m/cognito-m2m-cdk/simulator/internal/vtl"
)

// integrate sends the integration request. It returns the upstream's answer, or the gateway's own when there is none.
func (s *Stage) integrate(req *request, rt *route) (upstream, refusal *Answer) {
	if rt.function != nil {
		return s.askFunction(req, rt)
	}
	outgoing, refusal := s.integrationRequest(req, rt)
	if refusal != nil {
		return nil, refusal
	}
	began := s.config.Clock()
	upstream, err := s.config.Upstream(outgoing)
	if err != nil {
		return nil, s.refuse(req, "INTEGRATION_FAILURE", http.StatusGatewayTimeout, "Network error communicating with endpoint")
	}
	req.log.integrationStatus, req.log.integrationLatency = upstream.Status, s.config.Clock().Sub(began)
	return upstream, nil
}

func (s *Stage) integrationRequest(req *request, rt *route) (*http.Request, *Answer) {
	header, query, body := http.Header{}, url.Values{}, req.body
	if rt.proxy {
		// Everything of the request goes through, but for what belongs to the connection.
		header, query = req.http.Header.Clone(), maps.Clone(req.query)
		for _, name := range []string{"Connection", "Host", "Content-Length", "Transfer-Encoding", "Te", "Upgrade"} {
			header.Del(name)
		}
	} else {
		text, refusal := s.requestBody(req, rt)
		if refusal != nil {
			return nil, refusal
		}
		body = []byte(text)
	}
	for _, m := range rt.mappings {
		m.apply(req, header, query)
	}
	target := rt.integration.Uri
	if len(query) > 0 {
		target += "?" + query.Encode()
	}
	outgoing, err := http.NewRequestWithContext(req.http.Context(), rt.integration.IntegrationHttpMethod, target, bytes.NewReader(body))
	if err != nil {
		return nil, s.refuse(req, "API_CONFIGURATION_ERROR", http.StatusInternalServerError, "Invalid endpoint")
	}
	// https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-known-issues.html: a header with a signature is not passed on.
	if strings.HasPrefix(header.Get("Authorization"), sigv4.Algorithm) {
		header.Del("Authorization")
	}
	outgoing.Header = header
	outgoing.RemoteAddr = req.http.RemoteAddr
	return outgoing, nil
}

// requestBody renders the mapping template of the request's content type.
// https://docs.aws.amazon.com/apigateway/latest/developerguide/integration-passthrough-behaviors.html
func (s *Stage) requestBody(req *request, rt *route) (string, *Answer) {
	contentType := req.http.Header.Get("Content-Type")
	if contentType == "" {
		contentType = "application/json"
	}
	template, ok := rt.templates[contentType]
	if !ok {
		if rt.integration.PassthroughBehavior == "NEVER" || (rt.integration.PassthroughBehavior == "WHEN_NO_TEMPLATES" && len(rt.templates) > 0) {
			return "", s.refuse(req, "UNSUPPORTED_MEDIA_TYPE", http.StatusUnsupportedMediaType, "Unsupported Media Type")
		}
		return string(req.body), nil
	}
	text, err := template.Render(s.input(req, string(req.body)))
	if err != nil {
		return "", s.refuse(req, "DEFAULT_5XX", http.StatusInternalServerError, "Internal server error")
	}
	return text, nil
}

func (s *Stage) input(req *request, body string) vtl.Input {
	in := vtl.Input{Body: body, Path: map[string]string{}, Query: map[string]string{}, Header: map[string]string{},
		StageVariables: req.variables, Context: map[string]any{"stage": s.Name, "apiId": s.APIID}}
	for name, values := range req.query {
		in.Query[name] = last(values)
	}
	for name, values := range req.http.Header {
		in.Header[name] = last(values)
	}
	return in
}

// mapResponse turns the upstream's answer into the method's.
func (s *Stage) mapResponse(req *request, rt *route, upstream *Answer) *Answer {
	if rt.proxy {
		return upstream
	}
	chosen := rt.choose(upstream.Status)
	if chosen == nil {
		return s.refuse(req, "API_CONFIGURATION_ERROR", http.StatusInternalServerError,
			"No match for output mapping and no default endpoint response configured")
	}
	status, err := strconv.Atoi(chosen.status)
	if err != nil {
		return s.refuse(req, "API_CONFIGURATION_ERROR", http.StatusInternalServerError, "Invalid status code")
	}
	answer := &Answer{Status: status, Header: http.Header{"Content-Type": {"application/json"}}, Body: upstream.Body}
	if chosen.template != nil {
		text, err := chosen.template.Render(s.input(req, string(upstream.Body)))
		if err != nil {
			return s.refuse(req, "DEFAULT_5XX", http.StatusInternalServerError, "Internal server error")
		}
		answer.Body = []byte(text)
		answer.Header.Set("Content-Type", chosen.contentType)
	}
	req.upstream = upstream
	for _, m := range chosen.mappings {
		m.apply(req, answer.Header, nil)
	}
	return answer
}

// choose returns the integration response whose pattern matches the whole status, or else the default one.
func (r *route) choose(status int) *integrationResponse {
	var fallback *integrationResponse
	for i := range r.responses {
		response := &r.responses[i]
		if response.pattern == nil {
			fallback = response
		} else if response.pattern.MatchString(strconv.Itoa(status)) {
			return response
		}
	}
	return fallback
}
