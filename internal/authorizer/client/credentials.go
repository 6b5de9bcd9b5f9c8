package client

import (
	"encoding/base64"
	"strings"

	"github.com/cognito-m2m/cognito-m2m-cdk/internal/authorizer"
)

// clientID is the client id of HTTP Basic credentials, as it stands there: RFC 6749 section 2.3.1 encodes it as a form's value,
// which leaves the characters of Cognito's ids as they are, so that an encoded one is on no list.
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

// clientIDs returns all values of the query parameter client_id.
func clientIDs(event authorizer.Event) []string {
	if len(event.MultiValueQueryStringParameters) > 0 {
		return event.MultiValueQueryStringParameters["client_id"]
	}
	if id, ok := event.QueryStringParameters["client_id"]; ok {
		return []string{id}
	}
	return nil
}
