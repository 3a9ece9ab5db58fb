package browsertest

import (
	"os/exec"
	"testing"
)

// TestViewCore runs the tests of static/core/view.js in Node, where there is one.
func TestViewCore(t *testing.T) {
	node, err := exec.LookPath("node")
	if err != nil {
		t.Skip("no node on PATH: the tests of the view core need Node 20 or newer")
	}
	out, err := exec.Command(node, "--test", "view.test.mjs").CombinedOutput()
	if err != nil {
		t.Fatalf("node --test: %v\n%s", err, out)
	}
}
