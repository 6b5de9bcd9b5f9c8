package awslimits_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/wafv2/types"

	"github.com/cognito-m2m/cognito-m2m-cdk/internal/awslimits"
)

func TestRules_edge(t *testing.T) {
	for _, test := range []struct {
		err  error
		want string
	}{
		{awslimits.RateLimit(10), ""},
		{awslimits.RateLimit(2e9), ""},
		{awslimits.RateLimit(9), "rate limit of 9 requests is not allowed: use a whole number from 10 to 2000000000"},
		{awslimits.RateLimit(2e9 + 1), "is not allowed"},
		{awslimits.RateLimit(10.5), "rate limit of 10.5 requests is not allowed"},
		{awslimits.RateWindow(time.Minute), ""},
		{awslimits.RateWindow(10 * time.Minute), ""},
		{awslimits.RateWindow(3 * time.Minute), "rate window of 3m0s is not one of AWS WAF: use 1, 2, 5 or 10 minutes"},
		{awslimits.MaxBodyBytes(256), ""},
		{awslimits.MaxBodyBytes(16384), ""},
		{awslimits.MaxBodyBytes(255), "body limit of 255 bytes is not allowed"},
		{awslimits.MaxBodyBytes(16385), "body limit of 16385 bytes is not allowed"},
		{awslimits.MaxBodyBytes(4096.5), "body limit of 4096.5 bytes is not allowed"},
		{awslimits.IPSetNetwork("192.0.2.0/24"), ""},
		{awslimits.IPSetNetwork("192.0.2.44/32"), ""},
		{awslimits.IPSetNetwork("2001:db8::/32"), ""},
		{awslimits.IPSetNetwork("192.0.2.44"), `network "192.0.2.44" is not in CIDR notation`},
		{awslimits.IPSetNetwork("192.0.2.0/33"), `network "192.0.2.0/33" is not in CIDR notation`},
		{awslimits.IPSetNetwork("0.0.0.0/0"), `network "0.0.0.0/0" is every address`},
		{awslimits.IPSetNetwork("::/0"), `network "::/0" is every address`},
		{awslimits.IPSetNetwork("192.0.2.44/24"), `network "192.0.2.44/24" is not in its canonical form: use 192.0.2.0/24`},
		{awslimits.IPSetNetwork("2001:DB8::/32"), `network "2001:DB8::/32" is not in its canonical form: use 2001:db8::/32`},
		{awslimits.IPSetNetwork("::ffff:192.0.2.0/120"), `network "::ffff:192.0.2.0/120" is IPv4 in the form of IPv6: use 192.0.2.0`},
		{awslimits.CountryCode("GB"), ""},
		{awslimits.CountryCode("UK"), `country "UK" is not one that AWS WAF knows`},
		{awslimits.CountryCode("gb"), `country "gb" is not one that AWS WAF knows`},
		{awslimits.CountryCode("GB US"), `country "GB US" is not one that AWS WAF knows`},
	} {
		if got := fmt.Sprint(test.err); !strings.Contains(got, test.want) || (test.err == nil) != (test.want == "") {
			t.Errorf("got %s, want …%s…", got, test.want)
		}
	}
}

// The list of countries is AWS's own.
func TestCountryCode_sameAsSDK(t *testing.T) {
	var known int
	for first := 'A'; first <= 'Z'; first++ {
		for second := 'A'; second <= 'Z'; second++ {
			if awslimits.CountryCode(string(first)+string(second)) == nil {
				known++
			}
		}
	}
	codes := types.CountryCode("").Values()
	if known != len(codes) {
		t.Errorf("%d codes are allowed, AWS WAF's SDK has %d", known, len(codes))
	}
	for _, code := range codes {
		if err := awslimits.CountryCode(string(code)); err != nil {
			t.Error(err)
		}
	}
}
