package webacl_test

import (
	"fmt"
	"testing"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/jsii-runtime-go"

	"github.com/cognito-m2m/cognito-m2m-cdk/constructs/webacl"
	"github.com/cognito-m2m/cognito-m2m-cdk/internal/testkit/cdktest"
)

func TestEdgeProps_mistakesAreReportedTogether(t *testing.T) {
	parameter := func(stack awscdk.Stack) *string {
		return awscdk.NewCfnParameter(stack, jsii.String("P"), nil).ValueAsString()
	}
	networks := func(n int) []*string {
		var all []*string
		for i := range n {
			all = append(all, jsii.Sprintf("10.%d.%d.0/24", i/256, i%256))
		}
		return all
	}
	for name, test := range map[string]struct {
		configure func(awscdk.Stack, *webacl.EdgeWebACLProps)
		want      []string
	}{
		"out of range": {func(_ awscdk.Stack, p *webacl.EdgeWebACLProps) {
			p.RateLimitPerIP, p.RateLimitPerCredential = jsii.Number(9), jsii.Number(2e9+1)
			p.RateWindow = awscdk.Duration_Minutes(jsii.Number(3))
			p.MaxBodyBytes = jsii.Number(16385)
			p.AnonymousIP = "refuse"
		}, []string{
			`AnonymousIP: anonymous IP "refuse" is not one of count, block, off`,
			"MaxBodyBytes: body limit of 16385 bytes is not allowed",
			"RateLimitPerCredential: rate limit of 2.000000001e+09 requests is not allowed",
			"RateLimitPerIP: rate limit of 9 requests is not allowed",
			"RateWindow: rate window of 3m0s is not one of AWS WAF",
		}},
		"networks": {func(_ awscdk.Stack, p *webacl.EdgeWebACLProps) {
			p.AllowedCIDRs = *jsii.Strings("192.0.2.1", "::/0", "192.0.2.0/24", "192.0.2.0/24")
		}, []string{
			`AllowedCIDRs[0]: network "192.0.2.1" is not in CIDR notation`, `AllowedCIDRs[1]: network "::/0" is every address`,
			`AllowedCIDRs[3]: duplicate "192.0.2.0/24"`,
		}},
		"too many networks": {func(_ awscdk.Stack, p *webacl.EdgeWebACLProps) { p.AllowedCIDRs = networks(10001) }, []string{
			"AllowedCIDRs: has 10001 networks of one IP version: an IP set has up to 10000",
		}},
		"countries": {func(_ awscdk.Stack, p *webacl.EdgeWebACLProps) { p.AllowedCountries = *jsii.Strings("UK", "DE", "DE") }, []string{
			`AllowedCountries[0]: country "UK" is not one that AWS WAF knows`, `AllowedCountries[2]: duplicate "DE"`,
		}},
		"known at deployment only": {func(stack awscdk.Stack, p *webacl.EdgeWebACLProps) {
			p.AllowedCountries = []*string{parameter(stack), nil}
			p.RateWindow = awscdk.Duration_Seconds(awscdk.Token_AsNumber(awscdk.Fn_Select(jsii.Number(0), jsii.Strings("60"))))
		}, []string{"AllowedCountries[0]: must be known at synth", "AllowedCountries[1]: is nil", "RateWindow: must be known at synth"}},
	} {
		t.Run(name, func(t *testing.T) {
			stack, _ := newEdge(t, test.configure)
			cdktest.ExpectErrors(t, stack, test.want)
		})
	}
}

func TestEdgeProps_mostThatEdgePropsAllow(t *testing.T) {
	countries := *jsii.Strings("AD", "AE", "AF", "AG", "AI", "AL", "AM", "AO", "AQ", "AR", "AS", "AT", "AU", "AW", "AX", "AZ", "BA", "BB",
		"BD", "BE",
		"BF", "BG", "BH", "BI", "BJ", "BL", "BM", "BN", "BO", "BQ", "BR", "BS", "BT", "BV", "BW", "BY", "BZ", "CA", "CC", "CD", "CF", "CG", "CH",
		"CI", "CK",
		"CL", "CM", "CN", "CO", "CR", "CU")
	for n, want := range map[int][]string{50: nil, 51: {"AllowedCountries: has 51 countries: AWS WAF takes up to 50"}} {
		stack, _ := newEdge(t, func(_ awscdk.Stack, p *webacl.EdgeWebACLProps) { p.AllowedCountries = countries[:n] })
		cdktest.ExpectErrors(t, stack, want)
	}
}

func TestEdgeWebACL_panicsWithoutProxy(t *testing.T) {
	for _, props := range []*webacl.EdgeWebACLProps{nil, {}} {
		func() {
			defer func() {
				if got := fmt.Sprint(recover()); got != "webacl: EdgeWebACLProps.Proxy and OriginHeader are required" {
					t.Errorf("got %s", got)
				}
			}()
			webacl.NewEdgeWebACL(cdktest.NewStack(t), jsii.String("EdgeWebAcl"), props)
		}()
	}
}
