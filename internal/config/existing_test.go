package config_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/cognito-m2m/cognito-m2m-cdk/internal/config"
)

// TestLoad_existingPool reads a pool with clients that the app does not create.
func TestLoad_existingPool(t *testing.T) {
	env := load(t, "testdata/good", "existing")
	want := &config.ExistingPool{ID: "eu-west-1_Example01", UsersBlocked: true, WebACLReplaced: true}
	if diff := cmp.Diff(want, env.UserPool.Existing); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if got := env.TenantFiles[0].Tenants[0].ExistingClientID; got != "1example23456789" {
		t.Errorf("existing client: got %q", got)
	}
}
