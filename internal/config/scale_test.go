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
func TestTenThousandTenants(t *testing.T) {
	const n = 10_000
	root := t.TempDir()
	large(t, root, n)
	env := load(t, root, "large")
	own, readers := 0, 0
	for _, file := range env.TenantFiles {
		for _, tenant := range file.Tenants {
			own += len(tenant.OwnScopes)
			readers += len(tenant.Readers)
		}
	}
	if len(env.TenantFiles) != n/100 || len(env.Validities()) != n || own != n/100 || readers != n/2 {
		t.Errorf("got %d files, %d tenants, %d own scopes, %d readers", len(env.TenantFiles), len(env.Validities()), own, readers)
	}
}

// What goes wrong with a thousand tenants is said in a few lines, each of a length that a person reads.
func TestManyTenantsAndTheirLock(t *testing.T) {
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
			return os.WriteFile(filepath.Join(folder, "tenants.lock.yaml"), []byte("{}\n"), 0o600)
		}, 1,
			[]string{"lacks 1000 tenants (tenant-0-0, tenant-0-1, ", "tenant-0-26 and 980 more)"}},
		{"not a lock", func(folder string) error {
			return os.WriteFile(filepath.Join(folder, "tenants.lock.yaml"), []byte(strings.Repeat("tenant\n", n)), 0o600)
		}, 20, []string{`"tenant" is not an entry`}},
		{"renamed file", func(folder string) error {
			return os.Rename(filepath.Join(folder, "tenants", "file-5.yaml"), filepath.Join(folder, "tenants", "file-five.yaml"))
		}, 1, []string{"tenants/file-five.yaml:2: tenants[0].id: 100 tenants (tenant-5-0, ", "and 80 more) moved here from", "tenants/file-5.yaml:"}},
		{"no files", func(folder string) error { return os.RemoveAll(filepath.Join(folder, "tenants")) }, n / 100,
			[]string{"no tenant file holds 100 tenants (tenant-9-0, "}},
	} {
		t.Run(test.name, func(t *testing.T) {
			root := t.TempDir()
			large(t, root, n)
			if err := test.change(filepath.Join(root, "large")); err != nil {
				t.Fatal(err)
			}
			got := refusal(t, root, "large")
			if lines := strings.Split(got, "\n"); len(lines) != test.lines || len(lines[0]) > 900 {
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

// large writes an environment of n tenants in n/100 files, with its lock.
func large(tb testing.TB, root string, n int) {
	tb.Helper()
	write(tb, root, "large/environment.yaml", strings.Replace(smallEnvironment, "generated", "large", 1)+scopes("s", 40)+
		organization+"limits: {clientsPerPool: 10000, resourceServersPerPool: 300}\n")
	for file := range n / 100 {
		var tenants strings.Builder
		tenants.WriteString("tenants:\n")
		for i := range 100 {
			fmt.Fprintf(&tenants, "  - id: tenant-%d-%d\n    accessTokenValidity: 2h\n    scopes: [orders/s00, orders/s%02d]\n", file, i, 1+i%39)
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

// writeLock does what m2m lock does.
func writeLock(tb testing.TB, root, name string) {
	tb.Helper()
	plan, err := config.PlanLock(root, name)
	if err != nil {
		tb.Fatal(err)
	}
	write(tb, root, name+"/tenants.lock.yaml", string(plan.Content))
}
