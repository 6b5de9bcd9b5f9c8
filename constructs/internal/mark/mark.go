// Package mark marks resources as this module's in their Metadata, by which package guard knows the functions, roles and methods of a door.
package mark

import (
	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"

	"github.com/cognito-m2m/cognito-m2m-cdk/internal/templates"
)

// As marks the CloudFormation resources behind the constructs. The kind is that of the function, or of what the resource serves.
func As(kind string, all ...constructs.IConstruct) {
	for _, c := range all {
		c.Node().DefaultChild().(awscdk.CfnResource).AddMetadata(jsii.String(templates.Mark), kind)
	}
}
