package lambdabuild

import (
	"bytes"
	"crypto/sha256"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// A binary that differs from build to build would be another asset, and so a deployment, at every synth.
func TestBuild_sameSourcesMakeTheSameBinary(t *testing.T) {
	var sums [3][sha256.Size]byte
	for i := range sums {
		dir, err := build(t.Context(), Module+"/functions/originheader", "arm64")
		if err != nil {
			t.Fatal(err)
		}
		entries, err := os.ReadDir(dir)
		if err != nil || len(entries) != 1 || entries[0].Name() != "bootstrap" {
			t.Fatalf("the asset's directory holds %v, want bootstrap alone (%v)", entries, err)
		}
		binary, err := os.ReadFile(filepath.Join(dir, "bootstrap"))
		if err != nil {
			t.Fatal(err)
		}
		sums[i] = sha256.Sum256(binary)
		if strings.Contains(string(binary), filepath.Dir(dir)) {
			t.Error("the binary holds a path of this machine")
		}
		if i == 1 {
			outdate(t, filepath.Join(dir, "bootstrap"), binary)
		}
	}
	// The second build finds the first one's binary, and the last one a binary of other sources, by its build ID.
	if sums[1] != sums[0] || sums[2] != sums[0] {
		t.Errorf("builds differ: %x", sums)
	}
}

// outdate changes the build ID, which stands in an ELF note of its own.
func outdate(t *testing.T, file string, binary []byte) {
	t.Helper()
	_, id, found := bytes.Cut(binary, []byte("\x04\x00\x00\x00Go\x00\x00"))
	if !found {
		t.Fatal("no build ID, by which Go sees that a binary is up to date")
	}
	id[0] ^= 1
	if err := os.WriteFile(file, binary, 0o700); err != nil {
		t.Fatal(err)
	}
}

func TestBuild_compileErrorIsReported(t *testing.T) {
	_, err := Build(t.Context(), Module+"/functions/nowhere", "arm64")
	if err == nil || !strings.Contains(err.Error(), "compiling Lambda function "+Module+"/functions/nowhere for arm64") {
		t.Errorf("got %v", err)
	}
}
