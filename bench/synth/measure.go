package main

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/cognito-m2m/cognito-m2m-cdk/bench/synth/memory"
)

// measurement is what one run took and made.
type measurement struct {
	wall, cpu time.Duration
	memory    int64    // peak resident memory of all processes together, in bytes; 0 where /proc is not there
	templates int64    // bytes
	resources []string // of tenants: number and type
}

// median takes each figure's own.
func median(ms []measurement) measurement {
	return measurement{
		wall: middle(ms, func(m measurement) time.Duration { return m.wall }), cpu: middle(ms,
			func(m measurement) time.Duration { return m.cpu }),
		memory: middle(ms, func(m measurement) int64 { return m.memory }), templates: ms[0].templates, resources: ms[0].resources,
	}
}

func middle[T cmp.Ordered](ms []measurement, figure func(measurement) T) T {
	var all []T
	for _, m := range ms {
		all = append(all, figure(m))
	}
	slices.Sort(all)
	return all[len(all)/2]
}

func (b *bench) measure(ctx context.Context, p program, dir string, validation bool) (measurement, error) {
	out := filepath.Join(dir, "out")
	if err := os.RemoveAll(out); err != nil {
		return measurement{}, err
	}
	command := exec.CommandContext(ctx, p.command[0], p.command[1:]...)
	command.Dir = dir
	command.Env = append(os.Environ(), "CDK_OUTDIR="+out, "CDK_CONTEXT_JSON="+b.context, "CDK_VALIDATION="+strconv.FormatBool(validation))
	command.Env = append(command.Env, p.env...)
	var output bytes.Buffer
	command.Stdout, command.Stderr = &output, &output
	begin := time.Now()
	if err := command.Start(); err != nil {
		return measurement{}, err
	}
	peak := memory.Watch(command.Process.Pid)
	err := command.Wait()
	m := measurement{wall: time.Since(begin), memory: peak()}
	if err != nil {
		return m, fmt.Errorf("%w\n%s", err, output.Bytes())
	}
	m.cpu = command.ProcessState.UserTime() + command.ProcessState.SystemTime()
	return m, m.weigh(out)
}

// weigh looks at what was synthesized.
func (m *measurement) weigh(out string) error {
	files, err := filepath.Glob(filepath.Join(out, "*.template.json"))
	if err != nil {
		return err
	}
	types := map[string]int{}
	for _, file := range files {
		body, err := os.ReadFile(file)
		if err != nil {
			return err
		}
		m.templates += int64(len(body))
		var template struct {
			Resources map[string]struct{ Type string }
			Outputs   map[string]any
		}
		if err := json.Unmarshal(body, &template); err != nil {
			return fmt.Errorf("%s: %w", file, err)
		}
		if strings.Contains(file, "-tenants-") {
			types["Output"] += len(template.Outputs)
			for _, r := range template.Resources {
				types[r.Type]++
			}
		}
	}
	for _, name := range slices.Sorted(maps.Keys(types)) {
		m.resources = append(m.resources, fmt.Sprintf("%d %s", types[name], name))
	}
	return nil
}

// cdkContext is the context of cdk.json with the environment's name.
func cdkContext(file string) (string, error) {
	body, err := os.ReadFile(file)
	if err != nil {
		return "", err
	}
	var settings struct{ Context map[string]any }
	if err := json.Unmarshal(body, &settings); err != nil {
		return "", fmt.Errorf("%s: %w", file, err)
	}
	settings.Context["env"] = "bench"
	context, err := json.Marshal(settings.Context)
	return string(context), err
}
