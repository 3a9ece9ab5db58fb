package cli

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

const (
	passHistory = `{"events": [
  {"id": 1, "type": "ExecutionStarted", "timestamp": 1, "executionStartedEventDetails": {"input": "{}"}},
  {"id": 2, "previousEventId": 0, "type": "PassStateEntered", "timestamp": 1, "stateEnteredEventDetails": {"name": "P", "input": "{}"}},
  {"id": 3, "previousEventId": 2, "type": "PassStateExited", "timestamp": 1, "stateExitedEventDetails": {"name": "P", "output": "7"}},
  {"id": 4, "previousEventId": 3, "type": "ExecutionSucceeded", "timestamp": 1, "executionSucceededEventDetails": {"output": "7"}}]}`
	sevenDefinition = `{"StartAt": "P", "States": {"P": {"Type": "Pass", "Result": 7, "End": true}}}`
)

// command runs a command line that asks no server.
func command(args ...string) (code int, out, errOut string) {
	var stdout, stderr bytes.Buffer
	code = Main(args, strings.NewReader(""), &stdout, &stderr)
	return code, stdout.String(), stderr.String()
}

// repository makes a repository of git with versions of a definition.
func repository(t *testing.T, versions ...string) (definition, history string) {
	t.Helper()
	if _, err := exec.LookPath("git"); err != nil {
		t.Skip("there is no git")
	}
	folder := t.TempDir()
	definition, history = filepath.Join(folder, "m.asl.json"), filepath.Join(folder, "m.history.json")
	run := func(args ...string) {
		t.Helper()
		c := exec.Command("git", append([]string{"-C", folder, "-c", "user.name=a", "-c", "user.email=a@example.com", "-c", "commit.gpgsign=false", "-c", "init.defaultBranch=main"}, args...)...)
		if out, err := c.CombinedOutput(); err != nil {
			t.Fatalf("git %v: %v\n%s", args, err, out)
		}
	}
	run("init", "-q")
	for i, text := range versions {
		if err := os.WriteFile(definition, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		run("add", ".")
		run("commit", "-q", "-m", "version "+string(rune('A'+i)))
		run("tag", "v"+string(rune('A'+i)))
	}
	if err := os.WriteFile(history, []byte(passHistory), 0o600); err != nil {
		t.Fatal(err)
	}
	return definition, history
}

func TestBisect(t *testing.T) {
	eight := strings.Replace(sevenDefinition, "7", "8", 1)
	definition, history := repository(t, sevenDefinition, sevenDefinition+"\n", eight, `{"StartAt": "P"}`, eight+" ")
	code, out, errOut := command("replay", history, definition, "--bisect")
	lines := strings.Split(out, "\n")
	if code != ExitFailed || errOut != "" || len(lines) != 10 {
		t.Fatalf("%d, %s%s", code, out, errOut)
	}
	for i, want := range []string{"version A", "no difference", "version C", "state P: event 3, PassStateExited P, has other data: output", "version D", "the definition has errors: ", "version E", "state P: event 3", "5 versions, 3 commits change the outcome"} {
		if !strings.Contains(lines[i], want) {
			t.Errorf("line %d: got %s, want %s", i, lines[i], want)
		}
	}
	code, out, _ = command("replay", history, definition, "--bisect", "vA..vB")
	if code != ExitOK || !strings.Contains(out, "version A") || !strings.Contains(out, "2 versions, 0 commits change the outcome") {
		t.Errorf("a range: %d, %s", code, out)
	}
	code, out, _ = command("replay", history, definition, "--bisect", "vB..vC", "--json")
	if code != ExitFailed || !strings.Contains(out, `{"versions":2,"changes":[{"commit":"`) || !strings.Contains(out, `"outcome":"no difference","same":true}`) {
		t.Errorf("JSON: %d, %s", code, out)
	}
}

func TestBisectIsRefused(t *testing.T) {
	definition, history := repository(t, sevenDefinition)
	outside := filepath.Join(t.TempDir(), "m.asl.json")
	if err := os.WriteFile(outside, []byte(sevenDefinition), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		name string
		args []string
		want string
	}{
		{"no repository", []string{outside, "--bisect"}, "git: fatal: not a git repository"},
		{"no such commit", []string{definition, "nothing..HEAD", "--bisect"}, "git: fatal: "},
		{"an option of git", []string{definition, "--bisect", "--", "--output=x"}, "expected commits such as v1.4..HEAD"},
		{"no file", []string{definition + "x", "--bisect"}, "no such file"},
		{"stdin", []string{"-", "--bisect"}, "expected a FILE that git has"},
		{"a commit without --bisect", []string{definition, "HEAD"}, "arguments given: 3"},
	} {
		if code, out, errOut := command(append([]string{"replay", history}, test.args...)...); code != ExitUsage || out != "" || !strings.Contains(errOut, test.want) {
			t.Errorf("%s: %d, %s%s, want %s", test.name, code, out, errOut, test.want)
		}
	}
	t.Setenv("PATH", t.TempDir())
	if code, _, errOut := command("replay", history, definition, "--bisect"); code != ExitUsage || !strings.Contains(errOut, "there is no git on PATH") {
		t.Errorf("without git: %d, %s", code, errOut)
	}
}
