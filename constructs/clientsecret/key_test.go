package clientsecret_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/jsii-runtime-go"
	"github.com/google/go-cmp/cmp"

	"github.com/cognito-m2m/cognito-m2m-cdk/constructs/clientsecret"
	"github.com/cognito-m2m/cognito-m2m-cdk/internal/testkit/cdktest"
)

// operators writes the conditions of a statement, one after the other.
func operators(conditions map[string]any) string {
	var all []string
	for operator, keys := range conditions {
		for key, values := range keys.(map[string]any) {
			all = append(all, operator+" "+key+" "+cdktest.Text(values))
		}
	}
	slices.Sort(all)
	return strings.Join(all, "; ")
}

func keyPolicy(t *testing.T, template cdktest.Template) map[string]string {
	t.Helper()
	got := map[string]string{}
	for _, s := range cdktest.At(t, template.Properties(keyID), "KeyPolicy", "Statement").([]any) {
		statement := s.(map[string]any)
		conditions, _ := statement["Condition"].(map[string]any)
		got[fmt.Sprint(statement["Sid"])] = fmt.Sprintf("%v %s on %v by %s: %s", statement["Effect"], cdktest.Text(statement["Action"]),
			statement["Resource"], cdktest.Text(statement["Principal"]), operators(conditions))
	}
	return got
}

// Everything that may use the key of the tenants' secrets, and through what.
func TestKey_decryptsThroughSecretsManagerForReadersOnly(t *testing.T) {
	admin := "Allow kms:* on * by {AWS arn:{Ref AWS::Partition}:iam::{Ref AWS::AccountId}:root}: "
	through := func(who, more string) string {
		return more + "StringEquals " + who + "; StringEquals kms:ViaService " + service
	}
	like := "; StringLike kms:EncryptionContext:SecretARN " + secrets
	decrypt, describe := "Allow kms:Decrypt on * by {AWS *}: ", "Allow kms:DescribeKey on * by {AWS *}: "
	own, others := "kms:CallerAccount [{Ref AWS::AccountId}]", "kms:CallerAccount [{Ref AWS::AccountId} 444455556666 777788889999]"
	for name, test := range map[string]struct {
		configure func(awscdk.Stack, *clientsecret.SecretRotationProps)
		want      map[string]string
	}{
		"own account alone": {nil, map[string]string{
			"<nil>": admin, "DecryptFromAccounts": through(own, decrypt) + like, "DescribeFromAccounts": through(own, describe),
		}},
		"other accounts": {func(_ awscdk.Stack, p *clientsecret.SecretRotationProps) {
			p.ReaderAccounts = *jsii.Strings("444455556666", "777788889999")
		}, map[string]string{
			"<nil>": admin, "DecryptFromAccounts": through(others, decrypt) + like, "DescribeFromAccounts": through(others, describe),
		}},
		"organization": {func(_ awscdk.Stack, p *clientsecret.SecretRotationProps) {
			p.OrganizationID = jsii.String("o-a1b2c3d4e5")
		}, map[string]string{
			"<nil>": admin, "DecryptFromAccounts": through(own, decrypt) + like, "DescribeFromAccounts": through(own, describe),
			"DecryptFromOrganization":  through("aws:PrincipalOrgID [o-a1b2c3d4e5]", decrypt) + like,
			"DescribeFromOrganization": through("aws:PrincipalOrgID [o-a1b2c3d4e5]", describe),
		}},
	} {
		t.Run(name, func(t *testing.T) {
			template := synth(t, test.configure)
			if diff := cmp.Diff(test.want, keyPolicy(t, template)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			if template.Properties(keyID)["EnableKeyRotation"] != true {
				t.Error("the key is not rotated")
			}
		})
	}
}

// KMS allows a key policy 32,768 bytes. Here it is with the most accounts, an organization and the longest prefix, every reference replaced
// by the longest it can stand for.
func TestKey_policyStaysWithinItsLimit(t *testing.T) {
	var accounts []*string
	for i := range 50 {
		accounts = append(accounts, jsii.String(fmt.Sprintf("%012d", i)))
	}
	template := synth(t, func(_ awscdk.Stack, p *clientsecret.SecretRotationProps) {
		p.ReaderAccounts, p.OrganizationID, p.SecretPrefix = accounts, jsii.String("o-"+strings.Repeat("a", 32)),
			jsii.String(strings.Repeat("p", 463)+"/")
	})
	policy, err := json.Marshal(resolved(template.Properties(keyID)["KeyPolicy"]))
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("%d bytes", len(policy))
	if len(policy) > 32768/4 {
		t.Errorf("the key policy has %d bytes: want at most a quarter of KMS's 32,768", len(policy))
	}
}

// resolved replaces references by text of 64 characters, more than a partition, a Region or an account has.
func resolved(value any) any {
	switch v := value.(type) {
	case map[string]any:
		if _, ok := v["Ref"]; ok {
			return strings.Repeat("r", 64)
		}
		if join, ok := v["Fn::Join"].([]any); ok {
			var text string
			for _, part := range join[1].([]any) {
				text += resolved(part).(string)
			}
			return text
		}
		out := map[string]any{}
		for name, inner := range v {
			out[name] = resolved(inner)
		}
		return out
	case []any:
		var out []any
		for _, inner := range v {
			out = append(out, resolved(inner))
		}
		return out
	}
	return value
}

func TestCovers(t *testing.T) {
	for name, test := range map[string]struct {
		configure func(awscdk.Stack, *clientsecret.SecretRotationProps)
		want      map[string]bool
	}{
		"no readers": {nil, map[string]bool{"444455556666": false}},
		"accounts": {func(_ awscdk.Stack, p *clientsecret.SecretRotationProps) {
			p.ReaderAccounts = *jsii.Strings("444455556666")
		}, map[string]bool{"444455556666": true, "777788889999": false}},
		"organization": {func(_ awscdk.Stack, p *clientsecret.SecretRotationProps) {
			p.OrganizationID = jsii.String("o-a1b2c3d4e5")
		}, map[string]bool{"444455556666": true}},
	} {
		_, rotation := newRotation(t, test.configure)
		for account, want := range test.want {
			if got := rotation.Covers(account); got != want {
				t.Errorf("%s: %s covered: got %t, want %t", name, account, got, want)
			}
		}
	}
}
