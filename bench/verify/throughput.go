package main

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"

	"github.com/cognito-m2m/cognito-m2m-cdk/bench/verify/workload"
)

// program is one way to verify the tokens.
type program struct {
	name    string
	command []string
}

const peer = "aws-jwt-verify, verifySync"

func (b *bench) programs(seconds int) []program {
	of := strconv.Itoa(seconds)
	ours := func(cache, repeat string) []string {
		return []string{filepath.Join(b.work, "ours"), b.file(), of, cache, repeat}
	}
	node := func(mode string) []string {
		return []string{b.node, filepath.Join(b.dir, "peer", "throughput.mjs"), b.file(), of, mode}
	}
	return []program{
		{peer, node("sync")},
		{"aws-jwt-verify, verify", node("async")},
		{"ours, no cache", ours("0", "1")},
		{"ours, cache: 9 of 10 hit", ours("100", "10")},
		{"ours, cache: all hit", ours(strconv.Itoa(len(b.workload.Tokens)), "1")},
	}
}

// throughput runs the programs in turn, so that what slows the machine down for a while slows down all of them, and returns the medians.
func (b *bench) throughput(ctx context.Context, rounds, seconds int) ([]measured, error) {
	programs := b.programs(seconds)
	all := make([][]workload.Figures, len(programs))
	for range rounds {
		for i, p := range programs {
			output, err := exec.CommandContext(ctx, "taskset", append([]string{"-c", b.core}, p.command...)...).Output()
			if err != nil {
				return nil, fmt.Errorf("%s: %w", p.name, explained(err))
			}
			var f workload.Figures
			if err := json.Unmarshal(output, &f); err != nil {
				return nil, fmt.Errorf("%s printed %q: %w", p.name, output, err)
			}
			all[i] = append(all[i], f)
		}
	}
	var medians []measured
	for i, p := range programs {
		medians = append(medians, measured{p.name, workload.Figures{
			PerSecond: median(all[i], func(f workload.Figures) float64 { return f.PerSecond }),
			P50:       median(all[i], func(f workload.Figures) float64 { return f.P50 }),
			P99:       median(all[i], func(f workload.Figures) float64 { return f.P99 }),
			Memory:    median(all[i], func(f workload.Figures) int64 { return f.Memory }),
		}})
	}
	return medians, nil
}

type measured struct {
	name    string
	figures workload.Figures
}

func median[T any, F cmp.Ordered](all []T, figure func(T) F) F {
	var figures []F
	for _, one := range all {
		figures = append(figures, figure(one))
	}
	slices.Sort(figures)
	return figures[len(figures)/2]
}

func throughputTable(all []measured) string {
	base := all[0].figures
	table := "\n| program | tokens/s | × peer | p50 µs | p99 µs | peak MB |\n|---|--:|--:|--:|--:|--:|\n"
	for _, m := range all {
		f := m.figures
		table += fmt.Sprintf("| %s | %.0f | %.2f | %.1f | %.1f | %.0f |\n", m.name, f.PerSecond, f.PerSecond/base.PerSecond, f.P50, f.P99,
			float64(f.Memory)/(1<<20))
	}
	return table
}
