package webacl

import (
	"net/netip"
	"strings"
	"time"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awslogs"
	"github.com/aws/jsii-runtime-go"

	"github.com/cognito-m2m/cognito-m2m-cdk/constructs/internal/report"
	"github.com/cognito-m2m/cognito-m2m-cdk/internal/awslimits"
)

// edgeSettings are the props with defaults filled in, after the check.
type edgeSettings struct {
	EdgeWebACLProps
	window                          time.Duration
	originHeader, credentialsHeader string // In lower case, as AWS WAF shows header names.
	countries                       []string
	ipv4, ipv6                      []string
}

// check notes every mistake in props and returns settings that can be built in spite of it.
func (props EdgeWebACLProps) check(errs *report.Errors) edgeSettings {
	s := edgeSettings{
		EdgeWebACLProps:   props,
		window:            5 * time.Minute,
		originHeader:      strings.ToLower(*props.OriginHeader.HeaderName()),
		credentialsHeader: strings.ToLower(*props.Proxy.CredentialsHeader()),
	}
	s.fillDefaults()
	errs.Duration("RateWindow", props.RateWindow, &s.window, awslimits.RateWindow)
	errs.Add("RateLimitPerIP", awslimits.RateLimit(*s.RateLimitPerIP))
	errs.Add("RateLimitPerCredential", awslimits.RateLimit(*s.RateLimitPerCredential))
	errs.Add("MaxBodyBytes", awslimits.MaxBodyBytes(*s.MaxBodyBytes))
	errs.Add("AnonymousIP", awslimits.OneOf("anonymous IP", string(s.AnonymousIP), string(AnonymousIPCount), string(AnonymousIPBlock),
		string(AnonymousIPOff)))
	s.checkNetworks(errs)
	s.countries = errs.Texts("AllowedCountries", props.AllowedCountries, awslimits.CountryCode)
	if n := len(s.countries); n > awslimits.CountriesPerStatement {
		errs.Addf("AllowedCountries", "has %d countries: AWS WAF takes up to %d", n, awslimits.CountriesPerStatement)
	}
	return s
}

func (s *edgeSettings) fillDefaults() {
	if s.RateLimitPerIP == nil {
		s.RateLimitPerIP = jsii.Number(2000)
	}
	if s.RateLimitPerCredential == nil {
		s.RateLimitPerCredential = jsii.Number(1000)
	}
	if s.MaxBodyBytes == nil {
		s.MaxBodyBytes = jsii.Number(4096)
	}
	if s.AnonymousIP == "" {
		s.AnonymousIP = AnonymousIPCount
	}
	if s.LogRetention == "" {
		s.LogRetention = awslogs.RetentionDays_THREE_MONTHS
	}
	if s.RemovalPolicy == "" {
		s.RemovalPolicy = awscdk.RemovalPolicy_RETAIN_ON_UPDATE_OR_DELETE
	}
}

func (s *edgeSettings) checkNetworks(errs *report.Errors) {
	for _, cidr := range errs.Texts("AllowedCIDRs", s.AllowedCIDRs, awslimits.IPSetNetwork) {
		if netip.MustParsePrefix(cidr).Addr().Is4() {
			s.ipv4 = append(s.ipv4, cidr)
		} else {
			s.ipv6 = append(s.ipv6, cidr)
		}
	}
	if n := max(len(s.ipv4), len(s.ipv6)); n > awslimits.NetworksPerSet {
		errs.Addf("AllowedCIDRs", "has %d networks of one IP version: an IP set has up to %d", n, awslimits.NetworksPerSet)
	}
}
