package config

import "github.com/cognito-m2m/cognito-m2m-cdk/internal/awslimits"

// Endpoint says how the gateway is reached.
type Endpoint struct {
	// Private makes it reachable through the interface VPC endpoints VPCEndpointIDs only.
	Private        bool
	VPCEndpointIDs []string
}

// ResourcePolicy lets only callers in that are on all lists that are not empty. At least one is not.
type ResourcePolicy struct {
	AllowedCIDRs, AllowedAccounts, AllowedVPCEndpoints []string
}

func (d door) endpoint(raw rawEndpoint, problems *Problems) Endpoint {
	e := Endpoint{
		Private:        optional(raw.Type, "regional", endpointType, problems) == "private",
		VPCEndpointIDs: texts(raw.VPCEndpointIDs, "VPC endpoint", awslimits.VPCEndpointID, problems),
	}
	switch d.endpointType {
	case "private":
		nonEmpty(raw.VPCEndpointIDs, "VPC endpoint, through which alone a private API can be reached", problems)
		d.placed(raw.Type.place, "private needs VPC endpoints", problems)
	case "regional":
		if len(raw.VPCEndpointIDs.items) > 0 {
			problems.at(raw.VPCEndpointIDs.place, "has no effect, since the endpoint's type is regional: remove it, or use type private")
		}
	}
	return e
}

func endpointType(name string) error {
	return awslimits.OneOf("endpoint type", name, "regional", "private")
}

// resourcePolicy is nil when there is none.
func (d door) resourcePolicy(raw rawResourcePolicy, problems *Problems) *ResourcePolicy {
	p := ResourcePolicy{
		AllowedCIDRs:        texts(raw.AllowedCIDRs, "network", awslimits.Network, problems),
		AllowedAccounts:     texts(raw.AllowedAccounts, "account", awslimits.AccountID, problems),
		AllowedVPCEndpoints: texts(raw.AllowedVPCEndpoints, "VPC endpoint", awslimits.VPCEndpointID, problems),
	}
	if raw.state != given {
		return nil
	}
	unsure := raw.AllowedCIDRs.state == broken || raw.AllowedAccounts.state == broken || raw.AllowedVPCEndpoints.state == broken
	if len(p.AllowedCIDRs)+len(p.AllowedAccounts)+len(p.AllowedVPCEndpoints) == 0 && !unsure {
		problems.at(raw.place, "allows nobody: list allowedCidrs, allowedAccounts or allowedVpcEndpoints, or remove it")
	}
	if len(p.AllowedCIDRs) > 0 && d.endpointType == "private" {
		problems.at(raw.AllowedCIDRs.place, "does not go with endpoint type private, whose requests have no public address, so that nobody would get in: use allowedVpcEndpoints")
	}
	if len(p.AllowedVPCEndpoints) > 0 && d.endpointType == "regional" {
		problems.at(raw.AllowedVPCEndpoints.place, "needs endpoint type private: AWS tells the VPC endpoint of a request to private APIs only, so that nobody would get in")
	}
	if len(p.AllowedAccounts) > 0 {
		d.allowedAccounts(raw.AllowedAccounts, problems)
	}
	return &p
}

// allowedAccounts checks that there are callers of these accounts.
func (d door) allowedAccounts(raw list[value[string]], problems *Problems) {
	switch d.authorization {
	case "":
		return
	case "iam":
	default:
		problems.at(raw.place, "needs authorization type iam: who does not sign a request has no account, so that nobody would get in")
		return
	}
	allowed := map[string]bool{}
	for _, account := range raw.items {
		if account.state != given || awslimits.AccountID(account.got) != nil {
			return
		}
		allowed[account.got] = true
	}
	for _, caller := range d.raw.Gateway.Authorization.Callers.items {
		if caller.state != given || awslimits.Caller(caller.got) != nil {
			continue
		}
		if account := awslimits.CallerAccount(caller.got); !allowed[account] {
			problems.at(caller.place, "caller %q is in account %s, which gateway.resourcePolicy.allowedAccounts leaves out: it would not get in", caller.got, account)
		}
	}
}
