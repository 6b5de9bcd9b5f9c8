package usage

import (
	"slices"
	"strconv"
)

// names are the errors that have a metric of their own, so that their number is bounded whatever an event says: those of RFC 6749 section
// 5.2, and exceptions that Cognito documents
// (https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/CommonErrors.html).
var names = []string{
	"invalid_request", "invalid_client", "invalid_grant", "unauthorized_client", "unsupported_grant_type", "invalid_scope", "access_denied",
	"server_error", "AccessDeniedException", "InternalErrorException", "InvalidParameterException", "LimitExceededException",
	"NotAuthorizedException", "ResourceNotFoundException", "TooManyRequestsException", "UserLambdaValidationException",
}

// statuses are the answers' status codes that have a metric of their own when the event has no error.
var statuses = []int{400, 401, 403, 404, 405, 413, 415, 429, 500, 502, 503, 504}

// errorName is the value of the dimension Error: one of names; else "HTTP " and one of statuses, or "HTTP 4xx", "HTTP 5xx"; else "(other)".
// None of them comes from the event.
func (r *request) errorName() string {
	for _, known := range names {
		if known == r.ErrorCode || known == string(r.Additional.Response.Error) {
			return known
		}
	}
	if r.Additional.Response.Status == nil {
		return "(other)"
	}
	switch status := int(*r.Additional.Response.Status); {
	case slices.Contains(statuses, status):
		return "HTTP " + strconv.Itoa(status)
	case status >= 400 && status < 600:
		return "HTTP " + strconv.Itoa(status/100) + "xx"
	}
	return "(other)"
}
