package mock

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/aslocal/aslocal/asl"
	"github.com/aslocal/aslocal/value"
)

// recorded has a state that fails twice, of which one outcome is not known, and another.
func recorded() *Recording {
	var r Recording
	busy := Outcome{Throw: &asl.Error{Name: "Busy", Cause: "later"}}
	r.Add("Charge", busy)
	r.Add("Ship", Outcome{Return: value.OfInt(1)})
	r.Add("Charge", busy)
	r.Skip("Charge")
	r.Add("Charge", Outcome{Return: value.MustParse(`{"receipt": 12345678901234567890}`)})
	r.Skip("Unknown")
	return &r
}

// checkRecorded looks what a configuration has of recorded.
func checkRecorded(t *testing.T, text, machine, testCase string) {
	t.Helper()
	c, err := Parse("mocks.json", text)
	if err != nil {
		t.Fatalf("%v in\n%s", err, text)
	}
	for _, test := range []struct {
		state      string
		invocation int
		want       string
	}{
		{"Charge", 0, "Busy: later"}, {"Charge", 1, "Busy: later"}, {"Charge", 2, "nothing for invocation 2"}, {"Charge", 3, `{"receipt":12345678901234567890}`},
		{"Ship", 0, "1"}, {"Unknown", 0, "not mocked"},
	} {
		out, mocked, err := c.Outcome(machine, testCase, test.state, test.invocation)
		got := out.Return.String()
		switch {
		case err != nil:
			got = err.Error()
		case !mocked:
			got = "not mocked"
		case out.Throw != nil:
			got = out.Throw.Name + ": " + out.Throw.Cause
		}
		if !strings.Contains(got, test.want) {
			t.Errorf("%s %d: got %s, want %s in\n%s", test.state, test.invocation, got, test.want, text)
		}
	}
}

func TestRecordingDocument(t *testing.T) {
	text := string(recorded().Document("order", "A"))
	checkRecorded(t, text, "order", "A")
	if !strings.Contains(text, `"0-1"`) {
		t.Errorf("the two errors are no range in\n%s", text)
	}
	if r := new(Recording); !r.Empty() || recorded().Empty() {
		t.Error("what is empty is not told from what is not")
	}
}

// Test cases are added to what a file has, which stays as it is written.
func TestAppend(t *testing.T) {
	const written = "{\n\t\"StateMachines\": {\n\t\t\"order\": { \"TestCases\": {\"Happy\": {\"Charge\": \"A Charge\"}}}\n\t},\n\t\"MockedResponses\": {\"A Charge\": {\"0\": {\"Return\": [1,  2]}}}\n}\n"
	for name, before := range map[string]string{
		"written by hand": written, "empty": "{}", "without responses": `{"StateMachines": {"other": {"TestCases": {}}}}`, "with a comment": `{"Comment": "mine", "StateMachines": {"order": {"TestCases": {}}}}`,
	} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "MockConfigFile.json")
			if err := os.WriteFile(path, []byte(before), 0o640); err != nil {
				t.Fatal(err)
			}
			mode, err := os.Stat(path)
			if err != nil {
				t.Fatal(err)
			}
			f, err := Open(path)
			if err != nil {
				t.Fatal(err)
			}
			if err := f.Append("order", "A", recorded()); err != nil {
				t.Fatal(err)
			}
			text, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			checkRecorded(t, string(text), "order", "A")
			if info, err := os.Stat(path); err != nil || info.Mode() != mode.Mode() {
				t.Errorf("the mode of the file is %v, %v, before %v", info.Mode(), err, mode.Mode())
			}
			for _, kept := range []string{`"Comment": "mine"`, "[1,  2]", `"Happy": {"Charge": "A Charge"}`} {
				if strings.Contains(before, kept) && !strings.Contains(string(text), kept) {
					t.Errorf("%s is gone from\n%s", kept, text)
				}
			}
			if err := f.Append("order", "A", recorded()); !errors.Is(err, ErrCaseExists) {
				t.Errorf("the same again: %v", err)
			}
			if err := f.Append("order", "B", recorded()); err != nil {
				t.Errorf("another: %v", err)
			}
			if entries, err := os.ReadDir(filepath.Dir(path)); err != nil || len(entries) != 1 {
				t.Errorf("files are left beside it: %v, %v", entries, err)
			}
		})
	}
}

// A file is added to only below the folder that is served.
func TestBelow(t *testing.T) {
	folder, elsewhere := t.TempDir(), t.TempDir()
	path := filepath.Join(elsewhere, "mocks.json")
	if err := os.WriteFile(path, []byte("{}"), 0o600); err != nil {
		t.Fatal(err)
	}
	link := filepath.Join(folder, "mocks.json")
	if err := os.Symlink(path, link); err != nil {
		t.Skip("no symbolic links here")
	}
	for name, want := range map[string]bool{path: false, link: false} {
		f, err := Open(name)
		if err != nil {
			t.Fatal(err)
		}
		if got := f.Below(folder); got != want {
			t.Errorf("%s is below %s: %v", name, folder, got)
		}
		if f.Below("") {
			t.Errorf("%s is below no folder", name)
		}
	}
	f, err := Open(path)
	if err != nil || !f.Below(elsewhere) {
		t.Errorf("%s is not below %s: %v", path, elsewhere, err)
	}
}

// A file with mistakes, or one that was changed meanwhile, stays as it is.
func TestAppendRefuses(t *testing.T) {
	path := filepath.Join(t.TempDir(), "mocks.json")
	write := func(text string) {
		t.Helper()
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write("{}")
	f, err := Open(path)
	if err != nil {
		t.Fatal(err)
	}
	write(`{"StateMachines": []}`)
	if _, ok := errors.AsType[Mistakes](f.Append("m", "A", recorded())); !ok {
		t.Errorf("a file with mistakes: %v", err)
	}
	if err := replaceFile(path, []byte("{}"), []byte(`{"lost": 1}`)); err == nil || !strings.Contains(err.Error(), "changed meanwhile") {
		t.Errorf("a file that was changed: %v", err)
	}
	if text, _ := os.ReadFile(path); string(text) != `{"StateMachines": []}` {
		t.Errorf("the file is %s", text)
	}
}
