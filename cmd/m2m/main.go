// Command m2m is the command line of the token service, for people and pipelines. See m2m --help.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"runtime/debug"
	"syscall"

	"github.com/spf13/cobra"

	"github.com/cognito-m2m/cognito-m2m-cdk/internal/conformance"
)

// Exit statuses.
const (
	statusOK        = 0
	statusFailed    = 1
	statusUsage     = 2
	statusWouldFail = 2 // as of plan
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	status := execute(ctx, newRootCommand(conformance.Run, os.LookupEnv), os.Args[1:], os.Stdout, os.Stderr)
	stop()
	os.Exit(status)
}

// environment looks up environment variables, as os.LookupEnv does.
type environment func(name string) (string, bool)

func newRootCommand(run checker, env environment) *cobra.Command {
	root := &cobra.Command{
		Use:   "m2m",
		Short: "Look after a Cognito machine-to-machine token service",
		Long: `m2m looks after a token service for machines: an API Gateway with a cache in front of a Cognito user pool, which accepts
token requests from that gateway only.`,
		SilenceUsage:  true,
		SilenceErrors: true,
	}
	root.CompletionOptions.HiddenDefaultCmd = true
	root.AddCommand(newCheckCommand(run, env), newSimulateCommand(), newLintCommand(), newPlanCommand(), newLockCommand(),
		newCostCommand(), newVersionCommand(debug.ReadBuildInfo))
	return root
}

// usageError is a mistake in how a command was called. errFailed is a command that worked and has bad news, which it has printed.
type usageError struct{ error }

var errFailed = errors.New("failed")

func execute(ctx context.Context, root *cobra.Command, args []string, stdout, stderr io.Writer) int {
	root.SetArgs(args)
	root.SetOut(stdout)
	root.SetErr(stderr)
	root.SetFlagErrorFunc(func(_ *cobra.Command, err error) error { return usageError{err} })
	// A subcommand that does not exist is found before any of our code runs.
	command, _, err := root.Find(args)
	if err != nil {
		_, _ = fmt.Fprintf(stderr, "m2m: %v\nSee m2m --help.\n", err)
		return statusUsage
	}
	err = root.ExecuteContext(ctx)
	var usage usageError
	switch {
	case err == nil:
		return statusOK
	case errors.Is(err, errFailed):
		return statusFailed
	case errors.Is(err, errWouldFail):
		return statusWouldFail
	case errors.As(err, &usage):
		_, _ = fmt.Fprintf(stderr, "m2m: %v\nSee %s --help.\n", err, command.CommandPath())
		return statusUsage
	}
	_, _ = fmt.Fprintf(stderr, "m2m: %v\n", err)
	return statusFailed
}

// noArguments is cobra.NoArgs as a usage error.
func noArguments(command *cobra.Command, args []string) error {
	if err := cobra.NoArgs(command, args); err != nil {
		return usageError{err}
	}
	return nil
}
