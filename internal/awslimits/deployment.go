package awslimits

import "strings"

var (
	// EnvironmentName checks the name of an environment. It is part of every stack's name.
	EnvironmentName = texts("environment name %q is not allowed", `^[a-z0-9](?:[a-z0-9-]{0,18}[a-z0-9])?$`,
		"1 to 20 of a-z, 0-9 and '-', not '-' at either end").check
	// TenantFileName checks the name of a tenant file without its extension. It is part of its stack's name.
	TenantFileName = texts("tenant file name %q is not allowed", `^[a-z0-9](?:[a-z0-9-]{0,38}[a-z0-9])?$`,
		"1 to 40 of a-z, 0-9 and '-', not '-' at either end").check
	// AccountID checks the id of an AWS account.
	AccountID = texts("account %q is not an AWS account id", `^[0-9]{12}$`, "12 digits").check
	// Region checks the name of an AWS region by its form: new regions need no new release.
	Region = texts("region %q is not an AWS region", `^[a-z]{2,4}(?:-[a-z]+)+-[0-9]$`, "a name like eu-west-1").check
	// TagValue checks the value of a tag.
	TagValue = texts("tag value %q is not allowed", `^[\p{L}\p{N}\p{Z}_.:/=+@-]{0,256}$`,
		"up to 256 letters, digits, spaces and _.:/=+-@").check
	// ExecutionLogLevel checks a stage's execution log level. INFO is left out: the log would then hold something of every token request.
	ExecutionLogLevel = Values("execution log level", "OFF", "ERROR")
	// ClientsLimit checks a limit of app clients in a user pool.
	ClientsLimit = numbers("limit of app clients %d is not allowed", 1, MaxClientsPerPool, 0, "1 to 10000")
	// ResourceServersLimit checks a limit of resource servers in a user pool.
	ResourceServersLimit = numbers("limit of resource servers %d is not allowed", 1, MaxResourceServersPerPool, 0, "1 to 300")
)

var tagKey = texts("tag key %q is not allowed", `^[\p{L}\p{N}\p{Z}_.:/=+@-]{1,128}$`,
	"1 to 128 letters, digits, spaces and _.:/=+-@, not aws:…")

// TagKey checks the key of a tag.
func TagKey(key string) error {
	if strings.HasPrefix(strings.ToLower(key), "aws:") {
		return tagKey.refuse(key)
	}
	return tagKey.check(key)
}
