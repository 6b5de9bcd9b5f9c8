package config

import (
	"net/netip"
	"time"

	"github.com/cognito-m2m/cognito-m2m-cdk/internal/awslimits"
)

// Edge holds the settings of the web ACL before the gateway.
type Edge struct {
	// RateLimitPerIP and RateLimitPerCredential are requests in RateWindow.
	RateLimitPerIP, RateLimitPerCredential int
	RateWindow                             time.Duration
	MaxBodyBytes                           int
	// AllowedCIDRs and AllowedCountries are empty when requests may come from everywhere.
	AllowedCIDRs, AllowedCountries []string
	// AnonymousIP is count, block or off.
	AnonymousIP string
	BotControl  bool
}

// edge checks the settings of the web ACL before the gateway, switched off or not. They are nil without a web ACL.
func edge(raw rawEdge, d door, problems *Problems) *Edge {
	e := Edge{
		RateLimitPerIP:         optional(raw.RateLimitPerIP, 2000, whole(awslimits.RateLimit), problems),
		RateLimitPerCredential: optional(raw.RateLimitPerCredential, 1000, whole(awslimits.RateLimit), problems),
		RateWindow:             optional(raw.RateWindow, 5*time.Minute, awslimits.RateWindow, problems),
		MaxBodyBytes:           optional(raw.MaxBodyBytes, 4096, whole(awslimits.MaxBodyBytes), problems),
		AllowedCIDRs:           texts(raw.AllowedCIDRs, "network", awslimits.IPSetNetwork, problems),
		AllowedCountries:       texts(raw.AllowedCountries, "country", awslimits.CountryCode, problems),
		AnonymousIP:            optional(raw.AnonymousIP, "count", anonymousIP, problems),
		BotControl:             orDefault(raw.BotControl, false),
	}
	ipSetSizes(raw.AllowedCIDRs, problems)
	if n := len(e.AllowedCountries); n > awslimits.CountriesPerStatement {
		problems.at(raw.AllowedCountries.place, "%d countries are too many: AWS WAF takes up to %d", n, awslimits.CountriesPerStatement)
	}
	if len(e.AllowedCountries) > 0 && d.endpointType == "private" {
		problems.at(raw.AllowedCountries.place, "does not go with endpoint type private: addresses in a VPC are in no country, so that nobody would get in; use allowedCidrs, or remove it")
	}
	if raw.state != given || !orDefault(raw.Enabled, true) {
		return nil
	}
	return &e
}

func anonymousIP(action string) error {
	return awslimits.OneOf("anonymous IP", action, "count", "block", "off")
}

// ipSetSizes reports more networks of one IP version than the IP set of that version can have.
func ipSetSizes(raw list[value[string]], problems *Problems) {
	sizes := map[bool]int{}
	for _, item := range raw.items {
		if prefix, err := netip.ParsePrefix(item.got); err == nil {
			sizes[prefix.Addr().Is4()]++
		}
	}
	if n := max(sizes[true], sizes[false]); n > awslimits.NetworksPerSet {
		problems.at(raw.place, "%d networks of one IP version are too many: AWS WAF takes up to %d", n, awslimits.NetworksPerSet)
	}
}
