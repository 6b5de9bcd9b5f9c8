package rules_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/wafv2/types"

	"github.com/cognito-m2m/cognito-m2m-cdk/internal/rules"
)

func TestEdge(t *testing.T) {
	for _, test := range []struct {
		err  error
		want string
	}{
		{rules.TokenPath("/v1/oauth2/token"), ""},
		{rules.TokenPath("/oauth2/token"), ""},
		{rules.TokenPath("oauth2/token"), `token path "oauth2/token" is not allowed`},
		{rules.TokenPath("/"), `token path "/" is not allowed`},
		{rules.TokenPath("/oauth2/token/"), `token path "/oauth2/token/" is not allowed`},
		{rules.TokenPath("/oauth2/token?scope=a"), `token path "/oauth2/token?scope=a" is not allowed`},
		{rules.TokenPath("/" + strings.Repeat("a", 199)), ""},
		{rules.TokenPath("/" + strings.Repeat("a", 200)), "is not allowed: use up to 200 bytes"},
		{rules.RateLimit(10), ""},
		{rules.RateLimit(2e9), ""},
		{rules.RateLimit(9), "rate limit of 9 requests is not allowed: use a whole number from 10 to 2000000000"},
		{rules.RateLimit(2e9 + 1), "is not allowed"},
		{rules.RateLimit(10.5), "rate limit of 10.5 requests is not allowed"},
		{rules.RateWindow(time.Minute), ""},
		{rules.RateWindow(10 * time.Minute), ""},
		{rules.RateWindow(3 * time.Minute), "rate window of 3m0s is not one of AWS WAF: use 1, 2, 5 or 10 minutes"},
		{rules.MaxBodyBytes(256), ""},
		{rules.MaxBodyBytes(16384), ""},
		{rules.MaxBodyBytes(255), "body limit of 255 bytes is not allowed"},
		{rules.MaxBodyBytes(16385), "body limit of 16385 bytes is not allowed"},
		{rules.MaxBodyBytes(4096.5), "body limit of 4096.5 bytes is not allowed"},
		{rules.IPSetNetwork("192.0.2.0/24"), ""},
		{rules.IPSetNetwork("192.0.2.44/32"), ""},
		{rules.IPSetNetwork("2001:db8::/32"), ""},
		{rules.IPSetNetwork("192.0.2.44"), `network "192.0.2.44" is not in CIDR notation`},
		{rules.IPSetNetwork("192.0.2.0/33"), `network "192.0.2.0/33" is not in CIDR notation`},
		{rules.IPSetNetwork("0.0.0.0/0"), `network "0.0.0.0/0" is every address`},
		{rules.IPSetNetwork("::/0"), `network "::/0" is every address`},
		{rules.IPSetNetwork("192.0.2.44/24"), `network "192.0.2.44/24" is not in its canonical form: use 192.0.2.0/24`},
		{rules.IPSetNetwork("2001:DB8::/32"), `network "2001:DB8::/32" is not in its canonical form: use 2001:db8::/32`},
		{rules.IPSetNetwork("::ffff:192.0.2.0/120"), `network "::ffff:192.0.2.0/120" is IPv4 in the form of IPv6: use 192.0.2.0`},
		{rules.CountryCode("GB"), ""},
		{rules.CountryCode("UK"), `country "UK" is not one that AWS WAF knows`},
		{rules.CountryCode("gb"), `country "gb" is not one that AWS WAF knows`},
		{rules.CountryCode("GB US"), `country "GB US" is not one that AWS WAF knows`},
		{rules.RateKeyHeader("Authorization"), ""},
		{rules.RateKeyHeader("x-client-authorization"), ""},
		{rules.RateKeyHeader("cookie"), `credentials header "cookie" is not allowed`},
		{rules.RateKeyHeader("x-amz-security-token"), `credentials header "x-amz-security-token" is not allowed`},
	} {
		if got := fmt.Sprint(test.err); !strings.Contains(got, test.want) || (test.err == nil) != (test.want == "") {
			t.Errorf("got %s, want …%s…", got, test.want)
		}
	}
}

// The list of countries is AWS's own.
func TestCountryCodesAreThoseOfTheSDK(t *testing.T) {
	var known int
	for first := 'A'; first <= 'Z'; first++ {
		for second := 'A'; second <= 'Z'; second++ {
			if rules.CountryCode(string(first)+string(second)) == nil {
				known++
			}
		}
	}
	codes := types.CountryCode("").Values()
	if known != len(codes) {
		t.Errorf("%d codes are allowed, AWS WAF's SDK has %d", known, len(codes))
	}
	for _, code := range codes {
		if err := rules.CountryCode(string(code)); err != nil {
			t.Error(err)
		}
	}
}
