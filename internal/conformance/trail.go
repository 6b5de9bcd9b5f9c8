package conformance

import (
	"context"
	"regexp"
	"time"
)

// LogSearcher reads the log group that CloudTrail writes to.
type LogSearcher interface {
	// Search returns the messages since start that match a filter pattern of CloudWatch Logs, masked by the group's data-protection policy.
	Search(ctx context.Context, pattern string, start time.Time) ([]string, error)
}

// TrailPattern selects the API calls that CloudTrail records with the origin header's value.
const TrailPattern = `{ ($.eventName = "UpdateStage") || ($.eventName = "CreateStage") || ($.eventName = "CreateDeployment") || ` +
	`($.eventName = "UpdateRegexPatternSet") || ($.eventName = "CreateRegexPatternSet") }`

// trailPeriod is the age of the oldest events that are searched.
const trailPeriod = 7 * 24 * time.Hour

// valuePattern matches a value of the origin header: 64 letters and digits. The question does not search for the value itself, because
// CloudTrail would record the search with the value.
var valuePattern = regexp.MustCompile(`(?:^|[^A-Za-z0-9])[A-Za-z0-9]{64}(?:[^A-Za-z0-9]|$)`)

// trailLog proves that the data-protection policy of the trail's log group hides the header's value from readers of the log.
func (r *run) trailLog(ctx context.Context) finding {
	messages, err := r.target.Trail.Search(ctx, TrailPattern, time.Now().Add(-trailPeriod))
	switch {
	case err != nil:
		return unknown("the log group could not be searched: %v", err)
	case len(messages) == 0:
		return unknown("no event of the last %v set the header: ask again after a rotation", trailPeriod)
	}
	for _, message := range messages {
		if valuePattern.MatchString(message) {
			return fail("of %d events that set the header, one shows a value", len(messages))
		}
	}
	return pass("%d events that set the header, none shows a value", len(messages))
}
