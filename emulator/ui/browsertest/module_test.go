package browsertest

import (
	"os/exec"
	"testing"
)

// TestModules runs the tests of core modules in Node, where there is one.
func TestModules(t *testing.T) {
	node, err := exec.LookPath("node")
	if err != nil {
		t.Skip("no node on PATH: the tests of the modules need Node 20 or newer")
	}
	out, err := exec.Command(node, "--test", "view.test.mjs", "jsontext.test.mjs", "stream.test.mjs", "edit.test.mjs", "glob.test.mjs").CombinedOutput()
	if err != nil {
		t.Fatalf("node --test: %v\n%s", err, out)
	}
}
