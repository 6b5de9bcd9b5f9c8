package main

import (
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/cognito-m2m/cognito-m2m-cdk/internal/pricing"
)

// costReport is what cost prints.
type costReport struct {
	read, region string
	usage        pricing.Usage
	validity     time.Duration
	estimate     pricing.Estimate
	// breakEven is in requests a day; pays reports whether there is one.
	breakEven int64
	pays      bool
	// recommended is the smallest capacity that holds the keys; fits reports whether there is one.
	recommended, chosen pricing.Cache
	fits                bool
}

func (c *costing) estimate(region *pricing.Region) (report costReport, err error) {
	report = costReport{usage: c.usage, validity: c.validity}
	if report.estimate, err = region.Estimate(c.usage, c.deployment); err != nil {
		return report, err
	}
	if report.breakEven, report.pays, err = region.BreakEvenPerDay(c.usage, c.deployment); err != nil {
		return report, err
	}
	report.recommended, report.fits = region.Cache.Smallest(c.usage.Keys())
	report.chosen, err = region.Cache.Of(c.deployment.CacheGB)
	return report, err
}

func (r costReport) print(out io.Writer) {
	p := func(format string, args ...any) { _, _ = fmt.Fprintf(out, format+"\n", args...) }
	fact := func(name, format string, args ...any) { p("%-23s "+format, append([]any{name}, args...)...) }

	p("Prices of %s, read on %s. A month has %d hours.\n", r.region, r.read, pricing.HoursPerMonth)
	fact("Requests", "%s a day, %s a month", pricing.Thousands(r.usage.RequestsPerDay), pricing.Thousands(r.usage.Requests()))
	keys := pricing.Thousands(r.usage.Keys())
	fact("Cache keys", "%s: %s, %s each", keys, count(r.usage.Clients, "client"), count(r.usage.ScopeSets, "scope set"))
	fact("Cache TTL", "%s, of a token validity of %s", pricing.Short(r.usage.TTL), pricing.Short(r.validity))
	fact("Cache misses", "%s a month, %s included; %.1f %% of requests are hits\n", pricing.Thousands(r.usage.Misses()),
		count(r.usage.FlushesPerMonth, "flush"), 100*r.usage.HitRatio())

	row := func(item, with, without, own string) { p("%-30s %16s %16s %16s", item, with, without, own) }
	row("USD a month", "with the proxy", "without it", "clients cache¹")
	for _, line := range r.estimate.Lines {
		row(line.Item, line.With.Cents(), amount(line.Without), amount(line.OwnCache))
	}
	total := r.estimate.Total
	row(total.Item, total.With.Cents(), total.Without.Cents(), total.OwnCache.Cents())
	p("\n¹ without the proxy, if every client keeps its token for as long as the cache would\n")

	r.printCheapest(fact)
	if r.pays {
		u := r.usage
		u.RequestsPerDay = r.breakEven
		fact("Break-even", "%s requests a day, %s a month", pricing.Thousands(r.breakEven), pricing.Thousands(u.Requests()))
	} else {
		fact("Break-even", "none up to 1,000,000,000 requests a day")
	}
	r.printSize(fact)
}

func (r costReport) printCheapest(fact func(name, format string, args ...any)) {
	if saved := r.estimate.Saved(); saved >= 0 {
		fact("Cheapest", "with the proxy: saves %s USD a month, unless all clients can be made to keep their tokens", saved.Cents())
	} else {
		fact("Cheapest", "without the proxy: it costs %s USD a month more than it saves", (-saved).Cents())
	}
}

// printSize prints the capacity that is enough for the keys. Whether it is enough for the throughput, only a load test shows.
func (r costReport) printSize(fact func(name, format string, args ...any)) {
	const name = "Recommended cache size"
	keys, holds := pricing.Thousands(r.usage.Keys()), pricing.Thousands(r.chosen.Holds())
	if !r.fits {
		fact(name, "no size holds %s keys: the largest is estimated to hold %s", keys, holds)
		return
	}
	fact(name, "%s GB: the smallest that holds the keys (estimated: %s); load test it", r.recommended.SizeGB,
		pricing.Thousands(r.recommended.Holds()))
	if r.chosen.Holds() < r.usage.Keys() {
		fact("", "%s GB holds only %s: there are more misses than shown", r.chosen.SizeGB, holds)
	}
}

// amount prints an amount of the columns without the proxy, where most items do not exist.
func amount(d pricing.USD) string {
	if d == 0 {
		return "-"
	}
	return d.Cents()
}

// count returns a number with its noun, in the plural unless the number is 1.
func count(n int64, what string) string {
	switch {
	case n == 1:
		return "1 " + what
	case strings.HasSuffix(what, "sh"):
		what += "e"
	}
	return pricing.Thousands(n) + " " + what + "s"
}
