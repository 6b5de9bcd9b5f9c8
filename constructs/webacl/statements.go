package webacl

import (
	"strings"

	"github.com/aws/aws-cdk-go/awscdk/v2/awswafv2"
	"github.com/aws/jsii-runtime-go"
)

func anyOf(statements ...any) *awswafv2.CfnWebACL_StatementProperty {
	return &awswafv2.CfnWebACL_StatementProperty{OrStatement: &awswafv2.CfnWebACL_OrStatementProperty{Statements: statements}}
}

// getOf matches GET of exactly this path.
func getOf(path string) *awswafv2.CfnWebACL_StatementProperty {
	method := &awswafv2.CfnWebACL_FieldToMatchProperty{Method: map[string]any{}}
	return &awswafv2.CfnWebACL_StatementProperty{
		AndStatement: &awswafv2.CfnWebACL_AndStatementProperty{Statements: []any{exactly(method, "GET"), exactly(uriPath(), path)}},
	}
}

func exactly(field *awswafv2.CfnWebACL_FieldToMatchProperty, value string) *awswafv2.CfnWebACL_StatementProperty {
	return &awswafv2.CfnWebACL_StatementProperty{
		ByteMatchStatement: &awswafv2.CfnWebACL_ByteMatchStatementProperty{
			FieldToMatch:         field,
			PositionalConstraint: jsii.String("EXACTLY"),
			SearchString:         jsii.String(value),
			TextTransformations:  untransformed(),
		},
	}
}

func uriPath() *awswafv2.CfnWebACL_FieldToMatchProperty {
	return &awswafv2.CfnWebACL_FieldToMatchProperty{UriPath: map[string]any{}}
}

// singleHeader matches a header by name. AWS WAF compares header names without case and shows them in lower case. A map, since the struct that
// CDK has for it renders "name", which CloudFormation does not know.
func singleHeader(name string) *awswafv2.CfnWebACL_FieldToMatchProperty {
	return &awswafv2.CfnWebACL_FieldToMatchProperty{SingleHeader: map[string]string{"Name": strings.ToLower(name)}}
}

func untransformed() []any {
	return []any{&awswafv2.CfnWebACL_TextTransformationProperty{Priority: jsii.Number(0), Type: jsii.String("NONE")}}
}

// visibility has metrics on and sampled requests off, since a sample shows the request's headers.
func visibility(metric string) *awswafv2.CfnWebACL_VisibilityConfigProperty {
	return &awswafv2.CfnWebACL_VisibilityConfigProperty{
		CloudWatchMetricsEnabled: jsii.Bool(true),
		MetricName:               jsii.String(metric),
		SampledRequestsEnabled:   jsii.Bool(false),
	}
}

// protectedHeaders replaces the values of headers wherever AWS WAF shows a request: logs, samples and Security Lake.
func protectedHeaders(names ...string) *awswafv2.CfnWebACL_DataProtectionConfigProperty {
	return &awswafv2.CfnWebACL_DataProtectionConfigProperty{
		DataProtections: []any{
			&awswafv2.CfnWebACL_DataProtectProperty{
				Action: jsii.String("SUBSTITUTION"),
				Field:  &awswafv2.CfnWebACL_FieldToProtectProperty{FieldType: jsii.String("SINGLE_HEADER"), FieldKeys: jsii.Strings(names...)},
			},
		},
	}
}
