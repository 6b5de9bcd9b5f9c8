package awslimits

import (
	"fmt"
	"strings"
)

var (
	// FunctionARN checks the ARN of a Lambda function, or of a version or alias of one.
	FunctionARN = texts("function ARN %q is not a Lambda function",
		`^arn:aws[a-z-]*:lambda:[a-z0-9-]+:[0-9]{12}:function:[A-Za-z0-9_-]{1,64}(?::(?:\$LATEST|[A-Za-z0-9_-]{1,128}))?$`,
		"arn:aws:lambda:REGION:ACCOUNT:function:NAME").check
	// TopicARN checks the ARN of a standard SNS topic: alarms cannot publish to a FIFO topic.
	TopicARN = texts("topic ARN %q is not a standard SNS topic", `^arn:aws[a-z-]*:sns:[a-z0-9-]+:[0-9]{12}:[A-Za-z0-9_-]{1,256}$`,
		"arn:aws:sns:REGION:ACCOUNT:NAME").check
	// TruststoreName checks the name of a truststore, which is a file of its environment's folder.
	TruststoreName = texts("truststore %q is not the name of a PEM file", `^[A-Za-z0-9_][A-Za-z0-9._-]*\.pem$`,
		"letters, digits and '.', '_' or '-' with .pem at the end, for a file beside environment.yaml").check
)

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
		return fmt.Errorf("%q is in partition %s, and region %s in %s: use one of the region's partition",
			arn, home, region, Partition(region))
	}
	return nil
}
