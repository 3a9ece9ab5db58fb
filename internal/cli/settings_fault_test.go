package cli

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/aslocal/aslocal/emulator"
)

// Faults that aslocal.yaml has, or has no more, count while serve runs.
func TestFaultsAreReadAgain(t *testing.T) {
	name := filepath.Join(t.TempDir(), "aslocal.yaml")
	var out strings.Builder
	em := emulator.RunT(t, emulator.WithoutUI())
	r := &reloader{settings: &settings{config: name}, registrar: newRegistrar(em.Emulator), out: &out}
	for _, step := range []struct {
		text, told string
		states     []string
	}{
		{"faults: [{state: A, timeout: true}, {state: B, throttle: true, off: true}]", "A times out", []string{"A", "B"}},
		{"faults: [{state: A}]", "expected one of error", []string{"A", "B"}},
		{"", "none", nil},
		{"missing: hold", "settings other than machines, functions and faults count", nil},
	} {
		out.Reset()
		if err := os.WriteFile(name, []byte(step.text), 0o600); err != nil {
			t.Fatal(err)
		}
		r.readSettings()
		if !strings.Contains(out.String(), step.told) {
			t.Errorf("%s: told %q, want %q", step.text, out.String(), step.told)
		}
		var states []string
		for _, f := range em.Faults() {
			states = append(states, f.State)
		}
		if !slices.Equal(states, step.states) {
			t.Errorf("%s: the faults are of %v, want %v", step.text, states, step.states)
		}
	}
}
