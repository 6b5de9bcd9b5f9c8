package waf

import (
	"strings"

	"github.com/cognito-m2m/cognito-m2m-cdk/simulator/internal/properties"
)

// maxInspectedBody is how much of a body API Gateway and Cognito forward to AWS WAF by default.
// https://docs.aws.amazon.com/waf/latest/developerguide/waf-oversize-request-components.html
const maxInspectedBody = 16 << 10

// component takes the values to inspect from a request: none for a component that is missing, which no statement matches. always says that
// the request matches whatever the values.
type component func(r *Request) (values []string, always bool)

// noComponent stands in for a component that is refused.
func noComponent(*Request) ([]string, bool) { return nil, false }

// fieldToMatch compiles a FieldToMatch: an object with exactly one key, which names the component.
//
// https://docs.aws.amazon.com/waf/latest/developerguide/waf-rule-statement-fields-list.html
func fieldToMatch(statement *properties.Object) component {
	statement.Require("FieldToMatch")
	o := statement.Object("FieldToMatch")
	if o == nil {
		return noComponent
	}
	o.Refuse(map[string]string{
		"Headers":        "match one header by SingleHeader",
		"Cookies":        "clients of a token endpoint have none",
		"HeaderOrder":    "requests come without it",
		"JsonBody":       "a token request is a form",
		"JA3Fingerprint": "requests come without TLS fingerprints",
		"JA4Fingerprint": "requests come without TLS fingerprints",
		"UriFragment":    "clients do not send it",
	})
	kinds := map[string]func(*properties.Object) component{
		"UriPath":             single(func(r *Request) string { return r.Path }),
		"QueryString":         single(func(r *Request) string { return r.Query }),
		"Method":              single(func(r *Request) string { return r.Method }),
		"SingleHeader":        singleHeader,
		"SingleQueryArgument": singleQueryArgument,
		"AllQueryArguments":   allQueryArguments,
		"Body":                body,
	}
	keys := o.Keys()
	if len(keys) != 1 {
		o.Errorf("", "got %d components, want exactly one", len(keys))
	}
	take := component(noComponent)
	for _, key := range keys {
		if compile, ok := kinds[key]; ok {
			if settings := o.Object(key); settings != nil {
				take = compile(settings)
			}
		}
	}
	return take
}

func single(value func(*Request) string) func(*properties.Object) component {
	return func(*properties.Object) component {
		return func(r *Request) ([]string, bool) { return []string{value(r)}, false }
	}
}

// named reads the one property Name. CloudFormation knows no name in lower case, though CDK's own structs render it so.
func named(o *properties.Object, longest int) string {
	o.Require("Name")
	name := o.Text("Name")
	if o.Has("Name") && (name == "" || len(name) > longest) {
		o.Errorf("Name", "has %d characters, want 1 to %d", len(name), longest)
	}
	return name
}

// singleHeader inspects each value of a header by itself; AWS does not document what it does with several. Names are compared without case.
func singleHeader(o *properties.Object) component {
	name := named(o, 64)
	return func(r *Request) ([]string, bool) {
		return r.Header.Values(name), false
	}
}

func singleQueryArgument(o *properties.Object) component {
	name := named(o, 30)
	return func(r *Request) ([]string, bool) {
		return queryArguments(r.Query, func(key string) bool { return strings.EqualFold(key, name) }), false
	}
}

func allQueryArguments(*properties.Object) component {
	return func(r *Request) ([]string, bool) {
		return queryArguments(r.Query, func(string) bool { return true }), false
	}
}

// queryArguments leaves values as they were sent: decoding is a text transformation.
func queryArguments(query string, wanted func(key string) bool) []string {
	var values []string
	for argument := range strings.SplitSeq(query, "&") {
		if key, value, _ := strings.Cut(argument, "="); argument != "" && wanted(key) {
			values = append(values, value)
		}
	}
	return values
}

func body(o *properties.Object) component {
	oversize := o.OneOf("OversizeHandling", "CONTINUE", "MATCH", "NO_MATCH")
	return func(r *Request) ([]string, bool) {
		if len(r.Body) <= maxInspectedBody {
			return []string{string(r.Body)}, false
		}
		switch oversize {
		case "MATCH":
			return nil, true
		case "NO_MATCH":
			return nil, false
		}
		return []string{string(r.Body[:maxInspectedBody])}, false
	}
}
