package insights_test

import (
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/cognito-m2m/cognito-m2m-cdk/internal/insights"
	"github.com/cognito-m2m/cognito-m2m-cdk/internal/testkit/logsinsights"
)

func rows(t *testing.T, query string, source insights.Source) [][]string {
	t.Helper()
	result, err := logsinsights.Run(query, events(t)[source], noon, logsinsights.Dialect{})
	if err != nil {
		return nil // A query that does not run has another result as well.
	}
	return result.Rows
}

// The samples tell every condition's absence: without any one of its parts a query has another result.
func TestQueries_everyConditionMatters(t *testing.T) {
	whole := regexp.MustCompile(`\| filter [^|]*`)
	operand := regexp.MustCompile(
		` (?:and|or) (?:not )?[a-zA-Z_.0-9]+(?:\([a-zA-Z_.0-9]+\))?(?: (?:=|!=) "[^"]*"| (?:not )?like /[^/]*/| in \[[^\]]*\])?`,
	)
	first := regexp.MustCompile(`[a-zA-Z_.0-9]+ = "[^"]*" and `)
	alternative := regexp.MustCompile(`\n  or \([^)]*\)`)
	name := regexp.MustCompile(`"[A-Za-z ]+", `)
	tried := 0
	for _, query := range insights.Queries(30) {
		result := rows(t, query.Text, query.Source)
		var found [][]int
		for _, parts := range []*regexp.Regexp{whole, operand, first, alternative, name} {
			found = append(found, parts.FindAllStringIndex(query.Text, -1)...)
		}
		for _, at := range found {
			part := query.Text[at[0]:at[1]]
			if strings.HasPrefix(part, `"`) && query.Source != insights.Trail {
				continue // A message of the rotations' each: they are checked by TestQueries_messagesAreLogged.
			}
			if unsampled(part) {
				continue
			}
			tried++
			if reflect.DeepEqual(result, rows(t, query.Text[:at[0]]+query.Text[at[1]:], query.Source)) {
				t.Errorf("%s has the same result without %q", query.Name, part)
			}
		}
	}
	if tried < 40 {
		t.Errorf("only %d parts were tried", tried)
	}
	t.Logf("%d parts", tried)
}

// unsampled are names in a list of events of which the samples have only some.
func unsampled(part string) bool {
	name := strings.TrimSuffix(part, ", ")
	return strings.HasPrefix(name, `"`) && !slices.Contains([]string{
		`"DisassociateWebACL"`, `"UpdateWebACL"`, `"UpdateRegexPatternSet"`, `"UpdateStage"`, `"StopLogging"`, `"DeleteDataProtectionPolicy"`,
		`"RotationStarted"`, `"RotationSucceeded"`, `"RotationFailed"`,
	}, name)
}

// The rotations write exactly the messages that the queries over their logs look for.
func TestQueries_messagesAreLogged(t *testing.T) {
	messages := regexp.MustCompile(`msg in \[(.*)\]`)
	for _, query := range insights.Queries(30) {
		folder := map[insights.Source]string{
			insights.OriginHeaderRotation: "../rotation/header", insights.ClientSecretRotation: "../rotation/clientsecret",
		}[query.Source]
		if folder == "" {
			continue
		}
		written := sources(t, folder) + sources(t, "../rotation/event") // The events of both rotations are dispatched there.
		list := messages.FindStringSubmatch(query.Text)
		if list == nil {
			t.Fatalf("%s: no list of messages in %s", query.Name, query.Text)
		}
		for _, message := range strings.Split(list[1], ", ") {
			if !strings.Contains(written, "Context(ctx, "+message) {
				t.Errorf("%s looks for %s, which nothing in %s writes", query.Name, message, folder)
			}
		}
		fields, err := logsinsights.Fields(query.Text)
		if err != nil {
			t.Fatal(err)
		}
		for _, field := range fields {
			if !slices.Contains([]string{"level", "msg"}, field) && !strings.Contains(written, `"`+field+`", `) {
				t.Errorf("%s reads the field %s, which nothing in %s writes", query.Name, field, folder)
			}
		}
	}
}

func sources(t *testing.T, folder string) string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(folder, "*.go"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no sources in %s: %v", folder, err)
	}
	var all strings.Builder
	for _, file := range files {
		body, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if !strings.HasSuffix(file, "_test.go") {
			all.Write(body)
		}
	}
	return all.String()
}
