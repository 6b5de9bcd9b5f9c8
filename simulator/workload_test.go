package simulator_test

import (
	"context"
	"encoding/json"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager"

	"github.com/cognito-m2m/cognito-m2m-cdk/credentials"
	"github.com/cognito-m2m/cognito-m2m-cdk/internal/rotation/clientsecret"
	"github.com/cognito-m2m/cognito-m2m-cdk/simulator"
)

// tenantSecret is Secrets Manager with the secret of one tenant, as the rotation writes it.
type tenantSecret struct {
	mu    sync.Mutex
	value string
}

func (s *tenantSecret) GetSecretValue(context.Context, *secretsmanager.GetSecretValueInput,
	...func(*secretsmanager.Options)) (*secretsmanager.GetSecretValueOutput, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return &secretsmanager.GetSecretValueOutput{SecretString: aws.String(s.value)}, nil
}

func (s *tenantSecret) write(t *testing.T, gateway string, tenant simulator.Tenant, clientSecret string) {
	t.Helper()
	value, err := json.Marshal(map[string]string{
		"client_id": tenant.ClientID, "client_secret": clientSecret, "scope": strings.Join(tenant.Scopes, " "),
		"token_url": clientsecret.TokenURL(gateway, tenant.ClientID, tenant.Scopes),
	})
	if err != nil {
		t.Fatal(err)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.value = string(value)
}

// Workloads use the credentials package against the synthesized gateway: validator, cache, mapping and web ACL. Their client secret
// rotates, and the former one is revoked, while they ask for tokens without a pause.
func TestWorkload_getTokensWhileTheirSecretRotates(t *testing.T) {
	start := time.Now()
	var passed atomic.Int64
	clock := func() time.Time { return start.Add(time.Duration(passed.Load())) }
	system, err := simulator.Load(fixture(t, func(string, object) {}), simulator.Options{Clock: clock})
	if err != nil {
		t.Fatal(err)
	}
	server, err := system.Serve(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	tenant := system.Tenants()[0]
	former := strings.Repeat("aFormerSecret", 4)
	revoke, err := system.Credentials().Add(tenant.ClientID, former)
	if err != nil {
		t.Fatal(err)
	}
	secret := &tenantSecret{}
	secret.write(t, server.GatewayURL, tenant, former)
	const workloads, callers = 3, 30
	var sources []*credentials.Source
	for range workloads {
		source, err := credentials.New(credentials.Config{SecretID: "m2m/dev/tenants/" + tenant.Name, SecretsManager: secret, Now: clock,
			SecretTTL: 24 * time.Hour})
		if err != nil {
			t.Fatal(err)
		}
		sources = append(sources, source)
	}
	const hours = 4
	for minute := range hours * 60 {
		var wg sync.WaitGroup
		for i := range callers {
			wg.Go(func() {
				for range 3 {
					asked := clock()
					token, err := sources[i%workloads].TokenContext(t.Context())
					if err != nil {
						t.Errorf("minute %d: %v", minute, err)
					} else if !asked.Before(token.Expiry) {
						t.Errorf("minute %d: the token had expired %s before", minute, asked.Sub(token.Expiry))
					}
				}
			})
		}
		passed.Add(int64(time.Minute)) // While they ask.
		wg.Wait()
		if minute == hours*30 {
			secret.write(t, server.GatewayURL, tenant, tenant.ClientSecret)
			if err := revoke(); err != nil {
				t.Fatal(err)
			}
			system.Gateway().FlushCache()
		}
	}
	// The cache keeps a token for 45 minutes and promises a quarter of an hour of it. Workloads that find nothing in it at once get a token
	// each.
	least, most := int64(hours*time.Hour/tenant.AccessTokenValidity), workloads*(int64(hours*time.Hour/(45*time.Minute))+2)
	if issued := system.Counters().Issued[tenant.ClientID]; issued < least || issued > most {
		t.Errorf("%d workloads got %d tokens in %d hours, want %d to %d", workloads, issued, hours, least, most)
	}
}
