// Package cedarstore decides as a policy store of Amazon Verified Permissions does, from the same files: the schema in JSON and one policy in each file
// NAME.cedar. It is for tests and for simulation: it evaluates with Cedar's own Go implementation, and checks policies, requests and entities against the
// schema as strictly as a policy store with strict validation. Of the API it has IsAuthorized.
package cedarstore

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/cedar-policy/cedar-go"
	"github.com/cedar-policy/cedar-go/x/exp/ast"
	"github.com/cedar-policy/cedar-go/x/exp/schema"
	"github.com/cedar-policy/cedar-go/x/exp/schema/validate"
)

// Store is a policy store. It is safe for concurrent use.
type Store struct {
	namespace string
	policies  *cedar.PolicySet
	valid     *validate.Validator
}

// Load reads a schema file and a folder of policies. A policy that does not fit the schema is an error, as it would be at deployment.
func Load(schemaFile, policies string) (*Store, error) {
	text, err := os.ReadFile(schemaFile)
	if err != nil {
		return nil, err
	}
	var namespaces map[string]json.RawMessage
	if err := json.Unmarshal(text, &namespaces); err != nil || len(namespaces) != 1 {
		return nil, fmt.Errorf("%s: want a schema of one namespace, got %d: %w", schemaFile, len(namespaces), errors.Join(err))
	}
	var parsed schema.Schema
	if err := parsed.UnmarshalJSON(text); err != nil {
		return nil, fmt.Errorf("%s: %w", schemaFile, err)
	}
	resolved, err := parsed.Resolve()
	if err != nil {
		return nil, fmt.Errorf("%s: %w", schemaFile, err)
	}
	s := &Store{policies: cedar.NewPolicySet(), valid: validate.New(resolved, validate.WithStrict())}
	for s.namespace = range namespaces {
	}
	files, err := filepath.Glob(filepath.Join(policies, "*.cedar"))
	if err != nil {
		return nil, err
	}
	var errs []error
	for _, file := range files {
		errs = append(errs, s.add(file))
	}
	return s, errors.Join(errs...)
}

func (s *Store) add(file string) error {
	text, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	name := strings.TrimSuffix(filepath.Base(file), ".cedar")
	var policy cedar.Policy
	if err := policy.UnmarshalCedar(text); err != nil {
		return fmt.Errorf("%s: %w", file, err)
	}
	if err := s.valid.Policy(name, (*ast.Policy)(policy.AST())); err != nil {
		return fmt.Errorf("%s: %w", file, err)
	}
	s.policies.Add(cedar.PolicyID(name), &policy)
	return nil
}

// Namespace is the schema's.
func (s *Store) Namespace() string { return s.namespace }

// decide is an error for a request or entities that do not fit the schema.
func (s *Store) decide(request cedar.Request, entitiesJSON string) (cedar.Decision, cedar.Diagnostic, error) {
	var entities cedar.EntityMap
	if err := json.Unmarshal([]byte(entitiesJSON), &entities); err != nil {
		return cedar.Deny, cedar.Diagnostic{}, err
	}
	if err := errors.Join(s.valid.Request(request), s.valid.Entities(entities)); err != nil {
		return cedar.Deny, cedar.Diagnostic{}, err
	}
	decision, diagnostic := cedar.Authorize(s.policies, entities, request)
	return decision, diagnostic, nil
}
