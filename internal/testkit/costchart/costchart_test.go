package costchart_test

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/cognito-m2m/cognito-m2m-cdk/internal/pricing"
	"github.com/cognito-m2m/cognito-m2m-cdk/internal/testkit/costchart"
)

// picture is in README.md. After a price has changed: UPDATE_SNAPS=true go test ./internal/testkit/costchart
var picture = filepath.Join("..", "..", "..", "docs", "cost.svg")

// The picture shows the estimate that README.md prints beside it: `m2m cost --requests-per-day 100000 --clients 50 --tenant-secrets`.
func TestDraw_thePictureInDocs(t *testing.T) {
	region := pricing.Default().Regions[pricing.DefaultRegion]
	usage := pricing.Usage{RequestsPerDay: 100_000, Clients: 50, ScopeSets: 1, TTL: 45 * time.Minute, FlushesPerMonth: 4}
	deployment := pricing.Deployment{CacheGB: "0.5", TenantSecrets: true}
	deployment.Watch(usage.Clients)
	drawn, err := costchart.Draw(region, usage, deployment)
	if err != nil {
		t.Fatal(err)
	}
	if os.Getenv("UPDATE_SNAPS") == "true" {
		if err := os.WriteFile(picture, drawn, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	kept, err := os.ReadFile(picture)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(kept, drawn) {
		t.Errorf("%s shows other costs: draw it anew with UPDATE_SNAPS=true go test ./internal/testkit/costchart, and look at it", picture)
	}
	readme, err := os.ReadFile(filepath.Join("..", "..", "..", "README.md"))
	if err != nil {
		t.Fatal(err)
	}
	breakEven, _, err := region.BreakEvenPerDay(usage, deployment)
	if err != nil {
		t.Fatal(err)
	}
	if says := "Break-even              " + pricing.Thousands(breakEven) + " requests a day"; !strings.Contains(string(readme), says) {
		t.Errorf("README.md's estimate is another one than the picture's: it does not say %q", says)
	}
}

func TestDraw_refusesAUsageWithoutBreakEven(t *testing.T) {
	usage := pricing.Usage{RequestsPerDay: 10, Clients: 10_000, ScopeSets: 1000, TTL: time.Second} // Each request misses.
	if _, err := costchart.Draw(pricing.Default().Regions[pricing.DefaultRegion], usage, pricing.Deployment{CacheGB: "0.5"}); err == nil {
		t.Error("no error")
	}
}
