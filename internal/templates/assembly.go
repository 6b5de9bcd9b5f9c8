// Package templates reads the templates of a cloud assembly and follows the references between them.
//
// It reads what the manifest names, those of nested assemblies (stages) and of nested stacks included, and no other file of the directory.
package templates

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
)

const (
	// Mark is the key in a resource's Metadata by which a construct of this module marks a function or role as its own. The value is
	// the kind of function.
	Mark = "cognito-m2m"
	// ConstantStackTags is the type of a construct's metadata entry by which its owner acknowledges that the stack's tags never change. It
	// is in the manifest and in no template, so that the acknowledgement changes no resource.
	ConstantStackTags = "cognito-m2m:constant-stack-tags"
	// Source is the type of a stack's metadata entry that names the settings file from which the stack is made.
	Source = "cognito-m2m:source"
	// errorType is the type of an error annotation: https://github.com/aws/aws-cdk/blob/main/packages/@aws-cdk/cloud-assembly-schema
	errorType = "aws:cdk:error"
)

// Assembly is the content of a cloud assembly.
type Assembly struct {
	// Stacks are sorted by name.
	Stacks []*Stack
	// Errors are the error annotations of constructs: the construct's path and the message.
	Errors []string

	exports   map[string]output    // by environment and export name
	outputs   map[string]output    // by environment, stack name and output
	resources map[string]*Resource // by mark
}

// Stack is a stack and its template.
type Stack struct {
	// Name is the stack's path in the app, such as Prod/gateway. It is unique in the assembly.
	Name string
	// StackName is the stack's name in CloudFormation, DependsOn those of the stacks that are deployed before it. A nested stack has none.
	StackName string
	DependsOn []string
	// Environment is the account and Region, such as aws://111122223333/eu-west-1.
	Environment           string
	TerminationProtection bool
	// Source is the settings file from which the stack is made; "" if none is known.
	Source string
	// Body is the template as it is written.
	Body []byte
	// Tags are the stack's own. If TagsAreConstant, their owner says that they never change.
	Tags            map[string]string
	TagsAreConstant bool
	template

	assembly *Assembly
	sorted   []*Resource
	file     string
	parent   *Resource // of a nested stack
}

type template struct {
	Resources  map[string]*Resource
	Outputs    map[string]Output
	Parameters map[string]any
}

// Output is an output of a stack.
type Output struct {
	Value  any
	Export struct{ Name any }
}

// Resource is a resource of a template.
type Resource struct {
	Stack      *Stack `json:"-"`
	ID         string `json:"-"`
	Type       string
	Properties map[string]any
	Metadata   map[string]any
}

type output struct {
	stack *Stack
	value any
}

type manifest struct {
	Artifacts map[string]struct {
		Type, Environment, DisplayName, AdditionalMetadataFile string

		Dependencies []string
		Metadata     metadata
		Properties   struct {
			TemplateFile, StackName, DirectoryName, File string

			TerminationProtection bool
			Tags                  map[string]string
		}
	}
}

// metadata has the entries of each construct, by its path.
type metadata map[string][]struct {
	Type string
	Data any
}

// Load reads the assembly in the directory. A file that the manifest names and that cannot be read is an error.
func Load(dir string) (*Assembly, error) {
	a := &Assembly{exports: map[string]output{}, outputs: map[string]output{}, resources: map[string]*Resource{}}
	if err := a.load(dir, ""); err != nil {
		return nil, err
	}
	slices.SortFunc(a.Stacks, func(x, y *Stack) int { return strings.Compare(x.Name, y.Name) })
	slices.Sort(a.Errors)
	return a, nil
}

func (a *Assembly) load(dir, prefix string) error {
	var m manifest
	if err := readJSON(dir, "manifest.json", &m); err != nil {
		return fmt.Errorf("%w; a cloud assembly is the output directory of cdk synth", err)
	}
	assets, err := m.assets(dir)
	if err != nil {
		return err
	}
	for _, id := range slices.Sorted(maps.Keys(m.Artifacts)) {
		artifact, p := m.Artifacts[id], m.Artifacts[id].Properties
		name := artifact.DisplayName
		if name == "" {
			name = prefix + id
		}
		switch artifact.Type {
		case "cdk:cloud-assembly":
			if filepath.Clean(p.DirectoryName) == "." || !filepath.IsLocal(p.DirectoryName) {
				return fmt.Errorf("manifest.json: artifact %q: directoryName %q is not a folder inside the assembly", id, p.DirectoryName)
			}
			if err := a.load(filepath.Join(dir, p.DirectoryName), name+"/"); err != nil {
				return err
			}
		case "aws:cloudformation:stack":
			entries := artifact.Metadata
			if file := artifact.AdditionalMetadataFile; file != "" {
				if err := readJSON(dir, file, &entries); err != nil {
					return err
				}
			}
			s := &Stack{
				Name: name, StackName: m.stackName(id), Environment: artifact.Environment, TerminationProtection: p.TerminationProtection, Tags: p.Tags,
			}
			for _, before := range artifact.Dependencies {
				if m.Artifacts[before].Type == artifact.Type {
					s.DependsOn = append(s.DependsOn, m.stackName(before))
				}
			}
			a.annotate(s, entries)
			if err := a.add(dir, p.TemplateFile, s, assets); err != nil {
				return err
			}
			for id, o := range s.Outputs {
				a.outputs[s.Environment+" "+s.StackName+" "+id] = output{s, o.Value}
			}
		}
	}
	return nil
}

// stackName is the name in CloudFormation of the artifact's stack.
func (m *manifest) stackName(id string) string {
	return cmp.Or(m.Artifacts[id].Properties.StackName, id)
}

func (a *Assembly) annotate(s *Stack, entries metadata) {
	for construct, list := range entries {
		for _, entry := range list {
			switch entry.Type {
			case Source:
				s.Source = fmt.Sprint(entry.Data)
			case ConstantStackTags:
				s.TagsAreConstant = true
			case errorType:
				a.Errors = append(a.Errors, fmt.Sprintf("%s: %v", construct, entry.Data))
			}
		}
	}
}

// add reads the stack's template and those of the stacks that it nests, which are assets whose names end the URLs of their templates.
func (a *Assembly) add(dir, file string, s *Stack, assets map[string]string) (err error) {
	if s.Body, err = read(dir, file); err != nil {
		return err
	}
	if err := json.Unmarshal(s.Body, &s.template); err != nil {
		return fmt.Errorf("%s: %w", filepath.Join(dir, file), err)
	}
	s.assembly, s.file, a.Stacks = a, file, append(a.Stacks, s)
	for _, o := range s.Outputs {
		if o.Export.Name != nil {
			name, _ := s.Text(o.Export.Name)
			a.exports[s.Environment+" "+name] = output{s, o.Value}
		}
	}
	for _, id := range slices.Sorted(maps.Keys(s.Resources)) {
		r := s.Resources[id]
		if r == nil {
			return fmt.Errorf("%s: resource %q is null", filepath.Join(dir, file), id)
		}
		r.Stack, r.ID, s.sorted = s, id, append(s.sorted, r)
		a.resources["{"+s.Name+" "+id+"}"] = r
	}
	for id, r := range s.Resources {
		if r.Type != "AWS::CloudFormation::Stack" {
			continue
		}
		url, _ := s.Text(r.Properties["TemplateURL"])
		nested := assets[path.Base(url)]
		if nested == "" || s.within(nested) {
			continue // The template is not one of this app.
		}
		child := &Stack{Name: s.Name + "/" + id, Source: s.Source, Environment: s.Environment, parent: r}
		if err := a.add(dir, nested, child, assets); err != nil {
			return err
		}
		for name, o := range child.Outputs {
			a.outputs["{"+s.Name+" "+id+".Outputs."+name+"}"] = output{child, o.Value}
		}
	}
	return nil
}

// within says whether the stack, or one that nests it, has its template in the file.
func (s *Stack) within(file string) bool {
	return s.file == file || s.parent != nil && s.parent.Stack.within(file)
}

// assets are the files that are published, by the last part of their object keys.
func (m *manifest) assets(dir string) (map[string]string, error) {
	files := map[string]string{}
	for _, artifact := range m.Artifacts {
		if artifact.Type != "cdk:asset-manifest" {
			continue
		}
		var published struct {
			Files map[string]struct {
				Source       struct{ Path string }
				Destinations map[string]struct{ ObjectKey string }
			}
		}
		if err := readJSON(dir, artifact.Properties.File, &published); err != nil {
			return nil, err
		}
		for _, file := range published.Files {
			for _, to := range file.Destinations {
				files[path.Base(to.ObjectKey)] = file.Source.Path
			}
		}
	}
	return files, nil
}

func readJSON(dir, file string, into any) error {
	body, err := read(dir, file)
	if err != nil {
		return err
	}
	if err := json.Unmarshal(body, into); err != nil {
		return fmt.Errorf("%s: %w", filepath.Join(dir, file), err)
	}
	return nil
}

func read(dir, file string) ([]byte, error) {
	if !filepath.IsLocal(file) {
		return nil, fmt.Errorf("%s: %q is not a file inside the assembly", dir, file)
	}
	body, err := os.ReadFile(filepath.Join(dir, file))
	if errors.Is(err, os.ErrNotExist) {
		return nil, fmt.Errorf("there is no %s", filepath.Join(dir, file))
	}
	return body, err
}
