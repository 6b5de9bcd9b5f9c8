package main

import (
	"errors"
	"fmt"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/cognito-m2m/cognito-m2m-cdk/internal/rotation/originheader"
)

// settings are the environment variables; the package's documentation describes them.
type settings struct {
	secretARN                           string
	patternSetID, patternSetName        string
	restAPIID, stageName, stageVariable string
	tokenURL, gatewayTokenURL           string
	headerName                          string
	stackIDs                            []string
	metricsNamespace                    string
	bounds                              originheader.Config
}

// readSettings reports every mistake at once.
func readSettings(getenv func(string) string) (settings, error) {
	e := &environment{getenv: getenv}
	s := settings{
		secretARN:        e.required("SECRET_ARN", secretARNPattern),
		patternSetID:     e.required("PATTERN_SET_ID", nil),
		patternSetName:   e.required("PATTERN_SET_NAME", nil),
		restAPIID:        e.required("REST_API_ID", nil),
		stageName:        e.required("STAGE_NAME", nil),
		stageVariable:    e.required("STAGE_VARIABLE", stageVariablePattern),
		tokenURL:         e.endpoint("TOKEN_URL", true),
		gatewayTokenURL:  e.endpoint("GATEWAY_TOKEN_URL", false),
		headerName:       e.header("HEADER_NAME", "x-wafAuthAllowRule"),
		stackIDs:         e.list("STACK_IDS"),
		metricsNamespace: e.text("METRICS_NAMESPACE", "CognitoM2M/OriginHeader"),
		bounds:           originheader.DefaultConfig(),
	}
	b := &s.bounds
	e.duration("WAF_BOUND", &b.WAFBound)
	e.duration("STAGE_BOUND", &b.StageBound)
	e.duration("GRACE", &b.Grace)
	e.duration("STUCK_LIMIT", &b.StuckLimit)
	e.duration("FLUSH_INTERVAL", &b.FlushInterval)
	e.duration("PROBE_DEADLINE", &b.ProbeDeadline)
	e.duration("PROBE_INTERVAL", &b.ProbeInterval)
	e.duration("FUNCTION_TIMEOUT", &b.FunctionTimeout)
	e.integer("PROBE_PASSES", &b.ProbePasses)
	return s, errors.Join(append(e.errs, b.Validate())...)
}

var (
	secretARNPattern = regexp.MustCompile(`^arn:[^:]+:secretsmanager:[^:]+:\d{12}:secret:.+$`)
	// https://docs.aws.amazon.com/apigateway/latest/developerguide/stage-variables.html: alphanumeric characters and underscores.
	stageVariablePattern = regexp.MustCompile(`^\w{1,64}$`)
)

// environment reads variables and collects what is wrong with them.
type environment struct {
	getenv func(string) string
	errs   []error
}

func (e *environment) wrong(format string, args ...any) {
	e.errs = append(e.errs, fmt.Errorf("environment variable "+format, args...))
}

func (e *environment) required(name string, pattern *regexp.Regexp) string {
	value := e.getenv(name)
	if value == "" {
		e.wrong("%s is not set", name)
	} else if pattern != nil && !pattern.MatchString(value) {
		e.wrong("%s is %q: want a match of %s", name, value, pattern)
	}
	return value
}

func (e *environment) text(name, fallback string) string {
	if value := e.getenv(name); value != "" {
		return value
	}
	return fallback
}

// endpoint takes plain HTTP on the loopback interface only: the header value travels to it.
func (e *environment) endpoint(name string, required bool) string {
	value := e.getenv(name)
	if value == "" {
		if required {
			e.wrong("%s is not set", name)
		}
		return ""
	}
	u, err := url.Parse(value)
	ok := err == nil && u.Host != "" && u.RawQuery == "" && u.Fragment == "" && u.User == nil &&
		(u.Scheme == "https" || (u.Scheme == "http" && u.Hostname() == "127.0.0.1"))
	if !ok {
		e.wrong("%s is %q: want an https URL without user, query and fragment", name, value)
	}
	return value
}

func (e *environment) header(name, fallback string) string {
	value := e.text(name, fallback)
	if !headerNamePattern.MatchString(value) {
		e.wrong("%s is %q: want a match of %s", name, value, headerNamePattern)
	}
	return value
}

// headerNamePattern is RFC 9110 section 5.6.2's token.
var headerNamePattern = regexp.MustCompile("^[!#$%&'*+.^_`|~0-9A-Za-z-]+$")

func (e *environment) list(name string) (values []string) {
	for _, value := range strings.Split(e.getenv(name), ",") {
		if value = strings.TrimSpace(value); value != "" {
			values = append(values, value)
		}
	}
	return values
}

func (e *environment) duration(name string, d *time.Duration) {
	value := e.getenv(name)
	if value == "" {
		return
	}
	parsed, err := time.ParseDuration(value)
	if err != nil {
		e.wrong("%s is %q: want a duration such as 90s, 2m or 1h", name, value)
		return
	}
	*d = parsed
}

func (e *environment) integer(name string, n *int) {
	value := e.getenv(name)
	if value == "" {
		return
	}
	parsed, err := strconv.Atoi(value)
	if err != nil {
		e.wrong("%s is %q: want a whole number", name, value)
		return
	}
	*n = parsed
}
