package monitoring_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awslogs"
	"github.com/aws/jsii-runtime-go"
	"github.com/google/go-cmp/cmp"

	"github.com/cognito-m2m/cognito-m2m-cdk/constructs/monitoring"
	"github.com/cognito-m2m/cognito-m2m-cdk/internal/insights"
	"github.com/cognito-m2m/cognito-m2m-cdk/internal/testkit/cdktest"
)

func importedLog(stack awscdk.Stack, name string) awslogs.ILogGroup {
	return awslogs.LogGroup_FromLogGroupName(stack, jsii.String(name), jsii.String(name))
}

func newQueries(t *testing.T, configure func(awscdk.Stack, *monitoring.SavedQueriesProps)) (awscdk.Stack, *monitoring.SavedQueries) {
	t.Helper()
	stack := cdktest.NewStack(t)
	props := &monitoring.SavedQueriesProps{
		TrailLogGroup: importedLog(stack, "trail"), AccessLog: importedLog(stack, "access"), ClientsInAccessLog: jsii.Bool(true),
		PoolWebACLLog: importedLog(stack, "pool"),
		EdgeWebACLLog: importedLog(stack, "edge"), RotationLog: importedLog(stack, "header"),
		ClientSecretRotationLog: importedLog(stack, "secrets"),
	}
	if configure != nil {
		configure(stack, props)
	}
	return stack, monitoring.NewSavedQueries(stack, jsii.String("Queries"), props)
}

// saved are the queries of the template, by name: the log that each reads.
func saved(t *testing.T, stack awscdk.Stack) (logs, texts map[string]string) {
	t.Helper()
	template := cdktest.Synth(t, stack)
	if errs := cdktest.Errors(stack); len(errs) > 0 {
		t.Fatal(errs)
	}
	logs, texts = map[string]string{}, map[string]string{}
	for _, id := range template.IDs("AWS::Logs::QueryDefinition") {
		query := template.Properties(id)
		name := query["Name"].(string)
		if logs[name] != "" {
			t.Errorf("two queries have the name %s", name)
		}
		logs[name], texts[name] = cdktest.Text(query["LogGroupNames"]), query["QueryString"].(string)
	}
	return logs, texts
}

func TestSavedQueries_areSavedOverTheirLogs(t *testing.T) {
	stack, saving := newQueries(t, nil)
	logs, texts := saved(t, stack)
	want := map[string]string{}
	for name, log := range map[string]string{
		"tokens-by-client": "trail", "failures-by-client": "trail", "requests-without-client-id": "trail", "unused-clients": "trail",
		"rotation-events":    "trail",
		"protection-changes": "trail", "direct-attempts": "pool", "edge-top-talkers": "edge", "top-talkers": "access", "gateway-errors": "access",
		"cache-misses-by-hour": "access", "requests-by-client": "access", "origin-header-rotation": "header", "client-secret-rotation": "secrets",
	} {
		want["cognito-m2m/"+name] = "[" + log + "]"
	}
	if diff := cmp.Diff(want, logs); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	// The texts are those that are tried on sample events.
	for _, query := range insights.Queries(30) {
		if text := texts["cognito-m2m/"+query.Name]; text != query.Text {
			t.Errorf("%s: got %s, want %s", query.Name, text, query.Text)
		}
	}
	for _, name := range saving.Names() {
		if want[*name] == "" {
			t.Errorf("names has %s", *name)
		}
	}
	if len(saving.Names()) != len(want) {
		t.Errorf("%d names, want %d", len(saving.Names()), len(want))
	}
}

func TestSavedQueries_needTheirLog(t *testing.T) {
	stack, _ := newQueries(t, func(stack awscdk.Stack, p *monitoring.SavedQueriesProps) {
		*p = monitoring.SavedQueriesProps{Folder: jsii.String("acme/prod"), AccessLog: importedLog(stack, "other")}
	})
	logs, _ := saved(t, stack)
	want := map[string]string{
		"acme/prod/top-talkers": "[other]", "acme/prod/gateway-errors": "[other]", "acme/prod/cache-misses-by-hour": "[other]",
	}
	if diff := cmp.Diff(want, logs); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestSavedQueries_unusedDays(t *testing.T) {
	stack, _ := newQueries(t, func(_ awscdk.Stack, p *monitoring.SavedQueriesProps) { p.UnusedDays = jsii.Number(90) })
	_, texts := saved(t, stack)
	if text := texts["cognito-m2m/unused-clients"]; !strings.Contains(text, "now() * 1000 - 7776000000\n") {
		t.Errorf("90 days: %s", text)
	}
}

// Names do not change: another ID is another query.
func TestSavedQueries_logicalIDs(t *testing.T) {
	stack, _ := newQueries(t, nil)
	template := cdktest.Synth(t, stack)
	ids := template.IDs("AWS::Logs::QueryDefinition")
	if len(ids) != 14 || !slices.Contains(ids, "QueriestokensbyclientA9C84646") {
		t.Errorf("ids %v", ids)
	}
}

func TestSavedQueries_invalidProps(t *testing.T) {
	for _, test := range []struct {
		configure func(awscdk.Stack, *monitoring.SavedQueriesProps)
		want      []string
	}{
		{func(_ awscdk.Stack, p *monitoring.SavedQueriesProps) {
			p.Folder, p.UnusedDays = jsii.String("a b/c"), jsii.Number(365)
		}, nil},
		{func(_ awscdk.Stack, p *monitoring.SavedQueriesProps) {
			p.Folder, p.UnusedDays = jsii.String("a/"), jsii.Number(0)
		}, []string{
			`Folder: "a/" is not allowed: want a match of`, "UnusedDays: 0 days are not allowed: use 1 to 365",
		}},
		{func(_ awscdk.Stack, p *monitoring.SavedQueriesProps) {
			p.Folder, p.UnusedDays = jsii.String(strings.Repeat("a", 201)), jsii.Number(1.5)
		}, []string{"Folder: ", "UnusedDays: 1.5 is not allowed: use a whole number from 1 to 365"}},
		{func(_ awscdk.Stack, p *monitoring.SavedQueriesProps) {
			*p = monitoring.SavedQueriesProps{Folder: awscdk.Token_AsString(map[string]string{"Ref": "X"}, nil), ClientsInAccessLog: jsii.Bool(true)}
		}, []string{
			"ClientsInAccessLog: is set without AccessLog", "Folder: must be known at synth",
			"TrailLogGroup, AccessLog, …: there is no log to query",
		}},
	} {
		stack, _ := newQueries(t, test.configure)
		cdktest.ExpectErrors(t, stack, test.want)
	}
}
