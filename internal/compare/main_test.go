package main

import (
	"strings"
	"testing"
)

// printed is what sfnbench prints, one line for each row.
const printed = `| startup to first successful ListStateMachines | ok true | 16ms | cpu 20ms |
| RSS idle | 14600 KB |
| pass-chain-10 | SUCCEEDED | best 400µs median 500µs | 25000 transitions/s | cpu 0s (0.0 us/transition) | out "" |
| pass-chain-1000 | SUCCEEDED | best 1.2ms median 1.5ms | 800000 transitions/s | cpu 1ms (1.3 us/transition) | out "" |
| choice-loop-1000 | SUCCEEDED | best 2ms median 2.5ms | 1500000 transitions/s | cpu 4ms (1.2 us/transition) | out "" |
| choice-loop-1000-jsonata | SUCCEEDED | best 3ms median 3.5ms | 1000000 transitions/s | cpu 4ms (1.2 us/transition) | out "" |
| map-1000 | SUCCEEDED | best 3ms median 3.25ms | 300000 transitions/s | cpu 4ms (4.0 us/transition) | out "" |
| express sync c1 | n 1500 c 1 fails 0 <nil> | 9000 exec/s | p50 90µs p99 200µs | cpu 60 us/exec |
| express sync c32 | n 4500 c 32 fails 0 <nil> | 16000 exec/s | p50 2ms p99 4ms | cpu 60 us/exec |
| short-5 x n c32 | n 5000 c 32 fails 0 <nil> | accepted 9400/s p50 3ms p99 6ms | all done in 1s = 5000 exec/s | cpu 1s (200 us/exec incl. describe) | rss 1 -> 2 KB | map[SUCCEEDED:5000] |
| parked in Wait 1h x 5000 | <nil> ARN fails 0 | 9500 starts/s p50 3ms p99 6ms | rss 1 -> 2 KB = 3900 B each |
`

func TestRowsAreFound(t *testing.T) {
	want := []float64{16, 14600, 1.5, 1.3, 2.5, 3.5, 3.25, 0.09, 16000, 9400, 5000, 200, 9500, 3900}
	for i, r := range rows {
		found := r.pattern.FindStringSubmatch(printed)
		if found == nil {
			t.Errorf("%s is not found", r.name)
			continue
		}
		if got, err := parse(found[1]); err != nil || got != want[i] {
			t.Errorf("%s: got %v, %v, want %v", r.name, got, err, want[i])
		}
	}
}

// A failed measurement is not taken for a fast one.
func TestFailuresAreNotMeasured(t *testing.T) {
	for _, failed := range []string{
		strings.ReplaceAll(printed, "fails 0 <nil>", "fails 3 status FAILED"),
		strings.ReplaceAll(printed, "SUCCEEDED", "FAILED"),
	} {
		missing := 0
		for _, r := range rows {
			if !r.pattern.MatchString(failed) {
				missing++
			}
		}
		if missing != 5 {
			t.Errorf("%d rows are missing, want 5, of\n%s", missing, failed)
		}
	}
}

func TestTable(t *testing.T) {
	var measured table
	fast, small := &row{name: "starts", unit: "exec/s", rate: true}, &row{name: "memory", unit: "KB"}
	for which, values := range [][]float64{{100, 300, 200}, {400, 100, 800, 600}} {
		for _, v := range values {
			measured.add(which, "disk", fast, v)
			measured.add(which, "disk", small, v)
		}
	}
	measured.add(0, "memory", small, 0)
	measured.add(1, "memory", small, 1)
	measured.add(0, "memory", fast, 1)
	var out strings.Builder
	if err := measured.write(&out); err != nil {
		t.Fatal(err)
	}
	const want = `mode    measurement  before  after  unit    times as good
disk    starts       200     500    exec/s  2.50
disk    memory       200     500    KB      0.40
memory  memory       0       1      KB      -
memory  starts       measured for one binary only
`
	if out.String() != want {
		t.Errorf("got\n%s\nwant\n%s", out.String(), want)
	}
}
