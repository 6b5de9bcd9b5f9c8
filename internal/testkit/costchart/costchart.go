// Package costchart draws what a month of token requests costs, with and without the proxy, over the number of requests.
package costchart

import (
	"bytes"
	"fmt"
	"image/color"
	"io"
	"math"
	"path/filepath"
	"strings"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/font"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"

	"github.com/cognito-m2m/cognito-m2m-cdk/internal/pricing"
)

// Format returns the format of a file by its extension: svg or png.
func Format(file string) (string, error) {
	switch extension := strings.ToLower(filepath.Ext(file)); extension {
	case ".svg", ".png":
		return extension[1:], nil
	}
	return "", fmt.Errorf("chart file %q is not allowed: use a name that ends in .svg or .png", file)
}

// Size of a chart.
const width, height, margin = 18 * vg.Centimeter, 11.5 * vg.Centimeter, 4 * vg.Millimeter

// points is how many numbers of requests a line is drawn through.
const points = 160

var (
	red   = color.RGBA{R: 0xb9, G: 0x1c, B: 0x1c, A: 0xff}
	blue  = color.RGBA{R: 0x1d, G: 0x4e, B: 0xd8, A: 0xff}
	green = color.RGBA{R: 0x15, G: 0x80, B: 0x3d, A: 0xff}
	grey  = color.RGBA{R: 0x52, G: 0x52, B: 0x5b, A: 0xff}
)

// Write draws the chart around a usage, which it marks, in one of the formats of Format. Both axes are logarithmic. The same input gives the same bytes.
func Write(out io.Writer, format string, region *pricing.Region, u pricing.Usage, d pricing.Deployment) error {
	breakEven, pays, err := region.BreakEvenPerDay(u, d)
	if err != nil {
		return err
	}
	least, most := u.RequestsPerDay, u.RequestsPerDay
	if pays {
		least, most = min(least, breakEven), max(most, breakEven)
	}
	// Whole powers of ten, so that the axis begins and ends with a number.
	low, high := max(0, math.Floor(math.Log10(float64(least)))-1), min(9, math.Ceil(math.Log10(float64(most)))+1)

	p := plot.New()
	p.Title.Text = title(u, d)
	p.X.Label.Text, p.Y.Label.Text = "Token requests a day, of all clients together", "US dollars a month"
	for _, axis := range []*plot.Axis{&p.X, &p.Y} {
		axis.Tick.Marker = decades{}
		axis.Label.TextStyle.Font.Size, axis.Tick.Label.Font.Size, axis.Label.Padding = 11, 10, 6
	}
	p.Title.TextStyle.Font.Size, p.Title.Padding = 12, 6
	sans(&p.Title.TextStyle.Font, &p.X.Label.TextStyle.Font, &p.Y.Label.TextStyle.Font, &p.X.Tick.Label.Font, &p.Y.Tick.Label.Font, &p.Legend.TextStyle.Font)
	p.Legend.Top, p.Legend.Left, p.Legend.TextStyle.Font.Size = true, true, 10
	p.Legend.Padding, p.Legend.XOffs, p.Legend.YOffs = 3, 8, -4
	p.Add(grid())

	with, without, own, err := lines(region, u, d, low, high)
	if err != nil {
		return err
	}
	add(p, "without the proxy, a token each request", without, red, nil)
	add(p, "with the proxy", with, blue, nil)
	add(p, "without it, clients keep their tokens", own, green, []vg.Length{5, 3})
	bottom, top := extent(with, without, own)
	if pays {
		if err := markBreakEven(p, region, u, d, breakEven, bottom); err != nil {
			return err
		}
	}
	if err := markUsage(p, region, u, d); err != nil {
		return err
	}
	p.X.Min, p.X.Max, p.Y.Min, p.Y.Max = low, high, bottom, top
	return write(out, format, p)
}

// write draws the plot on white, with a margin.
func write(out io.Writer, format string, p *plot.Plot) error {
	canvas, err := draw.NewFormattedCanvas(width, height, format)
	if err != nil {
		return err
	}
	page := draw.New(canvas)
	page.SetColor(color.White)
	page.Fill(page.Path())
	p.BackgroundColor = nil
	p.Draw(draw.Crop(page, margin, -margin, margin, -margin))
	var drawn bytes.Buffer
	if _, err := canvas.WriteTo(&drawn); err != nil {
		return err
	}
	// Few machines have the font that the texts are measured with. Arial has the same widths.
	_, err = out.Write(bytes.ReplaceAll(drawn.Bytes(), []byte("font-family:Liberation Sans;"), []byte("font-family:Liberation Sans,Arial,Helvetica,sans-serif;")))
	return err
}

func title(u pricing.Usage, d pricing.Deployment) string {
	keys := "1 cache key"
	if u.Keys() != 1 {
		keys = pricing.Thousands(u.Keys()) + " cache keys"
	}
	return fmt.Sprintf("Token requests of %s, TTL %s, cache of %s GB", keys, pricing.Short(u.TTL), d.CacheGB)
}

// at is a point of the chart, whose axes are in powers of ten: the library places the labels of its own logarithmic axes badly. What costs less than a
// cent is drawn as a cent.
func at(requestsPerDay int64, d pricing.USD) plotter.XY {
	return plotter.XY{X: math.Log10(float64(requestsPerDay)), Y: math.Log10(max(0.01, d.Dollars()))}
}

// lines are the three costs over the numbers of requests between two bounds.
func lines(region *pricing.Region, u pricing.Usage, d pricing.Deployment, low, high float64) (with, without, own plotter.XYs, err error) {
	for i := range points {
		u.RequestsPerDay = int64(math.Round(math.Pow(10, low+(high-low)*float64(i)/(points-1))))
		e, err := region.Estimate(u, d)
		if err != nil {
			return nil, nil, nil, err
		}
		with = append(with, at(u.RequestsPerDay, e.Total.With))
		without = append(without, at(u.RequestsPerDay, e.Total.Without))
		own = append(own, at(u.RequestsPerDay, e.Total.OwnCache))
	}
	return with, without, own, nil
}

// extent is the decades that all lines are within.
func extent(lines ...plotter.XYs) (bottom, top float64) {
	bottom, top = math.Inf(1), math.Inf(-1)
	for _, line := range lines {
		for _, point := range line {
			bottom, top = min(bottom, point.Y), max(top, point.Y)
		}
	}
	return math.Floor(bottom), math.Ceil(top)
}

func add(p *plot.Plot, name string, xys plotter.XYs, of color.Color, dashes []vg.Length) {
	line := &plotter.Line{XYs: xys, LineStyle: draw.LineStyle{Color: of, Width: 1.8, Dashes: dashes}}
	p.Add(line)
	p.Legend.Add(name, line)
}

// markBreakEven draws a line from the crossing down to the axis, and its number of requests.
func markBreakEven(p *plot.Plot, region *pricing.Region, u pricing.Usage, d pricing.Deployment, breakEven int64, bottom float64) error {
	u.RequestsPerDay = breakEven
	e, err := region.Estimate(u, d)
	if err != nil {
		return err
	}
	crossing := at(breakEven, e.Total.With)
	foot := plotter.XY{X: crossing.X, Y: bottom}
	p.Add(&plotter.Line{XYs: plotter.XYs{foot, crossing}, LineStyle: draw.LineStyle{Color: grey, Width: 1, Dashes: []vg.Length{2, 2}}})
	style := draw.TextStyle{Color: grey, Font: font.From(plot.DefaultFont, 10), Handler: plot.DefaultTextHandler}
	sans(&style.Font)
	text := fmt.Sprintf("break-even: %s a day", pricing.Thousands(breakEven))
	p.Add(&plotter.Labels{XYs: plotter.XYs{foot}, Labels: []string{text}, TextStyle: []draw.TextStyle{style}, Offset: vg.Point{X: 5, Y: 8}})
	return nil
}

// markUsage marks the usage that the chart is for on the lines with and without the proxy.
func markUsage(p *plot.Plot, region *pricing.Region, u pricing.Usage, d pricing.Deployment) error {
	e, err := region.Estimate(u, d)
	if err != nil {
		return err
	}
	dots := &plotter.Scatter{
		XYs:        plotter.XYs{at(u.RequestsPerDay, e.Total.With), at(u.RequestsPerDay, e.Total.Without)},
		GlyphStyle: draw.GlyphStyle{Color: color.Black, Radius: 3.5, Shape: draw.CircleGlyph{}},
	}
	p.Add(dots)
	p.Legend.Add("this estimate: "+pricing.Thousands(u.RequestsPerDay)+" a day", dots)
	return nil
}
