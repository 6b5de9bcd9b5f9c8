package apigw

import (
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"strings"
)

// source is where a parameter's value comes from.
// https://docs.aws.amazon.com/apigateway/latest/developerguide/request-response-data-mappings.html
type source struct {
	kind, name string
}

const (
	fromHeader           = "header"
	fromQuery            = "querystring"
	fromPath             = "path"
	fromStageVariable    = "stageVariables"
	fromConstant         = "constant"
	fromResponseHeader   = "integration.response.header"
	fromSourceIP         = "context.identity.sourceIp"
	fromHTTPMethod       = "context.httpMethod"
	fromResourcePath     = "context.resourcePath"
	fromContextPath      = "context.path"
	methodRequest        = "method.request."
	integrationResponses = "integration.response.header."
)

var parameterName = regexp.MustCompile(`^[a-zA-Z0-9._$-]+$`)

func parseSource(text string) (source, error) {
	if strings.HasPrefix(text, "'") && strings.HasSuffix(text, "'") && len(text) >= 2 {
		return source{fromConstant, text[1 : len(text)-1]}, nil
	}
	for prefix, kind := range map[string]string{
		methodRequest + "header.": fromHeader, methodRequest + "querystring.": fromQuery, methodRequest + "path.": fromPath,
		"stageVariables.": fromStageVariable, integrationResponses: fromResponseHeader,
	} {
		if name, ok := strings.CutPrefix(text, prefix); ok && parameterName.MatchString(name) {
			return source{kind, name}, nil
		}
	}
	return source{}, fmt.Errorf("%q is not supported: use method.request.header.NAME, method.request.querystring.NAME, "+
		"method.request.path.NAME, stageVariables.NAME, integration.response.header.NAME or 'constant'", text)
}

// value is empty when there is none. Of a parameter that is there several times the last value counts.
func (s source) value(r *request) string {
	switch s.kind {
	case fromConstant:
		return s.name
	case fromSourceIP:
		return r.arrival.SourceIP.String()
	case fromHTTPMethod:
		return r.http.Method
	case fromResourcePath:
		return r.log.resourcePath
	case fromContextPath:
		return r.http.URL.Path
	case fromPath:
		return r.parameters[s.name]
	case fromStageVariable:
		return r.variables[s.name]
	case fromHeader:
		return last(r.http.Header.Values(s.name))
	case fromQuery:
		return last(r.query[s.name])
	case fromResponseHeader:
		if r.upstream != nil {
			return last(r.upstream.Header.Values(s.name))
		}
	}
	return ""
}

func last(values []string) string {
	if len(values) == 0 {
		return ""
	}
	return values[len(values)-1]
}

type target struct {
	kind, name string // header or querystring
}

func parseTarget(text, prefix string) (target, error) {
	kind, name, ok := strings.Cut(strings.TrimPrefix(text, prefix), ".")
	if !strings.HasPrefix(text, prefix) || !ok || (kind != fromHeader && kind != fromQuery) || !parameterName.MatchString(name) {
		return target{}, fmt.Errorf("%q is not supported: use %sheader.NAME or %squerystring.NAME", text, prefix, prefix)
	}
	return target{kind, name}, nil
}

type mapping struct {
	to   target
	from source
}

// apply puts the mapped value in the place of whatever was there. Without a value nothing is mapped.
func (m mapping) apply(r *request, header http.Header, query url.Values) {
	value := m.from.value(r)
	if value == "" {
		return
	}
	if m.to.kind == fromHeader {
		header.Set(m.to.name, value)
	} else if query != nil {
		query.Set(m.to.name, value)
	}
}
