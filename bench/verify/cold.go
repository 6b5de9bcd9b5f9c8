package main

import (
	"context"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"time"

	"github.com/cognito-m2m/cognito-m2m-cdk/internal/testkit/lambdaruntime"
)

// start is one start of a function until it has answered its first event.
type start struct {
	ready, answered, next time.Duration // until it asked for an event, had answered it, and the second one
	memory                int64
}

// coldStarts starts both functions in turn. Both read the keys over TLS when the first event comes.
func (b *bench) coldStarts(ctx context.Context, starts int) (map[string]start, error) {
	server := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write(b.workload.JWKS) }))
	defer server.Close()
	environment, err := b.trust(server.Certificate().Raw)
	if err != nil {
		return nil, err
	}
	functions, err := b.functions(ctx)
	if err != nil {
		return nil, err
	}
	environment = append(environment,
		"JWKS_URL="+server.URL, "USER_POOL_ID="+b.workload.UserPoolID, "CLIENT_ID="+b.workload.Clients[0], "SCOPE="+b.workload.Scope)
	all := map[string][]start{}
	for n := range starts + 1 {
		for name, binary := range functions {
			s, err := b.coldStart(ctx, binary, environment)
			if err != nil {
				return nil, fmt.Errorf("%s: %w", name, err)
			}
			if n > 0 { // The first start reads the files from the disk.
				all[name] = append(all[name], s)
			}
		}
	}
	medians := map[string]start{}
	for name, of := range all {
		medians[name] = start{
			ready: median(of, func(s start) time.Duration { return s.ready }), answered: median(of,
				func(s start) time.Duration { return s.answered }),
			next: median(of, func(s start) time.Duration { return s.next }), memory: median(of, func(s start) int64 { return s.memory }),
		}
	}
	return medians, nil
}

const (
	oursFunction = "ours"
	peerFunction = "aws-jwt-verify on Node"
)

// trust is the environment by which both functions trust the server besides as many certificate authorities as on Lambda: Go reads them
// from a file, Node has them built in.
func (b *bench) trust(certificate []byte) ([]string, error) {
	bundle, err := os.ReadFile("/etc/ssl/certs/ca-certificates.crt")
	if err != nil {
		return nil, err
	}
	own := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: certificate})
	dir := filepath.Join(b.work, "authorities")
	if err := os.MkdirAll(filepath.Join(dir, "none"), 0o700); err != nil {
		return nil, err
	}
	ours, nodes := filepath.Join(dir, "all.pem"), filepath.Join(dir, "own.pem")
	if err := errors.Join(os.WriteFile(ours, append(bundle, own...), 0o600), os.WriteFile(nodes, own, 0o600)); err != nil {
		return nil, err
	}
	return []string{"SSL_CERT_FILE=" + ours, "SSL_CERT_DIR=" + filepath.Join(dir, "none"), "NODE_EXTRA_CA_CERTS=" + nodes}, nil
}

// functions are files that start each function.
func (b *bench) functions(ctx context.Context) (map[string]string, error) {
	ours := filepath.Join(b.work, "bootstrap")
	build := exec.CommandContext(ctx, "go", "build", "-trimpath", "-tags", "lambda.norpc", "-ldflags", "-s -w", "-o", ours, "./lambda")
	build.Dir, build.Stderr, build.Env = b.dir, os.Stderr, append(os.Environ(), "CGO_ENABLED=0") // As constructs build functions.
	if err := build.Run(); err != nil {
		return nil, fmt.Errorf("go build ./lambda: %w", err)
	}
	script := filepath.Join(b.work, "runtime.mjs")
	text := fmt.Appendf(nil, "#!%s\nimport %q;\n", b.node, filepath.Join(b.dir, "peer", "runtime.mjs"))
	if err := os.WriteFile(script, text, 0o700); err != nil {
		return nil, err
	}
	return map[string]string{oursFunction: ours, peerFunction: script}, nil
}

func (b *bench) coldStart(ctx context.Context, binary string, environment []string) (start, error) {
	var output lambdaruntime.Output
	release, err := pin(b.core)
	if err != nil {
		return start{}, err
	}
	begin := time.Now()
	f, err := lambdaruntime.Start(binary, environment, &output)
	release()
	if err != nil {
		return start{}, fmt.Errorf("%w\n%s", err, output.String())
	}
	defer f.Stop()
	event, err := json.Marshal(map[string]string{"token": b.workload.Tokens[0]})
	if err != nil {
		return start{}, err
	}
	body, err := f.Invoke(ctx, event)
	s := start{ready: f.Ready, answered: time.Since(begin)}
	if err != nil {
		return s, fmt.Errorf("%w\n%s", err, output.String())
	}
	second := time.Now()
	if _, err := f.Invoke(ctx, event); err != nil {
		return s, err
	}
	s.next = time.Since(second)
	var answer struct {
		Client string
		Memory int64
	}
	if err := json.Unmarshal(body, &answer); err != nil {
		return s, err
	}
	if answer.Client != b.workload.Clients[0] {
		return s, fmt.Errorf("the answer is %s, want the client %s", body, b.workload.Clients[0])
	}
	s.memory = answer.Memory
	return s, nil
}

func coldTable(all map[string]start) string {
	ms := func(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }
	base := all[peerFunction]
	table := "\n| function | ready ms | first answer ms | of peer | second answer ms | peak MB |\n|---|--:|--:|--:|--:|--:|\n"
	for _, name := range []string{peerFunction, oursFunction} {
		s := all[name]
		table += fmt.Sprintf("| %s | %.1f | %.1f | %.2f | %.2f | %.0f |\n", name, ms(s.ready), ms(s.answered),
			float64(s.answered)/float64(base.answered), ms(s.next), float64(s.memory)/(1<<20))
	}
	return table
}

// explained adds what a program wrote before it failed.
func explained(err error) error {
	var exit *exec.ExitError
	if errors.As(err, &exit) {
		return fmt.Errorf("%w\n%s", err, exit.Stderr)
	}
	return err
}
