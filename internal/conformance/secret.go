package conformance

import (
	"fmt"
	"io"
	"log/slog"
	"regexp"
	"strings"
	"sync"
)

const redacted = "[redacted]"

// Secret is text that prints as [redacted], whatever prints it.
type Secret string

var (
	_ fmt.Formatter  = Secret("")
	_ slog.LogValuer = Secret("")
)

// Format implements fmt.Formatter.
func (Secret) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, redacted) }

// LogValue implements slog.LogValuer.
func (Secret) LogValue() slog.Value { return slog.StringValue(redacted) }

// MarshalText implements encoding.TextMarshaler, and so JSON.
func (Secret) MarshalText() ([]byte, error) { return []byte(redacted), nil }

// Plaintext is the text.
func (s Secret) Plaintext() string { return string(s) }

// redactor cuts out what must not be shown.
type redactor struct {
	mu     sync.Mutex
	values []string
}

// minSecret keeps a very short secret from making every reason unreadable; Cognito's have 24 characters at least.
const minSecret = 6

func (r *redactor) add(values ...string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, v := range values {
		if len(v) >= minSecret {
			r.values = append(r.values, v)
		}
	}
}

// jwtPattern is a JSON Web Token, or the beginning of one: its header is JSON, which starts with {".
var jwtPattern = regexp.MustCompile(`eyJ[\w-]{10,}(\.[\w-]*)*`)

func (r *redactor) redact(text string) string {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, v := range r.values {
		text = strings.ReplaceAll(text, v, redacted)
	}
	return jwtPattern.ReplaceAllString(text, redacted)
}
