package waf

import (
	"encoding/base64"
	"fmt"
	"regexp"
	"strings"

	"github.com/cognito-m2m/cognito-m2m-cdk/simulator/internal/properties"
)

// inspect compiles what all statements on a request component share: it tests the component's values, transformed, until one passes.
func inspect(o *properties.Object) func(test func(string) bool) matcher {
	take, transform := fieldToMatch(o), textTransformations(o)
	return func(test func(string) bool) matcher {
		return func(e *evaluation) (bool, error) {
			values, always := take(e.request)
			for _, v := range values {
				if test(transform(v)) {
					return true, nil
				}
			}
			return always, nil
		}
	}
}

// maxSearchString is AWS WAF's bound on the string of a ByteMatchStatement.
const maxSearchString = 200

// https://docs.aws.amazon.com/waf/latest/developerguide/waf-rule-statement-type-string-match.html
func (c *compiler) byteMatch(o *properties.Object, _ int) matcher {
	o.Require("PositionalConstraint")
	search := searchString(o)
	tests := map[string]func(string) bool{
		"EXACTLY":       func(s string) bool { return s == search },
		"STARTS_WITH":   func(s string) bool { return strings.HasPrefix(s, search) },
		"ENDS_WITH":     func(s string) bool { return strings.HasSuffix(s, search) },
		"CONTAINS":      func(s string) bool { return strings.Contains(s, search) },
		"CONTAINS_WORD": func(s string) bool { return containsWord(s, search) },
	}
	constraint := o.OneOf("PositionalConstraint", "EXACTLY", "STARTS_WITH", "ENDS_WITH", "CONTAINS", "CONTAINS_WORD")
	if constraint == "CONTAINS_WORD" && strings.ContainsFunc(search, func(r rune) bool { return !isWord(r) }) {
		o.Errorf("SearchString", "got %q, want letters, digits and _ only with CONTAINS_WORD", search)
	}
	m := inspect(o)
	if test, ok := tests[constraint]; ok {
		return m(test)
	}
	return never
}

func searchString(o *properties.Object) string {
	if o.Has("SearchString") == o.Has("SearchStringBase64") {
		o.Errorf("SearchString", "exactly one of SearchString and SearchStringBase64 is required")
	}
	search := o.Text("SearchString")
	if encoded := o.Text("SearchStringBase64"); encoded != "" {
		decoded, err := base64.StdEncoding.DecodeString(encoded)
		if err != nil {
			o.Errorf("SearchStringBase64", "got %q, want Base64: %w", encoded, err)
		}
		search = string(decoded)
	}
	if search == "" || len(search) > maxSearchString {
		o.Errorf("SearchString", "has %d bytes, want 1 to %d", len(search), maxSearchString)
	}
	return search
}

func isWord(r rune) bool {
	return r == '_' || '0' <= r && r <= '9' || 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z'
}

func containsWord(s, word string) bool {
	if word == "" {
		return false
	}
	for from := 0; ; {
		i := strings.Index(s[from:], word)
		if i < 0 {
			return false
		}
		start := from + i
		end := start + len(word)
		if (start == 0 || !isWord(rune(s[start-1]))) && (end == len(s) || !isWord(rune(s[end]))) {
			return true
		}
		from = start + 1
	}
}

// sizeConstraint compares the size in bytes after the transformations.
// https://docs.aws.amazon.com/waf/latest/developerguide/waf-rule-statement-type-size-constraint-match.html
func (c *compiler) sizeConstraint(o *properties.Object, _ int) matcher {
	o.Require("ComparisonOperator", "Size")
	size := o.Int("Size", 0, 21474836480, 0)
	comparisons := map[string]func(int64) bool{
		"EQ": func(n int64) bool { return n == size },
		"NE": func(n int64) bool { return n != size },
		"LE": func(n int64) bool { return n <= size },
		"LT": func(n int64) bool { return n < size },
		"GE": func(n int64) bool { return n >= size },
		"GT": func(n int64) bool { return n > size },
	}
	compare, ok := comparisons[o.OneOf("ComparisonOperator", "EQ", "NE", "LE", "LT", "GE", "GT")]
	m := inspect(o)
	if !ok {
		return never
	}
	return m(func(s string) bool { return compare(int64(len(s))) })
}

func (c *compiler) regexMatch(o *properties.Object, _ int) matcher {
	o.Require("RegexString")
	pattern, err := compilePattern(o.Text("RegexString"))
	if err != nil {
		o.Errorf("RegexString", "%w", err)
	}
	m := inspect(o)
	if err != nil {
		return never
	}
	return m(pattern.MatchString)
}

// regexPatternSet searches the component for each of the set's patterns: without anchors a pattern matches anywhere in it.
// https://docs.aws.amazon.com/waf/latest/developerguide/waf-rule-statement-type-regex-pattern-set-match.html
func (c *compiler) regexPatternSet(o *properties.Object, _ int) matcher {
	o.Require("Arn")
	arn, m := o.Text("Arn"), inspect(o)
	return func(e *evaluation) (bool, error) {
		sources, err := e.sets.Patterns(arn)
		if err != nil {
			return false, fmt.Errorf("regex pattern set %s: %w", arn, err)
		}
		patterns := make([]*regexp.Regexp, len(sources))
		for i, source := range sources {
			if patterns[i], err = c.patterns.compile(source); err != nil {
				return false, fmt.Errorf("regex pattern set %s: %w", arn, err)
			}
		}
		return m(func(s string) bool {
			for _, p := range patterns {
				if p.MatchString(s) {
					return true
				}
			}
			return false
		})(e)
	}
}
