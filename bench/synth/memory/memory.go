// Package memory measures the memory of a program that runs others: CDK for Go has a Node process of its own.
package memory

import (
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

// interval is how often Watch looks.
const interval = 20 * time.Millisecond

// Watch watches the resident memory of a process and all processes below it. stop ends that and returns the peak in bytes, 0 where there is
// no /proc. Pages that processes share count for each.
func Watch(pid int) (stop func() int64) {
	done, peak := make(chan struct{}), make(chan int64)
	go func() {
		var most int64
		tick := time.NewTicker(interval)
		defer tick.Stop()
		for {
			select {
			case <-done:
				peak <- most
				return
			case <-tick.C:
				most = max(most, resident(pid))
			}
		}
	}()
	return func() int64 {
		close(done)
		return <-peak
	}
}

// resident adds up /proc/PID/stat: field 4 is the parent, field 24 the resident pages (proc(5)). The name in field 2 may hold anything, but
// ends in the last ')'.
func resident(root int) int64 {
	parents, pages := map[int]int{}, map[int]int64{}
	files, _ := filepath.Glob("/proc/[0-9]*/stat")
	for _, file := range files {
		body, err := os.ReadFile(file)
		if err != nil {
			continue // It has ended.
		}
		pid, _ := strconv.Atoi(strings.Split(file, "/")[2])
		fields := strings.Fields(string(body[strings.LastIndexByte(string(body), ')')+1:]))
		parents[pid], _ = strconv.Atoi(fields[1])
		pages[pid], _ = strconv.ParseInt(fields[21], 10, 64)
	}
	var total int64
	for pid := range pages {
		for p := pid; p != 0; p = parents[p] {
			if p == root {
				total += pages[pid]
				break
			}
		}
	}
	return total * int64(os.Getpagesize())
}
