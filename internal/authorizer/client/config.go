package client

import (
	"errors"
	"fmt"
	"net/netip"
	"strings"

	"github.com/cognito-m2m/cognito-m2m-cdk/internal/authorizer/client/allowlist"
	"github.com/cognito-m2m/cognito-m2m-cdk/internal/awslimits"
)

// Config is an allow list. New refuses its zero value, which would let everyone in.
type Config struct {
	// ClientIDs are the clients that may ask. Empty: any client.
	ClientIDs []string
	// SourceNetworks are the networks that may ask. Empty: any network.
	SourceNetworks []string
	// IgnoreClientID leaves the query's client_id alone.
	IgnoreClientID bool
}

// ReadConfig reads the function's environment variables.
func ReadConfig(getenv func(string) string) (Config, error) {
	c := Config{ClientIDs: split(getenv(allowlist.ClientIDsVariable)), SourceNetworks: split(getenv(allowlist.SourceNetworksVariable))}
	switch value := getenv(allowlist.IgnoreClientIDVariable); value {
	case "", "false":
	case "true":
		c.IgnoreClientID = true
	default:
		return c, fmt.Errorf("environment variable %s is %q: want true or false", allowlist.IgnoreClientIDVariable, value)
	}
	return c, nil
}

func split(list string) []string {
	if list == "" {
		return nil
	}
	return strings.Split(list, ",")
}

// parse reports every mistake at once.
func (c Config) parse() (clients map[string]bool, networks []netip.Prefix, err error) {
	var errs []error
	if len(c.ClientIDs)+len(c.SourceNetworks) == 0 {
		errs = append(errs, fmt.Errorf("the allow list is empty: set %s, %s or both", allowlist.ClientIDsVariable,
			allowlist.SourceNetworksVariable))
	}
	clients = map[string]bool{}
	for _, id := range c.ClientIDs {
		if err := awslimits.ClientID(id); err != nil {
			errs = append(errs, fmt.Errorf("%s: %w", allowlist.ClientIDsVariable, err))
		}
		clients[id] = true
	}
	for _, cidr := range c.SourceNetworks {
		if err := awslimits.Network(cidr); err != nil {
			errs = append(errs, fmt.Errorf("%s: %w", allowlist.SourceNetworksVariable, err))
			continue
		}
		networks = append(networks, netip.MustParsePrefix(cidr))
	}
	return clients, networks, errors.Join(errs...)
}
