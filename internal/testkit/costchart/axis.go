package costchart

import (
	"image/color"
	"math"
	"strconv"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/font"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg/draw"

	"github.com/cognito-m2m/cognito-m2m-cdk/internal/pricing"

	// The formats of Format.
	_ "gonum.org/v1/plot/vg/vgimg"
	_ "gonum.org/v1/plot/vg/vgsvg"
)

// decades labels an axis in powers of ten: a tick with a number at each, and ticks without between them.
type decades struct{}

func (decades) Ticks(low, high float64) (ticks []plot.Tick) {
	for exponent := math.Floor(low); exponent <= high; exponent++ {
		ticks = append(ticks, plot.Tick{Value: exponent, Label: label(int(exponent))})
		for part := 2.0; part < 10 && exponent+1 <= high; part++ {
			ticks = append(ticks, plot.Tick{Value: exponent + math.Log10(part)})
		}
	}
	return ticks
}

func label(exponent int) string {
	if exponent < 0 {
		return strconv.FormatFloat(math.Pow10(exponent), 'f', -exponent, 64)
	}
	return pricing.Thousands(int64(math.Pow10(exponent)))
}

func grid() *plotter.Grid {
	line := draw.LineStyle{Color: color.Gray{Y: 0xe4}, Width: 0.5}
	return &plotter.Grid{Vertical: line, Horizontal: line}
}

func sans(fonts ...*font.Font) {
	for _, f := range fonts {
		f.Typeface, f.Variant = "Liberation", "Sans"
	}
}
