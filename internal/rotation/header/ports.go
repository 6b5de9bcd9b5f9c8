package header

import (
	"context"
	"errors"
	"time"

	"github.com/cognito-m2m/cognito-m2m-cdk/internal/rotation/clock"
)

// Errors that implementations of the interfaces below must return, wrapped or not. The state machine depends on them.
var (
	// ErrNoValue means that the version exists but has no value: Secrets Manager labels an empty version AWSPENDING when a rotation starts.
	ErrNoValue = errors.New("secret version has no value")
	// ErrVersionExists means that the version already has another value (ResourceExistsException).
	ErrVersionExists = errors.New("secret version already has a value")
	// ErrStaleLock means that the pattern set changed after its lock token was read (WAFOptimisticLockException).
	ErrStaleLock = errors.New("pattern set changed since it was read")
	// ErrMalformed means that this package can neither accept nor inject the value.
	ErrMalformed = errors.New("malformed origin header value")
	// ErrSetFull means that the pattern set has no room for a value that must be accepted.
	ErrSetFull = errors.New("pattern set is full")
)

// Secret is the one secret that holds the header value as its plain SecretString.
type Secret interface {
	Describe(ctx context.Context) (SecretState, error)
	// Value reads one version. It returns ErrNoValue if the version is empty.
	Value(ctx context.Context, versionID string) (Version, error)
	// PutPending stores v as version token and labels it AWSPENDING. It returns ErrVersionExists if token has another value.
	PutPending(ctx context.Context, token string, v Value) error
	// Promote moves AWSCURRENT. It must fail if AWSCURRENT is not on version from.
	Promote(ctx context.Context, to, from string) error
	// DropPending removes AWSPENDING from the version.
	DropPending(ctx context.Context, versionID string) error
	// SaveFlush stores the flush state, in a tag of the secret.
	SaveFlush(ctx context.Context, s FlushState) error
}

// SecretState is the result of DescribeSecret.
type SecretState struct {
	CurrentID string
	PendingID string // "" if no version is AWSPENDING
	// Changed is the later one of LastChangedDate and LastRotatedDate: no label has moved since then.
	Changed time.Time
	Flush   FlushState
}

// Version is a secret version that has a value.
type Version struct {
	Value   Value
	Created time.Time
}

// PatternSet is the regex pattern set of accepted values.
type PatternSet interface {
	Get(ctx context.Context) (AcceptedSet, error)
	// Update replaces the set. It returns ErrStaleLock if the set changed after s.LockToken was read.
	Update(ctx context.Context, s AcceptedSet) error
}

// AcceptedSet is the pattern set's content.
type AcceptedSet struct {
	Values []Value
	// Foreign are patterns that this package did not write, verbatim.
	Foreign   []Value
	LockToken string
	// Description is kept: an update without it might clear it, and CloudFormation would detect drift.
	Description string
}

// Stage is the stage variable that API Gateway injects as the header.
type Stage interface {
	Get(ctx context.Context) (StageState, error)
	Set(ctx context.Context, v Value) error
	// FlushCache drops every cached response of the stage.
	FlushCache(ctx context.Context) error
}

// StageState is the result of GetStage.
type StageState struct {
	Value   Value
	Updated time.Time // lastUpdatedDate: no property of the stage has changed since then
}

// Prober asks the token endpoints whether they accept the header value. It never uses a real client's credentials.
type Prober interface {
	// Domain calls Cognito's token endpoint with the value.
	Domain(ctx context.Context, v Value) Outcome
	// Gateway calls the gateway's token endpoint, which injects the value itself.
	Gateway(ctx context.Context) Outcome
}

// Outcome is the result of one probe.
type Outcome int

// The zero Outcome is Inconclusive: an answer that was not understood is not a pass.
const (
	Inconclusive Outcome = iota // timeout, throttling, a server error, or an answer that is neither Cognito's nor WAF's
	Passed                      // the answer is Cognito's own OAuth error
	Refused                     // WAF blocked the request
)

func (o Outcome) String() string {
	return [...]string{"inconclusive", "passed", "refused"}[o]
}

// Clock is the time.
type Clock = clock.Clock

// Metrics receives measurements; EMF is the implementation for CloudWatch.
type Metrics interface {
	Record(m Metric, value float64)
	StepDuration(step string, d time.Duration)
}
