package conformance_test

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/aslocal/aslocal/asl"
	"github.com/aslocal/aslocal/conformance"
	"github.com/aslocal/aslocal/emulator"
	"github.com/aslocal/aslocal/internal/template"
	"github.com/aslocal/aslocal/jsonata"
	"github.com/aslocal/aslocal/value"
)

// This file runs small definitions, expressions and templates whose right results
// others have seen or measured. They lie beside this repository.

// sharedCases is the folder with the cases.
const sharedCases = "../../shared/cases"

// sharedChecks has a row for each file: the check of what the file expects, or why the
// file is skipped.
var sharedChecks = []struct {
	file    string
	check   func(*testing.T, value.Value)
	skipped string
}{
	{"asl01-parameters-array", execution, ""},
	{"create-no-terminal-state", refusal, ""},
	{"evalfailed-previous-catch-output", previousEvents, ""},
	{"evalfailed-previous-in-branch", previousEvents, ""},
	{"evalfailed-previous-items", previousEvents, ""},
	{"fmt-unescaped-object", causeContains, ""},
	{"in-context-argument-missing", execution, ""},
	{"in-nested-names-whole", execution, ""},
	{"jn01-transform-empty-update", expression, ""},
	{"jn03-transform-delete-from-mixed", expression, ""},
	{"jn05-tomillis-h-without-P", expression, ""},
	{"jn07-substringBefore-undefined", expression, ""},
	{"jn08-replace-function-no-match", expression, ""},
	{"jn10-parent-beyond-root", expression, ""},
	{"jn11-formatBase-large", expression, ""},
	{"jn13-message-empty-token", expression, ""},
	{"jp-child-of-scalar-text", execution, ""},
	{"jp-function-length-parameters", execution, ""},
	{"jp-function-sum", execution, ""},
	{"jp-index-past-end-is-null", execution, ""},
	{"jp-multi-property-not-leaf", execution, ""},
	{"jp-negative-index", execution, ""},
	{"jp-script-length-1", execution, ""},
	{"jp-wildcard-missing-leaf", nil, "its evidence is unclear and it expects nothing; F-166 says what we do"},
	{"jp01-filter-unquoted-literal", execution, ""},
	{"jp03-sum-function", execution, ""},
	{"jp04-index-out-of-range", execution, ""},
	{"jp06-index-behind-wildcard", execution, ""},
	{"jp07-filter-unquoted-slashes", execution, ""},
	{"map-cut-order", eventsOfACut, ""},
	{"maprun-failed-record-outputdetails", recordOfAFailure, ""},
	{"maprun-ten-counters", mapRun, ""},
	{"maprun-unbounded-concurrency", mapRun, ""},
	{"nest-abort-cause-parent-timeout", abortedChild, ""},
	{"nest-abort-cause-sibling", abortedChild, ""},
	{"nest-fail-dates", datesInTheCause, ""},
	{"nest-request-response-date", dateInTheOutput, ""},
	{"null-input-template", execution, ""},
	{"pass-parameters-array", execution, ""},
	{"resultpath-index-into-missing", execution, ""},
	{"template-dollar-array", finding, ""},
	{"tpl01-trailing-comma-via-DefinitionUri", trailingComma, ""},
	{"tpl02-definition-outside-folder", outsideOfTheFolder, ""},
	{"tpl04-fn-foreach", loop, ""},
}

func TestSharedCases(t *testing.T) {
	names, err := filepath.Glob(sharedCases + "/*.json")
	if err != nil {
		t.Fatal(err)
	}
	if len(names) == 0 {
		t.Skip(sharedCases + " is not there: the shared data lies beside the repository")
	}
	files := make(map[string]bool)
	for _, name := range names {
		files[strings.TrimSuffix(filepath.Base(name), ".json")] = true
	}
	for _, row := range sharedChecks {
		delete(files, row.file)
		t.Run(row.file, func(t *testing.T) {
			if row.skipped != "" {
				t.Skip(row.skipped)
			}
			text, err := os.ReadFile(filepath.Join(sharedCases, row.file+".json"))
			if err != nil {
				t.Fatal(err)
			}
			row.check(t, value.MustParse(string(text)))
		})
	}
	for name := range files {
		t.Errorf("%s has no row in sharedChecks", name)
	}
}

// execution runs a case as one of ours. The case has "expect", or "want" without a
// status and with a cause that may begin with an ellipsis.
func execution(t *testing.T, shared value.Value) {
	expect := shared.Get("expect")
	if want := shared.Get("want"); want.Exists() {
		status := "SUCCEEDED"
		if want.Get("error").Exists() {
			status = "FAILED"
		}
		expect = want.With("status", value.OfString(status))
		if cause, cut := strings.CutPrefix(want.Get("cause").Text(), "... "); cut {
			const prefix = "An error occurred while executing the state 'P' (entered at the event id #2). "
			expect = expect.With("cause", value.OfString(prefix+cause))
		}
	}
	text := value.OfMembers(
		"comment", value.OfString("see evidence"),
		"source", value.OfString("measured: "+shared.Get("evidence").Text()),
		"definition", shared.Get("definition"),
		"input", shared.Get("input"),
		"expect", expect,
	).String()
	cases, err := conformance.Load(fstest.MapFS{"shared/case.json": {Data: []byte(text)}})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	if result := conformance.RunCase(ctx, inProcess(t), &cases[0], nil); result.Verdict != conformance.Pass {
		t.Error(result)
	}
}

// A played case is an emulator with an execution that has ended.
type played struct {
	em        *emulator.TestEmulator
	execution string
	emulator.Execution
}

// play registers the state machines that an execution needs besides its own, starts it
// and waits for its end.
func play(t *testing.T, definition, input value.Value, others map[string]value.Value, options ...emulator.Option) played {
	t.Helper()
	start := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	p := played{em: emulator.RunT(t, append(options, emulator.WithAutoAdvance(start))...)}
	for name, other := range others {
		if _, err := p.em.Register(emulator.Registration{Name: name, Definition: other.String()}); err != nil {
			t.Fatal(err)
		}
	}
	machine, err := p.em.Register(emulator.Registration{Name: "case", Definition: definition.String()})
	if err != nil {
		t.Fatal(err)
	}
	if p.execution, err = p.em.Start(t.Context(), machine, input.String()); err != nil {
		t.Fatal(err)
	}
	p.Execution = p.em.Wait(p.execution)
	return p
}

// call calls an action of the API, which must succeed.
func (p played) call(t *testing.T, action, body string) value.Value {
	t.Helper()
	r := httptest.NewRequestWithContext(t.Context(), http.MethodPost, "http://localhost/", strings.NewReader(body))
	r.Header.Set("Content-Type", "application/x-amz-json-1.0")
	r.Header.Set("X-Amz-Target", "AWSStepFunctions."+action)
	w := httptest.NewRecorder()
	p.em.ServeHTTP(w, r)
	if w.Code != http.StatusOK {
		t.Fatalf("%s: %d %s", action, w.Code, w.Body)
	}
	return value.MustParse(w.Body.String())
}

// refusal creates a state machine that must be refused.
func refusal(t *testing.T, shared value.Value) {
	_, err := emulator.RunT(t).Register(emulator.Registration{Name: "case", Definition: shared.Get("definition").String()})
	if got, want := fmt.Sprint(err), shared.Get("expect").Get("CreateStateMachine").Text(); got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

// finding validates a definition: "CODE: message".
func finding(t *testing.T, shared value.Value) {
	definition, found := asl.Parse(shared.Get("definition").String())
	found = append(found, asl.Validate(definition, asl.Options{})...)
	want := shared.Get("expect").Get("validate").Text()
	if !slices.ContainsFunc(found, func(d asl.Diagnostic) bool { return d.Code+": "+d.Message == want }) {
		t.Errorf("got %v, want %s", found, want)
	}
}

// previousEvents compares which event each event points back to, and the types.
func previousEvents(t *testing.T, shared value.Value) {
	p := play(t, shared.Get("definition"), shared.Get("input"), nil)
	var previous, types []value.Value
	for _, e := range p.em.History(p.execution) {
		previous, types = append(previous, value.OfInt(e.PreviousEventID)), append(types, value.OfString(e.Type))
	}
	expect := shared.Get("expect")
	if got := value.OfSlice(previous); !value.Equal(got, expect.Get("previousEventIds")) {
		t.Errorf("previousEventIds: got %s, want %s", got, expect.Get("previousEventIds"))
	}
	if want := expect.Get("types"); want.Exists() && !value.Equal(value.OfSlice(types), want) {
		t.Errorf("types: got %s, want %s", value.OfSlice(types), want)
	}
}

// eventsOfACut compares the events behind FailStateEntered, those of iterations with
// their index.
func eventsOfACut(t *testing.T, shared value.Value) {
	p := play(t, shared.Get("definition"), shared.Get("input"), nil)
	var got []value.Value
	events := p.em.History(p.execution)
	failed := slices.IndexFunc(events, func(e emulator.Event) bool { return e.Type == "FailStateEntered" })
	for _, e := range events[failed+1:] {
		line := e.Type
		if index := e.Details.Get("index"); index.Exists() {
			line += "(" + index.String() + ")"
		}
		got = append(got, value.OfString(line))
	}
	if want := shared.Get("expect").Get("events after FailStateEntered"); failed < 0 || !value.Equal(value.OfSlice(got), want) {
		t.Errorf("got %s, want %s", value.OfSlice(got), want)
	}
}

// causeContains runs an execution that must fail with a cause that contains a text.
func causeContains(t *testing.T, shared value.Value) {
	got, part := play(t, shared.Get("definition"), shared.Get("input"), nil), shared.Get("expect").Get("cause_contains").Text()
	if got.Status != "FAILED" || !strings.Contains(got.Cause, part) {
		t.Errorf("got %+v, want FAILED with %s in its cause", got.Execution, part)
	}
}

// mapRun compares members of DescribeMapRun.
func mapRun(t *testing.T, shared value.Value) {
	p := play(t, shared.Get("definition"), shared.Get("input"), nil)
	started := slices.IndexFunc(p.em.History(p.execution), func(e emulator.Event) bool { return e.Type == "MapRunStarted" })
	arn := p.em.History(p.execution)[started].Details.Get("mapRunArn")
	got := p.call(t, "DescribeMapRun", value.OfMembers("mapRunArn", arn).String())
	for name, want := range shared.Get("expect").Get("DescribeMapRun").Members() {
		if want.Text() == "the same ten" {
			want = shared.Get("expect").Get("DescribeMapRun").Get("itemCounts")
		}
		if !value.Equal(got.Get(name), want) {
			t.Errorf("%s: got %s, want %s", name, got.Get(name), want)
		}
	}
}

// recordOfAFailure compares the record of a child execution in FAILED_0.json.
func recordOfAFailure(t *testing.T, shared value.Value) {
	folder := t.TempDir()
	if err := lay(folder, map[string]string{"b/": ""}); err != nil {
		t.Fatal(err)
	}
	play(t, shared.Get("definition"), shared.Get("input"), nil, emulator.WithS3Folder(folder))
	var text []byte
	err := fs.WalkDir(os.DirFS(folder), ".", func(name string, entry fs.DirEntry, err error) error {
		if err == nil && entry.Name() == "FAILED_0.json" {
			text, err = os.ReadFile(filepath.Join(folder, name))
		}
		return err
	})
	if err != nil || text == nil {
		t.Fatalf("FAILED_0.json: %v", err)
	}
	got := value.MustParse(string(text)).Index(0)
	want := shared.Get("expect").Get("FAILED_0.json[0]")
	var names []value.Value
	for name := range got.Members() {
		names = append(names, value.OfString(name))
	}
	if order := want.Get("members in order"); !value.Equal(value.OfSlice(names), order) {
		t.Errorf("members: got %s, want %s", value.OfSlice(names), order)
	}
	if details := want.Get("OutputDetails"); !value.Equal(got.Get("OutputDetails"), details) {
		t.Errorf("OutputDetails: got %s, want %s", got.Get("OutputDetails"), details)
	}
}

// family plays a state machine that starts another one, whose ARN it is given.
func family(t *testing.T, shared value.Value) played {
	t.Helper()
	const child = "arn:aws:states:us-east-1:123456789012:stateMachine:child"
	definition := shared.Get("definition")
	parent := value.MustParse(strings.ReplaceAll(definition.Get("parent").String(), "<child>", child))
	return play(t, parent, shared.Get("input"), map[string]value.Value{"child": definition.Get("child")})
}

// abortedChild compares the end of the execution that a Task has started.
func abortedChild(t *testing.T, shared value.Value) {
	p := family(t, shared)
	list := p.call(t, "ListExecutions", `{"stateMachineArn":"arn:aws:states:us-east-1:123456789012:stateMachine:child"}`).Get("executions")
	if list.Len() != 1 {
		t.Fatalf("executions of the child: got %s, want one", list)
	}
	got, want := p.em.Wait(list.Index(0).Get("executionArn").Text()), shared.Get("expect").Get("child")
	cause := strings.ReplaceAll(want.Get("cause").Text(), "<parent execution ARN>", p.execution)
	if got.Status != want.Get("status").Text() || got.Error != "" || got.Cause != cause {
		t.Errorf("got %+v, want %s with the cause %s", got, want.Get("status"), cause)
	}
}

// datesInTheCause wants dates of a nested execution that failed as milliseconds.
func datesInTheCause(t *testing.T, shared value.Value) {
	p, want := family(t, shared), shared.Get("expect")
	if p.Status != want.Get("status").Text() || p.Error != want.Get("error").Text() {
		t.Fatalf("got %+v, want %s", p.Execution, want)
	}
	milliseconds(t, p.Cause, want.Get("cause_json_types"))
}

// dateInTheOutput wants dates of a nested execution as milliseconds.
func dateInTheOutput(t *testing.T, shared value.Value) {
	p, want := family(t, shared), shared.Get("expect")
	if p.Status != want.Get("status").Text() {
		t.Fatalf("got %+v, want %s", p.Execution, want)
	}
	milliseconds(t, p.Output, want.Get("output_json_types"))
}

// milliseconds wants each of the named members to be an integer, a time of this century.
func milliseconds(t *testing.T, text string, members value.Value) {
	t.Helper()
	v := value.MustParse(text)
	for name, form := range members.Members() {
		if n, ok := v.Get(name).Int(); form.Text() != "integer (ms)" || !ok || time.UnixMilli(n).Year()/100 != 20 {
			t.Errorf("%s: got %s, want %s", name, v.Get(name), form)
		}
	}
}

// expression evaluates an expression of JSONata. What it must give is JSON, the content
// of a string, "undefined", or an error.
func expression(t *testing.T, shared value.Value) {
	want := shared.Get("want_2_0_6")
	var now time.Time
	if text := shared.Get("now").Text(); text != "" {
		var err error
		if now, err = time.Parse(time.RFC3339, text); err != nil {
			t.Fatal(err)
		}
	}
	e, err := jsonata.Compile(shared.Get("expr").Text())
	var got value.Value
	if err == nil {
		got, err = e.Eval(t.Context(), shared.Get("data"), jsonata.Env{Now: func() time.Time { return now }})
	}
	text := got.String()
	switch bad := new(jsonata.Error); {
	case errors.As(err, &bad):
		text = bad.Code + " " + bad.Message
	case err != nil:
		t.Fatal(err)
	case !got.Exists():
		text = "undefined"
	}
	if text != want.Text() && got.Text() != want.Text() && !value.Equal(got, want) {
		t.Errorf("got %s, want %s", text, want)
	}
}

// The cases of templates describe projects of others; these are the same in small.

// trailingComma reads a definition whose last member is followed by a comma.
func trailingComma(t *testing.T, _ value.Value) {
	templateIsFine(t, "template.yaml", map[string]string{
		"template.yaml": samTemplate("workflow.asl.json"),
		"workflow.asl.json": `{"StartAt": "A", "States": {
			"A": {"Type": "Pass", "End": true,},
		}}`,
	})
}

// outsideOfTheFolder reads a definition beside the folder of the template, in the same
// repository.
func outsideOfTheFolder(t *testing.T, _ value.Value) {
	templateIsFine(t, "cloudformation/stack.yaml", map[string]string{
		".git/":                      "",
		"cloudformation/stack.yaml":  samTemplate("../machines/workflow.asl.json"),
		"machines/workflow.asl.json": `{"StartAt": "A", "States": {"A": {"Type": "Pass", "End": true}}}`,
	})
}

// loop reads a state machine that Fn::ForEach makes.
func loop(t *testing.T, _ value.Value) {
	templateIsFine(t, "template.yaml", map[string]string{"template.yaml": `
Transform: AWS::LanguageExtensions
Parameters:
  AwsServices: {Type: CommaDelimitedList, Default: 'Backup,Budgets'}
Resources:
  'Fn::ForEach::Service':
    - AwsService
    - !Ref AwsServices
    - 'Module${AwsService}':
        Type: AWS::StepFunctions::StateMachine
        Properties:
          Definition: {StartAt: A, States: {A: {Type: Pass, End: true}}}
`})
}

// samTemplate is a template with one state machine, whose definition is in a file.
func samTemplate(file string) string {
	return `
Transform: AWS::Serverless-2016-10-31
Resources:
  M:
    Type: AWS::Serverless::StateMachine
    Properties: {DefinitionUri: ` + file + `}
`
}

// templateIsFine lays out a project and reads the state machines of its template, about
// which there must be nothing to say.
func templateIsFine(t *testing.T, name string, files map[string]string) {
	t.Helper()
	folder := t.TempDir()
	if err := lay(folder, files); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(folder, filepath.FromSlash(name))
	f := template.Read(path, []byte(files[name]), template.Options{Folder: filepath.Dir(path)})
	for _, m := range f.Machines {
		if found := m.Validate(asl.Options{}); len(found) > 0 || !m.Definition.Root.Get("StartAt").Exists() {
			t.Errorf("%s: got %s with %v, want a definition without findings", m.Name, m.Definition.Root, found)
		}
	}
}
