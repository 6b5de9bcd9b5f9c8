package awslimits

import (
	"fmt"
	"regexp"
	"strings"
)

var (
	functionARN = regexp.MustCompile(`^arn:aws[a-z-]*:lambda:[a-z0-9-]+:[0-9]{12}:function:[A-Za-z0-9_-]{1,64}(?::(?:\$LATEST|[A-Za-z0-9_-]{1,128}))?$`)
	pemFileName = regexp.MustCompile(`^[A-Za-z0-9_][A-Za-z0-9._-]*\.pem$`)
)

// FunctionARN checks the ARN of a Lambda function, or of a version or alias of one.
func FunctionARN(arn string) error {
	if !functionARN.MatchString(arn) {
		return fmt.Errorf("function ARN %q is not a Lambda function: use arn:aws:lambda:REGION:ACCOUNT:function:NAME", arn)
	}
	return nil
}

// InAccount checks that an ARN, which has passed the rule of its kind, is of an account; "" is an account that is known at deployment only.
func InAccount(arn, account string) error {
	if owner := strings.Split(arn, ":")[4]; account != "" && owner != account {
		return fmt.Errorf("%q is in account %s, and the environment in %s: use one of the environment's account", arn, owner, account)
	}
	return nil
}

// InRegion is InAccount for regions.
func InRegion(arn, region string) error {
	if home := strings.Split(arn, ":")[3]; region != "" && home != region {
		return fmt.Errorf("%q is in %s, and the environment in %s: use one of the environment's region", arn, home, region)
	}
	return nil
}

// InPartition is InAccount for the partition of a region: no policy reaches into another one.
func InPartition(arn, region string) error {
	if home := strings.Split(arn, ":")[1]; region != "" && home != Partition(region) {
		return fmt.Errorf("%q is in partition %s, and region %s in %s: use one of the region's partition", arn, home, region, Partition(region))
	}
	return nil
}

// TruststoreName checks the name of a truststore, which is a file of its environment's folder.
func TruststoreName(name string) error {
	if !pemFileName.MatchString(name) {
		return fmt.Errorf("truststore %q is not the name of a PEM file: use letters, digits and '.', '_' or '-' with .pem at the end, for a file beside environment.yaml", name)
	}
	return nil
}
