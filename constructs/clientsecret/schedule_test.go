package clientsecret_test

import (
	"fmt"
	"regexp"
	"testing"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/google/go-cmp/cmp"

	"github.com/cognito-m2m/cognito-m2m-cdk/constructs/clientsecret"
	"github.com/cognito-m2m/cognito-m2m-cdk/internal/awslimits"
)

// A changed schedule would move every tenant's rotation: these are pinned.
func TestSchedule_ofATenantDependsOnItsIdAlone(t *testing.T) {
	got := map[clientsecret.Cadence][]string{}
	for _, cadence := range []clientsecret.Cadence{clientsecret.Daily, clientsecret.Weekly, clientsecret.Monthly, clientsecret.Quarterly} {
		_, rotation := newRotation(t, func(_ awscdk.Stack, p *clientsecret.SecretRotationProps) { p.Cadence = cadence })
		for _, tenant := range []string{"billing", "orders"} {
			got[cadence] = append(got[cadence], *rotation.Schedule(tenant))
		}
	}
	want := map[clientsecret.Cadence][]string{
		clientsecret.Daily:     {"cron(0 7 * * ? *)", "cron(0 4 * * ? *)"},
		clientsecret.Weekly:    {"cron(0 7 ? * 4 *)", "cron(0 4 ? * 4 *)"},
		clientsecret.Monthly:   {"cron(0 7 11 * ? *)", "cron(0 4 25 * ? *)"},
		clientsecret.Quarterly: {"cron(0 7 11 2/3 ? *)", "cron(0 4 25 3/3 ? *)"},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// Ten thousand tenants: every slot of the window is used, none by more than twice its share plus what chance adds, and Secrets Manager
// takes every expression.
func TestSchedule_tenThousandTenantsAreSpreadOverTheWindow(t *testing.T) {
	const tenants = 10000
	for cadence, test := range map[clientsecret.Cadence]struct {
		slots int
		form  string
	}{
		clientsecret.Daily:     {24, `^cron\(0 (\d|1\d|2[0-3]) \* \* \? \*\)$`},
		clientsecret.Weekly:    {24 * 7, `^cron\(0 (\d|1\d|2[0-3]) \? \* [1-7] \*\)$`},
		clientsecret.Monthly:   {24 * 28, `^cron\(0 (\d|1\d|2[0-3]) ([1-9]|1\d|2[0-8]) \* \? \*\)$`},
		clientsecret.Quarterly: {24 * 28 * 3, `^cron\(0 (\d|1\d|2[0-3]) ([1-9]|1\d|2[0-8]) [1-3]/3 \? \*\)$`},
	} {
		_, rotation := newRotation(t, func(_ awscdk.Stack, p *clientsecret.SecretRotationProps) { p.Cadence = cadence })
		form, used, fullest := regexp.MustCompile(test.form), map[string]int{}, 0
		for i := range tenants {
			expression := *rotation.Schedule(fmt.Sprintf("tenant-%d", i))
			if !form.MatchString(expression) {
				t.Fatalf("%s: %s is no match of %s", cadence, expression, form)
			}
			used[expression]++
			fullest = max(fullest, used[expression])
		}
		share := tenants / test.slots
		t.Logf("%s: %d of %d slots used, %d tenants in the fullest, %d on average", cadence, len(used), test.slots, fullest, share)
		if len(used) < test.slots*95/100 || fullest > 2*share+15 {
			t.Errorf("%s: %d of %d slots used, %d tenants in the fullest, want about %d", cadence, len(used), test.slots, fullest, share)
		}
		for expression := range used {
			if err := awslimits.RotationSchedule(expression, "1h"); err != nil {
				t.Fatal(err)
			}
		}
	}
}
