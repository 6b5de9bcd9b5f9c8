package awslimits_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/cognito-m2m/cognito-m2m-cdk/internal/awslimits"
)

func TestRules_credentialTexts(t *testing.T) {
	longestRole := "arn:aws-us-gov:iam::111122223333:role/" + times("p", 510) + "/" + times("r", 64)
	if awslimits.Reader(longestRole) != nil || awslimits.MaxReaders*(len(longestRole)+len(`"",`)) > 20480-500 {
		t.Errorf("%d readers of %d characters may not fit into the 20,480 of a secret's policy", awslimits.MaxReaders, len(longestRole))
	}
	for _, test := range []struct {
		rule             string
		check            func(string) error
		allowed, refused []string
	}{
		{"SecretPrefix", awslimits.SecretPrefix,
			[]string{"/", "m2m/prod/tenants/", "A-z_0+=.@-/", times("a", 463) + "/"},
			[]string{"", "m2m", "m2m/prod-", "m2m prod/", "m2m/*/", "m2m!/", "mäm/", "m2m/\n", times("a", 464) + "/"}},
		{"TenantSecret", func(name string) error { return awslimits.TenantSecret(name, "shop-1") },
			[]string{"/shop-1", "m2m/prod/tenants/shop-1", "a/shop-1/shop-1"},
			[]string{"", "shop-1", "m2m/prod-shop-1", "m2m/shop-2", "m2m/shop-1/", "m 2m/shop-1"}},
		{"SecretOrPrefix", awslimits.SecretOrPrefix,
			[]string{"/", "/a", "m2m/prod/tenants/", "m2m/prod/tenants/shop-1", times("a", 463) + "/" + times("a", 48)},
			[]string{"", "shop", "m2m /", "m2m/Shop", "m2m/-", times("a", 464) + "/"}},
		{"Cadence", awslimits.Cadence,
			[]string{"daily", "weekly", "monthly", "quarterly"},
			[]string{"", "Monthly", "yearly", "720h"}},
		{"OrganizationID", awslimits.OrganizationID,
			[]string{"o-a1b2c3d4e5", "o-" + times("a", 32)},
			[]string{"", "o-", "o-a1b2c3d4e", "o-" + times("a", 33), "O-a1b2c3d4e5", "ou-a1b2c3d4e5", "r-a1b2c3d4e5"}},
		{"Reader", awslimits.Reader,
			[]string{"444455556666", "arn:aws:iam::444455556666:role/orders", "arn:aws-cn:iam::444455556666:role/a/b/C_+=,.@-1", longestRole},
			[]string{"", "4444555566667", "*", "arn:aws:iam::444455556666:root", "arn:aws:iam::444455556666:user/orders",
				"arn:aws:iam::4444:role/orders",
				"arn:aws:iam::444455556666:role/", "arn:aws:iam::444455556666:role/*", "arn:aws:iam::444455556666:role/a?/b",
				"arn:aws:iam::*:role/orders", "arn:aws:iam::444455556666:role//" + times("r", 65),
				"arn:aws:sts::444455556666:assumed-role/orders/x", "arn:aws:iam::444455556666:role/a b"}},
	} {
		t.Run(test.rule, func(t *testing.T) {
			expect(t, test.check, test.allowed, test.refused)
		})
	}
}

// The longest prefix and the longest tenant id make the longest name.
func TestSecretPrefix_leavesRoomForTenantID(t *testing.T) {
	prefix, tenant := times("a", 463)+"/", times("t", awslimits.TenantIDLength)
	if awslimits.SecretPrefix(prefix) != nil || awslimits.TenantID(tenant) != nil || awslimits.TenantID(tenant+"t") == nil ||
		len(prefix+tenant) != awslimits.SecretNameLength {
		t.Errorf("the longest prefix has %d characters and the longest tenant id %d, want %d together", len(prefix), len(tenant),
			awslimits.SecretNameLength)
	}
}

func TestRules_credentialDurations(t *testing.T) {
	const day = 24 * time.Hour
	grace := func(cadence string) func(time.Duration) error {
		return func(d time.Duration) error { return awslimits.ClientSecretGrace(d, cadence) }
	}
	for _, test := range []struct {
		rule             string
		check            func(time.Duration) error
		allowed, refused []time.Duration
	}{
		{"SweepInterval", awslimits.SweepInterval, []time.Duration{15 * time.Minute, time.Hour, day},
			[]time.Duration{0, 14 * time.Minute, 15*time.Minute + time.Second, day + time.Minute}},
		{"RevocationWindow", awslimits.RevocationWindow, []time.Duration{0, time.Second, 5 * time.Minute},
			[]time.Duration{-time.Second, time.Millisecond, 5*time.Minute + time.Second}},
		{"ClientSecretGrace daily", grace("daily"), []time.Duration{time.Hour, 23*time.Hour - 1},
			[]time.Duration{0, time.Hour - 1, 23 * time.Hour, day}},
		{"ClientSecretGrace weekly", grace("weekly"), []time.Duration{time.Hour, 7*day - time.Hour - 1},
			[]time.Duration{time.Hour - 1, 7*day - time.Hour}},
		{"ClientSecretGrace monthly", grace(awslimits.DefaultCadence),
			[]time.Duration{awslimits.DefaultClientSecretGrace, 28*day - time.Hour - 1}, []time.Duration{time.Hour - 1, 28*day - time.Hour}},
		{"ClientSecretGrace quarterly", grace("quarterly"), []time.Duration{time.Hour, 89*day - time.Hour - 1},
			[]time.Duration{time.Hour - 1, 89*day - time.Hour}},
		{"ClientSecretGrace hourly", grace("hourly"), nil, []time.Duration{time.Hour}},
	} {
		t.Run(test.rule, func(t *testing.T) {
			expect(t, test.check, test.allowed, test.refused)
		})
	}
}

func TestReader_accountAndPartition(t *testing.T) {
	role := func(partition string) string {
		return fmt.Sprintf("arn:%s:iam::444455556666:role/team/orders", partition)
	}
	for _, test := range []struct{ region, partition string }{
		{"eu-west-1", "aws"}, {"us-east-1", "aws"}, {"cn-north-1", "aws-cn"}, {"us-gov-west-1", "aws-us-gov"}, {"us-iso-east-1", "aws-iso"},
		{"us-isob-east-1", "aws-iso-b"}, {"eu-isoe-west-1", "aws-iso-e"}, {"us-isof-south-1", "aws-iso-f"}, {"eusc-de-east-1", "aws-eusc"},
	} {
		if got := awslimits.Partition(test.region); got != test.partition {
			t.Errorf("partition of %s: got %s, want %s", test.region, got, test.partition)
		}
		for _, reader := range []string{role(test.partition), "444455556666"} {
			if err := awslimits.ReaderPartition(reader, test.region); err != nil {
				t.Error(err)
			}
			if got := awslimits.ReaderAccount(reader); got != "444455556666" {
				t.Errorf("account of %s: got %s", reader, got)
			}
		}
		err := awslimits.ReaderPartition(role("aws-other"), test.region)
		if err == nil || !strings.Contains(err.Error(), "aws-other") || !strings.Contains(err.Error(), test.partition+": use") {
			t.Errorf("a role of another partition in %s: got %v", test.region, err)
		}
	}
	if err := awslimits.ReaderPartition(role("aws-other"), ""); err != nil {
		t.Errorf("without a region: %v", err)
	}
}
