package cli

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/aslocal/aslocal/asl"
	"github.com/aslocal/aslocal/emulator"
	"github.com/aslocal/aslocal/value"
)

func TestRecord(t *testing.T) {
	em := emulator.RunT(t, emulator.WithTask("f", func(context.Context, value.Value) (value.Value, error) { return value.OfInt(12), nil }))
	define := func(name, definition string) string {
		t.Helper()
		machine, err := em.Register(emulator.Registration{Name: name, Definition: definition})
		if err != nil {
			t.Fatal(err)
		}
		arn, err := em.Start(t.Context(), machine, "{}")
		if err != nil {
			t.Fatal(err)
		}
		em.Wait(arn)
		return arn
	}
	arn := define("m", `{"StartAt": "Do", "States": {"Do": {"Type": "Task", "Resource": "arn:aws:lambda:us-east-1:123456789012:function:f", "End": true}}}`)
	define("empty", `{"StartAt": "Do", "States": {"Do": {"Type": "Pass", "End": true}}}`)
	for _, name := range []string{arn, "m"} {
		code, out, errOut := against(em.URL(), "record", name, "--case", "Twelve")
		var file struct {
			StateMachines   map[string]struct{ TestCases map[string]map[string]string }
			MockedResponses map[string]map[string]struct{ Return int }
		}
		if err := json.Unmarshal([]byte(out), &file); code != ExitOK || err != nil || errOut != "" {
			t.Fatalf("%s: %d, %v, %s%s", name, code, err, out, errOut)
		}
		if got := file.MockedResponses[file.StateMachines["m"].TestCases["Twelve"]["Do"]]["0"].Return; got != 12 {
			t.Errorf("%s: got %s", name, out)
		}
	}
	for _, test := range []struct {
		args []string
		want string
	}{
		{[]string{"record", "m", "--case", "a#b"}, "case: expected a name of 1 to 80 letters, digits and ._-"},
		{[]string{"record", "empty"}, "nothing to record"},
		{[]string{"record", arn + "x"}, "does not exist"},
	} {
		if code, out, errOut := against(em.URL(), test.args...); code != ExitFailed || out != "" || !strings.Contains(strings.ToLower(errOut), test.want) {
			t.Errorf("%q: %d, %s%s, want %s", test.args, code, out, errOut, test.want)
		}
	}
}

// A test that was recorded passes, and stands behind those that the file has.
func TestRecordTest(t *testing.T) {
	calls := 0
	em := emulator.RunT(t, emulator.WithAutoAdvance(time.Unix(1_700_000_000, 0)), emulator.WithTask("f", func(context.Context, value.Value) (value.Value, error) {
		if calls++; calls == 1 {
			return value.Value{}, &asl.Error{Name: "Busy", Cause: "later"}
		}
		return value.OfInt(12), nil
	}))
	definition := `{"StartAt": "Do", "States": {"Do": {"Type": "Task", "Resource": "arn:aws:lambda:us-east-1:123456789012:function:f", "Retry": [{"ErrorEquals": ["Busy"]}], "ResultSelector": {"n.$": "$", "run.$": "$$.Execution.Name"}, "End": true}}}`
	machine, err := em.Register(emulator.Registration{Name: "m", Definition: definition})
	if err != nil {
		t.Fatal(err)
	}
	var arns []string
	for range 2 {
		arn, err := em.Start(t.Context(), machine, "{}")
		if err != nil {
			t.Fatal(err)
		}
		em.Wait(arn)
		arns = append(arns, arn)
	}
	folder := t.TempDir()
	write := func(name, text string) string {
		t.Helper()
		path := filepath.Join(folder, name)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	write("m.asl.json", definition)
	yaml := write("m.test.yaml", "# mine\ncases:\n- name: mine\n  skip: not now\n")
	json := filepath.Join(folder, "m.test.json")
	for i, arn := range arns {
		for _, file := range []string{yaml, json} {
			if code, out, errOut := against(em.URL(), "record", arn, "--test", file, "--case", fmt.Sprint("run ", i)); code != ExitOK || out+errOut != "" {
				t.Fatalf("%s: %d, %s%s", file, code, out, errOut)
			}
		}
	}
	if text, err := os.ReadFile(yaml); err != nil || !strings.HasPrefix(string(text), "# mine\ncases:\n- name: mine\n  skip: not now\n- name: run 0\n  clock: ") || !strings.Contains(string(text), "    Do:\n      - {error: Busy, cause: ") {
		t.Errorf("%v, %s", err, text)
	}
	if code, out, errOut := command("test", folder); code != ExitOK || !strings.Contains(out, "4 passed, 0 failed") {
		t.Errorf("%d, %s%s", code, out, errOut)
	}
	flow := write("flow.test.yaml", "cases: [{name: mine, skip: not now}]\n")
	for _, test := range []struct {
		name string
		args []string
		code int
		want string
	}{
		{"a name that is taken", []string{arns[0], "--test", yaml, "--case", "run 0"}, ExitUsage, `there is a case of the name "run 0" already`},
		{"cases in one line", []string{arns[0], "--test", flow}, ExitUsage, "cases can be added only where the list of cases is the last member"},
		{"another ending", []string{arns[0], "--test", "m.yaml"}, ExitUsage, "expected a file whose name ends in .test.yaml"},
		{"to stdout", []string{arns[1], "--test", "-", "--case", "x"}, ExitOK, "cases:\n  - name: x\n"},
	} {
		if code, out, errOut := against(em.URL(), append([]string{"record"}, test.args...)...); code != test.code || !strings.Contains(out+errOut, test.want) {
			t.Errorf("%s: %d, %s%s, want %s", test.name, code, out, errOut, test.want)
		}
	}
}
