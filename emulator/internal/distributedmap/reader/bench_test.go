package reader

import (
	"fmt"
	"runtime"
	"strings"
	"testing"

	"github.com/aslocal/aslocal/value"
)

// BenchmarkRead reads 200,000 rows and reports what stays in memory of them.
func BenchmarkRead(b *testing.B) {
	const rows = 200_000
	var csv, lines, array strings.Builder
	csv.WriteString("id,name,amount,currency,status,country\n")
	array.WriteString("[")
	for i := range rows {
		fmt.Fprintf(&csv, "%d,customer %d,%d.50,EUR,open,Germany\n", i, i%1000, i)
		row := fmt.Sprintf(`{"id":%d,"name":"customer %d","amount":%d.50,"currency":"EUR","status":"open","country":"Germany"}`, i, i%1000, i)
		fmt.Fprintf(&lines, "%s\n", row)
		if i > 0 {
			array.WriteString(",")
		}
		array.WriteString(row)
	}
	array.WriteString("]")
	for _, c := range []struct{ kind, text string }{{"CSV", csv.String()}, {"JSONL", lines.String()}, {"JSON", array.String()}} {
		b.Run(c.kind, func(b *testing.B) {
			has, config := buckets{"b/f": c.text}, value.OfMembers("InputType", value.OfString(c.kind)).String()
			b.ReportAllocs()
			b.SetBytes(int64(len(c.text)))
			var before, after runtime.MemStats
			for b.Loop() {
				runtime.GC()
				runtime.ReadMemStats(&before)
				items, err := read(has, "f", config)
				if err != nil || items.Value.Len() != rows {
					b.Fatal(items.Value.Len(), err)
				}
				runtime.GC()
				runtime.ReadMemStats(&after)
				runtime.KeepAlive(items)
			}
			b.ReportMetric(float64(after.HeapAlloc-before.HeapAlloc)/rows, "kept-B/row")
		})
	}
}
