package config

import "net/netip"

// checkReachable reports two lists of networks that have no address in common: nobody would get in.
func (l *loaded) checkReachable(g *Gateway) {
	type networks struct {
		name string
		list *[]string
	}
	var lists []networks
	if l.given(g.Edge) && g.Edge.Enabled {
		lists = append(lists, networks{"edge.allowedCidrs", &g.Edge.AllowedCIDRs})
	}
	if l.meant(&g.Authorization.Type) == "lambda" {
		lists = append(lists, networks{"authorization.sourceNetworks", &g.Authorization.SourceNetworks})
	}
	lists = append(lists, networks{"resourcePolicy.allowedCidrs", &g.ResourcePolicy.AllowedCIDRs})
	for i, b := range lists {
		for _, a := range lists[:i] {
			if l.disjoint(*a.list, *b.list) {
				l.report(b.list, "has no address in common with gateway.%s, so that nobody would get in: let them overlap, or remove one", a.name)
			}
		}
	}
}

// disjoint says whether two lists surely have no address in common. An empty one allows all.
func (l *loaded) disjoint(a, b []string) bool {
	first, second := l.prefixes(a), l.prefixes(b)
	for _, p := range first {
		for _, q := range second {
			if p.Overlaps(q) {
				return false
			}
		}
	}
	return len(first) > 0 && len(second) > 0
}

// prefixes returns the networks of a list, and none when one of them has a mistake.
func (l *loaded) prefixes(list []string) []netip.Prefix {
	var all []netip.Prefix
	for i, item := range list {
		prefix, err := netip.ParsePrefix(item)
		if l.broken(&list[i]) || err != nil {
			return nil
		}
		all = append(all, prefix)
	}
	return all
}
