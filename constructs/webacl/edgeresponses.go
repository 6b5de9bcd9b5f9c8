package webacl

import (
	"fmt"

	"github.com/aws/aws-cdk-go/awscdk/v2/awswafv2"
	"github.com/aws/jsii-runtime-go"
)

// Keys of the bodies that refused clients read, in the form of RFC 6749 section 5.2, as token clients parse no other.
const (
	accessDeniedKey    = "access-denied"
	notServedKey       = "not-served"
	bodyTooLargeKey    = "body-too-large"
	tooManyRequestsKey = "too-many-requests"
)

func (s *edgeSettings) responseBodies() map[string]any {
	body := func(code, description string) *awswafv2.CfnWebACL_CustomResponseBodyProperty {
		return &awswafv2.CfnWebACL_CustomResponseBodyProperty{
			ContentType: jsii.String("APPLICATION_JSON"),
			Content:     jsii.Sprintf(`{"error":%q,"error_description":%q}`, code, description),
		}
	}
	return map[string]any{
		accessDeniedKey:    body("access_denied", "The request is not allowed."),
		notServedKey:       body("invalid_request", "Only POST of the token endpoint is served."),
		bodyTooLargeKey:    body("invalid_request", fmt.Sprintf("The request body is larger than %d bytes.", int(*s.MaxBodyBytes))),
		tooManyRequestsKey: body("temporarily_unavailable", "Too many requests. Use the token again until it expires, and retry later."),
	}
}

// blockWith answers with a status, a body and headers given as name, value, …. No cache may keep the answer. The managed rule groups have
// no such answer: the gateway makes theirs, of its response type WAF_FILTERED.
// https://docs.aws.amazon.com/waf/latest/developerguide/customizing-the-response-for-blocked-requests.html
func blockWith(status int, bodyKey string, headers ...string) *awswafv2.CfnWebACL_RuleActionProperty {
	var all []any
	headers = append([]string{"Cache-Control", "no-store", "Pragma", "no-cache"}, headers...)
	for i := 0; i < len(headers); i += 2 {
		all = append(all, &awswafv2.CfnWebACL_CustomHTTPHeaderProperty{Name: jsii.String(headers[i]), Value: jsii.String(headers[i+1])})
	}
	return &awswafv2.CfnWebACL_RuleActionProperty{Block: &awswafv2.CfnWebACL_BlockActionProperty{
		CustomResponse: &awswafv2.CfnWebACL_CustomResponseProperty{
			ResponseCode:          jsii.Number(status),
			CustomResponseBodyKey: jsii.String(bodyKey),
			ResponseHeaders:       all,
		},
	}}
}
