package token

import (
	"errors"
	"fmt"
	"strings"

	"github.com/cognito-m2m/cognito-m2m-cdk/internal/authorizer/token/settings"
	"github.com/cognito-m2m/cognito-m2m-cdk/internal/awslimits"
	"github.com/cognito-m2m/cognito-m2m-cdk/verify"
)

// Config is the configuration of the function.
type Config struct {
	// Verify has UserPoolID, Issuers and Clients.
	Verify                   verify.Config
	Routes                   settings.Routes
	PolicyStoreID, Namespace string
}

// ReadConfig reads the environment variables of the function and reports all mistakes in them, except for those that verify.New reports.
func ReadConfig(getenv func(string) string) (Config, error) {
	c := Config{
		Verify:        verify.Config{UserPoolID: getenv(settings.UserPoolIDVariable), Issuers: issuers(getenv(settings.IssuersVariable))},
		PolicyStoreID: getenv(settings.PolicyStoreIDVariable), Namespace: getenv(settings.NamespaceVariable),
	}
	var errs []error
	mistake := func(format string, args ...any) {
		errs = append(errs, fmt.Errorf("environment variable "+format, args...))
	}
	var err error
	if c.Routes, err = settings.Decode(getenv(settings.RoutesVariable)); err != nil {
		mistake("%s: %w", settings.RoutesVariable, err)
	}
	if c.Verify.Clients, err = clients(getenv(settings.ClientsVariable)); err != nil {
		mistake("%s: %w", settings.ClientsVariable, err)
	}
	if (c.PolicyStoreID == "") != (c.Namespace == "") {
		mistake("%s is %q, %s is %q: set both or none", settings.PolicyStoreIDVariable, c.PolicyStoreID, settings.NamespaceVariable,
			c.Namespace)
	}
	for route, needs := range c.Routes {
		if c.PolicyStoreID == "" && needs.Resource != nil {
			mistake("%s: route %q names a resource, which only a policy store uses: set %s",
				settings.RoutesVariable, route, settings.PolicyStoreIDVariable)
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

// clients reads TENANT=CLIENTID, separated by commas. A tenant may have several clients; a client has one tenant.
func clients(list string) (map[string]string, error) {
	if list == "" {
		return nil, nil
	}
	tenants := map[string]string{}
	for entry := range strings.SplitSeq(list, ",") {
		tenant, id, found := strings.Cut(entry, "=")
		if !found {
			return nil, fmt.Errorf("%q is not TENANT=CLIENTID", entry)
		}
		if err := errors.Join(awslimits.TenantID(tenant), awslimits.ClientID(id)); err != nil {
			return nil, err
		}
		if _, duplicate := tenants[id]; duplicate {
			return nil, fmt.Errorf("duplicate client %q", id)
		}
		tenants[id] = tenant
	}
	return tenants, nil
}
