package propagation_test

import (
	"testing"
	"time"

	"github.com/cognito-m2m/cognito-m2m-cdk/simulator/internal/propagation"
)

func TestPropagation_withinTheBoundAnyRecentVersionIsMet(t *testing.T) {
	now := time.Unix(0, 0)
	value := propagation.New("a", time.Minute, func() time.Time { return now })
	met := func() map[string]bool {
		seen := map[string]bool{}
		for range 200 {
			seen[value.Meet()] = true
		}
		return seen
	}
	expect := func(when string, want ...string) {
		t.Helper()
		got := met()
		if len(got) != len(want) {
			t.Errorf("%s: met %v, want %v", when, got, want)
		}
		for _, w := range want {
			if !got[w] {
				t.Errorf("%s: never met %q", when, w)
			}
		}
	}
	expect("at first", "a")
	value.Set("b")
	expect("after a change", "a", "b")
	now = now.Add(30 * time.Second)
	value.Set("c")
	expect("after two changes", "a", "b", "c")
	now = now.Add(30 * time.Second)
	expect("when the first change has reached everyone", "b", "c")
	now = now.Add(30 * time.Second)
	expect("in the end", "c")
	if got, since := value.Latest(); got != "c" || !since.Equal(time.Unix(30, 0)) {
		t.Errorf("latest: got %q since %v", got, since)
	}
}
