package main

import (
	"encoding/json"
	"fmt"
	"io"
	"text/tabwriter"

	"github.com/cognito-m2m/cognito-m2m-cdk/internal/conformance"
)

func writeTable(w io.Writer, results []conformance.Result) error {
	table := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	for _, r := range results {
		_, _ = fmt.Fprintf(table, "%s\t%s\t%s\n", r.Verdict, r.Name, r.Reason)
	}
	if err := table.Flush(); err != nil {
		return err
	}
	_, err := fmt.Fprintf(w, "\n%d passed, %d failed, %d unknown\n", conformance.Count(results, conformance.Pass),
		conformance.Count(results, conformance.Fail), conformance.Count(results, conformance.Unknown))
	return err
}

// writeJSON writes an object whose names are stable.
func writeJSON(w io.Writer, results []conformance.Result) error {
	encoder := json.NewEncoder(w)
	encoder.SetIndent("", "  ")
	return encoder.Encode(struct {
		Passed  int                  `json:"passed"`
		Failed  int                  `json:"failed"`
		Unknown int                  `json:"unknown"`
		Results []conformance.Result `json:"results"`
	}{
		conformance.Count(results, conformance.Pass), conformance.Count(results, conformance.Fail),
		conformance.Count(results, conformance.Unknown), results,
	})
}
