// Package tokenauthorizer lets only requests with an access token of the user pool, and with the scopes that a method needs, into a
// team's own API. There are three levels for REST APIs, of the same shape, and one for HTTP APIs:
//
//   - NewCognitoAuthorizer uses API Gateway's own authorizer: nothing to run, one of the method's scopes is enough, every app
//     client of the pool may call.
//   - NewLambdaAuthorizer uses a function: all scopes or any, a list of clients with their tenants, and $context.authorizer.tenant
//     for the integration.
//   - NewLambdaAuthorizer with VerifiedPermissions also asks Cedar policies, which can tell one tenant's resources from another's.
//   - NewHTTPAuthorizer uses the JWT authorizer of HTTP APIs.
//
// In each, Require says what a method or route needs, and refuses to be told that it needs nothing.
//
// docs/authorizer.md compares them.
package tokenauthorizer
