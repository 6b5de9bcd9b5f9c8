package config

import (
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/invopop/jsonschema"

	"github.com/cognito-m2m/cognito-m2m-cdk/internal/awslimits"
)

// description is what the declaration of a setting says.
type description struct {
	// text is the doc comment, with the key in the place of the field's name.
	text string
	// rule describes the values, or the items of a list.
	rule awslimits.Refusal
	// most is the largest number of items, or 0.
	most int
	// standard is the default, or nil; computed is it in words, or "".
	standard any
	computed string
}

func describe(t *testing.T, section reflect.Type, s *setting) description {
	t.Helper()
	name, item := section.Name()+"."+s.Name, elementOf(s.Type)
	comment := strings.Join(strings.Fields(comments.CommentMap[section.PkgPath()+"."+name]), " ")
	if !strings.HasPrefix(comment, s.Name+" ") || !strings.HasSuffix(comment, ".") {
		t.Errorf("%s: the comment %q is not a sentence that begins with the name", name, comment)
	}
	d := description{text: strings.Replace(comment, s.Name, "`"+s.key+"`", 1), computed: s.Tag.Get("computed")}
	d.standard, d.computed = standardOf(t, s, d.computed)
	if rule := s.Tag.Get("rule"); rule != "" {
		probes := []any{"\x00", ""}
		if item.Kind() != reflect.String {
			probes = []any{-1}
		}
		for _, probe := range probes {
			if d.rule = refusal(s.check(reflect.ValueOf(probe).Convert(item))); d.allowed() != "" {
				break
			}
		}
		if d.allowed() == "" {
			t.Errorf("%s: the rule %q does not say what it allows", name, rule)
		}
	}
	if most := s.Tag.Get("most"); most != "" {
		d.most = int(refusal(s.most(1 << 30)).Most)
		if d.most == 0 {
			t.Errorf("%s: the count %q does not say how many it allows", name, most)
		}
	}
	return d
}

// refusal returns what an error of a rule says of the rule.
func refusal(err error) awslimits.Refusal {
	if r := (*awslimits.Refusal)(nil); errors.As(err, &r) {
		return *r
	}
	_, use, _ := strings.Cut(fmt.Sprint(err), ": use ")
	return awslimits.Refusal{Allowed: use}
}

// standardOf returns the default of a setting as a value, or else in words.
func standardOf(t *testing.T, s *setting, computed string) (any, string) {
	t.Helper()
	switch kind := s.Type.Kind(); {
	case s.standard == "":
		return nil, computed
	case kind == reflect.Pointer:
		return map[string]any{}, computed
	case strings.Contains(s.standard, "{name}"):
		return nil, "`" + strings.ReplaceAll(s.standard, "{name}", "NAME") + "`, where NAME is the environment's"
	case kind == reflect.String || s.Type == reflect.TypeFor[time.Duration]():
		return s.standard, computed
	}
	var value any
	if err := json.Unmarshal([]byte(s.standard), &value); err != nil {
		t.Errorf("%s: default %q: %v", s.Name, s.standard, err)
	}
	return value, computed
}

// elementOf is the type of the items of a list or of the values of a mapping, without pointer, and otherwise the type itself.
func elementOf(t reflect.Type) reflect.Type {
	switch t.Kind() {
	case reflect.Slice, reflect.Map, reflect.Pointer:
		return elementOf(t.Elem())
	}
	return t
}

func (d *description) allowed() string {
	if len(d.rule.Values) > 0 {
		return "`" + strings.Join(d.rule.Values, "`, `") + "`"
	}
	return d.rule.Allowed
}

// sentences are the comment, the values allowed and their number.
func (d *description) sentences() string {
	text := d.text
	if d.allowed() != "" {
		text += " Allowed: " + d.allowed() + "."
	}
	if d.most > 0 {
		text += fmt.Sprintf(" At most %d.", d.most)
	}
	return text
}

// given is the default as it would be in the YAML.
func (d *description) given() string {
	switch standard := d.standard.(type) {
	case nil:
		return ""
	case map[string]any:
		return "`{}`"
	case string:
		if _, err := strconv.ParseFloat(standard, 64); err == nil {
			return "`" + strconv.Quote(standard) + "`"
		}
	}
	return fmt.Sprintf("`%v`", d.standard)
}

// bound adds the rule to the schema of a value.
func (d *description) bound(schema *jsonschema.Schema) {
	for _, value := range d.rule.Values {
		schema.Enum = append(schema.Enum, value)
	}
	if d.rule.Pattern != "" {
		schema.Pattern = d.rule.Pattern
	}
	if schema.Type != "integer" && schema.Type != "number" || d.rule.Most == 0 {
		return
	}
	schema.Maximum = json.Number(strconv.FormatFloat(d.rule.Most, 'f', -1, 64))
	if least := json.Number(strconv.FormatFloat(d.rule.Least, 'f', -1, 64)); d.rule.Positive {
		schema.ExclusiveMinimum = least
	} else {
		schema.Minimum = least
	}
}
