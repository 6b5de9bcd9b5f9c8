package policy

import (
	"maps"
	"net/netip"
	"slices"
	"strings"

	"github.com/cognito-m2m/cognito-m2m-cdk/simulator/internal/properties"
)

// condition is one operator on one key.
type condition struct {
	// find gives the request's value of the key; ok is false when the request has none.
	find func(Request) (value string, ok bool)
	// equal compares it with the policy's values.
	equal   func(value string) bool
	negated bool
}

// holds follows IAM: without a value a condition does not hold, a negated one does.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
func (c condition) holds(r Request) bool {
	value, ok := c.find(r)
	return (ok && c.equal(value)) != c.negated
}

// The condition keys. The address has two names: aws:SourceIp is for requests from the internet, aws:VpcSourceIp for those through a VPC
// endpoint. Those of a principal are there when a request is signed.
// https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-resource-policies-aws-condition-keys.html
var keys = map[string]func(Request) (string, bool){
	"aws:sourceip":    func(r Request) (string, bool) { return r.SourceIP.Unmap().String(), r.VPCEndpoint == "" },
	"aws:vpcsourceip": func(r Request) (string, bool) { return r.SourceIP.Unmap().String(), r.VPCEndpoint != "" },
	"aws:sourcevpce":  func(r Request) (string, bool) { return r.VPCEndpoint, r.VPCEndpoint != "" },
	"aws:principalaccount": func(r Request) (string, bool) {
		if r.Caller == nil {
			return "", false
		}
		return r.Caller.Account, true
	},
	"aws:principalarn": func(r Request) (string, bool) {
		if r.Caller == nil {
			return "", false
		}
		return r.Caller.ARN, true
	},
}

// operator compares the values of some keys. Its negation has another name.
type operator struct {
	negated bool
	keys    []string
	compare func(o *properties.Object, key string, values []string) func(value string) bool
}

var (
	addresses = []string{"aws:SourceIp", "aws:VpcSourceIp"}
	names     = []string{"aws:SourceVpce", "aws:PrincipalAccount"}
	callers   = []string{"aws:PrincipalArn"}
	operators = map[string]operator{
		"IpAddress": {false, addresses, inNetworks}, "NotIpAddress": {true, addresses, inNetworks},
		"StringEquals": {false, names, oneOf}, "StringNotEquals": {true, names, oneOf},
		// Of ARNs, equal and like are the same.
		"ArnEquals": {false, callers, anARN}, "ArnNotEquals": {true, callers, anARN},
		"ArnLike": {false, callers, anARN}, "ArnNotLike": {true, callers, anARN},
	}
)

func readConditions(o *properties.Object) []condition {
	if !o.Has("Condition") {
		return nil
	}
	var all []condition
	block := o.Object("Condition")
	if block == nil {
		return nil
	}
	for _, name := range block.Keys() {
		known, ok := operators[name]
		if !ok {
			block.Refuse(map[string]string{name: "use one of " + strings.Join(slices.Sorted(maps.Keys(operators)), ", ")})
			continue
		}
		on := block.Object(name)
		if on == nil {
			continue
		}
		for _, key := range on.Keys() {
			if !slices.ContainsFunc(known.keys, func(k string) bool { return strings.EqualFold(k, key) }) {
				on.Refuse(map[string]string{key: name + " is for " + strings.Join(known.keys, " and ")})
				continue
			}
			values := on.TextOrTexts(key)
			if len(values) == 0 {
				on.Errorf(key, "has no value")
			}
			all = append(all, condition{find: keys[strings.ToLower(key)], equal: known.compare(on, key, values), negated: known.negated})
		}
	}
	return all
}

func oneOf(_ *properties.Object, _ string, values []string) func(string) bool {
	return func(value string) bool { return slices.Contains(values, value) }
}

// anARN compares the six parts of an ARN one by one, each with wildcards.
func anARN(o *properties.Object, key string, values []string) func(string) bool {
	const parts = 6
	var patterns [][]string
	for _, value := range values {
		pattern := strings.SplitN(value, ":", parts)
		if len(pattern) != parts {
			o.Errorf(key, "got %q, want an ARN, which has six parts", value)
		}
		patterns = append(patterns, pattern)
	}
	return func(value string) bool {
		of := strings.SplitN(value, ":", parts)
		return slices.ContainsFunc(patterns, func(pattern []string) bool { return slices.EqualFunc(pattern, of, matches) })
	}
}

func inNetworks(o *properties.Object, key string, values []string) func(string) bool {
	networks := readNetworks(o, key, values)
	return func(value string) bool {
		address, err := netip.ParseAddr(value)
		return err == nil && slices.ContainsFunc(networks, func(n netip.Prefix) bool { return n.Contains(address) })
	}
}

// readNetworks takes CIDR blocks and, as IAM does, single addresses.
func readNetworks(o *properties.Object, key string, values []string) []netip.Prefix {
	var networks []netip.Prefix
	for _, value := range values {
		network, err := netip.ParsePrefix(value)
		if address, single := netip.ParseAddr(value); single == nil {
			network, err = netip.PrefixFrom(address, address.BitLen()), nil
		}
		if err != nil {
			o.Errorf(key, "got %q, want an address or a CIDR block", value)
			continue
		}
		networks = append(networks, network)
	}
	return networks
}
