package machine

import (
	"fmt"
	"math/rand/v2"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/aslocal/aslocal/asl"
	"github.com/aslocal/aslocal/value"
)

func TestStringMatches(t *testing.T) {
	for _, c := range []struct {
		pattern, text string
		want          bool
	}{
		{"", "", true}, {"", "a", false}, {"*", "", true}, {"*", "a*b", true}, {"**", "a", true},
		{"foo*.log", "foo23.log", true}, {"*.log", "zebra.log", true}, {"foo*.*", "foobar.zebra", true}, {"foo*.log", "foo.lo", false},
		{"a*a", "a", false}, {"a*a", "aa", true}, {"*ab*ab*", "abab", true}, {"*ab*ab*", "aba", false}, {"a*b*c", "abbc", true},
		{`\*`, "*", true}, {`\*`, "a", false}, {`\\`, `\`, true}, {`a\\*`, `a\b`, true}, {`\\\*`, `\*`, true}, {"?", "a", false}, {"[a]", "a", false},
	} {
		if got := compilePattern(c.pattern).matches(c.text); got != c.want {
			t.Errorf("%q matches %q: %v, want %v", c.pattern, c.text, got, c.want)
		}
	}
}

// Strings are ordered by UTF-16 code units: a character that needs two comes
// before those from U+E000 on.
func TestStringsAreComparedByCodeUnits(t *testing.T) {
	ordered := []string{"", "a", "ab", "b", "é", "\ud7ff", "\U00010000", "\U0001f600", "\U0010ffff", "\ue000", "\uffff", "\uffffa"}
	for i, a := range ordered {
		for k, b := range ordered {
			if got := compareUTF16(a, b); got < 0 != (i < k) || got > 0 != (i > k) {
				t.Errorf("%+q and %+q compare as %d", a, b, got)
			}
		}
	}
}

// A pattern that makes backtracking matchers stand still.
func TestStringMatchesIsFast(t *testing.T) {
	a := strings.Repeat("a", 200_000)
	if compilePattern(strings.Repeat("*"+a[:1000], 100) + "*b*c").matches(a) {
		t.Error("it matches")
	}
}

// FuzzStringMatches compares the matcher with a regular expression.
func FuzzStringMatches(f *testing.F) {
	for _, seed := range [][2]string{{"foo*.log", "foo23.log"}, {`\*\\*`, `*\x`}, {"*a*b*", "bab"}, {`x\`, "x"}} {
		f.Add(seed[0], seed[1])
	}
	f.Fuzz(func(t *testing.T, pattern, text string) {
		if len(pattern) > 200 || len(text) > 2000 {
			return
		}
		p := compilePattern(pattern)
		var b strings.Builder
		b.WriteString(`(?s)\A`)
		open := false
		for i := 0; i < len(pattern); i++ {
			switch c := pattern[i]; {
			case open || c != '\\' && c != '*':
				fmt.Fprintf(&b, `\x{%x}`, c)
				open = false
			case c == '\\':
				open = true
			default:
				b.WriteString(".*")
			}
		}
		if open != (p == nil) {
			t.Fatalf("%q: the escape is open: %v", pattern, open)
		}
		if open {
			return
		}
		latin := make([]rune, len(text)) // so that a byte is a character
		for i := range len(text) {
			latin[i] = rune(text[i])
		}
		if got, want := p.matches(text), regexp.MustCompile(b.String()+`\z`).MatchString(string(latin)); got != want {
			t.Errorf("%q matches %q: %v, want %v", pattern, text, got, want)
		}
	})
}

func FuzzParseTaskToken(f *testing.F) {
	x := New(compileText(f, machines["task"].definition))
	start := testStart
	x.Handle(Stimulus{Kind: Begin, Start: &start, Output: value.EmptyObject}, 0, nil)
	f.Add(x.tokenText(x.root, 3))
	f.Add("AAAA")
	f.Fuzz(func(t *testing.T, text string) {
		token, ok := ParseTaskToken(text)
		if !ok {
			return
		}
		if token.Frame < 0 || !strings.HasPrefix(token.Execution, "arn:") {
			t.Errorf("token %+v", token)
		}
		if again, _ := ParseTaskToken(x.tokenText(&frame{id: token.Frame}, token.Record)); x.Issued(token) && again != token {
			t.Errorf("the issued token %+v is written as %+v", token, again)
		}
	})
}

// FuzzChoiceRule: no rule and no input panic, and Not inverts.
func FuzzChoiceRule(f *testing.F) {
	f.Add("StringEquals", `"a"`, `"a"`)
	f.Add("NumericLessThanEquals", `1e400`, `-0`)
	f.Add("TimestampGreaterThan", `"2016-03-14T01:59:00Z"`, `"2016-03-14T01:59:00+99:99"`)
	f.Add("IsTimestamp", `true`, `5`)
	f.Add("StringMatches", `"*\\*"`, `"a*"`)
	f.Add("IsPresent", `false`, `null`)
	f.Fuzz(func(t *testing.T, operator, operand, input string) {
		if _, ok := operators[operator]; !ok {
			return
		}
		v, err := value.Parse(operand)
		if err != nil {
			return
		}
		in, err := value.Parse(input)
		if err != nil {
			return
		}
		c := &compiler{}
		rule := value.OfMembers("Variable", value.OfString("$.v"), operator, v)
		plain, inverted := c.rule(rule), c.rule(value.OfMembers("Not", rule))
		e := &env{x: &Execution{}, f: &frame{state: &state{name: "C"}}, data: value.OfMembers("v", in)}
		got, failure := plain.holds(e)
		if not, _ := inverted.holds(e); failure == nil && not == got {
			t.Errorf("%s: both it and its opposite are %v", rule, got)
		}
	})
}

// A generator makes random definitions that can be compiled.
type generator struct {
	*rand.Rand
	states int
}

func (g *generator) workflow(depth int) string {
	var b strings.Builder
	n := 1 + g.IntN(4)
	first := g.states
	g.states += n
	fmt.Fprintf(&b, `{"StartAt": "s%d", "States": {`, first)
	for i := range n {
		if i > 0 {
			b.WriteString(", ")
		}
		next := `"End": true`
		if i+1 < n {
			next = fmt.Sprintf(`"Next": "s%d"`, first+i+1)
		}
		fmt.Fprintf(&b, `"s%d": {%s}`, first+i, g.state(depth, first+g.IntN(n), next))
	}
	return b.String() + "}}"
}

// pick gives one of the texts.
func (g *generator) pick(texts ...string) string { return texts[g.IntN(len(texts))] }

func (g *generator) state(depth, target int, next string) string {
	fields := next + g.pick("", `, "InputPath": "$.a"`, `, "InputPath": null`, `, "InputPath": "$$.State"`)
	data := g.pick("", `, "ResultPath": null`, `, "ResultPath": "$.r"`, `, "OutputPath": "$.r"`) +
		g.pick("", `, "Assign": {"v": 1, "w.$": "$"}`, `, "Assign": {"v.$": "States.UUID()"}`)
	handlers := g.pick("", `, "Retry": [{"ErrorEquals": ["Broken"], "MaxAttempts": 1, "JitterStrategy": "FULL"}]`, `, "Retry": [{"ErrorEquals": ["States.ALL"], "MaxAttempts": 2}]`) +
		g.pick("", fmt.Sprintf(`, "Catch": [{"ErrorEquals": ["States.TaskFailed"], "ResultPath": "$.e", "Next": "s%d"}]`, target), fmt.Sprintf(`, "Catch": [{"ErrorEquals": ["States.ALL"], "Next": "s%d"}]`, target))
	switch kind := g.IntN(8); {
	case kind == 0:
		return fmt.Sprintf(`"Type": "Choice", "Choices": [{"Variable": "$.a", "IsPresent": true, "Next": "s%d"}, {"Not": {"Variable": "$.a", "NumericEquals": 1}, "Next": "s%d"}], "Default": "s%d"`, target, target, target)
	case kind == 1:
		return `"Type": "Wait", ` + g.pick(`"Seconds": 1`, `"Seconds": 0`, `"SecondsPath": "$.n"`, `"TimestampPath": "$.a"`) + ", " + fields
	case kind == 2:
		return `"Type": "Fail"` + g.pick("", `, "Error": "Broken"`, `, "ErrorPath": "$.a"`, `, "Error": "States.Timeout"`)
	case kind == 3 && depth > 0:
		branches := make([]string, 1+g.IntN(3))
		for i := range branches {
			branches[i] = g.workflow(depth - 1)
		}
		return `"Type": "Parallel", "Branches": [` + strings.Join(branches, ", ") + "], " + fields + data + handlers
	case kind == 4 && depth > 0:
		processor := g.workflow(depth - 1)
		if g.IntN(3) == 0 {
			processor = `{"ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"}, ` + processor[1:]
			data += g.pick("", `, "ToleratedFailureCount": 1`, `, "ToleratedFailurePercentagePath": "$.n"`) +
				g.pick("", `, "ItemBatcher": {"MaxItemsPerBatch": 2, "BatchInput": {"n.$": "$.n"}}`, `, "ItemBatcher": {"MaxInputBytesPerBatchPath": "$.n"}`) +
				g.pick("", `, "ItemReader": {"Resource": "arn:aws:states:::s3:getObject", "ReaderConfig": {"InputType": "JSON", "MaxItemsPath": "$.n"}, "Parameters": {"Key.$": "$.r"}}`) +
				g.pick("", `, "ResultWriter": {"Resource": "arn:aws:states:::s3:putObject", "Parameters": {"Bucket.$": "$.r"}}`)
		}
		return `"Type": "Map", "ItemProcessor": ` + processor + ", " + fields + data + handlers +
			g.pick("", `, "MaxConcurrency": 1`, `, "MaxConcurrencyPath": "$.n"`) + g.pick("", `, "ItemsPath": "$.items"`) + g.pick("", `, "ItemSelector": {"i.$": "$$.Map.Item.Value"}`)
	case kind <= 6:
		resource := g.pick("arn:aws:lambda:us-east-1:123456789012:function:f", "arn:aws:lambda:us-east-1:123456789012:function:broken",
			"arn:aws:states:::lambda:invoke.waitForTaskToken", "arn:aws:states:::states:startExecution.sync:2")
		return `"Type": "Task", "Resource": "` + resource + `", ` + fields + data + handlers + g.pick("", `, "TimeoutSeconds": 5`, `, "HeartbeatSeconds": 3`) + g.pick("", `, "Parameters": {"t.$": "$$.Task.Token"}`, `, "Parameters": {"r.$": "$$.State.RetryCount"}`)
	}
	return `"Type": "Pass", ` + fields + data + g.pick("", `, "Result": {"a": [1]}`, `, "Parameters": {"a.$": "$.a", "u.$": "States.UUID()"}`)
}

// run runs a random definition, a limited number of batches long. It loses some
// answers, so that timers fire.
func (g *generator) run(t *testing.T, p *Program, budget int) *drive {
	d := newDrive(t, p)
	d.budget = budget
	d.answer = brokenAnswer
	start := testStart
	d.take(Stimulus{Kind: Begin, Start: &start, Output: value.MustParse(`{"a": {"a": 1}, "n": 1, "items": [1, {"a": 2}, null], "r": "x"}`)})
	for steps := 0; steps < 200; steps++ {
		if d.x.Status() != Running {
			if d.x.Status() == Succeeded || g.IntN(2) == 0 {
				break
			}
			d.todo = nil
			d.take(Stimulus{Kind: Redriven})
		}
		if len(d.todo) == 0 {
			break
		}
		i := g.IntN(len(d.todo))
		c := d.todo[i]
		d.todo = slices.Delete(d.todo, i, i+1)
		s := Stimulus{Frame: c.Frame, Token: c.Token, Timer: c.Timer, Output: value.True}
		switch c.Kind {
		case SetTimer:
			s.Kind, d.now = Fired, max(d.now, c.Due)
			for i := 0; i < len(d.todo); i++ { // with those that are due at the same instant
				if other := d.todo[i]; other.Kind == SetTimer && other.Due == c.Due {
					s.Also = append(s.Also, Alarm{other.Frame, other.Token, other.Timer})
					d.todo = slices.Delete(d.todo, i, i+1)
					i--
				}
			}
		case RunTask:
			s.Kind = Answered
			if g.IntN(4) > 0 {
				s.Output, s.Failure = d.answer(c.Task)
			}
		case OfferTask:
			s.Kind = ActivityTaken
		case WatchTask:
			s.Kind = CallbackSucceeded
		case Cancel:
			continue
		case StartChild:
			s.Kind, s.Ended = ChildrenEnded, []ChildEnd{childEnd(c.Child, Status(1+g.IntN(4)))}
		case ReadItems:
			if s.Kind = Answered; g.IntN(4) > 0 {
				s.Output, s.Sources = value.MustParse(`[1, {"a": 2}, "x"]`), []ItemSource{{0, "s3://b/k"}, {2, "s3://b/l"}}
			}
		case WriteResults:
			if s.Kind = Answered; g.IntN(4) == 0 {
				s.Failure = NewFailure("States.ResultWriterFailed", "full")
			}
		}
		d.take(s)
		if g.IntN(3) == 0 { // anything at any time
			noise := Stimulus{
				Kind: StimulusKind(1 + g.IntN(int(Redriven))), Frame: int32(g.IntN(5)), Token: int64(g.IntN(30)), Timer: Timer(g.IntN(3)), Output: value.NullValue,
				Ended: []ChildEnd{{Index: int32(g.IntN(3)), Status: Succeeded}, {Index: int32(g.IntN(3)), Status: Failed}}, Run: &MapRunEvent{ARN: "none"},
			}
			if f := d.x.frame(noise.Frame); f != nil && g.IntN(2) == 0 {
				noise.Token = f.token
				if r, ok := f.open.(*mapRun); ok {
					noise.Run = &MapRunEvent{ARN: r.arn, Limits: MapRunLimits{MaxConcurrency: int64(g.IntN(3)), ToleratedCount: int64(g.IntN(3)), ToleratedPercentage: -1}}
				}
			}
			d.take(noise)
		}
	}
	return d
}

// Random definitions, driven at random: nothing panics, histories are well
// formed, and after any batch the execution that is rebuilt from the journal is
// the one that runs.
func FuzzExecution(f *testing.F) {
	for seed := range uint64(200) {
		f.Add(seed, uint8(seed%4))
	}
	f.Fuzz(func(t *testing.T, seed uint64, budget uint8) {
		g := &generator{Rand: rand.New(rand.NewPCG(seed, 1))}
		text := g.workflow(3)
		definition, found := asl.Parse(text)
		if found.HasErrors() {
			t.Fatalf("%v in %s", found, text)
		}
		p, err := Compile(definition)
		if err != nil {
			t.Fatalf("%v in %s", err, text)
		}
		d := g.run(t, p, int(budget))
		if d.x.Status() != Running {
			checkHistory(t, d.events)
		}
		if got := d.x.Records(); got != int64(len(d.events)) {
			t.Fatalf("%d records are counted, %d were made by %s", got, len(d.events), text)
		}
		held := 0
		for _, f := range d.x.living() {
			for _, v := range f.scope.Members() {
				held += v.Size()
			}
		}
		if d.x.Status() == Running && held != d.x.held() {
			t.Fatalf("the variables of %s have %d bytes, %d are counted", text, held, d.x.held())
		}
		decoded, err := ReadEvents(nil, AppendEvents(nil, d.events))
		if err != nil {
			t.Fatal(err)
		}
		rebuilt := Replay(p, each(decoded))
		if d.x.Status() == Running {
			if got, want := fmt.Sprint(kinds(rebuilt.Pending())), fmt.Sprint(kinds(d.x.Pending())); got != want {
				t.Fatalf("the rebuilt execution of %s asks for\n%s, want\n%s", text, got, want)
			}
		}
		state := func(x *Execution) string {
			redrives, at := x.Redrives()
			return fmt.Sprint(x.Status(), x.Output(), x.Failure() == nil, x.Events(), x.Records(), len(x.frames), redrives, at)
		}
		if got, want := state(rebuilt), state(d.x); got != want {
			t.Fatalf("the rebuilt execution of %s is\n%s, want\n%s", text, got, want)
		}
		// A journal may be cut anywhere: what is left can be looked at.
		cut := Replay(p, each(decoded[:1+g.IntN(len(decoded))]))
		cut.Pending()
		cut.Snapshot()
	})
}

// kinds is what tells commands apart.
func kinds(commands []Command) (out []string) {
	for _, c := range commands {
		out = append(out, fmt.Sprint(c.Kind, c.Frame, c.Token, c.Timer, c.Due))
	}
	return out
}
