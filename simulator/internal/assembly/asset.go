package assembly

import (
	"errors"
	"fmt"
	"maps"
	"path/filepath"
	"slices"
)

// assetManifest is the part of an asset manifest that matters here:
// https://github.com/aws/aws-cdk/blob/main/packages/@aws-cdk/cloud-assembly-schema
type assetManifest struct {
	Files map[string]struct {
		Source struct {
			Path      string `json:"path"`
			Packaging string `json:"packaging"`
		} `json:"source"`
		Destinations map[string]struct {
			ObjectKey string `json:"objectKey"`
		} `json:"destinations"`
	} `json:"files"`
}

// ErrNoAsset says that no asset is published under an object key.
var ErrNoAsset = errors.New("no asset of the assembly has this object key")

// File returns the content of the file that is published under an object key. An asset that is packed before it is published is none.
func (a *Assembly) File(objectKey string) ([]byte, error) {
	for _, name := range a.assetManifests {
		var m assetManifest
		if err := readJSON(filepath.Join(a.dir, name), &m); err != nil {
			return nil, err
		}
		for _, id := range slices.Sorted(maps.Keys(m.Files)) {
			file := m.Files[id]
			for _, to := range file.Destinations {
				if to.ObjectKey != objectKey {
					continue
				}
				if file.Source.Packaging != "file" || !filepath.IsLocal(file.Source.Path) {
					return nil, fmt.Errorf("%s: asset %s: packaging %q of %q is not supported, want a file inside the assembly", name, id,
						file.Source.Packaging, file.Source.Path)
				}
				return readFile(filepath.Join(a.dir, file.Source.Path))
			}
		}
	}
	return nil, ErrNoAsset
}

// assets are the names of the asset manifests.
func (m *manifest) assets() ([]string, error) {
	var names []string
	for _, id := range slices.Sorted(maps.Keys(m.Artifacts)) {
		a := m.Artifacts[id]
		if a.Type != "cdk:asset-manifest" {
			continue
		}
		if !filepath.IsLocal(a.Properties.File) {
			return nil, fmt.Errorf("artifact %q: file %q is not a path inside the assembly", id, a.Properties.File)
		}
		names = append(names, a.Properties.File)
	}
	return names, nil
}
