// Package spell guesses the word that an unknown word was meant to be.
//
// Unlike the Levenshtein distance of common libraries its distance counts two swapped
// letters as one mistake and another case as half a mistake, which is what people
// mistype in names of fields and states; and it stops as soon as a candidate is too
// far off.
package spell

import (
	"slices"
	"strings"
	"unicode/utf8"
)

// Suggest returns the candidate nearest to the word, or "" if none is near: up to a
// third of its letters may be wrong, at most three, but not all of them. A candidate
// that differs only in case is the nearest; of equally near ones the first counts.
func Suggest(word string, candidates []string) string {
	if near := suggest(word, candidates); near != "" {
		return near
	}
	// In another case, where each letter of it counts as wrong: "Expres" is EXPRESS.
	folded := make([]string, len(candidates))
	for i, c := range candidates {
		folded[i] = strings.Map(lower, c)
	}
	if i := slices.Index(folded, suggest(strings.Map(lower, word), folded)); i >= 0 {
		return candidates[i]
	}
	return ""
}

func suggest(word string, candidates []string) string {
	w := []rune(word)
	if len(w) == 0 || len(w) > longest {
		return ""
	}
	for _, c := range candidates {
		if strings.EqualFold(c, word) {
			return c
		}
	}
	if len(w) == 1 {
		return ""
	}
	best, bestCost := "", 2*min(3, max(1, len(w)/3))+1
	for _, c := range candidates {
		if n := utf8.RuneCountInString(c); 2*(n-len(w)) >= bestCost || 2*(len(w)-n) >= bestCost {
			continue
		}
		if cost := distance(w, []rune(c), bestCost); cost < bestCost {
			best, bestCost = c, cost
		}
	}
	return best
}

// longest is the maximum length of a word in characters, which bounds the cost.
const longest = 100

// distance returns the cost of changing a to b: 2 for each letter added, removed or
// replaced, or two neighbours swapped; 1 for another case. It may stop as soon as the
// distance is at least limit.
func distance(a, b []rune, limit int) int {
	before, last, row := make([]int, len(b)+1), make([]int, len(b)+1), make([]int, len(b)+1)
	for j := range last {
		last[j] = 2 * j
	}
	for i := 1; i <= len(a); i++ {
		row[0] = 2 * i
		least := row[0]
		for j := 1; j <= len(b); j++ {
			row[j] = min(last[j]+2, row[j-1]+2, last[j-1]+change(a[i-1], b[j-1]))
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				row[j] = min(row[j], before[j-2]+2)
			}
			least = min(least, row[j])
		}
		if least >= limit+2 { // a swap may still reach back one row
			return limit
		}
		before, last, row = last, row, before
	}
	return last[len(b)]
}

func change(a, b rune) int {
	switch {
	case a == b:
		return 0
	case lower(a) == lower(b):
		return 1
	}
	return 2
}

// lower folds the letters that fields and states are mostly named with.
func lower(r rune) rune {
	if 'A' <= r && r <= 'Z' {
		return r + 'a' - 'A'
	}
	return r
}
