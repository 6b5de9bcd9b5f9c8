package lifecycle

import (
	"os"
	"slices"
	"strings"
	"testing"
)

func TestRules_areCompleteAndTried(t *testing.T) {
	cases, err := os.ReadFile("internal/lifecycle/lifecycle_test.go")
	if err != nil {
		t.Fatal(err)
	}
	for name, r := range rules {
		if !slices.Contains(append(kinds, kindGone), r.Kind) || !slices.Contains([]Phase{"", PhaseRollback, PhaseDestroy}, r.Phase) || r.Reason == "" || (r.Who == "") != (r.Lasts == "") {
			t.Errorf("rule %s is not complete: %+v", name, r)
		}
		if r.Kind != KindSafe && r.Source == "" && r.How == "" {
			t.Errorf("rule %s has neither a source nor how to go on", name)
		}
		if r.Kind == KindInterrupts && r.Who == "" {
			t.Errorf("rule %s does not say whom it interrupts", name)
		}
		if !strings.Contains(string(cases), " "+name+" ") && !strings.HasSuffix(name, "summary") && name != "unchanged" {
			t.Errorf("rule %s has no case", name)
		}
	}
}
