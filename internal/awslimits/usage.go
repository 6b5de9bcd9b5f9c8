package awslimits

import "fmt"

// CloudWatch's price of a metric limits the number of tenants that have one: see docs/decisions/D25-usage-metrics.md.
const (
	// MaxNamedTenants bounds the tenants that are named for a metric of their own.
	MaxNamedTenants = 20
	// MaxUsageTenants bounds the tenants with a metric of their own, DefaultUsageTenants is that bound unless another is set.
	MaxUsageTenants     = 1000
	DefaultUsageTenants = 100
)

// UsageTenants checks how many tenants are named for a metric of their own, and how many have one at most.
func UsageTenants(named, most int) error {
	switch {
	case most < 1 || most > MaxUsageTenants:
		return fmt.Errorf("%d tenants with a metric of their own are not allowed: use 1 to %d", most, MaxUsageTenants)
	case named > MaxNamedTenants:
		return fmt.Errorf("%d named tenants are not allowed: name at most %d", named, MaxNamedTenants)
	case named > most:
		return fmt.Errorf("%d tenants are named, and at most %d have a metric of their own: name fewer, or allow more", named, most)
	}
	return nil
}
