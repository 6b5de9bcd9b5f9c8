package webacl

import (
	"fmt"
	"net/netip"
	"slices"
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
	tokenPaths, countries           []string
	ipv4, ipv6                      []string
}

// check notes every mistake in props and returns settings that can be built in spite of it.
func (props EdgeWebACLProps) check(errs *report.Errors) edgeSettings {
	s := edgeSettings{EdgeWebACLProps: props, window: 5 * time.Minute}
	s.fillDefaults()
	if props.RateWindow != nil {
		window, err := report.Duration(props.RateWindow)
		if err == nil {
			s.window, err = window, awslimits.RateWindow(window)
		}
		errs.Add("RateWindow", err)
	}
	errs.Add("RateLimitPerIP", awslimits.RateLimit(*s.RateLimitPerIP))
	errs.Add("RateLimitPerCredential", awslimits.RateLimit(*s.RateLimitPerCredential))
	errs.Add("MaxBodyBytes", awslimits.MaxBodyBytes(*s.MaxBodyBytes))
	errs.Add("AnonymousIP", awslimits.OneOf("anonymous IP", string(s.AnonymousIP), string(AnonymousIPCount), string(AnonymousIPBlock), string(AnonymousIPOff)))
	s.checkHeaders(errs)
	s.tokenPaths = texts("TokenPaths", props.TokenPaths, awslimits.TokenPath, errs)
	if len(props.TokenPaths) == 0 {
		errs.Addf("TokenPaths", "needs at least one: no other path is let through")
	}
	s.checkNetworks(errs)
	s.countries = texts("AllowedCountries", props.AllowedCountries, awslimits.CountryCode, errs)
	if n := len(s.countries); n > awslimits.CountriesPerStatement {
		errs.Addf("AllowedCountries", "has %d countries: AWS WAF takes up to %d", n, awslimits.CountriesPerStatement)
	}
	return s
}

func (s *edgeSettings) fillDefaults() {
	if s.CredentialsHeader == nil {
		s.CredentialsHeader = jsii.String("authorization")
	}
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

func (s *edgeSettings) checkHeaders(errs *report.Errors) {
	if s.OriginHeaderName == nil {
		errs.Addf("OriginHeaderName", "is required: the log must not show what a client sends in it")
	} else {
		s.originHeader = strings.ToLower(text("OriginHeaderName", s.OriginHeaderName, awslimits.HeaderName, errs))
	}
	s.credentialsHeader = strings.ToLower(text("CredentialsHeader", s.CredentialsHeader, awslimits.RateKeyHeader, errs))
	if s.credentialsHeader == s.originHeader && s.originHeader != "" {
		errs.Addf("CredentialsHeader", "%q is the origin header, which no client sends: use the header that clients authenticate with", *s.CredentialsHeader)
	}
}

func (s *edgeSettings) checkNetworks(errs *report.Errors) {
	for _, cidr := range texts("AllowedCIDRs", s.AllowedCIDRs, awslimits.IPSetNetwork, errs) {
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

// texts returns those of the values that pass the rule, and notes what is wrong with the others.
func texts(prop string, values []*string, rule func(string) error, errs *report.Errors) []string {
	var good []string
	for i, value := range values {
		where := fmt.Sprintf("%s[%d]", prop, i)
		passed := text(where, value, rule, errs)
		switch {
		case passed == "":
		case slices.Contains(good, passed):
			errs.Addf(where, "%q is there twice", passed)
		default:
			good = append(good, passed)
		}
	}
	return good
}

// text returns the value if it passes the rule; else it notes what is wrong and returns nothing.
func text(prop string, value *string, rule func(string) error, errs *report.Errors) string {
	switch {
	case value == nil:
		errs.Addf(prop, "is nil")
	case report.IsToken(value):
		errs.Addf(prop, "must be known at synth, where it is checked")
	default:
		err := rule(*value)
		if err == nil {
			return *value
		}
		errs.Add(prop, err)
	}
	return ""
}
