package cli_test

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/aslocal/aslocal/internal/cli"
)

// The tests of the examples pass, and reach everything.
func TestExamplesAreTested(t *testing.T) {
	var out, errOut bytes.Buffer
	code := cli.Main([]string{"test", "-q", filepath.Join(root, "examples"), "--threshold", "states=100,transitions=100,rules=100,retriers=100,catchers=100"}, nil, &out, &errOut)
	if code != cli.ExitOK || strings.Count(out.String(), "coverage of ") != 2 {
		t.Errorf("exit code %d\n%s%s", code, out.String(), errOut.String())
	}
}

// The tests in testdata/tests are of state machines that others have written. They pass,
// and reach all that can be reached.
func TestDefinitions(t *testing.T) {
	definitions := filepath.Join(root, "..", "shared", "definitions")
	if _, err := os.Stat(definitions); err != nil {
		t.Skip("the definitions are not there: ", err)
	}
	var out, errOut bytes.Buffer
	code := cli.Main([]string{"test", "-q", filepath.Join(root, "testdata", "tests"), definitions, "--threshold", "states=100,transitions=92,rules=100,retriers=100,catchers=100"}, nil, &out, &errOut)
	if code != cli.ExitOK || strings.Count(out.String(), "coverage of ") != 20 {
		t.Errorf("exit code %d\n%s%s", code, out.String(), errOut.String())
	}
}
