package awslimits

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"time"
)

// Limits of AWS WAF, from its quota page and its API.
// https://docs.aws.amazon.com/waf/latest/developerguide/limits.html
const (
	// MinRateLimit and MaxRateLimit bound the requests that a rate-based rule lets through in its window.
	MinRateLimit = 10
	MaxRateLimit = 2_000_000_000
	// InspectedBodyBytes is how much of a body API Gateway hands to AWS WAF by default; more costs extra.
	InspectedBodyBytes = 16 << 10
	// MinBodyBytes leaves room for grant_type, client_id and client_secret, with which a request has some 200 bytes.
	MinBodyBytes = 256
	// NetworksPerSet is AWS WAF's limit of networks in one IP set.
	NetworksPerSet = 10_000
	// CountriesPerStatement is AWS WAF's limit of countries in one geographic match.
	CountriesPerStatement = 50
	// IncludedCapacity and MaxCapacity are in web ACL capacity units: what a web ACL's price includes, and what it can have at all.
	IncludedCapacity = 1500
	MaxCapacity      = 5000
)

// countries are the codes that AWS WAF knows: ISO 3166-1 alpha-2, and XK for Kosovo.
const countries = "AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR BS BT BV BW BY BZ " +
	"CA CC CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM DO DZ EC EE EG EH ER ES ET FI FJ FK FM FO FR " +
	"GA GB GD GE GF GG GH GI GL GM GN GP GQ GR GS GT GU GW GY HK HM HN HR HT HU ID IE IL IM IN IO IQ IR IS IT JE JM JO JP " +
	"KE KG KH KI KM KN KP KR KW KY KZ LA LB LC LI LK LR LS LT LU LV LY MA MC MD ME MF MG MH MK ML MM MN MO MP MQ MR MS MT MU MV MW MX MY MZ " +
	"NA NC NE NF NG NI NL NO NP NR NU NZ OM PA PE PF PG PH PK PL PM PN PR PS PT PW PY QA RE RO RS RU RW " +
	"SA SB SC SD SE SG SH SI SJ SK SL SM SN SO SR SS ST SV SX SY SZ TC TD TF TG TH TJ TK TL TM TN TO TR TT TV TW TZ " +
	"UA UG UM US UY UZ VA VC VE VG VI VN VU WF WS XK YE YT ZA ZM ZW"

var (
	country = texts("country %q is not one that AWS WAF knows", `^[A-Z]{2}$`, "ISO 3166-1 alpha-2 codes in upper case, for example GB")

	// RateLimit checks how many requests a rate-based rule lets through in its window.
	RateLimit = numbers("rate limit of %v requests is not allowed", MinRateLimit, MaxRateLimit, 1.0,
		fmt.Sprintf("a whole number from %d to %d", MinRateLimit, MaxRateLimit))
	// MaxBodyBytes checks the size from which on a token request's body is refused.
	MaxBodyBytes = numbers("body limit of %v bytes is not allowed", MinBodyBytes, InspectedBodyBytes, 1.0,
		fmt.Sprintf("a whole number from %d, a request with a client's credentials, to %d, what AWS WAF gets to see",
			MinBodyBytes, InspectedBodyBytes))
)

// RateWindow checks how far back a rate-based rule counts.
// https://docs.aws.amazon.com/waf/latest/developerguide/waf-rule-statement-type-rate-based-high-level-settings.html
func RateWindow(window time.Duration) error {
	if !slices.Contains([]time.Duration{time.Minute, 2 * time.Minute, 5 * time.Minute, 10 * time.Minute}, window) {
		return (&Refusal{Allowed: "1, 2, 5 or 10 minutes"}).of("rate window of %v is not one of AWS WAF", window)
	}
	return nil
}

// IPSetNetwork checks an IPv4 or IPv6 network in the form in which AWS WAF keeps it. It has every network but /0.
func IPSetNetwork(cidr string) error {
	network, err := netip.ParsePrefix(cidr)
	switch {
	case err != nil:
		return (&Refusal{Allowed: "for example 192.0.2.0/24, 192.0.2.44/32 or 2001:db8::/32"}).of("network %q is not in CIDR notation", cidr)
	case network.Addr().Is4In6():
		return fmt.Errorf("network %q is IPv4 in the form of IPv6: use %v and a length of up to 32", cidr, network.Addr().Unmap())
	case network.Bits() == 0:
		return fmt.Errorf("network %q is every address, which AWS WAF does not take: leave the list out instead", cidr)
	case cidr != network.Masked().String():
		return fmt.Errorf("network %q is not in its canonical form: use %v", cidr, network.Masked())
	}
	return nil
}

// CountryCode checks the code of a country that AWS WAF knows.
func CountryCode(code string) error {
	if !slices.Contains(strings.Fields(countries), code) {
		return country.refuse(code)
	}
	return nil
}
