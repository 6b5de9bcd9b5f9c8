// Package environment reads a Lambda function's settings from environment variables, and reports all errors together.
package environment

import (
	"errors"
	"fmt"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// Reader reads variables and collects their errors.
type Reader struct {
	getenv func(string) string
	errs   []error
}

// NewReader returns a Reader of the variables of getenv.
func NewReader(getenv func(string) string) *Reader { return &Reader{getenv: getenv} }

// Err returns all errors so far and the errors in more, or nil if there are none.
func (r *Reader) Err(more ...error) error { return errors.Join(append(r.errs, more...)...) }

func (r *Reader) wrong(format string, args ...any) {
	r.errs = append(r.errs, fmt.Errorf("environment variable "+format, args...))
}

// Required returns a variable that must be set, and must match the pattern unless it is nil.
func (r *Reader) Required(name string, pattern *regexp.Regexp) string {
	value := r.getenv(name)
	if value == "" {
		r.wrong("%s is not set", name)
	} else if pattern != nil && !pattern.MatchString(value) {
		r.wrong("%s is %q: want a match of %s", name, value, pattern)
	}
	return value
}

// Text returns a variable or its default.
func (r *Reader) Text(name, fallback string) string {
	if value := r.getenv(name); value != "" {
		return value
	}
	return fallback
}

// Endpoint returns the URL of a token endpoint. Secrets are sent there, so plain HTTP is allowed for the loopback address only.
func (r *Reader) Endpoint(name string, required bool) string {
	value := r.getenv(name)
	if value == "" {
		if required {
			r.wrong("%s is not set", name)
		}
		return ""
	}
	u, err := url.Parse(value)
	ok := err == nil && u.Host != "" && u.RawQuery == "" && u.Fragment == "" && u.User == nil &&
		(u.Scheme == "https" || (u.Scheme == "http" && u.Hostname() == "127.0.0.1"))
	if !ok {
		r.wrong("%s is %q: want an https URL without user, query and fragment", name, value)
	}
	return value
}

// Header returns the name of a header, or the default.
func (r *Reader) Header(name, fallback string) string {
	value := r.Text(name, fallback)
	if !headerNamePattern.MatchString(value) {
		r.wrong("%s is %q: want a match of %s", name, value, headerNamePattern)
	}
	return value
}

// headerNamePattern is RFC 9110 section 5.6.2's token.
var headerNamePattern = regexp.MustCompile("^[!#$%&'*+.^_`|~0-9A-Za-z-]+$")

// List returns the elements of a comma-separated list.
func (r *Reader) List(name string) (values []string) {
	for _, value := range strings.Split(r.getenv(name), ",") {
		if value = strings.TrimSpace(value); value != "" {
			values = append(values, value)
		}
	}
	return values
}

// Duration sets d if the variable is set.
func (r *Reader) Duration(name string, d *time.Duration) {
	value := r.getenv(name)
	if value == "" {
		return
	}
	parsed, err := time.ParseDuration(value)
	if err != nil {
		r.wrong("%s is %q: want a duration such as 90s, 2m or 1h", name, value)
		return
	}
	*d = parsed
}

// Integer sets n if the variable is set.
func (r *Reader) Integer(name string, n *int) {
	value := r.getenv(name)
	if value == "" {
		return
	}
	parsed, err := strconv.Atoi(value)
	if err != nil {
		r.wrong("%s is %q: want a whole number", name, value)
		return
	}
	*n = parsed
}
