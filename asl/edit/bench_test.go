package edit

import (
	"fmt"
	"strings"
	"testing"
)

// BenchmarkDrop drops a state on an edge in the middle of 500 states.
func BenchmarkDrop(b *testing.B) {
	var y, j strings.Builder
	y.WriteString("StartAt: S0\nStates:\n")
	j.WriteString("{\n  \"StartAt\": \"S0\",\n  \"States\": {\n")
	for i := range 500 {
		fmt.Fprintf(&y, "  S%d:\n    Type: Task\n    Resource: arn:aws:states:::lambda:invoke\n    Arguments:\n      FunctionName: f%d\n    Retry:\n      - ErrorEquals: [States.ALL]\n        MaxAttempts: 3\n    Next: S%d\n", i, i, i+1)
		fmt.Fprintf(&j, "    \"S%d\": {\n      \"Type\": \"Task\",\n      \"Resource\": \"arn:aws:states:::lambda:invoke\",\n      \"Arguments\": {\n        \"FunctionName\": \"f%d\"\n      },\n      \"Retry\": [\n        {\"ErrorEquals\": [\"States.ALL\"], \"MaxAttempts\": 3}\n      ],\n      \"Next\": \"S%d\"\n    },\n", i, i, i+1)
	}
	y.WriteString("  S500:\n    Type: Succeed\n")
	j.WriteString("    \"S500\": {\n      \"Type\": \"Succeed\"\n    }\n  }\n}\n")
	drop := Edit{Op: Insert, Edge: "/States/S250/Next", From: "/States/S250", Name: "New", State: []byte(`{"Type": "Wait", "Seconds": 5}`)}
	for _, doc := range []Document{{Text: j.String(), Format: JSON}, {Text: y.String(), Format: YAML}} {
		b.Run(string(doc.Format), func(b *testing.B) {
			b.SetBytes(int64(len(doc.Text)))
			b.ReportAllocs()
			for b.Loop() {
				if _, err := Apply(doc, drop); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
