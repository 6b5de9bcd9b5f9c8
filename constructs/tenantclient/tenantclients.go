package tenantclient

import (
	"fmt"

	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"

	"github.com/cognito-m2m/cognito-m2m-cdk/constructs/internal/logicalid"
	"github.com/cognito-m2m/cognito-m2m-cdk/constructs/internal/report"
)

// TenantClients are many tenants, each with what a TenantClient creates.
type TenantClients struct {
	constructs.Construct
	tenants []*Tenant
}

// NewTenantClients creates for each tenant what NewTenantClient creates, under the logical IDs that a TenantClient in scope would have
// whose ID is the tenant's: id is not a part of them, and no tenant's coming or going changes another's. Each tenant also has an output
// with its client_id, named by the tenant's ID and ClientId.
//
// It takes one call to CDK for all tenants. Mistakes in a tenant's props become error annotations on a construct with the tenant's ID, all
// of them in one synth; a missing Pool is a programmer's error and panics.
func NewTenantClients(scope constructs.Construct, id *string, props *TenantClientsProps) *TenantClients {
	if props == nil || props.Pool == nil {
		panic("tenantclient: TenantClientsProps.Pool is required")
	}
	t := &TenantClients{Construct: constructs.NewConstruct(scope, id)}
	check, f, place := newCheck(t.Construct, props.Pool, props.Proxy), newFragment(), logicalid.Of(scope)
	seen, clients := map[string]bool{}, map[string]bool{}
	for i, tenant := range props.Tenants {
		of := *tenant
		of.Pool, of.Proxy, of.Credentials = props.Pool, props.Proxy, props.Credentials
		var errs report.Errors
		s := check.settings(&of, &errs)
		if clients[s.clientID] {
			errs.Addf("ExistingClientID", "duplicate %q: each tenant has a client of its own", s.clientID)
		}
		if seen[s.tenantID] {
			errs.Addf(fmt.Sprintf("Tenants[%d].TenantID", i), "duplicate %q: each tenant has one client", s.tenantID)
			errs.Attach(t.Construct)
		} else if !errs.Empty() {
			errs.Attach(constructs.NewConstruct(scope, jsii.String(s.tenantID)))
		}
		seen[s.tenantID], clients[s.clientID] = true, s.clientID != ""
		own := place.Below(s.tenantID)
		added := f.add(&s, own)
		f.addOutput(own.ID("ClientId"), "client_id of tenant "+s.tenantID, s.idOf(added.ids))
		t.tenants = append(t.tenants, added)
	}
	f.include(t.Construct, props.Pool, props.Credentials)
	return t
}

// Tenants are the tenants, in the order of the props.
func (t *TenantClients) Tenants() []*Tenant { return t.tenants }
