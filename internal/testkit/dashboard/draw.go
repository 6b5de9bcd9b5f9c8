package dashboard

import (
	"fmt"
	"html"
	"regexp"
	"strings"
	"time"
)

// Sizes of the drawing, in pixels. A widget is as wide and high as its cells of the grid, less the gap.
const (
	cellWidth  = 62
	cellHeight = 44
	gap        = 8
	padding    = 12
)

// Status is what an alarm widget shows of an alarm.
type Status struct {
	Name string
	// State is OK, ALARM or INSUFFICIENT_DATA.
	State string
}

// Draw draws the dashboard up to now as SVG. The same dashboard with the same data is the same drawing, to the byte.
func Draw(b *Body, source Source, alarm func(arn string) Status, now time.Time) ([]byte, error) {
	var d drawing
	height := 0
	for _, w := range b.Widgets {
		height = max(height, w.Y+w.Height)
	}
	d.addf(`<svg xmlns="http://www.w3.org/2000/svg" width="%[1]d" height="%[2]d" viewBox="0 0 %[1]d %[2]d" `+
		`font-family="Helvetica, Arial, sans-serif" font-size="12" fill="#16191f">`,
		columns*cellWidth+gap, height*cellHeight+gap)
	d.addf(`<rect width="100%%" height="100%%" fill="#f2f3f3"/>`)
	for _, w := range b.Widgets {
		f := frame{x: float64(w.X*cellWidth + gap), y: float64(w.Y*cellHeight + gap), width: float64(w.Width*cellWidth - gap),
			height: float64(w.Height*cellHeight - gap)}
		if w.Type == "text" {
			d.text(f, w.Properties.Markdown)
			continue
		}
		d.addf(`<rect x="%.0f" y="%.0f" width="%.0f" height="%.0f" rx="4" fill="#fff" stroke="#d5dbdb"/>`, f.x, f.y, f.width, f.height)
		d.label(f.x+padding, f.y+20, `font-size="14" font-weight="bold"`, w.Properties.Title)
		inner := frame{f.x + padding, f.y + 32, f.width - 2*padding, f.height - 32 - padding/2}
		if w.Type == "alarm" {
			d.alarms(inner, w.Properties.Alarms, alarm)
			continue
		}
		series, err := b.series(w, source, now)
		if err != nil {
			return nil, err
		}
		if w.Properties.View == "singleValue" {
			d.numbers(inner, series)
		} else {
			d.graph(inner, w.Properties, series)
		}
	}
	d.addf(`</svg>`)
	return []byte(d.String()), nil
}

// frame is a rectangle.
type frame struct{ x, y, width, height float64 }

func (f frame) right() float64  { return f.x + f.width }
func (f frame) bottom() float64 { return f.y + f.height }

type drawing struct{ strings.Builder }

func (d *drawing) addf(format string, args ...any) { _, _ = fmt.Fprintf(d, format+"\n", args...) }

func (d *drawing) label(x, y float64, attributes, text string) {
	d.addf(`<text x="%.1f" y="%.1f" %s>%s</text>`, x, y, attributes, html.EscapeString(text))
}

var markdownLink = regexp.MustCompile(`\[([^\]]*)\]\([^)]*\)`)

// text draws a heading and the lines below it; links as what they are called.
func (d *drawing) text(f frame, markdown string) {
	heading, rest, _ := strings.Cut(markdown, "\n")
	d.label(f.x+2, f.y+34, `font-size="20" font-weight="bold"`, strings.TrimLeft(heading, "# "))
	plain := strings.ReplaceAll(markdownLink.ReplaceAllString(rest, "$1"), "*", "")
	for i, line := range wrapped(plain, int(f.width/6.4)) {
		d.label(f.x+2, f.y+56+float64(i)*16, `font-size="13" fill="#545b64"`, line)
	}
}

func wrapped(text string, width int) []string {
	var lines []string
	line := ""
	for _, word := range strings.Fields(text) {
		if line != "" && len(line)+1+len(word) > width {
			lines, line = append(lines, line), ""
		}
		line = strings.TrimSpace(line + " " + word)
	}
	return append(lines, line)
}

var stateColor = map[string]string{"OK": "#2ca02c", "ALARM": "#d62728"}

// alarms draws a colored mark and the name of each.
func (d *drawing) alarms(f frame, arns []string, status func(string) Status) {
	const across = 5
	width, rows := f.width/across, (len(arns)+across-1)/across
	height := min(22, f.height/float64(rows))
	for i, arn := range arns {
		s := status(arn)
		color := stateColor[s.State]
		if color == "" {
			color = "#879596"
		}
		x, y := f.x+float64(i%across)*width, f.y+float64(i/across)*height
		d.addf(`<rect x="%.1f" y="%.1f" width="10" height="10" rx="2" fill="%s"/>`, x, y, color)
		d.label(x+15, y+9, ``, s.Name)
	}
}

// numbers draws the last value of each series.
func (d *drawing) numbers(f frame, series []Series) {
	width := f.width / float64(len(series))
	for i, s := range series {
		x := f.x + float64(i)*width
		d.label(x, f.y+52, `font-size="34"`, compact(s.Last()))
		d.addf(`<rect x="%.1f" y="%.1f" width="10" height="10" fill="%s"/>`, x, f.y+72, s.color(i))
		d.label(x+15, f.y+81, ``, s.Label)
	}
}

// palette is for series without a color of their own.
var palette = []string{"#1f77b4", "#ff7f0e", "#2ca02c", "#d62728", "#9467bd", "#8c564b", "#e377c2", "#7f7f7f", "#bcbd22", "#17becf"}

func (s Series) color(i int) string {
	if s.Color != "" {
		return s.Color
	}
	return palette[i%len(palette)]
}
