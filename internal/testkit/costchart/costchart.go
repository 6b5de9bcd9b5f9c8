// Package costchart draws docs/cost.svg: what a month of token requests costs, with and without the proxy, over the number of requests.
package costchart

import (
	"errors"
	"fmt"
	"html"
	"math"
	"strings"

	"github.com/cognito-m2m/cognito-m2m-cdk/internal/pricing"
)

// Size of the chart in pixels, and of the part of it that has the lines.
const (
	width, height            = 680, 434
	left, right, top, bottom = 84, 636, 44, 380
)

// points is how many numbers of requests a line is drawn through.
const points = 160

const red, blue, green, grey = "#b91c1c", "#1d4ed8", "#15803d", "#52525b"

// chart is a drawing over two logarithmic axes, which are ranges of exponents of ten.
type chart struct {
	strings.Builder
	x, y [2]float64
}

// Draw draws the chart around a usage, which it marks, as SVG. The usage must have a break-even. The same input gives the same bytes.
func Draw(region *pricing.Region, u pricing.Usage, d pricing.Deployment) ([]byte, error) {
	breakEven, pays, err := region.BreakEvenPerDay(u, d)
	if err != nil {
		return nil, err
	}
	if !pays {
		return nil, errors.New("the proxy never pays: there is no break-even to mark")
	}
	c := chart{x: [2]float64{
		math.Floor(math.Log10(float64(min(u.RequestsPerDay, breakEven)))) - 1, math.Ceil(math.Log10(float64(max(u.RequestsPerDay, breakEven)))) +
			1,
	}}
	cost := func(requestsPerDay int64) pricing.Line {
		asked := u
		asked.RequestsPerDay = requestsPerDay
		estimate, _ := region.Estimate(asked, d) // It has been estimated above for other numbers of requests, and fails for none if not for all.
		return estimate.Total
	}
	var with, without, own []point
	for i := range points {
		requests := int64(math.Round(math.Pow(10, c.x[0]+(c.x[1]-c.x[0])*float64(i)/(points-1))))
		total := cost(requests)
		with, without, own = append(with, at(requests, total.With)), append(without, at(requests, total.Without)),
			append(own, at(requests, total.OwnCache))
	}
	c.y = extent(with, without, own)

	c.addf(`<svg xmlns="http://www.w3.org/2000/svg" width="%[1]d" height="%[2]d" viewBox="0 0 %[1]d %[2]d" `+
		`font-family="Helvetica, Arial, sans-serif" font-size="13">`, width, height)
	c.addf(`<rect width="100%%" height="100%%" fill="#fff"/>`)
	c.text((left+right)/2, 24, `text-anchor="middle" font-size="16"`,
		fmt.Sprintf("Token requests of %s cache keys, TTL %s, cache of %s GB", pricing.Thousands(u.Keys()), pricing.Short(u.TTL), d.CacheGB))
	c.axes("Token requests a day, of all clients together", "US dollars a month")
	for i, line := range []struct {
		name, style string
		points      []point
	}{
		{"without the proxy, a token each request", `stroke="` + red + `"`, without},
		{"with the proxy", `stroke="` + blue + `"`, with},
		{"without it, clients keep their tokens", `stroke="` + green + `" stroke-dasharray="7 4"`, own},
	} {
		y := float64(top + 18 + 20*i)
		c.addf(`<path d="%s" fill="none" stroke-width="2.4" %s/>`, c.path(line.points), line.style)
		c.addf(`<path d="M%d %.1fh26" fill="none" stroke-width="2.4" %s/>`, left+10, y, line.style)
		c.text(left+44, y+5, ``, line.name)
	}
	crossing, foot := at(breakEven, cost(breakEven).With), point{math.Log10(float64(breakEven)), c.y[0]}
	c.addf(`<path d="%s" fill="none" stroke="%s" stroke-dasharray="3 3"/>`, c.path([]point{foot, crossing}), grey)
	c.text(c.px(foot)+6, bottom-10, `fill="`+grey+`"`, "break-even: "+pricing.Thousands(breakEven)+" a day")
	usage := cost(u.RequestsPerDay)
	for _, p := range []point{at(u.RequestsPerDay, usage.With), at(u.RequestsPerDay, usage.Without)} {
		c.addf(`<circle cx="%.1f" cy="%.1f" r="5"/>`, c.px(p), c.py(p))
	}
	c.addf(`<circle cx="%d" cy="%d" r="5"/>`, left+23, top+78)
	c.text(left+44, top+83, ``, "this estimate: "+pricing.Thousands(u.RequestsPerDay)+" a day")
	c.addf(`</svg>`)
	return []byte(c.String()), nil
}

// point is a number of requests a day and a cost in US dollars, both as exponents of ten.
type point struct{ requests, cost float64 }

// at draws what costs less than a cent as a cent.
func at(requestsPerDay int64, d pricing.USD) point {
	return point{math.Log10(float64(requestsPerDay)), math.Log10(max(0.01, d.Dollars()))}
}

// extent is the decades that all lines are within.
func extent(lines ...[]point) [2]float64 {
	low, high := math.Inf(1), math.Inf(-1)
	for _, line := range lines {
		for _, p := range line {
			low, high = min(low, p.cost), max(high, p.cost)
		}
	}
	return [2]float64{math.Floor(low), math.Ceil(high)}
}

func (c *chart) px(p point) float64 { return left + (right-left)*(p.requests-c.x[0])/(c.x[1]-c.x[0]) }
func (c *chart) py(p point) float64 { return bottom - (bottom-top)*(p.cost-c.y[0])/(c.y[1]-c.y[0]) }

func (c *chart) path(line []point) string {
	var path strings.Builder
	pen := "M"
	for _, p := range line {
		fmt.Fprintf(&path, "%s%.1f %.1f", pen, c.px(p), c.py(p))
		pen = "L"
	}
	return path.String()
}

// axes draws a line and a number at each power of ten.
func (c *chart) axes(xUnit, yUnit string) {
	for exponent := c.x[0]; exponent <= c.x[1]; exponent++ {
		x := c.px(point{requests: exponent})
		c.addf(`<path d="M%.1f %dV%d" stroke="#e4e4e7"/>`, x, top, bottom)
		c.text(x, bottom+18, `text-anchor="middle"`, number(exponent))
	}
	for exponent := c.y[0]; exponent <= c.y[1]; exponent++ {
		y := c.py(point{cost: exponent})
		c.addf(`<path d="M%d %.1fH%d" stroke="#e4e4e7"/>`, left, y, right)
		c.text(left-8, y+5, `text-anchor="end"`, number(exponent))
	}
	c.text((left+right)/2, bottom+40, `text-anchor="middle" font-size="14"`, xUnit)
	c.text(20, (top+bottom)/2, fmt.Sprintf(`text-anchor="middle" font-size="14" transform="rotate(-90 20 %d)"`, (top+bottom)/2), yUnit)
}

func number(exponent float64) string {
	if exponent < 0 {
		return fmt.Sprintf("%.*f", int(-exponent), math.Pow(10, exponent))
	}
	return pricing.Thousands(int64(math.Pow(10, exponent)))
}

func (c *chart) addf(format string, args ...any) { _, _ = fmt.Fprintf(c, format+"\n", args...) }

func (c *chart) text(x, y float64, attributes, text string) {
	c.addf(`<text x="%.1f" y="%.1f" %s>%s</text>`, x, y, attributes, html.EscapeString(text))
}
