package policy

import (
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

// The condition keys. The address has two names: aws:SourceIp is for requests from the internet, aws:VpcSourceIp for those through a VPC endpoint.
// https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-resource-policies-aws-condition-keys.html
var keys = map[string]func(Request) (string, bool){
	"aws:sourceip":    func(r Request) (string, bool) { return r.SourceIP.Unmap().String(), r.VPCEndpoint == "" },
	"aws:vpcsourceip": func(r Request) (string, bool) { return r.SourceIP.Unmap().String(), r.VPCEndpoint != "" },
	"aws:sourcevpce":  func(r Request) (string, bool) { return r.VPCEndpoint, r.VPCEndpoint != "" },
}

var keysFor = map[string][]string{
	"IpAddress": {"aws:SourceIp", "aws:VpcSourceIp"}, "NotIpAddress": {"aws:SourceIp", "aws:VpcSourceIp"},
	"StringEquals": {"aws:SourceVpce"}, "StringNotEquals": {"aws:SourceVpce"},
}

func readConditions(o *properties.Object) []condition {
	if !o.Has("Condition") {
		return nil
	}
	var all []condition
	operators := o.Object("Condition")
	if operators == nil {
		return nil
	}
	for _, operator := range operators.Keys() {
		allowed, ok := keysFor[operator]
		if !ok {
			operators.Refuse(map[string]string{operator: "use IpAddress or NotIpAddress of aws:SourceIp or aws:VpcSourceIp, StringEquals or StringNotEquals of aws:SourceVpce"})
			continue
		}
		on := operators.Object(operator)
		if on == nil {
			continue
		}
		for _, key := range on.Keys() {
			if !slices.ContainsFunc(allowed, func(k string) bool { return strings.EqualFold(k, key) }) {
				on.Refuse(map[string]string{key: operator + " is for " + strings.Join(allowed, " and ")})
				continue
			}
			all = append(all, readCondition(on, operator, key))
		}
	}
	return all
}

func readCondition(o *properties.Object, operator, key string) condition {
	c := condition{find: keys[strings.ToLower(key)], negated: strings.Contains(operator, "Not")}
	values := o.TextOrTexts(key)
	if len(values) == 0 {
		o.Errorf(key, "has no value")
	}
	c.equal = func(value string) bool { return slices.Contains(values, value) }
	if strings.HasSuffix(operator, "IpAddress") {
		networks := readNetworks(o, key, values)
		c.equal = func(value string) bool {
			address, err := netip.ParseAddr(value)
			return err == nil && slices.ContainsFunc(networks, func(n netip.Prefix) bool { return n.Contains(address) })
		}
	}
	return c
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
