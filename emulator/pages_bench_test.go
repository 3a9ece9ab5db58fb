package emulator_test

import (
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/aslocal/aslocal/emulator"
	"github.com/aslocal/aslocal/emulator/ui"
)

// manyEvents runs an execution with a history of nearly 25,000 events.
func manyEvents(tb testing.TB) (em *emulator.TestEmulator, b browser, arn string) {
	em = emulator.RunT(tb)
	machine, err := em.Register(emulator.Registration{Name: "many", Definition: `{"StartAt": "M", "States": {"M": {"Type": "Map", "ItemsPath": "$.items", "End": true, "ItemProcessor": {"StartAt": "P", "States": {"P": {"Type": "Pass", "End": true}}}}}}`})
	if err != nil {
		tb.Fatal(err)
	}
	b = browser{tb, em.URL()}
	var s ui.Started
	b.post("start", ui.Start{Machine: machine, Input: `{"items": [` + strings.Repeat("0,", 6199) + `0]}`}, &s)
	em.Advance(0)
	return em, b, s.ARN
}

// What a page with a long history asks for.
func BenchmarkPages(b *testing.B) {
	em, _, arn := manyEvents(b)
	for _, path := range []string{"execution?arn=", "history?limit=25000&arn=", "history?limit=1000&after=20000&arn=", "visits?arn=", "visit?visit=6000&arn="} {
		b.Run(strings.Split(path, "arn")[0], func(b *testing.B) {
			size := int64(0)
			for b.Loop() {
				answer, err := http.Get(em.URL() + "/_ui/api/" + path + arn)
				if err != nil || answer.StatusCode != http.StatusOK {
					b.Fatal(err, answer)
				}
				size, _ = io.Copy(io.Discard, answer.Body)
				answer.Body.Close()
			}
			b.ReportMetric(float64(size)/1024, "KiB")
		})
	}
}

// BenchmarkStartsWithPages starts executions while pages are open: what the pages cost the
// engine.
func BenchmarkStartsWithPages(b *testing.B) {
	for _, pages := range []int{0, 1, 10} {
		b.Run(fmt.Sprint(pages), func(b *testing.B) {
			em := emulator.RunT(b)
			machine, err := em.Register(emulator.Registration{Name: "m", Definition: `{"StartAt": "A", "States": {"A": {"Type": "Pass", "Next": "B"}, "B": {"Type": "Pass", "End": true}}}`})
			if err != nil {
				b.Fatal(err)
			}
			for range pages {
				s := stream(b, em.URL(), "", "")
				go func() {
					for s.lines.Scan() {
					}
				}()
			}
			for b.Loop() {
				if _, err := em.Start(b.Context(), machine, "{}"); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "starts/s")
		})
	}
}

// BenchmarkStream measures what it takes to bring an event of a followed execution to a
// browser, from the start of its execution on.
func BenchmarkStream(b *testing.B) {
	em := emulator.RunT(b)
	var line strings.Builder
	for i := range 1000 {
		fmt.Fprintf(&line, `"S%d": {"Type": "Pass", "Next": "S%d"}, `, i, i+1)
	}
	machine, err := em.Register(emulator.Registration{Name: "m", Definition: `{"StartAt": "S0", "States": {` + line.String() + `"S1000": {"Type": "Succeed"}}}`})
	if err != nil {
		b.Fatal(err)
	}
	page, events := browser{b, em.URL()}, int64(0)
	for i := 0; b.Loop(); i++ {
		name := fmt.Sprintf("x%d", i)
		arn := strings.Replace(machine, ":stateMachine:", ":execution:", 1) + ":" + name
		s := stream(b, em.URL(), "after=0&follow="+arn, "")
		page.post("start", ui.Start{Machine: machine, Name: name}, new(ui.Started))
		var happened ui.EventsHappened
		for happened.Ended == "" {
			s.next("events", &happened)
		}
		events += happened.Last
	}
	b.ReportMetric(float64(events)/b.Elapsed().Seconds(), "events/s")
}
