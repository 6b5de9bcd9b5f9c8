// Package moto runs moto_server (https://docs.getmoto.org), which answers many of AWS's APIs, for tests.
package moto

import (
	"bufio"
	"net/url"
	"os"
	"os/exec"
	"regexp"
	"testing"
	"time"
)

var running = regexp.MustCompile(`Running on (http://127\.0\.0\.1:\d+)`)

const startTimeout = 5 * time.Minute

// Start runs moto_server until the test ends and returns its address. A test on a machine without it is skipped, or fails when REQUIRE_MOTO
// is set.
func Start(t testing.TB) *url.URL {
	t.Helper()
	binary, err := exec.LookPath("moto_server")
	if err != nil {
		if os.Getenv("REQUIRE_MOTO") != "" {
			t.Fatalf("REQUIRE_MOTO is set: %v", err)
		}
		t.Skipf("moto_server is not installed: %v", err)
	}
	command := exec.CommandContext(t.Context(), binary, "-H", "127.0.0.1", "-p", "0")
	stderr, err := command.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := command.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = command.Process.Kill()
		_ = command.Wait()
	})
	found := make(chan *url.URL, 1)
	go func() {
		for lines := bufio.NewScanner(stderr); lines.Scan(); {
			if match := running.FindStringSubmatch(lines.Text()); match != nil {
				u, _ := url.Parse(match[1])
				found <- u
			}
		}
	}()
	select {
	case u := <-found:
		return u
	case <-time.After(startTimeout):
		t.Fatalf("moto_server did not print its address within %s", startTimeout)
		return nil
	}
}
