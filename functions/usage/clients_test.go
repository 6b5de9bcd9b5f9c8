package main

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/cognitoidentityprovider"

	"github.com/cognito-m2m/cognito-m2m-cdk/internal/testkit/awsclient"
)

// cognito answers ListUserPoolClients as Cognito does: pages of the size that is asked for, and refusals when it is told to.
type cognito struct {
	mu      sync.Mutex
	clients int
	// refuse is how many calls are answered that there were too many.
	refuse int
	// denied answers that the caller may not.
	denied bool
	// endless answers every page with the same token.
	endless bool
	calls   []string
}

func (c *cognito) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	c.mu.Lock()
	defer c.mu.Unlock()
	var in struct {
		UserPoolID string `json:"UserPoolId"`
		MaxResults int
		NextToken  string
	}
	if err := json.NewDecoder(r.Body).Decode(&in); err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	operation := strings.TrimPrefix(r.Header.Get("X-Amz-Target"), "AWSCognitoIdentityProviderService.")
	c.calls = append(c.calls, fmt.Sprintf("%s %s %d %s", operation, in.UserPoolID, in.MaxResults, in.NextToken))
	w.Header().Set("Content-Type", "application/x-amz-json-1.1")
	switch {
	case c.denied:
		w.WriteHeader(http.StatusBadRequest)
		_, _ = fmt.Fprint(w, `{"__type":"NotAuthorizedException","message":"not authorized to perform cognito-idp:ListUserPoolClients"}`)
		return
	case c.refuse > 0:
		c.refuse--
		w.WriteHeader(http.StatusBadRequest)
		_, _ = fmt.Fprint(w, `{"__type":"TooManyRequestsException","message":"Rate exceeded"}`)
		return
	}
	first := 0
	_, _ = fmt.Sscanf(in.NextToken, "from-%d", &first)
	next := min(first+in.MaxResults, c.clients)
	out := map[string]any{}
	var list []map[string]string
	for i := first; i < next; i++ {
		list = append(list, map[string]string{"ClientId": clientID(i), "ClientName": fmt.Sprintf("tenant-%d", i), "UserPoolId": in.UserPoolID})
	}
	out["UserPoolClients"] = list
	if c.endless {
		out["NextToken"] = "from-0"
	} else if next < c.clients {
		out["NextToken"] = fmt.Sprintf("from-%d", next)
	}
	_ = json.NewEncoder(w).Encode(out)
}

// clientID is 26 letters and digits, as Cognito's are.
func clientID(i int) string { return fmt.Sprintf("client%020d", i) }

func list(t *testing.T, fake *cognito) ([]string, error) {
	t.Helper()
	front := httptest.NewServer(fake)
	t.Cleanup(front.Close)
	c := clients{pool: "eu-west-1_pool", client: cognitoidentityprovider.New(cognitoidentityprovider.Options{
		Region: "eu-west-1", BaseEndpoint: &front.URL, Credentials: credentials.NewStaticCredentialsProvider("test", "test", ""),
		Retryer: aws.NopRetryer{}, HTTPClient: awsclient.HTTP(),
	})}
	all, err := c.List(t.Context())
	var names []string
	for _, client := range all {
		names = append(names, client.ID+" "+client.Name)
	}
	return names, err
}

func TestClients_listReadsEveryPage(t *testing.T) {
	for clients, calls := range map[int]int{0: 1, 60: 1, 61: 2, 150: 3} {
		fake := &cognito{clients: clients}
		got, err := list(t, fake)
		if err != nil || len(got) != clients || len(fake.calls) != calls {
			t.Errorf("%d clients: %d in %d calls, %v", clients, len(got), len(fake.calls), err)
		}
		if clients == 150 && (got[149] != clientID(149)+" tenant-149" || fake.calls[2] != "ListUserPoolClients eu-west-1_pool 60 from-120") {
			t.Errorf("last client %s, last call %s", got[149], fake.calls[2])
		}
	}
}

func TestClients_listFails(t *testing.T) {
	for name, test := range map[string]struct {
		fake *cognito
		want string
	}{
		"throttled": {&cognito{refuse: 10}, "TooManyRequestsException: Rate exceeded"},
		"denied":    {&cognito{denied: true}, "NotAuthorizedException"},
		"endless":   {&cognito{clients: 100, endless: true}, "the list does not end"},
	} {
		if got, err := list(t, test.fake); err == nil || !strings.Contains(err.Error(), test.want) || got != nil {
			t.Errorf("%s: %d clients, %v, want %s", name, len(got), err, test.want)
		}
	}
}

func TestSettings_fromEnvironment(t *testing.T) {
	for _, test := range []struct {
		env       map[string]string
		want, err string
	}{
		{map[string]string{"USER_POOL_ID": "pool"}, "{pool [] 100}", ""},
		{map[string]string{"USER_POOL_ID": "pool", "NAMED_TENANTS": "shop, billing", "MAX_TENANTS": "2"}, "{pool [shop billing] 2}", ""},
		{map[string]string{"NAMED_TENANTS": "shop,shop", "MAX_TENANTS": "many"}, "", "environment variable USER_POOL_ID is not set\n" +
			"environment variable MAX_TENANTS is \"many\": want a whole number\ntenant \"shop\" is named twice"},
	} {
		s, err := readSettings(func(name string) string { return test.env[name] })
		if test.err != "" {
			if err == nil || err.Error() != test.err {
				t.Errorf("%v: error %v, want %s", test.env, err, test.err)
			}
		} else if got := fmt.Sprint(s); err != nil || got != test.want {
			t.Errorf("%v: %s, %v, want %s", test.env, got, err, test.want)
		}
	}
}
