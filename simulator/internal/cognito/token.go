package cognito

import (
	"encoding/json"
	"net/http"
	"slices"
	"strings"
)

// Token answers a request for the token endpoint, whatever its path.
//
// https://docs.aws.amazon.com/cognito/latest/developerguide/token-endpoint.html
func (p *Pool) Token(r *http.Request) *Answer {
	if r.Method != http.MethodPost {
		a := newAnswer(http.StatusMethodNotAllowed, nil)
		a.Header.Set("Allow", http.MethodPost)
		return a
	}
	// Requests beyond the rate are refused before they are read, so that failing ones count too.
	if !p.limiter.AllowN(p.config.Clock(), 1) {
		return tooManyRequests()
	}
	request, refusal := readRequest(r)
	if refusal != nil {
		return refusal
	}
	if refusal := checkGrant(request.parameters); refusal != nil {
		return refusal
	}
	c := p.client(request.clientID)
	if c == nil || !c.authenticates(request.clientSecret) {
		return oauthError(invalidClient, "")
	}
	scopes, refusal := c.grantedScopes(request.parameters.get("scope"))
	if refusal != nil {
		return refusal
	}
	return p.issue(c, scopes)
}

// checkGrant follows the documented errors: what the endpoint knows but an M2M client may not use is unauthorized_client.
func checkGrant(p parameters) *Answer {
	switch p.get("grant_type") {
	case "client_credentials":
		return nil
	case "":
		return oauthError(invalidRequest, "grant_type is missing")
	case "authorization_code", "refresh_token":
		return oauthError(unauthorizedClient, "")
	}
	return oauthError(unsupportedGrantType, "")
}

// grantedScopes are those requested, or all of the client's when none is.
//
// AWS documents two answers to a scope that is unknown or not the client's: ignore it, or refuse. Refusing is what is seen in practice, and
// worse for a cache in front of it, which keeps the error.
func (c *client) grantedScopes(requested string) ([]string, *Answer) {
	if len(c.Scopes) == 0 {
		// https://github.com/hashicorp/terraform-provider-aws/issues/34945: a client without usable scopes.
		return nil, oauthError(invalidGrant, "")
	}
	var scopes []string
	for scope := range strings.SplitSeq(requested, " ") {
		switch {
		case scope == "" || slices.Contains(scopes, scope):
		case !slices.Contains(c.Scopes, scope):
			return nil, oauthError(invalidScope, "")
		default:
			scopes = append(scopes, scope)
		}
	}
	if len(scopes) == 0 {
		return c.Scopes, nil
	}
	return scopes, nil
}

// claims are those of Cognito's access tokens for clients, in its order.
// https://docs.aws.amazon.com/cognito/latest/developerguide/amazon-cognito-user-pools-using-the-access-token.html
type claims struct {
	Subject  string `json:"sub"`
	TokenUse string `json:"token_use"`
	Scope    string `json:"scope"`
	AuthTime int64  `json:"auth_time"`
	Issuer   string `json:"iss"`
	Expires  int64  `json:"exp"`
	IssuedAt int64  `json:"iat"`
	Version  int    `json:"version"`
	JTI      string `json:"jti"`
	ClientID string `json:"client_id"`
}

func (p *Pool) issue(c *client, scopes []string) *Answer {
	now := p.config.Clock().Unix()
	lifetime := int64(c.Validity.Seconds())
	payload, err := json.Marshal(claims{
		Subject: c.ID, TokenUse: "access", Scope: strings.Join(scopes, " "), AuthTime: now, Issuer: p.Issuer(), Expires: now + lifetime,
		IssuedAt: now, Version: 2, JTI: randomUUID(), ClientID: c.ID,
	})
	if err != nil {
		return serverError(err)
	}
	token, err := p.ring().current.sign(payload)
	if err != nil {
		return serverError(err)
	}
	body, err := json.Marshal(struct {
		AccessToken string `json:"access_token"`
		ExpiresIn   int64  `json:"expires_in"`
		TokenType   string `json:"token_type"`
	}{string(token), lifetime, "Bearer"})
	if err != nil {
		return serverError(err)
	}
	c.issued.Add(1)
	return newAnswer(http.StatusOK, body)
}
