package main

import (
	"bytes"
	"fmt"
	"regexp"
	"strings"
)

// finding says where something looks like a secret value.
type finding struct {
	file string
	line int
	what string
}

func (f finding) String() string { return fmt.Sprintf("%s:%d: %s", f.file, f.line, f.what) }

var (
	// RFC 7519 section 3: a header that begins with {" in base64url, and a payload likewise. A short one is some test's example.
	jwt = regexp.MustCompile(`\beyJ[A-Za-z0-9_-]{20,}\.eyJ[A-Za-z0-9_-]{20,}`)
	// RFC 7617 section 2. Forty characters of base64 hold a client id and a secret of some length.
	basic = regexp.MustCompile(`(?i)\bbasic[ :"]+[A-Za-z0-9+/]{40,}`)
	// randomLength is that of the shortest value that this project or Cognito generates, or less.
	random = regexp.MustCompile(`[A-Za-z0-9]{40,}`)
	hexes  = regexp.MustCompile(`^(?:[0-9a-f]+|[0-9A-F]+)$`)
	// suffix is what CDK appends to a name: eight digits to make it unique, or the hash of an API at its deployment.
	suffix = regexp.MustCompile(`[0-9A-F]{8}|[0-9a-f]{32}`)
	digits = regexp.MustCompile(`[0-9]+`)
	// A certificate is public, and its base64 is as good as random.
	certificate = regexp.MustCompile(`(?s)-----BEGIN CERTIFICATE-----.*?-----END CERTIFICATE-----`)
)

// scan finds JSON Web Tokens, Basic credentials and random values.
func scan(file string, content []byte) []finding {
	content = certificate.ReplaceAllFunc(content, func(pem []byte) []byte {
		return bytes.Repeat([]byte("\n"), bytes.Count(pem, []byte("\n")))
	})
	var found []finding
	for i, line := range strings.Split(string(content), "\n") {
		add := func(what string) { found = append(found, finding{file, i + 1, what}) }
		switch {
		case jwt.MatchString(line):
			add("a JSON Web Token")
		case basic.MatchString(line):
			add("Basic credentials")
		default:
			for _, run := range random.FindAllString(line, -1) {
				if isRandom(run) {
					add(fmt.Sprintf("a random value of %d characters", len(run)))
				}
			}
		}
	}
	return found
}

// isRandom tells a generated secret from a hash, which is hexadecimal, and from the long names of CDK's resources. Of 40 random letters and
// digits, 6 to 8 are digits, in 3 runs or more in 98 of 100 cases; a name has them in its suffixes and at most one or two in words such as
// oauth2.
func isRandom(run string) bool {
	if hexes.MatchString(run) {
		return false
	}
	return len(digits.FindAllString(suffix.ReplaceAllString(run, ""), -1)) >= 3
}

// isText is false for files with zero bytes, as a binary has.
func isText(content []byte) bool { return bytes.IndexByte(content, 0) < 0 }
