package awslimits

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"
)

// Refusal is the error of a rule. Its fields describe the rule to those who write schemas and documents; they are zero where they do
// not apply.
type Refusal struct {
	// Message names the value got and the values allowed.
	Message string
	// Allowed describes the values allowed.
	Allowed string
	// Pattern matches every text that is allowed, and perhaps others.
	Pattern string
	// Values are all texts that are allowed.
	Values []string
	// Least and Most are the bounds of numbers, and of durations in nanoseconds. With Step, only its multiples are allowed.
	Least, Most, Step float64
	// Positive says that Least, which is 0, is not allowed itself.
	Positive bool
}

func (r *Refusal) Error() string { return r.Message }

func (r *Refusal) of(problem string, got any) error {
	r.Message = fmt.Sprintf(problem, got) + ": use " + r.Allowed
	return r
}

// text is the rule of texts that match a pattern. problem has a verb for the value.
type text struct {
	problem, allowed string
	pattern          *regexp.Regexp
}

func texts(problem, pattern, allowed string) text {
	return text{problem, allowed, regexp.MustCompile(pattern)}
}

func (t text) check(got string) error {
	if !t.pattern.MatchString(got) {
		return t.refuse(got)
	}
	return nil
}

func (t text) refuse(got string) error {
	return (&Refusal{Allowed: t.allowed, Pattern: t.pattern.String()}).of(t.problem, got)
}

// numbers is the rule of numbers from least to most: of the multiples of step, unless it is 0. problem has a verb for the value.
func numbers[T int | float64 | time.Duration](problem string, least, most, step T, allowed string) func(T) error {
	return func(got T) error {
		inside := got >= least && got <= most
		if inside && (step == 0 || T(int64(got)) == got && int64(got)%int64(step) == 0) {
			return nil
		}
		return (&Refusal{Allowed: allowed, Least: float64(least), Most: float64(most), Step: float64(step)}).of(problem, got)
	}
}

// positive is the rule of numbers over 0 and up to most.
func positive[T float64 | time.Duration](problem string, most T, allowed string) func(T) error {
	return func(got T) error {
		if got > 0 && got <= most {
			return nil
		}
		return (&Refusal{Allowed: allowed, Most: float64(most), Positive: true}).of(problem, got)
	}
}

// AtMost is the rule of how many items a list has. problem has verbs for the number got and for most.
func AtMost(most int, problem string) func(int) error {
	return func(got int) error {
		if got <= most {
			return nil
		}
		return &Refusal{Message: fmt.Sprintf(problem, got, most), Most: float64(most)}
	}
}

// OneOf checks that a value is one of those allowed.
func OneOf(what, got string, allowed ...string) error {
	if slices.Contains(allowed, got) {
		return nil
	}
	return &Refusal{Message: fmt.Sprintf("%s %q is not one of %s", what, got, strings.Join(allowed, ", ")), Values: allowed}
}

// Values is the rule of values that are one of those allowed.
func Values(what string, allowed ...string) func(string) error {
	return func(got string) error { return OneOf(what, got, allowed...) }
}
