package header

import (
	"context"
	"errors"
	"time"

	"github.com/cognito-m2m/cognito-m2m-cdk/internal/rotation/clock"
)

// Errors that an implementation of the interfaces below must return, wrapped or not, for the state machine to tell them apart.
var (
	// ErrNoValue: the version exists but holds no value (Secrets Manager labels an empty version AWSPENDING when a rotation starts).
	ErrNoValue = errors.New("secret version has no value")
	// ErrVersionExists: the version already holds another value (ResourceExistsException).
	ErrVersionExists = errors.New("secret version already has a value")
	// ErrStaleLock: the pattern set changed since its lock token was read (WAFOptimisticLockException).
	ErrStaleLock = errors.New("pattern set changed since it was read")
	// ErrMalformed: a value that this package can neither accept nor inject.
	ErrMalformed = errors.New("malformed origin header value")
	// ErrSetFull: the pattern set has no room for a value that must be accepted.
	ErrSetFull = errors.New("pattern set is full")
)

// Secret is the one secret that holds the header value as its plain SecretString.
type Secret interface {
	Describe(ctx context.Context) (SecretState, error)
	// Value reads one version; ErrNoValue when it is empty.
	Value(ctx context.Context, versionID string) (Version, error)
	// PutPending stores v as version token and labels it AWSPENDING; ErrVersionExists when token holds another value.
	PutPending(ctx context.Context, token string, v Value) error
	// Promote moves AWSCURRENT; it must fail when AWSCURRENT is not on version from.
	Promote(ctx context.Context, to, from string) error
	// DropPending removes AWSPENDING from the version.
	DropPending(ctx context.Context, versionID string) error
	// SaveFlush stores the flush state, in a tag of the secret.
	SaveFlush(ctx context.Context, s FlushState) error
}

// SecretState is what DescribeSecret tells.
type SecretState struct {
	CurrentID string
	PendingID string // "" when no version is AWSPENDING
	// Changed is the later of LastChangedDate and LastRotatedDate: no label has moved since.
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
	// Update replaces the set; ErrStaleLock when it has changed since s.LockToken was read.
	Update(ctx context.Context, s AcceptedSet) error
}

// AcceptedSet is the pattern set's content.
type AcceptedSet struct {
	Values []Value
	// Foreign are patterns that this package did not write, verbatim.
	Foreign   []Value
	LockToken string
	// Description is carried through: an update without it might clear it, and CloudFormation would see drift.
	Description string
}

// Stage is the stage variable that API Gateway injects as the header.
type Stage interface {
	Get(ctx context.Context) (StageState, error)
	Set(ctx context.Context, v Value) error
	// FlushCache drops every cached response of the stage.
	FlushCache(ctx context.Context) error
}

// StageState is what GetStage tells.
type StageState struct {
	Value   Value
	Updated time.Time // lastUpdatedDate: no property of the stage has changed since
}

// Prober asks the token endpoints whether they let the header value pass. It never uses a real client's credentials.
type Prober interface {
	// Domain calls Cognito's token endpoint with the value.
	Domain(ctx context.Context, v Value) Outcome
	// Gateway calls the gateway's token endpoint, which injects the value itself.
	Gateway(ctx context.Context) Outcome
}

// Outcome is the result of one probe.
type Outcome int

// The zero Outcome is Inconclusive: whatever was not understood is no pass.
const (
	Inconclusive Outcome = iota // timeout, throttled, a server's error, an answer that is neither Cognito's nor WAF's
	Passed                      // Cognito's own OAuth error reached us
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
