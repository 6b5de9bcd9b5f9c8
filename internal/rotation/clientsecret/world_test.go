package clientsecret

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/cognito-m2m/cognito-m2m-cdk/internal/rotation/sensitive"
	"github.com/cognito-m2m/cognito-m2m-cdk/internal/testkit/virtual"
)

// world is AWS as far as the rotation of one tenant's secret sees it, in virtual time. Every state of the secret and the life of every
// client secret are kept, and check asks whether the credentials that tenants have read authenticate wherever they ask.
type world struct {
	*virtual.Time
	owner  string // see SecretState
	secret []secretRevision
	apps   map[string]*app

	bound            time.Duration // of Cognito's consistency
	listLag, authLag time.Duration // how old its lists and the authentication by its domain are, at most bound
	// taggedQuietly: a tag does not move LastChangedDate. AWS says "modified in any way".
	taggedQuietly bool

	queued  []string // rotations that were started and have not run
	tokens  int      // issued, hence charged
	flushes int
	ids     int
	revoked time.Duration // former credentials need not authenticate any more from then on
}

// secretRevision is a state of the tenant's secret; labels are by name.
type secretRevision struct {
	at, changed, rotated    time.Duration
	versions                []storedVersion
	labels                  map[string]string
	client, scopes, settled string
	hasRotated              bool
}

type storedVersion struct {
	id       string
	text     sensitive.Value
	hasValue bool
	created  time.Duration
	// The content of text, if it is credentials.
	credentials    credentials
	hasCredentials bool
}

func stored(id string, text sensitive.Value, created time.Duration) storedVersion {
	c, err := decode(text)
	return storedVersion{id, text, true, created, c, err == nil}
}

// app is an app client.
type app struct {
	id      string
	name    string
	secrets []appSecret
	scopes  []scopeRevision
	deleted time.Duration
}

type appSecret struct {
	id             string
	value          sensitive.Value
	added, deleted time.Duration
	byHand         bool // deleted by a person
}

type scopeRevision struct {
	at     time.Duration
	scopes []string
}

const (
	forever     = time.Duration(1 << 62)
	testGateway = "https://gateway.example/oauth2/token"
	testTenant  = "acme"
	testSecret  = "m2m/test/tenants/" + testTenant
	firstClient = "client1"
)

// newWorld has a tenant whose secret is at the placeholder, and a client with the secret that Cognito generated.
func newWorld() *world {
	w := &world{
		Time:    virtual.New(DefaultConfig().FunctionTimeout, 2*time.Minute-time.Millisecond),
		owner:   testTenant,
		apps:    map[string]*app{},
		bound:   DefaultConfig().ConsistencyBound,
		revoked: forever,
	}
	w.createClient(firstClient, virtual.LongAgo)
	w.secret = []secretRevision{{
		at: virtual.LongAgo, changed: virtual.LongAgo, rotated: virtual.LongAgo,
		versions: []storedVersion{stored("initial", sensitive.ValueOf(Placeholder), virtual.LongAgo)},
		labels:   map[string]string{LabelCurrent: "initial"},
		client:   firstClient, scopes: ScopeDigest(testScopes),
	}}
	return w
}

var testScopes = []string{"orders/read", "orders/write"}

func (w *world) createClient(id string, at time.Duration) {
	w.apps[id] = &app{id: id, name: testTenant, deleted: forever, scopes: []scopeRevision{{virtual.LongAgo, testScopes}}}
	w.addSecret(id, sensitive.Random(), at)
}

func (w *world) addSecret(client string, value sensitive.Value, at time.Duration) {
	w.ids++
	id := fmt.Sprintf("%s--%d", client, w.ids)
	w.apps[client].secrets = append(w.apps[client].secrets, appSecret{id: id, value: value, added: at, deleted: forever})
}

func (w *world) deleteSecret(client, id string, byHand bool) {
	for i, s := range w.apps[client].secrets {
		if s.id == id {
			w.apps[client].secrets[i].deleted, w.apps[client].secrets[i].byHand = w.Now, byHand
		}
	}
}

// active are the client's secrets as of the time.
func (a *app) active(t time.Duration) (all []appSecret) {
	for _, s := range a.secrets {
		if s.added <= t && t < min(s.deleted, a.deleted) {
			all = append(all, s)
		}
	}
	return all
}

func (w *world) secretAt(t time.Duration) secretRevision {
	return virtual.At(w.secret, func(r secretRevision) time.Duration { return r.at }, t)
}

// edit makes a new revision.
func (w *world) edit(change func(*secretRevision)) {
	next := w.secretAt(w.Now)
	next.at, next.changed = w.Now, w.Now
	next.versions, next.labels = slices.Clone(next.versions), maps.Clone(next.labels)
	change(&next)
	w.secret = append(w.secret, next)
}

func (s secretRevision) version(id string) *storedVersion {
	for i := range s.versions {
		if s.versions[i].id == id {
			return &s.versions[i]
		}
	}
	return nil
}

// credentials are those of the version with the label, none when it has none.
func (s secretRevision) credentials(label string) (credentials, bool) {
	v := s.version(s.labels[label])
	if v == nil {
		return credentials{}, false
	}
	return v.credentials, v.hasCredentials
}

func (s secretRevision) blocked() bool {
	return s.labels[LabelPending] != "" && s.labels[LabelPending] != s.labels[LabelCurrent]
}

// move moves a label; AWSCURRENT takes AWSPREVIOUS along.
func (s *secretRevision) move(label, to string) {
	if label == LabelCurrent {
		s.labels[LabelPrevious] = s.labels[LabelCurrent]
	}
	if to == "" {
		delete(s.labels, label)
	} else {
		s.labels[label] = to
	}
}

// violation is a time during which credentials that a tenant may use need not authenticate.
type violation struct {
	former      bool        // not AWSCURRENT's
	credentials credentials // the zero credentials when AWSCURRENT held none
	from, to    time.Duration
}

func (v violation) String() string {
	what := "AWSCURRENT"
	if v.former {
		what = "former credentials"
	}
	return fmt.Sprintf("%s from %s to %s", what, v.from, v.to)
}

// check goes through the whole course of events: AWSCURRENT authenticates whenever it has credentials, which it keeps once it had
// them; and what has been AWSCURRENT authenticates until the grace after that is over, whether it is AWSPREVIOUS or not, unless a person
// deleted it or CloudFormation its client.
func (w *world) check() (all []violation) {
	had := false
	for i, s := range w.secret {
		end := w.Now
		if i+1 < len(w.secret) {
			end = w.secret[i+1].at
		}
		c, ok := s.credentials(LabelCurrent)
		switch {
		case ok:
			all = append(all, w.uncovered(false, c, s.at, end)...)
			if !w.stays(c, i) && !w.deletedByHand(c) {
				all = append(all, w.uncovered(true, c, end, min(end+DefaultConfig().Grace, w.Now, w.revoked))...)
			}
		case had:
			all = append(all, violation{from: s.at, to: end})
		}
		had = had || ok
	}
	return all
}

// stays says whether the next revision has the same credentials current.
func (w *world) stays(c credentials, i int) bool {
	if i+1 == len(w.secret) {
		return true
	}
	next, ok := w.secret[i+1].credentials(LabelCurrent)
	return ok && next.same(c)
}

func (c credentials) same(other credentials) bool {
	return c.clientID == other.clientID && c.secret == other.secret
}

func (w *world) deletedByHand(c credentials) bool {
	a := w.apps[c.clientID]
	return a.deleted < forever || slices.ContainsFunc(a.secrets, func(s appSecret) bool { return s.value == c.secret && s.byHand })
}

// uncovered are the parts of a time in which a request with the credentials may be denied. A secret is only known everywhere once
// the bound is over.
func (w *world) uncovered(former bool, c credentials, from, to time.Duration) (all []violation) {
	var spans [][2]time.Duration
	a := w.apps[c.clientID]
	for _, s := range a.secrets {
		if s.value == c.secret {
			spans = append(spans, [2]time.Duration{s.added + w.bound, min(s.deleted, a.deleted)})
		}
	}
	slices.SortFunc(spans, func(a, b [2]time.Duration) int { return int(a[0] - b[0]) })
	for _, span := range spans {
		if from < min(span[0], to) {
			all = append(all, violation{former, c, from, min(span[0], to)})
		}
		from = max(from, span[1])
	}
	if from < to {
		all = append(all, violation{former, c, from, to})
	}
	return all
}

// authenticates says whether AWSCURRENT does now, everywhere.
func (w *world) authenticates() bool {
	c, ok := w.secretAt(w.Now).credentials(LabelCurrent)
	return ok && len(w.uncovered(false, c, w.Now, w.Now+1)) == 0
}

// converged says what is not yet as it must be when everything has come to rest.
func (w *world) converged() error {
	s := w.secretAt(w.Now)
	a := w.apps[s.client]
	c, ok := s.credentials(LabelCurrent)
	state := w.state(s)
	switch active := a.active(w.Now); {
	case !ok:
		return errors.New("AWSCURRENT holds no credentials")
	case !w.authenticates():
		return errors.New("AWSCURRENT does not authenticate")
	case !c.fit(state, testGateway):
		return errors.New("AWSCURRENT does not fit the tags")
	case s.blocked():
		return errors.New("AWSPENDING is on another version than AWSCURRENT")
	case s.labels[LabelAbandoned] != "":
		return errors.New("a rotation that was given up is not forgotten")
	case len(active) != 1:
		return fmt.Errorf("the client has %d secrets, want one", len(active))
	case !ParseSettled(s.settled).Done || !ParseSettled(s.settled).holds(state, testGateway):
		return fmt.Errorf("the secret is not settled: its tag is %q", s.settled)
	}
	return nil
}
