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
		Short: "Write which file each tenant is in and its secret, so that none moves or goes unnoticed",
		Long: `lock writes tenants.lock.yaml of an environment, which says in which tenant file, and so in which stack, each tenant is, and how its secret is
named. Commit it with the tenant files: every synth compares the two.

A tenant that moved to another file is refused, since its app client would be replaced, an outage for it. So is a tenant that is in no file any more,
unless its id is in offboard of environment.yaml: CloudFormation would delete its client and, without a recovery window, its credentials. An offboarded
tenant is dropped from the lock: run this when its deletion is deployed, and remove it from offboard, too.

A secret that is switched off or gets another name is refused for the same reason, unless deleteSecrets of environment.yaml has its name, or its prefix with
all others. Run this when the deletion is deployed, and remove it from deleteSecrets, too.

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
	flags.BoolVar(&l.check, "check", false, "write nothing, and fail when a lock lacks something or was edited")
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
	if !l.check && (plan.Stale || leaves(plan)) {
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

// leaves says whether something leaves the lock.
func leaves(plan *config.LockPlan) bool { return len(plan.Dropped)+len(plan.OldSecrets) > 0 }

// printTenants prints a line for each tenant, up to a number that a person reads. format takes its id and what it is mapped to.
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
