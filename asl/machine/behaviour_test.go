package machine

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/aslocal/aslocal/asl"
	"github.com/aslocal/aslocal/value"
)

// This file has what the conformance cases cannot reach: limits, hostile
// values, failures in failures.

// single is a machine of one state; %s is the rest of its fields.
func single(fields string) string {
	return `{"StartAt": "S", "States": {"S": {"End": true, ` + fields + `}}}`
}

const function = `"Type": "Task", "Resource": "arn:aws:lambda:us-east-1:123456789012:function:f"`

// compact writes a history as id<prev Type, with the state's name or the
// iteration, and the error.
func compact(events []Event) string {
	var b strings.Builder
	for i := range events {
		e := &events[i]
		if e.Type.Private() {
			continue
		}
		name := e.Type.String()
		switch {
		case e.Type == MapIterationStarted || e.Type == MapIterationSucceeded || e.Type == MapIterationFailed || e.Type == MapIterationAborted:
			name += fmt.Sprintf("(%d)", e.Index)
		case e.State != "":
			name += "(" + e.State + ")"
		case e.Type == StateAborted:
			name += "(" + string(e.Kind) + ")"
		}
		if e.Failure != nil {
			name += "!" + e.Failure.Name.Text()
		}
		fmt.Fprintf(&b, "%d<%d %s; ", e.ID, e.Prev, name)
	}
	return strings.TrimSuffix(b.String(), "; ")
}

func TestFailures(t *testing.T) {
	const entered = "An error occurred while executing the state 'S' (entered at the event id #2). "
	for name, c := range map[string]struct{ definition, input, wantError, wantCause string }{
		"ResultPath into a string":       {single(`"Type": "Pass", "Result": 1, "ResultPath": "$.x"`), `"input1"`, asl.ErrReferencePathConflict, `Unable to apply ReferencePath $.x to input "input1"`},
		"ResultPath into a deep number":  {single(`"Type": "Pass", "Result": 1, "ResultPath": "$.a.b"`), `{"a":1}`, asl.ErrReferencePathConflict, `Unable to apply ReferencePath $.a.b to input {"a":1}`},
		"ItemsPath missing":              {single(`"Type": "Map", "ItemsPath": "$.items", "ItemProcessor": ` + single(`"Type": "Pass"`)), `{"a":1}`, asl.ErrReferencePathConflict, `Unable to apply step "items" to input {"a":1}`},
		"ItemsPath missing in brackets":  {single(`"Type": "Map", "ItemsPath": "$['items']", "ItemProcessor": ` + single(`"Type": "Pass"`)), `{}`, asl.ErrReferencePathConflict, `Unable to apply step "items" to input {}`},
		"ItemsPath of no array":          {single(`"Type": "Map", "ItemsPath": "$$.Execution.Input", "ItemProcessor": ` + single(`"Type": "Pass"`)), `1`, asl.ErrRuntime, `Reference path "$.Execution.Input" must point to array.`},
		"TimestampPath missing":          {single(`"Type": "Wait", "TimestampPath": "$.t"`), `{}`, asl.ErrRuntime, entered + `The TimestampPath parameter does not reference an input value: $.t`},
		"TimestampPath of a blank":       {single(`"Type": "Wait", "TimestampPath": "$.t"`), `{"t":"2016-12-05 21:29:29Z"}`, asl.ErrRuntime, entered + `The TimestampPath parameter does not reference a valid ISO-8601 extended offset date-time format string: $.t == 2016-12-05 21:29:29Z`},
		"TimestampPath of a number":      {single(`"Type": "Wait", "TimestampPath": "$.t"`), `{"t":5}`, asl.ErrRuntime, entered + `The TimestampPath parameter does not reference a valid ISO-8601 extended offset date-time format string: $.t == 5`},
		"TimestampPath of the year 9999": {single(`"Type": "Wait", "TimestampPath": "$.t"`), `{"t":"9999-12-31T23:59:59Z"}`, asl.ErrRuntime, entered + `Wait state delay is too long.`},
		"SecondsPath missing":            {single(`"Type": "Wait", "SecondsPath": "$.s"`), `{}`, asl.ErrRuntime, entered + `The SecondsPath parameter does not reference an input value: $.s`},
		"SecondsPath of a fraction":      {single(`"Type": "Wait", "SecondsPath": "$.s"`), `{"s":1.5}`, asl.ErrRuntime, entered + `The SecondsPath parameter cannot be parsed as a long value: $.s == 1.5`},
		"SecondsPath of a word":          {single(`"Type": "Wait", "SecondsPath": "$.s"`), `{"s":"x"}`, asl.ErrRuntime, entered + `The SecondsPath parameter cannot be parsed as a long value: $.s == x`},
		"SecondsPath negative":           {single(`"Type": "Wait", "SecondsPath": "$.s"`), `{"s":-1}`, asl.ErrRuntime, entered + `The SecondsPath parameter references a negative value: $.s == -1`},
		"SecondsPath of 400 digits":      {single(`"Type": "Wait", "SecondsPath": "$.s"`), `{"s":` + strings.Repeat("9", 400) + `}`, asl.ErrRuntime, entered + `Wait state delay is too long.`},
		"MaxConcurrencyPath of a word":   {single(`"Type": "Map", "MaxConcurrencyPath": "$.n", "ItemsPath": "$.i", "ItemProcessor": ` + single(`"Type": "Pass"`)), `{"n":"NoNumber","i":[]}`, asl.ErrRuntime, entered + `The MaxConcurrencyPath field refers to value "NoNumber" which is not a valid integer: $.n`},
		"TimeoutSecondsPath missing":     {single(function + `, "TimeoutSecondsPath": "$.t"`), `{}`, asl.ErrRuntime, entered + `Invalid path '$.t' : No results for path: $['t']`},
		"ErrorPath missing":              {`{"StartAt": "S", "States": {"S": {"Type": "Fail", "ErrorPath": "$.e"}}}`, `{"a":1}`, asl.ErrRuntime, entered + `The JSONPath '$.e' specified for the field 'ErrorPath' could not be found in the input '{"a":1}'`},
		"CausePath with a function":      {`{"StartAt": "S", "States": {"S": {"Type": "Fail", "ErrorPath": "$.e", "CausePath": "States.Format('{} is {}', $.e, $.n)"}}}`, `{"e":"E","n":1}`, "E", `E is 1`},
		"no rule of a Choice":            {`{"StartAt": "S", "States": {"S": {"Type": "Choice", "Choices": [{"Variable": "$.a", "IsPresent": true, "Next": "P"}]}, "P": {"Type": "Pass", "End": true}}}`, `{}`, asl.ErrRuntime, entered + `Failed to transition out of the state. The state does not point to a next state.`},
		"Variable missing":               {`{"StartAt": "S", "States": {"S": {"Type": "Choice", "Choices": [{"Variable": "$.a", "IsNull": true, "Next": "P"}]}, "P": {"Type": "Pass", "End": true}}}`, `{}`, asl.ErrRuntime, entered + `Invalid path '$.a': The choice state's condition path references an invalid value.`},
		"open escape":                    {`{"StartAt": "S", "States": {"S": {"Type": "Choice", "Choices": [{"Variable": "$.a", "StringMatches": "x\\", "Next": "P"}]}, "P": {"Type": "Pass", "End": true}}}`, `{"a":"x"}`, asl.ErrRuntime, entered + `Invalid StringMatches pattern 'x\': it ends in an open escape.`},
		"unassigned variable":            {single(`"Type": "Pass", "Parameters": {"x.$": "$v"}`), `{}`, asl.ErrRuntime, entered + `The JSONPath '$v' specified for the field 'x.$' could not be found in the input '{}'`},
	} {
		t.Run(name, func(t *testing.T) {
			x := newDrive(t, compileText(t, c.definition)).run(c.input).x
			if x.Status() != Failed {
				t.Fatalf("status %v, output %s", x.Status(), x.Output())
			}
			if got := x.Failure(); got.Name.Text() != c.wantError || got.Cause.Text() != c.wantCause {
				t.Errorf("got  %s\nwant %s: %s", got.Error(), c.wantError, c.wantCause)
			}
		})
	}
}

func TestDataLimit(t *testing.T) {
	big := value.OfString(strings.Repeat("x", MaxPayload-1)) // and its quotes: one byte too much
	const words = "The state/task '%s' returned a result with a size exceeding the maximum number of bytes service limit."
	const token = `"Type": "Task", "Resource": "arn:aws:states:::sqs:sendMessage.waitForTaskToken", "ResultPath": null, "Parameters": {"x.$": "$$.Task.Token"}`
	for name, c := range map[string]struct {
		definition, what, want string
		callBack               bool
	}{
		"function":    {single(function), "arn:aws:lambda:us-east-1:123456789012:function:f", "1<0 ExecutionStarted; 2<0 StateEntered(S); 3<2 TaskScheduled; 4<3 TaskStarted; 5<4 TaskFailed!States.DataLimitExceeded; 6<5 ExecutionFailed!States.DataLimitExceeded", false},
		"integration": {single(`"Type": "Task", "Resource": "arn:aws:states:::lambda:invoke", "Parameters": {"FunctionName": "f"}`), "lambda", "1<0 ExecutionStarted; 2<0 StateEntered(S); 3<2 TaskScheduled; 4<3 TaskStarted; 5<4 TaskFailed!States.DataLimitExceeded; 6<5 ExecutionFailed!States.DataLimitExceeded", false},
		"callback":    {single(token), "sqs", "1<0 ExecutionStarted; 2<0 StateEntered(S); 3<2 TaskScheduled; 4<3 TaskStarted; 5<4 TaskSubmitted; 6<5 TaskFailed!States.DataLimitExceeded; 7<6 ExecutionFailed!States.DataLimitExceeded", true},
		"caught by States.ALL": {`{"StartAt": "S", "States": {"S": {` + function + `, "Catch": [{"ErrorEquals": ["States.ALL"], "Next": "P"}], "End": true}, "P": {"Type": "Pass", "End": true}}}`, "",
			"1<0 ExecutionStarted; 2<0 StateEntered(S); 3<2 TaskScheduled; 4<3 TaskStarted; 5<4 TaskFailed!States.DataLimitExceeded; 6<5 StateExited(S); 7<6 StateEntered(P); 8<7 StateExited(P); 9<8 ExecutionSucceeded", false},
	} {
		t.Run(name, func(t *testing.T) {
			d := newDrive(t, compileText(t, c.definition))
			x := d.x
			start := testStart
			b := x.Handle(Stimulus{Kind: Begin, Start: &start, Output: value.EmptyObject}, 0, nil)
			events := b.Events
			answer := Stimulus{Kind: Answered, Frame: b.Commands[0].Frame, Token: b.Commands[0].Token, Output: big}
			if c.callBack {
				answer.Output = value.True
				events = append(events, x.Handle(answer, 0, nil).Events...)
				answer.Kind, answer.Output = CallbackSucceeded, big
			}
			events = append(events, x.Handle(answer, 0, nil).Events...)
			if got := compact(events); got != c.want {
				t.Errorf("got  %s\nwant %s", got, c.want)
			}
			if want := fmt.Sprintf(words, c.what); c.what != "" && x.Failure().Cause.Text() != want {
				t.Errorf("cause %q, want %q", x.Failure().Cause.Text(), want)
			}
		})
	}
	grow := single(`"Type": "Pass", "Parameters": {"a.$": "$", "b.$": "$"}`)
	x := newDrive(t, compileText(t, grow)).run(`"` + strings.Repeat("x", MaxPayload/2) + `"`).x
	if want := fmt.Sprintf(words, "S"); x.Status() != Failed || x.Failure().Cause.Text() != want {
		t.Errorf("a Pass: %v, want %q", x.Failure(), want)
	}
}

// An expression makes items that no input could hold: those that are too large
// for an iteration fail the Map, whoever starts them.
func TestItemLimit(t *testing.T) {
	for name, config := range map[string]string{"inline": `"Mode": "INLINE"`, "distributed": `"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"`} {
		t.Run(name, func(t *testing.T) {
			definition := `{"QueryLanguage": "JSONata", "StartAt": "S", "States": {"S": {"Type": "Map", "Items": "{% [1, $pad('', %d, 'x')] %}", "Output": 1,
				"ItemProcessor": {"ProcessorConfig": {` + config + `}, "StartAt": "I", "States": {"I": {"Type": "Pass", "Output": 1, "End": true}}}, "End": true}}}`
			if x := newDrive(t, compileText(t, strings.Replace(definition, "%d", fmt.Sprint(MaxPayload-2), 1))).run(`{}`).x; x.Status() != Succeeded {
				t.Errorf("at the limit: %v", x.Failure())
			}
			x := newDrive(t, compileText(t, strings.Replace(definition, "%d", fmt.Sprint(MaxPayload-1), 1))).run(`{}`).x
			if x.Status() != Failed || x.Failure().Name.Text() != asl.ErrDataLimitExceeded {
				t.Errorf("beyond the limit: %v %v", x.Status(), x.Failure())
			}
		})
	}
}

// A child that is given up has started when it was asked for: nobody reports
// when it really did.
func TestAbandonedChildHasStarted(t *testing.T) {
	d := newDrive(t, compileText(t, single(`"Type": "Map", "ResultWriter": {"Resource": "arn:aws:states:::s3:putObject", "Parameters": {"Bucket": "b"}},
		"ItemProcessor": {"ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"}, "StartAt": "I", "States": {"I": {"Type": "Pass", "End": true}}}`)))
	d.take(Stimulus{Kind: Begin, Start: &testStart, Output: value.MustParse(`[1, 2]`)})
	child := d.todo[0]
	d.todo, d.now = nil, d.now+5000
	d.take(Stimulus{Kind: ChildrenEnded, Token: child.Token, Ended: []ChildEnd{childEnd(child.Child, Failed)}})
	i := slices.IndexFunc(d.todo, func(c Command) bool { return c.Kind == WriteResults })
	record := d.todo[i].Writing.Values(1)[0]
	got := record.Get("Status").Text() + " " + record.Get("StartDate").Text() + " " + record.Get("StopDate").Text()
	if want := "ABORTED 2026-01-01T00:00:00Z 2026-01-01T00:00:05Z"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

// What is at the limit passes.
func TestResultAtTheLimit(t *testing.T) {
	d := newDrive(t, compileText(t, single(function)))
	d.answer = func(*Task) (value.Value, *Failure) { return value.OfString(strings.Repeat("x", MaxPayload-2)), nil }
	if d.run(`{}`); d.x.Status() != Succeeded {
		t.Errorf("%v", d.x.Failure())
	}
}

// Variables grow until all of them reach their limit; those of branches that
// have ended do not count.
func TestVariablesLimit(t *testing.T) {
	states := `"N0": {"Type": "Pass", "Result": "` + strings.Repeat("x", 200_000) + `", "Next": "N1"}`
	for i := 1; i <= 60; i++ {
		states += fmt.Sprintf(`, "N%d": {"Type": "Pass", "Assign": {"v%d.$": "$"}, "Next": "N%d"}`, i, i, i+1)
	}
	x := newDrive(t, compileText(t, `{"StartAt": "N0", "States": {`+states+`, "N61": {"Type": "Succeed"}}}`)).run(`{}`).x
	if want := "An error occurred while executing the state 'N53' (entered at the event id #108). The size of all variables of the execution exceeds the limit of 10485760 bytes."; x.Failure() == nil || x.Failure().Cause.Text() != want {
		t.Errorf("got %v, want %q", x.Failure(), want)
	}
	loop := `{"StartAt": "I", "States": {"I": {"Type": "Pass", "Assign": {"v": "` + strings.Repeat("x", 200_000) + `"}, "End": true}}}`
	m := `{"StartAt": "M", "States": {"M": {"Type": "Map", "ResultPath": null, "ItemProcessor": ` + loop + `, "End": true}}}`
	if x := newDrive(t, compileText(t, m)).run(`[` + strings.Repeat("1,", 200) + `1]`).x; x.Status() != Succeeded {
		t.Errorf("variables of iterations that have ended: %v", x.Failure())
	}
}

// What assigning costs does not grow with the square of the number of names,
// known or new.
func TestManyVariables(t *testing.T) {
	assign := func(stem, v string) string {
		members := make([]string, 20_000)
		for i := range members {
			members[i] = fmt.Sprintf(`"%s%d": %s`, stem, i, v)
		}
		return `{"Type": "Pass", "Assign": {` + strings.Join(members, ", ") + `}, `
	}
	x := newDrive(t, compileText(t, `{"StartAt": "A", "States": {
		"A": `+assign("a", "1")+`"Next": "B"}, "B": `+assign("b", "1")+`"Next": "C"}, "C": `+assign("a", "2")+`"Next": "D"},
		"D": {"Type": "Pass", "Parameters": {"a.$": "$a19999", "b.$": "$b19999"}, "End": true}}}`)).run(`{}`).x
	if got, want := x.Output().String(), `{"a":2,"b":1}`; got != want {
		t.Errorf("got %s %v, want %s", got, x.Failure(), want)
	}
}

func TestHistories(t *testing.T) {
	branch := func(states string) string { return `{"StartAt": "B", "States": {"B": {` + states + `, "End": true}}}` }
	const broken = `"Type": "Task", "Resource": "arn:aws:lambda:us-east-1:123456789012:function:broken"`
	const sleeps = `"Type": "Wait", "Seconds": 100`
	for name, c := range map[string]struct{ definition, input, want string }{
		"failing Parallel in a Parallel": {
			single(`"Type": "Parallel", "Branches": [` + branch(`"Type": "Parallel", "Branches": [`+branch(broken)+`]`) + `]`), `{}`,
			"1<0 ExecutionStarted; 2<0 StateEntered(S); 3<2 ParallelStateStarted; 4<3 StateEntered(B); 5<4 ParallelStateStarted; 6<5 StateEntered(B); 7<6 TaskScheduled; 8<7 TaskStarted; 9<8 TaskFailed!Broken; 10<9 StateAborted(Task); 11<9 ParallelStateFailed!Broken; 12<11 ParallelStateFailed!Broken; 13<12 ExecutionFailed!Broken",
		},
		"the others are aborted": {
			single(`"Type": "Parallel", "Branches": [` + branch(sleeps) + `, ` + branch(broken) + `, ` + branch(`"Type": "Map", "ItemProcessor": `+branch(sleeps)) + `]`), `[1]`,
			"1<0 ExecutionStarted; 2<0 StateEntered(S); 3<2 ParallelStateStarted; 4<3 StateEntered(B); 5<3 StateEntered(B); 6<5 TaskScheduled; 7<3 StateEntered(B); 8<6 TaskStarted; 9<7 MapStateStarted; 10<9 MapIterationStarted(0); 11<10 StateEntered(B); 12<8 TaskFailed!Broken; 13<12 StateAborted(Task); 14<12 StateAborted(Wait); 15<12 StateAborted(Wait); 16<12 MapIterationAborted(0); 17<12 StateAborted(Map); 18<12 ParallelStateFailed!Broken; 19<18 ExecutionFailed!Broken",
		},
		"States.Runtime in a branch fails all at once": {
			single(`"Type": "Parallel", "Catch": [{"ErrorEquals": ["States.ALL", "States.Runtime"], "Next": "S"}], "Branches": [` + branch(`"Type": "Pass", "InputPath": "$.x"`) + `]`), `{}`,
			"1<0 ExecutionStarted; 2<0 StateEntered(S); 3<2 ParallelStateStarted; 4<3 StateEntered(B); 5<4 ExecutionFailed!States.Runtime",
		},
		"the first retrier that matches decides": {
			single(broken + `, "Retry": [{"ErrorEquals": ["Broken"], "MaxAttempts": 0}, {"ErrorEquals": ["States.ALL"]}]`), `{}`,
			"1<0 ExecutionStarted; 2<0 StateEntered(S); 3<2 TaskScheduled; 4<3 TaskStarted; 5<4 TaskFailed!Broken; 6<5 ExecutionFailed!Broken",
		},
		"retriers count for themselves": {
			single(broken + `, "Retry": [{"ErrorEquals": ["Other"], "MaxAttempts": 9}, {"ErrorEquals": ["Broken"], "MaxAttempts": 1}]`), `{}`,
			"1<0 ExecutionStarted; 2<0 StateEntered(S); 3<2 TaskScheduled; 4<3 TaskStarted; 5<4 TaskFailed!Broken; 6<5 TaskScheduled; 7<6 TaskStarted; 8<7 TaskFailed!Broken; 9<8 ExecutionFailed!Broken",
		},
		"a catcher whose own ResultPath fails": {
			single(broken + `, "Catch": [{"ErrorEquals": ["States.ALL"], "ResultPath": "$.e", "Next": "S"}]`), `1`,
			"1<0 ExecutionStarted; 2<0 StateEntered(S); 3<2 TaskScheduled; 4<3 TaskStarted; 5<4 TaskFailed!Broken; 6<5 ExecutionFailed!States.ReferencePathConflict",
		},
		"a path that fails behind a task is not caught": {
			single(function + `, "OutputPath": "$.x", "Catch": [{"ErrorEquals": ["States.Runtime"], "Next": "S"}]`), `{}`,
			"1<0 ExecutionStarted; 2<0 StateEntered(S); 3<2 TaskScheduled; 4<3 TaskStarted; 5<4 TaskSucceeded; 6<5 ExecutionFailed!States.Runtime",
		},
		"ItemsPath that is missing": {
			single(`"Type": "Map", "ItemsPath": "$.x", "ItemProcessor": ` + branch(`"Type": "Pass"`)), `{}`,
			"1<0 ExecutionStarted; 2<0 StateEntered(S); 3<2 MapStateFailed!States.ReferencePathConflict; 4<3 ExecutionFailed!States.ReferencePathConflict",
		},
		"iterations one after the other": {
			single(`"Type": "Map", "MaxConcurrency": 1, "ItemProcessor": ` + branch(`"Type": "Pass"`)), `[1,2]`,
			"1<0 ExecutionStarted; 2<0 StateEntered(S); 3<2 MapStateStarted; 4<3 MapIterationStarted(0); 5<4 StateEntered(B); 6<5 StateExited(B); 7<6 MapIterationSucceeded(0); 8<6 MapIterationStarted(1); 9<8 StateEntered(B); 10<9 StateExited(B); 11<10 MapIterationSucceeded(1); 12<11 MapStateSucceeded; 13<11 StateExited(S); 14<13 ExecutionSucceeded",
		},
	} {
		t.Run(name, func(t *testing.T) {
			d := newDrive(t, compileText(t, c.definition))
			d.answer = brokenAnswer
			d.run(c.input)
			if got := compact(d.events); got != c.want {
				t.Errorf("got  %s\nwant %s", got, c.want)
			}
		})
	}
}

// The last event of a full history says so, whichever event finds no room.
func TestFullHistoryEndsOnce(t *testing.T) {
	// A state takes two events: the lengths move the end over all events of a
	// task, of the last Pass and of the execution.
	const last = `, "T": {` + function + `, "Next": "E"}, "E": {"Type": "Pass", "End": true}`
	for _, first := range []string{
		`"C": {"Type": "Choice", "Choices": [{"Variable": "$n", "NumericGreaterThan": 0, "Next": "D"}], "Default": "T"}`,
		`"C": {"Type": "Choice", "Choices": [{"Variable": "$n", "NumericGreaterThan": 0, "Next": "D"}], "Default": "C2"}, "C2": {"Type": "Fail"}`,
	} {
		for loops := 6245; loops <= 6250; loops++ {
			p := compileText(t, fmt.Sprintf(`{"StartAt": "A", "States": {"A": {"Type": "Pass", "Assign": {"n": %d}, "Next": "C"}, %s, "D": {"Type": "Pass", "Assign": {"n.$": "States.MathAdd($n, -1)"}, "Next": "C"}%s}}`, loops, first, last))
			d := newDrive(t, p)
			d.budget = 1000
			d.run(`{}`)
			if d.x.Status() == Running {
				t.Fatalf("%d loops: it hangs with %d events", loops, d.x.Events())
			}
			checkHistory(t, d.events)
			end := d.events[len(d.events)-1]
			full := end.ID == MaxEvents && end.Failure != nil && strings.Contains(end.Failure.Cause.Text(), "25000")
			if end.ID > MaxEvents || end.ID < MaxEvents && end.Type == ExecutionFailed && end.Failure.Name.Exists() {
				t.Errorf("%d loops: the end is %+v", loops, end)
			}
			if full && end.Prev != MaxEvents-1 {
				t.Errorf("%d loops: the last event points back to %d", loops, end.Prev)
			}
			if got := d.x.Records(); got != int64(len(d.events)) {
				t.Errorf("%d loops: %d records are counted, %d were made", loops, got, len(d.events))
			}
		}
	}
}

// All random fields of one state differ.
func TestRandomFieldsDiffer(t *testing.T) {
	x := newDrive(t, compileText(t, `{"StartAt": "A", "States": {
		"A": {"Type": "Pass", "Parameters": {"a.$": "States.UUID()"}, "Assign": {"b.$": "States.UUID()"}, "Next": "B"},
		"B": {"Type": "Pass", "Parameters": {"a.$": "$.a", "b.$": "$b"}, "End": true}}}`)).run(`{}`).x
	if a, b := x.Output().Get("a").Text(), x.Output().Get("b").Text(); a == b || len(b) != 36 {
		t.Errorf("Parameters made %q, Assign made %q", a, b)
	}
}

// A loop that wraps its input nests deeper than any text that may be sent; the
// journal reads it all the same.
func TestDeepDocumentsAreReadAgain(t *testing.T) {
	p := compileText(t, `{"StartAt": "A", "States": {"A": {"Type": "Pass", "Parameters": {"a.$": "$"}, "Next": "A"}}}`)
	start := testStart
	deep := value.OfInt(1)
	for range value.MaxDepth {
		deep = value.OfMembers("a", deep)
	}
	batch := New(p).Handle(Stimulus{Kind: Begin, Start: &start, Output: deep}, 10, nil)
	events, err := ReadEvents(nil, AppendEvents(nil, batch.Events))
	if err != nil || len(events) != len(batch.Events) {
		t.Errorf("%d of %d events: %v", len(events), len(batch.Events), err)
	}
}

// Deadlines that are too far away to be counted do not come at once.
func TestHugeDeadlines(t *testing.T) {
	x := New(compileText(t, single(`"Type": "Task", "Resource": "arn:aws:states:us-east-1:123456789012:activity:a", "TimeoutSecondsPath": "$.t", "HeartbeatSecondsPath": "$.t"`)))
	start := testStart
	b := x.Handle(Stimulus{Kind: Begin, At: 1000, Start: &start, Output: value.MustParse(`{"t": 9223372036854775807}`)}, 0, nil)
	b = x.Handle(Stimulus{Kind: ActivityTaken, At: 1000, Token: b.Commands[0].Token}, 0, nil)
	if len(b.Commands) != 2 {
		t.Fatalf("commands %+v, want two timers", b.Commands)
	}
	for _, c := range b.Commands {
		if c.Due < 1000+longestWait*1000 {
			t.Errorf("a timer is due at %d", c.Due)
		}
	}
}

// Time does not go back in a history, even if the clock does.
func TestTimeDoesNotGoBack(t *testing.T) {
	x := New(compileText(t, machines["task"].definition))
	start := testStart
	b := x.Handle(Stimulus{Kind: Begin, At: 5000, Start: &start, Output: value.EmptyObject}, 0, nil)
	i := slices.IndexFunc(b.Commands, func(c Command) bool { return c.Kind == RunTask })
	b = x.Handle(Stimulus{Kind: Answered, At: 3000, Frame: b.Commands[i].Frame, Token: b.Commands[i].Token, Output: value.True}, 0, nil)
	if len(b.Events) == 0 {
		t.Error("the answer led to nothing")
	}
	for _, e := range b.Events {
		if e.At < 5000 {
			t.Errorf("an event of type %d is at %d", e.Type, e.At)
		}
	}
}

func TestMissingOutputIsNull(t *testing.T) {
	d := newDrive(t, compileText(t, single(function)))
	d.answer = func(*Task) (value.Value, *Failure) { return value.Value{}, nil }
	if d.run(`{}`); !d.x.Output().IsNull() {
		t.Errorf("output %q, want null", d.x.Output())
	}
}

// A Task whose Arguments fail, and which its Catcher leads back to, is an
// endless loop like any other: a batch ends, and the execution can be stopped.
func TestLoopOfFailuresIsCut(t *testing.T) {
	p := compileText(t, single(function+`, "QueryLanguage": "JSONata", "Arguments": "{% $error('x') %}", "Catch": [{"ErrorEquals": ["States.ALL"], "Output": 1, "Next": "S"}]`))
	x := New(p)
	start := testStart
	start.Express = true
	b := x.Handle(Stimulus{Kind: Begin, Start: &start, Output: value.EmptyObject}, 100, nil)
	for range 10 {
		if !b.More || len(b.Events) > 200 {
			t.Fatalf("a batch of %d events, more: %v, %v", len(b.Events), b.More, x.Failure())
		}
		b = x.Handle(Stimulus{Kind: Resumed}, 100, nil)
	}
	if x.Handle(Stimulus{Kind: Stopped}, 100, nil); x.Status() != Aborted {
		t.Errorf("status %v after a stop", x.Status())
	}
}
