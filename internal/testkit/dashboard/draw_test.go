package dashboard_test

import (
	"encoding/xml"
	"errors"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/cognito-m2m/cognito-m2m-cdk/internal/testkit/dashboard"
)

// counter has a 1 for every period of every metric but of "gone".
type counter struct{}

func (counter) Value(m dashboard.Metric, _ string, _ time.Time, _ time.Duration) float64 {
	if m.Name == "gone" {
		return none
	}
	return 1
}

func (counter) Find(s dashboard.Search) []dashboard.Metric {
	var found []dashboard.Metric
	for _, value := range []string{"x", "y", "z"} {
		found = append(found, dashboard.Metric{Namespace: s.Namespace, Name: s.MetricName,
			Dimensions: []dashboard.Dimension{{Name: s.Dimensions[0], Value: value}}})
	}
	return found
}

var noon = time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC)

func draw(t *testing.T, properties string) (string, error) {
	t.Helper()
	b, err := dashboard.Parse([]byte(`{"start":"-PT3H","widgets":[{"type":"metric","x":0,"y":0,"width":12,"height":6,"properties":` +
		properties + `}]}`))
	if err != nil {
		t.Fatal(err)
	}
	drawn, err := dashboard.Draw(b, counter{}, func(string) dashboard.Status { return dashboard.Status{} }, noon)
	return string(drawn), err
}

func TestDraw_numbersAreTheLastOfTheirSeries(t *testing.T) {
	for name, test := range map[string]struct{ properties, want string }{
		"sum over the hours":   {`{"view":"singleValue","metrics":[["N","a",{"id":"a","visible":false,"period":3600}],[{"expression":"RUNNING_SUM(a)","label":"L"}]]}`, ">3<"},
		"one for all the time": {`{"view":"singleValue","setPeriodToTimeRange":true,"metrics":[["N","a",{"id":"a","visible":false}],[{"expression":"a * PERIOD(a)","label":"L"}]]}`, ">10.8k<"},
		// Of two days from noon to noon three are under way.
		"range of its own": {`{"view":"singleValue","start":"-P2D","metrics":[["N","a",{"id":"a","visible":false,"period":86400}],[{"expression":"RUNNING_SUM(a)"}]]}`, ">3<"},
		"no data":          {`{"view":"singleValue","metrics":[["N","gone"]]}`, ">--<"},
		"escaped":          {`{"view":"singleValue","title":"<&>","metrics":[["N","a"]]}`, "&lt;&amp;&gt;"},
		"top of a search":  {`{"view":"timeSeries","metrics":[[{"expression":"SLICE(SORT(SEARCH('{N,D} MetricName=\"m\"', 'Sum'), SUM, DESC), 0, 2)"}]]}`, ">y<"},
		"threshold":        {`{"view":"timeSeries","metrics":[["N","a"]],"annotations":{"horizontal":[{"value":2,"label":"at most","color":"#d62728"}]}}`, ">at most<"},
	} {
		t.Run(name, func(t *testing.T) {
			drawn, err := draw(t, test.properties)
			if err != nil || !strings.Contains(drawn, test.want) || name == "top of a search" && strings.Contains(drawn, ">z<") {
				t.Errorf("got %v, no %s in\n%s", err, test.want, drawn)
			}
			decoder := xml.NewDecoder(strings.NewReader(drawn))
			for {
				if _, err := decoder.Token(); errors.Is(err, io.EOF) {
					break
				} else if err != nil {
					t.Fatalf("no XML: %v", err)
				}
			}
		})
	}
}

func TestDraw_whatCannotBeDrawn(t *testing.T) {
	for properties, want := range map[string]string{
		`{"view":"timeSeries","title":"T","metrics":[[{"expression":"a"}]]}`:                                                         `widget T: expression "a": no metric has the id "a"`,
		`{"view":"timeSeries","title":"T","metrics":[["N","a",{"id":"a"}],[{"expression":"MAX(a)"}]]}`:                               "an expression must end in a series",
		`{"view":"timeSeries","title":"T","start":"-P1M","metrics":[["N","a"]]}`:                                                     `range "-P1M"`,
		`{"view":"timeSeries","title":"T","metrics":[["N","a",{"id":"a","period":60}],["N","b",{"id":"b"}],[{"expression":"a+b"}]]}`: "periods 1m0s and 5m0s",
	} {
		if _, err := draw(t, properties); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: got %v, want …%s…", properties, err, want)
		}
	}
}
