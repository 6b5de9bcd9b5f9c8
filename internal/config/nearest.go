package config

import "fmt"

// nearest returns the candidate that differs from word in the fewest letters, or "" when none is close enough to be meant.
func nearest(word string, candidates []string) string {
	best, fewest := "", 1+max(2, len(word)/4)
	for _, c := range candidates {
		if tooFar := len(word)-len(c) >= fewest || len(c)-len(word) >= fewest; tooFar {
			continue
		}
		if d := distance(word, c); d < fewest {
			best, fewest = c, d
		}
	}
	return best
}

func didYouMean(meant string) string {
	if meant == "" {
		return ""
	}
	return fmt.Sprintf(" (did you mean %q?)", meant)
}

// distance is the Levenshtein distance of two words.
func distance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			substituted := diagonal
			if a[i] != b[j] {
				substituted++
			}
			diagonal = row[j+1]
			row[j+1] = min(substituted, row[j]+1, row[j+1]+1)
		}
	}
	return row[len(b)]
}
