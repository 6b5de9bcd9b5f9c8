// Package settings is what the construct of the token authorizer and its function agree on: the function's environment variables. It is a package of its
// own so that the construct does not depend on what the function verifies with.
package settings

import (
	"errors"
	"fmt"
	"strings"

	"github.com/cognito-m2m/cognito-m2m-cdk/internal/awslimits"
)

// Description is that of the deployed function, by which a template shows that an authorizer is this one.
const Description = "Verifies access tokens and their scopes for each route"

// Environment variables of the function.
const (
	// UserPoolIDVariable is the pool whose tokens are taken. Required.
	UserPoolIDVariable = "USER_POOL_ID"
	// RoutesVariable is the table of routes, as Encode writes it. Required: without a route there is nothing to decide.
	RoutesVariable = "ROUTES"
	// ClientsVariable are the app clients that may call and their tenants, as TENANT=CLIENTID separated by commas. Default: every client of the pool, each
	// its own tenant.
	ClientsVariable = "CLIENTS"
	// PolicyStoreIDVariable is the policy store of Amazon Verified Permissions that decides after the scopes. Default: none, the scopes decide.
	PolicyStoreIDVariable = "POLICY_STORE_ID"
	// NamespaceVariable is the Cedar namespace of the policy store's schema. Set exactly if PolicyStoreIDVariable is.
	NamespaceVariable = "CEDAR_NAMESPACE"
	// IssuerVariable is the iss of the pool's tokens, in partitions where it does not follow from the pool's id.
	IssuerVariable = "ISSUER"
	// JWKSURLVariable is where the pool's public keys are. For tests: plain HTTP is taken on the loopback interface.
	JWKSURLVariable = "JWKS_URL"
)

// Config is the function's configuration.
type Config struct {
	UserPoolID, Issuer, JWKSURL string
	Routes                      Routes
	// Clients are tenants by client id; nil: every client of the pool is its own tenant.
	Clients                  map[string]string
	PolicyStoreID, Namespace string
}

// Read reads the function's environment variables and reports every mistake at once.
func Read(getenv func(string) string) (Config, error) {
	c := Config{
		UserPoolID: getenv(UserPoolIDVariable), Issuer: getenv(IssuerVariable), JWKSURL: getenv(JWKSURLVariable),
		PolicyStoreID: getenv(PolicyStoreIDVariable), Namespace: getenv(NamespaceVariable),
	}
	var errs []error
	if c.UserPoolID == "" {
		errs = append(errs, fmt.Errorf("environment variable %s is not set", UserPoolIDVariable))
	}
	var err error
	if c.Routes, err = Decode(getenv(RoutesVariable)); err != nil {
		errs = append(errs, fmt.Errorf("environment variable %s: %w", RoutesVariable, err))
	}
	if c.Clients, err = clients(getenv(ClientsVariable)); err != nil {
		errs = append(errs, fmt.Errorf("environment variable %s: %w", ClientsVariable, err))
	}
	if (c.PolicyStoreID == "") != (c.Namespace == "") {
		errs = append(errs, fmt.Errorf("environment variables %s and %s are set both or not at all, got %q and %q", PolicyStoreIDVariable, NamespaceVariable, c.PolicyStoreID, c.Namespace))
	}
	for route, needs := range c.Routes {
		if c.PolicyStoreID == "" && needs.Resource != nil {
			errs = append(errs, fmt.Errorf("environment variable %s: route %q names a resource, which only a policy store looks at: set %s", RoutesVariable, route, PolicyStoreIDVariable))
		}
	}
	return c, errors.Join(errs...)
}

// clients reads TENANT=CLIENTID,… A tenant may have several clients; a client has one tenant.
func clients(list string) (map[string]string, error) {
	if list == "" {
		return nil, nil
	}
	tenants := map[string]string{}
	for entry := range strings.SplitSeq(list, ",") {
		tenant, id, found := strings.Cut(entry, "=")
		if !found {
			return nil, fmt.Errorf("%q is no TENANT=CLIENTID", entry)
		}
		if err := errors.Join(awslimits.TenantID(tenant), awslimits.ClientID(id)); err != nil {
			return nil, err
		}
		if _, twice := tenants[id]; twice {
			return nil, fmt.Errorf("client %q is there twice", id)
		}
		tenants[id] = tenant
	}
	return tenants, nil
}
