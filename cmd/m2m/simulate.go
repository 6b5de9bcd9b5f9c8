package main

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/netip"
	"os"
	"os/exec"
	"path/filepath"
	"time"

	"github.com/aws/aws-lambda-go/events"
	"github.com/aws/aws-sdk-go-v2/aws"
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
	clientCertDir         string
	sourceIP, vpcEndpoint string
	country, caller       string
}

func newSimulateCommand() *cobra.Command {
	var s simulation
	command := &cobra.Command{
		Use:   "simulate",
		Short: "Run the synthesized token service on this machine",
		Long: `simulate runs a synthesized cloud assembly on loopback: the gateway with its cache, the user pool's web ACL, and Cognito. It
needs no AWS account.

It also runs the gateway's protection: edge web ACL, resource policy, authorization, API keys, and custom domains, which serve HTTPS only.
For a domain with mutual TLS, --client-cert-dir creates a client certificate, which the domain trusts instead of the assembly's truststore.
Only --tls and --client-cert-dir write files, and simulate removes them when it ends.

It prints URLs and credentials that work, one line for each request, and a summary when it is interrupted. Cognito refuses direct requests,
as on AWS. At the start it prints the parts of the templates that it does not execute. A feature that it does not know is an error.`,
		Example: `  m2m simulate --synth                        synthesize the dev environment first
  m2m simulate --synth --env prod             synthesize the prod environment
  m2m simulate --assembly cdk.out             use an existing assembly
  m2m simulate --synth --rotate-every 30s     rotate the origin header while serving
  m2m simulate --client-cert-dir certs        create a client certificate for a custom domain with mutual TLS
  m2m simulate --source-ip 192.0.2.7          send all requests from an address on an allow list`,
		Args: noArguments,
		RunE: func(command *cobra.Command, _ []string) error {
			return s.run(command.Context(), command.OutOrStdout(), command.ErrOrStderr())
		},
	}
	flags := command.Flags()
	flags.StringVar(&s.assembly, "assembly", "cdk.out", "cloud assembly `directory`")
	flags.BoolVar(&s.synth, "synth", false, "synthesize the assembly first, with npx and the CDK CLI, in the current directory")
	flags.StringVar(&s.environment, "env", "dev", "with --synth, the `environment` to synthesize")
	flags.DurationVar(&s.rotateEvery, "rotate-every", 0, "`interval` of header rotations, at least 5 times --propagation; 0: none")
	flags.DurationVar(&s.propagation, "propagation", time.Second, "how long a change takes to reach every request")
	flags.DurationVar(&s.duration, "for", 0, "stop after this `time`; 0: when interrupted")
	flags.BoolVar(&s.tls, "tls", false, "serve HTTPS, with a certificate for this run")
	flags.StringVar(&s.clientCertDir, "client-cert-dir", "", "`directory` for the files of a client certificate for mutual TLS")
	flags.StringVar(&s.sourceIP, "source-ip", "", "source `address` of all requests, for allow lists and resource policies; default: loopback")
	flags.StringVar(&s.country, "country", "", "`country` of that address, in ISO 3166 alpha-2, for geo match rules; default: unknown")
	flags.StringVar(&s.vpcEndpoint, "vpc-endpoint", "", "`id` of the VPC endpoint of all requests, for a private API")
	flags.StringVar(&s.caller, "caller", "", "`ARN` of an IAM role that may invoke the API and gets an access key for this run")
	flags.BoolVar(&s.quiet, "quiet", false, "do not print a line for each request")
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
	options, clients, err := s.options()
	if err != nil {
		return err
	}
	options.AccessLog = log.gateway
	system, err := simulator.Load(s.assembly, options)
	if err != nil {
		return err
	}
	certificates, err := s.certificates(system, clients)
	if err != nil {
		return err
	}
	defer certificates.remove()
	server, err := system.Serve(ctx, certificates.config)
	if err != nil {
		return err
	}
	printStart(stdout, &running{system, server, certificates, options})
	s.serve(ctx, system, stdout)
	printSummary(stdout, system)
	return server.Close()
}

// options returns the simulator's options and, with --client-cert-dir, the authority of the client certificates.
func (s *simulation) options() (o simulator.Options, clients *simulator.ClientAuthority, err error) {
	o = simulator.Options{
		WAFBound: s.propagation, StageBound: s.propagation, SecretBound: s.propagation, VPCEndpoint: s.vpcEndpoint, OtherFunction: standIn,
	}
	if s.sourceIP != "" {
		if o.SourceIP, err = netip.ParseAddr(s.sourceIP); err != nil {
			return o, nil, usageError{fmt.Errorf("--source-ip: %w", err)}
		}
	}
	if s.country != "" {
		o.Country = func(netip.Addr) string { return s.country }
	}
	if s.caller != "" {
		key := aws.Credentials{AccessKeyID: "AKIA" + rand.Text()[:16], SecretAccessKey: rand.Text() + rand.Text()[:14]}
		o.Callers = []simulator.Caller{{ARN: s.caller, Invoke: true, Credentials: key}}
	}
	if s.clientCertDir != "" {
		if clients, err = simulator.NewClientAuthority(); err == nil {
			o.Truststore = clients.Truststore()
		}
	}
	return o, clients, err
}

// standIn answers instead of the resource servers' functions, which do not run here. It returns what they would learn about the caller.
func standIn(_ context.Context, e events.APIGatewayProxyRequest) (events.APIGatewayProxyResponse, error) {
	body, err := json.Marshal(map[string]any{
		"message": "The request was allowed. The function behind the method does not run in the simulator.",
		"method":  e.HTTPMethod, "resource": e.Resource, "pathParameters": e.PathParameters, "authorizer": e.RequestContext.Authorizer,
	})
	return events.APIGatewayProxyResponse{StatusCode: http.StatusOK, Body: string(body)}, err
}

// synthesize runs the CDK CLI as the README does, with the assembly's directory as its output.
func (s *simulation) synthesize(ctx context.Context, stderr io.Writer) error {
	synth := exec.CommandContext(ctx, "npx", "--yes", "aws-cdk@"+cdkVersion, "synth", "-q", "-c", "env="+s.environment, "-o", s.assembly)
	synth.Stdout, synth.Stderr = stderr, stderr
	if _, err := os.Stat("cdk.json"); errors.Is(err, os.ErrNotExist) {
		return usageError{errors.New("--synth: no cdk.json in the current directory: run m2m in the project's directory")}
	}
	if err := synth.Run(); err != nil {
		return fmt.Errorf("synthesizing environment %q: %w", s.environment, err)
	}
	if _, err := os.Stat(filepath.Join(s.assembly, "manifest.json")); err != nil {
		return fmt.Errorf("the synth wrote no assembly: %w", err)
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
			// The rotation waits longer than a change takes, because of requests in progress.
			bound := s.propagation + s.propagation/2
			began := time.Now()
			if err := system.Origin().Rotate(ctx, bound, bound); err != nil {
				_, _ = fmt.Fprintf(stdout, "rotation    failed: %v\n", err)
			} else {
				took := time.Since(began).Round(time.Millisecond)
				_, _ = fmt.Fprintf(stdout, "rotation    done in %s; %d value accepted\n", took, system.Origin().Accepted())
			}
		case <-counters.C:
			if line := countersLine(system.Counters()); line != last {
				_, _ = fmt.Fprintln(stdout, line)
				last = line
			}
		}
	}
}
