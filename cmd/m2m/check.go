package main

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net/http"
	"os"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws/arn"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs"
	"github.com/spf13/cobra"

	"github.com/cognito-m2m/cognito-m2m-cdk/internal/conformance"
	"github.com/cognito-m2m/cognito-m2m-cdk/internal/rotation/sensitive"
)

const checkHelp = `check asks a token gateway whether the token service is safe: Is Cognito closed to everyone else? Does every client get
its own tokens only? Is the cache used, and can no client empty it? Is expires_in correct? Do errors stay errors? It prints one line for
each question:

  pass     as it should be, with what was seen
  fail     not as it should be, with what was seen and what is right
  unknown  could not be answered, with the reason; not a pass

It needs a client of the service, preferably one that exists for checks only. It sends about 40 token requests. Cognito answers a few of
them with a token, and charges for it. A request that must be refused carries made-up credentials, so that no error can stay in the cache
under a real client's key.

The client's secret is never an argument. It comes from an environment variable, or from a Secrets Manager secret that holds
{"client_secret": "..."}, read with the caller's AWS credentials. The output never shows a secret, a token or a header's value.

Exit status: 0 no question failed, 1 a question failed or AWS denied access, 2 wrong usage.`

const checkExamples = `  # With the secret in the environment. The questions about scopes need two scopes.
  M2M_CLIENT_SECRET=... m2m check \
    --gateway https://abc123.execute-api.eu-west-1.amazonaws.com/v1 \
    --cognito https://example-m2m.auth.eu-west-1.amazoncognito.com \
    --client-id 1example23456789 --scope orders/read --scope orders/write

  # In a pipeline: the secret from Secrets Manager, and all questions for operators.
  m2m check --gateway https://tokens.example.com --cognito https://auth.example.com \
    --client-id 1example23456789 --scope orders/read --scope orders/write \
    --secret-arn arn:aws:secretsmanager:eu-west-1:111122223333:secret:m2m/checks-AbCdEf \
    --issuer https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_example --cache-ttl 45m --validity 1h \
    --user-pool-id eu-west-1_example --user-pool-arn arn:aws:cognito-idp:eu-west-1:111122223333:userpool/eu-west-1_example \
    --stage abc123/v1 --trail-log-group aws-cloudtrail-logs --json

  # A protected edge: client certificate, closed default endpoint, rate limit of 300 requests.
  m2m check --gateway https://token.example.com --cognito https://auth.example.com --client-id 1example23456789 --scope orders/read \
    --client-cert client.pem --client-key client.key \
    --default-endpoint https://abc123.execute-api.eu-west-1.amazonaws.com/v1 --rate-limit 400`

// checkFlags are the flags that are not fields of the target.
type checkFlags struct {
	secretEnv, secretARN, trailGroup, stage, userPoolID, userPoolARN, valuesARN string
	caFile, clientCert, clientKey                                               string
	asJSON                                                                      bool
	timeout                                                                     time.Duration
}

// checker is conformance.Run.
type checker func(context.Context, conformance.Target) ([]conformance.Result, error)

func newCheckCommand(run checker, env environment) *cobra.Command {
	var target conformance.Target
	var flags checkFlags
	command := &cobra.Command{
		Use:     "check --gateway URL --cognito URL --client-id ID --scope SCOPE [--scope SCOPE]",
		Short:   "Ask a deployed or simulated token gateway whether it does what it promises",
		Long:    checkHelp,
		Example: checkExamples,
		Args:    noArguments,
		RunE: func(command *cobra.Command, _ []string) error {
			return check(command, target, &flags, run, env)
		},
	}
	f := command.Flags()
	f.SortFlags = false
	f.StringVar(&target.GatewayURL, "gateway", "", "`URL` of the gateway's stage, with or without /oauth2/token (required)")
	f.StringVar(&target.CognitoURL, "cognito", "", "`URL` of the user pool's domain, with or without /oauth2/token (required)")
	f.StringVar(&target.ClientID, "client-id", "", "`ID` of the app client to use (required)")
	f.StringArrayVar(&target.Scopes, "scope", nil, "`scope` that the client may have; give two (required)")
	f.StringVar(&flags.secretEnv, "secret-env", "M2M_CLIENT_SECRET", "`name` of the environment variable that holds the client's secret")
	f.StringVar(&flags.secretARN, "secret-arn", "", "`ARN` of the Secrets Manager secret that holds the client's secret")
	f.StringVar(&target.Issuer, "issuer", "", "expected iss claim, a `URL` (default: that of the first token)")
	f.StringVar(&target.WellKnownURL, "well-known", "", "`URL` before /.well-known/jwks.json (default: the issuer)")
	f.StringVar(&target.HeaderName, "header-name", conformance.DefaultHeaderName, "`name` of the origin header")
	f.BoolVar(&target.ClientIDOptional, "client-id-optional", false, "the gateway does not require client_id")
	f.DurationVar(&target.CacheTTL, "cache-ttl", 0, "the gateway's cache TTL, to check expires_in for the oldest cached answer")
	f.DurationVar(&target.Validity, "validity", 0, "access-token validity of the client (default: not compared with exp and iat)")
	f.StringVar(&flags.trailGroup, "trail-log-group", "", "`name` of CloudTrail's log group, to check that it masks the header's value")
	f.StringVar(&flags.userPoolID, "user-pool-id", "", "`ID` of the user pool, to check whether errors are cached: "+
		"gives the client a second secret for a short time")
	f.StringVar(&flags.stage, "stage", "", "`ID/NAME` of the API and its stage, such as abc123/v1, to check the cache lock (apigateway:GET)")
	f.StringVar(&flags.userPoolARN, "user-pool-arn", "", "`ARN` of the user pool, to check its web ACL and the IDs of the client's secrets "+
		"(wafv2:GetWebACLForResource, cognito-idp:GetWebACLForResource and ListUserPoolClientSecrets)")
	f.StringVar(&flags.valuesARN, "accepted-values-arn", "", "`ARN` of the regex pattern set of accepted header values, to check that "+
		"it has no stack tags (wafv2:ListTagsForResource)")
	f.StringVar(&flags.caFile, "ca-file", "", "PEM `file` with the certificate authorities to trust instead of the system's")
	f.StringVar(&flags.clientCert, "client-cert", "", "PEM `file` with a client certificate for mutual TLS; also checks that one is required")
	f.StringVar(&flags.clientKey, "client-key", "", "PEM `file` with its private key")
	f.StringVar(&target.DefaultEndpoint, "default-endpoint", "", "the stage's execute-api `URL`, to check that it is closed")
	f.IntVar(&target.RateLimit, "rate-limit", 0, "`number` of requests to send in a row, more than the rate limit; "+
		"the client is then refused until the limit's window ends (default: none)")
	f.DurationVar(&flags.timeout, "timeout", 2*time.Minute, "time for all questions; those left are unknown")
	f.BoolVar(&flags.asJSON, "json", false, "print JSON")
	return command
}

func check(command *cobra.Command, target conformance.Target, flags *checkFlags, run checker, env environment) error {
	if flags.timeout <= 0 {
		return usageError{fmt.Errorf("--timeout is %v: want more than 0", flags.timeout)}
	}
	for _, name := range []string{"gateway", "cognito", "client-id", "scope"} {
		if !command.Flags().Changed(name) {
			return usageError{fmt.Errorf("--%s is required", name)}
		}
	}
	if command.Flags().Changed("secret-env") && flags.secretARN != "" {
		return usageError{errors.New("--secret-env and --secret-arn are both set: want one of them")}
	}
	ctx, cancel := context.WithTimeoutCause(command.Context(), flags.timeout, fmt.Errorf("the timeout of %v is over", flags.timeout))
	defer cancel()
	if err := flags.complete(ctx, &target, env); err != nil {
		return err
	}
	results, err := run(ctx, target)
	if err != nil {
		return usageError{err}
	}
	write := writeTable
	if flags.asJSON {
		write = writeJSON
	}
	if err := write(command.OutOrStdout(), results); err != nil {
		return err
	}
	if conformance.Count(results, conformance.Fail) > 0 {
		return errFailed
	}
	return nil
}

// complete adds to the target what comes from files, the environment and AWS.
func (f *checkFlags) complete(ctx context.Context, target *conformance.Target, env environment) error {
	roots, err := f.roots()
	if err != nil {
		return usageError{err}
	}
	transport := conformance.Transport(roots)
	if transport.TLSClientConfig.Certificates, err = f.certificates(); err != nil {
		return usageError{err}
	}
	target.HTTP = &http.Client{Transport: transport, Timeout: 35 * time.Second}
	if f.secretARN == "" {
		secret, _ := env(f.secretEnv)
		if secret == "" {
			return usageError{fmt.Errorf("environment variable %s is not set: set it to the client's secret, or use --secret-arn", f.secretEnv)}
		}
		target.ClientSecret = sensitive.ValueOf(secret)
	}
	if f.secretARN+f.trailGroup+f.stage+f.userPoolARN+f.userPoolID+f.valuesARN == "" {
		return nil
	}
	return f.connect(ctx, target)
}

// connect adds to the target what comes from AWS.
func (f *checkFlags) connect(ctx context.Context, target *conformance.Target) error {
	pool, _ := arn.Parse(f.userPoolARN)
	settings, err := config.LoadDefaultConfig(ctx, config.WithDefaultRegion(pool.Region))
	if err != nil {
		return fmt.Errorf("reading the AWS configuration: %w", err)
	}
	if f.secretARN != "" {
		if target.ClientSecret, err = readSecret(ctx, settings, f.secretARN, target.ClientID); err != nil {
			return err
		}
	}
	if f.trailGroup != "" {
		target.Trail = logGroup{f.trailGroup, cloudwatchlogs.NewFromConfig(settings)}
	}
	if f.stage != "" {
		if target.Stage, err = newStage(settings, f.stage); err != nil {
			return err
		}
	}
	if f.userPoolID != "" {
		target.Corrector = newCorrector(settings, f.userPoolID)
	}
	if f.valuesARN != "" {
		if target.AcceptedValues, err = newAcceptedValues(settings, f.valuesARN); err != nil {
			return err
		}
	}
	if f.userPoolARN != "" {
		target.Pool, err = newPool(settings, f.userPoolARN)
	}
	return err
}

// certificates returns the client's certificate, or nil if the flags are not set.
func (f *checkFlags) certificates() ([]tls.Certificate, error) {
	switch {
	case (f.clientCert == "") != (f.clientKey == ""):
		return nil, errors.New("--client-cert and --client-key belong together: one of them is missing")
	case f.clientCert == "":
		return nil, nil
	}
	certificate, err := tls.LoadX509KeyPair(f.clientCert, f.clientKey)
	if err != nil {
		return nil, fmt.Errorf("--client-cert and --client-key: %w", err)
	}
	return []tls.Certificate{certificate}, nil
}

func (f *checkFlags) roots() (*x509.CertPool, error) {
	if f.caFile == "" {
		return nil, nil
	}
	pem, err := os.ReadFile(f.caFile)
	if err != nil {
		return nil, fmt.Errorf("--ca-file: %w", err)
	}
	roots := x509.NewCertPool()
	if !roots.AppendCertsFromPEM(pem) {
		return nil, errors.New("--ca-file " + f.caFile + " holds no certificate: want PEM")
	}
	return roots, nil
}
