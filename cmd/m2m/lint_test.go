package main

import (
	"os"
	"strings"
	"testing"

	"github.com/cognito-m2m/cognito-m2m-cdk/internal/testkit/houserules"
)

func TestLint_printsFindingsAndDoors(t *testing.T) {
	const domain = `{"Resources": {"Domain": {"Type": "AWS::Cognito::UserPoolDomain", "Properties": {"Domain": "Acme"}}}}`
	for name, test := range map[string]struct {
		dir    string
		status int
		want   []string
	}{
		"sound door": {snapshots(t, "{}", func(object) {}), 0, []string{"Checked the door m2m-dev-gateway/TokenProxyApi", "\nNo findings."}},
		"broken door": {snapshots(t, "{}", func(resources object) {
			properties := resources["OriginHeaderAcceptedValues23333A10"].(object)["Properties"].(object)
			properties["RegularExpressionList"] = []any{"abc"}
		}), 1, []string{"door   stack m2m-dev-gateway: AWS::WAFv2::RegexPatternSet OriginHeader", "pattern 0 is not anchored", "\n1 findings."}},
		"no door": {houserules.Write(t, object{"shop": domain}), 1,
			[]string{"aws    stack shop: AWS::Cognito::UserPoolDomain Domain: ", "\nNo door was found", "\n1 findings."}},
		"error of a construct": {annotated(t), 1, []string{"synth  /m2m-dev-gateway/Proxy: Cache: is wrong\n"}},
	} {
		status, stdout, stderr := linting(t, "--assembly", test.dir)
		if status != test.status || stderr != "" {
			t.Errorf("%s: got status %d and %q, want %d", name, status, stderr, test.status)
		}
		for _, want := range test.want {
			if !strings.Contains(stdout, want) {
				t.Errorf("%s: no %q in:\n%s", name, want, stdout)
			}
		}
	}
}

func TestLint_refusesWhatIsNoAssembly(t *testing.T) {
	status, _, stderr := linting(t, "--assembly", t.TempDir())
	if status != statusFailed || !strings.Contains(stderr, "a cloud assembly is the output directory of cdk synth") {
		t.Errorf("got status %d and %q", status, stderr)
	}
}

func linting(t *testing.T, args ...string) (status int, stdout, stderr string) {
	t.Helper()
	var out, problems strings.Builder
	status = execute(t.Context(), newRootCommand(nil, os.LookupEnv), append([]string{"lint"}, args...), &out, &problems)
	return status, out.String(), problems.String()
}
