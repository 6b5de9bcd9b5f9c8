package usage

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/cognito-m2m/cognito-m2m-cdk/internal/awslimits"
)

// The decision record's figures follow from the lists.
func TestErrorNames_numberIsInTheDecisionRecord(t *testing.T) {
	record, err := os.ReadFile("../../docs/decisions/D25-usage-metrics.md")
	if err != nil {
		t.Fatal(err)
	}
	errors := len(names) + len(statuses) + len([]string{"HTTP 4xx", "HTTP 5xx", "(other)"})
	all := 3 + awslimits.DefaultUsageTenants + len([]string{OtherTenants, UnknownTenants}) + errors
	for _, want := range []string{
		fmt.Sprintf("| `UserPool`, `Error` | %d:", errors), fmt.Sprintf("That is %d metrics, or $%.0f a month", all, float64(all)*0.30),
		fmt.Sprintf("`MaxTenants` (%d) + `(other)` + `(unknown)`", awslimits.DefaultUsageTenants),
	} {
		if !strings.Contains(string(record), want) {
			t.Errorf("docs/decisions/D25-usage-metrics.md has no %q", want)
		}
	}
}
