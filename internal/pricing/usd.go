package pricing

import (
	"fmt"
	"math"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// USD is an amount in millionths of a US dollar, in which every price here is a whole number.
type USD int64

// Dollar is one US dollar.
const Dollar USD = 1_000_000

// maxPrice bounds a single price, so that a month of a billion requests a day does not overflow.
const maxPrice = 100 * Dollar

var decimal = regexp.MustCompile(`^[0-9]+(?:\.[0-9]{1,6})?$`)

// parseUSD reads an amount of dollars as it is written, so that no binary fraction comes between.
func parseUSD(text string) (USD, error) {
	whole, fraction, _ := strings.Cut(text, ".")
	if decimal.MatchString(text) {
		millionths, err := strconv.ParseInt(whole+(fraction + "000000")[:6], 10, 64)
		if err == nil && USD(millionths) <= maxPrice {
			return USD(millionths), nil
		}
	}
	return 0, fmt.Errorf("amount %q is not allowed: use US dollars from 0 to %d with up to six decimals, for example 2.25",
		text, maxPrice/Dollar)
}

// String is the amount with as many decimals as it needs, two at least.
func (d USD) String() string {
	sign := ""
	if d < 0 {
		sign, d = "-", -d
	}
	decimals := strings.TrimRight(fmt.Sprintf("%06d", d%Dollar), "0")
	for len(decimals) < 2 {
		decimals += "0"
	}
	return sign + Thousands(int64(d/Dollar)) + "." + decimals
}

// Cents is the amount rounded to two decimals.
func (d USD) Cents() string {
	const cent = Dollar / 100
	if d < 0 {
		return "-" + (-d).Cents()
	}
	return ((d + cent/2) / cent * cent).String()
}

// Dollars is the amount as a number of dollars, for metric math and charts.
func (d USD) Dollars() float64 { return float64(d) / float64(Dollar) }

// Thousands is n with a comma before every three digits.
func Thousands(n int64) string {
	if n < 0 && n != math.MinInt64 {
		return "-" + Thousands(-n)
	}
	digits := strconv.FormatInt(n, 10)
	for i := len(digits) - 3; i > 0; i -= 3 {
		digits = digits[:i] + "," + digits[i:]
	}
	return digits
}

// Short is a duration without the parts that are zero at its end: 45m, 1h, 1h30m.
func Short(d time.Duration) string {
	text := d.String()
	if d != 0 && d%time.Minute == 0 {
		text = strings.TrimSuffix(text, "0s")
	}
	if d != 0 && d%time.Hour == 0 {
		text = strings.TrimSuffix(text, "0m")
	}
	return text
}
