package timeline_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/aslocal/aslocal/asl/machine"
	"github.com/aslocal/aslocal/emulator/timeline"
)

// histories are executions of two shapes: states one after the other, and
// iterations with branches.
func histories(b *testing.B) map[string][]machine.Event {
	items := "[" + strings.Repeat("0, ", 999) + "0]"
	var line strings.Builder
	for i := range 1000 {
		fmt.Fprintf(&line, `"S%d": {"Type": "Pass", "Next": "S%d"}, `, i, i+1)
	}
	return map[string][]machine.Event{
		"line": run(b, `{"StartAt": "S0", "States": {`+line.String()+`"S1000": {"Type": "Succeed"}}}`, "{}"),
		"map": run(b, `{"StartAt": "M", "States": {"M": {"Type": "Map", "End": true, "ItemProcessor": {"StartAt": "P", "States": {"P": {"Type": "Parallel", "End": true,
			"Branches": [{"StartAt": "L", "States": {"L": {"Type": "Pass", "End": true}}}, {"StartAt": "R", "States": {"R": {"Type": "Pass", "End": true}}}]}}}}}}`, items),
	}
}

func BenchmarkPaths(b *testing.B) {
	for name, events := range histories(b) {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				var p timeline.Paths
				for i := range events {
					p.Take(&events[i])
				}
			}
			perEvent(b, len(events))
		})
	}
}

func BenchmarkBuilder(b *testing.B) {
	for name, events := range histories(b) {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				var t timeline.Builder
				for i := range events {
					t.Add(&events[i])
				}
			}
			perEvent(b, len(events))
		})
	}
}

func perEvent(b *testing.B, events int) {
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*events), "ns/event")
}
