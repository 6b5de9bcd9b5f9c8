package main

import (
	"regexp"

	"github.com/cognito-m2m/cognito-m2m-cdk/functions/internal/environment"
	"github.com/cognito-m2m/cognito-m2m-cdk/internal/rotation/clientsecret"
)

// settings are the environment variables; the package's documentation describes them.
type settings struct {
	secretPrefix, accountID     string
	userPoolID                  string
	tokenURL, gatewayTokenURL   string
	headerName, headerSecretARN string
	restAPIID, stageName        string
	metricsNamespace            string
	bounds                      clientsecret.Config
}

// readSettings reports all errors together.
func readSettings(getenv func(string) string) (settings, error) {
	e := environment.NewReader(getenv)
	s := settings{
		secretPrefix:     e.Required("SECRET_PREFIX", secretPrefixPattern),
		accountID:        e.Required("ACCOUNT_ID", accountIDPattern),
		userPoolID:       e.Required("USER_POOL_ID", userPoolIDPattern),
		tokenURL:         e.Endpoint("TOKEN_URL", true),
		gatewayTokenURL:  e.Endpoint("GATEWAY_TOKEN_URL", true),
		headerName:       e.Header("HEADER_NAME", "x-wafAuthAllowRule"),
		headerSecretARN:  e.Required("HEADER_SECRET_ARN", secretARNPattern),
		restAPIID:        e.Required("REST_API_ID", nil),
		stageName:        e.Required("STAGE_NAME", nil),
		metricsNamespace: e.Text("METRICS_NAMESPACE", "CognitoM2M/ClientSecrets"),
		bounds:           clientsecret.DefaultConfig(),
	}
	e.Required("INTERVAL", nil)
	b := &s.bounds
	e.Duration("INTERVAL", &b.Interval)
	e.Duration("GRACE", &b.Grace)
	e.Duration("STUCK_LIMIT", &b.StuckLimit)
	e.Duration("SWEEP_PACE", &b.Pace)
	e.Duration("CONSISTENCY_BOUND", &b.ConsistencyBound)
	e.Duration("AUTH_DEADLINE", &b.AuthDeadline)
	e.Duration("PROBE_INTERVAL", &b.ProbeInterval)
	e.Duration("FUNCTION_TIMEOUT", &b.FunctionTimeout)
	return s, e.Err(b.Validate())
}

var (
	// https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_CreateSecret.html: letters, digits and /_+=.@-
	secretPrefixPattern = regexp.MustCompile(`^[A-Za-z0-9/_+=.@-]+/$`)
	accountIDPattern    = regexp.MustCompile(`^\d{12}$`)
	// https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_UserPoolType.html
	userPoolIDPattern = regexp.MustCompile(`^[\w-]+_[0-9a-zA-Z]+$`)
	secretARNPattern  = regexp.MustCompile(`^arn:[^:]+:secretsmanager:[^:]+:\d{12}:secret:.+$`)
)
