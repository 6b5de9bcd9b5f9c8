package usage

import (
	"bytes"
	"context"
	"crypto/sha256"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"time"
)

// Client is an app client.
type Client struct {
	ID, Name string
}

// Clients lists all app clients of the user pool.
type Clients interface {
	List(ctx context.Context) ([]Client, error)
}

// refreshAfter is how long a list is good for, whatever unknown client ids come: anybody can send one, and Cognito allows few calls that
// read clients (https://docs.aws.amazon.com/cognito/latest/developerguide/quotas.html).
const refreshAfter = 5 * time.Minute

// Tenants are the names by which client ids are counted. It keeps the list of clients between invocations.
type Tenants struct {
	Clients Clients
	// Named have a metric of their own, however many others there are.
	Named []string
	// Max bounds the tenants with a metric of their own, the named ones among them.
	Max int
	Now func() time.Time
	Log *slog.Logger

	names  map[string]string // by client id
	listed time.Time
}

// resolve makes sure that the client ids are known if the pool has them. It fails only while nothing is known at all: later, a list that is
// not to be had makes new clients unknown ones for a time.
func (t *Tenants) resolve(ctx context.Context, ids []string) error {
	unknown := slices.ContainsFunc(ids, func(id string) bool { return t.names[id] == "" })
	if !unknown || (t.names != nil && t.Now().Sub(t.listed) < refreshAfter) {
		return nil
	}
	clients, err := t.Clients.List(ctx)
	switch {
	case err == nil:
		t.names = t.bounded(clients)
	case t.names == nil:
		return fmt.Errorf("listing the app clients: %w", err)
	default:
		t.Log.WarnContext(ctx, "listing the app clients again", "error", err)
	}
	t.listed = t.Now()
	return nil
}

// name is the value of the dimension Tenant.
func (t *Tenants) name(id string) string {
	if name := t.names[id]; name != "" {
		return name
	}
	return UnknownTenants
}

// bounded names the clients: the named ones, then others up to the bound. Which others must not depend on the order of a list, on time or
// on the instance, or one tenant would get into several metrics; the order of the ids' hashes is fixed, and favours none.
func (t *Tenants) bounded(clients []Client) map[string]string {
	clients = slices.Clone(clients)
	slices.SortFunc(clients, func(a, b Client) int {
		x, y := sha256.Sum256([]byte(a.ID)), sha256.Sum256([]byte(b.ID))
		return bytes.Compare(x[:], y[:])
	})
	own := map[string]bool{}
	for _, name := range t.Named {
		own[name] = true
	}
	names := make(map[string]string, len(clients))
	for _, client := range clients {
		name := dimensionValue(client.Name)
		if !own[name] && len(own) < t.Max {
			own[name] = true
		}
		if own[name] {
			names[client.ID] = name
		} else {
			names[client.ID] = OtherTenants
		}
	}
	return names
}

// dimensionValue is a name as CloudWatch takes it: at most 1024 characters of ASCII, not all of them blank
// (https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_Dimension.html). Names at Cognito have at most 128, and none is
// empty.
func dimensionValue(name string) string {
	name = strings.TrimSpace(strings.Map(func(r rune) rune {
		if r < ' ' || r > '~' {
			return '?'
		}
		return r
	}, name))
	if name == "" {
		return UnknownTenants
	}
	return name
}
