package assembly

import (
	"errors"
	"strings"
	"testing"
)

// withAssets loads an assembly of one empty stack with this asset manifest.
func withAssets(t *testing.T, manifest string) *Assembly {
	t.Helper()
	dir := written(t, map[string]string{
		"manifest.json": `{"artifacts": {
			"A": {"type": "aws:cloudformation:stack", "environment": "aws://1/eu-west-1", "properties": {"templateFile": "A.template.json"}},
			"A.assets": {"type": "cdk:asset-manifest", "properties": {"file": "A.assets.json"}}}}`,
		"A.template.json": `{}`, "A.assets.json": manifest, "asset.1.pem": "content",
	})
	a, err := Load(dir)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

func TestFile(t *testing.T) {
	a := withAssets(t, `{"files": {
		"0": {"source": {"path": "asset.0", "packaging": "zip"}, "destinations": {"here": {"objectKey": "0.zip"}}},
		"1": {"source": {"path": "asset.1.pem", "packaging": "file"}, "destinations": {"here": {"bucketName": "b", "objectKey": "1.pem"}}},
		"2": {"source": {"path": "../outside.pem", "packaging": "file"}, "destinations": {"here": {"objectKey": "2.pem"}}}}}`)
	if content, err := a.File("1.pem"); err != nil || string(content) != "content" {
		t.Errorf("got %q, %v", content, err)
	}
	if _, err := a.File("3.pem"); !errors.Is(err, ErrNoAsset) {
		t.Errorf("an object key of no asset: got %v", err)
	}
	for key, want := range map[string]string{"0.zip": `packaging "zip" of "asset.0"`, "2.pem": `"../outside.pem" is not supported`} {
		if _, err := a.File(key); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: got %v, want …%s…", key, err, want)
		}
	}
	if _, err := withAssets(t, `[`).File("1.pem"); err == nil || !strings.Contains(err.Error(), "A.assets.json") {
		t.Errorf("a broken manifest: got %v", err)
	}
}

func TestAsset_manifestOutsideIsRefused(t *testing.T) {
	manifest := `{"artifacts": {"A": {"type": "aws:cloudformation:stack", "environment": "aws://1/eu-west-1",
		"properties": {"templateFile": "A.json"}},
		"A.assets": {"type": "cdk:asset-manifest", "properties": {"file": "/etc/hostname"}}}}`
	dir := written(t, map[string]string{"manifest.json": manifest, "A.json": "{}"})
	if _, err := Load(dir); err == nil || !strings.Contains(err.Error(), `file "/etc/hostname" is not a path inside the assembly`) {
		t.Errorf("got %v", err)
	}
}
