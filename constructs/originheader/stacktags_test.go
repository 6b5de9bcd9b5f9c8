package originheader_test

import (
	"testing"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/jsii-runtime-go"

	"github.com/cognito-m2m/cognito-m2m-cdk/constructs/originheader"
	"github.com/cognito-m2m/cognito-m2m-cdk/internal/templates"
	"github.com/cognito-m2m/cognito-m2m-cdk/internal/testkit/cdktest"
)

func TestOriginHeader_refusesStackTags(t *testing.T) {
	const refused = "ConstantStackTags: the stack has the stack tags [team]: CloudFormation copies them"
	flags := map[string]*map[string]any{"with the feature flags": cdktest.FeatureFlags(t), "without feature flags": nil}
	delete(*flags["with the feature flags"], "@aws-cdk/core:annotationsInValidationReport") // an error would panic
	for name, test := range map[string]struct {
		flags        string
		onApp        bool
		stackTags    map[string]*string
		acknowledged *bool
		want         []string
	}{
		"no tags":                     {flags: "without feature flags"},
		"tag on a foreign app":        {flags: "without feature flags", onApp: true, want: []string{refused}},
		"tag on a foreign app, known": {flags: "without feature flags", onApp: true, acknowledged: jsii.Bool(true)},
		"tag on the app":              {flags: "with the feature flags", onApp: true},
		"tag of the stack": {
			flags: "with the feature flags", stackTags: map[string]*string{"team": jsii.String("a")}, want: []string{refused},
		},
		"tag of the stack, not denied": {
			flags: "with the feature flags", stackTags: map[string]*string{"team": jsii.String("a")}, acknowledged: jsii.Bool(true),
		},
	} {
		t.Run(name, func(t *testing.T) {
			app := awscdk.NewApp(&awscdk.AppProps{Outdir: jsii.String(t.TempDir()), Context: flags[test.flags]})
			props := &awscdk.StackProps{}
			if test.stackTags != nil {
				props.Tags = &test.stackTags
			}
			stack := awscdk.NewStack(app, jsii.String("Test"), props)
			originheader.NewOriginHeader(stack, jsii.String("Header"), &originheader.OriginHeaderProps{ConstantStackTags: test.acknowledged})
			if test.onApp {
				awscdk.Tags_Of(app).Add(jsii.String("team"), jsii.String("platform"), nil)
			}
			cdktest.ExpectErrors(t, stack, test.want)
			if len(test.want) > 0 {
				return
			}
			assembly, err := templates.Load(*app.Synth(nil).Directory())
			if err != nil {
				t.Fatal(err)
			}
			// Package guard reads the acknowledgement from the manifest.
			if got := assembly.Stacks[0].TagsAreConstant; got != (test.acknowledged != nil) {
				t.Errorf("the assembly says %t of constant tags", got)
			}
		})
	}
}
