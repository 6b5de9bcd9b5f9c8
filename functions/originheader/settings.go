package main

import (
	"regexp"

	"github.com/cognito-m2m/cognito-m2m-cdk/functions/internal/environment"
	"github.com/cognito-m2m/cognito-m2m-cdk/internal/rotation/header"
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
	bounds                              header.Config
}

// readSettings reports all errors together.
func readSettings(getenv func(string) string) (settings, error) {
	e := environment.NewReader(getenv)
	s := settings{
		secretARN:        e.Required("SECRET_ARN", secretARNPattern),
		patternSetID:     e.Required("PATTERN_SET_ID", nil),
		patternSetName:   e.Required("PATTERN_SET_NAME", nil),
		restAPIID:        e.Required("REST_API_ID", nil),
		stageName:        e.Required("STAGE_NAME", nil),
		stageVariable:    e.Required("STAGE_VARIABLE", stageVariablePattern),
		tokenURL:         e.Endpoint("TOKEN_URL", true),
		gatewayTokenURL:  e.Endpoint("GATEWAY_TOKEN_URL", false),
		headerName:       e.Header("HEADER_NAME", "x-wafAuthAllowRule"),
		stackIDs:         e.List("STACK_IDS"),
		metricsNamespace: e.Text("METRICS_NAMESPACE", "CognitoM2M/OriginHeader"),
		bounds:           header.DefaultConfig(),
	}
	b := &s.bounds
	e.Duration("WAF_BOUND", &b.WAFBound)
	e.Duration("STAGE_BOUND", &b.StageBound)
	e.Duration("GRACE", &b.Grace)
	e.Duration("STUCK_LIMIT", &b.StuckLimit)
	e.Duration("FLUSH_INTERVAL", &b.FlushInterval)
	e.Duration("PROBE_DEADLINE", &b.ProbeDeadline)
	e.Duration("PROBE_INTERVAL", &b.ProbeInterval)
	e.Duration("FUNCTION_TIMEOUT", &b.FunctionTimeout)
	e.Integer("PROBE_PASSES", &b.ProbePasses)
	return s, e.Err(b.Validate())
}

var (
	secretARNPattern = regexp.MustCompile(`^arn:[^:]+:secretsmanager:[^:]+:\d{12}:secret:.+$`)
	// https://docs.aws.amazon.com/apigateway/latest/developerguide/stage-variables.html: alphanumeric characters and underscores.
	stageVariablePattern = regexp.MustCompile(`^\w{1,64}$`)
)
