package clientsecret

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"testing"
)

// Secrets Manager may be told to invoke the function for any secret of the account: it must refuse every other one before it asks anything.
func TestHandle_refusesOtherSecrets(t *testing.T) {
	const account, prefix = "111122223333", "m2m/prod/tenants/"
	own := "arn:aws:secretsmanager:eu-west-1:" + account + ":secret:" + prefix + "shop-AbCdEf"
	for name, c := range map[string]struct {
		secret string
		owned  bool
	}{
		"a tenant's":                      {own, true},
		"another partition's":             {strings.Replace(own, "arn:aws:", "arn:aws-cn:", 1), true},
		"another account's":               {strings.Replace(own, account, "444455556666", 1), false},
		"another environment's":           {strings.Replace(own, "/prod/", "/dev/", 1), false},
		"the prefix further inside":       {strings.Replace(own, prefix, "other/"+prefix, 1), false},
		"the origin header's":             {"arn:aws:secretsmanager:eu-west-1:" + account + ":secret:OriginHeaderSecret-AbCdEf", false},
		"another service's":               {strings.Replace(own, ":secretsmanager:", ":ssm:", 1), false},
		"another kind of resource":        {strings.Replace(own, ":secret:", ":policy:", 1), false},
		"a name instead of an ARN":        {prefix + "shop", false},
		"the prefix in the account's way": {"arn:aws:secretsmanager:eu-west-1:" + prefix + ":secret:" + prefix + "shop", false},
		"none":                            {"", false},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld()
			asked := &askedSecrets{Secrets: worldSecrets{w}}
			r := newSystem(w).rotator
			r.Secrets = asked
			event := fmt.Sprintf(`{"Step":"createSecret","SecretId":%q,"ClientRequestToken":"token"}`, c.secret)
			var err error
			_ = w.Invoke(func(ctx context.Context) error {
				_, err = Handler{Rotator: r, AccountID: account, SecretPrefix: prefix}.Handle(ctx, json.RawMessage(event))
				return nil
			})
			const refusal = "this function rotates the secrets of account " + account + " under " + prefix + " only"
			if refused := err != nil && strings.Contains(err.Error(), refusal); refused == c.owned {
				t.Errorf("got error %v", err)
			}
			if asked.any != c.owned {
				t.Errorf("Secrets Manager was asked: %t", asked.any)
			}
		})
	}
}

// askedSecrets notices the first thing that every step asks.
type askedSecrets struct {
	Secrets
	any bool
}

func (s *askedSecrets) Describe(ctx context.Context, secretID string) (SecretState, error) {
	s.any = true
	return s.Secrets.Describe(ctx, secretID)
}
