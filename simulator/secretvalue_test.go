package simulator

import (
	"encoding/json"
	"strings"
	"testing"
	"time"
)

type object = map[string]any

func TestSecretValue_generatedValuesHaveTheirForm(t *testing.T) {
	for name, test := range map[string]struct {
		generate object
		length   int
		has, not string // characters of each of which one, and none, appears
	}{
		"default":             {object{}, 32, "", " "},
		"short, of each kind": {object{"PasswordLength": 4.0}, 4, "", " "},
		"with space":          {object{"IncludeSpace": true, "PasswordLength": 5.0}, 5, " ", ""},
		"without punctuation": {object{"ExcludePunctuation": true, "PasswordLength": 40.0}, 40, "", punctuation},
		"digits": {object{"ExcludePunctuation": true, "ExcludeLowercase": true, "ExcludeUppercase": true, "PasswordLength": 200.0}, 200, numbers,
			lowercase + uppercase + punctuation},
		"of one character": {object{"ExcludePunctuation": true, "ExcludeLowercase": true, "ExcludeUppercase": true,
			"ExcludeCharacters": "012345678", "PasswordLength": 3.0}, 3, "9", "012345678"},
		"not of each kind":      {object{"RequireEachIncludedType": false, "PasswordLength": 1.0}, 1, "", " "},
		"some excluded":         {object{"ExcludeCharacters": "abc\"@/\\", "PasswordLength": 2000.0}, 2000, "dZ9!", "abc\"@/\\"},
		"the header's own form": {object{"ExcludePunctuation": true, "PasswordLength": 64.0}, 64, "", punctuation},
	} {
		secret, err := readSecret("stack/Secret", object{"GenerateSecretString": test.generate}, time.Now)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		value := secret.currentValue()
		if len(value) != test.length || strings.ContainsAny(value, test.not) {
			t.Errorf("%s: %d characters, with one of %q: %t", name, len(value), test.not, strings.ContainsAny(value, test.not))
		}
		for _, c := range test.has {
			if !strings.ContainsRune(value, c) {
				t.Errorf("%s: %q does not appear", name, c)
			}
		}
		if require := test.generate["RequireEachIncludedType"]; require == nil && test.generate["ExcludeUppercase"] == nil &&
			(!strings.ContainsAny(value, lowercase) || !strings.ContainsAny(value, uppercase)) {
			t.Errorf("%s: not of each kind", name)
		}
		if _, rotates := secret.(interface{ change(func() error) error }); rotates != (name == "the header's own form") {
			t.Errorf("%s: can rotate: %t", name, rotates)
		}
	}
}

func TestSecretValue_generatedValueUnderAKey(t *testing.T) {
	secret, err := readSecret("stack/Secret", object{"GenerateSecretString": object{"SecretStringTemplate": `{"user":"a"}`,
		"GenerateStringKey": "api_key", "PasswordLength": 64.0, "ExcludePunctuation": true}}, time.Now)
	if err != nil {
		t.Fatal(err)
	}
	var value map[string]string
	if err := json.Unmarshal([]byte(secret.currentValue()), &value); err != nil || len(value["api_key"]) != 64 || value["user"] != "a" {
		t.Errorf("got %d members, %v", len(value), err)
	}
	if got, err := member(secret.currentValue(), "api_key"); err != nil || got != value["api_key"] {
		t.Errorf("by its key: %v", err)
	}
	for _, from := range []string{secret.currentValue(), "text", `{"other":1}`} {
		if _, err := member(from, "other"); err == nil || strings.Contains(err.Error(), value["api_key"]) {
			t.Errorf("a key that is not there: got %v", err)
		}
	}
}

func TestSecretValue_secretsOfOtherFormsAreRefused(t *testing.T) {
	for want, props := range map[string]object{
		"SecretString: exactly one of":                      {},
		"GenerateSecretString.GenerateStringKey: goes with": {"GenerateSecretString": object{"GenerateStringKey": "a"}},
		"GenerateSecretString.SecretStringTemplate: is no JSON object": {"GenerateSecretString": object{"GenerateStringKey": "a",
			"SecretStringTemplate": "[]"}},
		"GenerateSecretString.SecretStringTemplate: is no JSON obj": {"GenerateSecretString": object{"GenerateStringKey": "a",
			"SecretStringTemplate": "null"}},
		"GenerateSecretString.PasswordLength: 3 characters of 4 kinds": {"GenerateSecretString": object{"PasswordLength": 3.0}},
		"GenerateSecretString.PasswordLength: 32 characters of 0 kinds": {"GenerateSecretString": object{"ExcludeCharacters": lowercase +
			uppercase + numbers + punctuation}},
		"GenerateSecretString.Length: unknown property":                  {"GenerateSecretString": object{"Length": 3.0}},
		"ReplicaRegions: unknown property":                               {"SecretString": "a", "ReplicaRegions": []any{}},
		"GenerateSecretString.PasswordLength: got 5000, want a whole nu": {"GenerateSecretString": object{"PasswordLength": 5000.0}},
	} {
		if _, err := readSecret("stack/Secret", props, time.Now); err == nil || !strings.HasPrefix(err.Error(), "stack/Secret."+want) {
			t.Errorf("got %v, want %s…", err, want)
		}
	}
}

func TestSecretValue_dynamicReferencesToTheCurrentValue(t *testing.T) {
	const arn = "arn:aws:secretsmanager:eu-west-1:1:secret:a-b"
	type parsed struct {
		arn, key string
		ok       bool
	}
	for reference, want := range map[string]parsed{
		"secretsmanager:" + arn + ":SecretString":                 {arn, "", true},
		"secretsmanager:" + arn + ":SecretString:::":              {arn, "", true},
		"secretsmanager:" + arn + ":SecretString:key":             {arn, "key", true},
		"secretsmanager:" + arn + ":SecretString:key::":           {arn, "key", true},
		"secretsmanager:" + arn + ":SecretString:key:AWSCURRENT:": {arn, "key", true},
		"secretsmanager:" + arn + ":SecretString::AWSPREVIOUS:":   {arn, "", false},
		"secretsmanager:" + arn + ":SecretString:key::1":          {arn, "key", false},
		"secretsmanager:" + arn + ":SecretString:a:b:c:d":         {"", "", false},
		"secretsmanager:" + arn + ":SecretStringx":                {"", "", false},
		"secretsmanager:" + arn:                                   {"", "", false},
		"ssm:/a:SecretString":                                     {"", "", false},
	} {
		got := parsed{}
		if got.arn, got.key, got.ok = parseDynamic(reference); got != want {
			t.Errorf("%s: got %+v, want %+v", reference, got, want)
		}
	}
}
