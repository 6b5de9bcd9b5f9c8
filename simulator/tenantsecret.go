package simulator

import (
	"fmt"
	"maps"
	"strings"
	"sync"
	"time"

	"github.com/cognito-m2m/cognito-m2m-cdk/internal/rotation/clientsecret"
	"github.com/cognito-m2m/cognito-m2m-cdk/internal/rotation/sensitive"
)

// tenantSecret is a secret of Secrets Manager that holds a tenant's credentials, with its versions, labels and tags.
type tenantSecret struct {
	clock     func() time.Time
	arn, name string
	scheduled bool // it has a rotation schedule

	mu                        sync.Mutex
	versions                  map[string]tenantVersion
	labels                    map[string]string // version stage → version id
	tags                      map[string]string
	created, changed, rotated time.Time
	begun                     int // versions that rotations began with
}

// tenantVersion is empty when a rotation has just begun.
type tenantVersion struct {
	value   sensitive.Value
	written bool
	created time.Time
}

func newTenantSecret(arn, name, placeholder string, tags map[string]string, clock func() time.Time) *tenantSecret {
	now := clock()
	return &tenantSecret{
		clock: clock, arn: arn, name: name, tags: tags, created: now, changed: now,
		versions: map[string]tenantVersion{"initial": {sensitive.ValueOf(placeholder), true, now}},
		labels:   map[string]string{current: "initial"},
	}
}

// tenant is the id that the tag tells, or else what follows the last slash of the name.
func (s *tenantSecret) tenant() string {
	if tenant := s.tags[clientsecret.TagTenant]; tenant != "" {
		return tenant
	}
	return s.name[strings.LastIndexByte(s.name, '/')+1:]
}

func (s *tenantSecret) currentValue() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.versions[s.labels[current]].value.Plaintext()
}

func (s *tenantSecret) describe() clientsecret.SecretState {
	s.mu.Lock()
	defer s.mu.Unlock()
	return clientsecret.SecretState{
		ID: s.arn, Tenant: s.tags[clientsecret.TagTenant], ClientID: s.tags[clientsecret.TagClientID], Scopes: s.tags[clientsecret.TagScopes],
		Settled: s.tags[clientsecret.TagSettled], Versions: maps.Clone(s.labels), Unscheduled: !s.scheduled,
		Created: s.created, Changed: s.changed, Rotated: s.rotated,
	}
}

// find returns the version with an id, or else that with a label.
func (s *tenantSecret) find(id, label string) (string, tenantVersion, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if id == "" {
		id = s.labels[label]
	}
	v, ok := s.versions[id]
	return id, v, ok && v.written
}

func (s *tenantSecret) put(token, label string, value sensitive.Value) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if held, ok := s.versions[token]; ok && held.written {
		if held.value != value {
			return clientsecret.ErrVersionExists
		}
		return nil
	}
	now := s.clock()
	s.versions[token] = tenantVersion{value, true, now}
	s.move(label, token)
	s.changed = now
	return nil
}

// moveLabel moves a label as UpdateSecretVersionStage does: from the version that is named, and from none when none is.
// https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_UpdateSecretVersionStage.html
func (s *tenantSecret) moveLabel(label, to, from string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if at := s.labels[label]; at != from {
		return fmt.Errorf("secret %s: %s is on version %q, not on %q", s.name, label, at, from)
	}
	if _, ok := s.versions[to]; to != "" && !ok {
		return fmt.Errorf("secret %s has no version %q", s.name, to)
	}
	s.move(label, to)
	s.changed = s.clock()
	return nil
}

// move takes AWSPREVIOUS along with AWSCURRENT. The caller holds mu.
func (s *tenantSecret) move(label, to string) {
	if label == clientsecret.LabelCurrent {
		s.labels[clientsecret.LabelPrevious] = s.labels[label]
	}
	s.labels[label] = to
	if to == "" {
		delete(s.labels, label)
	}
}

// begin begins a rotation with an empty version, as RotateSecret does.
func (s *tenantSecret) begin() (token string, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if pending := s.labels[pending]; pending != "" && pending != s.labels[current] {
		return "", clientsecret.ErrRotating
	}
	if !s.scheduled {
		return "", fmt.Errorf("secret %s has no rotation schedule", s.name)
	}
	s.begun++
	token = fmt.Sprintf("rotation-%d", s.begun)
	s.versions[token] = tenantVersion{created: s.clock()}
	s.labels[pending], s.changed = token, s.clock()
	return token, nil
}

// ended notes that a rotation succeeded.
func (s *tenantSecret) ended() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.rotated = s.clock()
	s.changed = s.rotated
}

func (s *tenantSecret) tag(key, value string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.tags[key], s.changed = value, s.clock()
}
