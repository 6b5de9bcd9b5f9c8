// Package cedarstore simulates a policy store of Amazon Verified Permissions: its schema, static Cedar policies, and IsAuthorized. Policies are decided
// upon by cedar-go, the Cedar project's own implementation.
//
// The store validates as AWS does in mode STRICT: a policy that does not fit the schema is refused when it is created, and a request that does not is an
// error. https://docs.aws.amazon.com/verifiedpermissions/latest/userguide/policy-validation-mode.html
package cedarstore

import (
	"fmt"

	"github.com/cedar-policy/cedar-go"
	"github.com/cedar-policy/cedar-go/x/exp/ast"
	"github.com/cedar-policy/cedar-go/x/exp/schema"
	"github.com/cedar-policy/cedar-go/x/exp/schema/validate"

	"github.com/cognito-m2m/cognito-m2m-cdk/simulator/internal/properties"
)

// Store is a policy store. It does not change after the last call of AddPolicy, so it is safe for concurrent use then.
type Store struct {
	policies  *cedar.PolicySet
	validator *validate.Validator
}

// New creates a store from the properties of an AWS::VerifiedPermissions::PolicyStore, free of intrinsic functions; path names the resource in errors.
//
// https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-verifiedpermissions-policystore.html
func New(path string, props map[string]any) (*Store, error) {
	o := properties.Read(path, props)
	o.Require("ValidationSettings", "Schema")
	o.Accept(map[string]string{
		"Description": "a comment", "DeletionProtection": "nothing is deleted", "EncryptionSettings": "nothing is encrypted", "Tags": "for billing and access control",
	})
	if settings := o.Object("ValidationSettings"); settings != nil {
		settings.Require("Mode")
		settings.OneOf("Mode", "STRICT")
	}
	s := &Store{policies: cedar.NewPolicySet()}
	if definition := o.Object("Schema"); definition != nil {
		definition.Require("CedarJson")
		var read schema.Schema
		if err := read.UnmarshalJSON([]byte(definition.Text("CedarJson"))); err != nil {
			definition.Errorf("CedarJson", "%w", err)
		} else if resolved, err := read.Resolve(); err != nil {
			definition.Errorf("CedarJson", "%w", err)
		} else {
			s.validator = validate.New(resolved, validate.WithStrict())
		}
	}
	return s, o.Err()
}

// AddPolicy adds a static policy from the properties of an AWS::VerifiedPermissions::Policy, free of intrinsic functions.
//
// https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-verifiedpermissions-policy.html
func (s *Store) AddPolicy(path string, props map[string]any) error {
	o := properties.Read(path, props)
	o.Require("Definition", "PolicyStoreId")
	o.Accept(map[string]string{"PolicyStoreId": "it is this one"})
	definition := o.Object("Definition")
	if definition == nil {
		return o.Err()
	}
	definition.Require("Static")
	definition.Refuse(map[string]string{"TemplateLinked": "use Static"})
	static := definition.Object("Static")
	if static == nil {
		return o.Err()
	}
	static.Require("Statement")
	static.Accept(map[string]string{"Description": "a comment"})
	var policy cedar.Policy
	if err := policy.UnmarshalCedar([]byte(static.Text("Statement"))); err != nil {
		static.Errorf("Statement", "%w", err)
	} else if err := s.validator.Policy(path, (*ast.Policy)(policy.AST())); err != nil {
		static.Errorf("Statement", "does not fit the schema: %w", err)
	} else {
		s.policies.Add(cedar.PolicyID(path), &policy)
	}
	return o.Err()
}

// UID names an entity.
type UID struct{ Type, ID string }

func (u UID) cedar() cedar.EntityUID {
	return cedar.NewEntityUID(cedar.EntityType(u.Type), cedar.String(u.ID))
}

// IsAuthorized decides, with entities in Cedar's JSON format. The errors are those of policies that could not be evaluated.
//
// https://docs.aws.amazon.com/verifiedpermissions/latest/apireference/API_IsAuthorized.html
func (s *Store) IsAuthorized(principal, action, resource UID, entities string) (allowed bool, errs []string, err error) {
	var known cedar.EntityMap
	if err := known.UnmarshalJSON([]byte(entities)); err != nil {
		return false, nil, fmt.Errorf("entities: %w", err)
	}
	request := cedar.Request{Principal: principal.cedar(), Action: action.cedar(), Resource: resource.cedar(), Context: cedar.NewRecord(nil)}
	if err := s.validator.Request(request); err != nil {
		return false, nil, err
	}
	if err := s.validator.Entities(known); err != nil {
		return false, nil, err
	}
	decision, diagnostic := cedar.Authorize(s.policies, known, request)
	for _, e := range diagnostic.Errors {
		errs = append(errs, e.String())
	}
	return decision == cedar.Allow, errs, nil
}
