package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/secretsmanager"
	"golang.org/x/oauth2"
	"golang.org/x/oauth2/clientcredentials"

	"github.com/cognito-m2m/cognito-m2m-cdk/credentials"
)

// traffic is what workloads of several tenants do at once, and what went wrong.
type traffic struct {
	system
	secrets map[string]string // names by tenant
	done    context.Context
	stop    context.CancelFunc
	awaited string // the failure that ends it

	mu       sync.Mutex
	requests map[string]int // by what they are about
	failures []string
}

func (tr *traffic) count(what string) {
	tr.mu.Lock()
	defer tr.mu.Unlock()
	tr.requests[what]++
}

func (tr *traffic) fail(format string, args ...any) {
	tr.mu.Lock()
	defer tr.mu.Unlock()
	failure := fmt.Sprintf(format, args...)
	tr.failures = append(tr.failures, failure)
	if tr.awaited != "" && strings.Contains(failure, tr.awaited) {
		tr.stop()
	}
}

// all says whether each thing was counted as often at least.
func (tr *traffic) all(least map[string]int) bool {
	tr.mu.Lock()
	defer tr.mu.Unlock()
	for what, n := range least {
		if tr.requests[what] < n {
			return false
		}
	}
	return true
}

func (tr *traffic) over() bool { return tr.done.Err() != nil }

// lifetime is how long a workload runs until it starts anew, with the secret that it then reads: less than the grace, and longer than the
// time between sweeps, so that workloads meet a superseded secret that is deleted too early.
const lifetime = 2 * sweepInterval

// pace is what a workload waits between requests for tokens, so that it stays below the throttles of gateway and API.
const pace = 30 * time.Millisecond

// sourced is a workload that uses package credentials, as an application does. Not even a request that is repeated may be refused.
func (tr *traffic) sourced(tenant string) {
	for !tr.over() {
		source, err := credentials.New(credentials.Config{
			SecretID: tr.secrets[tenant], SecretsManager: tr.SecretsManager(), HTTPClient: tr.client,
			Observer: func(e credentials.Event) {
				if e.Err != nil {
					tr.fail("token for %s: %v", tenant, e.Err)
				}
				tr.count("events of package credentials")
			},
		})
		if err != nil {
			tr.fail("%v", err)
			return
		}
		client := source.Client(context.WithValue(context.Background(), oauth2.HTTPClient, tr.client))
		for end := time.Now().Add(lifetime); time.Now().Before(end); time.Sleep(3 * pace) {
			tr.useAPI(tenant, client.Do)
		}
	}
}

// plain is a workload in any language: it reads the secret when it starts, and asks for tokens with it until it ends. Tokens are
// used to the last.
func (tr *traffic) plain(tenant string) {
	var tokens []*oauth2.Token
	for !tr.over() {
		config, err := tr.read(tr.secrets[tenant])
		if err != nil {
			tr.fail("secret of %s: %v", tenant, err)
			return
		}
		for end, n := time.Now().Add(lifetime), 0; time.Now().Before(end); n++ {
			tr.Gateway().FlushCache() // So that Cognito is asked, as in the worst case.
			token, err := config.Token(context.WithValue(context.Background(), oauth2.HTTPClient, tr.client))
			tr.count("tokens")
			if err != nil {
				tr.fail("token for %s: %v", tenant, err)
				time.Sleep(pace)
				continue
			}
			if tokens = append(tokens, token); len(tokens) > 100 {
				tokens = tokens[1:]
			}
			time.Sleep(pace)
			if n%4 > 0 {
				continue
			}
			for _, use := range []*oauth2.Token{token, tokens[0]} {
				tr.useAPI(tenant, func(r *http.Request) (*http.Response, error) {
					use.SetAuthHeader(r)
					return tr.client.Do(r)
				})
			}
		}
	}
}

func (tr *traffic) read(secret string) (*clientcredentials.Config, error) {
	out, err := tr.SecretsManager().GetSecretValue(context.Background(), &secretsmanager.GetSecretValueInput{SecretId: &secret})
	if err != nil {
		return nil, err
	}
	var d struct {
		ClientID     string `json:"client_id"`
		ClientSecret string `json:"client_secret"`
		TokenURL     string `json:"token_url"`
	}
	if err := json.Unmarshal([]byte(*out.SecretString), &d); err != nil {
		return nil, err
	}
	return &clientcredentials.Config{ClientID: d.ClientID, ClientSecret: d.ClientSecret, TokenURL: d.TokenURL,
		AuthStyle: oauth2.AuthStyleInHeader}, nil
}

// useAPI writes an order and reads it, and tries what the tenant may not.
func (tr *traffic) useAPI(tenant string, do func(*http.Request) (*http.Response, error)) {
	tr.mu.Lock()
	id := fmt.Sprintf("%s-%d", tenant, tr.requests["rounds"]%50)
	tr.requests["rounds"]++
	tr.mu.Unlock()
	other := map[bool]string{true: "webshop", false: "billing"}[tenant == "billing"]
	own, others := "/tenants/"+tenant+"/orders", "/tenants/"+other+"/orders"
	body := `{"item": "of ` + tenant + `", "quantity": 2}`
	if tenant == "audit" {
		tr.want(do, "reading as an auditor", "GET", "/tenants/billing/orders", "", http.StatusOK)
		tr.want(do, "writing without the scope", "PUT", own+"/"+id, body, http.StatusForbidden)
		tr.want(do, "writing another's without the scope", "PUT", others+"/"+id, body, http.StatusForbidden)
		return
	}
	tr.want(do, "writing", "PUT", own+"/"+id, body, http.StatusOK)
	if text := tr.want(do, "reading", "GET", own+"/"+id, "", http.StatusOK); text != "" && !strings.Contains(text, `"of `+tenant+`"`) {
		tr.fail("%s reads %s", tenant, text)
	}
	if text := tr.want(do, "listing", "GET", own, "", http.StatusOK); strings.Contains(strings.ReplaceAll(text, `"of `+tenant+`"`, ""),
		`"of `) {
		tr.fail("%s sees others' orders: %s", tenant, text)
	}
	tr.want(do, "reading another's", "GET", others+"/"+id, "", http.StatusForbidden)
	tr.want(do, "listing another's", "GET", others, "", http.StatusForbidden)
	tr.want(do, "writing another's", "PUT", others+"/"+id, body, http.StatusForbidden)
}

// want sends one request and returns the answer's body, empty when the status is another one.
func (tr *traffic) want(do func(*http.Request) (*http.Response, error), what, method, path, body string, status int) string {
	request, err := http.NewRequestWithContext(context.Background(), method, tr.url+path, strings.NewReader(body))
	if err != nil {
		tr.fail("%v", err)
		return ""
	}
	tr.count(what)
	answer, err := do(request)
	if err != nil {
		tr.fail("%s, %s %s: %v", what, method, path, err)
		return ""
	}
	defer func() { _ = answer.Body.Close() }()
	text, err := io.ReadAll(answer.Body)
	if err != nil || answer.StatusCode != status {
		tr.fail("%s, %s %s: got %d %s, want %d", what, method, path, answer.StatusCode, text, status)
		return ""
	}
	return string(text)
}
