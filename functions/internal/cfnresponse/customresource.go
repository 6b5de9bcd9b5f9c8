// Package cfnresponse runs custom resources of CloudFormation. The protocol itself is in aws-lambda-go's package cfn.
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

// Run serves CloudFormation's requests with the function that connect returns. It calls connect once, when the function starts.
func Run(connect func(aws.Config) cfn.CustomResourceFunction) {
	cfg, err := config.LoadDefaultConfig(context.Background(), config.WithRetryer(retryer))
	if err != nil {
		fmt.Fprintln(os.Stderr, "loading the AWS configuration:", err)
		os.Exit(1)
	}
	lambda.Start(cfn.LambdaWrap(connect(cfg)))
}

// retryer repeats requests for about half a minute, also after a conflict with another writer, and after a refusal, which is temporary if
// the role was just created or changed
// (https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot.html#troubleshoot_general_eventual-consistency).
func retryer() aws.Retryer {
	standard := retry.NewStandard(func(o *retry.StandardOptions) {
		o.MaxAttempts = 10
		o.MaxBackoff = 8 * time.Second
	})
	return retry.AddWithErrorCodes(standard, "ConflictException", "AccessDenied", "AccessDeniedException")
}

// Texts reads required properties as texts: CloudFormation sends every value as a text that is not a list or an object.
func Texts(event cfn.Event, into map[string]*string) error {
	var errs []error
	for _, name := range slices.Sorted(maps.Keys(into)) {
		text, ok := event.ResourceProperties[name].(string)
		if !ok || text == "" {
			errs = append(errs, fmt.Errorf("property %s of %s is not a text, or empty", name, event.LogicalResourceID))
			continue
		}
		*into[name] = text
	}
	return errors.Join(errs...)
}
