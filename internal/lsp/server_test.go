package lsp

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/aslocal/aslocal/asl"
	"github.com/aslocal/aslocal/asl/assist"
	"github.com/aslocal/aslocal/value"
)

const (
	uri   = "file:///work/order.asl.json"
	order = `{
  "Comment": "Größe 😀",
  "StartAt": "Pay",
  "States": {
    "Pay": {"Type": "Task", "Resource": "arn:aws:states:::lambda:invoke", "Parameters": {"FunctionName": "pay", "Payload.$": "$.order"}, "Assign": {"total.$": "$.x"}, "Next": "Ship"},
    "Ship": {"Type": "Pass", "Comment": "😀", "Parameters": {"t.$": "$total"}, "Next": "Done"},
    "Done": {"Type": "Succeed"}
  }
}
`
)

// known is what the server knows in tests.
func known(_ context.Context, file, name string, d *asl.Definition) assist.Knowledge {
	if d.State("Pay") == nil {
		return assist.Knowledge{}
	}
	return assist.Knowledge{
		Functions: []assist.Resource{{Name: "pay", ARN: "arn:aws:lambda:us-east-1:123456789012:function:pay"}},
		Data:      map[string]assist.Data{"/States/Pay": {Input: value.MustParse("{\"order\": {\"id\": \"``` # x\"}}")}},
	}
}

func TestDiagnostics(t *testing.T) {
	c := start(t, Options{}, "{}")
	if found := c.open(uri, order); found.Len() != 0 {
		t.Errorf("of a valid definition: %s", found)
	}
	wrong := strings.Replace(order, `"Next": "Done"`, `"Next": "Dome"`, 1)
	found := c.open(uri, wrong)
	want := `[{"range":{"start":{"line":5,"character":87},"end":{"line":5,"character":93}},"severity":1,"code":"MISSING_TRANSITION_TARGET","source":"aslocal","message":"Missing 'Next' target: Dome\ndid you mean \"Done\"?"},`
	if !strings.HasPrefix(found.String(), want) {
		t.Errorf("got  %s\nwant %s", found, want)
	}
	for _, other := range []struct{ uri, text, want string }{
		{"file:///work/package.json", `{"name": "x", "Next"`, "0"},
		{"file:///work/values.yaml", "a: [", "0"},
		{"file:///work/half.asl.json", `{"StartAt": `, "1"},
		{"untitled:1", `{"StartAt": "A", "States": {}}`, "1"},
		{"file:///work/buckets.yaml", "Resources:\n  B:\n    Type: AWS::S3::Bucket\n", "0"},
		{"file:///work/t.json", `{"Resources": {"M": {"Type": "AWS::StepFunctions::StateMachine", "Properties": {"RoleArn": "arn:aws:iam::123456789012:role/r", "DefinitionString": "{\"StartAt\": \"A\", \"States\": {\"A\": {\"Type\": \"Succed\"}}}"}}}}`, "1"},
		{"file:///work/t.yaml", "Resources:\n  M:\n    Type: AWS::Serverless::StateMachine\n    Properties:\n      Definition:\n        StartAt: A\n        States:\n          A: {Type: Pass, Next: B}\n          C: {Type: Succeed}\n", "2"},
	} {
		if got := fmt.Sprint(c.open(other.uri, other.text).Len()); got != other.want {
			t.Errorf("%s: %s diagnostics, want %s", other.uri, got, other.want)
		}
	}
	c.notify("textDocument/didClose", `{"textDocument": {"uri": "`+uri+`"}}`)
	if cleared := c.until("textDocument/publishDiagnostics"); cleared.Get("diagnostics").Len() != 0 || cleared.Get("uri").Text() != uri {
		t.Errorf("after closing: %s", cleared)
	}
}

// TestChange changes a text by parts, with characters outside of the Basic Multilingual
// Plane before them.
func TestChange(t *testing.T) {
	c := start(t, Options{}, "{}")
	c.open(uri, order)
	c.notify("textDocument/didChange", `{"textDocument": {"uri": "`+uri+`", "version": 2}, "contentChanges": [
		{"range": {"start": {"line": 5, "character": 87}, "end": {"line": 5, "character": 93}}, "text": "\"Dome\""},
		{"range": {"start": {"line": 1, "character": 20}, "end": {"line": 1, "character": 22}}, "text": "!"}]}`)
	published := c.until("textDocument/publishDiagnostics")
	if version, _ := published.Get("version").Int(); version != 2 || !strings.Contains(published.String(), "Dome") {
		t.Errorf("after the change: %s", published)
	}
	c.notify("textDocument/didChange", `{"textDocument": {"uri": "`+uri+`", "version": 3}, "contentChanges": [{"text": `+quoted(order)+`}]}`)
	if published := c.until("textDocument/publishDiagnostics"); published.Get("diagnostics").Len() != 0 {
		t.Errorf("after the whole text: %s", published)
	}
}

func TestPositions(t *testing.T) {
	d := &document{}
	d.set("a😀b\r\nß\n")
	for offset, want := range map[int]position{0: {0, 0}, 1: {0, 1}, 5: {0, 3}, 6: {0, 4}, 8: {1, 0}, 10: {1, 1}, 11: {2, 0}} {
		if got := d.position(offset); got != want {
			t.Errorf("position of %d: got %v, want %v", offset, got, want)
		}
		if got := d.offset(want); got != offset {
			t.Errorf("offset of %v: got %d, want %d", want, got, offset)
		}
	}
	d.set(strings.Repeat("😀é", stride) + "\nx")
	for _, n := range []int{0, 1, stride/6*6 - 6, stride * 6 / 2} {
		if got, want := d.position(n/6*6), (position{0, uint32(n / 6 * 3)}); got != want || d.offset(want) != n/6*6 {
			t.Errorf("position of %d: got %v, want %v and back %d", n/6*6, got, want, d.offset(want))
		}
	}
	d.set("a😀b\r\nß\n")
	for p, want := range map[position]int{{0, 99}: 7, {9, 9}: 11, {0, 2}: 5} {
		if got := d.offset(p); got != want {
			t.Errorf("offset of %v: got %d, want %d", p, got, want)
		}
	}
}

func TestCompletion(t *testing.T) {
	const capable = `{"textDocument": {"completion": {"completionItem": {"snippetSupport": true, "insertTextModeSupport": {"valueSet": [1, 2]}}}}}`
	half := strings.Replace(order, `"Done": {"Type": "Succeed"}`, `"Done": {"Type": "Task", "Resource": "x", `, 1)
	for _, c := range []struct{ name, capabilities, text, mark, label, want string }{
		{"snippet", capable, half, `"x", |`, "Retry", `"Retry": [\n      {\n        "ErrorEquals": ["${1:States.ALL}"],\n        "IntervalSeconds": ${2:1},\n        "MaxAttempts": ${3:3},\n        "BackoffRate": ${4:2},\n        "JitterStrategy": "${5:FULL}"\n      \}\n    ]$0`},
		{"plain", `{}`, half, `"x", |`, "Retry", `"Retry": [\n  {\n    "ErrorEquals": ["States.ALL"],\n    "IntervalSeconds": 1,\n    "MaxAttempts": 3,\n    "BackoffRate": 2,\n    "JitterStrategy": "FULL"\n  }\n]`},
		{"dollar", capable, half, `"x", |`, "OutputPath", `"OutputPath": "\$${1:}"$0`},
		{"state", capable, order, `"Next": "|Ship"`, "Done", `"Done"`},
		{"resource", capable, order, `"arn:aws:states|`, "arn:aws:lambda:us-east-1:123456789012:function:pay", `"arn:aws:lambda:us-east-1:123456789012:function:pay"`},
		{"data", capable, order, `"$.|order"`, "order", `order`},
	} {
		t.Run(c.name, func(t *testing.T) {
			client := start(t, Options{Knowledge: known}, c.capabilities)
			client.open(uri, c.text)
			list := client.call("textDocument/completion", at(t, uri, c.text, c.mark, ""))
			for _, item := range list.Get("items").Items() {
				if item.Get("label").Text() != c.label {
					continue
				}
				if got := strings.ReplaceAll(item.Get("textEdit").Get("newText").Text(), "\n", `\n`); got != c.want {
					t.Errorf("got  %s\nwant %s", got, c.want)
				}
				return
			}
			t.Errorf("%s is not offered: %s", c.label, list)
		})
	}
}

// TestRequests asks for one thing each.
func TestRequests(t *testing.T) {
	c := start(t, Options{Knowledge: known, Commands: []string{"run", "help"}, Program: "/bin/aslocal"}, "{}")
	c.open(uri, order)
	ranges := func(list value.Value) string {
		var found []string
		for _, one := range list.Items() {
			start := one.Get("range").Get("start")
			found = append(found, fmt.Sprintf("%s:%s-%s", start.Get("line"), start.Get("character"), one.Get("range").Get("end").Get("character")))
		}
		return strings.Join(found, " ")
	}
	for _, one := range []struct {
		method, mark, more string
		want               string
	}{
		{"textDocument/definition", `"Next": "Sh|ip"`, "", "5:5-9"},
		{"textDocument/definition", `$to|tal`, "", "4:149-154"},
		{"textDocument/definition", `"Succ|eed"`, "", ""},
		{"textDocument/references", `"Sh|ip": {`, `, "context": {"includeDeclaration": true}`, "4:176-180 5:5-9"},
		{"textDocument/references", `"Sh|ip": {`, ``, "4:176-180"},
		{"textDocument/documentHighlight", `"Sh|ip": {`, ``, "4:176-180 5:5-9"},
	} {
		if got := ranges(c.call(one.method, at(t, uri, order, one.mark, one.more))); got != one.want {
			t.Errorf("%s at %s: got %s, want %s", one.method, one.mark, got, one.want)
		}
	}
	for _, one := range []struct{ method, params, want string }{
		{"textDocument/prepareRename", at(t, uri, order, `"Sh|ip": {`, ""), `{"range":{"start":{"line":5,"character":5},"end":{"line":5,"character":9}},"placeholder":"Ship"}`},
		{"textDocument/prepareRename", at(t, uri, order, `"Succ|eed"`, ""), "null"},
		{"textDocument/foldingRange", `{"textDocument": {"uri": "` + uri + `"}}`, "[]"},
		{"textDocument/codeLens", `{"textDocument": {"uri": "` + uri + `"}}`, `[{"range":{"start":{"line":0,"character":0},"end":{"line":0,"character":0}},"command":{"title":"Run","command":"aslocal.run","arguments":[{"argv":["/bin/aslocal","run","/work/order.asl.json"],"uri":"file:///work/order.asl.json","pointer":""}]}}]`},
		{"textDocument/hover", at(t, uri, order, `"Ty|pe": "Pass"`, ""), `{"contents":{"kind":"markdown","value":"**Type**\n\nWhat the state does: Task, Pass, Choice, Wait, Succeed, Fail, Parallel or Map.\n"},"range":{"start":{"line":5,"character":13},"end":{"line":5,"character":19}}}`},
		{"textDocument/hover", at(t, uri, order, `"$.or|der"`, ""), "{\"contents\":{\"kind\":\"markdown\",\"value\":\"**order**\\n\\n\\n\\nLast run:\\n\\n````json\\n{\\\"id\\\":\\\"``` # x\\\"}\\n````\\n\"},\"range\":{\"start\":{\"line\":4,\"character\":128},\"end\":{\"line\":4,\"character\":133}}}"},
		{"textDocument/hover", at(t, uri, order, `{|`, ""), "null"},
	} {
		if got := c.call(one.method, one.params).String(); got != one.want {
			t.Errorf("%s %s:\n got %s\nwant %s", one.method, one.params, got, one.want)
		}
	}
	var names []string
	for _, s := range c.call("textDocument/documentSymbol", `{"textDocument": {"uri": "`+uri+`"}}`).Items() {
		names = append(names, s.Get("name").Text()+": "+s.Get("detail").Text())
	}
	if want := []string{"Pay: Task arn:aws:states:::lambda:invoke", "Ship: Pass", "Done: Succeed"}; !slices.Equal(names, want) {
		t.Errorf("symbols: got %q, want %q", names, want)
	}
}

// TestRename renames and looks at the text that comes of it.
func TestRename(t *testing.T) {
	yaml := "StartAt: A # first\nStates:\n  A:\n    Type: Pass\n    Next: \"B\"\n  B:\n    Type: Succeed\n"
	for _, one := range []struct{ name, uri, text, mark, to, want string }{
		{"state", uri, order, `"Next": "Sh|ip"`, "Send", strings.NewReplacer(`"Next": "Ship"`, `"Next": "Send"`, `"Ship": {`, `"Send": {`).Replace(order)},
		{"variable", uri, order, `$to|tal`, "sum", strings.NewReplacer(`"total.$"`, `"sum.$"`, `"$total"`, `"$sum"`).Replace(order)},
		{"YAML", "file:///work/a.asl.yaml", yaml, `StartAt: |A`, "Begin", strings.NewReplacer("StartAt: A", "StartAt: Begin", "  A:", "  Begin:").Replace(yaml)},
		{"taken", uri, order, `"Sh|ip": {`, "Pay", ""},
		{"no name of a variable", uri, order, `$to|tal`, "a b", ""},
		{"nothing to rename", uri, order, `"Succ|eed"`, "x", ""},
	} {
		t.Run(one.name, func(t *testing.T) {
			c := start(t, Options{}, "{}")
			c.open(one.uri, one.text)
			result := c.call("textDocument/rename", at(t, one.uri, one.text, one.mark, `, "newName": `+quoted(one.to)))
			if one.want == "" {
				if !result.Get("code").Exists() || result.Get("message").Text() == "" {
					t.Errorf("no error: %s", result)
				}
				return
			}
			if got := applied(t, one.text, result.Get("changes").Get(one.uri)); got != one.want {
				t.Errorf("got\n%s\nfrom %s", got, result)
			}
		})
	}
}

// TestFixes makes the change that each fix is.
func TestFixes(t *testing.T) {
	for _, one := range []struct{ name, uri, text, want string }{
		{"target", uri, `{"StartAt": "A", "States": {"A": {"Type": "Pass", "Next": "Shipp"}, "Ship": {"Type": "Succeed"}}}`, `{"StartAt": "A", "States": {"A": {"Type": "Pass", "Next": "Ship"}, "Ship": {"Type": "Succeed"}}}`},
		{"field", uri, `{"StartAt": "A", "States": {"A": {"Type": "Pass", "Ende": true}}}`, `{"StartAt": "A", "States": {"A": {"Type": "Pass", "End": true}}}`},
		{"path without its name", uri, `{"StartAt": "A", "States": {"A": {"Type": "Pass", "Parameters": {"x": "$.y"}, "End": true}}}`, `{"StartAt": "A", "States": {"A": {"Type": "Pass", "Parameters": {"x.$": "$.y"}, "End": true}}}`},
		{"variable", uri, `{"StartAt": "A", "States": {"A": {"Type": "Pass", "Assign": {"total": 1}, "Next": "B"}, "B": {"Type": "Pass", "Parameters": {"x.$": "$totl.x"}, "End": true}}}`, `{"StartAt": "A", "States": {"A": {"Type": "Pass", "Assign": {"total": 1}, "Next": "B"}, "B": {"Type": "Pass", "Parameters": {"x.$": "$total.x"}, "End": true}}}`},
		{"truth", "file:///w/a.asl.json", `{"StartAt": "A", "States": {"A": {"Type": "Pass", "End": "yes"}}}`, `{"StartAt": "A", "States": {"A": {"Type": "Pass", "End": true}}}`},
		{"YAML", "file:///w/a.asl.yaml", "StartAt: A\nStates:\n  A:\n    Type: Pas\n    End: true\n", "StartAt: A\nStates:\n  A:\n    Type: Pass\n    End: true\n"},
		{"resource", uri, `{"StartAt": "A", "States": {"A": {"Type": "Task", "Resource": "arn:aws:states:::sqs:sendMesage", "Parameters": {}, "End": true}}}`, `{"StartAt": "A", "States": {"A": {"Type": "Task", "Resource": "arn:aws:states:::sqs:sendMessage", "Parameters": {}, "End": true}}}`},
	} {
		t.Run(one.name, func(t *testing.T) {
			c := start(t, Options{}, "{}")
			c.open(one.uri, one.text)
			actions := c.call("textDocument/codeAction", `{"textDocument": {"uri": "`+one.uri+`"}, "range": {"start": {"line": 0, "character": 0}, "end": {"line": 99, "character": 0}}, "context": {}}`)
			for _, a := range actions.Items() {
				if applied(t, one.text, a.Get("edit").Get("changes").Get(one.uri)) == one.want {
					return
				}
			}
			t.Errorf("no such fix: %s", actions)
		})
	}
}

// TestBadMessages sends what a client should not; the server goes on.
func TestBadMessages(t *testing.T) {
	c := connect(t, Options{})
	expect := func(code int64, about string) {
		t.Helper()
		m := c.read()
		if got, _ := m.Get("error").Get("code").Int(); got != code {
			t.Errorf("%s: got %s, want code %d", about, m, code)
		}
	}
	c.send(`{"jsonrpc": "2.0", "id": 1, "method": "textDocument/hover", "params": {}}`)
	expect(serverNotInitialized, "before initialize")
	c.send(`{"jsonrpc": "2.0", "id": "a", "method": "initialize", "params": {"capabilities": {}}}`)
	if m := c.read(); m.Get("id").Text() != "a" || !m.Get("result").Get("capabilities").Exists() {
		t.Errorf("initialize: %s", m)
	}
	c.send(`no JSON`)
	expect(parseError, "no JSON")
	c.send(`[1, 2]`)
	expect(parseError, "a batch")
	c.send(`{"jsonrpc": "2.0"}`)
	expect(invalidRequest, "no method")
	c.raw("Content-Type: x\r\n\r\n")
	expect(parseError, "no length")
	c.raw("Content-Length: many\r\n\r\n")
	expect(parseError, "no number")
	c.raw("X: " + strings.Repeat("x", 2*maxHead) + "\r\n\r\n")
	expect(parseError, "a long line")
	c.raw("Content-Length: 2\r\nX: " + strings.Repeat("x", 2*maxHead) + "\r\n\r\n{}")
	if m := c.read(); !strings.Contains(m.String(), "a line of the head is too long") { // and what follows is another message
		t.Errorf("a long line before a message: %s", m)
	}
	c.raw(fmt.Sprintf("Content-Length: %d\r\n\r\n%s", maxMessage+1, strings.Repeat(" ", maxMessage+1)))
	expect(parseError, "too long")
	c.send(`{"jsonrpc": "2.0", "id": 2, "method": "no/such"}`)
	expect(methodNotFound, "unknown method")
	c.send(`{"jsonrpc": "2.0", "id": 3, "method": "textDocument/hover", "params": {"position": "x"}}`)
	expect(invalidParams, "params of another form")
	c.send(`{"jsonrpc": "2.0", "id": 4, "method": "textDocument/hover", "params": {"textDocument": {"uri": "file:///nowhere"}}}`)
	expect(invalidParams, "not open")
	c.send(`{"jsonrpc": "2.0", "method": "no/such/notification"}`)
	c.send(`{"jsonrpc": "2.0", "method": "textDocument/didChange", "params": {"textDocument": {"uri": "file:///nowhere"}, "contentChanges": [{"text": ""}]}}`)
	c.open(uri, order)
	c.notify("textDocument/didChange", `{"textDocument": {"uri": "`+uri+`", "version": 2}, "contentChanges": [{"range": {"start": {"line": 99, "character": 99}, "end": {"line": 0, "character": 0}}, "text": " "}]}`)
	c.until("textDocument/publishDiagnostics")
	c.next = 10
	if m := c.call("shutdown", "null"); m.String() != "null" {
		t.Errorf("shutdown: %s", m)
	}
	c.send(`{"jsonrpc": "2.0", "id": 12, "method": "textDocument/hover"}`)
	expect(invalidRequest, "after shutdown")
	c.notify("exit", "null")
	if err := <-c.done; err != nil {
		t.Errorf("exit: %v", err)
	}
}

func TestManyDocuments(t *testing.T) {
	c := start(t, Options{}, "{}")
	for i := range maxDocuments {
		c.open(fmt.Sprintf("file:///w/%d.txt", i), "")
	}
	c.notify("textDocument/didOpen", `{"textDocument": {"uri": "file:///w/more.json", "text": ""}}`)
	if m := c.until("window/logMessage"); !strings.Contains(m.String(), "left alone") {
		t.Errorf("got %s", m)
	}
}

func TestEndWithoutShutdown(t *testing.T) {
	c := start(t, Options{}, "{}")
	c.out.Close()
	if err := <-c.done; err != ErrNoShutdown {
		t.Errorf("got %v", err)
	}
}
