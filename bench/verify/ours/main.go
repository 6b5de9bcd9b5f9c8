// Command ours verifies the tokens of a workload with package verify and prints how fast it was. bench/verify starts it.
//
//	ours WORKLOAD SECONDS CACHE REPEAT
//
// CACHE is the size of the verified-token cache, REPEAT how often a token is used before the next one.
package main

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"slices"
	"strconv"
	"time"

	"github.com/cognito-m2m/cognito-m2m-cdk/bench/verify/workload"
	"github.com/cognito-m2m/cognito-m2m-cdk/verify"
)

func main() {
	if err := run(context.Background(), os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(ctx context.Context, args []string) error {
	if len(args) != 4 {
		return fmt.Errorf("%d arguments, want WORKLOAD SECONDS CACHE REPEAT", len(args))
	}
	w, err := workload.Read(args[0])
	if err != nil {
		return err
	}
	var numbers [3]int
	for i, text := range args[1:] {
		if numbers[i], err = strconv.Atoi(text); err != nil {
			return err
		}
	}
	v, stop, err := verifier(w, numbers[1])
	if err != nil {
		return err
	}
	defer stop()
	m := measuring{verifier: v, workload: w, repeat: numbers[2], required: verify.AllScopes(w.Scope)}
	seconds := time.Duration(numbers[0]) * time.Second
	if _, err := m.loop(ctx, seconds/4, false); err != nil { // warms up
		return err
	}
	count, err := m.loop(ctx, seconds, false)
	if err != nil {
		return err
	}
	if _, err := m.loop(ctx, seconds/2, true); err != nil {
		return err
	}
	slices.Sort(m.times)
	at := func(share float64) float64 {
		return float64(m.times[int(share*float64(len(m.times)-1))].Nanoseconds()) / 1000
	}
	return json.NewEncoder(os.Stdout).Encode(workload.Figures{PerSecond: count, P50: at(0.5), P99: at(0.99), Memory: workload.PeakMemory()})
}

func verifier(w *workload.Workload, cache int) (*verify.Verifier, func(), error) {
	server := httptest.NewServer(http.HandlerFunc(func(answer http.ResponseWriter, _ *http.Request) { _, _ = answer.Write(w.JWKS) }))
	clients := map[string]string{}
	for _, id := range w.Clients {
		clients[id] = "tenant"
	}
	v, err := verify.New(verify.Config{
		Issuers: []verify.Issuer{{URL: workload.Issuer, JWKSURL: server.URL}}, Clients: clients, CacheSize: cache,
	})
	return v, server.Close, err
}

type measuring struct {
	verifier *verify.Verifier
	workload *workload.Workload
	repeat   int
	required verify.Requirement
	next     int
	times    []time.Duration
}

// loop verifies tokens for a while and returns how many a second. Times are taken apart, since that takes time too.
func (m *measuring) loop(ctx context.Context, of time.Duration, timed bool) (float64, error) {
	tokens := m.workload.Tokens
	count, begin := 0, time.Now()
	for time.Since(begin) < of {
		for range 50 {
			token := tokens[m.next/m.repeat%len(tokens)]
			m.next++
			var before time.Time
			if timed {
				before = time.Now()
			}
			if _, err := m.verifier.Verify(ctx, token, m.required); err != nil {
				return 0, err
			}
			if timed && len(m.times) < 1e6 {
				m.times = append(m.times, time.Since(before))
			}
		}
		count += 50
	}
	return float64(count) / time.Since(begin).Seconds(), nil
}
