// Package conformance asks a token gateway whether it behaves as this project promises: over HTTP alone, but for a few settings that an operator may read. It knows nothing of what it asks: a
// deployment on AWS and a simulator answer the same questions.
//
// Every question is one function; its comment names the decision of the architecture that a pass proves. A question that cannot be answered is
// unknown, with the reason, and never counts as a pass.
//
// # What is sent
//
// API Gateway may keep error answers in its cache as long as tokens. So the client's own cache keys (its Authorization header with its scopes and
// its client id) only ever carry requests that a correct deployment answers with a token. Whatever is meant to be refused is sent with credentials
// made up for the one question, or with the client's id and a made-up secret: a cache key that no real client has. On a deployment that mixes up
// scopes the questions form-scope and repeated-scope can leave a token with fewer scopes under one of the client's keys (several scopes in one
// request) until the TTL is over, so give a client that exists for checks.
//
// With a Pool and a Corrector the question secret-ids gives the client a second secret for a moment, as error-corrected does.
//
// The question rate-limited is asked only with a number of requests: it sends them as the client, which is then refused until the limit's window is over.
//
// # What is never shown
//
// Reasons hold statuses, OAuth error codes and numbers. Secrets, tokens and header values that were sent or received are cut out of them.
//
// # What HTTP cannot answer
//
// These need an operator's access, and no question asks them: whether API Gateway maps a response before or after it caches it (expires_in is a
// bound that holds in both cases), whether a new deployment starts with an empty cache, how long a stage variable or a web ACL takes to propagate,
// what Cognito makes of a query parameter or of credentials in both header and form (the gateway forwards neither, and nothing else reaches
// Cognito), and whether the rule for the origin header matches in part (its value would have to be known).
package conformance
