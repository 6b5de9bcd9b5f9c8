package simulator

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/cognito-m2m/cognito-m2m-cdk/internal/existing"
	"github.com/cognito-m2m/cognito-m2m-cdk/simulator/internal/assembly"
	"github.com/cognito-m2m/cognito-m2m-cdk/simulator/internal/cognito"
)

// metadata decodes the entries of all templates' Metadata whose keys begin with prefix, by stack and key.
func metadata[T any](s *System, prefix string, do func(*assembly.Stack, T) error) error {
	for _, stack := range s.assembly.Stacks {
		for _, key := range slices.Sorted(maps.Keys(stack.Metadata)) {
			if !strings.HasPrefix(key, prefix) {
				continue
			}
			var entry T
			if err := json.Unmarshal(stack.Metadata[key], &entry); err != nil {
				return fmt.Errorf("%s: Metadata %s: %w", stack.Name, key, err)
			}
			if err := do(stack, entry); err != nil {
				return err
			}
		}
	}
	return nil
}

// buildExistingPool builds a user pool that the app uses and does not create, with its resource servers.
func (s *System) buildExistingPool() error {
	err := metadata(s, existing.PoolKey, func(stack *assembly.Stack, pool existing.Pool) error {
		if s.pool != nil {
			return fmt.Errorf("%s: user pool %s is the second one: one is supported", stack.Name, pool.UserPoolID)
		}
		s.domainName = pool.Domain
		if !strings.Contains(pool.Domain, ".") {
			s.domainName += ".auth." + stack.Region + ".amazoncognito.com"
		}
		if err := s.newPool(stack, pool.UserPoolID); err != nil {
			return err
		}
		scopes := map[string][]any{}
		for _, full := range pool.Scopes {
			i := strings.LastIndex(full, "/")
			scopes[full[:i]] = append(scopes[full[:i]], map[string]any{"ScopeName": full[i+1:], "ScopeDescription": full})
		}
		for identifier, all := range scopes {
			err := s.pool.AddResourceServer(stack.Name+"/"+identifier, map[string]any{
				"UserPoolId": pool.UserPoolID, "Identifier": identifier, "Name": identifier, "Scopes": all,
			})
			if err != nil {
				return err
			}
		}
		return nil
	})
	if err == nil && s.pool == nil {
		return errors.New("the assembly has no user pool, and none that m2mpool.FromUserPool describes")
	}
	return err
}

func (s *System) newPool(stack *assembly.Stack, id string) (err error) {
	s.poolID = id
	s.pool, err = cognito.New(cognito.Config{
		Region: stack.Region, AccountID: stack.Account, ID: id, Clock: s.options.Clock, RatePerSecond: s.options.TokensPerSecond,
		SecretBound: s.options.SecretBound,
	})
	return err
}

// buildExistingClients adds the app clients that tenants have already, each with one generated secret.
func (s *System) buildExistingClients(names map[string]string) error {
	return metadata(s, existing.ClientKey, func(stack *assembly.Stack, client existing.Client) error {
		names[client.ClientID] = client.Tenant
		scopes := make([]any, len(client.Scopes))
		for i, scope := range client.Scopes {
			scopes[i] = scope
		}
		return s.pool.AddExistingClient(client.ClientID, stack.Name+"/"+client.ClientID, map[string]any{
			"UserPoolId": s.poolID, "AllowedOAuthFlows": []any{"client_credentials"}, "AllowedOAuthFlowsUserPoolClient": true,
			"GenerateSecret": true, "AllowedOAuthScopes": scopes,
			"AccessTokenValidity": float64(client.Minutes), "TokenValidityUnits": map[string]any{"AccessToken": "minutes"},
		})
	})
}
