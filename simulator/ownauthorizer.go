package simulator

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"slices"

	"github.com/aws/aws-lambda-go/events"

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
	return Authorizer{Request: func(ctx context.Context, request events.APIGatewayCustomAuthorizerRequestTypeRequest) (events.APIGatewayCustomAuthorizerResponse, error) {
		// The function gets JSON, too, and gives it.
		var event client.Event
		var response events.APIGatewayCustomAuthorizerResponse
		if err := convert(request, &event); err != nil {
			return response, err
		}
		answer, err := own.Handle(ctx, event)
		if err != nil {
			return response, err
		}
		return response, convert(answer, &response)
	}}, nil
}

func convert(from, to any) error {
	text, err := json.Marshal(from)
	if err != nil {
		return err
	}
	return json.Unmarshal(text, to)
}

// SourceNetworks are the networks from which the project's own authorizer lets clients ask, in CIDR notation. Empty: it lets them from anywhere, or there
// is none.
func (s *System) SourceNetworks() []string { return slices.Clone(s.sourceNetworks) }
