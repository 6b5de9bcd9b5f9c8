package config_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/goccy/go-yaml"
	"github.com/google/go-cmp/cmp"

	"github.com/cognito-m2m/cognito-m2m-cdk/internal/config"
)

// lookalikes are tenant ids and names of files that a YAML reader could take for something else than text.
var lookalikes = []string{
	"1", "007", "1e5", "0x1f", "0b1", "0o17", "2026-01-31", "12-30", "true", "false", "null", "yes", "no", "on", "off", "y", "n", "a", "a-1",
}

// A load reads exactly the bytes that m2m lock writes.
func TestLock_roundTrip(t *testing.T) {
	root := t.TempDir()
	// The prefix is text that YAML takes for something else without quotes.
	write(t, root, "generated/environment.yaml", smallEnvironment+scopes("read", 1)+"credentials: {secretPrefix: \"@=/\"}\n")
	for i, file := range lookalikes {
		write(t, root, "generated/tenants/"+file+".yaml", fmt.Sprintf("tenants:\n  - {id: %q, scopes: [orders/read00]}\n", lookalikes[len(lookalikes)-1-i]))
	}
	first, err := config.PlanLock(root, "generated")
	if err != nil {
		t.Fatal(err)
	}
	if !first.Stale || len(first.Added) != len(lookalikes) || len(first.Dropped) != 0 {
		t.Errorf("first lock: got %+v", first)
	}
	write(t, root, "generated/tenants.lock.yaml", string(first.Content))
	if env := load(t, root, "generated"); len(env.TenantFiles) != len(lookalikes) {
		t.Errorf("got %d files", len(env.TenantFiles))
	}
	second, err := config.PlanLock(root, "generated")
	if err != nil {
		t.Fatal(err)
	}
	want := &config.LockPlan{
		Path: first.Path, Content: first.Content,
		Added: map[string]string{}, Dropped: map[string]string{}, NewSecrets: map[string]string{}, OldSecrets: map[string]string{},
	}
	if diff := cmp.Diff(want, second); diff != "" {
		t.Errorf("second lock (-want +got):\n%s", diff)
	}
	var parsed map[string]any
	if err := yaml.Unmarshal(first.Content, &parsed); err != nil || parsed["_environment"] != "generated" {
		t.Fatalf("the lock of %v is not YAML: %v", parsed["_environment"], err)
	}
	for i, file := range lookalikes {
		id := lookalikes[len(lookalikes)-1-i]
		if diff := cmp.Diff(any(map[string]any{"file": file, "secret": "@=/" + id}), parsed[id]); diff != "" {
			t.Errorf("a YAML reader reads of %q (-want +got):\n%s", id, diff)
		}
	}
	var ids, plain []string
	for line := range strings.Lines(string(first.Content)) {
		if id, _, ok := strings.Cut(line, ": "); ok && !strings.HasPrefix(line, "#") && id != "_environment" {
			ids = append(ids, strings.Trim(id, `"`))
			if !strings.HasPrefix(id, `"`) {
				plain = append(plain, id)
			}
		}
	}
	if !slices.IsSorted(ids) || len(ids) != len(lookalikes) {
		t.Errorf("the lock is not sorted by tenant: %v", ids)
	}
	if diff := cmp.Diff([]string{"a", "a-1"}, plain); diff != "" {
		t.Errorf("ids without quotes (-want +got):\n%s", diff)
	}
}

// An environment that has no tenants yet needs no lock, and neither does one that keeps nothing.
func TestLock_notNeeded(t *testing.T) {
	for name, test := range map[string]struct{ extra, tenants string }{
		"no tenants":     {"", ""},
		"destroy":        {"removalPolicy: destroy\n", "tenants:\n  - {id: shop, scopes: [orders/read00]}\n"},
		"switched off":   {"tenantLock: off\n", "tenants:\n  - {id: shop, scopes: [orders/read00]}\n"},
		"empty offboard": {"tenantLock: off\noffboard: []\n", "tenants:\n  - {id: shop, scopes: [orders/read00]}\n"},
	} {
		t.Run(name, func(t *testing.T) {
			root := t.TempDir()
			environment := strings.Replace(smallEnvironment, "userPool:", "userPool:\n  deletionProtection: false", 1)
			write(t, root, "generated/environment.yaml", environment+scopes("read", 1)+test.extra)
			if test.tenants != "" {
				write(t, root, "generated/tenants/core.yaml", test.tenants)
			}
			load(t, root, "generated")
			plan, err := config.PlanLock(root, "generated")
			if err != nil || plan.Off != (test.extra != "") || plan.Stale {
				t.Errorf("got %+v, %v", plan, err)
			}
		})
	}
}
