// Command cognito-m2m-cdk synthesizes the stacks of one environment, a folder of environments/:
//
//	cdk synth -c env=prod
//
// It exits with status 1 and one line for each mistake when the settings are wrong.
package main

import (
	"fmt"
	"os"

	"github.com/aws/jsii-runtime-go"

	"github.com/cognito-m2m/cognito-m2m-cdk/internal/app"
)

func main() {
	err := app.Run()
	if err != nil {
		fmt.Fprintln(os.Stderr, err) // Before jsii, whose last line may have no end.
	}
	jsii.Close()
	if err != nil {
		os.Exit(1)
	}
}
