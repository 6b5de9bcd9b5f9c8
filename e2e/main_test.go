// Package e2e_test holds the tests of the whole: the example environments, synthesized, executed by the simulator and put under load and
// faults.
package e2e_test

import (
	"os"
	"testing"

	"github.com/cognito-m2m/cognito-m2m-cdk/internal/testkit/cdktest"
	"github.com/cognito-m2m/cognito-m2m-cdk/internal/testkit/environments"
)

// TestMain runs the tests in the repository's root, as the app is.
func TestMain(m *testing.M) {
	if err := os.Chdir(environments.Root()); err != nil {
		panic(err)
	}
	cdktest.Main(m)
}
