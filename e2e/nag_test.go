package e2e_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/assertions"
	"github.com/aws/aws-cdk-go/awscdk/v2/awssecretsmanager"
	"github.com/aws/aws-cdk-go/awscdk/v2/awssns"
	"github.com/aws/jsii-runtime-go"
	"github.com/cdklabs/cdk-nag-go/cdknag/v2"
	"github.com/google/go-cmp/cmp"

	"github.com/cognito-m2m/cognito-m2m-cdk/internal/app"
	"github.com/cognito-m2m/cognito-m2m-cdk/internal/testkit/cdktest"
	"github.com/cognito-m2m/cognito-m2m-cdk/internal/testkit/environments"
)

// cdk-nag's AwsSolutions rules hold, or the resource says in its metadata why one does not.
func TestNag_findsNothing(t *testing.T) {
	for _, environment := range environments.Names {
		for _, finding := range nag(t, environment, func(awscdk.App) {}) {
			t.Error(finding)
		}
	}
}

// The test above can fail: what is wrong is found.
func TestNag_findsWhatIsWrong(t *testing.T) {
	found := nag(t, "dev", func(app awscdk.App) {
		stack := app.Node().FindChild(jsii.String("m2m-dev-gateway")).(awscdk.Stack)
		awssns.NewTopic(stack, jsii.String("Plain"), nil)
		awssecretsmanager.NewSecret(stack, jsii.String("NeverRotated"), nil)
	})
	for _, rule := range []string{"AwsSolutions-SNS3", "AwsSolutions-SMG4"} {
		if !strings.Contains(strings.Join(found, "\n"), rule) {
			t.Errorf("%s is not found: got %v", rule, found)
		}
	}
}

// All suppressions there are: a new one is for a reviewer to see. SMG4, a secret without rotation, is not among them.
func TestSuppressions(t *testing.T) {
	want := map[string][]string{
		"MonitoringTrailBucket67099629":          {"AwsSolutions-S1"},
		"MonitoringTrailDeliveryRoleD6D95B44":    {"AwsSolutions-IAM5"},
		"MonitoringUsageDeadLetters321EAD21":     {"AwsSolutions-SQS3"},
		"PoolUserPool04A1AA15":                   {"AwsSolutions-COG2", "AwsSolutions-COG3", "AwsSolutions-COG8"},
		"TokenProxyApi09D26809":                  {"AwsSolutions-APIG2"},
		"TokenProxyApiCloudWatchRole16DE2DA7":    {"AwsSolutions-IAM4"},
		"TokenProxyApiDeploymentStagev1BD056F72": {"AwsSolutions-APIG3"},
		"TokenProxyApioauth2tokenPOSTE73EE22F":   {"AwsSolutions-APIG4", "AwsSolutions-COG4"},
		"RotationRoleC772E8EB":                   {"AwsSolutions-IAM5"}, // Of the client secrets' rotation.
	}
	got := map[string][]string{}
	for _, template := range environments.Templates(t, "dev") {
		for id := range template.Body["Resources"].(map[string]any) {
			metadata, _ := template.Resource(id)["Metadata"].(map[string]any)
			if metadata["cdk_nag"] == nil {
				continue
			}
			for _, rule := range cdktest.At(t, metadata, "cdk_nag", "rules_to_suppress").([]any) {
				got[id] = append(got[id], cdktest.At(t, rule, "id").(string))
			}
		}
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// nag returns the findings in an environment, changed.
func nag(t *testing.T, environment string, change func(awscdk.App)) []string {
	t.Helper()
	flags := cdktest.FeatureFlags(t)
	(*flags)["@aws-cdk/core:annotationsInValidationReport"] = false
	cdkApp := awscdk.NewApp(&awscdk.AppProps{Context: flags, Outdir: jsii.String(t.TempDir())})
	app.Compose(cdkApp, environments.Load(t, environment))
	change(cdkApp)
	awscdk.Aspects_Of(cdkApp).Add(cdknag.NewAwsSolutionsChecks(&cdknag.NagPackProps{Verbose: jsii.Bool(true)}), nil)
	var found []string
	for _, child := range *cdkApp.Node().Children() {
		stack, ok := child.(awscdk.Stack)
		if !ok {
			continue
		}
		annotations := assertions.Annotations_FromStack(stack)
		findings := append(*annotations.FindError(jsii.String("*"), assertions.Match_AnyValue()),
			*annotations.FindWarning(jsii.String("*"), assertions.Match_AnyValue())...)
		for _, finding := range findings {
			found = append(found, *finding.Id+": "+strings.TrimSpace(fmt.Sprint(finding.Entry.Data)))
		}
	}
	return found
}
