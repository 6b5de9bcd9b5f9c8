package config_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

const smallEnvironment = `name: generated
userPool:
  domain:
    prefix: acme-m2m
resourceServers:
  - identifier: orders
    scopes:
`

// TestSizes checks limits at their boundary with files that are too long to keep.
func TestSizes(t *testing.T) {
	for _, test := range []struct {
		name                string
		scopes, own, extra  string
		tenants, ownTenants int
		want                string
	}{
		{name: "full stack", tenants: 200},
		{name: "one output too many", tenants: 201, want: outputs(201, 2)},
		{name: "full stack of resources", tenants: 490, want: outputs(490, 3)},
		{name: "one resource too many", tenants: 491, want: outputs(491, 3) + "\n" +
			"tenants/core.yaml:1: tenants: 491 tenants make a stack of 501 resources, CloudFormation allows 500: split FOLDER/tenants/core.yaml into 2 files"},
		{name: "one resource too many with own scopes", tenants: 471, ownTenants: 10, want: outputs(481, 3) + "\n" +
			"tenants/core.yaml:1: tenants: 481 tenants make a stack of 501 resources, CloudFormation allows 500: split FOLDER/tenants/core.yaml into 2 files"},
		{name: "more clients than the default quota", tenants: 1001, want: "" +
			"environment.yaml:1: limits.clientsPerPool: 1001 tenants need as many app clients, the limit is 1000: raise the account's quota (up to 10000) and then this limit, or move tenants to another environment\n" +
			outputs(1001, 6) + "\n" +
			"tenants/core.yaml:1: tenants: 1001 tenants make a stack of 1011 resources, CloudFormation allows 500: split FOLDER/tenants/core.yaml into 3 files"},
		{name: "full pool of resource servers", ownTenants: 24},
		{name: "too many resource servers", ownTenants: 25,
			want: "environment.yaml:1: limits.resourceServersPerPool: 26 resource servers (1 shared, 25 of tenants with own scopes), the limit is 25: raise the account's quota (up to 300) and then this limit, or use fewer own scopes"},
		{name: "raised limit of resource servers", ownTenants: 30, extra: "limits: {resourceServersPerPool: 31}\n"},
		{name: "full resource server", scopes: scopes("read", 100), tenants: 1},
		{name: "too many scopes of a resource server", scopes: scopes("read", 101), tenants: 1,
			want: "environment.yaml:7: resourceServers[0].scopes: 101 scopes are too many: a resource server has at most 100"},
		{name: "full client", own: scopes("s", 49), ownTenants: 1},
		{name: "too many scopes of a client", own: scopes("s", 50), ownTenants: 1,
			want: "tenants/core.yaml:3: tenants[0].scopes: 51 scopes, own ones included, are too many: a client has at most 50"},
		{name: "most tags", tenants: 1, extra: "tags:\n" + tags(46)},
		{name: "too many tags", tenants: 1, extra: "tags:\n" + tags(47),
			want: "environment.yaml:10: tags: 47 tags are too many: use up to 46, since a resource has 50 and a tenant's secret four of its own"},
	} {
		t.Run(test.name, func(t *testing.T) {
			if test.scopes == "" {
				test.scopes = scopes("read", 1)
			}
			if test.own == "" {
				test.own = scopes("export", 1)
			}
			tenants := "tenants:\n"
			for i := range test.tenants {
				tenants += fmt.Sprintf("  - {id: tenant-%d, scopes: [orders/read00]}\n", i)
			}
			for i := range test.ownTenants {
				tenants += fmt.Sprintf("  - id: owner-%d\n    scopes: [orders/read00]\n    ownScopes:\n%s", i, test.own)
			}
			expectReport(t, smallEnvironment+test.scopes+"removalPolicy: retain\n"+test.extra, tenants, test.want)
		})
	}
}

func outputs(tenants, files int) string {
	return fmt.Sprintf("tenants/core.yaml:1: tenants: %d tenants make a stack of %[1]d outputs, CloudFormation allows 200: split FOLDER/tenants/core.yaml into %d files", tenants, files)
}

func TestListOfAllowedScopesIsCut(t *testing.T) {
	expectReport(t, smallEnvironment+scopes("s", 23), "tenants:\n  - {id: shop, scopes: [nothing/like-it]}\n",
		`tenants/core.yaml:2: tenants[0].scopes[0]: unknown scope "nothing/like-it": use orders/s00, orders/s01, orders/s02, orders/s03, orders/s04, orders/s05, `+
			"orders/s06, orders/s07, orders/s08, orders/s09, orders/s10, orders/s11, orders/s12, orders/s13, orders/s14, orders/s15, orders/s16, orders/s17, orders/s18, orders/s19 and 3 more")
}

func TestNotUTF8(t *testing.T) {
	expectReport(t, smallEnvironment+scopes("read", 1), "tenants:\n  # caf\xe9\n", "tenants/core.yaml:2: byte 0xe9 is not UTF-8: save the file in UTF-8")
}

func TestByteOrderMarkAndCRLF(t *testing.T) {
	expectReport(t, "\ufeff"+strings.ReplaceAll(smallEnvironment+scopes("read", 1), "\n", "\r\n"), "tenants:\r\n  - {id: shop, scopes: [orders/read00]}\r\n", "")
}

// expectReport loads an environment of two files and compares the report; in want paths start in the environment's folder, and FOLDER is
// that folder. An empty one means that the environment loads.
func expectReport(t *testing.T, environment, tenants, want string) {
	t.Helper()
	root := t.TempDir()
	write(t, root, "generated/environment.yaml", environment)
	write(t, root, "generated/tenants/core.yaml", tenants)
	if want == "" {
		load(t, root, "generated")
		return
	}
	got := strings.ReplaceAll(refusal(t, root, "generated"), filepath.ToSlash(root)+"/generated", "FOLDER")
	got = strings.TrimPrefix(strings.ReplaceAll(got, "\nFOLDER/", "\n"), "FOLDER/")
	if got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

// scopes returns the YAML of n scopes, name00 and on.
func scopes(name string, n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, "      - {name: %s%02d, description: Scope}\n", name, i)
	}
	return b.String()
}

func tags(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, "  tag-%d: x\n", i)
	}
	return b.String()
}

func write(t *testing.T, root, name, content string) {
	t.Helper()
	file := filepath.Join(root, filepath.FromSlash(name))
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
}
