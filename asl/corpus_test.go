package asl_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aslocal/aslocal/asl"
	"github.com/aslocal/aslocal/value"
)

// This file validates what the service has taken and refused: definitions
// recorded with its answers, and definitions of real projects. Both lie beside
// the repository; where they do not, the tests are skipped.

const (
	recordings = "../../shared/corpus/cases"
	projects   = "../../shared/definitions"
)

func readAll(t testing.TB, pattern string) map[string]string {
	t.Helper()
	files, err := filepath.Glob(pattern)
	if err != nil {
		t.Fatal(err)
	}
	if len(files) == 0 {
		t.Skipf("no files %s: this test needs the data that lies beside the repository", pattern)
	}
	texts := make(map[string]string)
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		texts[filepath.Base(file)] = string(text)
	}
	return texts
}

// wrongProjects are files that the service would not take.
var wrongProjects = map[string]string{
	"shared-fallback-state-jsonata__statemachine.asl.json": "QueryLanguage stands among the States",
}

func TestProjectsAreValid(t *testing.T) {
	texts := readAll(t, filepath.Join(projects, "*.json"))
	for name, text := range texts {
		found := validate(filled(text), asl.Options{}).Errors()
		reason, wrong := wrongProjects[name]
		switch {
		case wrong && len(found) == 0:
			t.Errorf("%s: is valid, and should not be: %s", name, reason)
		case !wrong && len(found) > 0:
			t.Errorf("%s:\n%v", name, found)
		}
	}
	t.Logf("%d definitions, %d of them wrong", len(texts), len(wrongProjects))
}

var (
	placeholder         = regexp.MustCompile(`\$\{([^{}]*)\}`)
	placeholderResource = regexp.MustCompile(`("Resource"\s*:\s*)"\$\{([^{}]*)\}"`)
	placeholderNumber   = regexp.MustCompile(`(:\s*)\$\{[^{}]*\}`)
	placeholderPlace    = regexp.MustCompile(`arn:\$\{[^{}]*\}:`)
)

// filled replaces the placeholders of a definition, which its deployment tool
// would, by something that fits there.
func filled(text string) string {
	text = placeholderResource.ReplaceAllStringFunc(text, func(s string) string {
		part := placeholderResource.FindStringSubmatch(s)
		arn := "arn:aws:lambda:us-east-1:123456789012:function:f"
		switch name := strings.ToLower(part[2]); {
		case strings.Contains(name, "activity"):
			arn = "arn:aws:states:us-east-1:123456789012:activity:a"
		case strings.Contains(name, "sns"):
			arn = "arn:aws:states:::sns:publish"
		case strings.Contains(name, "ddbput"):
			arn = "arn:aws:states:::dynamodb:putItem"
		case strings.Contains(name, "ddbupdate"):
			arn = "arn:aws:states:::dynamodb:updateItem"
		}
		return part[1] + `"` + arn + `"`
	})
	text = placeholderPlace.ReplaceAllString(text, "arn:aws:")
	text = placeholderNumber.ReplaceAllString(text, "${1}1")
	return placeholder.ReplaceAllStringFunc(text, func(s string) string {
		return strings.Map(func(r rune) rune {
			if strings.ContainsRune("${}:. ", r) {
				return -1
			}
			return r
		}, s)
	})
}

func validate(text string, o asl.Options) asl.Diagnostics {
	d, found := asl.Parse(text)
	return append(found, asl.Validate(d, o)...)
}

// A recording is a case: calls, and what the service answered.
type recording struct {
	Steps     []step
	Expected  map[string]json.RawMessage
	Validated string
}

type step struct {
	Op          string
	Params      struct{ Definition, Type, StateName string }
	ExpectError bool
	Expect      string
	Steps       []step
}

// eachStep calls visit for every step that gives a definition.
func eachStep(t *testing.T, visit func(name string, c recording, s step)) {
	t.Helper()
	for name, text := range readAll(t, filepath.Join(recordings, "*", "*.json")) {
		var c recording
		if err := json.Unmarshal([]byte(text), &c); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		var all func([]step)
		all = func(steps []step) {
			for _, s := range steps {
				if s.Params.Definition != "" {
					visit(name, c, s)
				}
				all(s.Steps)
			}
		}
		all(c.Steps)
	}
}

// check validates the definition of a step as its operation does.
func (s step) check() asl.Diagnostics {
	text, o := filled(s.Params.Definition), asl.Options{Express: s.Params.Type == "EXPRESS"}
	if strings.TrimSpace(s.Params.Definition) == "" {
		text = s.Params.Definition
	}
	if s.Op == "TestState" && s.Params.StateName == "" {
		text, o.Alone = `{"StartAt":"StateName","States":{"StateName":`+text+`}}`, true
	}
	return validate(text, o)
}

// refusal returns what is wrong with the definition of a case, in the words of
// the service: between the quotes of the one message about it.
func (c recording) refusal() string {
	const before, after = "Invalid State Machine Definition: '", "'"
	refusal := ""
	var search func(value.Value)
	search = func(v value.Value) {
		if _, words, ok := strings.Cut(v.Text(), before); ok {
			refusal = strings.NewReplacer("<partition>", "aws").Replace(strings.TrimSuffix(words, after))
		}
		for _, member := range v.Members() {
			search(member)
		}
	}
	for _, raw := range c.Expected {
		if v, err := value.ParseBytes(raw); err == nil {
			search(v)
		}
	}
	return refusal
}

func TestRecordedDefinitions(t *testing.T) {
	taken, refused := 0, 0
	eachStep(t, func(name string, c recording, s step) {
		if s.Op == "ValidateStateMachineDefinition" {
			return
		}
		want := ""
		if s.ExpectError {
			want = c.refusal()
		}
		if want == "" {
			taken++
		} else {
			refused++
		}
		var got []string
		for _, d := range s.check().Errors() {
			got = append(got, d.Code+": "+d.Message+" at "+d.Pointer)
		}
		if got := strings.Join(got, ", "); got != want {
			t.Errorf("%s %s:\n got %s\nwant %s", s.Op, name, got, want)
		}
	})
	t.Logf("%d definitions taken, %d refused", taken, refused)
}

func TestRecordedDiagnostics(t *testing.T) {
	n := 0
	eachStep(t, func(name string, c recording, s step) {
		if s.Op != "ValidateStateMachineDefinition" {
			return
		}
		n++
		var answer struct {
			Diagnostics []struct{ Severity, Code, Message, Location string }
		}
		if err := json.Unmarshal(c.Expected[s.Expect], &answer); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		var want, got []asl.Diagnostic
		for _, d := range answer.Diagnostics {
			want = append(want, asl.Diagnostic{Severity: asl.Severity(d.Severity), Code: d.Code, Message: d.Message, Pointer: d.Location})
		}
		for _, d := range s.check().Errors() {
			got = append(got, asl.Diagnostic{Severity: d.Severity, Code: d.Code, Message: d.Message, Pointer: d.Pointer})
		}
		if !slices.Equal(got, want) {
			t.Errorf("%s:\n got %q\nwant %q", name, got, want)
		}
	})
	t.Logf("%d definitions", n)
}

// definitions returns the definitions that the steps of a case give.
func (c recording) definitions() []string {
	var texts []string
	for _, s := range c.Steps {
		if s.Params.Definition != "" {
			texts = append(texts, s.Params.Definition)
		}
	}
	return texts
}

// sinceVariables is the first day on which the service answered with
// variableReferences.
var sinceVariables = time.Date(2024, 11, 20, 0, 0, 0, 0, time.UTC)

func TestRecordedVariableReferences(t *testing.T) {
	n, empty := 0, 0
	for name, text := range readAll(t, filepath.Join(recordings, "*", "*.json")) {
		var c recording
		if err := json.Unmarshal([]byte(text), &c); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		validated, _ := time.Parse(time.RFC3339, c.Validated)
		for key, raw := range c.Expected {
			answer, err := value.ParseBytes(raw)
			if err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			want := answer.Get("variableReferences")
			if answer.Get("definition").Kind() != value.Object || !want.Exists() && validated.Before(sinceVariables) {
				continue
			}
			text := answer.Get("definition").String()
			if sent := c.definitions(); len(sent) == 1 {
				text = sent[0] // the recorded one has lost what was taken for a time
			}
			d, _ := asl.Parse(text)
			got := asl.VariableReferences(d)
			if n++; want.Len() == 0 {
				empty++
			}
			if len(got) != want.Len() {
				t.Errorf("%s %s:\n got %v\nwant %v", name, key, got, want)
				continue
			}
			for state, names := range want.Members() {
				var sorted []string
				for _, v := range names.Items() {
					sorted = append(sorted, v.Text())
				}
				if slices.Sort(sorted); !slices.Equal(got[state], sorted) {
					t.Errorf("%s %s %s:\n got %v\nwant %v", name, key, state, got[state], sorted)
				}
			}
		}
	}
	t.Logf("%d definitions, %d of them without variables", n, empty)
}
