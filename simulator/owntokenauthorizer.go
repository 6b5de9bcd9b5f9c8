package simulator

import (
	"fmt"
	"log/slog"
	"net/http"

	"github.com/cognito-m2m/cognito-m2m-cdk/internal/authorizer/cedarstore"
	tokenauthorizer "github.com/cognito-m2m/cognito-m2m-cdk/internal/authorizer/token"
	"github.com/cognito-m2m/cognito-m2m-cdk/simulator/internal/assembly"
	"github.com/cognito-m2m/cognito-m2m-cdk/simulator/internal/policystore"
	"github.com/cognito-m2m/cognito-m2m-cdk/verify"
)

// ownTokenAuthorizer runs the project's own authorizer of resource servers in this process, with the environment variables that the
// template gives its function. It reads the pool's keys as everybody does, past the pool's web ACL.
func (s *System) ownTokenAuthorizer(r *assembly.Resource) (Authorizer, error) {
	variables, err := s.environment(r)
	if err != nil {
		return Authorizer{}, err
	}
	config, err := tokenauthorizer.ReadConfig(func(name string) string { return variables[name] })
	if err != nil {
		return Authorizer{}, fmt.Errorf("%s: %w", r.Path(), err)
	}
	config.Verify.HTTPClient, config.Verify.Now = &http.Client{Transport: s.Transport()}, s.options.Clock
	verifier, err := verify.New(config.Verify)
	if err != nil {
		return Authorizer{}, fmt.Errorf("%s: %w", r.Path(), err)
	}
	var policies tokenauthorizer.PolicyStore
	if config.PolicyStoreID != "" {
		store := s.policyStores[config.PolicyStoreID]
		if store == nil {
			return Authorizer{}, fmt.Errorf("%s: policy store %s is not in the assembly", r.Path(), config.PolicyStoreID)
		}
		policies = store.ForNamespace(config.Namespace)
	}
	return Authorizer{Request: tokenauthorizer.New(config, verifier, policies, slog.New(slog.DiscardHandler)).Handle}, nil
}

func (s *System) buildPolicyStores() error {
	s.policyStores = map[string]*cedarstore.Store{}
	err := s.each("AWS::VerifiedPermissions::PolicyStore", func(r *assembly.Resource, properties map[string]any) error {
		id, err := values{s}.Ref(r)
		if err != nil {
			return err
		}
		s.policyStores[fmt.Sprint(id)], err = policystore.New(r.Path(), properties)
		return err
	})
	if err != nil {
		return err
	}
	return s.each("AWS::VerifiedPermissions::Policy", func(r *assembly.Resource, properties map[string]any) error {
		store := s.policyStores[fmt.Sprint(properties["PolicyStoreId"])]
		if store == nil {
			return fmt.Errorf("%s.PolicyStoreId %v is no policy store of the assembly", r.Path(), properties["PolicyStoreId"])
		}
		return policystore.AddPolicy(store, r.Path(), properties)
	})
}
