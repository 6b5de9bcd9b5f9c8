package simulator_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"testing"
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
