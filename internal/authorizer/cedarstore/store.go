// Package cedarstore decides as a policy store of Amazon Verified Permissions in mode STRICT does: by static Cedar policies,
// evaluated by cedar-go, the Cedar project's own implementation. It is for tests and for simulation. Of the service's API it has
// IsAuthorized.
//
// A policy that does not fit the schema is refused when it is created, and a request that does not is an error.
// https://docs.aws.amazon.com/verifiedpermissions/latest/userguide/policy-validation-mode.html
package cedarstore

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/cedar-policy/cedar-go"
	"github.com/cedar-policy/cedar-go/x/exp/ast"
	"github.com/cedar-policy/cedar-go/x/exp/schema"
	"github.com/cedar-policy/cedar-go/x/exp/schema/validate"
)

// Store is a policy store. It does not change after the last call of AddPolicy, so it is safe for concurrent use then.
type Store struct {
	namespace string
	policies  *cedar.PolicySet
	valid     *validate.Validator
}

// New creates a store without policies from a schema in Cedar's JSON format, of one namespace.
func New(schemaJSON string) (*Store, error) {
	var namespaces map[string]json.RawMessage
	if err := json.Unmarshal([]byte(schemaJSON), &namespaces); err != nil {
		return nil, fmt.Errorf("want a schema in JSON: %w", err)
	}
	if len(namespaces) != 1 {
		return nil, fmt.Errorf("want a schema of one namespace, got %q", slices.Sorted(maps.Keys(namespaces)))
	}
	var parsed schema.Schema
	if err := parsed.UnmarshalJSON([]byte(schemaJSON)); err != nil {
		return nil, err
	}
	resolved, err := parsed.Resolve()
	if err != nil {
		return nil, err
	}
	s := &Store{policies: cedar.NewPolicySet(), valid: validate.New(resolved, validate.WithStrict())}
	for s.namespace = range namespaces {
	}
	return s, nil
}

// Load creates a store from a schema file and a folder with one policy in each file NAME.cedar.
func Load(schemaFile, policies string) (*Store, error) {
	text, err := os.ReadFile(schemaFile)
	if err != nil {
		return nil, err
	}
	s, err := New(string(text))
	if err != nil {
		return nil, fmt.Errorf("%s: %w", schemaFile, err)
	}
	files, err := filepath.Glob(filepath.Join(policies, "*.cedar"))
	if err != nil {
		return nil, err
	}
	var errs []error
	for _, file := range files {
		statement, err := os.ReadFile(file)
		if err == nil {
			err = s.AddPolicy(strings.TrimSuffix(filepath.Base(file), ".cedar"), string(statement))
		}
		if err != nil {
			errs = append(errs, fmt.Errorf("%s: %w", file, err))
		}
	}
	return s, errors.Join(errs...)
}

// AddPolicy adds a static policy. One that is no Cedar or does not fit the schema is an error, as it would be at deployment.
func (s *Store) AddPolicy(id, statement string) error {
	var policy cedar.Policy
	if err := policy.UnmarshalCedar([]byte(statement)); err != nil {
		return err
	}
	if err := s.valid.Policy(id, (*ast.Policy)(policy.AST())); err != nil {
		return fmt.Errorf("does not fit the schema: %w", err)
	}
	s.policies.Add(cedar.PolicyID(id), &policy)
	return nil
}

// Namespace is the schema's.
func (s *Store) Namespace() string { return s.namespace }

// decide is an error for a request or entities that do not fit the schema.
func (s *Store) decide(request cedar.Request, entitiesJSON string) (cedar.Decision, cedar.Diagnostic, error) {
	var entities cedar.EntityMap
	if err := json.Unmarshal([]byte(entitiesJSON), &entities); err != nil {
		return cedar.Deny, cedar.Diagnostic{}, fmt.Errorf("entities: %w", err)
	}
	if err := errors.Join(s.valid.Request(request), s.valid.Entities(entities)); err != nil {
		return cedar.Deny, cedar.Diagnostic{}, err
	}
	decision, diagnostic := cedar.Authorize(s.policies, entities, request)
	return decision, diagnostic, nil
}
