package conformance

import "fmt"

// Verdict is the answer to a question.
type Verdict string

// The three verdicts. Unknown is not a pass: the question could not be answered.
const (
	Pass    Verdict = "pass"
	Fail    Verdict = "fail"
	Unknown Verdict = "unknown"
)

// Result is a question with its answer. The names in its JSON are stable.
type Result struct {
	// Name identifies the question, in lower case with dashes. Names are stable.
	Name string `json:"name"`
	// Question is the question in words.
	Question string  `json:"question"`
	Verdict  Verdict `json:"verdict"`
	// Reason states what was seen. It holds no secret, token or header value.
	Reason string `json:"reason"`
	// TookMilliseconds is how long the question took.
	TookMilliseconds int64 `json:"tookMilliseconds"`
}

// Count returns how many of the results have the verdict.
func Count(results []Result, verdict Verdict) int {
	n := 0
	for _, r := range results {
		if r.Verdict == verdict {
			n++
		}
	}
	return n
}

// finding is a verdict with its reason.
type finding struct {
	verdict Verdict
	reason  string
}

func pass(format string, args ...any) finding { return finding{Pass, fmt.Sprintf(format, args...)} }

func fail(format string, args ...any) finding { return finding{Fail, fmt.Sprintf(format, args...)} }

func unknown(format string, args ...any) finding {
	return finding{Unknown, fmt.Sprintf(format, args...)}
}
