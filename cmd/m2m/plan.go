package main

import (
	"context"
	"encoding/json"
	"errors"
	"io"

	"github.com/spf13/cobra"

	"github.com/cognito-m2m/cognito-m2m-cdk/internal/lifecycle"
)

// planning holds the flags of plan.
type planning struct {
	environment, assembly, deployed string
	json                            bool
}

func newPlanCommand() *cobra.Command {
	var p planning
	command := &cobra.Command{
		Use:   "plan",
		Short: "Say what a deployment does to tenants and token requests, before it is deployed",
		Long: `plan compares the assembly that is deployed with the next one. It says, stack by stack in the order of the deployment, what
fails, what is replaced or deleted, whose token requests are interrupted and for how long, and which stacks keep old values; each with the
source of the rule, and how to make the change.

Keep the assembly of each deployment, for example as an artifact of the pipeline, or check out the deployed commit and synthesize it.

Exit status 0: the deployment succeeds, perhaps with interruptions. 2: it would fail. 1: plan itself failed.`,
		Example: `  m2m plan --env prod --deployed deployed/     synthesize prod, and compare it with the deployed assembly
  m2m plan --assembly cdk.out --deployed old/  compare two assemblies
  m2m plan --assembly cdk.out                  a first deployment
  m2m plan --env prod --deployed old/ --json   findings for a program`,
		Args: noArguments,
		RunE: func(command *cobra.Command, _ []string) error {
			return p.run(command.Context(), command.OutOrStdout(), command.ErrOrStderr())
		},
	}
	flags := command.Flags()
	flags.StringVar(&p.environment, "env", "",
		"synthesize this `environment` first, with npx and the CDK CLI (default: use --assembly as it is)")
	flags.StringVar(&p.assembly, "assembly", "cdk.out", "`directory` of the next cloud assembly")
	flags.StringVar(&p.deployed, "deployed", "", "`directory` of the deployed cloud assembly (default: nothing is deployed)")
	flags.BoolVar(&p.json, "json", false, "print JSON")
	return command
}

// errWouldFail is a plan of a deployment that fails, which has been printed.
var errWouldFail = errors.New("the deployment would fail")

func (p *planning) run(ctx context.Context, stdout, stderr io.Writer) error {
	if p.environment != "" {
		synth := simulation{environment: p.environment, assembly: p.assembly}
		if err := synth.synthesize(ctx, stderr); err != nil {
			return err
		}
	}
	next, err := lifecycle.Load(p.assembly)
	if err != nil {
		return err
	}
	var deployed *lifecycle.Assembly
	if p.deployed != "" {
		if deployed, err = lifecycle.Load(p.deployed); err != nil {
			return err
		}
	}
	plan, err := lifecycle.NewPlan(deployed, next)
	if err != nil {
		return err
	}
	if p.json {
		encoder := json.NewEncoder(stdout)
		encoder.SetIndent("", "  ")
		encoder.SetEscapeHTML(false)
		err = encoder.Encode(plan)
	} else {
		err = plan.WriteText(stdout)
	}
	if err == nil && plan.Fails {
		return errWouldFail
	}
	return err
}
