package simulator

import (
	"fmt"
	"log/slog"

	"github.com/cognito-m2m/cognito-m2m-cdk/internal/authorizer/client"
	"github.com/cognito-m2m/cognito-m2m-cdk/simulator/internal/assembly"
)

// ownAuthorizer runs the project's own authorizer in this process, with the environment variables that the template gives its function.
func (s *System) ownAuthorizer(r *assembly.Resource) (Authorizer, error) {
	variables, err := s.environment(r)
	if err != nil {
		return Authorizer{}, err
	}
	config, err := client.ReadConfig(func(name string) string { return variables[name] })
	if err != nil {
		return Authorizer{}, fmt.Errorf("%s: %w", r.Path(), err)
	}
	own, err := client.New(config, slog.New(slog.DiscardHandler))
	if err != nil {
		return Authorizer{}, fmt.Errorf("%s: %w", r.Path(), err)
	}
	s.sourceNetworks = config.SourceNetworks
	return Authorizer{Request: own.Handle}, nil
}
