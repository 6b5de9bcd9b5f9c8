package config_test

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/cognito-m2m/cognito-m2m-cdk/internal/awslimits"
	"github.com/cognito-m2m/cognito-m2m-cdk/internal/config"
)

// FuzzLoad checks that whatever is in the files either loads into settings within the rules, or is refused in one line for each problem.
func FuzzLoad(f *testing.F) {
	for _, folder := range []string{environments, "testdata/good", "testdata/broken"} {
		files, err := filepath.Glob(filepath.FromSlash(folder) + "/*/environment.yaml")
		if err != nil || len(files) == 0 {
			f.Fatalf("no example in %s: %v", folder, err)
		}
		for _, file := range files {
			environment, err := os.ReadFile(file)
			if err != nil {
				f.Fatal(err)
			}
			lock, _ := os.ReadFile(filepath.Join(filepath.Dir(file), "tenants.lock.yaml"))
			tenants, _ := filepath.Glob(filepath.Join(filepath.Dir(file), "tenants", "*.yaml"))
			for _, file := range append(tenants, os.DevNull) {
				tenants, err := os.ReadFile(file)
				if err != nil {
					f.Fatal(err)
				}
				f.Add(environment, tenants, lock)
			}
		}
	}
	trusted, err := os.ReadFile(filepath.Join(environments, "prod", "truststore.pem"))
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, environment, tenants, lock []byte) {
		root := t.TempDir()
		// Those that the examples name.
		write(t, root, "dev/truststore.pem", string(trusted))
		write(t, root, "dev/clients.pem", string(trusted))
		write(t, root, "dev/environment.yaml", string(environment))
		write(t, root, "dev/tenants/core.yaml", string(tenants))
		if len(lock) > 0 {
			write(t, root, "dev/tenants.lock.yaml", string(lock))
		}
		env, err := config.Load(root, "dev")
		if err == nil {
			checkLocked(t, root, env)
			checkFrontDoor(t, env)
			if _, err := awslimits.CacheTTL(env.Gateway.Cache.TTL, env.Validities()); err != nil {
				t.Errorf("loads with a bad cache TTL: %v", err)
			}
			return
		}
		var problems config.Problems
		if !errors.As(err, &problems) || len(problems) == 0 {
			t.Fatalf("the error is not Problems: %v", err)
		}
		for _, p := range problems {
			if p.Line < 1 && !strings.HasSuffix(p.File, "tenants.lock.yaml") || p.Message == "" || strings.ContainsAny(p.String(), "\n\r") {
				t.Errorf("a problem without a line, a message, or in more than one line: %q", p)
			}
		}
		if !slices.IsSortedFunc(problems, func(a, b config.Problem) int {
			return strings.Compare(a.File, b.File)*1_000_000 + a.Line - b.Line
		}) {
			t.Errorf("problems are not sorted:\n%v", err)
		}
	})
}

// checkLocked checks that the lock of an environment that loads knows every tenant, and is the same when it is written anew.
func checkLocked(t *testing.T, root string, env *config.Environment) {
	t.Helper()
	plan, err := config.PlanLock(root, env.Name)
	if err != nil {
		t.Fatalf("loads, but its lock cannot be written: %v", err)
	}
	if len(plan.Added) > 0 {
		t.Errorf("loads with tenants that are not locked: %v", plan.Added)
	}
	if plan.Off || len(plan.Dropped) > 0 {
		return
	}
	write(t, root, env.Name+"/tenants.lock.yaml", string(plan.Content))
	load(t, root, env.Name)
	if again, err := config.PlanLock(root, env.Name); err != nil || again.Stale {
		t.Errorf("the lock is wrong as it was written: %v", err)
	}
}

// checkFrontDoor checks what settings of the front door that load have in common, whatever they are.
func checkFrontDoor(t *testing.T, env *config.Environment) {
	t.Helper()
	g := env.Gateway
	plans := map[string]bool{}
	for _, plan := range g.Authorization.UsagePlans {
		plans[plan.Name] = true
	}
	a, d := g.Authorization, g.Domain
	lists := len(a.ClientIDs) + len(a.SourceNetworks)
	for wrong, is := range map[string]bool{
		"a throttle below the expected requests":      g.Throttle.RatePerSecond < g.ExpectedRequestsPerSecond,
		"an unknown type of authorization":            !slices.Contains([]string{"none", "lambda", "iam", "apiKey"}, a.Type),
		"an authorizer of nobody":                     (a.Type == "lambda") != (a.FunctionARN != "" || lists > 0),
		"credentials in a header without a signature": a.Type == "iam" && a.CredentialsHeader == "",
		"a signature that is passed on":               a.Type == "iam" && g.Integration == "http-proxy",
		"plans without keys, or keys without plans":   (a.Type == "apiKey") != (len(plans) > 0),
		"a private endpoint that nobody reaches":      (g.Endpoint.Type == "private") != (len(g.Endpoint.VPCEndpointIDs) > 0),
		"a domain name of a private endpoint":         g.Endpoint.Type == "private" && d != nil,
		"a domain name without certificate":           d != nil && d.CertificateARN == "",
		"a truststore with a policy that has none":    d != nil && d.MutualTLS != nil && d.SecurityPolicy != "TLS_1_2",
		"half a hosted zone":                          d != nil && (d.HostedZone.ID == "") != (d.HostedZone.Name == ""),
		"a policy for nobody": g.ResourcePolicy != nil &&
			len(g.ResourcePolicy.AllowedCIDRs)+len(g.ResourcePolicy.AllowedAccounts)+len(g.ResourcePolicy.AllowedVPCEndpoints) == 0,
	} {
		if is {
			t.Errorf("loads with %s", wrong)
		}
	}
	for _, file := range env.TenantFiles {
		keys := 0
		for _, tenant := range file.Tenants {
			if tenant.UsagePlan != "" {
				keys++
			}
			if (tenant.UsagePlan != "") != (g.Authorization.Type == "apiKey") || tenant.UsagePlan != "" && !plans[tenant.UsagePlan] {
				t.Errorf("loads with tenant %q in plan %q", tenant.ID, tenant.UsagePlan)
			}
		}
		if keys > awslimits.DynamicReferencesPerTemplate {
			t.Errorf("loads with %d API keys in %s", keys, file.Path)
		}
	}
}
