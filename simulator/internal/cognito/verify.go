package cognito

import (
	"encoding/json"
	"errors"

	"github.com/lestrrat-go/jwx/v3/jwk"
	"github.com/lestrrat-go/jwx/v3/jws"
)

// Verify returns the claims of a token that the pool signed with a key that is published still, and that has not expired.
func (p *Pool) Verify(token string) (map[string]any, error) {
	set, err := jwk.Parse(p.JWKS())
	if err != nil {
		return nil, err
	}
	payload, err := jws.Verify([]byte(token), jws.WithKeySet(set, jws.WithRequireKid(true)))
	if err != nil {
		return nil, err
	}
	var claims map[string]any
	if err := json.Unmarshal(payload, &claims); err != nil {
		return nil, err
	}
	expires, _ := claims["exp"].(float64)
	switch {
	case claims["iss"] != p.Issuer():
		return nil, errors.New("the token is another issuer's")
	case float64(p.config.Clock().Unix()) >= expires:
		return nil, errors.New("the token has expired")
	}
	return claims, nil
}
