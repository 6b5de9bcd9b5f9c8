package vtl

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// projectTemplates returns the mapping templates of this project's synthesized gateways by "request" and the status of the response.
func projectTemplates(t *testing.T) map[string][]string {
	t.Helper()
	files, err := filepath.Glob("../../../testdata/snapshots/*-gateway_*.snap.json")
	if err != nil || len(files) == 0 {
		t.Fatalf("got %d snapshots: %v", len(files), err)
	}
	templates := map[string][]string{}
	for _, file := range files {
		content, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		var stack struct {
			Resources map[string]struct {
				Type       string
				Properties struct {
					Integration struct {
						RequestTemplates     map[string]string
						IntegrationResponses []struct {
							StatusCode        string
							ResponseTemplates map[string]string
						}
					}
				}
			}
		}
		if err := json.Unmarshal(content, &stack); err != nil {
			t.Fatalf("%s: %v", file, err)
		}
		for _, r := range stack.Resources {
			if r.Type != "AWS::ApiGateway::Method" {
				continue
			}
			for _, template := range r.Properties.Integration.RequestTemplates {
				templates["request"] = append(templates["request"], template)
			}
			for _, response := range r.Properties.Integration.IntegrationResponses {
				for _, template := range response.ResponseTemplates {
					templates[response.StatusCode] = append(templates[response.StatusCode], template)
				}
			}
		}
	}
	return templates
}

func TestProjectTemplates(t *testing.T) {
	templates := projectTemplates(t)
	if len(templates["request"]) < 2 || len(templates["200"]) < 2 {
		t.Fatalf("got %d request and %d token templates, want those of two environments", len(templates["request"]), len(templates["200"]))
	}
	render := func(template, body string) string {
		t.Helper()
		parsed, err := Parse(template)
		if err != nil {
			t.Fatalf("%q: %v", template, err)
		}
		text, err := parsed.Render(Input{Body: body, Query: map[string]string{"client_id": "4abc&x", "scope": "orders/read a~*"}})
		if err != nil {
			t.Fatalf("%q: %v", template, err)
		}
		return text
	}
	for _, template := range templates["request"] {
		if got, want := render(template, ""), "grant_type=client_credentials&client_id=4abc%26x&scope=orders%2Fread+a%7E*"; got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
	for _, template := range templates["200"] {
		for body, lowered := range map[string]bool{
			`{"access_token":"ey.J","expires_in":86400,"token_type":"Bearer"}`:   true,
			`{"access_token":"ey.J","expires_in":"86400","token_type":"Bearer"}`: false,
			`{"access_token":"ey.J","token_type":"Bearer"}`:                      false,
		} {
			var token struct {
				Token   string `json:"access_token"`
				Expires int    `json:"expires_in"`
				Type    string `json:"token_type"`
			}
			text := render(template, body)
			if err := json.Unmarshal([]byte(text), &token); err != nil {
				t.Fatalf("%q of %q: %v", text, body, err)
			}
			// A value that cannot be lowered by the TTL becomes 0, which is always a lower bound.
			if token.Token != "ey.J" || token.Type != "Bearer" || token.Expires >= 86400 || lowered != (token.Expires > 3600) || !lowered &&
				token.Expires != 0 {
				t.Errorf("got %s of %s", text, body)
			}
		}
	}
	for status, all := range templates {
		for _, template := range all {
			if status != "request" && status != "200" && (render(template, "") != template || !strings.Contains(template, `"error"`)) {
				t.Errorf("status %s: got %q", status, template)
			}
		}
	}
}
