package ui

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/aslocal/aslocal/asl/edit"
)

// BenchmarkEdit is what a drop among 500 states costs the server, to the bytes of the answer; BenchmarkDraft
// what a pause while typing costs it.
func BenchmarkEdit(b *testing.B) {
	in := &Edit{
		Text:  Text{Text: large(500), Format: formatJSON},
		Edits: []edit.Edit{{Op: edit.Insert, Edge: "/States/S2/Next", From: "/States/S2", Name: "Wait", State: json.RawMessage(`{"Type": "Wait", "Seconds": 5}`)}},
	}
	for b.Loop() {
		out, err := new(UI).edit(b.Context(), in)
		if err != nil {
			b.Fatal(err)
		}
		if _, err := json.Marshal(out); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkDraft(b *testing.B) {
	in := &Text{Text: large(500), Format: formatJSON}
	for b.Loop() {
		out, err := new(UI).draft(b.Context(), in)
		if err != nil {
			b.Fatal(err)
		}
		if _, err := json.Marshal(out); err != nil {
			b.Fatal(err)
		}
	}
}

// large is a definition with so many states in a row, each tenth a Choice that may leap to the end.
func large(states int) string {
	var b strings.Builder
	b.WriteString(`{"StartAt": "S0", "States": {` + "\n")
	for i := range states - 1 {
		if i%10 == 5 {
			fmt.Fprintf(&b, `"S%d": {"Type": "Choice", "Choices": [{"Variable": "$.n", "NumericEquals": %d, "Next": "End"}], "Default": "S%d"},`+"\n", i, i, i+1)
		} else if i == states-2 {
			fmt.Fprintf(&b, `"S%d": {"Type": "Pass", "Next": "End"},`+"\n", i)
		} else {
			fmt.Fprintf(&b, `"S%d": {"Type": "Pass", "Next": "S%d"},`+"\n", i, i+1)
		}
	}
	b.WriteString(`"End": {"Type": "Succeed"}}}`)
	return b.String()
}
