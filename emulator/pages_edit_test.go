package emulator_test

import (
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/aslocal/aslocal/asl"
	"github.com/aslocal/aslocal/asl/edit"
	"github.com/aslocal/aslocal/emulator"
	"github.com/aslocal/aslocal/emulator/ui"
	"github.com/aslocal/aslocal/internal/template"
	"github.com/aslocal/aslocal/value"
)

// This file tests what the private API does for the editor.

const (
	plainYAML = "# é and 😀\nStartAt: Read\nStates:\n  Read: # first\n    Type: Pass\n    Next: Done\n  Done:\n    Type: Succeed\n"
	samYAML   = "Resources:\n  Order:\n    Type: AWS::Serverless::StateMachine\n    Properties:\n      Name: order\n      Definition:\n        StartAt: Pay\n        States:\n" +
		"          Pay: {Type: Task, Resource: !GetAtt PayFunction.Arn, End: true}\n  Text:\n    Type: AWS::StepFunctions::StateMachine\n    Properties:\n      StateMachineName: text\n" +
		"      DefinitionString: '{\"StartAt\": \"A\", \"States\": {\"A\": {\"Type\": \"Succeed\"}}}'\n" +
		"  Parts:\n    Type: AWS::StepFunctions::StateMachine\n    Properties:\n      StateMachineName: parts\n      DefinitionString: !Join ['', ['{\"StartAt\": \"A\", ', '\"States\": {\"A\": {\"Type\": \"Succeed\"}}}']]\n"
)

// editors is an emulator of a folder with files, and a browser of it.
func editors(t *testing.T, files map[string]string, options ...emulator.Option) (em *emulator.TestEmulator, b browser, folder string) {
	t.Helper()
	folder = t.TempDir()
	for name, text := range files {
		path := filepath.Join(folder, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	em = emulator.RunT(t, append([]emulator.Option{emulator.WithUI(emulator.UI{Folder: folder})}, options...)...)
	return em, browser{t, em.URL()}, folder
}

// refusedGet is the refusal of a GET, and its status.
func (b browser) refusedGet(path string) (int, ui.Refusal) {
	b.tb.Helper()
	status, _, text := b.request(http.MethodGet, "/_ui/api/"+path, "", nil)
	var why ui.Refusal
	if err := json.Unmarshal([]byte(text), &why); err != nil || status < 400 || why.Message == "" {
		b.tb.Fatalf("%s: %d %.200s, want a refusal", path, status, text)
	}
	return status, why
}

func TestPagesOpenDocuments(t *testing.T) {
	files := map[string]string{"order.asl.yaml": plainYAML, "template.yaml": samYAML, "package.json": `{"name": "x"}`, ".aslocal/order.asl.json": "{}", "sub/deep.asl.json": `{"StartAt": "A", "States": {"A": {"Type": "Succeed"}}}`}
	em, b, folder := editors(t, files)
	var d ui.Document
	b.get("document?path=order.asl.yaml", &d)
	if d.Text != plainYAML || d.Format != "YAML" || d.Path != "order.asl.yaml" || d.Pointer != "" || !d.Savable || d.Hash == "" || d.Name != "order" || d.Language != "JSONPath" {
		t.Errorf("a file: %+v", d)
	}
	b.get("document?path=sub/deep.asl.json", &d)
	if d.Path != "sub/deep.asl.json" || d.Format != "JSON" {
		t.Errorf("a file in a folder: %+v", d)
	}
	register := func(name, source string) string {
		arn, err := em.Register(emulator.Registration{Name: name, Definition: `{"StartAt": "A", "States": {"A": {"Type": "Succeed"}}}`, Tags: map[string]string{"aslocal:file": source}})
		if err != nil {
			t.Fatal(err)
		}
		return arn
	}
	b.get("document?arn="+register("order", filepath.Join(folder, "template.yaml")), &d)
	if d.Text != samYAML || d.Path != "template.yaml" || d.Pointer != "/Resources/Order/Properties/Definition" || d.ARN == "" || !d.Savable {
		t.Errorf("a machine of a template: %+v", d)
	}
	b.get("document?arn="+register("text", filepath.Join(folder, "template.yaml")), &d)
	if d.Path != "template.yaml" || d.Pointer != "/Resources/Text/Properties/DefinitionString" || !d.Savable {
		t.Errorf("a machine whose definition is a string: %+v", d)
	}
	b.get("document?arn="+register("parts", filepath.Join(folder, "template.yaml")), &d)
	if d.Path != "" || d.Savable || !strings.Contains(d.Why, "from parts") || !strings.Contains(d.Text, "StartAt") {
		t.Errorf("a machine whose definition is put together: %+v", d)
	}
	b.get("document?arn="+register("api", ""), &d)
	if d.Path != "" || !d.Savable || d.Format != "JSON" {
		t.Errorf("a machine of the API: %+v", d)
	}
	for path, status := range map[string]int{
		"../order.asl.yaml": 403, "/etc/passwd": 403, "sub/../../x.asl.json": 403, ".aslocal/order.asl.json": 403, "package.json": 403, "missing.asl.json": 404, "order.txt": 400, `sub\deep.asl.json`: 403,
	} {
		if got, why := b.refusedGet("document?path=" + url.QueryEscape(path)); got != status {
			t.Errorf("%s: %d %s, want %d", path, got, why.Message, status)
		}
	}
	if got, _ := b.refusedGet("document"); got != 400 {
		t.Errorf("neither arn nor path: %d", got)
	}
}

func TestPagesDraft(t *testing.T) {
	_, b, _ := editors(t, nil)
	var d ui.Draft
	wrong := strings.Replace(plainYAML, "Next: Done", "Next: Doen", 1)
	b.post("draft", ui.Text{Text: wrong, Format: "YAML"}, &d)
	i := slices.IndexFunc(d.Diagnostics, func(one ui.Diagnostic) bool { return strings.Contains(one.Message, "Doen") })
	if i < 0 || !d.OK || len(d.Graph) == 0 {
		t.Fatalf("diagnostics: %+v", d)
	}
	// Offsets count as JavaScript does: 😀 has two units.
	one, place := d.Diagnostics[i], d.States["/States/Read"]
	units := utf16Of(wrong)
	if got := string(units[one.Offset : one.Offset+one.Length]); got != "Doen" || one.Line != 6 || one.Pointer != "/States/Read/Next" || one.State != "/States/Read" || !strings.Contains(one.Hint, "Done") {
		t.Errorf("diagnostic: %+v at %q", one, got)
	}
	if got := string(units[place.Start:place.End]); !strings.HasPrefix(got, "Read:") || !strings.HasSuffix(got, "Doen") {
		t.Errorf("the state stands at %q", got)
	}
	b.post("draft", ui.Text{Text: samYAML, Format: "YAML", Pointer: "/Resources/Order/Properties/Definition"}, &d)
	if len(d.Diagnostics) != 0 || !strings.Contains(d.Definition, `"Fn::GetAtt"`) || d.States["/States/Pay"].Start == 0 {
		t.Errorf("a template: %+v", d)
	}
	b.post("draft", ui.Text{Text: samYAML, Format: "YAML", Pointer: "/Resources/Text/Properties/DefinitionString"}, &d)
	inside := utf16Of(samYAML)[d.States["/States/A"].Start:d.States["/States/A"].End]
	if len(d.Diagnostics) != 0 || !sameText(d.Definition, `{"StartAt": "A", "States": {"A": {"Type": "Succeed"}}}`) || !strings.HasPrefix(string(inside), `"A": {`) {
		t.Errorf("a definition in a string: %+v, its state stands at %q", d, string(inside))
	}
	b.post("draft", ui.Text{Text: "{", Format: "JSON"}, &d)
	if d.OK || string(d.Graph) != "null" || len(d.Diagnostics) != 1 || d.Definition != "" {
		t.Errorf("a broken text: %+v", d)
	}
	b.post("draft", ui.Text{Text: "", Format: "YAML"}, &d)
	if len(d.Diagnostics) == 0 {
		t.Errorf("an empty text: %+v", d)
	}
	b.post("draft", ui.Text{Text: samYAML, Format: "YAML", Pointer: "/Resources/None"}, &d)
	if d.OK || len(d.Diagnostics) != 1 {
		t.Errorf("a pointer to nothing: %+v", d)
	}
	for _, in := range []ui.Text{{Text: "{}", Format: "XML"}, {Text: "{}", Format: "JSON", Pointer: "x"}, {Text: strings.Repeat(" ", edit.MaxText+1), Format: "JSON"}} {
		b.refused("draft", in)
	}
}

// utf16Of spreads a text so that each unit of UTF-16 has one rune.
func utf16Of(text string) []rune {
	var units []rune
	for _, r := range text {
		units = append(units, r)
		if r > 0xffff {
			units = append(units, 0)
		}
	}
	return units
}

func TestPagesEdit(t *testing.T) {
	_, b, _ := editors(t, nil)
	var out ui.Edited
	b.post("edit", ui.Edit{Text: ui.Text{Text: plainYAML, Format: "YAML"}, Edits: []edit.Edit{{Op: edit.Rename, State: []byte(`"/States/Done"`), Name: "Over"}}}, &out)
	want := strings.ReplaceAll(plainYAML, "Done", "Over")
	if out.Text != want || !out.Draft.OK || len(out.Changes) != 2 || !slices.Contains(out.Select, "/States/Over") {
		t.Errorf("renamed: %+v", out)
	}
	units := utf16Of(plainYAML)
	if c := out.Changes[0]; string(units[c.Start:c.End]) != "Done" {
		t.Errorf("the first change replaces %q", string(units[c.Start:c.End]))
	}
	if why := b.refused("edit", ui.Edit{Text: ui.Text{Text: plainYAML, Format: "YAML"}, Edits: []edit.Edit{{Op: edit.Delete, States: []string{"/States/None"}}}}); why.Code != "CannotEdit" {
		t.Errorf("an edit of nothing: %+v", why)
	}
	b.post("edit", ui.Edit{Text: ui.Text{Text: samYAML, Format: "YAML", Pointer: "/Resources/Text/Properties/DefinitionString"}, Edits: []edit.Edit{{Op: edit.Rename, State: []byte(`"/States/A"`), Name: "B"}}}, &out)
	if want := strings.Replace(samYAML, `{"StartAt": "A", "States": {"A": {"Type": "Succeed"}}}'`, `{"StartAt": "B", "States": {"B": {"Type": "Succeed"}}}'`, 1); out.Text != want || !out.Draft.OK {
		t.Errorf("renamed in a string: %s", out.Text)
	}
	var converted ui.Converted
	b.post("convert", ui.Convert{Text: ui.Text{Text: plainYAML, Format: "YAML"}, To: "JSON"}, &converted)
	if !sameText(converted.Text, `{"StartAt": "Read", "States": {"Read": {"Type": "Pass", "Next": "Done"}, "Done": {"Type": "Succeed"}}}`) {
		t.Errorf("as JSON: %s", converted.Text)
	}
	b.post("convert", ui.Convert{Text: ui.Text{Text: converted.Text, Format: "JSON"}, To: "YAML"}, &converted)
	if !strings.HasPrefix(converted.Text, "StartAt: Read\nStates:\n") {
		t.Errorf("as YAML: %s", converted.Text)
	}
	b.refused("convert", ui.Convert{Text: ui.Text{Text: "{", Format: "JSON"}, To: "YAML"})
}

func TestPagesSave(t *testing.T) {
	em, b, folder := editors(t, map[string]string{"order.asl.yaml": plainYAML, "package.json": "{}"})
	read := func(name string) string {
		text, err := os.ReadFile(filepath.Join(folder, name))
		if err != nil {
			t.Error(err)
		}
		return string(text)
	}
	var d ui.Document
	var saved ui.Saved
	b.get("document?path=order.asl.yaml", &d)
	if err := os.Chmod(filepath.Join(folder, "order.asl.yaml"), 0o600); err != nil {
		t.Fatal(err)
	}
	b.post("save", ui.Save{Path: d.Path, Text: "StartAt: A\n", Hash: d.Hash}, &saved)
	if info, err := os.Stat(filepath.Join(folder, "order.asl.yaml")); err != nil || read("order.asl.yaml") != "StartAt: A\n" || runtime.GOOS != "windows" && info.Mode().Perm() != 0o600 {
		t.Errorf("saved: %q, mode %v, %v", read("order.asl.yaml"), info.Mode(), err)
	}
	why := b.refused("save", ui.Save{Path: d.Path, Text: "mine", Hash: d.Hash})
	if why.Code != "Conflict" || why.Text != "StartAt: A\n" || why.Hash != saved.Hash || read("order.asl.yaml") != "StartAt: A\n" {
		t.Errorf("a file that has changed: %+v", why)
	}
	if why := b.refused("save", ui.Save{Path: d.Path, Text: "mine"}); why.Code != "Conflict" {
		t.Errorf("a new file that is there: %+v", why)
	}
	b.post("save", ui.Save{Path: "flows/new.asl.json", Text: "{}"}, &saved)
	if read("flows/new.asl.json") != "{}" {
		t.Errorf("a new file: %q", read("flows/new.asl.json"))
	}
	if why := b.refused("save", ui.Save{Path: "gone.asl.json", Text: "{}", Hash: d.Hash}); why.Code != "Gone" {
		t.Errorf("a file that is gone: %+v", why)
	}
	for _, path := range []string{"../out.asl.json", "/tmp/out.asl.json", ".git/x.asl.json", "notes.json", "package.json", "x.asl.txt", "a\x00.asl.json"} {
		b.refused("save", ui.Save{Path: path, Text: "{}"})
	}
	if entries, _ := os.ReadDir(folder); len(entries) != 3 {
		t.Errorf("the folder has %v", entries)
	}
	if read("package.json") != "{}" {
		t.Error("package.json was changed")
	}

	arn, err := em.Register(emulator.Registration{Name: "api", Definition: `{"StartAt": "A", "States": {"A": {"Type": "Succeed"}}}`})
	if err != nil {
		t.Fatal(err)
	}
	b.get("document?arn="+arn, &d)
	b.post("save", ui.Save{ARN: arn, Text: "StartAt: B\nStates: {B: {Type: Succeed}}\n", Format: "YAML", Hash: d.Hash}, &saved)
	if why := b.refused("save", ui.Save{ARN: arn, Text: "{}", Format: "JSON", Hash: d.Hash}); why.Code != "Conflict" || !strings.Contains(why.Text, `"B"`) {
		t.Errorf("a machine that has changed: %+v", why)
	}
	if why := b.refused("save", ui.Save{ARN: arn, Text: `{"StartAt": "C", "States": {}}`, Format: "JSON", Hash: saved.Hash}); why.Code != "InvalidDefinition" {
		t.Errorf("a wrong definition: %+v", why)
	}
	var version ui.Reference
	b.post("publish", ui.Publish{ARN: arn, Description: "first"}, &version)
	if version.Name != "1" {
		t.Errorf("version: %+v", version)
	}
}

// Links do not lead out of the folder, and stay links.
func TestPagesSaveThroughLinks(t *testing.T) {
	_, b, folder := editors(t, map[string]string{"order.asl.yaml": plainYAML})
	outside := filepath.Join(t.TempDir(), "out.asl.yaml")
	if err := os.WriteFile(outside, []byte(plainYAML), 0o644); err != nil {
		t.Fatal(err)
	}
	links := map[string]string{"out.asl.yaml": outside, "in.asl.yaml": "order.asl.yaml", "away": filepath.Dir(outside)}
	for name, to := range links {
		if err := os.Symlink(to, filepath.Join(folder, name)); err != nil {
			t.Skip("no links here: ", err)
		}
	}
	for _, path := range []string{"out.asl.yaml", "away/out.asl.yaml"} {
		if status, why := b.refusedGet("document?path=" + path); status != 403 {
			t.Errorf("%s: %d %s", path, status, why.Message)
		}
		b.refused("save", ui.Save{Path: path, Text: "x"})
	}
	b.refused("save", ui.Save{Path: "away/new.asl.yaml", Text: "x"})
	if entries, _ := os.ReadDir(filepath.Dir(outside)); len(entries) != 1 {
		t.Errorf("outside of the folder there is %v", entries)
	}
	if text, _ := os.ReadFile(outside); string(text) != plainYAML {
		t.Error("the file outside was changed")
	}
	var d ui.Document
	var saved ui.Saved
	b.get("document?path=in.asl.yaml", &d)
	b.post("save", ui.Save{Path: "in.asl.yaml", Text: "StartAt: X\n", Hash: d.Hash}, &saved)
	info, err := os.Lstat(filepath.Join(folder, "in.asl.yaml"))
	if text, _ := os.ReadFile(filepath.Join(folder, "order.asl.yaml")); err != nil || info.Mode()&os.ModeSymlink == 0 || string(text) != "StartAt: X\n" {
		t.Errorf("the link is %v, the file has %q, %v", info.Mode(), text, err)
	}
}

func TestPagesCatalog(t *testing.T) {
	em, b, _ := editors(t, nil, emulator.WithTask("price", func(_ context.Context, in value.Value) (value.Value, error) { return in, nil }))
	if _, err := em.Register(emulator.Registration{Name: "other", Definition: `{"StartAt": "A", "States": {"A": {"Type": "Succeed"}}}`}); err != nil {
		t.Fatal(err)
	}
	var c ui.Catalog
	b.get("catalog", &c)
	if len(c.Flow) != 8 || len(c.SDK) != 0 || c.Services[0].Label != "Lambda" || len(c.Functions) != 1 || c.Functions[0].ARN != "arn:aws:lambda:us-east-1:123456789012:function:price" || len(c.Machines) != 1 || c.Activities == nil {
		t.Errorf("catalog: %d flow, %d sdk, functions %+v, machines %+v", len(c.Flow), len(c.SDK), c.Functions, c.Machines)
	}
	actions := make(map[string]ui.CatalogAction)
	for _, s := range c.Services {
		for _, a := range s.Actions {
			actions[a.Resource] = a
			if r, err := asl.ParseResource(a.Resource); err != nil || s.Icon == "" {
				t.Errorf("%s: %+v, %v, icon %q", a.Resource, r, err, s.Icon)
			}
		}
	}
	send := actions["arn:aws:states:::sqs:sendMessage"]
	if !slices.Contains(send.Patterns, ".waitForTaskToken") || !sameText(string(send.Arguments), `{"QueueUrl": "", "MessageBody": ""}`) && !sameText(string(send.Arguments), `{"MessageBody": "", "QueueUrl": ""}`) || !slices.Contains(send.Answer, "MessageId") {
		t.Errorf("sqs:sendMessage: %+v", send)
	}
	if len(c.Patterns) != 6 {
		t.Errorf("%d patterns", len(c.Patterns))
	}
	for _, p := range c.Patterns {
		for language, text := range map[string]string{"JSONPath": p.Definition, "JSONata": p.JSONata} {
			d, found := asl.Parse(text)
			found = append(found, asl.Validate(d, asl.Options{})...)
			if len(found) > 0 || p.Title == "" || p.Comment == "" || p.Icon == "" || string(d.QueryLanguage) != language && language == "JSONata" {
				t.Errorf("%s in %s: %v", p.Name, language, found)
			}
		}
	}
	b.get("catalog?q=kms+encrypt", &c)
	if len(c.SDK) == 0 || c.SDK[0].Name != "kms:encrypt" || !strings.Contains(string(c.SDK[0].Arguments), "KeyId") {
		t.Errorf("kms encrypt: %+v", c.SDK)
	}
	b.get("catalog?q=describeclusterversions", &c)
	if len(c.SDK) == 0 {
		t.Error("an action without its service is not found")
	}
}

func TestPagesTryStates(t *testing.T) {
	double := func(_ context.Context, in value.Value) (value.Value, error) {
		n, _ := in.Get("n").Int()
		return value.OfMembers("n", value.OfInt(2*n)), nil
	}
	_, b, _ := editors(t, nil, emulator.WithTask("double", double))
	const definition = `{"QueryLanguage": "JSONata", "StartAt": "Call", "States": {
		"Call": {"Type": "Task", "Resource": "arn:aws:states:::lambda:invoke", "Arguments": {"FunctionName": "double", "Payload": {"n": "{% $states.input.n %}"}}, "Output": "{% $states.result.Payload %}", "Assign": {"kept": "{% $states.result.Payload.n %}"},
			"Catch": [{"ErrorEquals": ["States.ALL"], "Next": "Lost"}], "Next": "Each"},
		"Each": {"Type": "Map", "Items": "{% [1, $base] %}", "ItemProcessor": {"StartAt": "One", "States": {"One": {"Type": "Pass", "Output": "{% $states.input * 10 %}", "End": true}}}, "Next": "Broken"},
		"Broken": {"Type": "Pass", "Next": "Nowhere"},
		"Lost": {"Type": "Succeed"}}}`
	text := ui.Text{Text: definition, Format: "JSON"}
	try := func(in ui.Try) ui.Tried {
		t.Helper()
		in.Text, in.Name = text, "tried"
		var out ui.Tried
		b.post("try", in, &out)
		return out
	}
	if out := try(ui.Try{State: "/States/Call", Input: `{"n": 21}`}); out.Status != "SUCCEEDED" || out.Output != `{"n":42}` || out.Next != "Each" || out.Assigned != `{"kept":42}` || len(out.Steps) < 4 || out.Execution != "" {
		t.Errorf("the real function: %+v", out)
	}
	if out := try(ui.Try{State: "/States/Call", Input: `{"n": 21}`, Mock: &ui.Mock{Result: `{"Payload": {"n": 1}}`}}); out.Output != `{"n":1}` {
		t.Errorf("a mocked result: %+v", out)
	}
	if out := try(ui.Try{State: "/States/Call", Input: `{"n": 1}`, Mock: &ui.Mock{Error: "Gone", Cause: "a test"}}); out.Status != "CAUGHT_ERROR" || out.Error != "Gone" || out.Next != "Lost" {
		t.Errorf("a mocked error: %+v", out)
	}
	// TestState runs no Map without a mock: it runs in a state machine of its own, with the variables.
	if out := try(ui.Try{State: "/States/Each", Variables: `{"base": 4}`}); out.Status != "SUCCEEDED" || out.Output != "[10,40]" || out.Next != "Broken" || out.Execution == "" {
		t.Errorf("a Map: %+v", out)
	}
	if out := try(ui.Try{State: "/States/Broken", Input: "7"}); out.Status != "SUCCEEDED" || out.Output != "7" {
		t.Errorf("a state that leads nowhere: %+v", out)
	}
	for _, in := range []ui.Try{{State: "/States/None"}, {State: "/States/Call", Input: "{"}, {State: "/States/Call", Variables: "[]"}, {State: "/States/Call", Mock: &ui.Mock{}}} {
		in.Text = text
		b.refused("try", in)
	}
	if why := b.refused("run-draft", ui.RunDraft{Text: text}); !strings.Contains(why.Message, "Nowhere") {
		t.Errorf("a draft with errors: %+v", why)
	}

	var run ui.Started
	good := ui.Text{Text: strings.Replace(definition, `"Nowhere"`, `"Lost"`, 1), Format: "JSON"}
	good.Text = strings.Replace(good.Text, "$base", "$kept", 1)
	b.post("run-draft", ui.RunDraft{Text: good, Name: "an order: with / signs", Input: `{"n": 1}`, Mocks: map[string]ui.Mock{"Call": {Result: `{"Payload": {"n": 5}}`}}}, &run)
	var pinned ui.Pinned
	for pinned.Status == "" || pinned.Status == "RUNNING" {
		b.get("pinned?arn="+url.QueryEscape(run.ARN), &pinned)
	}
	if call := pinned.States["/States/Call"]; pinned.Status != "SUCCEEDED" || call.Output != `{"n":5}` || call.Status != "succeeded" || pinned.States["/States/Each"].Output != "[10,50]" {
		t.Errorf("a trial run: %+v", pinned)
	}
	var machines ui.Machines
	var executions ui.Executions
	b.get("machines", &machines)
	b.get("executions", &executions)
	if len(machines.Machines) != 0 || len(executions.Executions) != 0 {
		t.Errorf("trial runs are listed: %+v, %+v", machines, executions)
	}
}

func TestPagesPinFailures(t *testing.T) {
	em, b, machine, _ := tourist(t)
	arn := started(t, em, machine, `{"order": {"id": "x"}, "items": []}`)
	em.Advance(5e9)
	var pinned ui.Pinned
	b.get("pinned?arn="+arn, &pinned)
	if pinned.Status != "FAILED" || pinned.Failed == "" || pinned.States[pinned.Failed].Error == "" || pinned.States["/States/First"].Result == "" {
		t.Errorf("pinned: %+v", pinned)
	}
}

func TestPagesRender(t *testing.T) {
	_, b, _ := editors(t, nil)
	text := ui.Text{Text: plainYAML, Format: "YAML"}
	made := make(map[string]ui.Rendered)
	for _, kind := range []string{"svg", "png", "mermaid", "json", "yaml", "sam", "terraform"} {
		var out ui.Rendered
		b.post("render", ui.Render{Text: text, Kind: kind, Name: `my "order" ${x}`}, &out)
		made[kind] = out
	}
	for kind, want := range map[string]string{"svg": "<svg", "mermaid": "flowchart", "json": `"StartAt": "Read"`, "yaml": "StartAt: Read"} {
		if !strings.Contains(made[kind].Text, want) {
			t.Errorf("%s: %.100s", kind, made[kind].Text)
		}
	}
	if !strings.HasPrefix(made["png"].Base64, "iVBOR") {
		t.Errorf("png: %.20s", made["png"].Base64)
	}
	for kind, name := range map[string]string{"sam": "template.yaml", "terraform": "main.tf"} {
		m := template.Read(name, []byte(made[kind].Text), template.Options{}).Machines[0]
		if found := m.Validate(asl.Options{}); found.HasErrors() || len(m.Definition.States) != 2 {
			t.Errorf("%s: %v in\n%s", kind, found, made[kind].Text)
		}
	}
	b.refused("render", ui.Render{Text: text, Kind: "gif"})
	b.refused("render", ui.Render{Text: ui.Text{Text: "{", Format: "JSON"}, Kind: "svg"})
}

func TestPagesAssist(t *testing.T) {
	_, b, _ := editors(t, nil)
	text := ui.Text{Text: strings.Replace(plainYAML, "Next: Done", "Next: ", 1), Format: "YAML"}
	at := slices.Index(utf16Of(text.Text), '#') // any place that is known
	var out ui.Completions
	offset := len(utf16Of(text.Text[:strings.Index(text.Text, "Next: ")+len("Next: ")]))
	b.post("complete", ui.AtOffset{Text: text, Offset: offset}, &out)
	i := slices.IndexFunc(out.Items, func(one ui.Completion) bool { return one.Label == "Done" })
	if i < 0 || out.Items[i].Start != offset {
		t.Errorf("completion at %d: %+v", offset, out)
	}
	var hover ui.Hover
	b.post("hover", ui.AtOffset{Text: ui.Text{Text: plainYAML, Format: "YAML"}, Offset: len(utf16Of(plainYAML[:strings.Index(plainYAML, "Type: Pass")])) + 1}, &hover)
	if hover.Title == "" || hover.Text == "" {
		t.Errorf("hover: %+v", hover)
	}
	b.post("hover", ui.AtOffset{Text: text, Offset: at}, &hover)
	if hover.Text != "" {
		t.Errorf("hover over a comment: %+v", hover)
	}
}
