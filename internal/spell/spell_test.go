package spell

import (
	"strings"
	"testing"
)

func TestSuggest(t *testing.T) {
	fields := []string{"Parameters", "Resource", "ResultPath", "Retry", "Next", "End"}
	tests := []struct {
		name, word string
		candidates []string
		want       string
	}{
		{"a letter missing", "Paramters", fields, "Parameters"},
		{"a letter too many", "Fulfill", []string{"Ship", "Fulfil"}, "Fulfil"},
		{"another letter", "Resourse", fields, "Resource"},
		{"two letters swapped", "Retyr", fields, "Retry"},
		{"another case is nearest", "NEXT", []string{"Nest", "Next"}, "Next"},
		{"the word itself", "Next", fields, "Next"},
		{"nothing is near", "Comment", fields, ""},
		{"of short words little may be wrong", "Ed", []string{"Ab", "Od"}, "Od"},
		{"short words that have nothing in common", "x", []string{"abc"}, ""},
		{"the first of equally near ones", "cat", []string{"bat", "rat"}, "bat"},
		{"other alphabets", "заказ1", []string{"заказ"}, "заказ"},
		{"another case and a letter missing", "Expres", []string{"STANDARD", "EXPRESS"}, "EXPRESS"},
		{"of one letter none may be wrong", "Z", []string{"B", "z"}, "z"},
		{"one letter that is none of them", "Z", []string{"A", "B"}, ""},
		{"an empty word", "", fields, ""},
		{"no candidates", "Next", nil, ""},
		{"empty candidates", "N", []string{""}, ""},
		{"long words", strings.Repeat("x", 101), []string{strings.Repeat("x", 101)}, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := Suggest(tt.word, tt.candidates); got != tt.want {
				t.Errorf("Suggest(%q, %q) = %q, want %q", tt.word, tt.candidates, got, tt.want)
			}
		})
	}
}

func TestDistance(t *testing.T) {
	tests := []struct {
		a, b string
		want int
	}{
		{"", "", 0}, {"", "ab", 4}, {"ab", "", 4}, {"ab", "ab", 0}, {"ab", "ba", 2}, {"ab", "aB", 1},
		{"kitten", "sitting", 6}, {"abcd", "badc", 4}, {"State", "state", 1},
	}
	for _, tt := range tests {
		if got := distance([]rune(tt.a), []rune(tt.b), 100); got != tt.want {
			t.Errorf("distance(%q, %q) = %d, want %d", tt.a, tt.b, got, tt.want)
		}
		if got := distance([]rune(tt.b), []rune(tt.a), 100); got != tt.want {
			t.Errorf("distance(%q, %q) = %d, want %d", tt.b, tt.a, got, tt.want)
		}
	}
}

func BenchmarkSuggest(b *testing.B) {
	candidates := make([]string, 100)
	for i := range candidates {
		candidates[i] = "State" + strings.Repeat("x", i%10) + string(rune('a'+i%26))
	}
	for b.Loop() {
		Suggest("Statexxxxz", candidates)
	}
}
