package config_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/cognito-m2m/cognito-m2m-cdk/internal/config"
)

// The most tenants that a user pool can have, with every setting that a tenant can have.
func TestLoad_tenThousandTenants(t *testing.T) {
	const n = 10_000
	root := t.TempDir()
	large(t, root, n)
	env := load(t, root, "large")
	own, readers, plans := 0, 0, 0
	for _, file := range env.TenantFiles {
		for _, tenant := range file.Tenants {
			own += len(tenant.OwnScopes)
			readers += len(tenant.Readers)
			if tenant.UsagePlan == "plan-7" {
				plans++
			}
		}
	}
	if len(env.TenantFiles) != n/perFile || len(env.Validities()) != n || own != n/perFile || readers != n/2 || plans != n {
		t.Errorf("got %d files, %d tenants, %d own scopes, %d readers, %d plans", len(env.TenantFiles), len(env.Validities()), own, readers, plans)
	}
}

// Errors of a thousand tenants are reported in a few readable lines.
func TestLock_manyTenants(t *testing.T) {
	const n = 1_000
	for _, test := range []struct {
		name   string
		change func(folder string) error
		lines  int
		says   []string
	}{
		{"no lock", func(folder string) error { return os.Remove(filepath.Join(folder, "tenants.lock.yaml")) }, 1,
			[]string{"is required, and"}},
		{"empty lock", func(folder string) error {
			return os.WriteFile(filepath.Join(folder, "tenants.lock.yaml"), []byte("# None yet.\n"), 0o600)
		}, 1,
			[]string{"lacks the name of its environment and 1000 tenants (tenant-0-0, tenant-0-1, ", "tenant-0-26 and 980 more)"}},
		{"not a lock", func(folder string) error {
			return os.WriteFile(filepath.Join(folder, "tenants.lock.yaml"), []byte(strings.Repeat("tenant\n", n)), 0o600)
		}, 20, []string{`"tenant" is not an entry`}},
		{"renamed file", func(folder string) error {
			return os.Rename(filepath.Join(folder, "tenants", "file-5.yaml"), filepath.Join(folder, "tenants", "file-five.yaml"))
		}, 1, []string{"tenants/file-five.yaml:2: tenants[0].id: 50 tenants (tenant-5-0, ", "and 30 more) moved here from", "tenants/file-5.yaml:"}},
		{"no files", func(folder string) error { return os.RemoveAll(filepath.Join(folder, "tenants")) }, n / perFile,
			[]string{"no tenant file holds 50 tenants (tenant-9-0, "}},
		{"no plans", func(folder string) error {
			return edit(filepath.Join(folder, "tenants", "file-5.yaml"), "    usagePlan: plan-7\n", "")
		}, 1,
			[]string{"tenants/file-5.yaml:2: tenants[0].usagePlan: is missing for 50 tenants (tenant-5-0, ", "and 30 more): ", "use plan-0, plan-1, ", "plan-19 and 80 more"}},
		{"another prefix", func(folder string) error {
			return edit(filepath.Join(folder, "environment.yaml"), "organizationId:", "secretPrefix: acme/, organizationId:")
		}, 1,
			[]string{"a deployment would delete 1000 secrets (m2m/large/tenants/tenant-0-0, ", "and 980 more) and create others under acme/: ", "list m2m/large/tenants/ in deleteSecrets"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			root := t.TempDir()
			large(t, root, n)
			if err := test.change(filepath.Join(root, "large")); err != nil {
				t.Fatal(err)
			}
			got := refusal(t, root, "large")
			if lines := strings.Split(got, "\n"); len(lines) != test.lines || len(lines[0]) > 1100 {
				t.Errorf("%d lines, want %d, the first of %d characters", len(lines), test.lines, len(lines[0]))
			}
			for _, want := range test.says {
				if !strings.Contains(got, want) {
					t.Errorf("does not say %q:\n%.2000s", want, got)
				}
			}
		})
	}
}

func BenchmarkLoad(b *testing.B) {
	for _, n := range []int{100, 1_000, 10_000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			root := b.TempDir()
			large(b, root, n)
			for b.Loop() {
				if _, err := config.Load(root, "large"); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(b.Elapsed().Microseconds())/float64(b.N*n), "µs/tenant")
		})
	}
}

// perFile is how many tenants are in each file of a large environment.
const perFile = 50

// large writes an environment of n tenants with its lock.
func large(tb testing.TB, root string, n int) {
	tb.Helper()
	var plans strings.Builder
	for i := range 100 {
		fmt.Fprintf(&plans, "      - {name: plan-%d, requestsPerDay: 1000}\n", i)
	}
	write(tb, root, "large/environment.yaml", strings.Replace(smallEnvironment, "generated", "large", 1)+scopes("s", 40)+
		organization+"limits: {clientsPerPool: 10000, resourceServersPerPool: 300}\ngateway:\n  authorization:\n    type: apiKey\n    usagePlans:\n"+plans.String())
	for file := range n / perFile {
		var tenants strings.Builder
		tenants.WriteString("tenants:\n")
		for i := range perFile {
			fmt.Fprintf(&tenants, "  - id: tenant-%d-%d\n    accessTokenValidity: 2h\n    usagePlan: plan-7\n    scopes: [orders/s00, orders/s%02d]\n", file, i, 1+i%39)
			if i == 0 {
				tenants.WriteString("    ownScopes:\n      - {name: export, description: Export}\n")
			}
			if i%2 == 0 {
				fmt.Fprintf(&tenants, "    readers: [\"arn:aws:iam::111122223333:role/tenant-%d\"]\n", i)
			}
		}
		write(tb, root, fmt.Sprintf("large/tenants/file-%d.yaml", file), tenants.String())
	}
	writeLock(tb, root, "large")
}

// edit replaces text in a file, wherever it is.
func edit(file, old, replacement string) error {
	body, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	return os.WriteFile(file, []byte(strings.ReplaceAll(string(body), old, replacement)), 0o600)
}

// writeLock does what m2m lock does.
func writeLock(tb testing.TB, root, name string) {
	tb.Helper()
	plan, err := config.PlanLock(root, name)
	if err != nil {
		tb.Fatal(err)
	}
	write(tb, root, name+"/tenants.lock.yaml", string(plan.Content))
}
