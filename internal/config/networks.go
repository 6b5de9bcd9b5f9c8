package config

import "net/netip"

// reachable reports two lists of networks that have no address in common: nobody would get in.
func (d door) reachable(problems *Problems) {
	type networks struct {
		name string
		list list[value[string]]
	}
	g := d.raw.Gateway
	var lists []networks
	if d.env.Gateway.Edge != nil {
		lists = append(lists, networks{"edge.allowedCidrs", g.Edge.AllowedCIDRs})
	}
	if d.authorization == "lambda" {
		lists = append(lists, networks{"authorization.sourceNetworks", g.Authorization.SourceNetworks})
	}
	lists = append(lists, networks{"resourcePolicy.allowedCidrs", g.ResourcePolicy.AllowedCIDRs})
	for i, b := range lists {
		for _, a := range lists[:i] {
			if disjoint(a.list, b.list) {
				problems.at(b.list.place, "has no address in common with gateway.%s, so that nobody would get in: let them overlap, or remove one", a.name)
			}
		}
	}
}

// disjoint says whether two lists surely have no address in common. An empty one allows all.
func disjoint(a, b list[value[string]]) bool {
	if len(a.items) == 0 || len(b.items) == 0 {
		return false
	}
	first, ok := prefixes(a)
	second, alsoOK := prefixes(b)
	if !ok || !alsoOK {
		return false
	}
	for _, p := range first {
		for _, q := range second {
			if p.Overlaps(q) {
				return false
			}
		}
	}
	return true
}

// prefixes returns the networks of a list, and false when one of them has a mistake.
func prefixes(raw list[value[string]]) ([]netip.Prefix, bool) {
	var all []netip.Prefix
	for _, item := range raw.items {
		prefix, err := netip.ParsePrefix(item.got)
		if item.state != given || err != nil {
			return nil, false
		}
		all = append(all, prefix)
	}
	return all, true
}
