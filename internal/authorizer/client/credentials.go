package client

import (
	"encoding/base64"
	"strings"
)

// clientID is the client id of HTTP Basic credentials, as it stands there: RFC 6749 section 2.3.1 encodes it as a form's value, which leaves the
// characters of Cognito's ids as they are, so that an encoded one is on no list.
func clientID(authorization string) (string, bool) {
	scheme, encoded, found := strings.Cut(authorization, " ")
	if !found || !strings.EqualFold(scheme, "Basic") || strings.ContainsAny(encoded, "\r\n") {
		return "", false // The decoder would skip line breaks.
	}
	decoded, err := base64.StdEncoding.Strict().DecodeString(encoded)
	if err != nil {
		return "", false
	}
	id, _, found := strings.Cut(string(decoded), ":")
	return id, found && id != ""
}

// headers are all values of a header, whose name has no case: API Gateway hands names on as the client wrote them.
func headers(name string, multi map[string][]string, single map[string]string) []string {
	var values []string
	for key, all := range multi {
		if strings.EqualFold(key, name) {
			values = append(values, all...)
		}
	}
	if len(multi) > 0 {
		return values
	}
	for key, value := range single {
		if strings.EqualFold(key, name) {
			values = append(values, value)
		}
	}
	return values
}

// parameters are all values of a query parameter, whose name has a case.
func parameters(name string, multi map[string][]string, single map[string]string) []string {
	if len(multi) > 0 {
		return multi[name]
	}
	if value, ok := single[name]; ok {
		return []string{value}
	}
	return nil
}
