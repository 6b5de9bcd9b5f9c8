package config

import "time"

// required returns a value that must be given, after its rule.
func required[T string | int | float64 | bool | time.Duration](v value[T], rule func(T) error, problems *Problems) T {
	if v.state == absent {
		problems.at(v.place, "is missing: it must be given")
	}
	return optional(v, v.got, rule, problems)
}

// optional returns a value after its rule, or its default.
func optional[T string | int | float64 | bool | time.Duration](v value[T], standard T, rule func(T) error, problems *Problems) T {
	if v.state == given {
		if err := rule(v.got); err != nil {
			problems.at(v.place, "%v", err)
		}
	}
	return orDefault(v, standard)
}

// orDefault returns a value that needs no rule of its own, or its default. A broken one is zero, so that nothing is concluded from a
// default that is not meant.
func orDefault[T string | int | float64 | bool | time.Duration](v value[T], standard T) T {
	if v.state == absent {
		return standard
	}
	return v.got
}

// nonEmpty reports a list that is missing or has no items.
func nonEmpty[T any](l list[T], what string, problems *Problems) {
	if l.state != broken && len(l.items) == 0 {
		problems.at(l.place, "is missing or empty: give at least one %s", what)
	}
}

// unique reports values that occur more than once in a list.
func unique(values []value[string], what string, problems *Problems) {
	first := map[string]place{}
	for _, v := range values {
		if v.state != given {
			continue
		}
		if p, ok := first[v.got]; ok {
			problems.at(v.place, "duplicate %s %q: it is already %s on line %d", what, v.got, p.field, p.line)
			continue
		}
		first[v.got] = v.place
	}
}
