package monitoring_test

import (
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/jsii-runtime-go"
	"github.com/gkampitakis/go-snaps/snaps"
	"github.com/google/go-cmp/cmp"

	"github.com/cognito-m2m/cognito-m2m-cdk/constructs/monitoring"
	"github.com/cognito-m2m/cognito-m2m-cdk/internal/testkit/cdktest"
	"github.com/cognito-m2m/cognito-m2m-cdk/internal/testkit/houserules"
)

func TestMain(m *testing.M) {
	cdktest.Main(m, func() error {
		if assembly.dir != "" {
			defer func() { _ = os.RemoveAll(assembly.dir) }()
		}
		obsolete, err := snaps.Clean(m)
		if err == nil && obsolete && os.Getenv("CI") != "" {
			err = errors.New(
				"constructs/monitoring/testdata has a snapshot that no test takes: remove it with UPDATE_SNAPS=clean go test ./constructs/monitoring",
			)
		}
		return err
	})
}

// assembly is the service with every part of the monitoring on, synthesized once for all tests.
var assembly struct {
	dir      string
	template cdktest.Template
	service  *service
}

func full(t *testing.T) cdktest.Template {
	t.Helper()
	if assembly.dir == "" {
		dir, err := os.MkdirTemp("", "monitoring")
		if err != nil {
			t.Fatal(err)
		}
		assembly.dir, assembly.service = dir, newService(t, dir).everything()
		assembly.template = assembly.service.synth(t)
	}
	return assembly.template
}

// little is a template with the required props alone, and a dashboard but no alarms.
func little(t *testing.T) cdktest.Template {
	t.Helper()
	s := newService(t, t.TempDir())
	p := &s.props
	p.Edge, p.OriginHeaderRotation, p.ClientSecretRotation, p.Revocation = nil, nil, nil, nil
	p.DisableAlarms, p.DisableQueries = jsii.Bool(true), jsii.Bool(true)
	return s.synth(t)
}

// The two snapshots show a reviewer what a change does to the smallest monitoring and to the largest. After a change that is meant:
// UPDATE_SNAPS=true go test ./constructs/monitoring
func TestMonitoring_snapshots(t *testing.T) {
	for name, template := range map[string]cdktest.Template{"no-alarms": little(t), "all-alarms": full(t)} {
		snaps.WithConfig(
			snaps.Dir("testdata"), snaps.Filename(name),
		).MatchStandaloneJSON(t, assetHash.ReplaceAllString(cdktest.JSON(t, template.Body), `"ASSET.zip"`))
	}
}

// assetHash is the name of a Lambda function's code, which changes with Go's version.
var assetHash = regexp.MustCompile(`"[0-9a-f]{64}\.zip"`)

// Every metric of the dashboard and the alarms is written by a resource of these stacks. The test follows references between stacks.
func TestMonitoring_everyMetricIsWritten(t *testing.T) {
	full(t)
	houserules.Check(t, assembly.dir)
}

// The monitoring is deployed last and can be deleted alone.
func TestMonitoring_nothingDependsOnIt(t *testing.T) {
	full(t)
	body, err := os.ReadFile(filepath.Join(assembly.dir, "manifest.json"))
	if err != nil {
		t.Fatal(err)
	}
	var manifest struct {
		Artifacts map[string]struct{ Dependencies []string }
	}
	if err := json.Unmarshal(body, &manifest); err != nil {
		t.Fatal(err)
	}
	for name, artifact := range manifest.Artifacts {
		if slices.Contains(artifact.Dependencies, "monitoring") {
			t.Errorf("%s depends on the monitoring", name)
		}
	}
	got := slices.DeleteFunc(manifest.Artifacts["monitoring"].Dependencies, func(d string) bool { return strings.HasSuffix(d, ".assets") })
	slices.Sort(got)
	if diff := cmp.Diff([]string{"credentials", "gateway", "identity"}, got); diff != "" {
		t.Errorf("the monitoring depends on (-want +got):\n%s", diff)
	}
}

func TestMonitoring_hasNoFindingsOfCDKNag(t *testing.T) {
	s := newService(t, t.TempDir()).everything()
	monitoring.NewMonitoring(s.monitor, jsii.String("Monitoring"), &s.props)
	for _, finding := range cdktest.Nag(s.monitor, "Monitoring") {
		t.Error(finding)
	}
}

func TestMonitoring_invalidProps(t *testing.T) {
	s := newService(t, t.TempDir())
	p := &s.props
	p.DashboardName = jsii.String("a b")
	p.Usage = &monitoring.UsageProps{NamedTenants: *jsii.Strings("shop")}
	p.Thresholds = &monitoring.Thresholds{
		ServerErrorRate: jsii.Number(1.5), MinRequests: jsii.Number(0), HitRatio: jsii.Number(1), DirectAccessBlocks: jsii.Number(0.5),
		EdgeBlocks: jsii.Number(-1), AnomalyBand: jsii.Number(21), LatencyP99: awscdk.Duration_Minutes(jsii.Number(1)),
	}
	p.RunbookURL = jsii.String("http://wiki.example.com")
	p.Prices = &monitoring.Prices{PerThousandTokens: jsii.Number(0), CachePerHour: jsii.Number(-1)}
	p.MonthlyBudget = &monitoring.Budget{
		ActualAt: jsii.Number(0), ForecastAt: jsii.Number(1001), Emails: *jsii.Strings("finance"), Tag: &monitoring.Tag{
			Key: jsii.String("environment"),
		},
	}
	monitoring.NewMonitoring(s.monitor, jsii.String("Monitoring"), p)
	cdktest.ExpectErrors(t, s.monitor, []string{
		`DashboardName: "a b" is not allowed: use up to 255 letters, digits, '-' and '_'`,
		`MonthlyBudget.ActualAt: 0 percent of a budget are not allowed: use more than 0 and up to 1000`,
		`MonthlyBudget.Emails[0]: e-mail address "finance" is not allowed`,
		`MonthlyBudget.ForecastAt: 1001 percent of a budget are not allowed`,
		`MonthlyBudget.Tag: Key and Value are required`,
		`MonthlyBudget.USD: is missing: set what Cognito may cost in a month`,
		`Prices.CachePerHour: price of -1 US dollars is not allowed`,
		`Prices.PerThousandTokens: price of 0 US dollars is not allowed`,
		`RunbookURL: URL "http://wiki.example.com" is not allowed: use https://`,
		`Thresholds.AnomalyBand: anomaly band 21 is not allowed: use a number of standard deviations, more than 0 and up to 20`,
		`Thresholds.DirectAccessBlocks: number of requests 0.5 is not allowed: use a whole number from 1 to`,
		`Thresholds.EdgeBlocks: number of requests -1 is not allowed`,
		`Thresholds.HitRatio: hit ratio 1 is not allowed: use a share of requests, more than 0 and less than 1`,
		`Thresholds.LatencyP99: latency 1m0s is not allowed: use more than 0 up to 29s`,
		`Thresholds.MinRequests: number of requests 0 is not allowed`,
		`Thresholds.ServerErrorRate: server error rate 1.5 is not allowed: use a share of requests, more than 0 and up to 1`,
		`Usage.NamedTenants: 1 tenants are named without Trail`,
	})
}

func TestMonitoring_requiredProps(t *testing.T) {
	defer func() {
		if got := recover(); got != "monitoring: MonitoringProps.UserPool, Proxy and PoolWebACL are required" {
			t.Errorf("got %v", got)
		}
	}()
	monitoring.NewMonitoring(cdktest.NewStack(t), jsii.String("Monitoring"), &monitoring.MonitoringProps{})
}
