// Package redact keeps secret values out of the errors of AWS's SDK.
package redact

import (
	"errors"
	"fmt"

	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"
	"github.com/aws/smithy-go"

	"github.com/cognito-m2m/cognito-m2m-cdk/internal/rotation/sensitive"
)

// ErrUnreadable stands for an answer that the SDK could not deserialize.
var ErrUnreadable = errors.New("the answer could not be read, and is not shown because it may hold a value")

// Error returns err without anything that could be a value: those that the request carried, and whatever looks like one. Of an answer that
// could not be deserialized nothing is left, text or error: the SDK quotes it, and keeps it whole.
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
