package dap_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/aslocal/aslocal/emulator"
	"github.com/aslocal/aslocal/internal/dap"
	"github.com/aslocal/aslocal/value"
)

const program = "testdata/order.asl.yaml"

var order = args{"total": 5, "card": "visa", "items": []string{"a", "b", "c"}}

func lines(numbers ...int) []args {
	all := make([]args, len(numbers))
	for i, n := range numbers {
		all[i] = args{"line": n}
	}
	return all
}

// Lines are snapped to the state or the field around them, and executions stop there.
func TestBreakpointLines(t *testing.T) {
	source := args{"path": program}
	c := newWorkshop(t).begin(program, order, nil, func(c *client) {
		var got []string
		for _, b := range c.do("setBreakpoints", args{"source": source, "breakpoints": lines(1, 6, 8, 16, 28, 35, 38, 51)}).Get("breakpoints").Items() {
			line, _ := b.Get("line").Int()
			got = append(got, fmt.Sprintf("%d %v %s", line, b.Get("verified").Bool(), b.Get("message").Text()))
		}
		want := []string{
			"5 true Validate", "5 true Validate", "7 true Validate: Assign", "16 true IsValid: Choices/1", "27 true Charge: Arguments", "34 true Charge: Catch/0", "38 true Receipt", "50 true Pick",
		}
		if strings.Join(got, "\n") != strings.Join(want, "\n") {
			t.Errorf("breakpoints\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
		}
		found := c.do("breakpointLocations", args{"source": source, "line": 5, "endLine": 18}).Get("breakpoints").String()
		if want := `[{"line":5,"column":3},{"line":7,"column":5},{"line":9,"column":5},{"line":11,"column":3},{"line":14,"column":9},{"line":16,"column":9},{"line":18,"column":5}]`; found != want {
			t.Errorf("locations %s, want %s", found, want)
		}
		if b := c.do("setBreakpoints", args{"source": args{"path": "testdata/none.asl.json"}, "breakpoints": lines(1)}).Get("breakpoints").Index(0); b.Get("verified").Bool() || b.Get("message").Text() == "" {
			t.Errorf("a file that is none of ours: %s", b)
		}
	})
	for _, want := range []string{"breakpoint Validate:5", "breakpoint Validate:7", "breakpoint IsValid:16"} {
		thread := c.at(want)
		c.do("continue", args{"threadId": thread})
	}
}

// Function, conditional, hit and log breakpoints, and those of resources and data.
func TestBreakpointsOfOtherKinds(t *testing.T) {
	for _, c := range []struct {
		name  string
		set   func(*client)
		stops []string
		said  string
		items []string
	}{
		{"a glob", func(c *client) { c.do("setFunctionBreakpoints", args{"breakpoints": []args{{"name": "Re*"}}}) },
			[]string{"function breakpoint Reserve:42", "function breakpoint Receipt:38"}, "", nil},
		{"an iteration that is retried", func(c *client) {
			c.do("setBreakpoints", args{"source": args{"path": program}, "breakpoints": lines(54)})
		}, []string{"breakpoint Pick (failing):54"}, "", []string{"b"}},
		{"a machine and a state", func(c *client) {
			c.do("setFunctionBreakpoints", args{"breakpoints": []args{{"name": "order/Deliver"}, {"name": "other/Done"}}})
		},
			[]string{"function breakpoint Deliver:58"}, "", nil},
		{"a resource", func(c *client) {
			c.do("setFunctionBreakpoints", args{"breakpoints": []args{{"name": "lambda:charge-card"}}})
		},
			[]string{"function breakpoint Charge:24"}, "", nil},
		{"a condition and a hit count", func(c *client) {
			c.do("setBreakpoints", args{"source": args{"path": program}, "breakpoints": []args{{"line": 51, "hitCondition": "2"}, {"line": 11, "condition": "$total > 5"}}})
		}, []string{"breakpoint Pick:50"}, "", []string{"a", "b"}},
		{"a log message", func(c *client) {
			c.do("setBreakpoints", args{"source": args{"path": program}, "breakpoints": []args{{"line": 5, "logMessage": "total is {$states.input.total}"}}})
		}, nil, "total is 5", nil},
		{"a variable", func(c *client) {
			id := c.do("dataBreakpointInfo", args{"name": "$total"}).Get("dataId").Text()
			c.do("setDataBreakpoints", args{"breakpoints": []args{{"dataId": id}}})
		}, []string{"data breakpoint IsValid:11"}, "", nil},
		{"the payload", func(c *client) {
			id := c.do("dataBreakpointInfo", args{"name": "/total"}).Get("dataId").Text()
			c.do("setDataBreakpoints", args{"breakpoints": []args{{"dataId": id}, {"dataId": "x"}}})
		}, []string{"data breakpoint Receipt:38", "data breakpoint Deliver:58"}, "", nil},
		{"retried errors", func(c *client) { c.do("setExceptionBreakpoints", args{"filters": []string{"retried"}}) },
			[]string{"exception Charge (failing):24"}, "", nil},
		{"errors by name", func(c *client) {
			c.do("setExceptionBreakpoints", args{"filters": []string{}, "filterOptions": []args{{"filterId": "retried", "condition": "Never, Bu*"}}})
		}, []string{"exception Charge (failing):24"}, "", nil},
		{"uncaught errors", func(c *client) { c.do("setExceptionBreakpoints", args{"filters": []string{"uncaught", "caught"}}) }, nil, "", nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			one := newWorkshop(t).begin(program, args{"total": 5, "card": "visa", "items": append([]string{}, c.items...)}, nil, c.set)
			for _, want := range c.stops {
				one.do("continue", args{"threadId": one.at(want)})
			}
			if c.said != "" {
				said := one.event("output", func(b value.Value) bool { return strings.Contains(b.Get("output").Text(), c.said) })
				if line, _ := said.Get("line").Int(); line != 5 || said.Get("source").Get("path").Text() == "" {
					t.Errorf("no place in %s", said)
				}
			}
		})
	}
}

// What an error is, and what takes it.
func TestExceptionInfo(t *testing.T) {
	for _, c := range []struct{ card, filter, want string }{
		{"visa", "retried", `Busy always Charge is tried again: Retry/0`},
		{"declined", "caught", `Declined always Charge catches it: Catch/0`},
		{"broken", "uncaught", `Broken unhandled nothing takes the error: the execution fails`},
	} {
		one := newWorkshop(t).begin(program, args{"total": 5, "card": c.card, "items": []string{}}, nil, func(o *client) {
			o.do("setExceptionBreakpoints", args{"filters": []string{c.filter}})
		})
		thread, _ := one.stopped()
		info := one.do("exceptionInfo", args{"threadId": thread})
		if got := info.Get("exceptionId").Text() + " " + info.Get("breakMode").Text() + " " + info.Get("details").Get("stackTrace").Text(); got != c.want {
			t.Errorf("%s: got %s, want %s", c.card, got, c.want)
		}
		one.do("setExceptionBreakpoints", args{"filters": []string{}})
		one.do("continue", args{"threadId": thread})
		want := "0"
		if c.filter == "uncaught" {
			want = "1"
		}
		if got := one.event("exited").Get("exitCode").NumberText(); got != want {
			t.Errorf("%s: exit code %s, want %s", c.card, got, want)
		}
		one.event("terminated")
	}
}

// Steps over, into and out; threads, stacks and scopes on the way.
func TestSteps(t *testing.T) {
	one := newWorkshop(t).begin(program, order, args{"stopOnEntry": true}, func(*client) {})
	thread := one.at("entry Validate:5")
	for _, c := range []struct{ step, want string }{
		{"stepIn", "step Validate:7"}, // Assign
		{"stepIn", "step Validate:9"}, // Output
		{"next", "step IsValid:11"},
		{"stepIn", "step IsValid:16"}, // the rule that holds
	} {
		one.do(c.step, args{"threadId": thread})
		thread = one.at(c.want)
	}
	one.do("next", args{"threadId": thread})
	thread = one.at("step Fulfil:19")
	one.do("setBreakpoints", args{"source": args{"path": program}, "breakpoints": lines(51)})
	one.do("next", args{"threadId": thread})
	thread = one.at("breakpoint Pick:50")
	if names, _ := one.frames(thread); names[:strings.LastIndex(names, "<")] != "Pick:50 < Reserve (waiting):42 < Fulfil (waiting):19 " && names[:strings.LastIndex(names, "<")] != "Pick:50 < Reserve:42 < Fulfil:19 " {
		t.Errorf("frames %s", names)
	}
	var threads []string
	for _, one := range one.do("threads", nil).Get("threads").Items() {
		threads = append(threads, one.Get("name").Text())
	}
	if got := strings.Join(threads, " "); got != "main Fulfil[0] Fulfil[1] Fulfil[1].Reserve[0]" {
		t.Errorf("threads %s", got)
	}
	one.do("setBreakpoints", args{"source": args{"path": program}, "breakpoints": lines()})
	one.do("stepOut", args{"threadId": thread})
	one.at("step Deliver:58") // Reserve and Fulfil are left with the last iteration
}

// Scopes and variables: all of them, pages of long arrays, and what can be changed.
func TestVariables(t *testing.T) {
	items := make([]int, 250)
	one := newWorkshop(t).begin(program, args{"total": 5, "card": "visa", "items": items}, nil, func(c *client) {
		c.do("setFunctionBreakpoints", args{"breakpoints": []args{{"name": "IsValid"}, {"name": "Charge"}}})
	})
	thread := one.at("function breakpoint IsValid:11")
	input := one.scope(thread, "Input")
	body := one.do("variables", args{"variablesReference": input}).Get("variables")
	list := body.Index(1)
	if n, _ := list.Get("indexedVariables").Int(); list.Get("name").Text() != "items" || n != 250 {
		t.Fatalf("items: %s", list)
	}
	reference, _ := list.Get("variablesReference").Int()
	if got := one.variables(reference, args{"filter": "indexed", "start": 248, "count": 100}); got != "248=0 249=0" {
		t.Errorf("the last page: %s", got)
	}
	if got := one.variables(reference, args{"filter": "named"}); got != "" {
		t.Errorf("named ones of an array: %s", got)
	}
	for _, c := range []struct{ scope, want string }{
		{"Variables", "total=5"}, {"Retry", "attempts before=0"}, {"State", `Type="Choice" Choices=[`}, {"Data flow", "input={"}, {"Context", "Execution={"}, {"History", `#4 StateEntered IsValid={`},
	} {
		if got := one.variables(one.scope(thread, c.scope), nil); !strings.HasPrefix(got, c.want) {
			t.Errorf("%s: %.200s, want %s", c.scope, got, c.want)
		}
	}
	set := one.do("setVariable", args{"variablesReference": one.scope(thread, "Variables"), "name": "total", "value": "$total + 2"})
	if set.Get("value").Text() != "7" {
		t.Errorf("set: %s", set)
	}
	thread = one.at("goto IsValid:11")
	one.do("setVariable", args{"variablesReference": one.scope(thread, "Input"), "name": "card", "value": `"amex"`})
	thread = one.at("goto IsValid:11")
	_, frame := one.frames(thread)
	one.do("setExpression", args{"frameId": frame, "expression": "$states.input.items[1]", "value": "9"})
	thread = one.at("goto IsValid:11")
	if got := one.evaluate(thread, "[$total, $states.input.card, $states.input.items[1]]", "repl"); got != `[7,"amex",9]` {
		t.Errorf("changed to %s", got)
	}
	if got := one.variables(one.scope(thread, "Retry"), nil); !strings.Contains(got, "edited=true") {
		t.Errorf("not marked as edited: %s", got)
	}
	one.refused("looked at, and not changed", "setVariable", args{"variablesReference": one.scope(thread, "Context"), "name": "Execution", "value": "1"})
	one.refused("no path of names", "setExpression", args{"frameId": frame, "expression": "$sum([1])", "value": "1"})
	one.refused("the variable is known no more", "variables", args{"variablesReference": 99999})
	one.refused("index below 250", "setVariable", args{"variablesReference": one.itemsOf(thread), "name": "250", "value": "1"})
	info := one.do("dataBreakpointInfo", args{"variablesReference": one.scope(thread, "Input"), "name": "card"})
	if info.Get("dataId").Text() != "payload /card" {
		t.Errorf("data: %s", info)
	}
	if info := one.do("dataBreakpointInfo", args{"variablesReference": one.scope(thread, "Context"), "name": "Execution"}); !info.Get("dataId").IsNull() {
		t.Errorf("data: %s", info)
	}
	one.do("continue", args{"threadId": thread})
	thread = one.at("function breakpoint Charge:24")
	if got := one.variables(one.scope(thread, "Arguments"), nil); got != `FunctionName="charge-card" Payload={"card":"amex"}` {
		t.Errorf("arguments %s", got)
	}
}

// itemsOf is the number of the array in the input.
func (c *client) itemsOf(thread int64) int64 {
	c.Helper()
	n, _ := c.do("variables", args{"variablesReference": c.scope(thread, "Input")}).Get("variables").Index(1).Get("variablesReference").Int()
	return n
}

// Expressions in a hover and the console, completions, and the commands.
func TestConsole(t *testing.T) {
	w := newWorkshop(t)
	one := w.begin(program, order, args{"stopOnEntry": true}, func(*client) {})
	thread := one.at("entry Validate:5")
	_, frame := one.frames(thread)
	for _, c := range []struct{ text, context, want string }{
		{"$states.input.total * 2", "repl", "10"}, {"$.items[0]", "watch", `"a"`}, {"$$.State.Name", "repl", `"Validate"`}, {"{% $states.input.total %}", "hover", "5"},
		{"States.Format('{}', 'x')", "repl", `"x"`},
	} {
		if got := one.evaluate(thread, c.text, c.context); got != c.want {
			t.Errorf("%s: got %s, want %s", c.text, got, c.want)
		}
	}
	one.refused("character", "evaluate", args{"expression": "1 +", "frameId": frame, "context": "repl"})
	one.refused("no command", "evaluate", args{"expression": ":fly", "frameId": frame, "context": "repl"})
	for _, c := range []struct{ text, want string }{
		{"$states.in", "input"}, {"$states.input.", "card items total"}, {":f", ":fail :ff :fork"}, {":goto Is", "IsValid"}, {"$s", "$states"},
	} {
		var labels []string
		for _, target := range one.do("completions", args{"frameId": frame, "text": c.text, "column": len(c.text) + 1}).Get("targets").Items() {
			labels = append(labels, target.Get("label").Text())
		}
		if got := strings.Join(labels, " "); got != c.want {
			t.Errorf("%q is completed with %q, want %q", c.text, got, c.want)
		}
	}
	if help := one.evaluate(thread, ":help", "repl"); !strings.Contains(help, ":skip [JSON]") {
		t.Errorf("help: %s", help)
	}
	say := func(text string) {
		t.Helper()
		one.evaluate(thread, text, "repl")
	}
	say(`:skip {"total": 1, "card": "visa", "items": ["a"]}`)
	thread = one.at("goto IsValid:11")
	say(":goto Fulfil")
	thread = one.at("goto Fulfil:19")
	one.do("setFunctionBreakpoints", args{"breakpoints": []args{{"name": "Charge"}, {"name": "Pick"}, {"name": "Deliver"}}})
	one.do("continue", args{"threadId": thread})
	thread = one.at("function breakpoint Charge:24")
	say(`:mock {"Payload": "pinned"}`)
	say(`:fail Declined no money`)
	thread = one.at("goto Charge (failing):24")
	say(`:result {"Payload": "paid"}`)
	thread = one.at("goto Charge (finishing):24")
	say(":mock off")
	one.do("continue", args{"threadId": thread})
	thread = one.at("function breakpoint Pick:50")
	one.do("continue", args{"threadId": thread})
	thread = one.at("function breakpoint Deliver:58")
	if got := one.evaluate(thread, "$states.input[0]", "repl"); got != `"paid"` {
		t.Errorf("the branch has put out %s", got)
	}
	say(":ff")
	thread = one.at("goto Deliver (finishing):58")
	say(`:fork {"total": -1}`)
	one.do("continue", args{"threadId": thread})
	one.event("terminated")
}

// Back through a Map inside a Parallel with retries, over the protocol: the data on each
// place is what it was when the execution went by.
func TestStepBack(t *testing.T) {
	one := newWorkshop(t).begin(program, order, args{"stopOnEnd": true}, func(c *client) {
		c.do("setFunctionBreakpoints", args{"breakpoints": []args{{"name": "*"}}})
	})
	type place struct{ at, data string }
	var went []place
	var thread int64
	for {
		body := one.event("stopped", func(b value.Value) bool { return !b.Get("preserveFocusHint").Bool() })
		thread, _ = body.Get("threadId").Int()
		if body.Get("reason").Text() == "end" {
			break
		}
		names, _ := one.frames(thread)
		went = append(went, place{strings.ReplaceAll(names, " (in the past)", ""), one.everything(thread)})
		one.do("continue", args{"threadId": thread})
	}
	if len(went) != 11 {
		t.Fatalf("%d places", len(went))
	}
	strip := func(s string) string { return s[:strings.LastIndex(s, "<")] }
	for i := len(went) - 1; i >= 0; i-- {
		one.do("reverseContinue", args{"threadId": thread})
		body := one.event("stopped")
		thread, _ = body.Get("threadId").Int()
		names, _ := one.frames(thread)
		if got := strings.ReplaceAll(names, " (in the past)", ""); strip(got) != strip(went[i].at) {
			t.Fatalf("place %d: at %s, want %s", i, got, went[i].at)
		}
		if got := one.everything(thread); got != went[i].data {
			t.Errorf("place %d %s:\n%s\nwant\n%s", i, went[i].at, got, went[i].data)
		}
		if i == 5 {
			one.refused("this is the past", "setVariable", args{"variablesReference": one.scope(thread, "Variables"), "name": "x", "value": "1"})
		}
	}
	one.do("next", args{"threadId": thread})
	thread = one.at("step IsValid:11")
	one.do("stepBack", args{"threadId": thread})
	thread = one.at("step Validate:5")
	one.do("continue", args{"threadId": thread}) // to the present, which is the end
	body := one.event("stopped")
	if body.Get("reason").Text() != "end" {
		t.Fatalf("stopped: %s", body)
	}
	thread, _ = body.Get("threadId").Int()
	one.refused("the execution is over", "next", args{"threadId": thread})
	one.do("stepBack", args{"threadId": thread})
	thread = one.at("step Done:65")
	// A new execution goes on from there, and stops where it does.
	_, frame := one.frames(thread)
	one.do("setFunctionBreakpoints", args{"breakpoints": []args{}})
	one.do("restartFrame", args{"frameId": frame})
	one.event("output", func(b value.Value) bool { return strings.Contains(b.Get("output").Text(), "goes on from here") })
	thread = one.at("breakpoint Done:65")
	one.do("continue", args{"threadId": thread, "singleThread": true})
	one.event("thread", func(b value.Value) bool { return b.Get("reason").Text() == "exited" })
}

// Jumps: to a state of the same workflow, and from the past in a new execution.
func TestGoto(t *testing.T) {
	one := newWorkshop(t).begin(program, order, args{"stopOnEntry": true}, func(*client) {})
	thread := one.at("entry Validate:5")
	target := func(line int) int64 {
		t.Helper()
		n, _ := one.do("gotoTargets", args{"source": args{"path": program}, "line": line}).Get("targets").Index(0).Get("id").Int()
		return n
	}
	one.refused("in another workflow", "goto", args{"threadId": thread, "targetId": target(38)})
	one.refused("no target", "goto", args{"threadId": thread, "targetId": 99})
	one.do("goto", args{"threadId": thread, "targetId": target(59)})
	thread = one.at("goto Deliver:58")
	_, frame := one.frames(thread)
	one.do("restartFrame", args{"frameId": frame})
	thread = one.at("goto Deliver:58")
	one.do("stepBack", args{"threadId": thread})
	thread = one.at("step Validate:5")
	one.do("goto", args{"threadId": thread, "targetId": target(66)})
	thread = one.at("goto Done:65")
	if names, _ := one.frames(thread); strings.Contains(names, "past") {
		t.Errorf("still in the past: %s", names)
	}
}

// A state machine in a template has the lines of the template.
func TestTemplate(t *testing.T) {
	path := "testdata/template.yaml"
	one := newWorkshop(t).begin(path+"#quote", args{"a": 1}, nil, func(c *client) {
		c.do("setBreakpoints", args{"source": args{"path": path}, "breakpoints": lines(10, 16)})
	})
	thread := one.at("breakpoint First:10")
	one.do("continue", args{"threadId": thread})
	one.at("breakpoint Second:15")
	sources := one.do("loadedSources", nil).Get("sources")
	if sources.Len() != 1 || !strings.HasSuffix(sources.Index(0).Get("path").Text(), path) {
		t.Errorf("sources %s", sources)
	}
}

// A session on a server that runs: a state machine without a file, executions that others
// start, and what stays when the editor leaves.
func TestAttach(t *testing.T) {
	w := newWorkshop(t)
	em, err := emulator.New(w.options()...)
	if err != nil {
		t.Fatal(err)
	}
	defer em.Close()
	arn, err := em.Register(emulator.Registration{Name: "made", Definition: `{"StartAt":"A","States":{"A":{"Type":"Pass","Next":"B"},"B":{"Type":"Pass","End":true}}}`})
	if err != nil {
		t.Fatal(err)
	}
	one := connect(t, dap.Config{Attach: &dap.Target{Emulator: em, Sources: dap.NewSources()}})
	one.do("initialize", args{"linesStartAt1": false, "columnsStartAt1": false})
	one.refused("can only be attached to", "launch", args{"program": program})
	one.do("attach", nil)
	one.event("initialized")
	one.do("setFunctionBreakpoints", args{"breakpoints": []args{{"name": "made/A"}}})
	one.do("configurationDone", nil)
	first, err := em.Start(context.Background(), arn, `{}`)
	if err != nil {
		t.Fatal(err)
	}
	thread, at := one.stopped()
	if at != "function breakpoint A:3" { // the fourth line of the text, counted from 0
		t.Errorf("stopped at %s", at)
	}
	frame := one.do("stackTrace", args{"threadId": thread}).Get("stackFrames").Index(0)
	reference, _ := frame.Get("source").Get("sourceReference").Int()
	text := one.do("source", args{"sourceReference": reference}).Get("content").Text()
	if !strings.Contains(text, "\n    \"A\": {\n") {
		t.Errorf("text %s", text)
	}
	if b := one.do("setBreakpoints", args{"source": args{"sourceReference": reference}, "breakpoints": lines(7)}).Get("breakpoints").Index(0); !b.Get("verified").Bool() || b.Get("line").NumberText() != "7" {
		t.Errorf("breakpoint %s", b)
	}
	one.do("continue", args{"threadId": thread, "singleThread": true})
	if _, at = one.stopped(); at != "breakpoint B:7" {
		t.Errorf("stopped at %s", at)
	}
	one.do("disconnect", args{"terminateDebuggee": true})
	if x, err := em.Wait(context.Background(), first); err != nil || x.Status != "SUCCEEDED" {
		t.Errorf("after the editor has left: %+v, %v", x, err)
	}
	second, err := em.Start(context.Background(), arn, `{}`)
	if err != nil {
		t.Fatal(err)
	}
	if x, err := em.Wait(context.Background(), second); err != nil || x.Status != "SUCCEEDED" {
		t.Errorf("an execution without an editor: %+v, %v", x, err)
	}
}

// Steps into nested executions and children of Map Runs, and back; progress of the latter.
func TestNested(t *testing.T) {
	w := newWorkshop(t)
	em, err := emulator.New(w.options()...)
	if err != nil {
		t.Fatal(err)
	}
	defer em.Close()
	for name, definition := range map[string]string{
		"inner": `{"StartAt":"I","States":{"I":{"Type":"Pass","Result":1,"End":true}}}`,
		"outer": `{"StartAt":"Call","States":{
			"Call":{"Type":"Task","Resource":"arn:aws:states:::states:startExecution.sync:2","Parameters":{"StateMachineArn":"arn:aws:states:us-east-1:123456789012:stateMachine:inner"},"ResultPath":null,"Next":"Each"},
			"Each":{"Type":"Map","ItemsPath":"$.items","ItemProcessor":{"ProcessorConfig":{"Mode":"DISTRIBUTED","ExecutionType":"STANDARD"},"StartAt":"Item","States":{"Item":{"Type":"Pass","End":true}}},"End":true}}}`,
	} {
		if _, err := em.Register(emulator.Registration{Name: name, Definition: definition}); err != nil {
			t.Fatal(err)
		}
	}
	one := connect(t, dap.Config{Attach: &dap.Target{Emulator: em, Sources: dap.NewSources()}})
	one.do("initialize", args{"supportsProgressReporting": true})
	one.do("attach", nil)
	one.do("setFunctionBreakpoints", args{"breakpoints": []args{{"name": "outer/Call"}}})
	one.do("configurationDone", nil)
	if _, err := em.Start(context.Background(), "arn:aws:states:us-east-1:123456789012:stateMachine:outer", `{"items":[1,2]}`); err != nil {
		t.Fatal(err)
	}
	thread, at := one.stopped()
	for _, c := range []struct{ step, want string }{
		{"", "function breakpoint Call"}, {"stepIn", "step Call:"}, {"stepIn", "entry I:"}, {"stepOut", "step Call (finishing)"}, {"next", "step Each:"},
	} {
		if c.step != "" {
			one.do(c.step, args{"threadId": thread})
			thread, at = one.stopped()
		}
		if !strings.HasPrefix(at, c.want) {
			t.Fatalf("%s: stopped at %s, want %s", c.step, at, c.want)
		}
		if names, _ := one.frames(thread); c.want == "entry I:" && !strings.Contains(names, "Call (waiting):") {
			t.Errorf("the stack of the inner execution: %s", names)
		}
	}
	for !strings.HasPrefix(at, "entry Item:") {
		one.do("stepIn", args{"threadId": thread})
		if thread, at = one.stopped(); !strings.HasPrefix(at, "entry Item:") && !strings.HasPrefix(at, "step Each") {
			t.Fatalf("stopped at %s", at)
		}
	}
	if names, _ := one.frames(thread); !strings.Contains(names, "Each (waiting):") {
		t.Errorf("the stack of a child: %s", names)
	}
	names := one.do("threads", nil).Get("threads").String()
	if !strings.Contains(names, "outer/") {
		t.Errorf("threads %s", names)
	}
	one.event("progressStart")
	one.do("continue", args{"threadId": thread})
	one.event("progressUpdate", func(b value.Value) bool { return b.Get("percentage").NumberText() == "100" })
	one.event("progressEnd")
}

// What is no request, or none that can be done, is refused, and the session goes on.
func TestRefused(t *testing.T) {
	one := connect(t, dap.Config{Launch: newWorkshop(t).launch})
	one.refused("nothing is debugged yet", "threads", nil)
	one.refused("is no request", "fly", nil)
	one.refused("arguments", "launch", args{"program": 5})
	one.refused("expected the file", "launch", nil)
	one.refused("port: expected", "attach", nil)
	one.raw(`{"seq": "x"`)
	one.take("a refusal", func(m value.Value) bool { return strings.Contains(m.Get("message").Text(), "in JSON") })
	one.raw(`[1]`)
	one.take("a refusal", func(m value.Value) bool { return strings.Contains(m.Get("message").Text(), "in JSON") })
	one.raw(`{"seq": 3, "type": "event"}`)
	one.take("a refusal", func(m value.Value) bool { return strings.Contains(m.Get("message").Text(), `got "event"`) })
	if c := one.do("initialize", nil); !c.Get("supportsStepBack").Bool() || c.Get("exceptionBreakpointFilters").Len() != 3 {
		t.Errorf("capabilities %s", c)
	}
	one.do("cancel", args{"requestId": 1000})
	one.seq = 999
	if r := one.ask("initialize", nil); r.Get("message").Text() != "cancelled" {
		t.Errorf("a request that was cancelled before: %s", r)
	}
	one.do("disconnect", nil)
}

// Pause, terminate, and restart.
func TestEnds(t *testing.T) {
	w := newWorkshop(t)
	one := w.begin(program, order, args{"stopOnEntry": true}, func(c *client) {
		c.do("setBreakpoints", args{"source": args{"path": program}, "breakpoints": lines(59)})
	})
	one.at("entry Validate:5")
	one.do("restart", nil)
	thread := one.at("entry Validate:5")
	one.do("continue", args{"threadId": thread})
	thread = one.at("breakpoint Deliver:58")
	one.do("pause", args{"threadId": thread}) // it is stopped already
	one.do("terminate", nil)
	one.event("terminated")
	one.do("disconnect", nil)
}

// An execution that waits is paused where it is, and its Wait is skipped.
func TestPause(t *testing.T) {
	em, err := emulator.New(emulator.WithVirtualClock(time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)))
	if err != nil {
		t.Fatal(err)
	}
	defer em.Close()
	arn, err := em.Register(emulator.Registration{Name: "m", Definition: `{"StartAt":"W","States":{"W":{"Type":"Wait","Seconds":1000,"Next":"End"},"End":{"Type":"Succeed"}}}`})
	if err != nil {
		t.Fatal(err)
	}
	x, err := em.Start(context.Background(), arn, `{}`)
	if err != nil {
		t.Fatal(err)
	}
	em.Advance(context.Background(), 1) // it waits now
	one := connect(t, dap.Config{Attach: &dap.Target{Emulator: em, Sources: dap.NewSources()}})
	one.do("initialize", args{"clientName": "test"})
	one.do("attach", args{"trace": true})
	one.do("configurationDone", nil)
	if em.Debugger().AllBreakpoints()["editor test"] == nil && len(em.Debugger().AllBreakpoints()) != 1 {
		t.Errorf("faces %v", em.Debugger().AllBreakpoints())
	}
	thread, _ := one.do("threads", nil).Get("threads").Index(0).Get("id").Int()
	one.refused("not stopped", "continue", args{"threadId": thread})
	one.do("pause", args{"threadId": thread})
	one.at("pause W (waiting):4")
	one.do("setFunctionBreakpoints", args{"breakpoints": []args{{"name": "End"}}})
	one.evaluate(thread, ":ff", "repl")
	one.do("continue", args{"threadId": one.at("goto W (finishing):4")})
	thread = one.at("function breakpoint End:9")
	one.do("continue", args{"threadId": thread})
	if end, err := em.Wait(context.Background(), x); err != nil || end.Status != "SUCCEEDED" {
		t.Errorf("%+v, %v", end, err)
	}
	one.event("output", func(b value.Value) bool { return strings.HasPrefix(b.Get("output").Text(), "m/") })
}

// Of many threads, the first ones are listed, and how many are left out.
func TestManyThreads(t *testing.T) {
	em, err := emulator.New()
	if err != nil {
		t.Fatal(err)
	}
	defer em.Close()
	arn, err := em.Register(emulator.Registration{Name: "m", Definition: `{"StartAt":"M","States":{"M":{"Type":"Map","ItemProcessor":{"StartAt":"P","States":{"P":{"Type":"Pass","End":true}}},"End":true}}}`})
	if err != nil {
		t.Fatal(err)
	}
	one := connect(t, dap.Config{Attach: &dap.Target{Emulator: em, Sources: dap.NewSources()}})
	one.do("initialize", nil)
	one.do("attach", nil)
	one.do("setFunctionBreakpoints", args{"breakpoints": []args{{"name": "P"}}})
	one.do("configurationDone", nil)
	for range 6 {
		if _, err := em.Start(context.Background(), arn, "["+strings.Repeat("0,", 59)+"0]"); err != nil {
			t.Fatal(err)
		}
		one.stopped()
	}
	threads := one.do("threads", nil).Get("threads")
	last := threads.Index(threads.Len() - 1)
	if last.Get("name").Text() != "… 46 more" || threads.Len() != 201 { // 6 times main and 40 iterations
		t.Errorf("%d threads, the last is %s", threads.Len(), last)
	}
	id, _ := last.Get("id").Int()
	if frames := one.do("stackTrace", args{"threadId": id}).Get("stackFrames"); frames.Len() != 0 {
		t.Errorf("frames %s", frames)
	}
	one.refused("there is no thread", "next", args{"threadId": id})
}

// A step into a Parallel leads to the first state of a branch, and one out of that behind
// the Parallel.
func TestStepIntoBranches(t *testing.T) {
	one := newWorkshop(t).begin(program, order, nil, func(c *client) {
		c.do("setFunctionBreakpoints", args{"breakpoints": []args{{"name": "Fulfil"}}})
	})
	thread, at := one.stopped()
	for range 5 { // phases of the Parallel itself
		if at != "function breakpoint Fulfil:19" && at != "step Fulfil:19" {
			break
		}
		one.do("stepIn", args{"threadId": thread})
		thread, at = one.stopped()
	}
	if at != "step Charge:24" {
		t.Fatalf("into %s", at)
	}
	one.do("stepOut", args{"threadId": thread})
	one.at("step Deliver:58")
}
