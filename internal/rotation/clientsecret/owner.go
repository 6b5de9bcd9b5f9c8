package clientsecret

import (
	"context"
	"errors"
	"fmt"
	"strings"
)

// errForeign: the secret names another tenant's app client.
var errForeign = errors.New("is not this tenant's")

// ownClient returns the client, if it is that of the secret's tenant. A tag is no proof of that: whoever may tag one tenant's secret could
// name another tenant's client, and would find credentials of it in the secret that he reads. Only those who deploy tenants can write the
// name of the secret, which names a client from before, and the name of a client. Everything that makes a version for a client, or adds or
// deletes secrets of one, passes here first.
func (r *Rotator) ownClient(ctx context.Context, s SecretState, clientID string) (Client, error) {
	client, err := r.Clients.Describe(ctx, clientID)
	if err != nil {
		return Client{}, fmt.Errorf("describing app client %s: %w", clientID, err)
	}
	if s.adopts() {
		if !strings.HasSuffix(s.Owner, ExistingClient("", clientID)) {
			return Client{}, fmt.Errorf(
				"app client %s %w: by its name, the secret %s is for another one: correct its tag %s, and find out who wrote it",
				clientID, errForeign, s.ID, TagClientID)
		}
		return client, nil
	}
	if s.Owner == "" || client.Name != s.Owner {
		return Client{}, fmt.Errorf("app client %s %w: its name is %q, and the secret %s is of tenant %q: correct the secret's tag %s, "+
			"and find out who wrote it", clientID, errForeign, client.Name, s.ID, s.Owner, TagClientID)
	}
	return client, nil
}

// adopts says whether the app client was there before the tenant's secret, with a client secret that is in use.
func (s SecretState) adopts() bool { return strings.Contains(s.Owner, "@") }
