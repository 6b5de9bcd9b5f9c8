package vtl

import (
	"encoding/base64"
	"fmt"
	"net/url"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// utilTool is $util:
// https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-mapping-template-reference.html#util-template-reference
type utilTool struct{}

var _ tool = utilTool{}

const utilMethods = "urlEncode, urlDecode, escapeJavaScript, parseJson, base64Encode, base64Decode"

func (utilTool) name() string { return "$util" }

func (utilTool) property(name string) (any, error) {
	return nil, fmt.Errorf("property %q is not supported; supported are the methods %s", name, utilMethods)
}

func (utilTool) call(x *execution, method string, arguments []any) (any, error) {
	argument, err := oneText(method, arguments)
	if err != nil {
		return nil, err
	}
	if err := x.produced(len(argument)); err != nil {
		return nil, err
	}
	switch method {
	case "urlEncode":
		return urlEncode(argument), nil
	case "urlDecode":
		decoded, err := url.QueryUnescape(argument)
		if err == nil && !utf8.ValidString(decoded) {
			err = fmt.Errorf("urlDecode of %q is not UTF-8", argument)
		}
		return decoded, err
	case "escapeJavaScript":
		return escapeJavaScript(argument), nil
	case "parseJson":
		v, err := parseJSON(x, argument)
		if err != nil {
			return nil, fmt.Errorf("parseJson: %w", err)
		}
		return v, nil
	case "base64Encode":
		return base64.StdEncoding.EncodeToString([]byte(argument)), nil
	case "base64Decode":
		decoded, err := base64.StdEncoding.DecodeString(argument)
		if err == nil && !utf8.Valid(decoded) {
			err = fmt.Errorf("base64Decode of %q is not UTF-8", argument)
		}
		return string(decoded), err
	}
	return nil, fmt.Errorf("method %q is not supported; supported: %s", method, utilMethods)
}

// urlEncode converts to application/x-www-form-urlencoded as Java's URLEncoder does, which, unlike Go, leaves '*' and encodes '~':
// https://docs.oracle.com/en/java/javase/17/docs/api/java.base/java/net/URLEncoder.html
func urlEncode(s string) string {
	return strings.NewReplacer("%2A", "*", "~", "%7E").Replace(url.QueryEscape(s))
}

// escapeJavaScript escapes as Apache Commons Lang's StringEscapeUtils.escapeJavaScript does. AWS documents that single quotes are escaped,
// too.
func escapeJavaScript(s string) string {
	names := map[uint16]string{'\b': `\b`, '\n': `\n`, '\t': `\t`, '\f': `\f`, '\r': `\r`, '\'': `\'`, '"': `\"`, '\\': `\\`, '/': `\/`}
	var b strings.Builder
	for _, unit := range utf16.Encode([]rune(s)) {
		name, named := names[unit]
		switch {
		case named:
			b.WriteString(name)
		case unit < ' ' || unit > '~'+1:
			fmt.Fprintf(&b, `\u%04X`, unit)
		default:
			b.WriteByte(byte(unit))
		}
	}
	return b.String()
}
