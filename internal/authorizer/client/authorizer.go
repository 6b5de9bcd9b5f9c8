package client

import (
	"context"
	"log/slog"
	"net/netip"
	"regexp"

	"github.com/cognito-m2m/cognito-m2m-cdk/internal/authorizer"
)

// Authorizer decides by an allow list. Its zero value is not usable.
type Authorizer struct {
	clients        map[string]bool // empty: any
	networks       []netip.Prefix  // empty: any
	ignoreClientID bool
	log            *slog.Logger
}

// New returns an authorizer, or every mistake in the allow list. An empty one is a mistake: it would let everyone in.
func New(c Config, log *slog.Logger) (*Authorizer, error) {
	clients, networks, err := c.parse()
	if err != nil {
		return nil, err
	}
	return &Authorizer{clients: clients, networks: networks, ignoreClientID: c.IgnoreClientID, log: log}, nil
}

// refusal is a reason to deny. The texts are written by us alone: they are logged.
type refusal string

const (
	severalHeaders   refusal = "several Authorization headers"
	malformed        refusal = "the Authorization header is no HTTP Basic credentials"
	unknownClient    refusal = "the client is not on the allow list"
	severalClientIDs refusal = "client_id is missing or there several times"
	otherClientID    refusal = "client_id is not the client of the credentials"
	unknownAddress   refusal = "the source address is no address"
	foreignNetwork   refusal = "the source address is in no network of the allow list"
)

// Handle answers a request event with a policy for exactly the method that it names.
func (a *Authorizer) Handle(ctx context.Context, event authorizer.Event) (authorizer.Response, error) {
	if event.MethodArn == "" {
		return authorizer.Response{}, authorizer.ErrNoMethod
	}
	authorization := authorizer.Authorization(event)
	if len(authorization) == 0 || (len(authorization) == 1 && authorization[0] == "") {
		return authorizer.Response{}, authorizer.ErrUnauthorized
	}
	id, reason := a.decide(authorization, clientIDs(event), event.RequestContext.Identity.SourceIP)
	if reason != "" {
		attributes := []any{"reason", string(reason), "requestId", event.RequestContext.RequestID}
		if a.clients[id] {
			attributes = append(attributes, "clientId", id)
		}
		a.log.InfoContext(ctx, "denied", attributes...)
		return authorizer.Policy("Deny", "denied", event.MethodArn), nil
	}
	return authorizer.Policy("Allow", a.principal(id), event.MethodArn), nil
}

// cognitoID is what Cognito makes up as a client's id: 26 small letters and digits.
var cognitoID = regexp.MustCompile(`^[a-z0-9]{26}$`)

// principal is the client as the access log shows it: when it is on the list, or at least looks like an id of Cognito's. Without a
// list anything may stand in its place: a client secret, by mistake, or what would break the log's JSON.
func (a *Authorizer) principal(id string) string {
	if a.clients[id] || cognitoID.MatchString(id) {
		return id
	}
	return "unlisted"
}

// decide returns the client of the credentials, as far as it is known, and why it is refused, if it is.
func (a *Authorizer) decide(authorization, clientIDs []string, sourceIP string) (string, refusal) {
	if len(authorization) != 1 {
		return "", severalHeaders
	}
	id, ok := clientID(authorization[0])
	switch {
	case !ok:
		return "", malformed
	case len(a.clients) > 0 && !a.clients[id]:
		return "", unknownClient
	case a.ignoreClientID:
	case len(clientIDs) != 1:
		return id, severalClientIDs
	case clientIDs[0] != id:
		return id, otherClientID
	}
	return id, a.fromElsewhere(sourceIP)
}

// fromElsewhere refuses addresses outside of the networks. A client whose IPv4 address arrives written as IPv6 is the same client.
func (a *Authorizer) fromElsewhere(sourceIP string) refusal {
	if len(a.networks) == 0 {
		return ""
	}
	address, err := netip.ParseAddr(sourceIP)
	if err != nil || address.Zone() != "" {
		return unknownAddress
	}
	for _, network := range a.networks {
		if network.Contains(address.Unmap()) {
			return ""
		}
	}
	return foreignNetwork
}
