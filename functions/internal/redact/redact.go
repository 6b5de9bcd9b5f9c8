// Package redact removes secret values from the errors of the AWS SDK.
package redact

import (
	"errors"
	"fmt"

	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"
	"github.com/aws/smithy-go"

	"github.com/cognito-m2m/cognito-m2m-cdk/internal/rotation/sensitive"
)

// ErrUnreadable replaces the SDK's error for an answer that it could not deserialize.
var ErrUnreadable = errors.New("the answer could not be read, and is not shown because it may hold a value")

// Error returns err without the values that the request carried and without anything that looks like a value. If the SDK could not
// deserialize an answer, Error drops the SDK's error, because it contains the whole answer.
func Error(err error, sent ...sensitive.Value) error {
	if unread := (*smithy.DeserializationError)(nil); !errors.As(err, &unread) {
		return sensitive.RedactError(err, sent...)
	}
	var operation *smithy.OperationError
	var response *awshttp.ResponseError
	if !errors.As(err, &operation) || !errors.As(err, &response) {
		return ErrUnreadable
	}
	return fmt.Errorf("%s: %s, status %d, request %s: %w", operation.ServiceID, operation.OperationName, response.HTTPStatusCode(),
		response.RequestID, ErrUnreadable)
}
