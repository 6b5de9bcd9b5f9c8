// Command build measures what the first synth on a machine costs, with empty caches for compiled packages and functions, for this app and
// for a minimal app in Go that uses the same AWS services.
//
//	go run -C bench ./build
//
// It prints a table in Markdown; bench/README.md explains it. Modules are downloaded before the measurement.
package main

import (
	"cmp"
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/cognito-m2m/cognito-m2m-cdk/bench/internal/machine"
)

func main() {
	rounds := flag.Int("rounds", 1, "runs of each app, in turn; the table shows medians")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	err := run(ctx, *rounds)
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// cost is what a step took. CPU seconds are those of all its processes.
type cost struct{ wall, cpu time.Duration }

func (c cost) String() string {
	return fmt.Sprintf("%.0f s, %.0f CPU s", c.wall.Seconds(), c.cpu.Seconds())
}

// steps are the parts of a first synth: compiling and linking the app, and running it, which compiles the functions.
type steps struct{ build, synth cost }

func run(ctx context.Context, rounds int) error {
	listed, err := exec.CommandContext(ctx, "go", "list", "-m", "-f", "{{.Dir}}").Output()
	if err != nil {
		return fmt.Errorf("go list: %w: run this with go run -C bench ./build", err)
	}
	bench := strings.TrimSpace(string(listed))
	root := filepath.Dir(bench)
	flags, err := featureFlags(filepath.Join(root, "cdk.json"))
	if err != nil {
		return err
	}
	fmt.Printf("%s\n\n| app | packages | build s | synth s | first synth s | × minimal | build CPU s | synth CPU s | CPU s | × minimal |\n"+
		"|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|\n", machine.Describe(ctx))
	apps := []string{filepath.Join(bench, "build", "minimal"), root}
	measured := map[string][]steps{}
	for range rounds {
		for _, dir := range apps {
			if err := exec.CommandContext(ctx, "go", "-C", dir, "mod", "download").Run(); err != nil {
				return fmt.Errorf("%s: go mod download: %w", dir, err)
			}
			s, err := firstSynth(ctx, dir, flags)
			if err != nil {
				return fmt.Errorf("%s: %w", dir, err)
			}
			fmt.Fprintf(os.Stderr, "%s: build %v, synth %v\n", dir, s.build, s.synth)
			measured[dir] = append(measured[dir], s)
		}
	}
	minimal := median(measured[apps[0]])
	for i, dir := range apps {
		packages, err := exec.CommandContext(ctx, "go", "-C", dir, "list", "-deps", ".").Output()
		if err != nil {
			return err
		}
		s := median(measured[dir])
		wall, cpu := s.build.wall+s.synth.wall, s.build.cpu+s.synth.cpu
		fmt.Printf("| %s | %d | %.0f | %.0f | %.0f | %.2f | %.0f | %.0f | %.0f | %.2f |\n", []string{"minimal", "this app"}[i],
			strings.Count(string(packages), "\n"), s.build.wall.Seconds(), s.synth.wall.Seconds(), wall.Seconds(),
			wall.Seconds()/(minimal.build.wall+minimal.synth.wall).Seconds(), s.build.cpu.Seconds(), s.synth.cpu.Seconds(), cpu.Seconds(),
			cpu.Seconds()/(minimal.build.cpu+minimal.synth.cpu).Seconds())
	}
	return nil
}

// firstSynth builds and runs an app with caches that are empty.
func firstSynth(ctx context.Context, dir, flags string) (steps, error) {
	temp, err := os.MkdirTemp("", "first-synth-")
	if err != nil {
		return steps{}, err
	}
	defer func() { _ = os.RemoveAll(temp) }()
	app := filepath.Join(temp, "app")
	environment := append(os.Environ(), "GOCACHE="+filepath.Join(temp, "gocache"), "XDG_CACHE_HOME="+filepath.Join(temp, "cache"),
		"CDK_OUTDIR="+filepath.Join(temp, "cdk.out"), "CDK_CONTEXT_JSON="+flags)
	build, err := take(ctx, dir, environment, "go", "build", "-o", app, ".")
	if err != nil {
		return steps{}, err
	}
	synth, err := take(ctx, dir, environment, app)
	return steps{build, synth}, err
}

func take(ctx context.Context, dir string, environment []string, name string, args ...string) (cost, error) {
	command := exec.CommandContext(ctx, name, args...)
	command.Dir, command.Env = dir, environment
	start := time.Now()
	if output, err := command.CombinedOutput(); err != nil {
		return cost{}, fmt.Errorf("%s: %w\n%s", strings.Join(command.Args, " "), err, output)
	}
	return cost{time.Since(start), command.ProcessState.UserTime() + command.ProcessState.SystemTime()}, nil
}

// median is the run of median CPU time.
func median(runs []steps) steps {
	slices.SortFunc(runs, func(a, b steps) int { return cmp.Compare(a.build.cpu+a.synth.cpu, b.build.cpu+b.synth.cpu) })
	return runs[len(runs)/2]
}

// featureFlags are the context that the CLI gives to both apps.
func featureFlags(file string) (string, error) {
	body, err := os.ReadFile(file)
	if err != nil {
		return "", err
	}
	var settings struct{ Context json.RawMessage }
	if err := json.Unmarshal(body, &settings); err != nil {
		return "", fmt.Errorf("%s: %w", file, err)
	}
	return string(settings.Context), nil
}
