package assembly

import (
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

const (
	// maxFileBytes bounds what is read of one file. CloudFormation takes templates up to 1 MB:
	// https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html
	maxFileBytes = 8 << 20

	// defaultRegion and defaultAccount are the environment of a stack that is synthesized without one.
	defaultRegion  = "eu-west-1"
	defaultAccount = "000000000000"
)

// manifest is the part of a cloud assembly's manifest.json that matters here:
// https://github.com/aws/aws-cdk/blob/main/packages/@aws-cdk/cloud-assembly-schema
type manifest struct {
	Artifacts map[string]artifact `json:"artifacts"`
}

type artifact struct {
	Type         string   `json:"type"`
	Environment  string   `json:"environment"`
	Dependencies []string `json:"dependencies"`
	Properties   struct {
		File         string            `json:"file"`
		TemplateFile string            `json:"templateFile"`
		StackName    string            `json:"stackName"`
		Parameters   map[string]string `json:"parameters"`
	} `json:"properties"`
}

const stackArtifact = "aws:cloudformation:stack"

// informative are the artifact types that say nothing about what the deployed system does.
var informative = []string{"cdk:tree", "cdk:asset-manifest", "cdk:feature-flag-report", "none"}

// Load reads manifest.json and the template of every stack in a cloud assembly's directory.
func Load(dir string) (*Assembly, error) {
	file := filepath.Join(dir, "manifest.json")
	var m manifest
	if err := readJSON(file, &m); err != nil {
		return nil, fmt.Errorf("%w; a cloud assembly is the output directory of cdk synth", err)
	}
	order, err := m.stacks()
	if err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	var stacks []*Stack
	for _, id := range order {
		s, err := m.Artifacts[id].load(dir, id)
		if err != nil {
			return nil, fmt.Errorf("%s: artifact %q: %w", file, id, err)
		}
		stacks = append(stacks, s)
	}
	assets, err := m.assets()
	if err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	linked, err := link(stacks)
	if err != nil {
		return nil, err
	}
	linked.dir, linked.assetManifests = dir, assets
	return linked, nil
}

func (a artifact) load(dir, id string) (*Stack, error) {
	if len(a.Properties.Parameters) > 0 {
		return nil, fmt.Errorf("parameters %q are not supported: assets must not be passed as parameters",
			slices.Sorted(maps.Keys(a.Properties.Parameters)))
	}
	if !filepath.IsLocal(a.Properties.TemplateFile) {
		return nil, fmt.Errorf("templateFile %q is not a path inside the assembly", a.Properties.TemplateFile)
	}
	account, region, err := environment(a.Environment)
	if err != nil {
		return nil, err
	}
	s := &Stack{Name: a.Properties.StackName, Account: account, Region: region}
	if s.Name == "" {
		s.Name = id
	}
	var sections map[string]json.RawMessage
	if err := readJSON(filepath.Join(dir, a.Properties.TemplateFile), &sections); err != nil {
		return nil, err
	}
	return s, s.parse(sections)
}

// environment splits aws://account/region, in which CDK writes unknown-account and unknown-region for a stack without an environment.
func environment(env string) (account, region string, err error) {
	account, region, ok := strings.Cut(strings.TrimPrefix(env, "aws://"), "/")
	if !ok || !strings.HasPrefix(env, "aws://") || account == "" || region == "" {
		return "", "", fmt.Errorf("environment %q is not of the form aws://account/region", env)
	}
	if account == "unknown-account" {
		account = defaultAccount
	}
	if region == "unknown-region" {
		region = defaultRegion
	}
	return account, region, nil
}

// stacks returns the artifact ids of the stacks so that each comes after its dependencies, and otherwise by name.
func (m *manifest) stacks() ([]string, error) {
	var order []string
	var visit func(id string, above []string) error
	visit = func(id string, above []string) error {
		a, ok := m.Artifacts[id]
		switch {
		case !ok:
			return fmt.Errorf("artifact %q depends on %q, which is not in the manifest", above[len(above)-1], id)
		case slices.Contains(above, id):
			return fmt.Errorf("artifacts depend on each other: %s", strings.Join(append(above, id), " → "))
		case slices.Contains(order, id) || slices.Contains(informative, a.Type):
			return nil
		case a.Type == "cdk:cloud-assembly":
			return fmt.Errorf("artifact %q is a nested assembly: load the directory of the stage instead", id)
		case a.Type != stackArtifact:
			return fmt.Errorf("artifact %q has the type %q; supported: %q and %q", id, a.Type, stackArtifact, informative)
		}
		for _, dependency := range slices.Sorted(slices.Values(a.Dependencies)) {
			if err := visit(dependency, append(slices.Clip(above), id)); err != nil {
				return err
			}
		}
		order = append(order, id)
		return nil
	}
	for _, id := range slices.Sorted(maps.Keys(m.Artifacts)) {
		if err := visit(id, nil); err != nil {
			return nil, err
		}
	}
	if len(order) == 0 {
		return nil, fmt.Errorf("there is no stack")
	}
	return order, nil
}

func readJSON(file string, into any) error {
	content, err := readFile(file)
	if err != nil {
		return err
	}
	if err := json.Unmarshal(content, into); err != nil {
		return fmt.Errorf("%s: %w", file, err)
	}
	return nil
}

func readFile(file string) ([]byte, error) {
	f, err := os.Open(file)
	if err != nil {
		return nil, err
	}
	defer func() { _ = f.Close() }()
	content, err := io.ReadAll(io.LimitReader(f, maxFileBytes+1))
	if err != nil {
		return nil, err
	}
	if len(content) > maxFileBytes {
		return nil, fmt.Errorf("%s is larger than %d bytes", file, maxFileBytes)
	}
	return content, nil
}
