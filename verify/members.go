package verify

import (
	"encoding/json"
	"slices"
	"strings"
	"unicode/utf8"
)

// maxMembers bounds the work that a token can cause before its signature is verified. Cognito's tokens have about 10 members. A pre
// token generation trigger may add more.
const maxMembers = 64

// members calls visit with each member of a JSON object: its name unescaped, its value as it is written. It refuses everything that
// two parsers may read in two ways: duplicate names (RFC 7519 section 4, RFC 7515 section 4), names that equal one of read except
// for their case, since encoding/json takes "Scope" and "ſcope" for "scope", and invalid UTF-8. The arguments of visit share one
// copy of the object.
func members(object []byte, read []string, visit func(name, value string) *Error) *Error {
	if !utf8.Valid(object) || !json.Valid(object) {
		return refuse(ErrMalformed, "a part is not JSON")
	}
	rest := trim(string(object))
	if rest[0] != '{' {
		return refuse(ErrMalformed, "a part is not a JSON object")
	}
	var room [24]string
	seen := room[:0]
	rest = trim(rest[1:])
	for rest[0] != '}' {
		end := value(rest)
		name, ok := unquote(rest[:end])
		if !ok {
			return refuse(ErrMalformed, "a part has a name that is not a string")
		}
		if slices.Contains(seen, name) {
			return refuse(ErrMalformed, "a part has a duplicate name")
		}
		if !slices.Contains(read, name) && slices.ContainsFunc(read, func(r string) bool { return strings.EqualFold(r, name) }) {
			return refuse(ErrMalformed, "a part has a name in another case")
		}
		if seen = append(seen, name); len(seen) > maxMembers {
			return refuse(ErrMalformed, "a part has too many members")
		}
		rest = trim(rest[end:])
		rest = trim(rest[1:]) // the colon
		end = value(rest)
		if err := visit(name, rest[:end]); err != nil {
			return err
		}
		rest = trim(rest[end:])
		if rest[0] == ',' {
			rest = trim(rest[1:])
		}
	}
	return nil
}

func trim(text string) string {
	for len(text) > 0 && (text[0] == ' ' || text[0] == '\t' || text[0] == '\n' || text[0] == '\r') {
		text = text[1:]
	}
	return text
}

// value returns the length of the first value of valid JSON.
func value(text string) int {
	depth := 0
	for i := 0; ; {
		switch text[i] {
		case '"':
			i += quoted(text[i:])
		case '{', '[':
			depth++
			i++
		case '}', ']':
			depth--
			i++
		default:
			i++
		}
		if depth == 0 && (i == len(text) || ends(text[i-1]) || ends(text[i])) {
			return i
		}
	}
}

// ends reports whether a value that is not nested ends at this character: after it if it closes a value, before it otherwise.
func ends(c byte) bool {
	switch c {
	case '"', '}', ']', ',', ':', ' ', '\t', '\n', '\r':
		return true
	}
	return false
}

// quoted returns the length, with the quotes, of the string at the start of valid JSON.
func quoted(text string) int {
	for i := 1; ; i++ {
		switch text[i] {
		case '\\':
			i++
		case '"':
			return i + 1
		}
	}
}

// unquote returns the text of a JSON string, and false for other values.
func unquote(raw string) (string, bool) {
	if len(raw) < 2 || raw[0] != '"' {
		return "", false
	}
	if strings.IndexByte(raw, '\\') < 0 {
		return raw[1 : len(raw)-1], true
	}
	var text string
	err := json.Unmarshal([]byte(raw), &text)
	return text, err == nil
}
