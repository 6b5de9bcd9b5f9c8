// Package policystore reads policy stores of Amazon Verified Permissions, and their policies, from a template.
package policystore

import (
	"github.com/cognito-m2m/cognito-m2m-cdk/internal/authorizer/cedarstore"
	"github.com/cognito-m2m/cognito-m2m-cdk/simulator/internal/properties"
)

// New creates a store from the properties of an AWS::VerifiedPermissions::PolicyStore, free of intrinsic functions; path names the resource
// in errors.
//
// https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-verifiedpermissions-policystore.html
func New(path string, props map[string]any) (*cedarstore.Store, error) {
	o := properties.Read(path, props)
	o.Require("ValidationSettings", "Schema")
	o.Accept(map[string]string{
		"Description": "a comment", "DeletionProtection": "nothing is deleted", "EncryptionSettings": "nothing is encrypted",
		"Tags": "for billing and access control",
	})
	if settings := o.Object("ValidationSettings"); settings != nil {
		settings.Require("Mode")
		settings.OneOf("Mode", "STRICT")
	}
	var store *cedarstore.Store
	if definition := o.Object("Schema"); definition != nil {
		definition.Require("CedarJson")
		var err error
		if store, err = cedarstore.New(definition.Text("CedarJson")); err != nil {
			definition.Errorf("CedarJson", "%w", err)
		}
	}
	return store, o.Err()
}

// AddPolicy adds a static policy from the properties of an AWS::VerifiedPermissions::Policy, free of intrinsic functions.
//
// https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-verifiedpermissions-policy.html
func AddPolicy(store *cedarstore.Store, path string, props map[string]any) error {
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
	if err := store.AddPolicy(path, static.Text("Statement")); err != nil {
		static.Errorf("Statement", "%w", err)
	}
	return o.Err()
}
