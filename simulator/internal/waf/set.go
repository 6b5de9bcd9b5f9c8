package waf

import (
	"fmt"
	"net/netip"

	"github.com/cognito-m2m/cognito-m2m-cdk/simulator/internal/properties"
)

// maxPatterns is the quota of a regex pattern set.
// https://docs.aws.amazon.com/waf/latest/developerguide/limits.html
const maxPatterns = 10

// setWithoutEffect are the properties of sets that do not bear on what they match.
var setWithoutEffect = map[string]string{
	"Name":        "sets are referenced by ARN",
	"Description": "a comment",
	"Tags":        "for billing and access control",
}

// ReadPatterns reads the properties of an AWS::WAFv2::RegexPatternSet, free of intrinsic functions and dynamic references; path names the
// resource in errors, which never show a pattern.
//
// https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-resource-wafv2-regexpatternset.html
func ReadPatterns(path string, props map[string]any) ([]string, error) {
	o := readSet(path, props, "RegularExpressionList")
	patterns := o.Texts("RegularExpressionList")
	if err := CheckPatterns(patterns); err != nil {
		o.Errorf("RegularExpressionList", "%w", err)
	}
	return patterns, o.Err()
}

// CheckPatterns says whether a regex pattern set may hold these patterns, when it is created and when it is updated.
func CheckPatterns(patterns []string) error {
	if len(patterns) > maxPatterns {
		return fmt.Errorf("got %d patterns, AWS WAF allows %d", len(patterns), maxPatterns)
	}
	for i, p := range patterns {
		if _, err := compilePattern(p); err != nil {
			return fmt.Errorf("pattern %d: %w", i, err)
		}
	}
	return nil
}

// ReadAddresses reads the properties of an AWS::WAFv2::IPSet, free of intrinsic functions; path names the resource in errors.
//
// https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-resource-wafv2-ipset.html
func ReadAddresses(path string, props map[string]any) ([]string, error) {
	o := readSet(path, props, "Addresses")
	o.Require("IPAddressVersion")
	version := o.OneOf("IPAddressVersion", "IPV4", "IPV6")
	addresses := o.Texts("Addresses")
	for i, a := range addresses {
		prefix, err := netip.ParsePrefix(a)
		if err != nil || prefix.Bits() == 0 || prefix.Addr().Is4() != (version == "IPV4") {
			o.Errorf(fmt.Sprintf("Addresses[%d]", i), "got %q, want a CIDR block of %s other than /0", a, version)
		}
	}
	return addresses, o.Err()
}

func readSet(path string, props map[string]any, list string) *properties.Object {
	o := properties.Read(path, props)
	o.Require("Scope", list)
	o.Accept(setWithoutEffect)
	o.OneOf("Scope", "REGIONAL", "CLOUDFRONT")
	return o
}
