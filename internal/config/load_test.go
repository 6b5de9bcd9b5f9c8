package config_test

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/cognito-m2m/cognito-m2m-cdk/internal/awslimits"
	"github.com/cognito-m2m/cognito-m2m-cdk/internal/config"
	"github.com/cognito-m2m/cognito-m2m-cdk/internal/insights"
)

const environments = "../../environments"

func TestLoad_examples(t *testing.T) {
	dev := load(t, environments, "dev")
	if dev.Account != "" || dev.Region != "" || !dev.Destroy() || dev.UserPool.DeletionProtection {
		t.Errorf("dev must be environment-agnostic and disposable, got %+v", dev)
	}
	if want := 5 * time.Minute; dev.Gateway.Cache.TTL != want {
		t.Errorf("dev's default cache TTL is %v, want %v of its 10m tenant", dev.Gateway.Cache.TTL, want)
	}

	prod := load(t, environments, "prod")
	if prod.Account != "111122223333" || prod.Region != "eu-west-1" || prod.Destroy() || !prod.UserPool.DeletionProtection {
		t.Errorf("prod must be bound to its account and kept, got %+v", prod)
	}
	var files []string
	tenants := map[string]*config.Tenant{}
	for _, f := range prod.TenantFiles {
		files = append(files, f.Name)
		for _, tenant := range f.Tenants {
			tenants[tenant.ID] = tenant
		}
	}
	if diff := cmp.Diff([]string{"carriers", "retail", "services"}, files); diff != "" {
		t.Errorf("tenant files (-want +got):\n%s", diff)
	}
	if len(tenants) < 40 || len(prod.Validities()) != len(tenants) {
		t.Errorf("prod has %d tenants and %d validities, want the same number, at least 40", len(tenants), len(prod.Validities()))
	}
	want := &config.Tenant{
		ID:                  "customs-clearway",
		AccessTokenValidity: 2 * time.Hour,
		Scopes:              []string{"shipments/read", "orders/read"},
		OwnScopes:           []*config.Scope{{Name: "declarations.submit", Description: "Submit customs declarations"}},
		Credentials:         true,
	}
	if diff := cmp.Diff(want, tenants["customs-clearway"]); diff != "" {
		t.Errorf("tenant (-want +got):\n%s", diff)
	}
	if want := []string{"arn:aws:iam::444455556666:role/finance/invoicing"}; !slices.Equal(tenants["invoicing"].Readers, want) {
		t.Errorf("invoicing's secret has readers %v, want %v", tenants["invoicing"].Readers, want)
	}
	if tenants["carrier-portside"].Credentials {
		t.Error("carrier-portside has a secret of ours, and cannot follow its rotation")
	}
	if got := tenants["checkout"].AccessTokenValidity; got != time.Hour {
		t.Errorf("a tenant without validity has %v, want the environment's 1h", got)
	}
}

func TestLoad_defaults(t *testing.T) {
	got := load(t, "testdata/good", "defaults")
	want := &config.Environment{
		Name: "defaults",
		Tags: map[string]string{},
		UserPool: config.UserPool{
			Name: "m2m-defaults", Domain: config.Domain{Prefix: "acme-m2m"}, FeaturePlan: "ESSENTIALS", DeletionProtection: true,
		},
		RemovalPolicy: "retain",
		ResourceServers: []*config.ResourceServer{
			{Identifier: "orders", Name: "orders", Scopes: []*config.Scope{{Name: "read", Description: "Read orders"}}},
		},
		Tokens: config.Tokens{AccessTokenValidity: time.Hour},
		OriginHeader: config.OriginHeader{Name: "x-wafAuthAllowRule", Rotation: config.Rotation{
			Interval: 720 * time.Hour, WAFBound: 2 * time.Minute, StageBound: 2 * time.Minute, Grace: time.Hour, ReservedConcurrency: true,
		}},
		WebACL: config.WebACL{KeyDiscovery: true},
		Gateway: config.Gateway{
			StageName: "v1", Integration: "canonical", RequireClientID: true, Cache: config.Cache{SizeGB: "0.5", TTL: 45 * time.Minute},
			Throttle:      config.Throttle{RatePerSecond: 100, Burst: 200},
			Logs:          config.Logs{RetentionDays: 90, ExecutionLevel: "ERROR", AccountRole: "create"},
			Authorization: config.Authorization{Type: "none", CacheTTL: 5 * time.Minute, CredentialsHeader: "x-client-authorization"},
			Endpoint:      config.Endpoint{Type: "regional"},
		},
		Credentials: &config.Credentials{
			Enabled: true, SecretPrefix: "m2m/defaults/tenants/", Rotation: "monthly", Grace: 24 * time.Hour, SweepInterval: time.Hour,
			RevocationWindow: 5 * time.Minute,
		},
		TenantLock: "required",
		Limits:     config.Limits{ClientsPerPool: 1000, ResourceServersPerPool: 25},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// The defaults are those of the constructs, which take them from awslimits.
func TestLoad_defaultsOfConstructs(t *testing.T) {
	root := t.TempDir()
	write(t, root, "generated/environment.yaml", smallEnvironment+scopes("read", 1)+"monitoring: {budget: {monthlyUsd: 1}}\n")
	env := load(t, root, "generated")
	want := config.Thresholds{
		ServerErrorRate: awslimits.DefaultServerErrorRate, MinRequests: awslimits.DefaultMinRequests, HitRatio: awslimits.DefaultHitRatio,
		LatencyP99: awslimits.DefaultLatencyP99, DirectAccessBlocks: awslimits.DefaultDirectAccessBlocks,
		EdgeBlocks: awslimits.DefaultEdgeBlocks, AnomalyBand: awslimits.DefaultAnomalyBand,
	}
	if diff := cmp.Diff(want, env.Monitoring.Thresholds); diff != "" {
		t.Errorf("thresholds (-want +got):\n%s", diff)
	}
	for name, pair := range map[string][2]any{
		"token validity":          {env.Tokens.AccessTokenValidity, awslimits.DefaultAccessTokenValidity},
		"rotation interval":       {env.OriginHeader.Rotation.Interval, awslimits.DefaultRotationInterval},
		"authorizer TTL":          {env.Gateway.Authorization.CacheTTL, awslimits.DefaultAuthorizerTTL},
		"credentials header":      {env.Gateway.Authorization.CredentialsHeader, awslimits.DefaultCredentialsHeader},
		"cadence":                 {env.Credentials.Rotation, awslimits.DefaultCadence},
		"grace of client secrets": {env.Credentials.Grace, awslimits.DefaultClientSecretGrace},
		"revocation window":       {env.Credentials.RevocationWindow, awslimits.MaxRevocationWindow},
		"days in the bucket":      {env.Monitoring.Trail.BucketRetentionDays, awslimits.DefaultBucketDays},
		"tenants with metrics":    {env.Monitoring.Usage.MaxTenants, awslimits.DefaultUsageTenants},
		"unused days":             {env.Monitoring.UnusedDays, insights.DefaultUnusedDays},
		"budget":                  {env.Monitoring.Budget.ActualPercent, float64(awslimits.DefaultActualPercent)},
		"budget's forecast":       {env.Monitoring.Budget.ForecastPercent, float64(awslimits.DefaultForecastPercent)},
		"clients in a pool":       {env.Limits.ClientsPerPool, awslimits.ClientsPerPool},
		"servers in a pool":       {env.Limits.ResourceServersPerPool, awslimits.ResourceServersPerPool},
	} {
		if pair[0] != pair[1] {
			t.Errorf("%s: got %v, want %v", name, pair[0], pair[1])
		}
	}
}

func TestLoad_everyKey(t *testing.T) {
	got := load(t, "testdata/good", "every-key")
	want := &config.Environment{
		Name: "every-key", Account: "111122223333", Region: "eu-west-1",
		Tags: map[string]string{"team": "identity", "note": ""},
		UserPool: config.UserPool{
			Name: "pool", FeaturePlan: "PLUS", Domain: config.Domain{
				CustomName: "auth.example.com", CertificateARN: "arn:aws:acm:us-east-1:111122223333:certificate/0f1e2d3c",
			},
		},
		RemovalPolicy: "destroy",
		ResourceServers: []*config.ResourceServer{
			{Identifier: "https://api.example.com", Name: "API", Scopes: []*config.Scope{{Name: "read", Description: "Read"}}},
		},
		Tokens: config.Tokens{AccessTokenValidity: 2 * time.Hour},
		OriginHeader: config.OriginHeader{Name: "x-origin", Rotation: config.Rotation{
			Interval: 4 * time.Hour, WAFBound: time.Minute, StageBound: 4 * time.Minute, Grace: 2 * time.Hour, Trail: true,
			AlarmTopicARN: "arn:aws:sns:eu-west-1:111122223333:alarms",
		}},
		Gateway: config.Gateway{
			StageName: "live", Integration: "http-proxy", Cache: config.Cache{SizeGB: "118", TTL: 90 * time.Second}, ExpectedRequestsPerSecond: 0.5,
			Throttle: config.Throttle{RatePerSecond: 0.5, Burst: 5},
			Logs:     config.Logs{RetentionDays: 1, ExecutionLevel: "OFF", AccountRole: "existing"}, Tracing: true,
			Edge: &config.Edge{
				Enabled: true, RateLimitPerIP: 10, RateLimitPerCredential: 20, RateWindow: time.Minute, MaxBodyBytes: 16384,
				AllowedCIDRs: []string{"192.0.2.0/24", "2001:db8::/32"}, AllowedCountries: []string{"GB", "XK"}, AnonymousIP: "block", BotControl: true,
			},
			Authorization: config.Authorization{
				Type: "lambda", FunctionARN: "arn:aws:lambda:eu-west-1:111122223333:function:authorizer:live", CredentialsHeader: "x-client-authorization",
			},
			Domain: &config.TokenDomain{
				Name: "token.example.com", CertificateARN: "arn:aws:acm:eu-west-1:111122223333:certificate/0f1e2d3c",
				OwnershipCertificateARN: "arn:aws:acm:eu-west-1:111122223333:certificate/3c2d1e0f",
				HostedZone:              config.HostedZone{ID: "Z0123456789ABC", Name: "example.com"}, SecurityPolicy: "TLS_1_2",
				MutualTLS: &config.MutualTLS{Truststore: "testdata/good/every-key/clients.pem"},
			},
			Endpoint:       config.Endpoint{Type: "regional"},
			ResourcePolicy: &config.ResourcePolicy{AllowedCIDRs: []string{"192.0.2.128/25"}},
		},
		Credentials: &config.Credentials{
			Enabled: true, SecretPrefix: "acme/m2m/", Rotation: "daily", Grace: 22 * time.Hour, SweepInterval: 15 * time.Minute,
			OrganizationID: "o-a1b2c3d4e5", ReaderAccounts: []string{"444455556666"}, ReservedConcurrency: 5,
		},
		Monitoring: &config.Monitoring{
			Enabled: true, Trail: &config.Trail{Enabled: true, ManagementEvents: "all", BucketRetentionDays: 730},
			Usage:      &config.Usage{Enabled: true, NamedTenants: []string{"billing"}, MaxTenants: 1},
			UnusedDays: 14, RunbookURL: "https://wiki.example.com/runbook", PagingTopicARN: "arn:aws:sns:eu-west-1:111122223333:pager",
			Thresholds: config.Thresholds{
				ServerErrorRate: 1, MinRequests: 1, HitRatio: 0.9, LatencyP99: 750 * time.Millisecond, DirectAccessBlocks: 10, EdgeBlocks: 20, AnomalyBand: 2.5,
			},
			Budget:      &config.Budget{MonthlyUSD: 0.5, ActualPercent: 50, ForecastPercent: 110, Emails: []string{"finance@example.com"}},
			CostReports: &config.CostReports{Database: "cur", Table: "cur2", WorkGroup: "finance", Tag: "user_team"},
		},
		Offboard: []string{"former"}, DeleteSecrets: []string{"acme/old/", "acme/m2m/billing"}, TenantLock: "required",
		Limits: config.Limits{ClientsPerPool: 2, ResourceServersPerPool: 2},
		TenantFiles: []*config.TenantFile{
			{Name: "a", Path: "testdata/good/every-key/tenants/a.yaml", Tenants: []*config.Tenant{{
				ID: "shop", AccessTokenValidity: 10 * time.Minute, Scopes: []string{"tenant-shop/second", "https://api.example.com/read"},
				OwnScopes:   []*config.Scope{{Name: "first", Description: "First"}, {Name: "second", Description: "Second"}},
				Credentials: true,
				Readers:     []string{"777788889999", "arn:aws:iam::444455556666:role/team/orders"},
			}}},
			{Name: "a-b", Path: "testdata/good/every-key/tenants/a-b.yaml", Tenants: []*config.Tenant{{
				ID: "billing", AccessTokenValidity: 2 * time.Hour, Scopes: []string{"https://api.example.com/read"},
			}}},
		},
	}
	if diff := cmp.Diff(want, got, cmpopts.EquateEmpty()); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	all := []string{"tenant-shop/second", "https://api.example.com/read", "tenant-shop/first"}
	if diff := cmp.Diff(all, got.TenantFiles[0].Tenants[0].AllScopes()); diff != "" {
		t.Errorf("all scopes (-want +got):\n%s", diff)
	}
}

// kept returns the content of a file that is compared with what was got, after writing it anew if asked to.
func kept(t *testing.T, file, got string) string {
	t.Helper()
	if os.Getenv("UPDATE_SNAPS") == "true" {
		if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return string(want)
}

// TestLoad_broken loads every folder of testdata/broken and compares the whole report with its want.txt, in which paths start in that folder.
// After a change that is meant: UPDATE_SNAPS=true go test ./internal/config
func TestLoad_broken(t *testing.T) {
	const root = "testdata/broken"
	folders, err := os.ReadDir(root)
	if err != nil {
		t.Fatal(err)
	}
	if len(folders) < 112 {
		t.Fatalf("%s has %d cases: some are lost", root, len(folders))
	}
	for _, folder := range folders {
		name := folder.Name()
		t.Run(name, func(t *testing.T) {
			got := strings.ReplaceAll(refusal(t, root, name), root+"/"+name+"/", "")
			want := kept(t, filepath.Join(start, root, name, "want.txt"), got+"\n")
			if diff := cmp.Diff(strings.TrimSuffix(want, "\n"), got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestLoad_whichEnvironment(t *testing.T) {
	for _, test := range []struct {
		root, name, want string
	}{
		{environments, "staging", `../../environments: there is no environment "staging"; available: dev, prod`},
		{environments, "", `../../environments: environment name "" is not allowed: use 1 to 20 of a-z, 0-9 and '-', not '-' at either end; available: dev, prod`},
		{environments, "../prod", `../../environments: environment name "../prod" is not allowed: use 1 to 20 of a-z, 0-9 and '-', not '-' at either end; available: dev, prod`},
		{environments + "/", "dev/tenants", `../../environments: environment name "dev/tenants" is not allowed: use 1 to 20 of a-z, 0-9 and '-', not '-' at either end; available: dev, prod`},
		{"no-such-folder", "dev", `no-such-folder: there is no environment "dev"; available: none`},
		{environments + "/dev", "tenants", "../../environments/dev/tenants/environment.yaml: cannot be read: no such file or directory\n" +
			"../../environments/dev/tenants/sandbox.yaml: is not read: an environment is environment.yaml, the folder tenants and tenants.lock.yaml"},
		{"no-such-folder", "environment.yaml", `no-such-folder: environment name "environment.yaml" is not allowed: use 1 to 20 of a-z, 0-9 and '-', not '-' at either end; available: none`},
	} {
		t.Run(test.root+" "+test.name, func(t *testing.T) {
			if diff := cmp.Diff(test.want, refusal(t, test.root, test.name)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

var start, _ = os.Getwd()

// alone copies a folder of testdata to where no other environment is beside it, and makes that the working directory: paths stay the same.
func alone(t *testing.T, root, name string) {
	t.Helper()
	if !strings.HasPrefix(root, "testdata/") {
		t.Chdir(start)
		return
	}
	t.Chdir(t.TempDir())
	if err := os.CopyFS(filepath.FromSlash(root+"/"+name), os.DirFS(filepath.Join(start, root, name))); err != nil {
		t.Fatal(err)
	}
}

func load(t *testing.T, root, name string) *config.Environment {
	t.Helper()
	alone(t, root, name)
	env, err := config.Load(root, name)
	if err != nil {
		t.Fatalf("%s/%s does not load:\n%v", root, name, err)
	}
	return env
}

// refusal returns the report of an environment that must not load.
func refusal(t *testing.T, root, name string) string {
	t.Helper()
	alone(t, root, name)
	env, err := config.Load(root, name)
	var problems config.Problems
	if !errors.As(err, &problems) || len(problems) == 0 || env != nil {
		t.Fatalf("%s/%s loads: got %v, %v, want problems only", root, name, env, err)
	}
	return err.Error()
}
