package lsp

import (
	"fmt"
	"strings"
	"testing"
)

// BenchmarkCheck measures what follows each change: the diagnostics of a definition of
// 500 states.
func BenchmarkCheck(b *testing.B) {
	var text strings.Builder
	text.WriteString("{\n  \"StartAt\": \"State 0\",\n  \"States\": {\n")
	for i := range 500 {
		fmt.Fprintf(&text, "    \"State %d\": {\"Type\": \"Task\", \"Resource\": \"arn:aws:states:::lambda:invoke\", \"Parameters\": {\"FunctionName\": \"f\", \"Payload.$\": \"$.x\"}, \"ResultPath\": \"$.r\", \"Next\": \"State %d\"},\n", i, i+1)
	}
	text.WriteString("    \"State 500\": {\"Type\": \"Succeed\"}\n  }\n}\n")
	d := newDocument(&openParams{})
	d.file = "/work/large.asl.json"
	b.ReportAllocs()
	for b.Loop() {
		d.set(text.String())
		if found := d.check(); len(found) > 0 {
			b.Fatal(found)
		}
	}
}
