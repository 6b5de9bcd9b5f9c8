package clientsecret

import (
	"context"
	"errors"
	"time"

	"github.com/cognito-m2m/cognito-m2m-cdk/internal/rotation/clock"
	"github.com/cognito-m2m/cognito-m2m-cdk/internal/rotation/sensitive"
)

// Errors that an implementation of the interfaces below must return, wrapped or not, for the state machine to tell them apart.
var (
	// ErrNoValue: the version exists but holds no value (Secrets Manager labels an empty version AWSPENDING when a rotation starts).
	ErrNoValue = errors.New("secret version has no value")
	// ErrVersionExists: the version already holds another value (ResourceExistsException).
	ErrVersionExists = errors.New("secret version already has a value")
	// ErrRotating: a rotation of the secret is in progress (InvalidRequestException of RotateSecret).
	ErrRotating = errors.New("a rotation is in progress")
	// ErrNoClient: the app client does not exist (ResourceNotFoundException).
	ErrNoClient = errors.New("app client does not exist")
	// ErrLimit: the app client has two active secrets (LimitExceededException).
	ErrLimit = errors.New("app client has two secrets")
)

// Secrets are the tenants' secrets in Secrets Manager.
type Secrets interface {
	// List hands over all secrets under the prefix, page by page (ListSecrets). It may lag behind by minutes.
	List(ctx context.Context, page func([]SecretState)) error
	// Describe reads one secret's state. secretID is its name or its ARN, here and below.
	Describe(ctx context.Context, secretID string) (SecretState, error)
	// Value reads the SecretString of one version; ErrNoValue when it is empty.
	Value(ctx context.Context, secretID, versionID string) (Version, error)
	// Put stores a SecretString as version token and moves label to it, and no other label; ErrVersionExists when token holds another
	// value.
	Put(ctx context.Context, secretID, token, label string, secretString sensitive.Value) error
	// MoveLabel moves a label: to "" takes it away, from "" puts it where it has not been. It must fail when the label is not on
	// version from, or on any other one when from is "". AWSCURRENT takes AWSPREVIOUS along.
	MoveLabel(ctx context.Context, secretID, label, to, from string) error
	// StartRotation starts a rotation with the secret's settings (RotateSecret); ErrRotating when one is in progress.
	StartRotation(ctx context.Context, secretID string) error
	// SaveSettled writes the tag TagSettled.
	SaveSettled(ctx context.Context, secretID, value string) error
}

// The labels of versions. Secrets Manager knows the first three.
const (
	LabelCurrent  = "AWSCURRENT"
	LabelPending  = "AWSPENDING"
	LabelPrevious = "AWSPREVIOUS"
	// LabelRewrite is on the version that the sweep prepared last, to become the current one.
	LabelRewrite = "M2MREWRITE"
	// LabelAbandoned is on the version of a rotation that was given up, until its client secret is known to be gone.
	LabelAbandoned = "M2MABANDONED"
)

// SecretState is what ListSecrets and DescribeSecret tell of a secret.
type SecretState struct {
	ID string // its name or ARN
	// Owner is the tenant whose secret it is: its name without the prefix. Unlike a tag, nobody can change it. A tenant with an app client
	// from before has the client's id in it: see ExistingClient.
	Owner string
	// The tags; "" when there is none.
	Tenant, ClientID, Scopes, Settled string
	// Versions has the id of the version with a label, for the labels above; none for a label that no version has.
	Versions map[string]string
	// Unscheduled: Secrets Manager has no rotation for it, because its stack is not ready yet.
	Unscheduled bool
	// The dates; zero when there is none.
	Created, Changed, Rotated time.Time
}

// Version is a secret version that has a value.
type Version struct {
	SecretString sensitive.Value
	Created      time.Time
}

// Clients are the app clients of the user pool.
type Clients interface {
	// Describe returns the client (DescribeUserPoolClient), or ErrNoClient.
	Describe(ctx context.Context, clientID string) (Client, error)
	// List returns the ids of the client's active secrets, or ErrNoClient.
	List(ctx context.Context, clientID string) ([]string, error)
	// Add makes secret a second active secret of the client; ErrLimit when it has two.
	Add(ctx context.Context, clientID string, secret sensitive.Value) error
	// Delete deletes the client's secret with the id; that there is none is no error.
	Delete(ctx context.Context, clientID, secretID string) error
}

// Client is what of an app client is of interest: nothing of its secrets.
type Client struct {
	Name   string   // the tenant's id, if the tenant's stack created the client
	Scopes []string // that it may ask for
}

// TokenEndpoint is the Cognito domain's own token endpoint, asked past the gateway: the gateway would keep an error for a real client.
type TokenEndpoint interface {
	// Authenticate asks for a token with one scope. A successful request is charged; the token is thrown away unread.
	Authenticate(ctx context.Context, clientID string, secret sensitive.Value, scope string) Outcome
	// Reach asks as a client that does not exist: Denied says that the request reached Cognito past its web ACL.
	Reach(ctx context.Context) Outcome
}

// Outcome is the result of one request to the token endpoint.
type Outcome int

// The zero Outcome is Inconclusive: whatever was not understood proves nothing.
const (
	Inconclusive  Outcome = iota // blocked by WAF, throttled, timeout, a server's error, an answer that is not Cognito's
	Authenticated                // a token was issued
	Denied                       // invalid_client
)

func (o Outcome) String() string { return [...]string{"inconclusive", "authenticated", "denied"}[o] }

// Cache is the stage cache of the gateway, which knows nothing of revoked secrets.
type Cache interface {
	// Flush drops every cached response.
	Flush(ctx context.Context) error
}

// Clock is the time.
type Clock = clock.Clock

// Metrics receives measurements; EMF is the implementation for CloudWatch.
type Metrics interface {
	Record(m Metric, value float64)
	StepDuration(step string, d time.Duration)
}
