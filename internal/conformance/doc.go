// Package conformance asks a token gateway whether it behaves as this project promises. It uses HTTP, and a few settings that an operator
// may read. The questions are the same for a deployment on AWS and for the simulator.
//
// Each question is one function. Its comment states the property that a pass proves. A question that cannot be answered is unknown, with
// the reason, and does not count as a pass.
//
// # What is sent
//
// API Gateway may cache errors for as long as it caches tokens. Therefore the client's own cache keys (its Authorization header with its
// scopes and its client ID) only carry requests that a correct deployment answers with a token. A request that must be refused carries
// credentials made up for that one question, or the client's ID with a made-up secret, so its cache key belongs to no real client. If a
// deployment confuses scopes, the questions form-scope and repeated-scope can leave a token with too few scopes under one of the client's
// keys (several scopes in one request) until the TTL ends. Therefore use a client that exists for checks only.
//
// With a Pool and a Corrector, the questions secret-ids and error-corrected give the client a second secret for a short time.
//
// The question rate-limited is asked only if the number of its requests is set. It sends them as the client, which is then refused until
// the window of the rate limit ends.
//
// # What is never shown
//
// Reasons hold statuses, OAuth error codes and numbers. Secrets, tokens and header values that were sent or received are removed from them.
//
// # What HTTP cannot answer
//
// No question covers the following, because only an operator could tell: whether API Gateway maps a response before or after it caches it
// (expires_in is a lower bound in both cases), whether a new deployment starts with an empty cache, how long a stage variable or a web ACL
// takes to propagate, how Cognito treats a query parameter or credentials in both header and form (the gateway forwards neither, and
// nothing else reaches Cognito), and whether the rule for the origin header also matches a part of a value (the value would have to be
// known).
package conformance
