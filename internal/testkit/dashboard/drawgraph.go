package dashboard

import (
	"fmt"
	"math"
	"strings"
	"time"
)

// plot is the part of a graph that has lines, and what its axes stand for.
type plot struct {
	frame
	from, to time.Time
	top      float64
}

func (p plot) px(at time.Time) float64 {
	return p.x + p.width*at.Sub(p.from).Seconds()/p.to.Sub(p.from).Seconds()
}

func (p plot) py(v float64) float64 { return p.bottom() - p.height*v/p.top }

// graph draws lines, or areas on top of one another, over axes that begin at 0.
func (d *drawing) graph(f frame, properties Properties, series []Series) {
	p := plot{frame: frame{f.x + 44, f.y + 18, f.width - 44, f.height - 38}}
	if properties.Legend.Position == "right" {
		p.width -= 168
		d.legend(frame{p.right() + 14, p.y, 154, p.height}, series, true)
	} else {
		p.height -= 18
		d.legend(frame{p.x, f.bottom() - 12, p.width, 12}, series, false)
	}
	if len(series) == 0 {
		return
	}
	p.from, p.to = series[0].Start, series[0].At(len(series[0].Values))
	layers := series
	if properties.Stacked {
		layers = stacked(series)
	}
	step, ticks := scale(largest(layers, properties.Annotations))
	p.top = step * float64(ticks)
	d.axes(p, step, ticks, properties.YAxis.Left.Label)
	for i := len(layers) - 1; i >= 0; i-- {
		if properties.Stacked {
			d.addf(`<path d="%s" fill="%s" stroke="none"/>`, p.area(layers[i]), series[i].color(i))
		} else {
			d.addf(`<path d="%s" fill="none" stroke="%s" stroke-width="1.5"/>`, p.line(layers[i]), series[i].color(i))
			d.points(p, layers[i], series[i].color(i))
		}
	}
	for _, line := range properties.Annotations.Horizontal {
		y := p.py(line.Value)
		d.addf(`<line x1="%.1f" y1="%.1f" x2="%.1f" y2="%.1f" stroke="%s" stroke-dasharray="5 4"/>`, p.x, y, p.right(), y, line.Color)
		d.label(p.right()-4, y-4, fmt.Sprintf(`text-anchor="end" font-size="11" fill="%s" stroke="#fff" stroke-width="4" `+
			`stroke-linejoin="round" paint-order="stroke"`, line.Color), line.Label)
	}
}

func stacked(series []Series) []Series {
	var layers []Series
	for i, s := range series {
		layer := s.like()
		for j, v := range s.Values {
			if layer.Values[j] = 0; !math.IsNaN(v) {
				layer.Values[j] = v
			}
			if i > 0 {
				layer.Values[j] += layers[i-1].Values[j]
			}
		}
		layers = append(layers, layer)
	}
	return layers
}

func largest(series []Series, annotations Annotations) float64 {
	top := 0.0
	for _, s := range series {
		for _, v := range s.present() {
			if v > top {
				top = v
			}
		}
	}
	for _, line := range annotations.Horizontal {
		top = max(top, line.Value*1.08) // Room for its label.
	}
	return top
}

// scale divides an axis up to at least top into steps of 1, 2 or 5 times a power of ten.
func scale(top float64) (step float64, ticks int) {
	if top <= 0 {
		return 1, 1
	}
	power := math.Pow(10, math.Floor(math.Log10(top/4)))
	for _, factor := range []float64{1, 2, 5, 10} {
		if step = factor * power; top/step <= 5 {
			break
		}
	}
	return step, int(math.Ceil(top/step - 1e-9))
}

func (d *drawing) axes(p plot, step float64, ticks int, unit string) {
	d.label(p.x-40, p.y-11, `font-size="11" fill="#545b64"`, unit)
	for i := range ticks + 1 {
		v := step * float64(i)
		d.addf(`<line x1="%.1f" y1="%.1f" x2="%.1f" y2="%.1f" stroke="#eaeded"/>`, p.x, p.py(v), p.right(), p.py(v))
		d.label(p.x-6, p.py(v)+4, `text-anchor="end" font-size="11" fill="#545b64"`, compact(v))
	}
	every, form := 4*time.Hour, "15:04"
	if p.to.Sub(p.from) > 3*24*time.Hour {
		every, form = 5*24*time.Hour, "01/02"
	}
	for at := p.from.Truncate(every).Add(every); at.Before(p.to); at = at.Add(every) {
		d.label(p.px(at), p.bottom()+14, `text-anchor="middle" font-size="11" fill="#545b64"`, at.UTC().Format(form))
	}
}

// line has a gap where a value is missing.
func (p plot) line(s Series) string {
	var path strings.Builder
	pen := "M"
	for i, v := range s.Values {
		if math.IsNaN(v) {
			pen = "M"
			continue
		}
		fmt.Fprintf(&path, "%s%.1f %.1f", pen, p.px(s.At(i)), p.py(v))
		pen = "L"
	}
	return path.String()
}

// points draws the values that have none beside them, which a line does not show.
func (d *drawing) points(p plot, s Series, color string) {
	missing := func(i int) bool { return i < 0 || i >= len(s.Values) || math.IsNaN(s.Values[i]) }
	for i, v := range s.Values {
		if !missing(i) && missing(i-1) && missing(i+1) {
			d.addf(`<circle cx="%.1f" cy="%.1f" r="3" fill="%s"/>`, p.px(s.At(i)), p.py(v), color)
		}
	}
}

func (p plot) area(s Series) string {
	last := s.At(len(s.Values) - 1)
	return p.line(s) + fmt.Sprintf("L%.1f %.1fL%.1f %.1fZ", p.px(last), p.bottom(), p.px(s.Start), p.bottom())
}

// legend is a row, or with down a column.
func (d *drawing) legend(f frame, series []Series, down bool) {
	x, y := f.x, f.y
	for i, s := range series {
		d.addf(`<rect x="%.1f" y="%.1f" width="10" height="10" fill="%s"/>`, x, y, s.color(i))
		d.label(x+14, y+9, `font-size="11"`, s.Label)
		if down {
			y += 15
		} else {
			x += 30 + 5.8*float64(len(s.Label))
		}
	}
}
