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

// TestLoad_sizes checks limits at their boundary with files that are too long to keep.
func TestLoad_sizes(t *testing.T) {
	for _, test := range []struct {
		name                string
		scopes, own, extra  string
		tenants, ownTenants int
		readers             int
		keys, fullyKeyed    int
		want                string
	}{
		{name: "most outputs", tenants: 200, extra: withoutCredentials},
		{name: "one output too many", tenants: 201, extra: withoutCredentials, want: split(201, "201 outputs (CloudFormation allows 200)", 2)},
		{name: "one resource too many", tenants: 491, extra: withoutCredentials,
			want: split(491, "491 outputs (CloudFormation allows 200) and 501 resources (CloudFormation allows 500)", 3)},
		{name: "one resource too many with own scopes", tenants: 471, ownTenants: 10, extra: withoutCredentials,
			want: split(481, "481 outputs (CloudFormation allows 200) and 501 resources (CloudFormation allows 500)", 3)},
		{name: "most resources with credentials", tenants: 163},
		{name: "one resource too many with credentials", tenants: 164, want: split(164, "502 resources (CloudFormation allows 500)", 2)},
		{name: "most resources with readers", readers: 122, extra: organization},
		{name: "one resource too many with readers", readers: 123, extra: organization, want: split(123, "502 resources (CloudFormation allows 500)", 2)},
		{name: "most API keys", keys: 60, extra: apiKeys},
		{name: "one API key too many", keys: 61, extra: apiKeys, want: split(61, "61 dynamic references (CloudFormation allows 60)", 2)},
		{name: "most resources with API keys", fullyKeyed: 54, extra: apiKeys + organization + "limits: {resourceServersPerPool: 300}\n"},
		{name: "one resource too many with API keys", fullyKeyed: 55, extra: apiKeys + organization + "limits: {resourceServersPerPool: 300}\n",
			want: split(55, "505 resources (CloudFormation allows 500)", 2)},
		{name: "more clients than the default quota", tenants: 1001, want: "" +
			"environment.yaml:1: limits.clientsPerPool: 1001 tenants need as many app clients, the limit is 1000: raise the account's quota (up to 10000) and then this limit, or move tenants to another environment\n" +
			split(1001, "1001 outputs (CloudFormation allows 200) and 3013 resources (CloudFormation allows 500)", 7)},
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
		{name: "most readers of a tenant", own: scopes("s", 1) + readers(30), ownTenants: 1, extra: organization},
		{name: "too many readers of a tenant", own: scopes("s", 1) + readers(31), ownTenants: 1, extra: organization,
			want: "tenants/core.yaml:6: tenants[0].readers: 31 readers are too many: use up to 30, or accounts in the place of their roles"},
		{name: "most reader accounts", tenants: 1, extra: "credentials:\n  readerAccounts:\n" + accounts(50)},
		{name: "too many reader accounts", tenants: 1, extra: "credentials:\n  readerAccounts:\n" + accounts(51),
			want: "environment.yaml:11: credentials.readerAccounts: 51 accounts are too many: use up to 50, or organizationId for all accounts of an organization"},
		{name: "most countries", tenants: 1, extra: countries(50)},
		{name: "too many countries", tenants: 1, extra: countries(51),
			want: "environment.yaml:12: gateway.edge.allowedCountries: 51 countries are too many: AWS WAF takes up to 50"},
		{name: "most networks", tenants: 1, extra: networks(10_000)},
		{name: "too many networks", tenants: 1, extra: networks(10_001),
			want: "environment.yaml:12: gateway.edge.allowedCidrs: 10001 networks of one IP version are too many: AWS WAF takes up to 10000"},
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
			for i := range test.readers {
				tenants += fmt.Sprintf("  - {id: read-%d, scopes: [orders/read00], readers: [\"444455556666\"]}\n", i)
			}
			for i := range test.keys {
				tenants += fmt.Sprintf("  - {id: key-%d, scopes: [orders/read00], usagePlan: free}\n", i)
			}
			for i := range test.fullyKeyed {
				tenants += fmt.Sprintf("  - id: key-%d\n    usagePlan: free\n    readers: [\"444455556666\"]\n    ownScopes:\n%s", i, test.own)
			}
			expectReport(t, smallEnvironment+test.scopes+"tenantLock: off\n"+test.extra, tenants, test.want)
		})
	}
}

// withoutCredentials leaves every tenant its app client alone.
const withoutCredentials = "credentials: {enabled: false}\n"

const apiKeys = "gateway: {authorization: {type: apiKey, usagePlans: [{name: free}]}}\n"

func split(tenants int, exceeded string, files int) string {
	return fmt.Sprintf("tenants/core.yaml:1: tenants: %d tenants make a stack of %s: split FOLDER/tenants/core.yaml into %d files by moving tenants that are not deployed yet, since another file means another app client",
		tenants, exceeded, files)
}

func TestLoad_listOfAllowedScopesIsCut(t *testing.T) {
	expectReport(t, smallEnvironment+scopes("s", 23)+"tenantLock: off\n", "tenants:\n  - {id: shop, scopes: [nothing/like-it]}\n",
		`tenants/core.yaml:2: tenants[0].scopes[0]: unknown scope "nothing/like-it": use orders/s00, orders/s01, orders/s02, orders/s03, orders/s04, orders/s05, `+
			"orders/s06, orders/s07, orders/s08, orders/s09, orders/s10, orders/s11, orders/s12, orders/s13, orders/s14, orders/s15, orders/s16, orders/s17, orders/s18, orders/s19 and 3 more")
}

func TestLoad_notUTF8(t *testing.T) {
	expectReport(t, smallEnvironment+scopes("read", 1)+"tenantLock: off\n", "tenants:\n  # caf\xe9\n", "tenants/core.yaml:2: byte 0xe9 is not UTF-8: save the file in UTF-8")
}

func TestLoad_byteOrderMarkAndCRLF(t *testing.T) {
	expectReport(t, "\ufeff"+strings.ReplaceAll(smallEnvironment+scopes("read", 1)+"tenantLock: off\n", "\n", "\r\n"), "tenants:\r\n  - {id: shop, scopes: [orders/read00]}\r\n", "")
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

const organization = "credentials: {organizationId: o-a1b2c3d4e5}\n"

func readers(n int) string {
	return "    readers:\n" + accounts(n)
}

func accounts(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, "      - \"1111222233%02d\"\n", i)
	}
	return b.String()
}

func countries(n int) string {
	all := strings.Fields("AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR BS BT BV BW BY BZ CA CC CD CF CG CH CI CK CL CM CN CO CR CU")
	return "gateway:\n  edge:\n    allowedCountries: [" + strings.Join(all[:n], ", ") + "]\n"
}

// networks has a network of the other IP version besides the n, which counts for another set.
func networks(n int) string {
	var b strings.Builder
	b.WriteString("gateway:\n  edge:\n    allowedCidrs:\n      - 2001:db8::/32\n")
	for i := range n {
		fmt.Fprintf(&b, "      - 10.%d.%d.0/24\n", i/256, i%256)
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

func write(t testing.TB, root, name, content string) {
	t.Helper()
	file := filepath.Join(root, filepath.FromSlash(name))
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
}
