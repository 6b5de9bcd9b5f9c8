package main

import (
	"fmt"
	"strings"
	"testing"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/assertions"
	"github.com/aws/jsii-runtime-go"
	"github.com/cdklabs/cdk-nag-go/cdknag/v2"

	"github.com/cognito-m2m/cognito-m2m-cdk/internal/cdktest"
)

// cdk-nag's AwsSolutions rules hold, or the resource says in its metadata why one does not.
func TestNag(t *testing.T) {
	for _, environment := range environments {
		flags := cdktest.FeatureFlags(t)
		(*flags)["@aws-cdk/core:annotationsInValidationReport"] = false
		app := awscdk.NewApp(&awscdk.AppProps{Context: flags, Outdir: jsii.String(t.TempDir())})
		compose(app, load(t, environment))
		awscdk.Aspects_Of(app).Add(cdknag.NewAwsSolutionsChecks(&cdknag.NagPackProps{Verbose: jsii.Bool(true)}), nil)
		for _, child := range *app.Node().Children() {
			stack, ok := child.(awscdk.Stack)
			if !ok {
				continue
			}
			annotations := assertions.Annotations_FromStack(stack)
			findings := append(*annotations.FindError(jsii.String("*"), assertions.Match_AnyValue()), *annotations.FindWarning(jsii.String("*"), assertions.Match_AnyValue())...)
			for _, finding := range findings {
				t.Errorf("%s: %v", *finding.Id, strings.TrimSpace(fmt.Sprint(finding.Entry.Data)))
			}
		}
	}
}
