package originheader

import (
	"crypto/rand"
	"encoding/json"
	"fmt"
	"log/slog"
	"regexp"
	"strings"
	"unique"
)

// ValueLength is the length of every value of the origin header. 64 alphanumeric characters need no escaping in a stage
// variable, in a WAF regular expression or in a header, and stay below WAF's 200 characters a pattern.
const ValueLength = 64

const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"

const redacted = "[redacted]"

// Value is a value of the origin header, or whatever was found where one belongs. Every way of printing it, encoding it or
// logging it yields "[redacted]"; only Plaintext and Pattern give the characters away. The characters are behind a handle because
// fmt calls no method of a value in an unexported field: it would print a string, but of a handle it prints the address.
type Value struct{ h unique.Handle[string] }

// ValueOf wraps what an API returned, well formed or not; see Check.
func ValueOf(s string) Value { return Value{unique.Make(s)} }

// NewValue draws a value from the operating system's random source. GetRandomPassword would do as well, but it is one more
// call that can fail and a permission that cannot be narrowed to a resource.
func NewValue() Value {
	// Bytes from the last, incomplete run of the alphabet are dropped: every character is equally likely.
	const limit = 256 - 256%len(alphabet)
	var b strings.Builder
	buf := make([]byte, 2*ValueLength)
	for b.Len() < ValueLength {
		_, _ = rand.Read(buf) // never fails: crypto/rand ends the process instead
		for _, c := range buf {
			if int(c) < limit && b.Len() < ValueLength {
				b.WriteByte(alphabet[int(c)%len(alphabet)])
			}
		}
	}
	return ValueOf(b.String())
}

// Check says what is wrong with the value's shape, without showing it.
func (v Value) Check() error {
	plain := v.Plaintext()
	if len(plain) != ValueLength {
		return fmt.Errorf("%w: got %d characters, want %d alphanumeric ones", ErrMalformed, len(plain), ValueLength)
	}
	for i := range len(plain) {
		if strings.IndexByte(alphabet, plain[i]) < 0 {
			return fmt.Errorf("%w: character %d is not alphanumeric, want %d alphanumeric ones", ErrMalformed, i+1, ValueLength)
		}
	}
	return nil
}

// Plaintext returns the characters. It is for the request that carries them and for nothing else.
func (v Value) Plaintext() string {
	if v == (Value{}) {
		return ""
	}
	return v.h.Value()
}

// Pattern returns the WAF regular expression that matches the value and nothing else. WAF searches inside the header
// (https://docs.aws.amazon.com/waf/latest/developerguide/waf-rule-statement-type-regex-pattern-set-match.html), hence the anchors.
func (v Value) Pattern() string { return "^" + v.Plaintext() + "$" }

// FromPattern is the inverse of Pattern; ok is false for a pattern that this package never writes.
func FromPattern(pattern string) (v Value, ok bool) {
	inner, head := strings.CutPrefix(pattern, "^")
	inner, tail := strings.CutSuffix(inner, "$")
	v = ValueOf(inner)
	return v, head && tail && v.Check() == nil
}

// String hides the value, and so do all other ways of printing it.
func (Value) String() string { return redacted }

// GoString hides the value from %#v.
func (Value) GoString() string { return redacted }

// LogValue hides the value from slog.
func (Value) LogValue() slog.Value { return slog.StringValue(redacted) }

// MarshalText hides the value from encoders of text.
func (Value) MarshalText() ([]byte, error) { return []byte(redacted), nil }

// MarshalJSON hides the value from JSON.
func (Value) MarshalJSON() ([]byte, error) { return json.Marshal(redacted) }

// Format hides the value from every verb of fmt.
func (Value) Format(f fmt.State, _ rune) { _, _ = f.Write([]byte(redacted)) }

// runOfValue matches anything as long as a value: AWS quotes the offending parameter in some of its error messages.
var runOfValue = regexp.MustCompile(`[A-Za-z0-9]{` + fmt.Sprint(ValueLength) + `,}`)

// Redact replaces everything in s that could be a value.
func Redact(s string) string { return runOfValue.ReplaceAllString(s, redacted) }

// RedactError returns err with a message that cannot contain a value. What it wraps stays reachable for errors.Is and As.
func RedactError(err error) error {
	if err == nil {
		return nil
	}
	return redactedError{err}
}

type redactedError struct{ err error }

func (e redactedError) Error() string              { return Redact(e.err.Error()) }
func (e redactedError) Unwrap() error              { return e.err }
func (e redactedError) Format(f fmt.State, _ rune) { _, _ = f.Write([]byte(e.Error())) }

var (
	_ fmt.Formatter  = Value{}
	_ fmt.GoStringer = Value{}
	_ slog.LogValuer = Value{}
	_ json.Marshaler = Value{}
)
