package docs_test

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

var (
	fenced      = regexp.MustCompile("(?ms)^ *```.*?^ *```")
	link        = regexp.MustCompile(`\]\(([^)\s]+)\)`)
	heading     = regexp.MustCompile(`(?m)^#+ (.*)$`)
	notInAnchor = regexp.MustCompile(`[^\w\- ]`)
)

func TestLinks_leadToFilesAndHeadings(t *testing.T) {
	pages := 0
	err := filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		name := entry.Name()
		if entry.IsDir() && path != root && (strings.HasPrefix(name, ".") || name == "testdata" || name == "node_modules" || name == "cdk.out") {
			return filepath.SkipDir
		}
		if filepath.Ext(name) != ".md" {
			return nil
		}
		pages++
		text, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		for _, problem := range brokenLinks(path, string(text)) {
			t.Error(problem)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if pages < 30 {
		t.Errorf("found %d pages, want 30 or more", pages)
	}
}

func TestLinks_findsBrokenLinks(t *testing.T) {
	page := filepath.Join(root, "docs", "page.md")
	for text, want := range map[string]string{
		"[a](rotation.md) [b](../README.md) [c](https://example.com/x) [d](runbook.md#rotate-now)": "",
		"# The `a`'s b\n[a](#the-as-b)":               "",
		"```\n[a](missing.md)\n```":                   "",
		"[a](missing.md)":                             "../docs/page.md: there is no missing.md",
		"[a](runbook.md#no-such-section)":             "../docs/page.md: runbook.md has no heading #no-such-section",
		"# A\n```\n# B\n```\n[b](#b)":                 "../docs/page.md: the page has no heading #b",
		"[a](rotation.md)\n[b](../docs/decisions/x/)": "../docs/page.md: there is no ../docs/decisions/x/",
	} {
		if got := strings.Join(brokenLinks(page, text), "\n"); got != want {
			t.Errorf("%q: got %q, want %q", text, got, want)
		}
	}
}

// brokenLinks returns the links within the repository that lead to no file or no heading.
func brokenLinks(page, text string) (problems []string) {
	for _, match := range link.FindAllStringSubmatch(fenced.ReplaceAllString(text, ""), -1) {
		file, anchor, _ := strings.Cut(match[1], "#")
		if strings.Contains(file, "://") {
			continue
		}
		target, where := text, "the page"
		if file != "" {
			path := filepath.Join(filepath.Dir(page), filepath.FromSlash(file))
			if _, err := os.Stat(path); err != nil {
				problems = append(problems, fmt.Sprintf("%s: there is no %s", page, file))
				continue
			}
			body, _ := os.ReadFile(path) // A folder has no headings.
			target, where = string(body), file
		}
		if anchor != "" && !hasHeading(target, anchor) {
			problems = append(problems, fmt.Sprintf("%s: %s has no heading #%s", page, where, anchor))
		}
	}
	return problems
}

// hasHeading compares the anchor with those that GitHub and GitLab make of headings.
func hasHeading(text, anchor string) bool {
	for _, match := range heading.FindAllStringSubmatch(fenced.ReplaceAllString(text, ""), -1) {
		if strings.ReplaceAll(notInAnchor.ReplaceAllString(strings.ToLower(match[1]), ""), " ", "-") == anchor {
			return true
		}
	}
	return false
}
