// Package verify verifies the access tokens that an Amazon Cognito user pool issues to machine-to-machine clients, and says which tenant a request is
// of. It is for resource servers in Go, on AWS and elsewhere; it needs nothing of CDK.
//
// # What is accepted
//
// A token is accepted if all of this holds, and refused with the Reason given otherwise. The checks are made in this order.
//
//   - It has no more than Config.MaxTokenBytes, its header at most 1,024: ErrTooLarge. Nothing else is done before.
//   - It is a JWS in compact serialization, in base64url without padding and written in the only way there is. Header and payload are JSON objects in
//     UTF-8 without a name that is there twice. The header has no crit, b64, zip, jwk, jku, x5u, x5c or x5t: ErrMalformed.
//   - Its alg is RS256, whatever the key says: ErrAlgorithm.
//   - Its kid is that of one of the user pool's keys for RS256 signatures, RSA of 2,048 to 4,096 bits: ErrKeyUnknown.
//   - The signature is good: ErrSignature. Claims are only looked at from here on.
//   - iss is the user pool: ErrIssuer.
//   - token_use is access, sub is client_id, and there is no username. A user's access token has the user's id as sub and a username, and an id token has
//     token_use id: ErrTokenUse.
//   - version is 2, exp and iat are whole numbers, exp at most 24 hours after iat, which is Cognito's longest validity, and client_id and scope are written
//     as Cognito writes them: ErrMalformed.
//   - aud is Config.Audience; without that it is missing, or the client's own id: ErrClient.
//   - exp is not over, and iat and nbf, if there is one, have come, give or take Config.Leeway: ErrExpired, ErrNotYetValid.
//   - The client is allowed by Config.Clients or Config.Tenant: ErrClient.
//   - Every Requirement is met: ErrScope.
//
// # Keys
//
// The keys are read when the first token comes, or by Prefetch, by one request for all who wait. They are read again
//
//   - in the background once they are older than Config.RefreshAfter, while those that are there are used,
//   - for a token with an unknown key, while it waits: that is how a rotation is noticed. It happens once in Config.MissInterval at most, whatever keys are
//     asked for, and not for the same unknown key within six of them. Who sends tokens with invented keys can therefore make a new key go unnoticed
//     for one MissInterval, and no longer.
//
// If they cannot be read, those read before are used until they are older than Config.MaxStale, and reading is tried again after MissInterval. A token
// about which nothing can be said then is refused with ErrKeysUnavailable, which is no fault of the client: 503, not 401. A key that Cognito withdrew is
// trusted for RefreshAfter, or for MaxStale in an outage.
//
// A read that has taken more than 10 s is not waited for: Lambda freezes what is in the background between two requests. What it brings later is as old as
// its beginning.
//
// A document with more than 64 KB, with two keys of one id, or without any usable key is as good as none. Redirects are not followed.
//
// # Cache
//
// With Config.CacheSize the claims of tokens that were verified are remembered by the SHA-256 of the token, those used last. What is remembered is that
// the signature and the claims that never change are good. Time, client and scopes are checked on every use, and an entry ends with its key: when that
// leaves the user pool, the token is refused.
//
// # Speed
//
// Nearly all of the time goes into the RSA signature: some 30 µs on one core of a server of today. bench/README.md has figures. The signature is checked
// by crypto/rsa: the package needs the standard library only.
package verify
