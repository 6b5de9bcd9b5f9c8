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
		Short: "Write which file each tenant is in, so that none moves or goes unnoticed",
		Long: `lock writes tenants.lock.yaml of an environment, which says in which tenant file, and so in which stack, each tenant is. Commit it with the
tenant files: every synth compares the two.

A tenant that moved to another file is refused, since its app client would be replaced, an outage for it. So is a tenant that is in no file any more,
unless its id is in offboard of environment.yaml: CloudFormation would delete its client and, without a recovery window, its credentials. An offboarded
tenant is dropped from the lock: run this when its deletion is deployed, and remove it from offboard, too.

An environment with tenantLock off, the default with removalPolicy destroy, has no lock.`,
		Example: `  m2m lock                        all environments
  m2m lock --env prod             one of them
  m2m lock --check                write nothing; exit status 1 when a lock is not as it would be written`,
		Args: noArguments,
		RunE: func(command *cobra.Command, _ []string) error {
			return l.run(command.OutOrStdout())
		},
	}
	flags := command.Flags()
	flags.StringVar(&l.environment, "env", "", "the `environment`, a folder of environments/ (default: all)")
	flags.BoolVar(&l.check, "check", false, "write nothing, and fail when a lock lacks tenants or was edited")
	return command
}

func (l *locking) run(stdout io.Writer) error {
	names := []string{l.environment}
	if l.environment == "" {
		names = config.Names(environmentsDir)
	}
	if len(names) == 0 {
		return usageError{errors.New("there is no environment in " + environmentsDir + "/ here: run it in the project's directory")}
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

// one writes or checks the lock of one environment, and says whether it is not as it has to be.
func (l *locking) one(environment string, stdout io.Writer) (stale bool, err error) {
	plan, err := config.PlanLock(environmentsDir, environment)
	if err != nil {
		return false, err
	}
	if plan.Off {
		_, _ = fmt.Fprintf(stdout, "%s: tenantLock is off, there is no lock\n", environment)
		return false, nil
	}
	if !l.check && (plan.Stale || len(plan.Dropped) > 0) {
		if err := replaceFile(plan.Path, plan.Content); err != nil {
			return true, fmt.Errorf("the lock cannot be written: %w", err)
		}
	}
	l.print(stdout, plan)
	return plan.Stale, nil
}

// print says what changed or, when checking, what is to change.
func (l *locking) print(out io.Writer, plan *config.LockPlan) {
	p := func(format string, args ...any) { _, _ = fmt.Fprintf(out, format+"\n", args...) }
	switch {
	case plan.Stale && l.check:
		p("%s is not as m2m lock writes it", plan.Path)
	case plan.Stale || len(plan.Dropped) > 0 && !l.check:
		p("%s written", plan.Path)
	default:
		p("%s is up to date", plan.Path)
	}
	printTenants(p, "+", plan.Added, "")
	if l.check {
		printTenants(p, " ", plan.Dropped, ", offboarded: run m2m lock when its deletion is deployed")
	} else {
		printTenants(p, "-", plan.Dropped, ", offboarded: remove it from offboard in environment.yaml, too")
	}
}

// printTenants prints a line for each tenant, up to a number that a person reads.
func printTenants(p func(string, ...any), sign string, tenants map[string]string, note string) {
	const most = 20
	ids := slices.Sorted(maps.Keys(tenants))
	for i, id := range ids {
		if i == most {
			p("  %s and %d more", sign, len(ids)-most)
			return
		}
		p("  %s %s in %s.yaml%s", sign, id, tenants[id], note)
	}
}

// replaceFile puts a whole new file in the place of another, so that an interruption leaves one or the other.
func replaceFile(file string, content []byte) error {
	file = filepath.FromSlash(file)
	// The name begins with a dot: the environment's folder holds nothing else that is not read.
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
