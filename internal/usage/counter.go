package usage

import (
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"time"
)

// Counter turns batches of events into metrics.
type Counter struct {
	// UserPool is the pool's id.
	UserPool string
	Tenants  *Tenants
	// Out gets the metrics, as lines in the embedded metric format.
	Out io.Writer
	Log *slog.Logger
}

// Handle counts the events of a batch. When it fails nothing is written, so that the batch can be handed over again as a whole.
//
// Both CloudTrail and CloudWatch Logs may deliver an event more than once. Within a batch it is counted once; in two batches, twice.
// https://docs.aws.amazon.com/awscloudtrail/latest/userguide/how-cloudtrail-works.html
func (c *Counter) Handle(ctx context.Context, event Event) error {
	messages, err := event.read()
	if err != nil {
		return err
	}
	requests := c.requests(ctx, messages)
	if len(requests) == 0 {
		return nil
	}
	var ids []string
	for _, r := range requests {
		if id := r.clientID(); id != "" {
			ids = append(ids, id)
		}
	}
	if err := c.Tenants.resolve(ctx, ids); err != nil {
		return err
	}
	counts := counts{}
	for _, r := range requests {
		counts.add(r, c.Tenants)
	}
	return counts.write(c.Out, c.UserPool)
}

// requests are the token requests among the messages, each once.
func (c *Counter) requests(ctx context.Context, messages []string) []*request {
	var requests []*request
	seen, unreadable := map[string]bool{}, 0
	for _, message := range messages {
		r := &request{}
		if err := json.Unmarshal([]byte(message), r); err != nil || r.EventTime.IsZero() {
			unreadable++ // The error may quote the event.
			continue
		}
		if !r.isTokenRequest(c.UserPool) || (r.issued() && !r.isForAMachine()) {
			continue
		}
		if r.EventID != "" {
			if seen[r.EventID] {
				continue
			}
			seen[r.EventID] = true
		}
		requests = append(requests, r)
	}
	if unreadable > 0 {
		c.Log.WarnContext(ctx, "events that are not CloudTrail's", "events", unreadable)
	}
	return requests
}

// counts has a minute's counts: one number by what it is about.
type counts map[time.Time]*minute

type minute struct {
	issued, failed, withoutClientID int
	tenants, errors                 map[string]int
}

func (c counts) add(r *request, tenants *Tenants) {
	at := r.EventTime.UTC().Truncate(time.Minute) // In one time zone: as keys, times of two are two.
	if c[at] == nil {
		c[at] = &minute{tenants: map[string]int{}, errors: map[string]int{}}
	}
	m, id := c[at], r.clientID()
	if id == "" {
		m.withoutClientID++
	}
	if r.issued() {
		m.issued++
		m.tenants[tenants.name(id)]++
		return
	}
	m.failed++
	m.errors[r.errorName()]++
}
