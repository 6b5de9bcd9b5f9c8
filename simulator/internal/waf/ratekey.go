package waf

import (
	"github.com/cognito-m2m/cognito-m2m-cdk/simulator/internal/properties"
)

// aggregateKey compiles what requests are counted by. A request that lacks one of the keys is neither counted nor limited.
func aggregateKey(o *properties.Object) func(*Request) ([]string, bool) {
	sourceIP := func(r *Request) ([]string, bool) { return []string{r.SourceIP.Unmap().String()}, true }
	kind := o.OneOf("AggregateKeyType", "IP", "CUSTOM_KEYS", "CONSTANT", "FORWARDED_IP")
	if o.Has("CustomKeys") != (kind == "CUSTOM_KEYS") {
		o.Errorf("CustomKeys", "is for AggregateKeyType CUSTOM_KEYS, and required there")
	}
	switch kind {
	case "FORWARDED_IP":
		o.Errorf("AggregateKeyType", "FORWARDED_IP is not simulated: no header is trusted for a source address")
	case "CONSTANT":
		o.Require("ScopeDownStatement")
		return func(*Request) ([]string, bool) { return nil, true }
	case "CUSTOM_KEYS":
		return customKeys(o)
	}
	return sourceIP
}

// customKeys compiles up to five keys, of which the source address cannot be the only one.
// https://docs.aws.amazon.com/waf/latest/developerguide/waf-rule-statement-type-rate-based-aggregation-options.html
func customKeys(o *properties.Object) func(*Request) ([]string, bool) {
	var keys []func(*Request) (string, bool)
	onlyIP := true
	for _, k := range o.Objects("CustomKeys") {
		k.Refuse(map[string]string{
			"Cookie": "use Header or IP", "ForwardedIP": "no header is trusted for a source address", "HTTPMethod": "use Header or IP",
			"LabelNamespace": "use Header or IP", "QueryArgument": "use Header or IP", "QueryString": "use Header or IP",
			"UriPath":        "use Header or IP",
			"JA3Fingerprint": "requests come without TLS fingerprints", "JA4Fingerprint": "requests come without TLS fingerprints",
			"ASN": "requests have no autonomous system number",
		})
		if len(k.Keys()) != 1 {
			k.Errorf("", "got %d keys, want exactly one", len(k.Keys()))
		}
		if header := k.Object("Header"); header != nil {
			keys, onlyIP = append(keys, headerKey(header)), false
		}
		if k.Object("IP") != nil {
			keys = append(keys, func(r *Request) (string, bool) { return r.SourceIP.Unmap().String(), true })
		}
	}
	if len(keys) == 0 || len(keys) > 5 || onlyIP {
		o.Errorf("CustomKeys", "got %d keys, want 1 to 5 of which IP is not the only one", len(keys))
	}
	return func(r *Request) ([]string, bool) {
		values := make([]string, 0, len(keys))
		for _, key := range keys {
			v, ok := key(r)
			if !ok {
				return nil, false
			}
			values = append(values, v)
		}
		return values, true
	}
}

// headerKey aggregates on the first value of a header, transformed.
func headerKey(o *properties.Object) func(*Request) (string, bool) {
	take, transform := singleHeader(o), textTransformations(o)
	return func(r *Request) (string, bool) {
		values, _ := take(r)
		if len(values) == 0 {
			return "", false
		}
		return transform(values[0]), true
	}
}
