package config_test

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/cognito-m2m/cognito-m2m-cdk/internal/config"
)

// Of settings that exclude each other, each has an environment.
func TestLoad_frontDoors(t *testing.T) {
	const certificate = "arn:aws:acm:eu-west-1:111122223333:certificate/0f1e2d3c"
	edge := &config.Edge{
		Enabled: true, RateLimitPerIP: 2000, RateLimitPerCredential: 1000, RateWindow: 5 * time.Minute, MaxBodyBytes: 4096, AnonymousIP: "count",
	}
	private := *edge
	private.AllowedCIDRs = []string{"10.0.0.0/8"}
	for name, change := range map[string]func(*config.Gateway){
		"private": func(g *config.Gateway) {
			g.ExpectedRequestsPerSecond, g.Throttle, g.Edge = 300, config.Throttle{RatePerSecond: 600, Burst: 1200}, &private
			g.Authorization.Type = "iam"
			g.Authorization.Callers = []string{"arn:aws:iam::111122223333:role/batch/carriers", "arn:aws:iam::444455556666:user/alice"}
			g.Endpoint = config.Endpoint{Type: "private", VPCEndpointIDs: []string{"vpce-0123456789abcdef0"}}
			g.ResourcePolicy = &config.ResourcePolicy{
				AllowedAccounts: []string{"111122223333", "444455556666"}, AllowedVPCEndpoints: []string{"vpce-01234567"},
			}
		},
		"metered": func(g *config.Gateway) {
			g.ExpectedRequestsPerSecond, g.Throttle = 8000, config.Throttle{RatePerSecond: 9000, Burst: 5000}
			g.Authorization.Type = "apiKey"
			g.Authorization.UsagePlans = []*config.UsagePlan{
				{Name: "gold", RequestsPerDay: 100000, RatePerSecond: 9000, Burst: 100}, {Name: "free"},
			}
			g.Domain = &config.TokenDomain{
				Name: "token.example.com", CertificateARN: certificate, SecurityPolicy: "SecurityPolicy_TLS13_1_3_2025_09",
			}
			g.ResourcePolicy = &config.ResourcePolicy{AllowedCIDRs: []string{"198.51.100.0/24"}}
		},
		"listed": func(g *config.Gateway) {
			g.Authorization.Type = "lambda"
			g.Authorization.ClientIDs, g.Authorization.SourceNetworks = []string{"1example23456789"}, []string{"203.0.113.0/24"}
			g.Domain = &config.TokenDomain{
				Name: "token.example.com", CertificateARN: certificate, SecurityPolicy: "TLS_1_2",
				MutualTLS: &config.MutualTLS{Truststore: "testdata/good/listed/clients.pem"},
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			env := load(t, "testdata/good", name)
			// TestLoad_defaults has the other settings of a gateway.
			want := load(t, "testdata/good", "defaults").Gateway
			change(&want)
			if diff := cmp.Diff(want, env.Gateway); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			var plans []string
			for _, file := range env.TenantFiles {
				for _, tenant := range file.Tenants {
					plans = append(plans, tenant.UsagePlan)
				}
			}
			if name == "metered" && !slices.Equal(plans, []string{"gold", "free"}) {
				t.Errorf("the tenants have the plans %q", plans)
			}
		})
	}
}

func TestLoad_examplesOfFrontDoors(t *testing.T) {
	want := load(t, "testdata/good", "defaults").Gateway
	want.Cache = config.Cache{SizeGB: "1.6", TTL: 20 * time.Minute}
	want.ExpectedRequestsPerSecond, want.Throttle = 200, config.Throttle{RatePerSecond: 400, Burst: 800}
	want.Logs = config.Logs{RetentionDays: 365, ExecutionLevel: "ERROR", AccountRole: "existing"}
	want.Tracing = true
	want.Edge = &config.Edge{
		Enabled: true, RateLimitPerIP: 2000, RateLimitPerCredential: 300, RateWindow: 5 * time.Minute, MaxBodyBytes: 4096, AnonymousIP: "count",
	}
	want.Authorization.Type = "lambda"
	want.Authorization.SourceNetworks = []string{"192.0.2.0/24", "198.51.100.0/24", "203.0.113.0/24", "2001:db8::/32"}
	want.Domain = &config.TokenDomain{
		Name: "token.parcelworks.example", CertificateARN: "arn:aws:acm:eu-west-1:111122223333:certificate/5b0c3f4e-8d1a-4c6b-9f27-3e6a1d2b7c90",
		HostedZone:     config.HostedZone{ID: "Z0EXAMPLEPARCELWORKS", Name: "parcelworks.example"},
		SecurityPolicy: "TLS_1_2", MutualTLS: &config.MutualTLS{Truststore: environments + "/prod/truststore.pem"},
	}
	if diff := cmp.Diff(want, load(t, environments, "prod").Gateway); diff != "" {
		t.Errorf("prod (-want +got):\n%s", diff)
	}
	if got := load(t, environments, "dev").Gateway; got.Edge == nil || got.Domain != nil || got.Authorization.Type != "none" {
		t.Errorf("dev has a web ACL at its edge and nothing else before the gateway, got %+v", got)
	}
}

const domainSettings = `account: "111122223333"
region: eu-west-1
tenantLock: off
gateway:
  domain:
    name: token.example.com
    certificateArn: arn:aws:acm:eu-west-1:111122223333:certificate/0f1e
    mutualTls: {truststore: clients.pem}
`

// A truststore is read from the environment's folder and from nowhere else.
func TestLoad_truststoreOutsideTheFolder(t *testing.T) {
	good, err := os.ReadFile("testdata/good/listed/clients.pem")
	if err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		name, target, want string
	}{
		{"file", "", ""},
		{"link within the folder", "real.pem", ""},
		{"link out of the folder", "../outside.pem", "cannot be read: path escapes from parent"},
		{"link to nothing", "gone.pem", "cannot be read: no such file or directory"},
	} {
		t.Run(test.name, func(t *testing.T) {
			root := t.TempDir()
			write(t, root, "generated/environment.yaml", smallEnvironment+scopes("read", 1)+domainSettings)
			write(t, root, "outside.pem", string(good))
			write(t, root, "generated/real.pem", string(good))
			file := filepath.Join(root, "generated", "clients.pem")
			if test.target == "" {
				write(t, root, "generated/clients.pem", string(good))
			} else if err := os.Symlink(test.target, file); err != nil {
				t.Fatal(err)
			}
			if test.want == "" {
				if got := load(t, root, "generated").Gateway.Domain.MutualTLS.Truststore; got != filepath.ToSlash(file) {
					t.Errorf("got %s", got)
				}
				return
			}
			got := refusal(t, root, "generated")
			if want := "environment.yaml:16: gateway.domain.mutualTls.truststore: " + filepath.ToSlash(file) + " " + test.want; !strings.HasSuffix(got, want) {
				t.Errorf("got\n%s\nwant\n%s", got, want)
			}
		})
	}
}
