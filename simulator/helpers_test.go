package simulator_test

import (
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/cognito-m2m/cognito-m2m-cdk/simulator"
)

func readTemplate(t *testing.T, file string) object {
	t.Helper()
	body, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var read object
	if err := json.Unmarshal(body, &read); err != nil {
		t.Fatal(err)
	}
	return read
}

// exportPlan makes the usage plan's id an output of the gateway's stack.
func exportPlan(t *testing.T, dir string) {
	t.Helper()
	file := filepath.Join(dir, gatewayStack+".template.json")
	template := readTemplate(t, file)
	outputs, ok := template["Outputs"].(object)
	if !ok {
		outputs = object{}
		template["Outputs"] = outputs
	}
	outputs["Plan"] = object{"Value": object{"Ref": "Plan"}}
	write(t, file, template)
}

// addAsset publishes a file under an object key, as an asset of the gateway's stack.
func addAsset(t *testing.T, dir, objectKey string, content []byte) {
	t.Helper()
	if err := os.WriteFile(filepath.Join(dir, "asset."+objectKey), content, 0o600); err != nil {
		t.Fatal(err)
	}
	write(t, filepath.Join(dir, gatewayStack+".assets.json"), object{"version": "54.0.0", "files": object{
		"hash": object{"source": object{"path": "asset." + objectKey, "packaging": "file"},
			"destinations": object{"current": object{"bucketName": "assets", "objectKey": objectKey}}},
	}})
	file := filepath.Join(dir, "manifest.json")
	manifest := readTemplate(t, file)
	manifest["artifacts"].(object)[gatewayStack+".assets"] = object{"type": "cdk:asset-manifest",
		"properties": object{"file": gatewayStack + ".assets.json"}}
	write(t, file, manifest)
}

// standing is a time that only waits and the test advance, so that nothing depends on how fast the machine is.
type standing struct {
	mu  sync.Mutex
	now time.Time
}

// in makes a simulation's time one of its own, whose waits take no time.
func (s *standing) in(o simulator.Options) simulator.Options {
	s.now = time.Now()
	o.Clock = func() time.Time { s.mu.Lock(); defer s.mu.Unlock(); return s.now }
	o.Sleep = func(_ context.Context, d time.Duration) error { s.pass(d); return nil }
	return o
}

func (s *standing) pass(d time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.now = s.now.Add(d)
}
