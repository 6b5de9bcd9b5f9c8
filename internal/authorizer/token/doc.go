// Package token decides whether a request to a team's own REST API may pass: its access token must be genuine, its scopes must be
// those of the route, and, where there is a policy store, its policies must allow it. It is the logic of the Lambda authorizer
// functions/tokenauthorizer.
//
// # Cached answers
//
// API Gateway keeps an answer under the values of the authorizer's identity sources, and uses it for every request with the same
// values, without asking and without looking at what the token was good for. An answer is a policy, and each request is held
// against the one that is kept. That goes wrong in two ways:
//
//   - A policy for more than the route opens routes whose scopes nobody has checked. One for the route's pattern is already wider
//     than the route: the '*' in GET/orders/* also stands for '/', so that it covers GET/orders/7/invoices, another route.
//   - A policy for the one path that was asked for refuses the next path of the same route until the time to live is over.
//
// So the identity sources are the Authorization header, $context.httpMethod and $context.resourcePath, which is the route's
// pattern: an answer is kept for one token and one route, and its policy covers the paths of the route. Where a policy store
// decides, the answer depends on the path's parameters too, so $context.path is an identity source as well, and the policy names
// the one method ARN.
// https://docs.aws.amazon.com/apigateway/latest/developerguide/configure-api-gateway-lambda-authorization.html
//
// An answer never depends on anything else: not on the query, the body, other headers or the address.
//
// # Paths
//
// A request can bring any character in a path. One that a policy's resource takes for a wildcard or a variable ('*', '?', '$')
// would turn the policy for a single path into one for many, so a path with one of them is denied where the policy names the path.
// It is not documented whether $context.path is decoded; if it is, two requests of one route with differently divided parameters
// can have the same one. So parameters that hold a '/', written as it is or encoded, are denied there too, but for one that takes
// the rest of the path.
//
// # Answers
//
//   - 401: the error "Unauthorized", for a request without a token, with a token that is not genuine, has expired or is not one for
//     machines.
//   - 403: a policy that denies, for a genuine token of a client that is not allowed, without the scopes, or that the policies do
//     not allow.
//   - 500: any other error. Nobody knows whether the token is good, because keys or the policy store cannot be reached, or because
//     the method has no route in the table. Nobody gets in.
//
// https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-lambda-authorizer-output.html
//
// # Log
//
// One JSON line for each refusal, with the reason and the request's id, by which the access log has the rest. The client and its
// tenant are there only once the token is known to be genuine. Nothing else of the token is logged.
package token
