package clientsecret_test

import (
	"strings"
	"testing"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/jsii-runtime-go"

	"github.com/cognito-m2m/cognito-m2m-cdk/constructs/clientsecret"
	"github.com/cognito-m2m/cognito-m2m-cdk/internal/testkit/cdktest"
)

func TestProps_mistakesAreReported(t *testing.T) {
	fiftyOne := make([]*string, 51)
	for i := range fiftyOne {
		fiftyOne[i] = jsii.String("0000000000" + string(rune('0'+i/10)) + string(rune('0'+i%10)))
	}
	for name, test := range map[string]struct {
		configure func(*clientsecret.SecretRotationProps)
		want      []string
	}{
		"nothing wrong": {func(*clientsecret.SecretRotationProps) {}, nil},
		"several at once": {func(p *clientsecret.SecretRotationProps) {
			p.SecretPrefix, p.Cadence, p.SweepInterval, p.ReservedConcurrency = jsii.String("m2m"), "hourly", minutes(14), jsii.Number(1)
			p.OrganizationID, p.ReaderAccounts = jsii.String("acme"), *jsii.Strings("444455556666", "44", "444455556666")
		}, []string{
			`Cadence: rotation "hourly" is not`, `OrganizationID: organization id "acme" is not`,
			`ReaderAccounts[1]: account "44" is not an AWS account id`, `ReaderAccounts[2]: duplicate "444455556666"`,
			"ReservedConcurrency: reserved concurrency 1 is not allowed: use 2 or more", `SecretPrefix: secret prefix "m2m" is not allowed`,
			"SweepInterval: sweep interval 14m0s is not allowed: use whole minutes from 15m to 24h",
		}},
		"no prefix": {func(p *clientsecret.SecretRotationProps) { p.SecretPrefix = nil }, []string{"SecretPrefix: is required"}},
		"prefix known at deploy": {func(p *clientsecret.SecretRotationProps) {
			p.SecretPrefix = awscdk.Aws_STACK_NAME()
		}, []string{"SecretPrefix: must be known at synth"}},
		"too many accounts": {func(p *clientsecret.SecretRotationProps) { p.ReaderAccounts = fiftyOne },
			[]string{"ReaderAccounts: 51 accounts are too many: use up to 50"}},
		"account missing": {func(p *clientsecret.SecretRotationProps) {
			p.ReaderAccounts = []*string{nil}
		}, []string{"ReaderAccounts[0]: is nil"}},
		"half an invocation": {func(p *clientsecret.SecretRotationProps) {
			p.ReservedConcurrency = jsii.Number(2.5)
		}, []string{"ReservedConcurrency: 2.5 is not allowed"}},
		"none may run": {func(p *clientsecret.SecretRotationProps) {
			p.ReservedConcurrency = jsii.Number(0)
		}, []string{"ReservedConcurrency: 0 is not allowed"}},
		"grace as the interval": {func(p *clientsecret.SecretRotationProps) {
			p.Cadence, p.Grace = clientsecret.Weekly, minutes(7*24*60-60)
		}, []string{"Grace: grace 167h0m0s is not allowed with weekly rotation: use 1h to less than 167h0m0s"}},
		"longest grace": {func(p *clientsecret.SecretRotationProps) {
			p.Cadence, p.Grace = clientsecret.Weekly, minutes(7*24*60-61)
		}, nil},
		"grace too short": {func(p *clientsecret.SecretRotationProps) { p.Grace = minutes(59) },
			[]string{"Grace: grace 59m0s is not allowed with monthly rotation: use 1h to"}},
		"daily with its default": {func(p *clientsecret.SecretRotationProps) { p.Cadence = clientsecret.Daily }, nil},
		"stuck beyond the window": {func(p *clientsecret.SecretRotationProps) {
			p.Cadence, p.StuckLimit = clientsecret.Daily, minutes(23*60)
		}, []string{"StuckLimit: 23h0m0s is not allowed with daily rotation: use less than 23h0m0s"}},
	} {
		t.Run(name, func(t *testing.T) {
			stack, _ := newRotation(t, func(_ awscdk.Stack, p *clientsecret.SecretRotationProps) { test.configure(p) })
			cdktest.ExpectErrors(t, stack, test.want)
		})
	}
}

func TestProps_missingConstructsPanic(t *testing.T) {
	for name, take := range map[string]func(*clientsecret.SecretRotationProps){
		"pool":   func(p *clientsecret.SecretRotationProps) { p.Pool = nil },
		"proxy":  func(p *clientsecret.SecretRotationProps) { p.Proxy = nil },
		"header": func(p *clientsecret.SecretRotationProps) { p.OriginHeader = nil },
	} {
		func() {
			defer func() {
				if r, ok := recover().(string); !ok || !strings.HasPrefix(r, "clientsecret: SecretRotationProps.") {
					t.Errorf("without %s: panic %v", name, r)
				}
			}()
			newRotation(t, func(_ awscdk.Stack, p *clientsecret.SecretRotationProps) { take(p) })
		}()
	}
}
