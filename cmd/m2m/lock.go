package main

import (
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"

	"github.com/spf13/cobra"

	"github.com/cognito-m2m/cognito-m2m-cdk/internal/config"
)

const environmentsDir = "environments"

// locking holds the flags of lock.
type locking struct {
	environment string
	check       bool
}

func newLockCommand() *cobra.Command {
	var l locking
	command := &cobra.Command{
		Use:   "lock",
		Short: "Record the file and the secret of each tenant, so that no tenant moves or disappears unnoticed",
		Long: `lock writes tenants.lock.yaml of an environment. It records the file of each tenant, which decides its stack, and its secret.
Commit it with the tenant files: every synth compares the two.

lock refuses a tenant that moved to another file, because its app client would be replaced, which is an outage for it. It refuses a tenant
that is in no file any more, because CloudFormation would delete its client and, without a recovery window, its credentials. To delete a
tenant, add its id to offboard in environment.yaml and deploy. Then run lock, which removes it from the file, and remove it from offboard.

lock refuses a secret that is switched off or renamed, for the same reason. To delete secrets, add their names or a common prefix to
deleteSecrets in environment.yaml and deploy. Then run lock, and remove them from deleteSecrets.

An environment with tenantLock off, the default with removalPolicy destroy, has no lock.`,
		Example: `  m2m lock                        all environments
  m2m lock --env prod             one environment
  m2m lock --check                write nothing; exit status 1 if a lock differs from what lock would write`,
		Args: noArguments,
		RunE: func(command *cobra.Command, _ []string) error {
			return l.run(command.OutOrStdout())
		},
	}
	flags := command.Flags()
	flags.StringVar(&l.environment, "env", "", "the `environment`, a folder of environments/ (default: all)")
	flags.BoolVar(&l.check, "check", false, "write nothing, and fail if a lock is incomplete or was edited")
	return command
}

func (l *locking) run(stdout io.Writer) error {
	names := []string{l.environment}
	if l.environment == "" {
		names = config.Names(environmentsDir)
	}
	if len(names) == 0 {
		return usageError{errors.New("no environment in " + environmentsDir + "/: run m2m in the project's directory")}
	}
	var errs []error
	failed := false
	for _, name := range names {
		stale, err := l.one(name, stdout)
		if err != nil {
			errs = append(errs, fmt.Errorf("environment %s:\n%w", name, err))
		}
		failed = failed || stale && l.check
	}
	if len(errs) == 0 && failed {
		return errFailed
	}
	return errors.Join(errs...)
}

// one writes or checks the lock of one environment, and reports whether it was stale.
func (l *locking) one(environment string, stdout io.Writer) (stale bool, err error) {
	plan, err := config.PlanLock(environmentsDir, environment)
	if err != nil {
		return false, err
	}
	if plan.Off {
		_, _ = fmt.Fprintf(stdout, "%s: tenantLock is off, there is no lock\n", environment)
		return false, nil
	}
	if !l.check && (plan.Stale || leaves(plan)) {
		if err := replaceFile(plan.Path, plan.Content); err != nil {
			return true, fmt.Errorf("the lock cannot be written: %w", err)
		}
	}
	l.print(stdout, plan)
	return plan.Stale, nil
}

// print prints the changes or, when checking, the changes to make.
func (l *locking) print(out io.Writer, plan *config.LockPlan) {
	p := func(format string, args ...any) { _, _ = fmt.Fprintf(out, format+"\n", args...) }
	switch {
	case plan.Stale && l.check:
		p("%s is not as m2m lock writes it", plan.Path)
	case plan.Stale || leaves(plan) && !l.check:
		p("%s written", plan.Path)
	default:
		p("%s is up to date", plan.Path)
	}
	printTenants(p, "+", "%s in %s.yaml", plan.Added)
	printTenants(p, "+", "secret of %s, %s", plan.NewSecrets)
	if l.check {
		printTenants(p, " ", "%s in %s.yaml, offboarded: run m2m lock when its deletion is deployed", plan.Dropped)
		printTenants(p, " ", "secret of %s, %s, to delete: run m2m lock when its deletion is deployed", plan.OldSecrets)
	} else {
		printTenants(p, "-", "%s in %s.yaml, offboarded: remove it from offboard in environment.yaml, too", plan.Dropped)
		printTenants(p, "-", "secret of %s, %s: remove it from deleteSecrets in environment.yaml, too", plan.OldSecrets)
	}
}

// leaves reports whether something leaves the lock.
func leaves(plan *config.LockPlan) bool { return len(plan.Dropped)+len(plan.OldSecrets) > 0 }

// printTenants prints a line for each tenant, up to 20. format takes the tenant's id and the value in the map.
func printTenants(p func(string, ...any), sign, format string, tenants map[string]string) {
	const most = 20
	ids := slices.Sorted(maps.Keys(tenants))
	for i, id := range ids {
		if i == most {
			p("  %s and %d more", sign, len(ids)-most)
			return
		}
		p("  "+sign+" "+format, id, tenants[id])
	}
}

// replaceFile replaces a file at once: an interruption leaves the old file or the new one.
func replaceFile(file string, content []byte) error {
	file = filepath.FromSlash(file)
	// Settings are not read from files whose names begin with a dot.
	temporary, err := os.CreateTemp(filepath.Dir(file), ".tenants.lock-")
	if err != nil {
		return err
	}
	defer func() { _ = os.Remove(temporary.Name()) }()
	_, err = temporary.Write(content)
	if err = errors.Join(err, temporary.Chmod(0o644), temporary.Sync(), temporary.Close()); err != nil {
		return err
	}
	return os.Rename(temporary.Name(), file)
}
