package header

import (
	"fmt"
	"strings"

	"github.com/cognito-m2m/cognito-m2m-cdk/internal/rotation/sensitive"
)

// ValueLength is the length of every value of the origin header. 64 alphanumeric characters need no escaping in a stage
// variable, in a WAF regular expression or in a header, and stay below WAF's 200 characters a pattern.
const ValueLength = sensitive.RandomLength

// Value is a value of the origin header, well formed or not. Only Plaintext and Pattern return its characters.
type Value struct{ sensitive.Value }

// ValueOf returns s as a Value. It does not check s; see Check.
func ValueOf(s string) Value { return Value{sensitive.ValueOf(s)} }

// NewValue returns a random value.
func NewValue() Value { return Value{sensitive.Random()} }

// Check returns an error if the value is malformed. The error does not show the value.
func (v Value) Check() error {
	plain := v.Plaintext()
	if len(plain) != ValueLength {
		return fmt.Errorf("%w: got %d characters, want %d alphanumeric ones", ErrMalformed, len(plain), ValueLength)
	}
	for i := range len(plain) {
		if strings.IndexByte(sensitive.Alphabet, plain[i]) < 0 {
			return fmt.Errorf("%w: character %d is not alphanumeric, want %d alphanumeric ones", ErrMalformed, i+1, ValueLength)
		}
	}
	return nil
}

// Pattern returns the WAF regular expression that matches exactly the value. It has anchors because WAF searches inside the header
// (https://docs.aws.amazon.com/waf/latest/developerguide/waf-rule-statement-type-regex-pattern-set-match.html).
func (v Value) Pattern() string { return "^" + v.Plaintext() + "$" }

// FromPattern is the inverse of Pattern; ok is false for a pattern that this package never writes.
func FromPattern(pattern string) (v Value, ok bool) {
	inner, head := strings.CutPrefix(pattern, "^")
	inner, tail := strings.CutSuffix(inner, "$")
	v = ValueOf(inner)
	return v, head && tail && v.Check() == nil
}
