// Command verify measures how fast package verify verifies tokens, and how fast aws-jwt-verify does on Node: the same tokens, on the same
// core, in turn.
//
//	go run -C bench ./verify
//
// It prints tables in Markdown; bench/README.md says what they mean. It needs Linux with taskset, Node, and npm once for aws-jwt-verify
// itself.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strings"

	"github.com/cognito-m2m/cognito-m2m-cdk/bench/internal/machine"
	"github.com/cognito-m2m/cognito-m2m-cdk/bench/verify/workload"
)

func main() {
	rounds := flag.Int("rounds", 5, "rounds, of which the median counts")
	seconds := flag.Int("seconds", 4, "how long a program verifies in a round")
	starts := flag.Int("starts", 21, "cold starts of each function, of which the median counts")
	tokens := flag.Int("tokens", 1000, "different tokens")
	core := flag.String("core", "1", "processor that all programs run on, one at a time")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	err := run(ctx, *rounds, *seconds, *starts, *tokens, *core)
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(ctx context.Context, rounds, seconds, starts, tokens int, core string) error {
	if rounds < 1 || seconds < 1 || starts < 1 || tokens < 1 {
		return fmt.Errorf("%d rounds of %d s, %d starts, %d tokens: use whole numbers from 1", rounds, seconds, starts, tokens)
	}
	b, err := prepare(ctx, core)
	if err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(b.work) }()
	if b.workload, err = workload.New(tokens, 100); err != nil {
		return err
	}
	if err := b.workload.Write(b.file()); err != nil {
		return err
	}
	fmt.Println(machine.Describe(ctx))
	figures, err := b.throughput(ctx, rounds, seconds)
	if err != nil {
		return err
	}
	fmt.Print(throughputTable(figures))
	cold, err := b.coldStarts(ctx, starts)
	if err != nil {
		return err
	}
	fmt.Print(coldTable(cold))
	return nil
}

// bench is what all measurements share.
type bench struct {
	dir, work, node, core string
	workload              *workload.Workload
}

func (b *bench) file() string { return filepath.Join(b.work, "workload.json") }

// prepare builds our program and installs the peer.
func prepare(ctx context.Context, core string) (*bench, error) {
	listed, err := exec.CommandContext(ctx, "go", "list", "-m", "-f", "{{.Dir}}").Output()
	if err != nil {
		return nil, fmt.Errorf("go list: %w: run this with go run -C bench ./verify", err)
	}
	dir := filepath.Join(strings.TrimSpace(string(listed)), "verify")
	b := &bench{dir: dir, work: filepath.Join(dir, ".work"), core: core}
	if b.node, err = exec.LookPath("node"); err != nil {
		return nil, err
	}
	if err := os.MkdirAll(b.work, 0o750); err != nil {
		return nil, err
	}
	for _, args := range [][]string{
		{"go", "build", "-o", filepath.Join(b.work, "ours"), "./ours"},
		{"npm", "ci", "--silent", "--no-fund", "--no-audit"},
	} {
		command := exec.CommandContext(ctx, args[0], args[1:]...)
		command.Dir, command.Stdout, command.Stderr = dir, os.Stderr, os.Stderr
		if err := command.Run(); err != nil {
			return nil, fmt.Errorf("%s: %w", strings.Join(args, " "), err)
		}
	}
	return b, nil
}
