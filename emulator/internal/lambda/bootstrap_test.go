package lambda

import (
	"encoding/base64"
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

var all = flag.Bool("all", false, "also run the cases that start many processes, and the long ones")

// copied returns a copy of a folder of testdata: interpreters write beside the
// files that they read.
func copied(t testing.TB, name string) string {
	t.Helper()
	folder := filepath.Join(t.TempDir(), name)
	if err := os.CopyFS(folder, os.DirFS(filepath.Join("testdata", name))); err != nil {
		t.Fatal(err)
	}
	return folder
}

// need skips the test if the machine has not what the functions need.
func need(t testing.TB, h *Host) {
	t.Helper()
	for _, s := range h.Functions() {
		if s.Problem != "" {
			t.Skip(s.Problem)
		}
	}
}

// A step is a call and what comes of it.
type step struct{ event, want string }

func (s step) check(t *testing.T, h *Host, function, folder string) {
	t.Helper()
	event, _ := json.Marshal(s.event)
	got := strings.ReplaceAll(invoke(t, h, function, string(event)).text(), strings.Trim(mustQuote(folder), `"`), "FOLDER")
	if text, _, cut := strings.Cut(s.want, "…"); got != s.want && !(cut && strings.HasPrefix(got, text)) {
		t.Errorf("%s %q:\ngot  %s\nwant %s", function, s.event, got, s.want)
	}
}

func mustQuote(text string) string {
	quoted, _ := json.Marshal(text)
	return string(quoted)
}

func TestPython(t *testing.T) {
	t.Setenv("VIRTUAL_ENV", "")
	folder := copied(t, "python")
	log := newJournal()
	f := Function{Name: "app", Runtime: "python3.11", Handler: "app.handler", Folder: folder}
	h := newHost(t, Settings{Log: log.add}, f)
	need(t, h)
	error := func(kind, message, trace string) string {
		return `Unhandled {"errorMessage": ` + mustQuote(message) + `, "errorType": "` + kind + `", "requestId": "` + requestID + `", "stackTrace": [` + trace
	}
	for _, s := range []step{
		{"count", `1`},
		{"none", `null`},
		{"tuple", `[1, [{"x": 1, "y": {"a": {"x": 2, "y": 3}}}]]`},
		{"decimal", `{"n": 1.10, "s": "\"1.10\"", "nan": NaN}`},
		{"bytes", `Hello`},
		{"bytes inside", `["\u00e9"]`},
		{"numbers", `[1e+22, 1000000000000000000000000000000, Infinity]`},
		{"keys", `{"1": 2, "null": 3}`},
		{"accent", `"\u00e9"`},
		{"surrogate", `"\ud83d"`},
		{"path", `"FOLDER"`},
		{"raise", error("CustomError", "two\nlines", `"  File \"FOLDER/app.py\", line 87, in handler\n    return results[event](event, context)\n", …`)},
		{"key", error("KeyError", "'x'", `…`)},
		{"recursion", error("RecursionError", "maximum recursion depth exceeded…", "")},
		{"set", error("Runtime.MarshalError", "Unable to marshal response: Object of type set is not JSON serializable", `]}`)},
		{"date", error("Runtime.MarshalError", "Unable to marshal response: Object of type date is not JSON serializable", `]}`)},
		{"circular", error("Runtime.MarshalError", "Unable to marshal response: Circular reference detected", `]}`)},
		{"tuple key", error("Runtime.MarshalError", "Unable to marshal response: keys must be str, int, float, bool or None, not tuple", `]}`)},
		{"exit", exitError("with error: exit status 3")},
		{"count", `1`}, // in a new process
		{"count", `2`},
	} {
		s.check(t, h, "app", folder)
	}
	if !isWindows {
		step{"fork", `"the parent"`}.check(t, h, "app", folder)
		step{"count", `3`}.check(t, h, "app", folder)
	}

	r, err := h.Invoke(t.Context(), Invocation{
		Function: "app", Event: []byte(`"context"`), Qualifier: "live", RequestID: requestID, TraceID: "Root=1-2-3",
		ClientContext: base64.StdEncoding.EncodeToString([]byte(`{"custom":{"a":1},"client":{"app_title":"T"}}`)),
	})
	var members map[string]any
	if err != nil || json.Unmarshal(r.Payload, &members) != nil {
		t.Fatalf("got %s, %v", r.Payload, err)
	}
	got, _ := json.Marshal(members)
	if want := `{"aws_request_id":"` + requestID + `","custom":{"a":1},"function_name":"app","function_version":"$LATEST","identity":null,` +
		`"invoked_function_arn":"arn:aws:lambda:us-east-1:123456789012:function:app:live","log_group_name":"/aws/lambda/app","memory_limit_in_mb":"128",` +
		`"tenant_id":null,"time":true,"title":"T","trace":"Root=1-2-3"}`; string(got) != want {
		t.Errorf("context:\ngot  %s\nwant %s", got, want)
	}

	log.mu.Lock()
	log.entries = nil
	log.mu.Unlock()
	invoke(t, h, "app", `"log"`)
	lines := log.lines()[1:]
	for i, want := range []string{"printed", "to stderr", "[WARNING]\t", "no end", "END RequestId"} {
		if len(lines) <= i || !strings.HasPrefix(lines[i], want) {
			t.Errorf("log: got %q, want %q as line %d", lines, want, i)
			break
		}
	}
}

// A virtual environment goes before the version that is asked for. From 3.12 on,
// results are UTF-8.
func TestPythonEnvironmentAndLayers(t *testing.T) {
	t.Setenv("VIRTUAL_ENV", "")
	folder, lower, upper := copied(t, "python"), t.TempDir(), t.TempDir()
	log := newJournal()
	h := newHost(t, Settings{Log: log.add}, Function{Name: "app", Runtime: "python3.99", Handler: "app.handler", Folder: folder, Layers: []string{lower, upper}})
	found, ok := h.askPython(t.Context(), "python3", folder)
	if !ok || isWindows {
		t.Skip("no python3, or none that can be linked to")
	}
	writeFile(t, folder, ".venv/pyvenv.cfg", "home = "+filepath.Dir(found.path)+"\n")
	writeFile(t, folder, ".venv/bin/README", "")
	venv := filepath.Join(folder, ".venv")
	if err := os.Symlink(found.path, filepath.Join(venv, "bin", "python")); err != nil {
		t.Fatal(err)
	}
	writeFile(t, folder, "layered.py", "import os, one, two\ndef handler(event, context):\n    return [one.text, two.text, os.environ['VIRTUAL_ENV'], os.environ['PATH'].split(':')[0]]\n")
	writeFile(t, lower, "python/one.py", "text = 'lower'")
	writeFile(t, upper, "python/one.py", "text = 'upper'")
	writeFile(t, lower, "python/lib/python"+found.minor()+"/site-packages/two.py", "text = 'package'")
	step{"accent", `"é"`}.check(t, h, "app", folder)
	step{"surrogate", `Unhandled {"errorMessage": "Unable to marshal response: 'utf-8' codec can't encode…`}.check(t, h, "app", folder)
	log.await("aslocal: python3.99 is asked for, and Python " + found.version + " runs it (" + filepath.Join(venv, "bin", "python"))

	f := h.Functions()[0].Function
	f.Handler = "layered.handler"
	h.Set([]Function{f})
	step{"", `["upper", "package", "FOLDER/.venv", "FOLDER/.venv/bin"]`}.check(t, h, "app", folder)
}

// writeFile writes a file below a folder.
func writeFile(t testing.TB, folder, name, text string) {
	t.Helper()
	path := filepath.Join(folder, filepath.FromSlash(name))
	err := os.MkdirAll(filepath.Dir(path), 0o700)
	if err == nil {
		err = os.WriteFile(path, []byte(text), 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
}

func TestPythonHandlers(t *testing.T) {
	t.Setenv("VIRTUAL_ENV", "")
	folder := copied(t, "python")
	error := func(kind, message string) string {
		return `Unhandled {"errorMessage": ` + mustQuote(message) + `, "errorType": "` + kind + `", "requestId": "", "stackTrace": […`
	}
	steps := []step{ // the event is the handler
		{"package.module.handler", `"package.module"`},
		{"package/module.handler", `"package.module"`},
		{"handler", error("Runtime.MalformedHandlerName", "Bad handler 'handler': not enough values to unpack (expected 2, got 1)")},
		{"app.nothing", error("Runtime.HandlerNotFound", "Handler 'nothing' missing on module 'app'")},
		{"missing.handler", error("Runtime.ImportModuleError", "Unable to import module 'missing': No module named 'nowhere_to_be_found'")},
		{"syntax.handler", error("Runtime.UserCodeSyntaxError", "Syntax error in module 'syntax': invalid syntax (syntax.py, line 1)")},
		{"raises.handler", error("ValueError", "at import")},
		{"sys.exit", error("Runtime.BuiltInModuleConflict", "Cannot use built-in module sys as a handler module")},
	}
	log := newJournal()
	var functions []Function
	for _, s := range steps {
		functions = append(functions, Function{Name: s.event, Runtime: "python3.11", Handler: s.event, Folder: folder})
	}
	h := newHost(t, Settings{Log: log.add}, functions...)
	need(t, h)
	for _, s := range steps {
		s.check(t, h, s.event, folder)
	}
	if want := "aslocal: if the module is a package, run python3 -m venv .venv && .venv/bin/pip install -r requirements.txt in " + folder + " or a folder above it"; !slices.Contains(log.lines(), want) {
		t.Errorf("there is no %q in the log", want)
	}
}

func TestNode(t *testing.T) {
	folder, layer := copied(t, "node"), t.TempDir()
	writeFile(t, layer, "nodejs/node_modules/shared/index.js", "module.exports = 'from the layer';")
	writeFile(t, folder, "layered.cjs", "exports.handler = async () => require('shared');")
	log := newJournal()
	functions := []Function{
		{Name: "old", Runtime: "nodejs22.x", Handler: "index.handler"},
		{Name: "new", Runtime: "nodejs24.x", Handler: "index.handler"},
		{Name: "callback", Runtime: "nodejs22.x", Handler: "old.callback"},
		{Name: "callback new", Runtime: "nodejs24.x", Handler: "old.callback"},
		{Name: "synchronous", Runtime: "nodejs22.x", Handler: "old.synchronous"},
		{Name: "synchronous new", Runtime: "nodejs24.x", Handler: "old.synchronous"},
		{Name: "succeed", Runtime: "nodejs20.x", Handler: "old.succeed"},
		{Name: "layer", Runtime: "nodejs22.x", Handler: "layered.handler", Layers: []string{layer}},
		{Name: "nested", Runtime: "nodejs22.x", Handler: "old.nested.deep"},
		{Name: "stream", Runtime: "nodejs22.x", Handler: "stream.handler"},
		{Name: "package", Runtime: "nodejs22.x", Handler: "missing.handler"},
		{Name: "require", Runtime: "nodejs22.x", Handler: "missing-require.handler"},
		{Name: "syntax", Runtime: "nodejs22.x", Handler: "syntax.handler"},
		{Name: "no file", Runtime: "nodejs22.x", Handler: "nothing.handler"},
		{Name: "no member", Runtime: "nodejs22.x", Handler: "index.nothing"},
		{Name: "no function", Runtime: "nodejs22.x", Handler: "index.notAFunction"},
		{Name: "dots", Runtime: "nodejs22.x", Handler: "../index.handler"},
		{Name: "no dot", Runtime: "nodejs22.x", Handler: "index"},
	}
	for i := range functions {
		functions[i].Folder = folder
	}
	h := newHost(t, Settings{Log: log.add}, functions...)
	need(t, h)
	error := func(kind, message string) string {
		return `Unhandled {"errorType":"` + kind + `","errorMessage":` + mustQuote(message) + `,"trace":[…`
	}
	for _, tt := range []struct {
		function string
		steps    []step
		many     bool // processes
	}{
		{"old", []step{
			{"count", `1`},
			{"undefined", `null`},
			{"numbers", `[null,0,null]`},
			{"throw", error("CustomError", "oh")},
			{"reject", `Unhandled {"errorType":"string","errorMessage":"text","trace":[]}`},
			{"reject with nothing", `Unhandled {"errorType":"string","errorMessage":"handled","trace":[]}`},
			{"circular", error("Error", "Unable to stringify response body")},
			{"function", error("TypeError", "Wrong arguments")},
			{"never", `null`},
			{"count", `2`},
			{"timer", error("CustomError", "late")},
		}, false},
		{"old", []step{
			{"exit", exitError("with error: exit status 3")},
			{"unhandled", error("Runtime.UnhandledPromiseRejection", "CustomError: lost")},
		}, true},
		{"new", []step{
			{"count", `1`},
			{"reject with nothing", `Unhandled {"errorType":"undefined","errorMessage":"undefined","trace":[]}`},
			{"circular", error("Runtime.JSONStringifyError", "Unable to stringify response body")},
			{"never", exitError("without providing a reason")},
			{"timer", exitError("with error: exit status 1")},
		}, true},
		{"callback", []step{{"a", `"a"`}, {"fail", error("TypeError", "called back")}, {"b", `"b"`}}, false},
		{"callback new", []step{{"", error("Runtime.CallbackHandlerDeprecated", "ERROR: AWS Lambda has removed support for callback-based…")}}, true},
		{"synchronous", []step{{"", `null`}}, true},
		{"synchronous new", []step{{"", `"ignored up to nodejs22.x"`}}, false},
		{"succeed", []step{{"a", `"a"`}}, true},
		{"layer", []step{{"", `"from the layer"`}}, true},
		{"nested", []step{{"", `true`}}, true},
		{"stream", []step{{"", `"one two"`}, {"prelude", "{\"statusCode\":201}\x00\x00\x00\x00\x00\x00\x00\x00\"one two\""}, {"fail", error("RangeError", "in the middle")}, {"", `"one two"`}}, false},
		{"package", []step{{"", `Unhandled {"errorType":"Error","errorMessage":"Cannot find package 'nowhere' imported from FOLDER/missing.mjs…`}}, true},
		{"require", []step{{"", `Unhandled {"errorType":"Runtime.ImportModuleError","errorMessage":"Error: Cannot find module 'nowhere'\nRequire stack:\n- FOLDER/missing-require.cjs…`}}, false},
		{"syntax", []step{{"", error("Runtime.UserCodeSyntaxError", "SyntaxError: Unexpected token ';'")}}, true},
		{"no file", []step{{"", `Unhandled {"errorType":"Runtime.ImportModuleError","errorMessage":"Error: Cannot find module 'nothing'…`}}, true},
		{"no member", []step{{"", error("Runtime.HandlerNotFound", "index.nothing is undefined or not exported")}}, true},
		{"no function", []step{{"", error("Runtime.HandlerNotFound", "index.notAFunction is not a function")}}, true},
		{"dots", []step{{"", error("Runtime.MalformedHandlerName", "'../index.handler' is not a valid handler name. Use absolute paths when specifying root directories in handler names.")}}, true},
		{"no dot", []step{{"", error("Runtime.MalformedHandlerName", "Bad handler")}}, true},
	} {
		t.Run(tt.function, func(t *testing.T) {
			if tt.many && !*all {
				t.Skip("it starts many processes: make functions")
			}
			for _, s := range tt.steps {
				s.check(t, h, tt.function, folder)
			}
		})
	}

	r, err := h.Invoke(t.Context(), Invocation{
		Function: "old", Event: []byte(`"context"`), RequestID: requestID, TraceID: "Root=1-2-3", ClientContext: base64.StdEncoding.EncodeToString([]byte(`{"custom":{"a":1}}`)),
	})
	if want := `{"id":"` + requestID + `","name":"old","version":"$LATEST","memory":"128","arn":"arn:aws:lambda:us-east-1:123456789012:function:old",` +
		`"group":"/aws/lambda/old","custom":{"a":1},"time":true,"trace":"Root=1-2-3","waits":true}`; err != nil || string(r.Payload) != want {
		t.Errorf("context:\ngot  %s, %v\nwant %s", r.Payload, err, want)
	}

	log.mu.Lock()
	log.entries = nil
	log.mu.Unlock()
	invoke(t, h, "old", `"log"`)
	var got []string
	for _, line := range log.lines()[1:4] {
		got = append(got, line[strings.Index(line, "\t")+1:])
	}
	if want := []string{"#\tINFO\tlogged 1 { a: 1 }", "#\tERROR\ttwo\nlines", "plain"}; !slices.Equal(got, want) {
		t.Errorf("log: got %q, want %q", got, want)
	}
}

func TestGo(t *testing.T) {
	t.Setenv("GOOS", "plan9") // of a build for elsewhere
	folder := copied(t, "go")
	source, err := os.ReadFile(filepath.Join(folder, "main.go"))
	if err != nil {
		t.Fatal(err)
	}
	change := func(greeting string) {
		writeFile(t, folder, "main.go", strings.Replace(string(source), `greeting = ""`, greeting, 1))
	}
	writeFile(t, folder, "go.mod", "module example.test/pay\n\ngo 1.21\n")
	h := newHost(t, Settings{Cache: t.TempDir()}, Function{Name: "pay", Runtime: "provided.al2023", Handler: "bootstrap", Folder: folder})
	need(t, h)
	if got := invoke(t, h, "pay", `{"a":1}`).text(); got != `{"a":1}` {
		t.Errorf("got %s", got)
	}
	h.pool("pay").seen.took = 0
	change("greeting = 1 +")
	_, err = h.Invoke(t.Context(), Invocation{Function: "pay", Event: []byte(`1`)})
	if want := "the function 'pay' cannot run on this machine: go build in " + folder + " failed: "; err == nil || !strings.Contains(err.Error(), want) || !strings.Contains(err.Error(), "main.go:") {
		t.Errorf("got %v, want %s…", err, want)
	}
	change(`greeting = "hello "`)
	if got := invoke(t, h, "pay", `1`).text(); got != `hello 1` {
		t.Errorf("after the file has changed: got %s", got)
	}
}

// The handler of the Serverless Framework names a folder, or the program that is
// built from it.
func TestGoSource(t *testing.T) {
	folder := t.TempDir()
	for _, name := range []string{"hello/main.go", "lib/lib.go", "deep/cmd/pay/main.go"} {
		writeFile(t, folder, name, "package "+strings.TrimSuffix(filepath.Base(name), ".go")+"\n")
	}
	for handler, want := range map[string]string{
		"hello": "hello", "hello/main.go": "hello", "hello/bootstrap": "hello", "deep/cmd/pay": "deep/cmd/pay", "lib": "", "bootstrap": "", "../x": "", "": "",
	} {
		if want != "" {
			want = filepath.Join(folder, filepath.FromSlash(want))
		}
		if got := goSource(Function{Folder: folder, Handler: handler}); got != want {
			t.Errorf("%s: got %q, want %q", handler, got, want)
		}
	}
}
