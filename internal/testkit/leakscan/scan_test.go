package main

import (
	"crypto/rand"
	"encoding/base64"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/cognito-m2m/cognito-m2m-cdk/internal/rotation/sensitive"
)

// The test builds its secrets, so that the scan of its log does not find them.
func TestScan_secretsAreFound(t *testing.T) {
	for name, value := range map[string]string{
		"a value of a rotation":             found(rotated),
		"a client secret as Cognito's":      found(cognitos),
		"a client secret in a JSON string":  `{"client_secret":"` + found(rotated) + `"}`,
		"Basic credentials":                 "Authorization: Basic " + base64.StdEncoding.EncodeToString([]byte("client-id:"+rand.Text()+rand.Text())),
		"an access token":                   segment(`{"alg":"RS256","kid":"abcdef"}`) + "." + segment(`{"sub":"client","token_use":"access"}`) + ".c2ln",
		"a secret in the middle of a line":  "level=INFO secret=" + found(rotated) + " more",
		"a secret after a public statement": "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n" + found(rotated),
	} {
		t.Run(name, func(t *testing.T) {
			found := scan("file", []byte("first line\n"+value))
			if len(found) != 1 {
				t.Fatalf("found %d, want one", len(found))
			}
			if text := found[0].String(); strings.Contains(text, value) {
				t.Error("the finding shows the value")
			}
		})
	}
}

func rotated() string  { return sensitive.Random().Plaintext() }
func cognitos() string { return strings.ToLower(rand.Text() + rand.Text()) }

// found is one of the values that the scan finds when they are alone. TestScan_hardlyAnySecretEscapes says how many it does not.
func found(random func() string) string {
	value := random()
	for tries := 0; tries < 100 && len(scan("file", []byte(value))) == 0; tries++ {
		value = random()
	}
	return value
}

// A value may have its digits together; it is the rate that tells a scan that works from one that does not.
func TestScan_hardlyAnySecretEscapes(t *testing.T) {
	const n = 2000
	missed := 0
	for range n {
		for _, value := range []string{rotated(), cognitos()} {
			if len(scan("file", []byte(value))) == 0 {
				missed++
			}
		}
	}
	if missed > 2*n/50 {
		t.Errorf("%d of %d random values were not found, want at most one in fifty", missed, 2*n)
	}
}

func TestScan_namesAndHashesAreNoSecrets(t *testing.T) {
	for _, text := range []string{
		"TokenProxyApitokenoauth2POSTAuthorizerResourcePolicy1A2B3C4D",
		"m2mdevidentityPoolUserPoolResourceServerOrdersAPIReadWriteB07F8C11",
		"ExportsOutputFnGetAttRotationFunctionF8B97B14ArnD0A4E7C5",
		strings.Repeat("0123456789abcdef", 4) + ".zip",
		"arn:aws:secretsmanager:eu-west-1:111122223333:secret:m2m/prod/tenants/carrier-alpina",
		`{"placeholder":true}`,
		"Authorization: Basic <client id and secret>",
	} {
		if found := scan("file", []byte(text)); len(found) > 0 {
			t.Errorf("%s: %v", text, found)
		}
	}
}

func TestScan_foldersAreScannedButForBinaries(t *testing.T) {
	dir := t.TempDir()
	secret := sensitive.Random().Plaintext()
	for name, content := range map[string]string{"a/template.json": secret, "b.log": "clean", "bootstrap": "\x7fELF\x00" + secret} {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	files, found, err := scanAll([]string{dir})
	if err != nil || files != 2 || len(found) != 1 || found[0].file != filepath.Join(dir, "a", "template.json") || found[0].line != 1 {
		t.Errorf("got %d files, %v, %v", files, found, err)
	}
	if _, _, err := scanAll([]string{filepath.Join(dir, "absent")}); err == nil {
		t.Error("a missing path is no error")
	}
}

func segment(json string) string { return base64.RawURLEncoding.EncodeToString([]byte(json)) }
