package main

import "fmt"

const header = "| tenants | validation | app s | twin s | tuned s | app/twin | app/tuned | app ms/tenant | tuned ms/tenant |" +
	" app CPU s | tuned CPU s | app MB | tuned MB | app/tuned | templates app MB | tuned MB |\n" +
	"|--:|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|\n"

// row is the table's line for one number of tenants. What a tenant takes is what a run takes longer than one with a single tenant.
func row(n int, validation string, got, base map[string]measurement) string {
	a, u := got[app], got[tuned]
	other, ratio := "–", "–"
	if t, ok := got[twin]; ok {
		other, ratio = fmt.Sprintf("%.2f", t.wall.Seconds()), fmt.Sprintf("%.2f", a.wall.Seconds()/t.wall.Seconds())
	}
	each := func(name string) string {
		if n < 1000 || base[name].wall == 0 { // Below, it is less than what runs differ by.
			return "–"
		}
		return fmt.Sprintf("%.2f", float64((got[name].wall-base[name].wall).Microseconds())/1000/float64(n-1))
	}
	const mb = 1 << 20
	return fmt.Sprintf("| %d | %s | %.2f | %s | %.2f | %s | %.2f | %s | %s | %.1f | %.1f | %.0f | %.0f | %.2f | %.1f | %.1f |\n",
		n, validation, a.wall.Seconds(), other, u.wall.Seconds(), ratio, a.wall.Seconds()/u.wall.Seconds(), each(app), each(tuned),
		a.cpu.Seconds(),
		u.cpu.Seconds(),
		float64(a.memory)/mb, float64(u.memory)/mb, float64(a.memory)/float64(max(1, u.memory)), float64(a.templates)/mb, float64(u.templates)/mb)
}
