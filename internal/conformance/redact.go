package conformance

import (
	"regexp"
	"strings"
)

const redacted = "[redacted]"

// redactor removes secrets, tokens and header values from texts.
type redactor struct{ values []string }

// minSecret is the length of the shortest value that is removed: removing shorter ones would make every reason unreadable. Cognito's
// secrets have at least 24 characters.
const minSecret = 6

func (r *redactor) add(values ...string) {
	for _, v := range values {
		if len(v) >= minSecret {
			r.values = append(r.values, v)
		}
	}
}

// jwtPattern matches a JSON Web Token or the beginning of one: its header is JSON, which starts with {".
var jwtPattern = regexp.MustCompile(`eyJ[\w-]{10,}(\.[\w-]*)*`)

func (r *redactor) redact(text string) string {
	for _, v := range r.values {
		text = strings.ReplaceAll(text, v, redacted)
	}
	return jwtPattern.ReplaceAllString(text, redacted)
}
