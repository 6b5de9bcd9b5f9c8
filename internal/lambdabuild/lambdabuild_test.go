package lambdabuild

import (
	"crypto/sha256"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// A binary that differs from build to build would be another asset, and so a deployment, at every synth.
func TestTheSameSourcesMakeTheSameBinary(t *testing.T) {
	var sums [2][sha256.Size]byte
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
	}
	if sums[0] != sums[1] {
		t.Error("two builds differ")
	}
}

func TestAFunctionThatDoesNotCompileIsAnErrorThatSaysSo(t *testing.T) {
	_, err := Build(t.Context(), Module+"/functions/nowhere", "arm64")
	if err == nil || !strings.Contains(err.Error(), "compiling Lambda function "+Module+"/functions/nowhere for arm64") {
		t.Errorf("got %v", err)
	}
}
