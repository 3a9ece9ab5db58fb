package cli

import (
	"context"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/aslocal/aslocal/emulator"
	"github.com/aslocal/aslocal/value"
)

// importedServer is an emulator in the place of AWS, with two executions.
func importedServer(t *testing.T) (em *emulator.TestEmulator, machine, failed string) {
	t.Helper()
	em = emulator.RunT(t, emulator.WithTask("f", func(_ context.Context, in value.Value) (value.Value, error) { return in.Get("n"), nil }))
	machine, err := em.Register(emulator.Registration{Name: "m", Definition: `{"StartAt": "Do", "States": {"Do": {"Type": "Task", "Resource": "arn:aws:lambda:us-east-1:123456789012:function:f", "Next": "Large?"},
		"Large?": {"Type": "Choice", "Choices": [{"Variable": "$", "NumericGreaterThan": 10, "Next": "Fail"}], "Default": "Pass"}, "Fail": {"Type": "Fail", "Error": "Large"}, "Pass": {"Type": "Pass", "End": true}}}`})
	if err != nil {
		t.Fatal(err)
	}
	for _, input := range []string{`{"n": 12}`, `{"n": 1}`} {
		arn, err := em.Start(t.Context(), machine, input)
		if err != nil {
			t.Fatal(err)
		}
		if em.Wait(arn).Status == "FAILED" {
			failed = arn
		}
	}
	return em, machine, failed
}

// What is imported is replayed without a difference.
func TestImport(t *testing.T) {
	em, machine, failed := importedServer(t)
	for _, test := range []struct {
		name string
		args []string
		want string
	}{
		{"an execution", []string{failed}, "FAILED"},
		{"a state machine", []string{machine}, "SUCCEEDED"},
		{"the latest failure of a state machine", []string{machine, "--status", "FAILED"}, "FAILED"},
	} {
		folder := t.TempDir()
		args := append([]string{"import", "--endpoint-url", em.URL(), "--folder", folder}, test.args...)
		code, out, errOut := command(args...)
		if code != ExitOK || errOut != "" || !strings.Contains(out, test.want) {
			t.Fatalf("%s: %d, %s%s", test.name, code, out, errOut)
		}
		history := filepath.Join(folder, "m.history.json")
		if code, out, errOut := command("replay", history); code != ExitOK {
			t.Errorf("%s: %d, %s%s", test.name, code, out, errOut)
		}
		if info, err := os.Stat(history); err != nil || info.Mode().Perm()&0o077 != 0 && os.PathSeparator == '/' {
			t.Errorf("%s: others can read the history: %v, %v", test.name, info.Mode(), err)
		}
		if code, _, errOut := command(args...); code != ExitUsage || !strings.Contains(errOut, "m.asl.json is there already") {
			t.Errorf("%s, again: %d, %s", test.name, code, errOut)
		}
		if code, _, errOut := command(append(args, "--force")...); code != ExitOK {
			t.Errorf("%s, by force: %d, %s", test.name, code, errOut)
		}
	}
}

// An execution on a server is replayed as it stands there.
func TestReplayOfAServer(t *testing.T) {
	em, machine, failed := importedServer(t)
	file := filepath.Join(t.TempDir(), "m.asl.json")
	if code, out, errOut := command("import", machine, "--endpoint-url", em.URL(), "--folder", filepath.Dir(file)); code != ExitOK {
		t.Fatalf("%d, %s%s", code, out, errOut)
	}
	for _, execution := range []string{failed, "m"} {
		if code, out, errOut := against(em.URL(), "replay", execution, file); code != ExitOK || !strings.Contains(out, "no difference") {
			t.Errorf("%s: %d, %s%s", execution, code, out, errOut)
		}
	}
	if code, _, errOut := against(em.URL(), "replay", "none", file); code != ExitUsage || !strings.Contains(errOut, "none") {
		t.Errorf("%d, %s", code, errOut)
	}
	if code, _, errOut := against(em.URL(), "replay", "m"); code != ExitUsage || !strings.Contains(errOut, "expected a FILE with the definition") {
		t.Errorf("%d, %s", code, errOut)
	}
}

func TestImportIsRefused(t *testing.T) {
	em, machine, failed := importedServer(t)
	empty, err := em.Register(emulator.Registration{Name: "empty", Definition: sevenDefinition})
	if err != nil {
		t.Fatal(err)
	}
	wrong := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusForbidden) }))
	defer wrong.Close()
	for _, test := range []struct {
		name string
		args []string
		code int
		want string
	}{
		{"no ARN", []string{"order"}, ExitFailed, "expected the ARN of an execution or a state machine"},
		{"of another service", []string{"arn:aws:lambda:us-east-1:123456789012:function:f"}, ExitFailed, "expected the ARN of an execution or a state machine"},
		{"an execution that is not there", []string{failed + "x"}, ExitFailed, "DescribeExecution: ExecutionDoesNotExist"},
		{"a status that is none", []string{machine, "--status", "BROKEN"}, ExitUsage, "--status: expected one of RUNNING, SUCCEEDED"},
		{"an endpoint that is none", []string{machine, "--endpoint-url", "ftp://x"}, ExitFailed, "ftp://x"},
		{"no permission", []string{machine, "--endpoint-url", wrong.URL}, ExitFailed, "DescribeStateMachine: "},
		{"a folder that is not there", []string{machine, "--folder", filepath.Join(t.TempDir(), "none")}, ExitFailed, "no such file"},
		{"no execution", []string{empty, "--folder", t.TempDir()}, ExitOK, "empty has no execution to fetch"},
	} {
		code, out, errOut := command(append([]string{"import", "--endpoint-url", em.URL()}, test.args...)...)
		if code != test.code || !strings.Contains(out+errOut, test.want) {
			t.Errorf("%s: %d, %s%s, want %s", test.name, code, out, errOut, test.want)
		}
	}
}
