package header

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"regexp"
	"strings"
	"testing"

	"github.com/cognito-m2m/cognito-m2m-cdk/internal/rotation/sensitive"
)

func TestNewValue_isRandomAndValid(t *testing.T) {
	seen := map[Value]bool{}
	characters := map[rune]int{}
	for range 1000 {
		v := NewValue()
		if err := v.Check(); err != nil {
			t.Fatal(err)
		}
		if seen[v] {
			t.Fatal("a value was drawn twice")
		}
		seen[v] = true
		for _, c := range v.Plaintext() {
			characters[c]++
		}
	}
	// 64,000 characters, 1,032 of each expected with a standard deviation of 32.
	for _, c := range sensitive.Alphabet {
		if n := characters[c]; n < 832 || n > 1232 {
			t.Errorf("character %q was drawn %d times of 64000, want about 1032", c, n)
		}
	}
}

func TestValue_checkRefusesOtherTexts(t *testing.T) {
	for _, tt := range []struct{ name, value, want string }{
		{"well formed", strings.Repeat("aZ09", 16), ""},
		{"empty", "", "got 0 characters"},
		{"short", strings.Repeat("a", 63), "got 63 characters"},
		{"long", strings.Repeat("a", 65), "got 65 characters"},
		{"punctuation", strings.Repeat("a", 63) + ".", "character 64 is not alphanumeric"},
		{"line feed", strings.Repeat("a", 63) + "\n", "character 64 is not alphanumeric"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			wantError(t, ValueOf(tt.value).Check(), tt.want)
		})
	}
}

func TestValue_patternRoundTrips(t *testing.T) {
	v := NewValue()
	re := regexp.MustCompile(v.Pattern())
	if !re.MatchString(v.Plaintext()) || re.MatchString("x"+v.Plaintext()) || re.MatchString(v.Plaintext()+"x") {
		t.Error("the pattern does not match exactly the value")
	}
	if got, ok := FromPattern(v.Pattern()); !ok || got != v {
		t.Error("FromPattern is not the inverse of Pattern")
	}
	plain := v.Plaintext()
	for _, pattern := range []string{"", "^$", plain, "^" + plain, plain + "$", "^.*$", "^" + plain + "|.*$", "^^" + plain + "$"} {
		if _, ok := FromPattern(pattern); ok {
			t.Errorf("a pattern of %d characters is taken for ours", len(pattern))
		}
	}
}

func TestValue_isNeverPrinted(t *testing.T) {
	v := NewValue()
	plain := v.Plaintext()
	var log bytes.Buffer
	logger := slog.New(slog.NewJSONHandler(&log, nil))
	logger.Info("x", "v", v, "set", AcceptedSet{Values: []Value{v}}, "stage", StageState{Value: v})
	text := slog.New(slog.NewTextHandler(&log, nil))
	text.Info("x", "v", v, "set", AcceptedSet{Foreign: []Value{v}}, "values", []Value{v})
	encoded, err := json.Marshal(map[string]any{"v": v, "values": []Value{v}, "keys": map[Value]int{v: 1}})
	if err != nil {
		t.Fatal(err)
	}
	awsError := fmt.Errorf("WAFInvalidParameterException: %s", v.Pattern())
	redactedErr := sensitive.RedactError(fmt.Errorf("wrapped: %w", awsError))
	if !errors.Is(redactedErr, awsError) {
		t.Error("a redacted error hides what it wraps from errors.Is")
	}
	outputs := []string{
		log.String(), string(encoded), v.String(), redactedErr.Error(), fmt.Sprintf("%+v", redactedErr), fmt.Sprintf("%#v", redactedErr),
	}
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%X", "%d", "%T"} {
		outputs = append(outputs, fmt.Sprintf(verb, v), fmt.Sprintf(verb, &v), fmt.Sprintf(verb, []Value{v}),
			fmt.Sprintf(verb, Version{Value: v}), fmt.Sprintf(verb, AcceptedSet{Values: []Value{v}}),
			fmt.Sprintf(verb, observation{current: v, set: AcceptedSet{Values: []Value{v}}}))
	}
	hex := fmt.Sprintf("%x", plain)
	for _, output := range outputs {
		if strings.Contains(output, plain) || strings.Contains(output, hex) {
			t.Errorf("printed: %s", strings.ReplaceAll(output, plain, "VALUE"))
		}
	}
}
