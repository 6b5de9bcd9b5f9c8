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

// report is the JSON of a check. Its field names are stable.
type report struct {
	Passed  int            `json:"passed"`
	Failed  int            `json:"failed"`
	Unknown int            `json:"unknown"`
	Results []reportResult `json:"results"`
}

type reportResult struct {
	Name             string              `json:"name"`
	Question         string              `json:"question"`
	Verdict          conformance.Verdict `json:"verdict"`
	Reason           string              `json:"reason"`
	TookMilliseconds int64               `json:"tookMilliseconds"`
}

func writeJSON(w io.Writer, results []conformance.Result) error {
	out := report{
		Passed:  conformance.Count(results, conformance.Pass),
		Failed:  conformance.Count(results, conformance.Fail),
		Unknown: conformance.Count(results, conformance.Unknown),
	}
	for _, r := range results {
		out.Results = append(out.Results, reportResult{r.Name, r.Question, r.Verdict, r.Reason, r.Took.Milliseconds()})
	}
	encoder := json.NewEncoder(w)
	encoder.SetIndent("", "  ")
	return encoder.Encode(out)
}
