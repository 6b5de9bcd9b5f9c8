package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/cognito-m2m/cognito-m2m-cdk/internal/rotation/emf"
)

// The metrics, with the dimension FunctionName, of each flush.
const (
	cacheFlushes = "CacheFlushes" // 1 for each flush of the stage cache
	changes      = "Changes"      // number of changes at Cognito before the flush
	delay        = "Delay"        // time since the oldest of these changes
)

type cache interface {
	// Flush drops every cached response.
	Flush(ctx context.Context) error
}

type handler struct {
	cache   cache
	metrics emf.Writer
	now     func() time.Time
	log     *slog.Logger
}

// batch is Lambda's event for a batch of messages (https://docs.aws.amazon.com/lambda/latest/dg/with-sqs.html).
type batch struct {
	Records []struct {
		Body        string `json:"body"`
		EventSource string `json:"eventSource"`
	}
}

// change is a message, from an event of CloudTrail.
type change struct {
	EventName string    `json:"eventName"`
	EventTime time.Time `json:"eventTime"`
	EventID   string    `json:"eventID"`
}

// handle flushes the cache once for the whole batch. What it cannot read it flushes for, too: a message is there because somebody changed
// something.
func (h handler) handle(ctx context.Context, b batch) error {
	if len(b.Records) == 0 {
		return errors.New("event has no Records: want a batch of messages from SQS")
	}
	oldest := h.now()
	for _, record := range b.Records {
		if record.EventSource != "aws:sqs" {
			return fmt.Errorf("event is from %q: want a batch of messages from aws:sqs", record.EventSource)
		}
		var c change
		if err := json.Unmarshal([]byte(record.Body), &c); err != nil || c.EventName == "" {
			h.log.WarnContext(ctx, "message is not about a change", "error", err)
			continue
		}
		h.log.InfoContext(ctx, "change at Cognito", "event", c.EventName, "time", c.EventTime, "id", c.EventID)
		if !c.EventTime.IsZero() && c.EventTime.Before(oldest) {
			oldest = c.EventTime
		}
	}
	if err := h.cache.Flush(ctx); err != nil {
		h.log.ErrorContext(ctx, "flushing the stage cache", "changes", len(b.Records), "error", err)
		return fmt.Errorf("flushing the stage cache after %d changes: %w", len(b.Records), err)
	}
	h.metrics.Write(cacheFlushes, "Count", 1, nil)
	h.metrics.Write(changes, "Count", float64(len(b.Records)), nil)
	h.metrics.Write(delay, "Seconds", h.now().Sub(oldest).Seconds(), nil)
	return nil
}
