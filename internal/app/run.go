// Package app turns the settings of an environment into its stacks.
package app

import (
	"errors"
	"fmt"
	"slices"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/jsii-runtime-go"

	"github.com/cognito-m2m/cognito-m2m-cdk/guard"
	"github.com/cognito-m2m/cognito-m2m-cdk/internal/config"
	"github.com/cognito-m2m/cognito-m2m-cdk/internal/limits"
)

const (
	// EnvironmentsDir is the folder of the environments, below the working directory.
	EnvironmentsDir    = "environments"
	defaultEnvironment = "dev"
)

// Run synthesizes the environment that the CDK context value "env" names, by default dev, and checks the assembly. The error has one
// line for each mistake in the settings and in the templates.
func Run() (err error) {
	// CDK reports its own findings by panics, with a stack trace that says nothing about the settings.
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("synth failed: %v", r)
		}
	}()
	app := awscdk.NewApp(&awscdk.AppProps{Context: &map[string]any{
		// Without this, CDK records for each resource where it was created. That is the JavaScript below CDK for Go, and never the line in Go.
		"aws:cdk:disable-creation-stack-traces": true,
	}})
	env, err := config.Load(EnvironmentsDir, environmentName(app))
	if err != nil {
		return err
	}
	Compose(app, env)
	assembly := app.Synth(nil)
	return errors.Join(Check(*assembly.Directory(), env)...)
}

// Check returns the mistakes in the environment's synthesized templates.
func Check(assembly string, env *config.Environment) []error {
	return slices.Concat(limits.Check(assembly, tenantFiles(env)), guard.CheckAssembly(assembly))
}

func environmentName(app awscdk.App) string {
	if name, ok := app.Node().TryGetContext(jsii.String("env")).(string); ok {
		return name
	}
	return defaultEnvironment
}
