package clientsecret

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"time"
)

// SweepReport is the outcome of a sweep: how many secrets it found in a state, or did something to.
type SweepReport struct {
	Secrets          int `json:"secrets"`
	Placeholders     int `json:"placeholders"`
	Unsettled        int `json:"unsettled"`
	RotationsStarted int `json:"rotationsStarted"`
	Rewritten        int `json:"rewritten"`
	Deleted          int `json:"deleted"`
	Drift            int `json:"drift"`
	Stuck            int `json:"stuck"`
	Unsure           int `json:"unsure"`
	Overdue          int `json:"overdue"`
	Failures         int `json:"failures"`
	Left             int `json:"left"` // for the next sweep, because the invocation was about to end
}

// reserve is what an invocation keeps for requests that take longer than usual, besides the waits of one turn.
const reserve = 30 * time.Second

// Sweep tends every secret under the prefix that has something left to do. A settled secret costs nothing but its share of a
// ListSecrets request.
func (r *Rotator) Sweep(ctx context.Context) (SweepReport, error) {
	var report SweepReport
	var open []SecretState
	listed := r.Secrets.List(ctx, func(page []SecretState) {
		for _, s := range page {
			report.Secrets++
			if r.Clock.Now().Sub(later(s.Created, s.Rotated)) > r.Config.Interval+r.Config.StuckLimit {
				report.Overdue++
			}
			switch settled := ParseSettled(s.Settled); {
			case !r.rests(s, settled):
				open = append(open, s)
			case !settled.Done:
				report.Unsettled++
			}
		}
	})
	failed := r.tendAll(ctx, open, &report)
	if listed != nil {
		report.Failures++
		listed = fmt.Errorf("listing the secrets: %w", listed)
	}
	r.measure(report)
	return report, errors.Join(listed, failed)
}

// rests says whether nothing can be due.
func (r *Rotator) rests(s SecretState, settled Settled) bool {
	return !s.blocked() && s.Versions[LabelAbandoned] == "" && settled.holds(s, r.GatewayURL) &&
		(settled.Done || r.Clock.Now().Before(later(s.Changed, s.Rotated).Add(r.Config.Grace)))
}

// tendAll goes through the secrets in random order: if a sweep cannot reach all of them, it is not always the same ones that are left.
func (r *Rotator) tendAll(ctx context.Context, open []SecretState, report *SweepReport) error {
	rand.Shuffle(len(open), func(i, j int) { open[i], open[j] = open[j], open[i] })
	var first error
	asked := false
	for i, s := range open {
		if asked && r.fits(ctx) {
			if err := r.wait(ctx, r.Config.Pace); err != nil {
				return errors.Join(first, err)
			}
		}
		if !r.fits(ctx) {
			report.leave(open[i:])
			r.Log.InfoContext(ctx, "stopping before the invocation ends", "left", len(open)-i)
			break
		}
		t, err := r.tend(ctx, s.ID)
		if err != nil {
			report.Failures++
			err = fmt.Errorf("secret %s: %w", s.ID, err)
			r.Log.ErrorContext(ctx, "failed", "error", err)
			if first == nil {
				first = err
			}
		}
		report.add(t)
		asked = t.asked
	}
	if first == nil {
		return nil
	}
	return fmt.Errorf("%d of %d secrets failed, each is in the log; the first one: %w", report.Failures, report.Secrets, first)
}

// fits says whether another turn ends before the invocation does.
func (r *Rotator) fits(ctx context.Context) bool {
	end, ok := ctx.Deadline()
	return !ok || end.Sub(r.Clock.Now()) > r.Config.longestTurn()+reserve
}

func (report *SweepReport) leave(open []SecretState) {
	for _, s := range open {
		report.Left++
		report.Unsettled++
		if s.Settled == "" && s.Rotated.IsZero() {
			report.Placeholders++
		}
	}
}

func (report *SweepReport) add(t turn) {
	count := func(n *int, is bool) {
		if is {
			*n++
		}
	}
	count(&report.Placeholders, t.placeholder)
	count(&report.Unsettled, !t.settled)
	count(&report.RotationsStarted, t.started)
	count(&report.Rewritten, t.rewritten)
	count(&report.Drift, t.drift)
	count(&report.Stuck, t.stuck)
	count(&report.Unsure, t.unsure)
	report.Deleted += t.deleted
}

func (r *Rotator) measure(report SweepReport) {
	for m, n := range map[Metric]int{
		Placeholders: report.Placeholders, Unsettled: report.Unsettled, RotationsStarted: report.RotationsStarted,
		Rewritten: report.Rewritten, Deleted: report.Deleted, Drift: report.Drift, Stuck: report.Stuck, Unsure: report.Unsure,
		Overdue: report.Overdue, SweepFailures: report.Failures,
	} {
		r.Metrics.Record(m, float64(n))
	}
}
