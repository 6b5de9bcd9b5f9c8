package main

import (
	"encoding/json"
	"errors"
	"os"
	"regexp"
	"testing"

	"github.com/gkampitakis/go-snaps/snaps"

	"github.com/cognito-m2m/cognito-m2m-cdk/internal/testkit/cdktest"
	"github.com/cognito-m2m/cognito-m2m-cdk/internal/testkit/environments"
)

func TestMain(m *testing.M) {
	cdktest.Main(m, func() error {
		obsolete, err := snaps.Clean(m)
		if err == nil && obsolete && os.Getenv("CI") != "" {
			err = errors.New("testdata/snapshots has a file of a stack that no longer exists: remove it with UPDATE_SNAPS=clean go test")
		}
		return err
	})
}

// The snapshots show a reviewer what a change does to the templates. After a change that is meant: UPDATE_SNAPS=true go test .
func TestSnapshots_matchTemplates(t *testing.T) {
	for _, environment := range environments.Names {
		for stack, template := range environments.Templates(t, environment) {
			snaps.WithConfig(snaps.Dir("testdata/snapshots"), snaps.Filename(stack)).MatchStandaloneJSON(t,
				assetHash.ReplaceAllString(cdktest.JSON(t, template.Body), `"ASSET.zip"`))
		}
	}
}

// assetHash is the name of a Lambda function's code, which changes with Go's version.
var assetHash = regexp.MustCompile(`"[0-9a-f]{64}\.zip"`)

// A changed logical ID replaces the resource behind it: the user pool with every credential in it, a client with its tenant's access, the
// set with the accepted values, the URL that all clients know.
func TestLogicalIDs_arePinned(t *testing.T) {
	dev := environments.Templates(t, "dev")
	want := map[string]map[string]string{
		"m2m-dev-identity": {
			"PoolUserPool04A1AA15":             "AWS::Cognito::UserPool",
			"PoolDomainCFC71F56":               "AWS::Cognito::UserPoolDomain",
			"PoolResourceServerorders58C12882": "AWS::Cognito::UserPoolResourceServer",
		},
		"m2m-dev-gateway": {
			"OriginHeaderSecret40AD370C":             "AWS::SecretsManager::Secret",
			"OriginHeaderAcceptedValues23333A10":     "AWS::WAFv2::RegexPatternSet",
			"PoolWebAclWebACL0AB7C6C6":               "AWS::WAFv2::WebACL",
			"TokenProxyApi09D26809":                  "AWS::ApiGateway::RestApi",
			"TokenProxyApiDeploymentStagev1BD056F72": "AWS::ApiGateway::Stage",
		},
	}
	for stack, ids := range want {
		for id, resourceType := range ids {
			if got := dev[stack].Resource(id)["Type"]; got != resourceType {
				t.Errorf("%s %s: got %v, want %s", stack, id, got, resourceType)
			}
		}
	}
	pinned := pinnedClients(t)
	for stack, template := range environments.Templates(t, "prod") {
		got := map[string]string{}
		for _, id := range template.IDs("AWS::Cognito::UserPoolClient") {
			got[template.Properties(id)["ClientName"].(string)] = id
		}
		if len(got) == 0 {
			continue
		}
		for tenant, id := range pinned[stack] {
			if got[tenant] != id {
				t.Errorf("%s: tenant %s is client %q, was %q", stack, tenant, got[tenant], id)
			}
		}
		if len(got) != len(pinned[stack]) {
			t.Errorf("%s: %d clients, %d pinned in testdata/clients.json", stack, len(got), len(pinned[stack]))
		}
	}
}

// pinnedClients maps each stack of tenants to the logical IDs of its app clients by tenant.
func pinnedClients(t *testing.T) map[string]map[string]string {
	t.Helper()
	body, err := os.ReadFile("testdata/clients.json")
	if err != nil {
		t.Fatal(err)
	}
	var clients map[string]map[string]string
	if err := json.Unmarshal(body, &clients); err != nil {
		t.Fatal(err)
	}
	return clients
}
