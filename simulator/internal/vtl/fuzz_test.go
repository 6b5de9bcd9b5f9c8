package vtl

import (
	"testing"
	"unicode/utf8"
)

func FuzzParse(f *testing.F) {
	for template := range tricky {
		f.Add(template)
	}
	for template := range refused {
		if len(template) < 1000 {
			f.Add(template)
		}
	}
	f.Fuzz(func(t *testing.T, source string) {
		template, err := Parse(source)
		if (template == nil) == (err == nil) {
			t.Errorf("got %v and the error %v", template, err)
		}
	})
}

// FuzzRender renders any template: there is a text within the bounds or an error, and the same at every time.
func FuzzRender(f *testing.F) {
	for template := range tricky {
		f.Add(template, oracleInput.Body)
	}
	f.Add("$input.path('$.a[0].b') $input.json('$')", `{"a": [{"b": 1.5e3}]}`)
	f.Fuzz(func(t *testing.T, source, body string) {
		template, err := Parse(source)
		if err != nil {
			return
		}
		in := oracleInput
		in.Body = body
		text, err := template.Render(in)
		if err == nil && (len(text) > maxBytes || utf8.ValidString(body) && !utf8.ValidString(text)) {
			t.Errorf("%q made %d bytes", source, len(text))
		}
		again, errAgain := template.Render(in)
		if text != again || (err == nil) != (errAgain == nil) {
			t.Errorf("%q: got %q, %v; then %q, %v", source, text, err, again, errAgain)
		}
	})
}
