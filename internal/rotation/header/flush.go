package header

import (
	"fmt"
	"strings"
	"time"
)

// FlushState records whether a flush of the stage cache is due, and the time of the last one, which limits the rate. It is written before
// the repair that makes the flush necessary: otherwise a crash in between would leave cached errors behind.
type FlushState struct {
	Due  bool
	Last time.Time // zero: never
}

// FlushTagKey is the key of the secret's tag that holds the flush state.
const FlushTagKey = "m2m:origin-header-flush"

// String returns the tag's value, for example "due 2026-01-02T15:04:05Z" or "done 2026-01-02T15:04:05Z".
func (s FlushState) String() string {
	word := "done"
	if s.Due {
		word = "due"
	}
	return word + " " + s.Last.UTC().Format(time.RFC3339)
}

// ParseFlushState is the inverse of String. An empty text is the state of a secret that was never tagged.
func ParseFlushState(text string) (FlushState, error) {
	if text == "" {
		return FlushState{}, nil
	}
	word, stamp, _ := strings.Cut(text, " ")
	last, err := time.Parse(time.RFC3339, stamp)
	if err != nil || (word != "due" && word != "done") {
		return FlushState{}, fmt.Errorf("tag %s is %q: want \"due\" or \"done\", a space and an RFC 3339 time", FlushTagKey, text)
	}
	return FlushState{Due: word == "due", Last: last}, nil
}
