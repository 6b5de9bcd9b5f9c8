package costchart_test

import (
	"bytes"
	"encoding/xml"
	"errors"
	"image/png"
	"io"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/cognito-m2m/cognito-m2m-cdk/internal/pricing"
	"github.com/cognito-m2m/cognito-m2m-cdk/internal/testkit/costchart"
)

func usage(requestsPerDay, clients int64) pricing.Usage {
	return pricing.Usage{RequestsPerDay: requestsPerDay, Clients: clients, ScopeSets: 1, TTL: 45 * time.Minute}
}

// draw returns a chart for the prices of the default Region.
func draw(t *testing.T, format string, u pricing.Usage) []byte {
	t.Helper()
	var out bytes.Buffer
	if err := costchart.Write(&out, format, pricing.Default().Regions[pricing.DefaultRegion], u, pricing.Deployment{CacheGB: "0.5"}); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// texts are all texts of an SVG.
func texts(t *testing.T, svg []byte) (found []string) {
	t.Helper()
	decoder := xml.NewDecoder(bytes.NewReader(svg))
	inText := false
	for {
		switch token, err := decoder.Token(); token := token.(type) {
		case xml.StartElement:
			inText = token.Name.Local == "text"
		case xml.CharData:
			if inText {
				found = append(found, string(token))
			}
		case xml.EndElement:
			inText = false
		default:
			if errors.Is(err, io.EOF) {
				return found
			}
			if err != nil {
				t.Fatal(err)
			}
		}
	}
}

// A chart names its axes with their units, its lines, the usage that it is for, and the break-even.
func TestTexts(t *testing.T) {
	perDay, pays, err := pricing.Default().Regions[pricing.DefaultRegion].BreakEvenPerDay(usage(100_000, 50), pricing.Deployment{CacheGB: "0.5"})
	if err != nil || !pays {
		t.Fatal("no break-even", err)
	}
	breakEven := "break-even: " + pricing.Thousands(perDay) + " a day"
	for name, test := range map[string]struct {
		usage pricing.Usage
		want  []string
		not   []string
	}{
		"README": {usage(100_000, 50), []string{
			"Token requests of 50 cache keys, TTL 45m, cache of 0.5 GB", "Token requests a day, of all clients together", "US dollars a month", "with the proxy",
			"without the proxy, a token each request", "without it, clients keep their tokens", "this estimate: 100,000 a day", breakEven, "10", "1,000,000"}, nil},
		"one key":            {usage(1, 1), []string{"Token requests of 1 cache key, TTL 45m, cache of 0.5 GB", "this estimate: 1 a day", "1", "0.01"}, nil},
		"as many as allowed": {usage(1_000_000_000, 10_000), []string{"this estimate: 1,000,000,000 a day", "1,000,000,000"}, []string{"10,000,000,000"}},
	} {
		found := texts(t, draw(t, "svg", test.usage))
		for _, text := range test.want {
			if !slices.Contains(found, text) {
				t.Errorf("%s: no text %q in %q", name, text, found)
			}
		}
		for _, text := range test.not {
			if slices.Contains(found, text) {
				t.Errorf("%s: text %q", name, text)
			}
		}
	}
}

func TestTheSameInputGivesTheSameBytes(t *testing.T) {
	for _, format := range []string{"svg", "png"} {
		if first, second := draw(t, format, usage(1000, 10)), draw(t, format, usage(1000, 10)); !bytes.Equal(first, second) {
			t.Errorf("two charts in %s differ", format)
		}
	}
}

// The picture has all three lines, in their colours.
func TestPNG(t *testing.T) {
	picture, err := png.Decode(bytes.NewReader(draw(t, "png", usage(100_000, 50))))
	if err != nil {
		t.Fatal(err)
	}
	pixels := map[[3]uint32]int{}
	for y := range picture.Bounds().Dy() {
		for x := range picture.Bounds().Dx() {
			r, g, b, _ := picture.At(x, y).RGBA()
			pixels[[3]uint32{r >> 8, g >> 8, b >> 8}]++
		}
	}
	for name, of := range map[string][3]uint32{"without": {0xb9, 0x1c, 0x1c}, "with": {0x1d, 0x4e, 0xd8}, "own caches": {0x15, 0x80, 0x3d}, "background": {0xff, 0xff, 0xff}} {
		if pixels[of] < 200 {
			t.Errorf("%s: %d pixels of its colour", name, pixels[of])
		}
	}
}

func TestFormat(t *testing.T) {
	for file, want := range map[string]string{"cost.svg": "svg", "a/b.PNG": "png"} {
		if got, err := costchart.Format(file); err != nil || got != want {
			t.Errorf("%s: got %q, %v", file, got, err)
		}
	}
	for _, file := range []string{"cost", "cost.pdf", "svg", ""} {
		if _, err := costchart.Format(file); err == nil || !strings.Contains(err.Error(), ".svg or .png") {
			t.Errorf("%q: %v", file, err)
		}
	}
}
