package properties

import (
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
)

// Text reads a string; "" when it is absent.
func (o *Object) Text(key string) string {
	value, ok := o.take(key)
	if !ok {
		return ""
	}
	text, ok := value.(string)
	if !ok {
		o.Errorf(key, "got %s, want a string", describe(value))
	}
	return text
}

// OneOf reads a string that must be one of the allowed; "" when it is absent.
func (o *Object) OneOf(key string, allowed ...string) string {
	text := o.Text(key)
	if _, isText := o.values[key].(string); isText && !slices.Contains(allowed, text) {
		o.Errorf(key, "got %q, allowed are %s", text, strings.Join(allowed, ", "))
		return ""
	}
	return text
}

// Texts reads a list of strings.
func (o *Object) Texts(key string) []string {
	var all []string
	for i, value := range o.list(key) {
		text, ok := value.(string)
		if !ok {
			o.Errorf(fmt.Sprintf("%s[%d]", key, i), "got %s, want a string", describe(value))
			continue
		}
		all = append(all, text)
	}
	return all
}

// TextOrTexts reads what may be one string or a list of strings, as in policy documents.
func (o *Object) TextOrTexts(key string) []string {
	if o.IsText(key) {
		return []string{o.Text(key)}
	}
	return o.Texts(key)
}

// IsText says whether the property is a string. It does not mark it as known.
func (o *Object) IsText(key string) bool {
	_, isText := o.values[key].(string)
	return isText
}

// Number reads a number of at least 0; fallback when it is absent.
func (o *Object) Number(key string, fallback float64) float64 {
	value, ok := o.take(key)
	if !ok {
		return fallback
	}
	n, isNumber := value.(float64)
	if !isNumber || n < 0 {
		o.Errorf(key, "got %s, want a number that is not negative", describe(value))
		return fallback
	}
	return n
}

// Bool reads a boolean; false when it is absent. Like CloudFormation it takes "true" and "false" for booleans.
func (o *Object) Bool(key string) bool {
	value, ok := o.take(key)
	if !ok {
		return false
	}
	switch value {
	case true, "true":
		return true
	case false, "false":
		return false
	}
	o.Errorf(key, "got %s, want true or false", describe(value))
	return false
}

// Int reads a whole number from lowest to highest; fallback when it is absent. Like CloudFormation it takes a string of digits for a
// number.
func (o *Object) Int(key string, lowest, highest, fallback int64) int64 {
	value, ok := o.take(key)
	if !ok {
		return fallback
	}
	n, ok := whole(value)
	if !ok || n < lowest || n > highest {
		o.Errorf(key, "got %s, want a whole number from %d to %d", describe(value), lowest, highest)
		return fallback
	}
	return n
}

func whole(value any) (int64, bool) {
	switch v := value.(type) {
	case int:
		return int64(v), true
	case int64:
		return v, true
	case float64:
		// Beyond 2^53 a float64 is no longer exact; no property is that large.
		return int64(v), v == math.Trunc(v) && math.Abs(v) <= 1<<53
	case json.Number:
		n, err := v.Int64()
		return n, err == nil
	case string:
		n, err := strconv.ParseInt(v, 10, 64)
		return n, err == nil
	}
	return 0, false
}

func (o *Object) list(key string) []any {
	value, ok := o.take(key)
	if !ok {
		return nil
	}
	switch list := value.(type) {
	case []any:
		return list
	case []string:
		all := make([]any, len(list))
		for i, text := range list {
			all[i] = text
		}
		return all
	}
	o.Errorf(key, "got %s, want a list", describe(value))
	return nil
}

// describe shows a value in a message, without showing all of a long one.
func describe(value any) string {
	switch v := value.(type) {
	case map[string]any:
		return "an object"
	case []any, []string:
		return "a list"
	case string:
		const most = 60
		if len(v) > most {
			return fmt.Sprintf("%q…", v[:most])
		}
		return strconv.Quote(v)
	case nil:
		return "null"
	}
	return fmt.Sprint(value)
}
