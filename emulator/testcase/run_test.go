package testcase

import (
	"context"
	"os"
	"testing"

	"github.com/aslocal/aslocal/asl"
)

// machineOf reads a definition in JSON.
func machineOf(t testing.TB, name, text string) *Machine {
	t.Helper()
	d, found := asl.Parse(text)
	found = append(found, asl.Validate(d, asl.Options{})...)
	if found.HasErrors() {
		t.Fatal(found)
	}
	return &Machine{Name: name, Definition: d, Text: text}
}

// The tests of the example pass, and cover all of it.
func TestExample(t *testing.T) {
	text, err := os.ReadFile("../../examples/order/order.asl.json")
	if err != nil {
		t.Fatal(err)
	}
	m := machineOf(t, "order", string(text))
	const name = "../../examples/order/order.test.yaml"
	if text, err = os.ReadFile(name); err != nil {
		t.Fatal(err)
	}
	f, err := Parse(name, string(text))
	if err != nil {
		t.Fatal(err)
	}
	for i := range f.Cases {
		r := m.Run(context.Background(), f, &f.Cases[i], nil)
		for _, failure := range r.Failures {
			t.Errorf("%s:%s: %s: %s", f.Name, failure.At, r.Case.Name, failure)
		}
	}
}
