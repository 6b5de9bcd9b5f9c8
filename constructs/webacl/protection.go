package webacl

import (
	"github.com/aws/aws-cdk-go/awscdk/v2/awswafv2"
	"github.com/aws/jsii-runtime-go"
)

// protect replaces values wherever AWS WAF shows a request: logs, samples and Security Lake. That includes, unless it is excluded, what a
// log says of the rules: the values that a rate-based rule counts by, and the parts of a request that a rule matched.
// https://docs.aws.amazon.com/waf/latest/developerguide/data-protection-exceptions.html
func protect(protections ...any) *awswafv2.CfnWebACL_DataProtectionConfigProperty {
	return &awswafv2.CfnWebACL_DataProtectionConfigProperty{DataProtections: protections}
}

// substituted shows REDACTED in place of the values of the fields of a type with these keys, or of the type's only field.
func substituted(fieldType string, keys ...string) *awswafv2.CfnWebACL_DataProtectProperty {
	field := &awswafv2.CfnWebACL_FieldToProtectProperty{FieldType: jsii.String(fieldType)}
	if len(keys) > 0 {
		field.FieldKeys = jsii.Strings(keys...)
	}
	return &awswafv2.CfnWebACL_DataProtectProperty{Action: jsii.String("SUBSTITUTION"), Field: field}
}
