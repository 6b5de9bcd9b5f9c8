// Package verify verifies the access tokens that Amazon Cognito user pools issue to machine-to-machine clients, and tells
// which tenant a request belongs to. It is for resource servers in Go, on AWS and elsewhere. It needs the standard library only.
//
// # Checks
//
// A token is accepted if it passes all checks. Otherwise it is refused with the Reason of the first one that it fails:
//
//   - The token has at most Config.MaxTokenBytes, and its encoded header at most 1,024: ErrTooLarge. This comes first.
//   - The token is a JWS in compact serialization, in base64url without padding, in its only valid spelling. Header and payload are
//     JSON objects in UTF-8 with at most 64 members, without a duplicate name, and without a name that equals one of those read here
//     except for its case.
//     The header has no crit, b64, zip, jwk, jku, x5u, x5c or x5t: ErrMalformed.
//   - alg is RS256: ErrAlgorithm. The algorithm is never chosen by the token or the key.
//   - The claims that are read here have the types and the form that Cognito gives them: ErrMalformed. Numbers are whole.
//   - iss equals the URL of one of Config.Issuers, byte for byte: ErrIssuer. No key is looked up before this check, and only
//     the keys of that issuer are used after it: a token of one user pool is never verified with the key of another.
//   - kid names one of the issuer's RSA keys for RS256 signatures of 2,048 to 4,096 bits: ErrKeyUnknown.
//   - The signature is valid: ErrSignature. Nothing in the token but alg, kid and iss is used before this check.
//   - token_use is access, sub equals client_id, and there is no username: ErrTokenUse. Access tokens of users have the user's ID
//     as sub and a username, and ID tokens have the token_use id.
//   - version is 2, and exp is at most 24 hours after iat, which is the longest validity of Cognito: ErrMalformed.
//   - aud equals Config.Audience. If that is empty, aud is missing or equals client_id: ErrClient.
//   - The token has not expired: ErrExpired. iat and nbf, if present, are not in the future: ErrNotYetValid. Config.Leeway applies to
//     all three.
//   - The client is accepted for this issuer by Issuer.Clients, Config.Clients or Config.Tenant: ErrClient.
//   - Every Requirement is met: ErrScope.
//
// # Issuers
//
// A user pool has an issuer of the type ORIGINAL or UPDATED. Config.UserPoolID is enough for a pool of the type ORIGINAL.
// Config.Issuers is for everything else: a pool of the type UPDATED, a pool whose type is about to change, and several pools.
// The keys of an issuer are not requested before the first token that names it, apart from those that Prefetch reads.
//
// # Keys
//
// The keys of an issuer are read when its first token arrives, or by Prefetch. All callers that need them wait for one request.
// They are read again
//
//   - in the background when they are older than Config.RefreshAfter, while the present ones remain in use, and
//   - for a token with an unknown key, which waits. This is how a key rotation is noticed. It happens at most once per
//     Config.MissInterval for all unknown keys, and at most once in six intervals for the same key. An attacker who sends
//     unknown key IDs can therefore delay a new key by one MissInterval.
//
// If the keys cannot be read, the present ones remain in use until they are older than Config.MaxStale. Reading is tried again after
// MissInterval. A token that cannot be verified meanwhile is refused with ErrKeysUnavailable. This is not the client's fault: answer
// 503, not 401. A key that Cognito withdraws is trusted for RefreshAfter, or for MaxStale during an outage.
//
// Callers stop waiting for a read after 10 s, because Lambda freezes background work between two requests. A read that finishes
// late counts from the time at which it began.
//
// A key set is invalid if it has more than 64 KB, two keys with one ID, or no usable key. Redirects are not followed.
//
// # Cache
//
// With Config.CacheSize, the claims of the most recently used tokens are remembered by the SHA-256 of the token. The cache spares
// the signature and the claims that never change. Time, client and scopes are checked on every use. An entry is dropped when its
// issuer no longer has the key.
//
// # Speed
//
// Nearly all of the time is spent on the RSA signature: about 30 µs on one core of a current server. bench/README.md has figures.
package verify
