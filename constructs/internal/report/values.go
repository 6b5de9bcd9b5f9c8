package report

import (
	"fmt"
	"slices"
	"time"

	"github.com/aws/aws-cdk-go/awscdk/v2"
)

// unknown is the error for a value that is known at deploy time only.
const unknown = "must be known at synth, where it is checked"

// Text returns the value if it passes the rule. Otherwise it notes the mistake and returns "".
func (e *Errors) Text(prop string, value *string, rule func(string) error) string {
	switch {
	case value == nil:
		e.Addf(prop, "is required")
	case IsToken(value):
		e.Addf(prop, unknown)
	default:
		if err := rule(*value); err != nil {
			e.Add(prop, err)
			return ""
		}
		return *value
	}
	return ""
}

// Duration puts a given duration into a place if it passes the rule, which may be nil. Otherwise it notes the mistake.
func (e *Errors) Duration(prop string, given awscdk.Duration, into *time.Duration, rule func(time.Duration) error) {
	if given == nil {
		return
	}
	value, err := Duration(given)
	if err == nil && rule != nil {
		err = rule(value)
	}
	if err != nil {
		e.Add(prop, err)
		return
	}
	*into = value
}

// Texts returns the values that pass the rule, each once, and notes the mistakes in the others.
func (e *Errors) Texts(prop string, values []*string, rule func(string) error) []string {
	return e.list(prop, values, rule, func(at string) { e.Addf(at, unknown) })
}

// List notes the mistakes in a list whose values may be known at deploy time only, which are not checked. It says whether there is none.
func (e *Errors) List(prop string, values []*string, rule func(string) error) bool {
	before := len(e.messages)
	e.list(prop, values, rule, func(string) {})
	return len(e.messages) == before
}

func (e *Errors) list(prop string, values []*string, rule func(string) error, token func(at string)) []string {
	var passed []string
	for i, value := range values {
		at := fmt.Sprintf("%s[%d]", prop, i)
		switch {
		case value == nil:
			e.Addf(at, "is nil")
		case IsToken(value):
			token(at)
		case slices.Contains(passed, *value):
			e.Addf(at, "duplicate %q", *value)
		default:
			if err := rule(*value); err != nil {
				e.Add(at, err)
				continue
			}
			passed = append(passed, *value)
		}
	}
	return passed
}
