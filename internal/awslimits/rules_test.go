package awslimits_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/cognito-m2m/cognito-m2m-cdk/internal/awslimits"
)

func times(s string, n int) string {
	return strings.Repeat(s, n)
}

func TestRules_texts(t *testing.T) {
	const certificate = ":acm:us-east-1:111122223333:certificate/0f1e2d3c"
	for _, test := range []struct {
		rule    string
		check   func(string) error
		allowed []string
		refused []string
	}{
		{"DomainPrefix", awslimits.DomainPrefix,
			[]string{"a", "7", "acme-m2m", "a--b", times("a", 63)},
			[]string{"", times("a", 64), "-a", "a-", "Acme", "a_b", "a.b", "aws", "my-laws", "amazonia", "acme-cognito", "a\n"}},
		{"TopicARN", awslimits.TopicARN,
			[]string{"arn:aws:sns:eu-west-1:111122223333:alarms", "arn:aws-cn:sns:cn-north-1:111122223333:a_B-1"},
			[]string{"", "alarms", "arn:aws:sns:eu-west-1:111122223333:alarms.fifo", "arn:aws:sqs:eu-west-1:111122223333:alarms",
				"arn:aws:sns:eu-west-1:1:alarms"}},
		{"CustomDomain", awslimits.CustomDomain,
			[]string{"auth.example.com", "a.io", times("a", 63) + ".example.com"},
			[]string{"", "example", "Auth.example.com", "-a.example.com", "a..com", "auth.example.com.", "a.b.c1", times("a", 64) + ".example.com",
				times("abcdefghi.", 25) + "info"}},
		{"CustomDomainCertificate", awslimits.CustomDomainCertificate,
			[]string{"arn:aws" + certificate, "arn:aws-us-gov:acm:us-gov-west-1:111122223333:certificate/0f1e"},
			[]string{"", "arn:aws:acm:eu-west-1:111122223333:certificate/0f1e", "arn:aws:iam:us-east-1:111122223333:certificate/0f1e",
				"arn:aws:acm:us-east-1:1111:certificate/0f1e", "arn:aws" + certificate + "/x"}},
		{"ResourceServerIdentifier", awslimits.ResourceServerIdentifier,
			[]string{"o", "orders", "https://api.example.com/v1", times("a", 256)},
			[]string{"", "a b", `a"b`, `a\b`, "ä", "a\n", times("a", 257)}},
		{"ResourceServerName", awslimits.ResourceServerName,
			[]string{"Orders API", "a+b=c,d.e@f-g", times("a", 128)},
			[]string{"", "a/b", "a:b", times("a", 129)}},
		{"ScopeName", awslimits.ScopeName,
			[]string{"r", "read", "orders.read:all", times("a", 256)},
			[]string{"", "a/b", "a b", `a"b`, `a\b`, "ä", times("a", 257)}},
		{"ScopeDescription", awslimits.ScopeDescription,
			[]string{"R", times("ä", 256)},
			[]string{"", times("ä", 257)}},
		{"UserPoolName", awslimits.UserPoolName,
			[]string{"m2m-prod", "M2M pool", times("a", 128)},
			[]string{"", "a/b", times("a", 129)}},
		{"TenantID", awslimits.TenantID,
			[]string{"a", "7", "shop-1", times("a", 48)},
			[]string{"", "-a", "a-", "Shop", "a_b", "a.b", times("a", 49)}},
		{"UserPoolID", awslimits.UserPoolID,
			[]string{"eu-west-1_Example01", "us-gov-west-1_aB3"},
			[]string{"", "Example01", "eu-west-1", "eu-west-1_", "eu-west-1_a-b", "arn:aws:cognito-idp:eu-west-1:111122223333:userpool/eu-west-1_a"}},
		{"HeaderName", awslimits.HeaderName,
			[]string{"x-wafAuthAllowRule", "X-a", "x-" + times("a", 62)},
			[]string{"", "x-", "origin", "x-amz-a", "X-Amzn-a", "x-forwarded-for", "X-Forwarded-a", "x-a_b", "x-" + times("a", 63)}},
		{"StageName", awslimits.StageName,
			[]string{"v1", "a_b-C", times("a", 128)},
			[]string{"", "v 1", "v.1", times("a", 129)}},
		{"CacheSize", awslimits.CacheSize,
			awslimits.CacheSizes(),
			[]string{"", "0", "1", "0.50", "238"}},
		{"FeaturePlan", awslimits.FeaturePlan,
			[]string{"LITE", "ESSENTIALS", "PLUS"},
			[]string{"", "FREE", "plus"}},
		{"EnvironmentName", awslimits.EnvironmentName,
			[]string{"a", "prod", "eu-1", times("a", 20)},
			[]string{"", ".", "..", "a/b", `a\b`, "-a", "a-", "Prod", times("a", 21)}},
		{"TenantFileName", awslimits.TenantFileName,
			[]string{"a", "core-2", times("a", 40)},
			[]string{"", "-a", "a-", "Core", "a_b", "a.b", times("a", 41)}},
		{"AccountID", awslimits.AccountID,
			[]string{"111122223333", "000000000000"},
			[]string{"", "11112222333", "1111222233334", "1111-2222-3333"}},
		{"Region", awslimits.Region,
			[]string{"eu-west-1", "us-gov-west-1", "eusc-de-east-1"},
			[]string{"", "eu-west", "EU-WEST-1", "eu-west-1a", "euwest1"}},
		{"TagKey", awslimits.TagKey,
			[]string{"a", "cost-center", "a b_.:/=+@", "Größe", times("a", 128)},
			[]string{"", "aws:team", "AWS:team", "a;b", "a\nb", times("a", 129)}},
		{"TagValue", awslimits.TagValue,
			[]string{"", "platform team", times("a", 256)},
			[]string{"a;b", "a\nb", times("a", 257)}},
		{"ExecutionLogLevel", awslimits.ExecutionLogLevel,
			[]string{"OFF", "ERROR"},
			[]string{"", "INFO", "error"}},
	} {
		t.Run(test.rule, func(t *testing.T) {
			expect(t, test.check, test.allowed, test.refused)
		})
	}
}

func TestRules_numbers(t *testing.T) {
	for _, test := range []struct {
		rule             string
		check            func(int) error
		allowed, refused []int
	}{
		{"LogRetentionDays", awslimits.LogRetentionDays, []int{1, 7, 365, 3653}, []int{-1, 0, 2, 366, 3654}},
		{"ClientsLimit", awslimits.ClientsLimit, []int{1, 1000, 10000}, []int{-1, 0, 10001}},
		{"ReservedConcurrency", awslimits.ReservedConcurrency, []int{0, 2, 1000}, []int{-1, 1}},
		{"ResourceServersLimit", awslimits.ResourceServersLimit, []int{1, 25, 300}, []int{-1, 0, 301}},
		{"Throttle rate", func(n int) error { return awslimits.Throttle(float64(n), 1) }, []int{1, 10000}, []int{-1, 0, 10001}},
		{"Throttle burst", func(n int) error { return awslimits.Throttle(0.5, float64(n)) }, []int{1, 5000}, []int{-1, 0, 5001}},
	} {
		t.Run(test.rule, func(t *testing.T) {
			expect(t, test.check, test.allowed, test.refused)
		})
	}
}

func TestRules_durations(t *testing.T) {
	const day = 24 * time.Hour
	for _, test := range []struct {
		rule             string
		check            func(time.Duration) error
		allowed, refused []time.Duration
	}{
		{"RotationInterval", awslimits.RotationInterval, []time.Duration{4 * time.Hour, 30 * day, 1000 * day},
			[]time.Duration{0, 3 * time.Hour, 4*time.Hour + time.Minute, 1000*day + time.Hour}},
		{"PropagationBound", awslimits.PropagationBound, []time.Duration{time.Minute, 4 * time.Minute},
			[]time.Duration{0, 59 * time.Second, 241 * time.Second}},
		{"RotationGrace", func(d time.Duration) error {
			return awslimits.RotationGrace(d, 4*time.Hour, 2*time.Minute, 2*time.Minute)
		},
			[]time.Duration{14 * time.Minute, time.Hour, 4*time.Hour - 1}, []time.Duration{0, 14*time.Minute - 1, 4 * time.Hour}},
		{"RotationGrace with long bounds", func(d time.Duration) error {
			return awslimits.RotationGrace(d, 4*time.Hour, 4*time.Minute, 4*time.Minute)
		},
			[]time.Duration{23 * time.Minute}, []time.Duration{23*time.Minute - 1}},
	} {
		t.Run(test.rule, func(t *testing.T) {
			expect(t, test.check, test.allowed, test.refused)
		})
	}
}

// expect checks that a rule lets values pass or refuses them, and that a refusal says why and what to use instead.
func expect[T any](t *testing.T, check func(T) error, allowed, refused []T) {
	t.Helper()
	for _, v := range allowed {
		if err := check(v); err != nil {
			t.Errorf("%v is refused: %v", v, err)
		}
	}
	for _, v := range refused {
		err := check(v)
		if err == nil {
			t.Errorf("%q is allowed, want an error", fmt.Sprint(v))
			continue
		}
		if !strings.Contains(err.Error(), "use") && !strings.Contains(err.Error(), "needs") && !strings.Contains(err.Error(), "is not one of") {
			t.Errorf("error does not say what is allowed: %v", err)
		}
	}
}
