package simulator

import (
	"sync"
	"time"

	"github.com/cognito-m2m/cognito-m2m-cdk/internal/rotation/header"
	"github.com/cognito-m2m/cognito-m2m-cdk/simulator/internal/propagation"
	"github.com/cognito-m2m/cognito-m2m-cdk/simulator/internal/waf"
)

// secret is a secret of Secrets Manager with its versions and labels, whose value can rotate.
type secret struct {
	clock func() time.Time

	mu       sync.Mutex
	versions map[string]header.Version
	labels   map[string]string // version stage → version id
	changed  time.Time
	flush    header.FlushState
}

const (
	current = "AWSCURRENT"
	pending = "AWSPENDING"
)

// newSecret has a value that Secrets Manager generated: 64 alphanumeric characters.
func newSecret(clock func() time.Time) *secret {
	now := clock()
	return &secret{
		clock:    clock,
		versions: map[string]header.Version{"initial": {Value: header.NewValue(), Created: now}},
		labels:   map[string]string{current: "initial"}, changed: now,
	}
}

func (s *secret) currentValue() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.versions[s.labels[current]].Value.Plaintext()
}

func (s *secret) describe() header.SecretState {
	s.mu.Lock()
	defer s.mu.Unlock()
	return header.SecretState{CurrentID: s.labels[current], PendingID: s.labels[pending], Changed: s.changed, Flush: s.flush}
}

// change moves labels or stores versions as one step.
func (s *secret) change(do func() error) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := do(); err != nil {
		return err
	}
	s.changed = s.clock()
	return nil
}

// patternSet is a regex pattern set of AWS WAF.
type patternSet struct {
	mu      sync.Mutex
	content *propagation.Value[patterns]
}

type patterns struct {
	patterns    []string
	description string
	lock        int
}

func newPatternSet(path string, properties map[string]any, bound time.Duration, clock func() time.Time) (*patternSet, error) {
	accepted, err := waf.ReadPatterns(path, properties)
	if err != nil {
		return nil, err
	}
	first := patterns{patterns: accepted}
	first.description, _ = properties["Description"].(string)
	return &patternSet{content: propagation.New(first, bound, clock)}, nil
}
