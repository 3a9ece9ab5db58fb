package timeline_test

import (
	"fmt"

	"github.com/aslocal/aslocal/asl"
	"github.com/aslocal/aslocal/asl/machine"
	"github.com/aslocal/aslocal/emulator/timeline"
	"github.com/aslocal/aslocal/value"
)

// Two branches run at once; one of them waits.
func ExampleBuilder() {
	definition, _ := asl.Parse(`{"StartAt": "Both", "States": {"Both": {"Type": "Parallel", "End": true, "Branches": [
		{"StartAt": "Pack", "States": {"Pack": {"Type": "Pass", "End": true}}},
		{"StartAt": "Rest", "States": {"Rest": {"Type": "Wait", "Seconds": 60, "End": true}}}]}}}`)
	program, err := machine.Compile(definition)
	if err != nil {
		fmt.Println(err)
		return
	}
	begin := machine.Stimulus{Kind: machine.Begin, Start: &machine.Start{}, Output: value.EmptyObject}
	batch := machine.New(program).Handle(begin, 0, nil)

	var b timeline.Builder
	for i := range batch.Events {
		b.Add(&batch.Events[i])
	}
	for _, v := range b.Visits() {
		fmt.Printf("%-8s %s %s\n", v.Path, v.State, v.Outcome)
	}
	// Output:
	//          Both open
	// Both[0]  Pack succeeded
	// Both[1]  Rest open
}
