package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/cognito-m2m/cognito-m2m-cdk/internal/pricing"
)

// runCost runs m2m cost and returns what it printed and its exit status.
func runCost(t *testing.T, args ...string) (stdout, stderr string, status int) {
	t.Helper()
	var out, err bytes.Buffer
	status = execute(t.Context(), newRootCommand(nil, nil), append([]string{"cost"}, args...), &out, &err)
	return out.String(), err.String(), status
}

// README.md and docs/cost.md show the output of their commands. With -v the test prints it: copy it there after a price has changed.
func TestCost_printsWhatDocsShow(t *testing.T) {
	for file, want := range map[string]int{"README.md": 1, "docs/cost.md": 1} {
		content, err := os.ReadFile(filepath.Join("..", "..", filepath.FromSlash(file)))
		if err != nil {
			t.Fatal(err)
		}
		examples := 0
		for i, part := range strings.Split(string(content), "\ngo run ./cmd/m2m cost ") {
			line, rest, _ := strings.Cut(part, "\n")
			// Only a command that is alone in its block, with a block of text behind it, is an example.
			after, shown, found := strings.Cut(rest, "```text\n")
			if i == 0 || !found || strings.Count(after, "```") != 1 {
				continue
			}
			examples++
			shown, _, _ = strings.Cut(shown, "```")
			expectExample(t, file, line, shown)
		}
		if examples != want {
			t.Errorf("%s has %d examples of m2m cost with their output, want %d", file, examples, want)
		}
	}
}

func expectExample(t *testing.T, file, line, shown string) {
	t.Helper()
	got, stderr, status := runCost(t, strings.Fields(line)...)
	t.Logf("%s:\n%s", file, got)
	if status != statusOK || stderr != "" || got != shown {
		t.Errorf("m2m cost %s: status %d, stderr %q; %s shows:\n%s", line, status, stderr, file, shown)
	}
}

func TestCost_refusesBadFlags(t *testing.T) {
	broken := filepath.Join(t.TempDir(), "prices.yaml")
	put(t, broken, strings.Replace(pricing.Source(), "per: 1000\n", "pre: 1000\n", 1))
	for args, want := range map[string]string{
		"":                                      "--requests-per-day is 0: use a whole number from 1 to 1000000000",
		"--requests-per-day 5":                  "--clients is 0: use a whole number from 1 to 10000",
		"--requests-per-day x":                  "--requests-per-day",
		"--requests-per-day 5 --clients 10001":  "--clients is 10001",
		"--requests-per-day 5 --clients 1 more": `unknown command "more"`,
		"--requests-per-day 5 --clients 1 --scope-sets 0":         "--scope-sets is 0",
		"--requests-per-day 5 --clients 1 --flushes-per-month -1": "--flushes-per-month is -1",
		"--requests-per-day 5 --clients 1 --token-validity 9m":    "--token-validity: access-token validity 9m0s is not allowed",
		"--requests-per-day 5 --clients 1 --ttl 56m":              "--ttl: cache TTL 56m0s is not allowed: use whole seconds from 1s to 55m0s",
		"--requests-per-day 5 --clients 1 --cache-size 7":         `--cache-size: cache size "7" is not one of 0.5, 1.6`,
		"--requests-per-day 5 --clients 1 --region mars-1":        `--region: there are no prices for Region "mars-1": use one of us-east-1`,
		"--requests-per-day 5 --clients 1 --prices none.yaml":     "--prices: open none.yaml",
		"--requests-per-day 5 --clients 1 --prices " + broken:     broken + `:15:7: unknown field "pre"`,
	} {
		stdout, stderr, status := runCost(t, strings.Fields(args)...)
		if status != statusUsage || stdout != "" || !strings.Contains(stderr, want) || strings.Count(stderr, "\n") != 2 {
			t.Errorf("m2m cost %s: status %d, stdout %q, stderr %q, want %s", args, status, stdout, stderr, want)
		}
	}
}

// The output in cases that no page shows.
func TestCost_printsEstimate(t *testing.T) {
	prices := filepath.Join(t.TempDir(), "prices.yaml")
	changes := strings.NewReplacer("us-east-1:", "eu-none-1:", "charged: false", "charged: true", "amount: 2.25 }", "amount: 4.50 }")
	put(t, prices, changes.Replace(pricing.Source()))
	const few = "--requests-per-day 10 --clients 2"
	for args, want := range map[string][]string{
		few: {"Cheapest                without the proxy: it costs 27.61 USD a month more than it saves"},
		"--requests-per-day 2000 --clients 10000": {
			"Cache keys              10,000: 10,000 clients, 1 scope set each", "Cheapest                without the proxy"},
		few + " --scope-sets 3 --flushes-per-month 1 --token-validity 12h": {
			"6: 2 clients, 3 scope sets each", "1h, of a token validity of 12h", "1 flush included"},
		few + " --charge-clients": {"Cognito app clients                       12.00            12.00            12.00"},
		few + " --region eu-none-1 --prices " + prices: {
			"Prices of eu-none-1", "Cognito app clients", "Cognito token requests                     1.19             1.37"},
		few + " --region eu-none-1 --charge-clients=false --prices " + prices: {"Prices of eu-none-1"},
		few + " --edge --tenant-secrets --dashboards 1 --metrics 2 --composite-alarms 1 --alarms 0": {
			"Web ACL at the edge                       14.00", "Alarms, metrics, dashboards                4.10",
			"Tenants' secrets, keys                     2.80             2.80             2.80"},
		few + " --tenant-secrets --edge --monitoring --metrics 0": { // 36 alarms' metrics, 0.50, 3.00
			"Alarms, metrics, dashboards                7.10", "Monitoring's keys                          3.00"},
		"--requests-per-day 1000000000 --clients 10000 --scope-sets 1000 --cache-size 0.5": {
			"Recommended cache size  28.4 GB", "0.5 GB holds only 196,608: there are more misses than shown"},
	} {
		stdout, stderr, status := runCost(t, strings.Fields(args)...)
		for _, says := range want {
			if status != statusOK || !strings.Contains(stdout, says) {
				t.Errorf("m2m cost %s: status %d, %s\n%s\nwant %q", args, status, stderr, stdout, says)
			}
		}
		if strings.Contains(args, "charge-clients=false") && strings.Contains(stdout, "app clients ") {
			t.Errorf("m2m cost %s charges for app clients:\n%s", args, stdout)
		}
	}
	if stdout, _, status := runCost(t, "--print-prices"); status != statusOK || stdout != pricing.Source() {
		t.Errorf("--print-prices: status %d, %d bytes", status, len(stdout))
	}
}
