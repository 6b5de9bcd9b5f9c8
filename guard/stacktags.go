package guard

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
)

// stackTags refuses tags of a stack that holds a set of accepted values. CloudFormation hands a stack's own tags on to its resources, the set among
// them; a changed one would make it write the set, and put the current value in the place of all accepted ones.
func stackTags(dir string, templates map[string]Template) []error {
	body, err := os.ReadFile(filepath.Join(dir, "manifest.json"))
	if errors.Is(err, fs.ErrNotExist) {
		return nil // Templates alone have no tags.
	}
	if err != nil {
		return []error{err}
	}
	var manifest struct {
		Artifacts map[string]struct {
			Properties struct{ Tags map[string]string }
		}
	}
	if err := json.Unmarshal(body, &manifest); err != nil {
		return []error{fmt.Errorf("manifest.json: %w", err)}
	}
	var errs []error
	for _, stack := range slices.Sorted(maps.Keys(templates)) {
		tags := slices.Sorted(maps.Keys(manifest.Artifacts[stack].Properties.Tags))
		for id, r := range templates[stack].Resources {
			if r.Type == "AWS::WAFv2::RegexPatternSet" && len(tags) > 0 {
				errs = append(errs, fmt.Errorf("stack %s has tags of its own, %v, which CloudFormation hands on to %s: tag the resources instead "+
					"(feature flag @aws-cdk/core:explicitStackTags), or a changed tag resets the accepted values", stack, tags, id))
			}
		}
	}
	return errs
}
