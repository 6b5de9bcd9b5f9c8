package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

const lockFile = "environments/prod/tenants.lock.yaml"

// project makes the files of a project, in a directory that becomes the current one.
func project(t *testing.T, files map[string]string) {
	t.Helper()
	t.Chdir(t.TempDir())
	for name, content := range files {
		put(t, name, content)
	}
}

func put(t *testing.T, name, content string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(name, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
}

func prod(more string) string {
	return "name: prod\nuserPool: {domain: {prefix: acme}}\n" +
		"resourceServers: [{identifier: orders, scopes: [{name: read, description: Read}]}]\n" + more
}

func tenants(ids ...string) string {
	return "tenants:\n  - {scopes: [orders/read], id: " + strings.Join(ids, "}\n  - {scopes: [orders/read], id: ") + "}\n"
}

// lock runs m2m lock and returns what it printed and its exit status.
func lock(t *testing.T, args ...string) (stdout, stderr string, status int) {
	t.Helper()
	var out, err bytes.Buffer
	status = execute(t.Context(), newRootCommand(nil, nil), append([]string{"lock"}, args...), &out, &err)
	return out.String(), err.String(), status
}

func expectLock(t *testing.T, status int, says string, args ...string) {
	t.Helper()
	stdout, stderr, got := lock(t, args...)
	if diff := cmp.Diff(says, stdout+stderr); got != status || diff != "" {
		t.Errorf("m2m lock %v: status %d, want %d; output (-want +got):\n%s", args, got, status, diff)
	}
}

// entries are the lines of the lock without its comment.
func entries(t *testing.T) string {
	t.Helper()
	body, err := os.ReadFile(lockFile)
	if err != nil {
		t.Fatal(err)
	}
	var lines []string
	for line := range strings.Lines(string(body)) {
		if !strings.HasPrefix(line, "#") && line != "_environment: prod\n" {
			lines = append(lines, line)
		}
	}
	return strings.Join(lines, "")
}

// locked is the line of a tenant in the lock of prod.
func locked(id, file string) string {
	key := id
	if id == "7" {
		key = `"7"`
	}
	return key + ": {file: " + file + ", secret: m2m/prod/tenants/" + id + "}\n"
}

// The life of a tenant: new, locked, offboarded, gone.
func TestLock_followsTenants(t *testing.T) {
	project(t, map[string]string{
		"environments/prod/environment.yaml":   prod(""),
		"environments/prod/tenants/shops.yaml": tenants("till", "shop", `"7"`),
		"environments/prod/tenants/desks.yaml": tenants("desk"),
		"environments/dev/environment.yaml":    strings.Replace(prod("tenantLock: off\n"), "prod", "dev", 1),
	})
	const added = "  + 7 in shops.yaml\n  + desk in desks.yaml\n  + shop in shops.yaml\n  + till in shops.yaml\n"
	expectLock(t, 1, "dev: tenantLock is off, there is no lock\n"+lockFile+" is not as m2m lock writes it\n"+added, "--check")
	if _, err := os.Stat(lockFile); err == nil {
		t.Error("--check wrote a lock")
	}
	expectLock(t, 0, lockFile+" written\n"+added, "--env", "prod")
	if diff := cmp.Diff(locked("7", "shops")+locked("desk", "desks")+locked("shop", "shops")+locked("till", "shops"), entries(t)); diff != "" {
		t.Errorf("lock (-want +got):\n%s", diff)
	}
	expectLock(t, 0, lockFile+" is up to date\n", "--env", "prod", "--check")

	put(t, "environments/prod/tenants/shops.yaml", tenants("till", `"7"`))
	before := entries(t)
	_, stderr, status := lock(t, "--env", "prod")
	if status != 1 || !strings.Contains(stderr, "no tenant file holds tenant shop") || entries(t) != before {
		t.Errorf("a tenant is gone: status %d, %s", status, stderr)
	}
	put(t, "environments/prod/environment.yaml", prod("offboard: [shop]\n"))
	expectLock(t, 0, lockFile+" is up to date\n    shop in shops.yaml, offboarded: run m2m lock when its deletion is deployed\n",
		"--env", "prod", "--check")
	expectLock(t, 0, lockFile+" written\n  - shop in shops.yaml, offboarded: remove it from offboard in environment.yaml, too\n",
		"--env", "prod")
	if diff := cmp.Diff(locked("7", "shops")+locked("desk", "desks")+locked("till", "shops"), entries(t)); diff != "" {
		t.Errorf("lock (-want +got):\n%s", diff)
	}
	_, stderr, status = lock(t, "--env", "prod")
	if status != 1 || !strings.Contains(stderr, `offboard[0]: tenant "shop" is neither in tenants.lock.yaml nor in a tenant file`) {
		t.Errorf("offboard is left over: status %d, %s", status, stderr)
	}
	put(t, "environments/prod/environment.yaml", prod(""))
	expectLock(t, 0, lockFile+" is up to date\n", "--env", "prod")
	if left, _ := filepath.Glob("environments/prod/.tenants.lock*"); len(left) > 0 {
		t.Errorf("temporary files are left: %v", left)
	}
}

func TestLock_refusesUnsafeChanges(t *testing.T) {
	for name, test := range map[string]struct {
		files  map[string]string
		args   []string
		status int
		says   string
	}{
		"moved tenant": {map[string]string{lockFile: "desk: shops\nshop: shops\ntill: shops\n"}, nil, 1,
			"environments/prod/tenants/desks.yaml:2: tenants[0].id: tenant desk moved here from environments/prod/tenants/shops.yaml: "},
		"another mistake": {map[string]string{"environments/prod/tenants/shops.yaml": tenants("Till")}, nil, 1,
			`tenant id "Till" is not allowed`},
		"malformed lock": {map[string]string{lockFile: "- desk\n"}, nil, 1, lockFile + `:1: "- desk" is not an entry: ` +
			`write TENANT: FILE or TENANT: {file: FILE, secret: NAME}, as m2m lock does`},
		"renamed secret": {map[string]string{lockFile: "desk: {file: desks, secret: acme/desk}\nshop: shops\ntill: shops\n"}, nil, 1,
			"would delete the secret acme/desk and create"},
		"unused lock": {map[string]string{lockFile: "desk: desks\n", "environments/prod/environment.yaml": prod("tenantLock: off\n")}, nil, 1,
			"is not read, since tenantLock is off"},
		"edited lock": {map[string]string{lockFile: locked("till", "shops") + locked("shop", "shops") + locked("desk", "desks")},
			[]string{"--check"}, 1, "is not as m2m lock writes it"},
		"no environment": {nil, []string{"--env", "nowhere"}, 1, `there is no environment "nowhere"; available: prod`},
		"argument":       {nil, []string{"prod"}, 2, `unknown command "prod"`},
	} {
		t.Run(name, func(t *testing.T) {
			project(t, map[string]string{
				"environments/prod/environment.yaml":   prod(""),
				"environments/prod/tenants/shops.yaml": tenants("till", "shop"),
				"environments/prod/tenants/desks.yaml": tenants("desk"),
			})
			for file, content := range test.files {
				put(t, file, content)
			}
			stdout, stderr, status := lock(t, test.args...)
			if status != test.status || !strings.Contains(stdout+stderr, test.says) {
				t.Errorf("status %d, want %d and %q in:\n%s%s", status, test.status, test.says, stdout, stderr)
			}
			body, _ := os.ReadFile(lockFile)
			if string(body) != test.files[lockFile] {
				t.Errorf("the lock was written:\n%s", body)
			}
		})
	}
	t.Run("elsewhere", func(t *testing.T) {
		project(t, nil)
		if _, stderr, status := lock(t); status != 2 || !strings.Contains(stderr, "no environment in environments/: run m2m") {
			t.Errorf("status %d, %s", status, stderr)
		}
	})
}

// An edited lock, with other places and other line endings, says the same.
func TestLock_replacesEditedLock(t *testing.T) {
	project(t, map[string]string{
		"environments/prod/environment.yaml":   prod(""),
		"environments/prod/tenants/shops.yaml": tenants("till", "shop"),
		lockFile:                               locked("till", "shops") + locked("shop", "shops"),
	})
	expectLock(t, 0, lockFile+" written\n")
	if diff := cmp.Diff(locked("shop", "shops")+locked("till", "shops"), entries(t)); diff != "" {
		t.Errorf("lock (-want +got):\n%s", diff)
	}
	body, err := os.ReadFile(lockFile)
	if err != nil {
		t.Fatal(err)
	}
	put(t, lockFile, strings.ReplaceAll(string(body), "\n", "\r\n"))
	expectLock(t, 0, lockFile+" is up to date\n", "--check")
}

func TestLock_printsAtMostTwentyTenants(t *testing.T) {
	var ids []string
	for c := 'a'; c <= 'z'; c++ {
		ids = append(ids, "shop-"+string(c))
	}
	project(t, map[string]string{"environments/prod/environment.yaml": prod(""), "environments/prod/tenants/shops.yaml": tenants(ids...)})
	stdout, _, _ := lock(t)
	if lines := strings.Split(stdout, "\n"); len(lines) != 23 || lines[21] != "  + and 6 more" {
		t.Errorf("got\n%s", stdout)
	}
}

// The life of a secret: none, locked, renamed, switched off.
func TestLock_followsSecrets(t *testing.T) {
	settings := func(more string) { put(t, "environments/prod/environment.yaml", prod(more)) }
	project(t, map[string]string{"environments/prod/tenants/shops.yaml": tenants("shop", "till"), lockFile: "shop: shops\ntill: shops\n"})
	settings("credentials: {enabled: false}\n")
	expectLock(t, 0, lockFile+" written\n") // With the comment that a lock begins with.
	settings("")
	const added = "  + secret of shop, m2m/prod/tenants/shop\n  + secret of till, m2m/prod/tenants/till\n"
	expectLock(t, 1, lockFile+" is not as m2m lock writes it\n"+added, "--check")
	expectLock(t, 0, lockFile+" written\n"+added)

	settings("credentials: {secretPrefix: acme/}\n")
	before := entries(t)
	_, stderr, status := lock(t)
	const lost = "would delete 2 secrets (m2m/prod/tenants/shop, m2m/prod/tenants/till)"
	if status != 1 || !strings.Contains(stderr, lost) || entries(t) != before {
		t.Errorf("secrets are renamed: status %d, %s", status, stderr)
	}
	settings("credentials: {secretPrefix: acme/}\ndeleteSecrets: [m2m/prod/tenants/]\n")
	const undeployed = ", to delete: run m2m lock when its deletion is deployed\n"
	expectLock(t, 0, lockFile+" is up to date\n    secret of shop, m2m/prod/tenants/shop"+undeployed+
		"    secret of till, m2m/prod/tenants/till"+undeployed, "--check")
	const left = ": remove it from deleteSecrets in environment.yaml, too\n"
	expectLock(t, 0, lockFile+" written\n  - secret of shop, m2m/prod/tenants/shop"+left+"  - secret of till, m2m/prod/tenants/till"+left)
	if diff := cmp.Diff("shop: {file: shops, secret: acme/shop}\ntill: {file: shops, secret: acme/till}\n", entries(t)); diff != "" {
		t.Errorf("lock (-want +got):\n%s", diff)
	}
	_, stderr, status = lock(t)
	if status != 1 || !strings.Contains(stderr, `deleteSecrets[0]: "m2m/prod/tenants/" is not in tenants.lock.yaml`) {
		t.Errorf("deleteSecrets is left over: status %d, %s", status, stderr)
	}

	settings("credentials: {secretPrefix: acme/}\ndeleteSecrets: [acme/till]\n")
	put(t, "environments/prod/tenants/shops.yaml", tenants("shop", "till, credentials: false"))
	expectLock(t, 0, lockFile+" written\n  - secret of till, acme/till"+left)
	if diff := cmp.Diff("shop: {file: shops, secret: acme/shop}\ntill: shops\n", entries(t)); diff != "" {
		t.Errorf("lock (-want +got):\n%s", diff)
	}
	settings("credentials: {secretPrefix: acme/}\n")
	expectLock(t, 0, lockFile+" is up to date\n")
}
