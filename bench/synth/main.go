// Command synth measures how long the app takes to synthesize environments of many tenants, and how long a twin of it in JavaScript takes.
//
//	go run -C bench ./synth
//
// It prints a table in Markdown; bench/README.md says what it means. The twin needs npm once, for CDK itself.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/cognito-m2m/cognito-m2m-cdk/bench/internal/machine"
	"github.com/cognito-m2m/cognito-m2m-cdk/internal/testkit/generate"
)

func main() {
	tenants := flag.String("tenants", "1,100,1000,10000", "numbers of tenants")
	rounds := flag.Int("rounds", 5, "runs of each program, of which the median counts; above 1000 tenants at most 3")
	naive := flag.Int("twin-limit", 1000, "most tenants for the twin that is not tuned, whose time grows with their square")
	validation := flag.String("validation", "off,on", "CDK's validation of the templates")
	keep := flag.Bool("keep", false, "keep bench/synth/.work, with everything generated and synthesized")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	err := run(ctx, *tenants, *validation, *rounds, *naive, *keep)
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(ctx context.Context, tenants, validation string, rounds, naive int, keep bool) error {
	b, err := prepare(ctx)
	if err != nil {
		return err
	}
	if !keep {
		defer func() { _ = os.RemoveAll(b.work) }()
	}
	fmt.Println(machine.Describe(ctx))
	fmt.Print("\n" + header)
	for setting := range strings.SplitSeq(validation, ",") {
		if setting != "on" && setting != "off" {
			return fmt.Errorf("validation %q: use on, off or both with a comma between", setting)
		}
		base := map[string]measurement{}
		for text := range strings.SplitSeq(tenants, ",") {
			n, err := strconv.Atoi(text)
			if err != nil || n < 1 || rounds < 1 {
				return fmt.Errorf("%q tenants in %d rounds: use whole numbers from 1", text, rounds)
			}
			of := rounds
			if n > 1000 {
				of = min(rounds, 3)
			}
			got, err := b.compare(ctx, n, of, n <= naive, setting == "on")
			if err != nil {
				return err
			}
			if n == 1 {
				base = got
			}
			fmt.Print(row(n, setting, got, base))
		}
	}
	return nil
}

// bench is what all runs share.
type bench struct {
	root, dir, work string
	context         string // for CDK, in JSON
}

// prepare builds the app and installs CDK for the twin.
func prepare(ctx context.Context) (*bench, error) {
	listed, err := exec.CommandContext(ctx, "go", "list", "-m", "-f", "{{.Dir}}").Output()
	if err != nil {
		return nil, fmt.Errorf("go list: %w: run this with go run -C bench ./synth", err)
	}
	dir := strings.TrimSpace(string(listed))
	b := &bench{root: filepath.Dir(dir), dir: filepath.Join(dir, "synth")}
	b.work = filepath.Join(b.dir, ".work")
	if err := os.MkdirAll(b.work, 0o750); err != nil {
		return nil, err
	}
	if b.context, err = cdkContext(filepath.Join(b.root, "cdk.json")); err != nil {
		return nil, err
	}
	for _, step := range []struct {
		dir  string
		args []string
	}{
		{b.root, []string{"go", "build", "-o", b.app(), "."}},
		{b.dir, []string{"npm", "ci", "--silent", "--no-fund", "--no-audit"}},
	} {
		command := exec.CommandContext(ctx, step.args[0], step.args[1:]...)
		command.Dir, command.Stdout, command.Stderr = step.dir, os.Stderr, os.Stderr
		if err := command.Run(); err != nil {
			return nil, fmt.Errorf("%s: %w", strings.Join(step.args, " "), err)
		}
	}
	return b, nil
}

func (b *bench) app() string { return filepath.Join(b.work, "app") }

// program is one of those compared.
type program struct {
	name    string
	command []string
	env     []string
}

const (
	app   = "app"
	twin  = "twin"
	tuned = "tuned twin"
)

// compare runs the programs in turn, so that what slows the machine down for a while slows down all of them, and returns the medians.
func (b *bench) compare(ctx context.Context, n, rounds int, naive, validation bool) (map[string]measurement, error) {
	dir := filepath.Join(b.work, strconv.Itoa(n))
	if err := generate.Environment(filepath.Join(dir, "environments"), "bench", n); err != nil {
		return nil, err
	}
	if err := generate.JSON(filepath.Join(dir, "tenants.json"), n); err != nil {
		return nil, err
	}
	node := []string{"node", filepath.Join(b.dir, "twin", "app.js"), "tenants.json"}
	programs := []program{{app, []string{b.app()}, nil}, {tuned, node, nil}}
	if naive {
		programs = append(programs, program{twin, node, []string{"TWIN_KEY=construct"}})
	}
	all := map[string][]measurement{}
	for range rounds {
		for _, p := range programs {
			m, err := b.measure(ctx, p, dir, validation)
			if err != nil {
				return nil, fmt.Errorf("%s, %d tenants: %w", p.name, n, err)
			}
			all[p.name] = append(all[p.name], m)
		}
	}
	medians := map[string]measurement{}
	for name, ms := range all {
		if !slices.Equal(ms[0].resources, all[app][0].resources) {
			return nil, fmt.Errorf("the %s is none: its tenants have the resources %v, those of the app %v", name, ms[0].resources,
				all[app][0].resources)
		}
		medians[name] = median(ms)
	}
	return medians, nil
}
