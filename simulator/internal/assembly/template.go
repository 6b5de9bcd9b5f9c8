package assembly

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// template holds the sections that are evaluated:
// https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/template-anatomy.html
type template struct {
	Parameters map[string]*parameter
	Mappings   map[string]map[string]map[string]any
	Conditions map[string]any
	Resources  map[string]*declaration
	Outputs    map[string]*output
}

type declaration struct {
	Type       string
	Properties map[string]any
	Condition  *string
	DependsOn  any
	// The others matter only while CloudFormation creates, updates or deletes the resource.
	CreationPolicy, DeletionPolicy, Metadata, UpdatePolicy, UpdateReplacePolicy any
}

type output struct {
	Description any
	Value       any
	Condition   *string
	Export      *struct{ Name any }

	stack *Stack
	id    string
}

// bootstrapRule is CDK's check of the bootstrap stack's version, which has no meaning without an account.
const bootstrapRule = "CheckBootstrapVersion"

func (s *Stack) parse(sections map[string]json.RawMessage) error {
	t := &template{}
	into := map[string]any{
		"Parameters": &t.Parameters, "Mappings": &t.Mappings, "Conditions": &t.Conditions, "Resources": &t.Resources, "Outputs": &t.Outputs,
		"Metadata": &s.Metadata,
	}
	for _, name := range slices.Sorted(maps.Keys(sections)) {
		switch name {
		case "AWSTemplateFormatVersion", "Description":
		case "Rules":
			if err := s.parseRules(sections[name]); err != nil {
				return err
			}
		default:
			section, ok := into[name]
			if !ok {
				return fmt.Errorf("%s: template section %q is not supported", s.Name, name)
			}
			if err := decode(sections[name], section); err != nil {
				return fmt.Errorf("%s: %s: %w", s.Name, name, err)
			}
		}
	}
	s.template = t
	if err := s.parseResources(); err != nil {
		return err
	}
	return s.parseOutputs()
}

// decode refuses unknown fields, so that an attribute not known here is not ignored.
func decode(section json.RawMessage, into any) error {
	d := json.NewDecoder(strings.NewReader(string(section)))
	d.DisallowUnknownFields()
	return d.Decode(into)
}

func (s *Stack) parseRules(section json.RawMessage) error {
	var rules map[string]json.RawMessage
	if err := json.Unmarshal(section, &rules); err != nil {
		return fmt.Errorf("%s: Rules: %w", s.Name, err)
	}
	for _, name := range slices.Sorted(maps.Keys(rules)) {
		if name != bootstrapRule {
			return fmt.Errorf("%s: rule %q is not supported; only CDK's %q is, without effect", s.Name, name, bootstrapRule)
		}
	}
	return nil
}

func (s *Stack) parseResources() error {
	s.byID = make(map[string]*Resource, len(s.template.Resources))
	for id, d := range s.template.Resources {
		r := &Resource{Stack: s, LogicalID: id}
		switch {
		case d == nil || d.Type == "":
			return fmt.Errorf("%s has no Type", r.Path())
		case d.Type == "AWS::CloudFormation::Stack":
			return fmt.Errorf("%s: nested stacks (%s) are not supported", r.Path(), d.Type)
		}
		r.Type, r.Properties = d.Type, d.Properties
		var err error
		if r.dependsOn, err = names(d.DependsOn); err != nil {
			return fmt.Errorf("%s.DependsOn: %w", r.Path(), err)
		}
		s.byID[id] = r
	}
	return nil
}

func (s *Stack) parseOutputs() error {
	for id, o := range s.template.Outputs {
		if o == nil || o.Value == nil {
			return fmt.Errorf("%s/Outputs.%s has no Value", s.Name, id)
		}
		o.stack, o.id = s, id
	}
	return nil
}

// names reads DependsOn: a logical ID or a list of them.
func names(v any) ([]string, error) {
	switch v := v.(type) {
	case nil:
		return nil, nil
	case string:
		return []string{v}, nil
	case []any:
		var ids []string
		for _, item := range v {
			id, ok := item.(string)
			if !ok {
				return nil, fmt.Errorf("%v is not a logical ID", item)
			}
			ids = append(ids, id)
		}
		return ids, nil
	}
	return nil, fmt.Errorf("%v is neither a logical ID nor a list of them", v)
}
