// Package cfnresponse holds what this project's custom resources of CloudFormation share. The protocol itself is aws-lambda-go's cfn
// package.
package cfnresponse

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"slices"
	"time"

	"github.com/aws/aws-lambda-go/cfn"
	"github.com/aws/aws-lambda-go/lambda"
	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/aws/retry"
	"github.com/aws/aws-sdk-go-v2/config"
)

// Run serves CloudFormation's requests by what connect returns, once, when the function starts.
func Run(connect func(aws.Config) cfn.CustomResourceFunction) {
	cfg, err := config.LoadDefaultConfig(context.Background(), config.WithRetryer(retryer))
	if err != nil {
		fmt.Fprintln(os.Stderr, "loading the AWS configuration:", err)
		os.Exit(1)
	}
	lambda.Start(cfn.LambdaWrap(connect(cfg)))
}

// retryer tries again for about half a minute, also where the SDK would not: a conflict with another writer passes, and so does a refusal
// right after the role was created or changed
// (https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot.html#troubleshoot_general_eventual-consistency).
func retryer() aws.Retryer {
	standard := retry.NewStandard(func(o *retry.StandardOptions) {
		o.MaxAttempts = 10
		o.MaxBackoff = 8 * time.Second
	})
	return retry.AddWithErrorCodes(standard, "ConflictException", "AccessDenied", "AccessDeniedException")
}

// Texts reads properties, all of which must be there as texts, which is how CloudFormation sends every value that is not a list or an
// object.
func Texts(event cfn.Event, into map[string]*string) error {
	var errs []error
	for _, name := range slices.Sorted(maps.Keys(into)) {
		text, ok := event.ResourceProperties[name].(string)
		if !ok || text == "" {
			errs = append(errs, fmt.Errorf("property %s of %s is missing or no text", name, event.LogicalResourceID))
			continue
		}
		*into[name] = text
	}
	return errors.Join(errs...)
}
