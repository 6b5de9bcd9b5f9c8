package settings

// Entity types of the Cedar schema, besides those that routes name. They are in the schema's namespace.
const (
	// TypeClient is the principal: the app client. Its parents are its tenant and its scopes, and it has the attribute tenant.
	TypeClient = "Client"
	TypeTenant = "Tenant"
	TypeScope  = "Scope"
	// TypeAPI is the resource of a route that names no other. Its id is the route's path.
	TypeAPI = "Api"
	// TenantAttribute is the tenant of a client, and of a resource whose route names a parameter for it.
	TenantAttribute = "tenant"
)
