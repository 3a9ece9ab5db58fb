package browsertest

import (
	"os/exec"
	"testing"
)

// TestExecutionModules runs the tests of static/execution in Node, where there is
// one: what the page says of a history, at any event.
func TestExecutionModules(t *testing.T) {
	node, err := exec.LookPath("node")
	if err != nil {
		t.Skip("no node on PATH: the tests of the execution page's modules need Node 20 or newer")
	}
	out, err := exec.Command(node, "--test", "execution.test.mjs").CombinedOutput()
	if err != nil {
		t.Fatalf("node --test: %v\n%s", err, out)
	}
}
