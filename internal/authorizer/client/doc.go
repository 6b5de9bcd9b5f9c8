// Package client decides who may ask the token endpoint at all, before API Gateway looks into its cache: clients on an allow list,
// from networks on an allow list. It is the logic of the Lambda authorizer functions/clientauthorizer.
//
// # What it checks
//
// A request needs HTTP Basic credentials, whose client id is on the list and is also the query's client_id, and a source address
// within a network of the list. The client secret is not looked at: authenticating the client remains Cognito's part. So nothing
// secret is compared here, client ids and networks are none, and comparing in constant time would protect nothing.
//
// Credentials must be written as RFC 7617 says: the scheme Basic in any case, one space, base64 in the standard alphabet with
// padding. A decoder that takes more, such as the URL's alphabet, missing padding or line breaks, may read another client id than
// Cognito's decoder does; what both could read in two ways is refused here. The same goes for a header or parameter that is there
// twice.
//
// # Cached answers
//
// API Gateway keeps an answer for the authorizer's TTL under the values of its identity sources: the Authorization header, the
// source address and, unless the proxy allows requests without it, the client_id. An answer is therefore a function of exactly
// these; a rule that looked at anything else would be met once and then skipped.
//
// An answer is a policy, and the same policy is used for every method that the same values ask for. A policy of the one ARN of the
// request at hand would so refuse a second method until the TTL is over, which is why authorizers of larger APIs allow all methods
// at once. This API has one method, and the policy names just that: should another ever be added, it starts out refused.
//
// When the list changes, kept answers remain for the TTL at most.
//
// # Answers
//
// A request without credentials gets the error "Unauthorized", which API Gateway turns into 401; in a deployed API its identity
// sources have caught such a request before. Everything else that is wrong is a policy that denies: 403.
// https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-lambda-authorizer-output.html
//
// # Log
//
// One JSON line for each refusal, with the reason and the request's id, by which the access log has the rest. Nothing of the
// Authorization header is logged, not even the client id out of it unless it is on the list: who mixes up id and secret must not
// find the secret here.
package client
