package conformance

import "context"

type question struct {
	name, text string
	needs      []string // the questions that must have passed before
	ask        func(*run, context.Context) finding
}

// questions are in the order of asking: later ones use what earlier ones found.
var questions = []question{
	{"direct-blocked", "Is a direct token request to Cognito with valid credentials blocked?", nil, (*run).directBlocked},
	{"direct-header-blocked", "Is a direct request with made-up values of the origin header blocked?", nil, (*run).directHeaderBlocked},
	{"gateway-token", "Does the gateway answer 200 with a token of this client and exactly the requested scope?", nil, (*run).gatewayToken},
	{"cached", "Does the same request get the same token from the cache?", []string{"gateway-token"}, (*run).secondFromCache},
	{"max-age-ignored", "Does Cache-Control: max-age=0 from a client leave the cache unchanged?", []string{"cached"}, (*run).maxAgeIgnored},
	{"other-scope", "Does another scope get another token?", []string{"gateway-token"}, (*run).otherScope},
	{"wrong-secret", "Does a wrong secret get Cognito's own refusal and never a token?", nil, (*run).wrongSecret},
	{"wrong-client-id", "Does another client_id not get the cached token?", []string{"cached"}, (*run).wrongClientID},
	{"missing-authorization", "Is a request without Authorization answered 400 in RFC 6749 JSON?", nil, (*run).missingAuthorization},
	{"missing-scope", "Is a request without scope answered 400 in RFC 6749 JSON?", nil, (*run).missingScope},
	{"missing-client-id", "Is a request without client_id answered 400 in RFC 6749 JSON?", nil, (*run).missingClientID},
	{"lower-case-authorization", "Is authorization in lower case the same header?", []string{"cached"}, (*run).lowerCaseAuthorization},
	{"content-types", "Does the gateway accept the content types that token clients send?", nil, (*run).contentTypes},
	{"client-header-ignored", "Does the gateway ignore an origin header that a client sends?", nil, (*run).clientHeaderIgnored},
	{"form-scope", "Does a scope in the form leave the token's scope unchanged?", []string{"other-scope"}, (*run).formScope},
	{"repeated-scope", "Does a repeated parameter scope get a token that fits its cache entry?", []string{"other-scope", "cached"},
		(*run).repeatedScope},
	{"expires-in", "Is expires_in never more than the token's remaining life?", nil, (*run).expiresIn},
	{"error-corrected", "For information: is an error still answered after its cause is gone?", nil, (*run).errorCorrected},
	{"gateway-error-cached", "For information: is the gateway's own error after a failed mapping cached?", nil, (*run).gatewayErrorCached},
	{"discovery", "Is the pool's OpenID discovery document reachable, with the tokens' issuer?", []string{"gateway-token"}, (*run).discovery},
	{"signing-key", "Are the pool's keys reachable, and does one of them verify the token?", []string{"gateway-token"}, (*run).signingKey},
	{"token-claims", "Do tokens have the claims that package verify relies on, and no claims of a user?", nil, (*run).tokenClaims},
	{"tls", "Do the endpoints use TLS 1.2 or later, and does the gateway refuse older versions?", nil, (*run).tlsVersion},
	{"get-refused", "Is GET refused in RFC 6749 JSON?", nil, (*run).getRefused},
	{"default-endpoint-closed", "Is the default endpoint of a gateway with a domain name closed?", nil, (*run).defaultEndpointClosed},
	{"client-certificate-required", "Is a client without a certificate refused?", []string{"gateway-token"},
		(*run).clientCertificateRequired},
	{"rate-limited", "Is a burst of one client's requests answered 429 in RFC 6749 JSON, with Retry-After?", []string{"cached"},
		(*run).rateLimited},
	{"cache-locked", "Does the stage's setting keep clients from emptying the cache?", nil, (*run).cacheLocked},
	{"accepted-values-untagged", "Has the set of accepted header values no tags that a deployment could change?", nil,
		(*run).acceptedValuesUntagged},
	{"pool-web-acl", "Is a web ACL associated with the user pool?", nil, (*run).poolWebACL},
	{"secret-ids", "Does Cognito list each of the client's secrets by an ID of its own?", nil, (*run).secretIDs},
	{"trail-log", "Is the origin header's value masked in CloudTrail's log group?", nil, (*run).trailLog},
	{"header-echo", "Is the origin header in none of the answers?", nil, (*run).headerEcho},
}

// asked reports whether the target has what only an operator of the account can read, if the question is about that.
func (q question) asked(t *Target) bool {
	switch q.name {
	case "trail-log":
		return t.Trail != nil
	case "cache-locked":
		return t.Stage != nil
	case "accepted-values-untagged":
		return t.AcceptedValues != nil
	case "pool-web-acl", "secret-ids":
		return t.Pool != nil
	}
	return true
}
