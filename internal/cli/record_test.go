package cli

import (
	"context"
	"encoding/json"
	"strings"
	"testing"

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
