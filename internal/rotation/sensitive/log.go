package sensitive

import (
	"io"
	"log/slog"
)

// NewLogger returns a JSON logger that redacts everything that could be a value in messages, strings and errors. It is a second line of
// defence: a Value redacts itself.
func NewLogger(w io.Writer) *slog.Logger {
	return slog.New(slog.NewJSONHandler(w, &slog.HandlerOptions{
		ReplaceAttr: func(_ []string, a slog.Attr) slog.Attr {
			switch v := a.Value.Any().(type) {
			case string:
				a.Value = slog.StringValue(Redact(v))
			case error:
				a.Value = slog.StringValue(Redact(v.Error()))
			}
			return a
		},
	}))
}
