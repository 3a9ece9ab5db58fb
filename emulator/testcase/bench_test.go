package testcase

import (
	"context"
	"fmt"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
)

// BenchmarkThousandCases runs 1,000 cases of a state machine of ten states, as aslocal test
// does: as many at a time as there are processors.
func BenchmarkThousandCases(b *testing.B) {
	const cases, states = 1000, 10
	var definition strings.Builder
	definition.WriteString(`{"StartAt": "S0", "States": {`)
	for i := range states - 1 {
		fmt.Fprintf(&definition, `"S%d": {"Type": "Task", "Resource": "arn:aws:lambda:us-east-1:123456789012:function:f", "Retry": [{"ErrorEquals": ["Busy"]}], "Next": "S%d"},`, i, i+1)
	}
	fmt.Fprintf(&definition, `"S%d": {"Type": "Wait", "Seconds": 3600, "End": true}}}`, states-1)
	m := machineOf(b, "ten", definition.String())
	var rows strings.Builder
	for i := range cases {
		fmt.Fprintf(&rows, "    - {n: %d}\n", i)
	}
	f, err := Parse("ten.test.yaml", `
resources: {f: [{error: Busy}, {evaluate: $input, times: always}]}
cases:
- name: case ${n}
  input: {n: '${n}'}
  table:
`+rows.String()+`  expect:
    output: {n: '${n}'}
    path: [S0, S1, …, S9]
    states: {S0: {attempts: 2}}
    transitions: 11
`)
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		var next atomic.Int64
		var workers sync.WaitGroup
		for range runtime.GOMAXPROCS(0) {
			workers.Go(func() {
				for i := next.Add(1) - 1; i < cases; i = next.Add(1) - 1 {
					if r := m.Run(context.Background(), f, &f.Cases[i], nil); !r.Passed() {
						b.Error(told(r))
					}
				}
			})
		}
		workers.Wait()
	}
}
