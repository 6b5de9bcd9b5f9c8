// Package sensitive keeps secret values out of everything that is printed, encoded or logged.
package sensitive

import (
	"crypto/rand"
	"encoding/json"
	"fmt"
	"log/slog"
	"regexp"
	"strings"
	"unique"
)

// RandomLength is the length of a value from Random: 381 bits.
const RandomLength = 64

// Alphabet has the characters of a value from Random. They need no escaping where the rotations use a value.
const Alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"

const redacted = "[redacted]"

// Value is a secret. Printing, encoding or logging it yields "[redacted]"; only Plaintext returns its characters. They are behind a handle
// because fmt calls no methods of a value in an unexported field: it would print a string, but it prints only the address of a handle.
type Value struct{ h unique.Handle[string] }

// ValueOf returns s as a Value.
func ValueOf(s string) Value { return Value{unique.Make(s)} }

// Random returns a value from the operating system's random source. GetRandomPassword would be one more call that can fail, and a
// permission that cannot be narrowed to a resource.
func Random() Value {
	// Every character is equally likely: bytes above the last multiple of the alphabet's length are dropped.
	const limit = 256 - 256%len(Alphabet)
	var b strings.Builder
	buf := make([]byte, 2*RandomLength)
	for b.Len() < RandomLength {
		_, _ = rand.Read(buf) // never fails: crypto/rand ends the process instead
		for _, c := range buf {
			if int(c) < limit && b.Len() < RandomLength {
				b.WriteByte(Alphabet[int(c)%len(Alphabet)])
			}
		}
	}
	return ValueOf(b.String())
}

// Plaintext returns the characters. Use it only for the request that carries them.
func (v Value) Plaintext() string {
	if v == (Value{}) {
		return ""
	}
	return v.h.Value()
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

var (
	_ fmt.Formatter  = Value{}
	_ fmt.GoStringer = Value{}
	_ slog.LogValuer = Value{}
	_ json.Marshaler = Value{}
)

// MinRun is the length of the shortest run of characters that Redact replaces. Client secrets that Cognito generates are longer, and
// version IDs, request IDs and names of resources have punctuation within fewer characters.
const MinRun = 48

// Run matches any text as long as a value: AWS quotes the invalid parameter in some of its error messages.
var Run = regexp.MustCompile(`[A-Za-z0-9_+]{` + fmt.Sprint(MinRun) + `,}`)

// Redact replaces everything in s that could be a value.
func Redact(s string) string { return Run.ReplaceAllString(s, redacted) }

// RedactError returns err with a message without anything that could be a value, and without the given values, whatever their length.
// errors.Is and errors.As still reach the wrapped errors.
func RedactError(err error, values ...Value) error {
	if err == nil {
		return nil
	}
	return redactedError{err, values}
}

// secretRun matches any text as long as a client secret, which has at least 24 characters, in a value that may be a whole document
// (https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_AddUserPoolClientSecret.html).
var secretRun = regexp.MustCompile(`[A-Za-z0-9_+]{24,}`)

type redactedError struct {
	err    error
	values []Value
}

func (e redactedError) Error() string {
	text := e.err.Error()
	for _, v := range e.values {
		for _, part := range append(secretRun.FindAllString(v.Plaintext(), -1), v.Plaintext()) {
			if part != "" {
				text = strings.ReplaceAll(text, part, redacted)
			}
		}
	}
	return Redact(text)
}

func (e redactedError) Unwrap() error              { return e.err }
func (e redactedError) Format(f fmt.State, _ rune) { _, _ = f.Write([]byte(e.Error())) }
