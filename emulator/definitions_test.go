package emulator_test

import (
	"fmt"
	"sync"
	"testing"

	"github.com/aslocal/aslocal/emulator"
	"github.com/aslocal/aslocal/value"
)

// Emulators that share definitions run them at the same time, each with its own mocks and
// variables; one that is wrong is refused by all.
func TestSharedDefinitions(t *testing.T) {
	const definition = `{"QueryLanguage": "JSONata", "StartAt": "A", "States": {
		"A": {"Type": "Task", "Resource": "arn:aws:lambda:us-east-1:123456789012:function:f", "Assign": {"n": "{% $states.result %}"}, "Next": "B"},
		"B": {"Type": "Pass", "Output": "{% $n + 1 %}", "End": true}}}`
	shared := new(emulator.Definitions)
	var workers sync.WaitGroup
	for n := range 8 {
		workers.Go(func() {
			em := emulator.RunT(t, emulator.WithDefinitions(shared), emulator.WithMock("A", emulator.Returns(fmt.Sprint(n))))
			if _, err := em.Register(emulator.Registration{Name: "m", Definition: `{"StartAt": "A", "States": {}}`}); err == nil {
				t.Error("a wrong definition is taken")
			}
			for _, kind := range []string{"STANDARD", "EXPRESS", "STANDARD"} {
				arn, err := em.Register(emulator.Registration{Name: "m" + kind, Definition: definition, Type: kind})
				if err != nil {
					t.Error(err)
					continue
				}
				if kind == "EXPRESS" {
					continue
				}
				if _, end := em.RunToEnd(arn, `{}`); end.Output != value.OfInt(int64(n+1)).String() {
					t.Errorf("got %+v, want %d", end, n+1)
				}
			}
		})
	}
	workers.Wait()
}
