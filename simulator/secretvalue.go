package simulator

import (
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"math/big"
	"strings"
	"time"

	"github.com/cognito-m2m/cognito-m2m-cdk/internal/rotation/header"
	"github.com/cognito-m2m/cognito-m2m-cdk/simulator/internal/properties"
)

// secretValue is what a dynamic reference finds in a secret.
type secretValue interface{ currentValue() string }

// held is a secret that nothing here changes: a tenant's placeholder, or an API key.
type held string

func (h held) currentValue() string { return string(h) }

// readSecret reads a secret with its first value. One that has the form of the origin header's can rotate.
func readSecret(path string, props map[string]any, clock func() time.Time) (secretValue, error) {
	o := properties.Read(path, props)
	o.Accept(map[string]string{"Name": "a name", "Description": "a comment", "KmsKeyId": "nothing is encrypted",
		"Tags": "for billing and access control"})
	if o.Has("SecretString") == o.Has("GenerateSecretString") {
		o.Errorf("SecretString", "exactly one of SecretString and GenerateSecretString is needed")
	}
	literal := o.Text("SecretString")
	g := o.Object("GenerateSecretString")
	if g == nil {
		return held(literal), o.Err()
	}
	form := readForm(g)
	value, err := form.generate()
	if err != nil {
		g.Errorf("SecretStringTemplate", "%w", err)
	}
	if err := o.Err(); err != nil {
		return nil, err
	}
	if form.isHeaderValue() {
		return newSecret(clock), nil
	}
	return held(value), nil
}

// form is a GenerateSecretString.
// https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-properties-secretsmanager-secret-generatesecretstring.html
type form struct {
	length        int
	classes       []string // of characters
	each          bool     // class has to appear
	excluded      string
	key, template string
	punctuation   bool
}

const (
	lowercase   = "abcdefghijklmnopqrstuvwxyz"
	uppercase   = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
	numbers     = "0123456789"
	punctuation = "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~"
)

func readForm(o *properties.Object) form {
	f := form{
		length: int(o.Int("PasswordLength", 1, 4096, 32)), excluded: o.Text("ExcludeCharacters"), key: o.Text("GenerateStringKey"),
		template: o.Text("SecretStringTemplate"),
		each:     !o.Has("RequireEachIncludedType") || o.Bool("RequireEachIncludedType"), punctuation: !o.Bool("ExcludePunctuation"),
	}
	if (f.key == "") != (f.template == "") {
		o.Errorf("GenerateStringKey", "goes with SecretStringTemplate")
	}
	include := map[string]bool{
		lowercase: !o.Bool("ExcludeLowercase"), uppercase: !o.Bool("ExcludeUppercase"), numbers: !o.Bool("ExcludeNumbers"),
		punctuation: f.punctuation, " ": o.Bool("IncludeSpace"),
	}
	for _, class := range []string{lowercase, uppercase, numbers, punctuation, " "} {
		left := strings.Map(func(r rune) rune {
			if strings.ContainsRune(f.excluded, r) {
				return -1
			}
			return r
		}, class)
		if include[class] && left != "" {
			f.classes = append(f.classes, left)
		}
	}
	if len(f.classes) == 0 || f.each && f.length < len(f.classes) {
		o.Errorf("PasswordLength", "%d characters of %d kinds cannot be generated", f.length, len(f.classes))
	}
	return f
}

// isHeaderValue says whether it makes values as the rotation of the origin header does.
func (f form) isHeaderValue() bool {
	return f.length == header.ValueLength && strings.Join(f.classes, "") == lowercase+uppercase+numbers && f.key == ""
}

func (f form) generate() (string, error) {
	if len(f.classes) == 0 {
		return "", nil
	}
	all := strings.Join(f.classes, "")
	value := make([]byte, f.length)
	for {
		for i := range value {
			value[i] = all[random(len(all))]
		}
		if !f.each || f.complete(string(value)) || f.length < len(f.classes) {
			break
		}
	}
	if f.key == "" {
		return string(value), nil
	}
	var members map[string]any
	if err := json.Unmarshal([]byte(f.template), &members); err != nil || members == nil {
		return "", errors.New("is no JSON object")
	}
	members[f.key] = string(value)
	body, err := json.Marshal(members)
	return string(body), err
}

func (f form) complete(value string) bool {
	for _, class := range f.classes {
		if !strings.ContainsAny(value, class) {
			return false
		}
	}
	return true
}

func random(below int) int64 {
	n, err := rand.Int(rand.Reader, big.NewInt(int64(below)))
	if err != nil {
		panic(err) // crypto/rand's reader never fails.
	}
	return n.Int64()
}

// member is the value of a JSON object's member, as a dynamic reference with a key finds it.
func member(secret, key string) (string, error) {
	var members map[string]any
	if err := json.Unmarshal([]byte(secret), &members); err != nil {
		return "", fmt.Errorf("the secret's value is no JSON object, so it has no key %q", key)
	}
	text, ok := members[key].(string)
	if !ok {
		return "", fmt.Errorf("the secret's value has no text under key %q", key)
	}
	return text, nil
}
