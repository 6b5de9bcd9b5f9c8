package usage

import (
	"errors"
	"fmt"
	"regexp"
	"slices"

	"github.com/cognito-m2m/cognito-m2m-cdk/internal/awslimits"
)

// clientName is Cognito's rule for names of app clients, without the comma, which separates names here
// (https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_UserPoolClientDescription.html).
var clientName = regexp.MustCompile(`^[\w\s+=.@-]{1,128}$`)

// Bounds reports what is wrong with the tenants that are named, and with the bound on all of them.
func Bounds(named []string, maxTenants int) error {
	errs := []error{awslimits.UsageTenants(len(named), maxTenants)}
	for i, name := range named {
		if !clientName.MatchString(name) {
			errs = append(errs, fmt.Errorf("named tenant %q is no name of an app client: want a match of %s", name, clientName))
		} else if slices.Contains(named[:i], name) {
			errs = append(errs, fmt.Errorf("tenant %q is named twice", name))
		}
	}
	return errors.Join(errs...)
}
