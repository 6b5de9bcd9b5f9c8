package awslimits_test

import (
	"strings"
	"testing"

	"github.com/cognito-m2m/cognito-m2m-cdk/internal/awslimits"
)

func TestRules_schedules(t *testing.T) {
	check := func(expression string) error { return awslimits.RotationSchedule(expression, "1h") }
	expect(t, check,
		[]string{
			"rate(4 hours)", "rate(1 day)", "rate(10 days)", "rate(1000 days)", "rate(24000 hours)",
			"cron(0 0 1 * ? *)", "cron(0 23 ? * 7 *)", "cron(0 8 28 1/3 ? *)", "cron(0 10 * * ? *)", "cron(0 18 ? * SAT *)", "cron(0 17 L * ? *)",
			"cron(0 8 ? * MON-FRI *)",
			"cron(0 16 1,15 * ? *)", "cron(0 0 ? * SUN#1 *)", "cron(0 0 ? JAN,APR L *)", "cron(0 /4 * * ? *)", "cron(0 8/8 * * ? *)",
			"cron(0 0 1-15/2 * ? *)", "cron(0 0 SUNL * ? *)",
		},
		[]string{
			"", "every month", "rate(3 hours)", "rate(0 days)", "rate(1001 days)", "rate(24001 hours)", "rate(30 minutes)", "rate(4hours)",
			"cron(0 1 1 * ? *) ",
			"cron(0 1 1 * ?)", "cron(5 1 1 * ? *)", "cron(* 1 1 * ? *)", "cron(0 24 1 * ? *)", "cron(0 1 32 * ? *)", "cron(0 1 0 * ? *)",
			"cron(0 1 1 13 ? *)", "cron(0 1 ? * 8 *)",
			"cron(0 1 ? * 0 *)", "cron(0 1 ? * SUN#6 *)", "cron(0 1 1 * ? 2026)", "cron(0 1 1 * 1 *)", "cron(0 1 ? * ? *)", "cron(0 1 * * * *)",
			"cron(0 ? 1 * ? *)", "cron(0 1 1, * ? *)", "cron(0 1 MON * ? *)",
		})
	for _, test := range []struct{ expression, window, want string }{
		{"cron(0 23 1 * ? *)", "1h", ""},
		{"cron(0 23 1 * ? *)", "2h", `rotation schedule "cron(0 23 1 * ? *)" with a window of 2h reaches into the next day`},
		{"cron(0 0 1 * ? *)", "24h", ""},
		{"cron(0 0 1 * ? *)", "", ""},
		{"rate(10 days)", "25h", "reaches into the next day"},
		{"rate(10 days)", "0h", `rotation window "0h" is not allowed`},
		{"rate(10 days)", "60m", `rotation window "60m" is not allowed`},
		{"cron(5 1 1 * ? *)", "1h", "use 0 for the minutes, not 5: a window opens on the hour"},
		{"cron(0 1 1 * MON *)", "1h", "use ? for exactly one of the day of month and the day of week"},
		{"cron(0 1 1,40 * ? *)", "1h", "use 1-31, L or ? for the day of month, not 1,40"},
	} {
		got := awslimits.RotationSchedule(test.expression, test.window)
		if (got == nil) != (test.want == "") || got != nil && !strings.Contains(got.Error(), test.want) {
			t.Errorf("%s, %s: got %v, want %q", test.expression, test.window, got, test.want)
		}
	}
}
