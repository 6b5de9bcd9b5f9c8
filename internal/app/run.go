// Package app turns the settings of an environment into its stacks.
package app

import (
	"errors"
	"fmt"
	"os"
	"runtime/debug"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/jsii-runtime-go"

	"github.com/cognito-m2m/cognito-m2m-cdk/guard"
	"github.com/cognito-m2m/cognito-m2m-cdk/internal/config"
)

const (
	// EnvironmentsDir is the folder of the environments, below the working directory.
	EnvironmentsDir    = "environments"
	defaultEnvironment = "dev"
)

// Run synthesizes the environment that the CDK context value "env" names, by default dev, and checks the assembly. The error has one line
// for each mistake in the settings and in the templates. A panic, by which CDK reports its own findings, becomes an error. With
// M2M_DEBUG=1 in the environment, the error has the stack trace.
func Run() (err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("synth failed: %v", r)
			if os.Getenv("M2M_DEBUG") == "1" {
				err = fmt.Errorf("%w\n%s", err, debug.Stack())
			}
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
	found, err := guard.CheckAssembly(*app.Synth(nil).Directory())
	errs := []error{err}
	for _, f := range found {
		errs = append(errs, f)
	}
	return errors.Join(errs...)
}

func environmentName(app awscdk.App) string {
	if name, ok := app.Node().TryGetContext(jsii.String("env")).(string); ok {
		return name
	}
	return defaultEnvironment
}
