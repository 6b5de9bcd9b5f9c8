package awslimits

import (
	"fmt"
	"regexp"
	"strings"
)

var (
	environmentName = regexp.MustCompile(`^[a-z0-9](?:[a-z0-9-]{0,18}[a-z0-9])?$`)
	tenantFileName  = regexp.MustCompile(`^[a-z0-9](?:[a-z0-9-]{0,38}[a-z0-9])?$`)
	accountID       = regexp.MustCompile(`^[0-9]{12}$`)
	region          = regexp.MustCompile(`^[a-z]{2,4}(?:-[a-z]+)+-[0-9]$`)
	tagKey          = regexp.MustCompile(`^[\p{L}\p{N}\p{Z}_.:/=+@-]{1,128}$`)
	tagValue        = regexp.MustCompile(`^[\p{L}\p{N}\p{Z}_.:/=+@-]{0,256}$`)
)

// EnvironmentName checks the name of an environment. It is part of every stack's name.
func EnvironmentName(name string) error {
	if !environmentName.MatchString(name) {
		return fmt.Errorf("environment name %q is not allowed: use 1 to 20 of a-z, 0-9 and '-', not '-' at either end", name)
	}
	return nil
}

// TenantFileName checks the name of a tenant file without its extension. It is part of its stack's name.
func TenantFileName(name string) error {
	if !tenantFileName.MatchString(name) {
		return fmt.Errorf("tenant file name %q is not allowed: use 1 to 40 of a-z, 0-9 and '-', not '-' at either end", name)
	}
	return nil
}

// AccountID checks the id of an AWS account.
func AccountID(id string) error {
	if !accountID.MatchString(id) {
		return fmt.Errorf("account %q is not an AWS account id: use 12 digits", id)
	}
	return nil
}

// Region checks the name of an AWS region by its form: new regions need no new release.
func Region(name string) error {
	if !region.MatchString(name) {
		return fmt.Errorf("region %q is not an AWS region: use a name like eu-west-1", name)
	}
	return nil
}

// TagKey checks the key of a tag.
func TagKey(key string) error {
	if !tagKey.MatchString(key) || strings.HasPrefix(strings.ToLower(key), "aws:") {
		return fmt.Errorf("tag key %q is not allowed: use 1 to 128 letters, digits, spaces and _.:/=+-@, not aws:…", key)
	}
	return nil
}

// TagValue checks the value of a tag.
func TagValue(value string) error {
	if !tagValue.MatchString(value) {
		return fmt.Errorf("tag value %q is not allowed: use up to 256 letters, digits, spaces and _.:/=+-@", value)
	}
	return nil
}

// ExecutionLogLevel checks a stage's execution log level. INFO is left out: the log would then hold something of every token request.
func ExecutionLogLevel(level string) error {
	return OneOf("execution log level", level, "OFF", "ERROR")
}

// ClientsLimit checks a limit of app clients in a user pool.
func ClientsLimit(n int) error {
	return between("limit of app clients", n, MaxClientsPerPool)
}

// ResourceServersLimit checks a limit of resource servers in a user pool.
func ResourceServersLimit(n int) error {
	return between("limit of resource servers", n, MaxResourceServersPerPool)
}

func between(what string, n, most int) error {
	if n < 1 || n > most {
		return fmt.Errorf("%s %d is not allowed: use 1 to %d", what, n, most)
	}
	return nil
}
