// Package settings is the contract between the construct of the token authorizer and its function: the function's environment
// variables. It is a separate package so that the construct does not depend on the authorizer.
package settings

import (
	"errors"
	"fmt"
	"strings"

	"github.com/cognito-m2m/cognito-m2m-cdk/internal/awslimits"
	"github.com/cognito-m2m/cognito-m2m-cdk/verify"
)

// Description is that of the deployed function, by which a template shows that an authorizer is this one.
const Description = "Verifies access tokens and their scopes for each route"

// Environment variables of the function.
const (
	// UserPoolIDVariable is the user pool whose tokens are accepted, of the issuer type ORIGINAL in a partition under amazonaws.com.
	// Exactly one of UserPoolIDVariable and IssuersVariable is required.
	UserPoolIDVariable = "USER_POOL_ID"
	// IssuersVariable lists all issuers whose tokens are accepted, separated by spaces: each is the exact value of iss, or, if its keys
	// are not below it, that value, '=' and the URL of the keys.
	IssuersVariable = "ISSUERS"
	// RoutesVariable is the table of routes, as Encode writes it. Required: without a route there is nothing to decide.
	RoutesVariable = "ROUTES"
	// ClientsVariable lists the app clients that may call, of any of the issuers, and their tenants, as TENANT=CLIENTID separated by
	// commas. Default: every client is accepted and is its own tenant.
	ClientsVariable = "CLIENTS"
	// PolicyStoreIDVariable is the policy store of Amazon Verified Permissions that decides after the scopes. Default: only the scopes
	// decide.
	PolicyStoreIDVariable = "POLICY_STORE_ID"
	// NamespaceVariable is the Cedar namespace of the policy store's schema. Set exactly if PolicyStoreIDVariable is.
	NamespaceVariable = "CEDAR_NAMESPACE"
)

// Config is the function's configuration.
type Config struct {
	UserPoolID string
	Issuers    []verify.Issuer
	Routes     Routes
	// Clients maps client IDs to tenants; nil accepts every client as its own tenant.
	Clients                  map[string]string
	PolicyStoreID, Namespace string
}

// Read reads the function's environment variables and reports every mistake at once.
func Read(getenv func(string) string) (Config, error) {
	c := Config{
		UserPoolID: getenv(UserPoolIDVariable), Issuers: issuers(getenv(IssuersVariable)),
		PolicyStoreID: getenv(PolicyStoreIDVariable), Namespace: getenv(NamespaceVariable),
	}
	var errs []error
	if (c.UserPoolID == "") == (c.Issuers == nil) {
		errs = append(errs, fmt.Errorf("environment variables %s and %s: set one of the two, got %q and %q",
			UserPoolIDVariable, IssuersVariable, c.UserPoolID, getenv(IssuersVariable)))
	}
	var err error
	if c.Routes, err = Decode(getenv(RoutesVariable)); err != nil {
		errs = append(errs, fmt.Errorf("environment variable %s: %w", RoutesVariable, err))
	}
	if c.Clients, err = clients(getenv(ClientsVariable)); err != nil {
		errs = append(errs, fmt.Errorf("environment variable %s: %w", ClientsVariable, err))
	}
	if (c.PolicyStoreID == "") != (c.Namespace == "") {
		errs = append(errs, fmt.Errorf("environment variables %s and %s are set both or not at all, got %q and %q",
			PolicyStoreIDVariable, NamespaceVariable, c.PolicyStoreID, c.Namespace))
	}
	for route, needs := range c.Routes {
		if c.PolicyStoreID == "" && needs.Resource != nil {
			errs = append(errs, fmt.Errorf("environment variable %s: route %q names a resource, which only a policy store looks at: set %s",
				RoutesVariable, route, PolicyStoreIDVariable))
		}
	}
	return c, errors.Join(errs...)
}

// issuers reads ISSUER or ISSUER=JWKSURL, separated by spaces.
func issuers(list string) (issuers []verify.Issuer) {
	for entry := range strings.FieldsSeq(list) {
		issuer, jwksURL, _ := strings.Cut(entry, "=")
		issuers = append(issuers, verify.Issuer{URL: issuer, JWKSURL: jwksURL})
	}
	return issuers
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
