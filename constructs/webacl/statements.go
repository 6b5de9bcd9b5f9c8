package webacl

import (
	"strings"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awswafv2"
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"
)

func anyOf(statements ...any) *awswafv2.CfnWebACL_StatementProperty {
	return &awswafv2.CfnWebACL_StatementProperty{OrStatement: &awswafv2.CfnWebACL_OrStatementProperty{Statements: statements}}
}

func not(statement *awswafv2.CfnWebACL_StatementProperty) *awswafv2.CfnWebACL_StatementProperty {
	return &awswafv2.CfnWebACL_StatementProperty{NotStatement: &awswafv2.CfnWebACL_NotStatementProperty{Statement: statement}}
}

// getOf matches GET of exactly this path.
func getOf(path string) *awswafv2.CfnWebACL_StatementProperty {
	return &awswafv2.CfnWebACL_StatementProperty{
		AndStatement: &awswafv2.CfnWebACL_AndStatementProperty{Statements: []any{exactly(method(), "GET"), exactly(uriPath(), path)}},
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

func method() *awswafv2.CfnWebACL_FieldToMatchProperty {
	return &awswafv2.CfnWebACL_FieldToMatchProperty{Method: map[string]any{}}
}

func uriPath() *awswafv2.CfnWebACL_FieldToMatchProperty {
	return &awswafv2.CfnWebACL_FieldToMatchProperty{UriPath: map[string]any{}}
}

// singleHeader matches a header by name. AWS WAF compares header names without case and shows them in lower case. A map, since the struct
// that CDK has for it renders "name", which CloudFormation does not know.
func singleHeader(name string) *awswafv2.CfnWebACL_FieldToMatchProperty {
	return &awswafv2.CfnWebACL_FieldToMatchProperty{SingleHeader: map[string]string{"Name": strings.ToLower(name)}}
}

func untransformed() []any {
	return []any{&awswafv2.CfnWebACL_TextTransformationProperty{Priority: jsii.Number(0), Type: jsii.String("NONE")}}
}

// uniqueName derives from the construct's path. It is as long as a metric's name may be.
func uniqueName(scope constructs.Construct) *string {
	return awscdk.Names_UniqueResourceName(scope, &awscdk.UniqueResourceNameOptions{MaxLength: jsii.Number(128), Separator: jsii.String("-")})
}

// visibility has metrics on and sampled requests off, since a sample shows the request's headers.
func visibility(metric string) *awswafv2.CfnWebACL_VisibilityConfigProperty {
	return &awswafv2.CfnWebACL_VisibilityConfigProperty{
		CloudWatchMetricsEnabled: jsii.Bool(true),
		MetricName:               jsii.String(metric),
		SampledRequestsEnabled:   jsii.Bool(false),
	}
}
