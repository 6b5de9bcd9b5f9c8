package dashboard

import (
	"cmp"
	"errors"
	"math"
	"slices"
	"time"
)

// elsewhere are functions of alarms, which are read but not evaluated here.
var elsewhere = map[string]bool{"ANOMALY_DETECTION_BAND": true, "SEARCH": true}

// functions are by the names that metric math has for them.
// https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/using-metric-math.html
var functions = map[string]func([]operand) (operand, error){
	"IF":          choose,
	"FILL":        fill,
	"RUNNING_SUM": runningSum,
	"PERIOD": func(args []operand) (operand, error) {
		return oneNumber(args, func(s Series) float64 { return s.Period.Seconds() })
	},
	"MAX": func(args []operand) (operand, error) {
		return oneNumber(args, func(s Series) float64 { return slices.Max(s.present()) })
	},
	"MIN": func(args []operand) (operand, error) {
		return oneNumber(args, func(s Series) float64 { return slices.Min(s.present()) })
	},
	"SUM": func(args []operand) (operand, error) { return oneNumber(args, Series.sum) },
	"AVG": func(args []operand) (operand, error) {
		return oneNumber(args, func(s Series) float64 { return s.sum() / float64(len(s.Values)) })
	},
	"EPOCH": func(args []operand) (operand, error) {
		return byTime(args, func(t time.Time) float64 { return float64(t.Unix()) })
	},
	"MONTH": func(args []operand) (operand, error) {
		return byTime(args, func(t time.Time) float64 { return float64(t.Month()) })
	},
	"DATE": func(args []operand) (operand, error) {
		return byTime(args, func(t time.Time) float64 { return float64(t.Day()) })
	},
	"SORT":  sortSeries,
	"SLICE": slice,
}

var errArguments = errors.New("the arguments are none that are evaluated here")

func oneSeries(args []operand) (Series, error) {
	if len(args) == 0 || args[0].series == nil {
		return Series{}, errArguments
	}
	return *args[0].series, nil
}

func (s Series) present() []float64 {
	there := slices.DeleteFunc(slices.Clone(s.Values), math.IsNaN)
	if len(there) == 0 {
		return []float64{math.NaN()}
	}
	return there
}

func (s Series) sum() float64 {
	total := 0.0
	for _, v := range s.present() {
		if !math.IsNaN(v) {
			total += v
		}
	}
	return total
}

func oneNumber(args []operand, of func(Series) float64) (operand, error) {
	s, err := oneSeries(args)
	if err != nil {
		return operand{}, err
	}
	return numberOf(of(s)), nil
}

// byTime is there at every time, whatever is missing in the series.
func byTime(args []operand, of func(time.Time) float64) (operand, error) {
	s, err := oneSeries(args)
	if err != nil {
		return operand{}, err
	}
	result := s.like()
	for i := range result.Values {
		result.Values[i] = of(s.At(i).UTC())
	}
	return operand{series: &result}, nil
}

// choose is IF. Where the condition holds and the value is missing, it is 0; where it does not and the other is missing, so is the result.
func choose(args []operand) (operand, error) {
	if len(args) != 3 || slices.ContainsFunc(args, operand.isList) || args[0].number != nil {
		return operand{}, errArguments
	}
	result, err := common(args...)
	if err != nil {
		return operand{}, err
	}
	for i := range result.Values {
		switch condition := args[0].at(i); {
		case math.IsNaN(condition):
			result.Values[i] = math.NaN()
		case condition == 0:
			result.Values[i] = args[2].at(i)
		default:
			if result.Values[i] = args[1].at(i); math.IsNaN(result.Values[i]) {
				result.Values[i] = 0
			}
		}
	}
	return operand{series: &result}, nil
}

func fill(args []operand) (operand, error) {
	s, err := oneSeries(args)
	if err != nil || len(args) != 2 || args[1].number == nil {
		return operand{}, errArguments
	}
	result := s.like()
	for i, v := range s.Values {
		if result.Values[i] = v; math.IsNaN(v) {
			result.Values[i] = *args[1].number
		}
	}
	return operand{series: &result}, nil
}

func runningSum(args []operand) (operand, error) {
	s, err := oneSeries(args)
	if err != nil {
		return operand{}, err
	}
	result, total := s.like(), 0.0
	for i, v := range s.Values {
		if math.IsNaN(v) {
			result.Values[i] = v
			continue
		}
		total += v
		result.Values[i] = total
	}
	return operand{series: &result}, nil
}

// sortSeries is SORT(list, SUM, DESC).
func sortSeries(args []operand) (operand, error) {
	if len(args) != 3 || args[1].word != "SUM" || args[2].word != "DESC" {
		return operand{}, errArguments
	}
	list := slices.Clone(args[0].list)
	slices.SortStableFunc(list, func(a, b Series) int { return cmp.Compare(b.sum(), a.sum()) })
	return operand{list: list}, nil
}

// slice is SLICE(list, from, to), to not included.
func slice(args []operand) (operand, error) {
	if len(args) != 3 || args[1].number == nil || args[2].number == nil {
		return operand{}, errArguments
	}
	n := len(args[0].list)
	from, to := min(int(*args[1].number), n), min(int(*args[2].number), n)
	if from < 0 || to < from {
		return operand{}, errArguments
	}
	return operand{list: args[0].list[from:to]}, nil
}
