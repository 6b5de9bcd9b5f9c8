package awslimits_test

import (
	"strings"
	"testing"
	"time"

	"github.com/cognito-m2m/cognito-m2m-cdk/internal/awslimits"
)

func TestRules_frontDoorTexts(t *testing.T) {
	const account = "arn:aws:iam::111122223333:"
	for _, test := range []struct {
		rule    string
		check   func(string) error
		allowed []string
		refused []string
	}{
		{"ClientID", awslimits.ClientID,
			[]string{"1example23456789", "a", "A_b+1", times("a", 128)},
			[]string{"", "a b", "a:b", "a,b", "ä", "a\n", times("a", 129)}},
		{"Network", awslimits.Network,
			[]string{"203.0.113.0/24", "203.0.113.7/32", "0.0.0.0/0", "2001:db8::/32", "2001:db8::1/128", "::/0"},
			[]string{"", "203.0.113.7", "203.0.113.7/24", "203.0.113.0/33", "203.0.113/24", "2001:db8::1/32", "fe80::1%eth0/64", "::ffff:203.0.113.0/120", "a/8", " 10.0.0.0/8"}},
		{"VPCEndpointID", awslimits.VPCEndpointID,
			[]string{"vpce-0a1b2c3d", "vpce-0a1b2c3d4e5f60718"},
			[]string{"", "vpce-", "vpc-0a1b2c3d", "vpce-0A1B2C3D", "vpce-0a1b2c3d4", "vpce-0a1b2c3d4e5f607189"}},
		{"Caller", awslimits.Caller,
			[]string{account + "role/orders", account + "role/team/orders", account + "user/ci", "arn:aws-us-gov:iam::111122223333:role/orders"},
			[]string{"", "orders", account + "role/*", account + "role/orders?", account + "root", "arn:aws:sts::111122223333:assumed-role/orders/session", account + "role/", "arn:aws:iam::1:role/a", "arn:aws:iam:::role/a"}},
		{"CredentialsHeader", func(name string) error { return awslimits.CredentialsHeader(name, "x-Gateway-Key") },
			[]string{"x-client-authorization", "X-Other"},
			[]string{"", "authorization", "Authorization", "x-gateway-key", "X-GATEWAY-KEY", "client-authorization", "x-amz-security-token"}},
		{"Realm", awslimits.Realm,
			[]string{"api", "Orders API v1.2", "https://orders.example.com/v1", times("a", 64)},
			[]string{"", `a"b`, `a\b`, "o'r", "a\nb", "é", times("a", 65)}},
		{"UsagePlanName", awslimits.UsagePlanName,
			[]string{"a", "gold", "Gold_plan-2", times("a", 64)},
			[]string{"", "-a", "a-", "a b", "a/b", times("a", 65)}},
		{"APIKeySecretName", awslimits.APIKeySecretName,
			[]string{"a", "m2m/prod/api-keys/shop-1", times("a", 512)},
			[]string{"", "a b", "a:b", "ä", times("a", 513)}},
		{"SecurityPolicy", awslimits.SecurityPolicy,
			awslimits.SecurityPolicies(),
			[]string{"", "TLS_1_0", "TLS13_1_3_2025_09", "SecurityPolicy_TLS13_2025_EDGE", "tls_1_2"}},
		{"EndpointAccessMode with an enhanced policy", func(mode string) error { return awslimits.EndpointAccessMode(mode, "SecurityPolicy_TLS13_1_3_2025_09") },
			[]string{"STRICT", "BASIC"}, []string{"", "strict", "NONE"}},
		{"EndpointAccessMode with a legacy policy", func(mode string) error { return awslimits.EndpointAccessMode(mode, "TLS_1_2") },
			[]string{""}, []string{"STRICT", "BASIC"}},
	} {
		t.Run(test.rule, func(t *testing.T) { expect(t, test.check, test.allowed, test.refused) })
	}
	if got := awslimits.CallerAccount(account + "role/team/orders"); got != "111122223333" {
		t.Errorf("a caller's account: got %s", got)
	}
	if err := awslimits.Network("203.0.113.7/24"); !strings.Contains(err.Error(), "use 203.0.113.0/24") {
		t.Errorf("the error does not name the network: %v", err)
	}
}

func TestRules_frontDoorNumbers(t *testing.T) {
	expect(t, awslimits.AuthorizerTTL, []time.Duration{0, time.Second, time.Hour}, []time.Duration{-time.Second, 1500 * time.Millisecond, time.Hour + time.Second})
	expect(t, awslimits.Quota, []float64{1, 1e6}, []float64{-1, 0, 0.5, 1.5, 1 << 31})
	expect(t, awslimits.ExpectedRate, []float64{0.1, 200, 10000}, []float64{-1, 0, 10001})
}

func TestThrottleFor_followsExpectedRate(t *testing.T) {
	for _, test := range []struct{ expected, rate, burst float64 }{
		{0.1, 1, 2}, {1, 2, 4}, {50, 100, 200}, {200.4, 401, 802}, {1250, 2500, 5000}, {2000, 4000, 5000}, {10000, 10000, 5000},
	} {
		rate, burst := awslimits.ThrottleFor(test.expected)
		if rate != test.rate || burst != test.burst {
			t.Errorf("%v expected: got %v, %v, want %v, %v", test.expected, rate, burst, test.rate, test.burst)
		}
		if err := awslimits.Throttle(rate, burst); err != nil {
			t.Errorf("%v expected: %v", test.expected, err)
		}
	}
}

func TestTwice_findsFirst(t *testing.T) {
	for want, values := range map[string][]string{"": {"a", "b"}, "b": {"a", "b", "c", "b"}} {
		if got := awslimits.Twice(values); got != want {
			t.Errorf("%v: got %q, want %q", values, got, want)
		}
	}
}
