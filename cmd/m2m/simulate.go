package main

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/cognito-m2m/cognito-m2m-cdk/simulator"
)

// cdkVersion is the CDK CLI that the README uses.
const cdkVersion = "2.1148.1"

// simulation holds the flags of simulate.
type simulation struct {
	assembly, environment string
	synth                 bool
	rotateEvery           time.Duration
	propagation           time.Duration
	duration              time.Duration
	quiet, tls            bool
}

func newSimulateCommand() *cobra.Command {
	var s simulation
	command := &cobra.Command{
		Use:   "simulate",
		Short: "Run the synthesized token service on this machine",
		Long: `simulate runs a synthesized cloud assembly on loopback: gateway with cache, the user pool's web ACL, and Cognito. It needs no AWS account.

It prints where to ask and credentials that work, logs every request in a line, and sums up when it is interrupted. A request that goes straight
to Cognito is refused, as on AWS. What the templates hold and the simulation leaves out is said at the start; a feature that it does not know is an
error.`,
		Example: `  m2m simulate --synth                        synthesize the dev environment first
  m2m simulate --synth --env prod             the prod environment
  m2m simulate --assembly cdk.out             what was synthesized before
  m2m simulate --synth --rotate-every 30s     rotate the origin header while serving`,
		Args: noArguments,
		RunE: func(command *cobra.Command, _ []string) error {
			return s.run(command.Context(), command.OutOrStdout(), command.ErrOrStderr())
		},
	}
	flags := command.Flags()
	flags.StringVar(&s.assembly, "assembly", "cdk.out", "cloud assembly `directory`")
	flags.BoolVar(&s.synth, "synth", false, "synthesize the assembly first, with the CDK CLI by npx, in the current directory")
	flags.StringVar(&s.environment, "env", "dev", "with --synth, the `environment` to synthesize")
	flags.DurationVar(&s.rotateEvery, "rotate-every", 0, "rotate the origin header at this `interval` while serving, at least 5 times --propagation; 0: never")
	flags.DurationVar(&s.propagation, "propagation", time.Second, "how long a change takes to reach every request")
	flags.DurationVar(&s.duration, "for", 0, "stop after this `time`; 0: when interrupted")
	flags.BoolVar(&s.tls, "tls", false, "serve HTTPS, with a certificate made for this run")
	flags.BoolVar(&s.quiet, "quiet", false, "no line for each request")
	return command
}

func (s *simulation) run(ctx context.Context, stdout, stderr io.Writer) error {
	if s.propagation < 0 || (s.rotateEvery != 0 && s.rotateEvery < 5*s.propagation) {
		return usageError{fmt.Errorf("--rotate-every is %s: use at least 5 times --propagation, which is %s, or 0", s.rotateEvery, s.propagation)}
	}
	if s.synth {
		if err := s.synthesize(ctx, stderr); err != nil {
			return err
		}
	}
	if s.duration > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, s.duration)
		defer cancel()
	}
	log := requestLog{out: stdout, quiet: s.quiet}
	system, err := simulator.Load(s.assembly, simulator.Options{WAFBound: s.propagation, StageBound: s.propagation, AccessLog: log.gateway})
	if err != nil {
		return err
	}
	config, caFile, err := s.certificate()
	if err != nil {
		return err
	}
	if caFile != "" {
		defer func() { _ = os.RemoveAll(filepath.Dir(caFile)) }()
	}
	server, err := system.Serve(ctx, config)
	if err != nil {
		return err
	}
	printStart(stdout, system, server, caFile)
	s.serve(ctx, system, stdout)
	printSummary(stdout, system)
	return server.Close()
}

// synthesize runs the CDK CLI as the README does, and leaves the assembly where it is read from.
func (s *simulation) synthesize(ctx context.Context, stderr io.Writer) error {
	synth := exec.CommandContext(ctx, "npx", "--yes", "aws-cdk@"+cdkVersion, "synth", "-q", "-c", "env="+s.environment, "-o", s.assembly)
	synth.Stdout, synth.Stderr = stderr, stderr
	if _, err := os.Stat("cdk.json"); errors.Is(err, os.ErrNotExist) {
		return usageError{errors.New("--synth: there is no cdk.json here: run it in the project's directory")}
	}
	if err := synth.Run(); err != nil {
		return fmt.Errorf("synthesizing environment %q: %w", s.environment, err)
	}
	// An assembly may hold templates of another environment from an earlier run; the manifest names those of this one.
	if _, err := os.Stat(filepath.Join(s.assembly, "manifest.json")); err != nil {
		return fmt.Errorf("the synth left no assembly: %w", err)
	}
	return nil
}

func (s *simulation) serve(ctx context.Context, system *simulator.System, stdout io.Writer) {
	counters := time.NewTicker(10 * time.Second)
	defer counters.Stop()
	rotate := make(<-chan time.Time)
	if s.rotateEvery > 0 {
		ticker := time.NewTicker(s.rotateEvery)
		defer ticker.Stop()
		rotate = ticker.C
	}
	last := ""
	for {
		select {
		case <-ctx.Done():
			return
		case <-rotate:
			// The rotation waits longer than a change takes: requests on their way count, too.
			bound := s.propagation + s.propagation/2
			began := time.Now()
			if err := system.RotateOriginHeader(ctx, bound, bound); err != nil {
				_, _ = fmt.Fprintf(stdout, "rotation    failed: %v\n", err)
			} else {
				_, _ = fmt.Fprintf(stdout, "rotation    done in %s; %d value accepted\n", time.Since(began).Round(time.Millisecond), system.AcceptedValues())
			}
		case <-counters.C:
			if line := countersLine(system.Counters()); line != last {
				_, _ = fmt.Fprintln(stdout, line)
				last = line
			}
		}
	}
}

// certificate makes the certificate of this run, and a file, in a directory of its own, by which it is trusted. Without --tls there is neither.
func (s *simulation) certificate() (config *tls.Config, caFile string, err error) {
	if !s.tls {
		return nil, "", nil
	}
	config, roots, err := simulator.LoopbackCertificate()
	if err != nil {
		return nil, "", err
	}
	dir, err := os.MkdirTemp("", "m2m-simulate-")
	if err != nil {
		return nil, "", err
	}
	caFile = filepath.Join(dir, "ca.pem")
	return config, caFile, os.WriteFile(caFile, roots, 0o600)
}

func printStart(out io.Writer, system *simulator.System, server *simulator.Server, caFile string) {
	p := func(format string, args ...any) { _, _ = fmt.Fprintf(out, format+"\n", args...) }
	p("gateway     %s", server.GatewayURL)
	p("cognito     %s", server.CognitoURL)
	p("keys        %s", server.JWKSURL)
	p("issuer      %s", system.Issuer())
	for _, cached := range system.Cached() {
		p("cache       %s", cached)
	}
	curl, check := "curl -s", "go run ./cmd/m2m check"
	if caFile != "" {
		curl, check = curl+" --cacert "+caFile, "AWS_CA_BUNDLE="+caFile+" "+check+" --ca-file "+caFile
	}
	p("")
	p("Not executed:")
	for _, note := range system.Notes() {
		p("  %s", note)
	}
	p("")
	tenants := system.Tenants()
	const shown = 3
	for i, t := range tenants {
		if i == shown {
			p("... and %d more tenants", len(tenants)-shown)
			p("")
			break
		}
		scope := strings.ReplaceAll(url.QueryEscape(strings.Join(t.Scopes, " ")), "+", "%20")
		p("# %s, tokens valid for %s", t.Name, t.AccessTokenValidity)
		p("%s -u %s:%s -d grant_type=client_credentials '%s?scope=%s&client_id=%s'", curl, t.ClientID, t.ClientSecret, server.GatewayURL, scope, t.ClientID)
		p("")
	}
	if i := slices.IndexFunc(tenants, func(t simulator.Tenant) bool { return len(t.Scopes) > 1 }); i >= 0 {
		t := tenants[i]
		p("# all questions of m2m check")
		p("AWS_ENDPOINT_URL_COGNITO_IDENTITY_PROVIDER=%s AWS_REGION=local AWS_ACCESS_KEY_ID=none AWS_SECRET_ACCESS_KEY=none \\", strings.TrimSuffix(server.CognitoURL, "/oauth2/token"))
		p("M2M_CLIENT_SECRET=%s %s --user-pool-id %s --gateway %s --cognito %s --well-known %s --client-id %s --scope %s --scope %s --header-name %s",
			t.ClientSecret, check, system.PoolID(), server.GatewayURL, server.CognitoURL, strings.TrimSuffix(server.JWKSURL, "/.well-known/jwks.json"), t.ClientID, t.Scopes[0], t.Scopes[1], system.OriginHeader())
		p("")
	}
	p("# straight to Cognito: refused with 403")
	p("%s -i -u %s:%s -d grant_type=client_credentials %s", curl, tenants[0].ClientID, tenants[0].ClientSecret, server.CognitoURL)
	p("")
}
