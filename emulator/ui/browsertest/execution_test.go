package browsertest

import "testing"

// TestExecutionModules runs the tests of static/execution in Node, where there is
// one: what the page says of a history, at any event.
func TestExecutionModules(t *testing.T) {
	runNode(t, nodeOrSkip(t), "--test", "execution.test.mjs")
}
