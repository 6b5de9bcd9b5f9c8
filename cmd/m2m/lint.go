package main

import (
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"github.com/cognito-m2m/cognito-m2m-cdk/guard"
)

func newLintCommand() *cobra.Command {
	var assembly string
	command := &cobra.Command{
		Use:   "lint",
		Short: "Check a synthesized assembly for mistakes that CDK and cfn-lint do not report",
		Long: `lint checks the cloud assembly of any CDK app, the output of cdk synth. It needs no AWS account.

It prints one line for each finding, which begins with the reason:

  aws    CloudFormation or a service refuses the template when it is deployed. All resources are checked.
  door   AWS accepts the setting, but it breaks the security or the cache of the token endpoint. Only the door is checked: the REST API
         with an HTTP integration to /oauth2/token of a Cognito domain, and what belongs to it. See go doc ./guard.
  synth  a construct reported an error.

The exit status is 1 if there are findings.`,
		Example: `  m2m lint                         check cdk.out
  m2m lint --assembly build/out    check another directory`,
		Args: noArguments,
		RunE: func(command *cobra.Command, _ []string) error {
			return lint(assembly, command.OutOrStdout())
		},
	}
	command.Flags().StringVar(&assembly, "assembly", "cdk.out", "cloud assembly `directory`")
	return command
}

func lint(assembly string, stdout io.Writer) error {
	found, err := guard.CheckAssembly(assembly)
	if err != nil {
		return err
	}
	doors, err := guard.Doors(assembly)
	if err != nil {
		return err
	}
	for _, f := range found {
		_, _ = fmt.Fprintf(stdout, "%-6s %v\n", f.Tier, f)
	}
	for _, door := range doors {
		_, _ = fmt.Fprintf(stdout, "Checked the door %s.\n", door)
	}
	if len(doors) == 0 {
		_, _ = fmt.Fprintln(stdout, "No door was found: no REST API has an HTTP integration to /oauth2/token of a Cognito domain.")
	}
	if len(found) > 0 {
		_, _ = fmt.Fprintf(stdout, "%d findings.\n", len(found))
		return errFailed
	}
	_, _ = fmt.Fprintln(stdout, "No findings.")
	return nil
}
