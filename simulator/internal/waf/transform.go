package waf

import (
	"cmp"
	"math"
	"slices"
	"strings"

	"github.com/cognito-m2m/cognito-m2m-cdk/simulator/internal/properties"
)

// transformations are those of AWS WAF's text transformations that are simulated.
//
// https://docs.aws.amazon.com/waf/latest/developerguide/waf-rule-statement-transformation.html
var transformations = map[string]func(string) string{
	"NONE":                 func(s string) string { return s },
	"LOWERCASE":            lowercase,
	"URL_DECODE":           urlDecode,
	"COMPRESS_WHITE_SPACE": compressWhiteSpace,
	"REMOVE_NULLS":         func(s string) string { return strings.ReplaceAll(s, "\x00", "") },
	"REPLACE_NULLS":        func(s string) string { return strings.ReplaceAll(s, "\x00", " ") },
}

// textTransformations compiles TextTransformations into their composition, lowest priority first.
func textTransformations(statement *properties.Object) func(string) string {
	type step struct {
		priority int64
		apply    func(string) string
	}
	var steps []step
	seen := map[int64]bool{}
	all := statement.Objects("TextTransformations")
	if len(all) < 1 || len(all) > 10 {
		statement.Errorf("TextTransformations", "got %d, want 1 to 10", len(all))
	}
	for _, o := range all {
		o.Require("Priority", "Type")
		priority := o.Int("Priority", 0, math.MaxInt32, 0)
		if seen[priority] {
			o.Errorf("Priority", "%d is used twice", priority)
		}
		seen[priority] = true
		kind := o.OneOf("Type", "NONE", "LOWERCASE", "URL_DECODE", "COMPRESS_WHITE_SPACE", "REMOVE_NULLS", "REPLACE_NULLS")
		if apply, ok := transformations[kind]; ok {
			steps = append(steps, step{priority, apply})
		}
	}
	slices.SortStableFunc(steps, func(a, b step) int { return cmp.Compare(a.priority, b.priority) })
	return func(s string) string {
		for _, step := range steps {
			s = step.apply(s)
		}
		return s
	}
}

// lowercase converts A to Z only, whatever bytes are around.
func lowercase(s string) string {
	out := []byte(s)
	for i, c := range out {
		if 'A' <= c && c <= 'Z' {
			out[i] = c + 'a' - 'A'
		}
	}
	return string(out)
}

// urlDecode decodes %xx and leaves what is none as it is. '+' becomes a space, as in a form.
func urlDecode(s string) string {
	if !strings.ContainsAny(s, "%+") {
		return s
	}
	out := make([]byte, 0, len(s))
	for i := 0; i < len(s); i++ {
		switch {
		case s[i] == '+':
			out = append(out, ' ')
		case s[i] == '%' && i+2 < len(s) && isHex(s[i+1]) && isHex(s[i+2]):
			out = append(out, fromHex(s[i+1])<<4|fromHex(s[i+2]))
			i += 2
		default:
			out = append(out, s[i])
		}
	}
	return string(out)
}

func isHex(c byte) bool {
	return '0' <= c && c <= '9' || 'a' <= c && c <= 'f' || 'A' <= c && c <= 'F'
}

func fromHex(c byte) byte {
	if c <= '9' {
		return c - '0'
	}
	return c&^0x20 - 'A' + 10
}

// compressWhiteSpace makes one space of each run of form feeds, tabs, line feeds, carriage returns, vertical tabs, spaces and no-break
// spaces (160, a byte in AWS WAF's view).
func compressWhiteSpace(s string) string {
	out := make([]byte, 0, len(s))
	inRun := false
	for i := range len(s) {
		white := strings.IndexByte("\f\t\n\r\v \xa0", s[i]) >= 0
		switch {
		case !white:
			out = append(out, s[i])
		case !inRun:
			out = append(out, ' ')
		}
		inRun = white
	}
	return string(out)
}
