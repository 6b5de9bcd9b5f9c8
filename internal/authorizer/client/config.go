package client

import (
	"errors"
	"fmt"
	"net/netip"
	"strings"

	"github.com/cognito-m2m/cognito-m2m-cdk/internal/awslimits"
)

// Description is that of the deployed function, by which a template shows that an authorizer is this one.
const Description = "Lets clients and networks on an allow list ask for tokens"

// Environment variables of the function. At least one of the lists is set.
const (
	// ClientIDsVariable are the clients that may ask, separated by commas. Empty: any client.
	ClientIDsVariable = "CLIENT_IDS"
	// SourceNetworksVariable are the networks that may ask, in CIDR notation, separated by commas. Empty: any network.
	SourceNetworksVariable = "SOURCE_NETWORKS"
	// IgnoreClientIDVariable is true where the proxy allows requests without a client_id in the query: it is no identity source then, and not looked at.
	// Default: false.
	IgnoreClientIDVariable = "IGNORE_CLIENT_ID"
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
	c := Config{ClientIDs: split(getenv(ClientIDsVariable)), SourceNetworks: split(getenv(SourceNetworksVariable))}
	switch value := getenv(IgnoreClientIDVariable); value {
	case "", "false":
	case "true":
		c.IgnoreClientID = true
	default:
		return c, fmt.Errorf("environment variable %s is %q: want true or false", IgnoreClientIDVariable, value)
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
		errs = append(errs, fmt.Errorf("the allow list is empty: set %s, %s or both", ClientIDsVariable, SourceNetworksVariable))
	}
	clients = map[string]bool{}
	for _, id := range c.ClientIDs {
		if err := awslimits.ClientID(id); err != nil {
			errs = append(errs, fmt.Errorf("%s: %w", ClientIDsVariable, err))
		}
		clients[id] = true
	}
	for _, cidr := range c.SourceNetworks {
		if err := awslimits.Network(cidr); err != nil {
			errs = append(errs, fmt.Errorf("%s: %w", SourceNetworksVariable, err))
			continue
		}
		networks = append(networks, netip.MustParsePrefix(cidr))
	}
	return clients, networks, errors.Join(errs...)
}
