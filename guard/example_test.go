package guard_test

import (
	"fmt"
	"os"

	"github.com/cognito-m2m/cognito-m2m-cdk/guard"
)

// A CDK app gets the directory from *app.Synth(nil).Directory().
func ExampleCheckAssembly() {
	found, err := guard.CheckAssembly("cdk.out")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	for _, f := range found {
		fmt.Fprintln(os.Stderr, f)
	}
	if len(found) > 0 {
		os.Exit(1)
	}
}
