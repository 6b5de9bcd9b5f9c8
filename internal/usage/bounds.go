package usage

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
)

// What CloudWatch charges for a metric a month limits how many tenants have one: see docs/decisions/D25-usage-metrics.md.
const (
	// MaxNamed bounds the tenants that are named.
	MaxNamed = 20
	// MaxTenants bounds the tenants with a metric of their own.
	MaxTenants = 1000
	// DefaultTenants is that bound unless another is set.
	DefaultTenants = 100
)

// clientName is Cognito's rule for names of app clients, without the comma, which separates names here
// (https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_UserPoolClientDescription.html).
var clientName = regexp.MustCompile(`^[\w\s+=.@-]{1,128}$`)

// Bounds reports what is wrong with the tenants that are named, and with the bound on all of them.
func Bounds(named []string, maxTenants int) error {
	var errs []error
	if maxTenants < 1 || maxTenants > MaxTenants {
		errs = append(errs, fmt.Errorf("%d tenants with a metric of their own are not allowed: use 1 to %d", maxTenants, MaxTenants))
	} else if len(named) > maxTenants {
		errs = append(errs, fmt.Errorf("%d tenants are named: at most %d have a metric of their own", len(named), maxTenants))
	}
	if len(named) > MaxNamed {
		errs = append(errs, fmt.Errorf("%d named tenants are not allowed: name at most %d", len(named), MaxNamed))
	}
	for i, name := range named {
		if !clientName.MatchString(name) {
			errs = append(errs, fmt.Errorf("named tenant %q is no name of an app client: want a match of %s", name, clientName))
		} else if slices.Contains(named[:i], name) {
			errs = append(errs, fmt.Errorf("tenant %q is named twice", name))
		}
	}
	return errors.Join(errs...)
}
