package memory_test

import (
	"os"
	"os/exec"
	"runtime"
	"testing"
	"time"

	"github.com/cognito-m2m/cognito-m2m-cdk/bench/synth/memory"
)

const hold = "TEST_HOLD_MEMORY"

// TestMain makes the test binary a process that holds 64 MB until its standard input ends.
func TestMain(m *testing.M) {
	if os.Getenv(hold) == "" {
		os.Exit(m.Run())
	}
	block := make([]byte, 64<<20)
	for i := range block {
		block[i] = 1
	}
	_, _ = os.Stdout.Write(block[:1])
	_, _ = os.Stdin.Read(block[:1])
	runtime.KeepAlive(block)
}

func TestWatch_countsChildProcesses(t *testing.T) {
	stop := memory.Watch(os.Getpid())
	child := exec.CommandContext(t.Context(), os.Args[0])
	child.Env = append(os.Environ(), hold+"=1")
	input, err := child.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	output, err := child.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := child.Start(); err != nil {
		t.Fatal(err)
	}
	if _, err := output.Read(make([]byte, 1)); err != nil {
		t.Fatal(err)
	}
	time.Sleep(100 * time.Millisecond) // Until it was looked at.
	if err := input.Close(); err != nil {
		t.Fatal(err)
	}
	if err := child.Wait(); err != nil {
		t.Fatal(err)
	}
	least := int64(64 << 20)
	if _, err := os.Stat("/proc/self/stat"); err != nil {
		least = 0
	}
	if got := stop(); got < least {
		t.Errorf("got %d MB, want the child's 64 MB at least", got>>20)
	}
}
