package awslimits

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"time"
)

// Bounds of the tenants' credentials.
const (
	// SecretNameLength is Secrets Manager's limit of a secret's name.
	SecretNameLength = 512
	// TenantIDLength is the longest tenant id, see TenantID.
	TenantIDLength = 48
	// MinClientSecretGrace leaves clients an hour to fetch their new secret.
	MinClientSecretGrace = time.Hour
	// DefaultClientSecretGrace is how long a superseded client secret goes on working by default.
	DefaultClientSecretGrace = 24 * time.Hour
	// RotationWindow is how long after a schedule's time Secrets Manager may start a rotation.
	RotationWindow = time.Hour
	// MaxRevocationWindow is SQS's longest batching window of a Lambda function.
	MaxRevocationWindow = 5 * time.Minute
	// MaxReaderAccounts keeps the policy of the secrets' key, 32 KB at most, far from its limit.
	MaxReaderAccounts = 50
	// MaxReaders keeps a secret's policy within Secrets Manager's 20,480 characters, though an ARN of a role may have 613.
	MaxReaders = 30
	// DefaultCadence is how often the tenants' client secrets rotate by default.
	DefaultCadence = "monthly"
)

// cadences are the shortest times between two rotations: from 1 February, a month has 28 days and a quarter 89.
var cadences = map[string]time.Duration{
	"daily": 24 * time.Hour, "weekly": 7 * 24 * time.Hour, "monthly": 28 * 24 * time.Hour, "quarterly": 89 * 24 * time.Hour,
}

var (
	// OrganizationID checks the id of an organization in AWS Organizations.
	OrganizationID = texts("organization id %q is not one of AWS Organizations", `^o-[a-z0-9]{10,32}$`,
		"o- and 10 to 32 of a-z and 0-9").check
	// Reader checks who may read a tenant's secret: an IAM role or a whole account.
	// A path may hold any visible character (IAM's API reference); '*' and '?' are left out, since in a policy they would look like patterns.
	Reader = texts("reader %q is neither an IAM role nor an account",
		`^[0-9]{12}$|^arn:aws[a-z-]*:iam::[0-9]{12}:role/(?:[\x21-\x29\x2B-\x3E\x40-\x7E]{1,510}/)?[\w+=,.@-]{1,64}$`,
		"arn:aws:iam::ACCOUNT:role/NAME, or an account id of 12 digits").check
	// Cadence checks how often client secrets rotate.
	Cadence = Values("rotation", "daily", "weekly", "monthly", "quarterly")
	// SweepInterval checks the time between two sweeps over all secrets of the tenants.
	SweepInterval = numbers("sweep interval %v is not allowed", 15*time.Minute, 24*time.Hour, time.Minute, "whole minutes from 15m to 24h")
	// RevocationWindow checks how long revocations are collected before the cache is flushed for all of them.
	RevocationWindow = numbers("revocation window %v is not allowed", 0, MaxRevocationWindow, time.Second,
		"whole seconds from 0s to 5m, the longest batching window of SQS")
)

var secretPrefix = texts("secret prefix %q is not allowed", `^[A-Za-z0-9/_+=.@-]{0,463}/$`,
	"up to 464 letters, digits and /_+=.@-, with '/' at the end")

// SecretPrefix checks what the names of the tenants' secrets begin with: up to the longest name less the longest tenant id, and a slash
// at its end, which keeps m2m/prod/ apart from m2m/prod-eu/ wherever a policy says m2m/prod/*.
//
// A tenant id may end in a hyphen and six characters, though Secrets Manager advises against such names: it takes the ARN of such a
// secret without its suffix for the complete ARN of another one, and finds none. Policies are not affected: NAME-?????? matches the
// suffix alone, as the ARN of a longer name has seven characters more. So readers that ask by ARN need the complete one, and nothing
// here uses another.
// https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_CreateSecret.html
func SecretPrefix(prefix string) error { return secretPrefix.check(prefix) }

// TenantSecret checks the name of a tenant's secret: a prefix and the tenant's id, and for an existing app client '@' and its id.
func TenantSecret(name, tenantID string) error {
	i := strings.LastIndex(name, "/") + 1
	owner, _, _ := strings.Cut(name[i:], "@")
	prefix, ok := strings.CutSuffix(name[:i]+owner, tenantID)
	if !ok || SecretPrefix(prefix) != nil {
		return fmt.Errorf("secret %q is not one of tenant %s: use the secret prefix, which ends in '/', and the tenant's id",
			name, tenantID)
	}
	return nil
}

// SecretOrPrefix checks the name of a tenant's secret, or the prefix of those of all tenants.
func SecretOrPrefix(name string) error {
	i := strings.LastIndex(name, "/") + 1
	tenant, _, _ := strings.Cut(name[i:], "@")
	if SecretPrefix(name[:i]) != nil || name[i:] != "" && TenantID(tenant) != nil {
		return (&Refusal{Allowed: "the name of the secret, or the prefix of all with '/' at the end"}).
			of("%q is neither a tenant's secret nor a secret prefix", name)
	}
	return nil
}

// ClientSecretGrace checks how long a superseded client secret goes on working. It must be over before the next rotation, which needs its
// place: an app client has two secrets at most. One rotation may start late in its window, and the next one early.
func ClientSecretGrace(grace time.Duration, cadence string) error {
	if err := Cadence(cadence); err != nil {
		return err
	}
	if most := cadences[cadence] - RotationWindow; grace < MinClientSecretGrace || grace >= most {
		return fmt.Errorf("grace %v is not allowed with %s rotation: use 1h to less than %v, the shortest time between two rotations",
			grace, cadence, most)
	}
	return nil
}

// ReservedConcurrency checks how many concurrent executions the function that rotates client secrets has reserved; 0 is none reserved, not
// none allowed. With a single one, a sweep of many minutes would have no room beside it for the rotations that it starts.
func ReservedConcurrency(n int) error {
	if n < 0 || n == 1 {
		return (&Refusal{Allowed: "2 or more, or 0 to reserve none", Most: math.MaxInt32}).of("reserved concurrency %d is not allowed", n)
	}
	return nil
}

// ReaderAccount returns the account of a reader that Reader accepts.
func ReaderAccount(reader string) string {
	if AccountID(reader) == nil {
		return reader
	}
	return strings.Split(reader, ":")[4]
}

// ReaderPartition checks that a reader can be in the partition of the region: no policy reaches into another one. An account id, and any
// reader of an unknown region "", can be in any.
func ReaderPartition(reader, region string) error {
	if AccountID(reader) == nil || InPartition(reader, region) == nil {
		return nil
	}
	return fmt.Errorf("reader %q is in partition %s, and region %s in %s: use a role of that partition",
		reader, strings.Split(reader, ":")[1], region, Partition(region))
}

// partitions are the prefixes of the names of regions outside of the commercial partition, longest first.
var partitions = []struct{ prefix, partition string }{
	{"us-isob-", "aws-iso-b"}, {"us-isof-", "aws-iso-f"}, {"eu-isoe-", "aws-iso-e"}, {"us-iso-", "aws-iso"},
	{"us-gov-", "aws-us-gov"}, {"eusc-", "aws-eusc"}, {"cn-", "aws-cn"},
}

// Partition returns the partition of a region.
func Partition(region string) string {
	i := slices.IndexFunc(partitions, func(p struct{ prefix, partition string }) bool { return strings.HasPrefix(region, p.prefix) })
	if i < 0 {
		return "aws"
	}
	return partitions[i].partition
}
