package cognito_test

import (
	"encoding/json"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/cognito-m2m/cognito-m2m-cdk/simulator/internal/cognito"
)

// TestTemplate_projectsTemplates loads the user pool, the resource servers and the clients of production's templates, as they are but for the
// pool's id.
func TestTemplate_projectsTemplates(t *testing.T) {
	files, err := filepath.Glob("../../../testdata/snapshots/m2m-prod-*.json")
	if err != nil || len(files) == 0 {
		t.Fatalf("%v: %v", files, err)
	}
	type resource struct {
		Type       string
		Properties map[string]any
	}
	byType := map[string]map[string]map[string]any{}
	for _, file := range files {
		source, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		var template struct{ Resources map[string]resource }
		if err := json.Unmarshal(source, &template); err != nil {
			t.Fatal(err)
		}
		for id, r := range template.Resources {
			if _, ok := r.Properties["UserPoolId"]; ok {
				r.Properties["UserPoolId"] = "eu-west-1_Exampl001"
			}
			if byType[r.Type] == nil {
				byType[r.Type] = map[string]map[string]any{}
			}
			byType[r.Type][filepath.Base(file)+"/"+id] = r.Properties
		}
	}

	p, err := cognito.New(cognito.Config{Region: "eu-west-1", AccountID: "111122223333", ID: "eu-west-1_Exampl001"})
	if err != nil {
		t.Fatal(err)
	}
	for path, props := range byType["AWS::Cognito::UserPool"] {
		if err := cognito.CheckUserPool(path, props); err != nil {
			t.Error(err)
		}
	}
	for path, props := range byType["AWS::Cognito::UserPoolResourceServer"] {
		if err := p.AddResourceServer(path, props); err != nil {
			t.Error(err)
		}
	}
	clients := byType["AWS::Cognito::UserPoolClient"]
	for _, path := range slices.Sorted(maps.Keys(clients)) {
		id, err := p.AddClient(path, clients[path])
		if err != nil {
			t.Error(err)
			continue
		}
		issue(t, p, request("", "grant_type=client_credentials", basic(id, p.Secrets(id)[0])))
	}
	if got := len(p.Issued()); got != len(clients) || got < 10 {
		t.Errorf("%d of %d clients got a token", got, len(clients))
	}
}
