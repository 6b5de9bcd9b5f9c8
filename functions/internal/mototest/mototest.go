// Package mototest runs moto_server (https://github.com/getmoto/moto), which stands in for AWS in the functions' tests.
package mototest

import (
	"bufio"
	"bytes"
	"net/url"
	"os"
	"os/exec"
	"regexp"
	"sync"
	"testing"
	"time"
)

// Start runs moto_server until the test ends and returns its address. A machine without it skips the test, unless REQUIRE_MOTO is set.
func Start(t *testing.T) *url.URL {
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
		running := regexp.MustCompile(`Running on (http://127\.0\.0\.1:\d+)`)
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
	case <-time.After(time.Minute):
		t.Fatal("moto_server did not print its address within a minute")
		return nil
	}
}

// Output collects what a binary writes. Its zero value is ready for use.
type Output struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

// Write is for the binary.
func (o *Output) Write(p []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.buf.Write(p)
}

// String is everything so far.
func (o *Output) String() string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.buf.String()
}
