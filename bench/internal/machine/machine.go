// Package machine says where a benchmark's figures come from.
package machine

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"strings"
)

// Describe names the processor, Go and Node.
func Describe(ctx context.Context) string {
	node, _ := exec.CommandContext(ctx, "node", "--version").Output()
	cpu := runtime.GOARCH
	info, _ := os.ReadFile("/proc/cpuinfo")
	for line := range strings.Lines(string(info)) {
		if name, value, ok := strings.Cut(line, ":"); ok && strings.TrimSpace(name) == "model name" {
			cpu = strings.TrimSpace(value)
		}
	}
	return fmt.Sprintf("%d × %s, %s, Node %s", runtime.NumCPU(), cpu, runtime.Version(), strings.TrimSpace(string(node)))
}
