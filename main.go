// Command cognito-m2m-cdk synthesizes the stacks of one environment, a folder of environments/:
//
//	cdk synth -c env=prod
//
// It exits with status 1 and one line for each mistake when the settings are wrong.
package main

import (
	"errors"
	"fmt"
	"os"
	"slices"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/jsii-runtime-go"

	"github.com/cognito-m2m/cognito-m2m-cdk/internal/config"
	"github.com/cognito-m2m/cognito-m2m-cdk/internal/guard"
	"github.com/cognito-m2m/cognito-m2m-cdk/internal/limits"
)

const (
	environmentsDir    = "environments"
	defaultEnvironment = "dev"
)

func main() {
	err := run()
	jsii.Close()
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run() (err error) {
	// CDK reports its own findings by panics, with a stack trace that says nothing about the settings.
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("synth failed: %v", r)
		}
	}()
	app := awscdk.NewApp(&awscdk.AppProps{Context: &map[string]any{
		// Each resource would be noted with where it was created. That is the JavaScript below CDK for Go, and never the line in Go.
		"aws:cdk:disable-creation-stack-traces": true,
	}})
	env, err := config.Load(environmentsDir, environmentName(app))
	if err != nil {
		return err
	}
	compose(app, env)
	assembly := app.Synth(nil)
	dir := *assembly.Directory()
	return errors.Join(slices.Concat(limits.Check(dir, tenantFiles(env)), guard.CheckAssembly(dir))...)
}

func environmentName(app awscdk.App) string {
	if name, ok := app.Node().TryGetContext(jsii.String("env")).(string); ok {
		return name
	}
	return defaultEnvironment
}
