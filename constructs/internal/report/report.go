// Package report collects the errors in a construct's props, so that one synth reports all of them.
package report

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"
)

// Errors collects the mistakes in one construct's props. The zero value is ready to use.
type Errors struct {
	messages []string
}

// Add notes err under the prop it concerns; a nil err is no mistake.
func (e *Errors) Add(prop string, err error) {
	if err != nil {
		e.Addf(prop, "%v", err)
	}
}

// Addf notes a formatted mistake under the prop it concerns.
func (e *Errors) Addf(prop, format string, args ...any) {
	e.messages = append(e.messages, prop+": "+fmt.Sprintf(format, args...))
}

// AddAll notes errors that name their props themselves.
func (e *Errors) AddAll(errs []error) {
	for _, err := range errs {
		e.messages = append(e.messages, err.Error())
	}
}

// All are the mistakes as errors.
func (e *Errors) All() []error {
	var errs []error
	for _, m := range e.messages {
		errs = append(errs, errors.New(m))
	}
	return errs
}

// Attach makes the mistakes error annotations of the construct: the CDK CLI prints them with the construct's path and fails the
// synth. It says whether there was none.
func (e *Errors) Attach(c constructs.IConstruct) bool {
	for _, m := range e.messages {
		awscdk.Annotations_Of(c).AddError(jsii.String(m))
	}
	return e.Empty()
}

// Empty says whether there is no mistake.
func (e *Errors) Empty() bool { return len(e.messages) == 0 }

// IsToken says whether the value is known at deploy time only, so that it cannot be checked at synth. CDK is asked of what looks like a
// token only: a call to it takes its time.
func IsToken(s *string) bool {
	return s != nil && strings.Contains(*s, "${Token[") && *awscdk.Token_IsUnresolved(s)
}

// Merge notes all mistakes of other and says whether there was none.
func (e *Errors) Merge(other Errors) bool {
	e.messages = append(e.messages, other.messages...)
	return other.Empty()
}

// MergeUnder notes all mistakes of other under a prop that they are within, and says whether there was none.
func (e *Errors) MergeUnder(prop string, other Errors) bool {
	for _, m := range other.messages {
		e.messages = append(e.messages, prop+": "+m)
	}
	return other.Empty()
}

// Duration is d as Go's, or an error when it is known at deploy time only.
func Duration(d awscdk.Duration) (time.Duration, error) {
	if *d.IsUnresolved() {
		return 0, errors.New(unknown)
	}
	ms := *d.ToMilliseconds(&awscdk.TimeConversionOptions{Integral: jsii.Bool(false)})
	return time.Duration(ms * float64(time.Millisecond)), nil
}
