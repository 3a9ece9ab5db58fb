package browsertest

import (
	"context"
	"os"
	"os/exec"
	"testing"
	"time"
)

// TestModules runs the tests of core modules in Node, where there is one.
func TestModules(t *testing.T) {
	runNode(t, nodeOrSkip(t), "--test", "view.test.mjs", "jsontext.test.mjs", "stream.test.mjs", "edit.test.mjs", "glob.test.mjs")
}

// nodeOrSkip gives the path of Node, and skips the test if there is none.
func nodeOrSkip(t *testing.T) string {
	t.Helper()
	node, err := exec.LookPath("node")
	if err != nil {
		t.Skip("no node on PATH: the tests of the modules need Node 20 or newer")
	}
	return node
}

// runNode runs Node with arguments. It fails the test if Node fails or does not end: a
// module that sets a timer keeps it alive.
func runNode(t *testing.T, node string, args ...string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 2*patience)
	defer cancel()
	command := exec.CommandContext(ctx, node, args...)
	command.Cancel = func() error { return command.Process.Signal(os.Interrupt) } // so that it ends the processes of its files
	command.WaitDelay = 5 * time.Second
	out, err := command.CombinedOutput()
	switch {
	case ctx.Err() != nil:
		t.Fatalf("node %v: not done after %v\n%s", args, 2*patience, out)
	case err != nil:
		t.Fatalf("node %v: %v\n%s", args, err, out)
	}
}
