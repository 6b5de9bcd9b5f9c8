package main

import (
	"encoding/json"
	"fmt"
	"io"
	"sync"
	"time"

	"github.com/cognito-m2m/cognito-m2m-cdk/internal/pricing"
	"github.com/cognito-m2m/cognito-m2m-cdk/simulator"
)

// requestLog turns the gateway's access log into lines for people.
type requestLog struct {
	out   io.Writer
	quiet bool
	mu    sync.Mutex
}

func (l *requestLog) gateway(line string) {
	if l.quiet {
		return
	}
	var entry struct{ Method, ResourcePath, Status, ResponseType, IntegrationStatus, IntegrationLatency, ResponseLatency string }
	text := line
	if err := json.Unmarshal([]byte(line), &entry); err == nil {
		from := "answered by the gateway: " + entry.ResponseType
		switch {
		case entry.IntegrationStatus != "-":
			from = "miss: Cognito answered " + entry.IntegrationStatus
		case entry.ResponseType == "-":
			from = "hit: from the cache"
		}
		text = fmt.Sprintf("%s %-14s %s  %3s ms  %s", entry.Method, entry.ResourcePath, entry.Status, entry.ResponseLatency, from)
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	_, _ = fmt.Fprintf(l.out, "%s    %s\n", time.Now().Format("15:04:05"), text)
}

func countersLine(c simulator.Counters) string {
	return fmt.Sprintf("so far      %d requests, %d hits, %d misses; %d tokens issued, %d blocked at Cognito; %s USD saved",
		c.Requests, c.Hits, c.Misses, issued(c), c.Blocked, saved(c))
}

func printSummary(out io.Writer, system *simulator.System) {
	c := system.Counters()
	_, _ = fmt.Fprintf(out, "\n%s\n", countersLine(c))
	for _, t := range system.Tenants() {
		if n := c.Issued[t.ClientID]; n > 0 {
			_, _ = fmt.Fprintf(out, "  %-32s %d tokens issued\n", t.Name, n)
		}
	}
}

func issued(c simulator.Counters) int64 {
	var n int64
	for _, of := range c.Issued {
		n += of
	}
	return n
}

// saved is what the tokens from the cache would have cost.
func saved(c simulator.Counters) string {
	price := pricing.Default().Regions[pricing.DefaultRegion].TokenRequests
	return fmt.Sprintf("%.5f", price.Of(c.Reused).Dollars())
}
