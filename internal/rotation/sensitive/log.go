package sensitive

import (
	"io"
	"log/slog"
)

// NewLogger returns a JSON logger that redacts whatever could be a value in messages, strings and errors. Values themselves never
// get this far: see Value.
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
