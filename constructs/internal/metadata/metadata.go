// Package metadata writes into the Metadata of a stack's template.
package metadata

import (
	"maps"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/constructs-go/constructs/v10"
)

// Add adds an entry to the Metadata of the template of the stack of scope.
func Add(scope constructs.Construct, key string, value map[string]any) {
	options := awscdk.Stack_Of(scope).TemplateOptions()
	all := map[string]any{}
	if m := options.Metadata(); m != nil {
		maps.Copy(all, *m)
	}
	all[key] = value
	options.SetMetadata(&all)
}
