package dashboard

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// Search finds the metrics of a namespace that have exactly these dimensions and, for some of them, these values.
// https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/search-expression-syntax.html
type Search struct {
	Namespace  string
	Dimensions []string
	MetricName string
	// Values are by dimension.
	Values map[string]string
	Stat   string
}

var (
	searchText  = regexp.MustCompile(`^\{([^{},]+)((?:,[^{},]+)*)\}((?: [A-Za-z]+="[^"]*")*)$`)
	searchTerms = regexp.MustCompile(`([A-Za-z]+)="([^"]*)"`)
)

// parseSearch reads SEARCH('{namespace,dimension,…} MetricName="name" dimension="value"', 'stat').
func parseSearch(call node) (Search, error) {
	if len(call.args) < 2 || call.args[0].kind != textNode || call.args[1].kind != textNode {
		return Search{}, errors.New("SEARCH wants what to search and a statistic, both as texts")
	}
	text := call.args[0].name
	parts := searchText.FindStringSubmatch(text)
	if parts == nil {
		return Search{}, fmt.Errorf("search %q: want {namespace,dimension,…} and terms of the form name=\"value\"", text)
	}
	s := Search{Namespace: parts[1], Values: map[string]string{}, Stat: call.args[1].name}
	if parts[2] != "" {
		s.Dimensions = strings.Split(parts[2][1:], ",")
	}
	for _, term := range searchTerms.FindAllStringSubmatch(parts[3], -1) {
		switch {
		case term[1] == "MetricName":
			s.MetricName = term[2]
		case slices.Contains(s.Dimensions, term[1]):
			s.Values[term[1]] = term[2]
		default:
			return Search{}, fmt.Errorf("search %q: %s is neither MetricName nor one of the dimensions %v", text, term[1], s.Dimensions)
		}
	}
	return s, nil
}

// Finds says whether a search yields the metric.
func (s Search) Finds(m Metric) bool {
	if m.Namespace != s.Namespace || s.MetricName != "" && m.Name != s.MetricName || len(m.Dimensions) != len(s.Dimensions) {
		return false
	}
	for _, d := range m.Dimensions {
		if want, ok := s.Values[d.Name]; !slices.Contains(s.Dimensions, d.Name) || ok && d.Value != want {
			return false
		}
	}
	return true
}
