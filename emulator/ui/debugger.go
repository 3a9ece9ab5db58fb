package ui

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"math"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/google/uuid"

	"github.com/aslocal/aslocal/asl/machine"
	"github.com/aslocal/aslocal/emulator/debug"
	"github.com/aslocal/aslocal/internal/expression"
	"github.com/aslocal/aslocal/value"
)

// This file has the debugger as the pages see it. All pages together are one face of
// it: they share their breakpoints, and see those that editors and terminals have set.

// DebugState is how the debugger stands.
type DebugState struct {
	Breakpoints []debug.Breakpoint `json:"breakpoints"` // those of the pages
	Others      []DebugOther       `json:"others"`      // those of other faces
	Stopped     []DebugStop        `json:"stopped"`     // executions
	Faces       []string           `json:"faces"`       // that have breakpoints, beside the pages
	Output      []DebugLine        `json:"output"`      // what logpoints have printed last
}

// A DebugOther is a breakpoint of an editor or a terminal.
type DebugOther struct {
	Face string `json:"face"` // its name
	debug.Breakpoint
}

// A DebugLine is what a logpoint has printed.
type DebugLine struct {
	Number  int64  `json:"number"` // counts all lines of the server, from 1
	ARN     string `json:"arn"`
	Pointer string `json:"pointer"` // JSON pointer of the state
	Text    string `json:"text"`
}

// A DebugStop is where an execution is stopped.
type DebugStop struct {
	ARN         string `json:"arn"`
	Machine     string `json:"machine"` // name
	Reason      string `json:"reason"`  // "breakpoint", "data breakpoint", "exception", "step", "pause", "entry", "goto"
	Text        string `json:"text"`    // more about the reason: a variable, the name of an error
	Breakpoints []int  `json:"breakpoints"`
	Thread      int32  `json:"thread"`
	State       string `json:"state"`
	Pointer     string `json:"pointer"` // JSON pointer of the state, or of the field that Phase is about
	Phase       int    `json:"phase"`   // index into the phases of the snapshot
	Records     int64  `json:"records"` // that the execution has, or had
	Past        bool   `json:"past"`    // it has more by now: nothing can be changed
	Stands      bool   `json:"stands"`  // it does not go on; false if it is looked at in the past after its end
	Event       int64  `json:"event"`   // the last event of the history at that moment
	Error       string `json:"error"`
	Cause       string `json:"cause"`
	Taker       string `json:"taker"` // "Retry/0 of Charge": what will take the error; "" if nothing does
}

// DebugThreads are the lines of control of an execution.
type DebugThreads struct {
	Threads []DebugThread `json:"threads"`
	More    int           `json:"more"` // how many are left out
}

// A DebugThread is a line of control.
type DebugThread struct {
	ID     int32        `json:"id"`
	Name   string       `json:"name"` // "main", "Fulfil[0]"
	Next   bool         `json:"next"` // its step is the next one
	Frames []DebugFrame `json:"frames"`
}

// A DebugFrame is a state of a call stack.
type DebugFrame struct {
	Thread  int32  `json:"thread"`
	Index   int32  `json:"index"` // which branch or iteration of the frame around it the thread is
	State   string `json:"state"`
	Type    string `json:"type"`
	Pointer string `json:"pointer"`
	Phase   string `json:"phase"` // "entering", "working", "waiting", "finishing", "failing", "ending"
}

// A DebugSnapshot is the data of a line of control; JSON texts, "" where there is none.
type DebugSnapshot struct {
	Thread    int32        `json:"thread"`
	State     string       `json:"state"`
	Pointer   string       `json:"pointer"`
	Type      string       `json:"type"`
	Phase     string       `json:"phase"`
	Phases    []DebugPhase `json:"phases"`
	Input     string       `json:"input"`
	Arguments string       `json:"arguments"`
	Result    string       `json:"result"`
	Output    string       `json:"output"`
	Assigned  string       `json:"assigned"`
	Variables string       `json:"variables"`
	Context   string       `json:"context"`
	Error     string       `json:"error"`
	Cause     string       `json:"cause"`
	Taker     string       `json:"taker"`
	Attempts  int          `json:"attempts"`
	Due       int64        `json:"due"`
	Next      string       `json:"next"`
	Items     int          `json:"items"`
	Edited    bool         `json:"edited"`
}

// A DebugPhase is a point on the way of the data through a state.
type DebugPhase struct {
	Field string `json:"field"` // "Arguments", "Choices/1"; "" for the state as it was entered
	Name  string `json:"name"`
	Data  string `json:"data"`
}

// DebugPoints replaces the breakpoints of the pages.
type DebugPoints struct {
	Breakpoints []debug.Breakpoint `json:"breakpoints"`
}

// A DebugMove moves an execution.
type DebugMove struct {
	ARN    string `json:"arn"`
	Thread int32  `json:"thread"`
	Move   string `json:"move"`  // continue, over, into, out, pause, back, reverse, forward, present, event
	Event  int64  `json:"event"` // of the move event: look at the execution as it stood behind that one
}

// A DebugChange changes what a stopped line of control has. JSON texts; "" changes
// nothing.
type DebugChange struct {
	ARN       string `json:"arn"`
	Thread    int32  `json:"thread"`
	Input     string `json:"input"`
	Variables string `json:"variables"` // an object
	Result    string `json:"result"`
	Error     string `json:"error"` // the state fails with it
	Cause     string `json:"cause"`
	Output    string `json:"output"` // the state is left with it
	Next      string `json:"next"`   // name of the state that follows
}

// A DebugEvaluate evaluates an expression with what a line of control sees.
type DebugEvaluate struct {
	ARN        string `json:"arn"`
	Thread     int32  `json:"thread"`
	Expression string `json:"expression"`
	Language   string `json:"language"` // as in Evaluate; "": told by the text
}

// A DebugFork goes on from the moment at which an execution is looked at.
type DebugFork struct {
	ARN   string  `json:"arn"`
	Input *string `json:"input"` // null: that of the execution
}

// A DebugStart starts an execution that stops at its first state.
type DebugStart struct {
	Start
}

// debugRoutes are those of the debugger.
func debugRoutes() map[string]route {
	return map[string]route{
		"debug":             get((*UI).debugState).ownOnly(),
		"debug/threads":     get((*UI).debugThreads, "arn").ownOnly(),
		"debug/snapshot":    get((*UI).debugSnapshot, "arn", "thread").ownOnly(),
		"debug/breakpoints": post((*UI).debugBreakpoints),
		"debug/move":        post((*UI).debugMove),
		"debug/change":      post((*UI).debugChange),
		"debug/evaluate":    post((*UI).debugEvaluate),
		"debug/fork":        post((*UI).debugFork),
		"debug/start":       post((*UI).debugStart),
	}
}

// debugging is the face of the pages.
type debugging struct {
	once sync.Once
	face *debug.Face

	mu     sync.Mutex
	output []DebugLine
	lines  int64 // that there were in all
}

// The limits of what is kept of logpoints.
const (
	maxDebugLines = 200
	maxDebugLine  = 2000 // bytes
)

// print keeps a line for the pages; the oldest one goes.
func (d *debugging) print(e debug.Event) {
	text := e.Text
	if len(text) > maxDebugLine {
		text = strings.ToValidUTF8(text[:maxDebugLine], "") + "…"
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	d.lines++
	if len(d.output) == maxDebugLines {
		d.output = slices.Delete(d.output, 0, 1)
	}
	d.output = append(d.output, DebugLine{d.lines, e.Execution, e.Pointer, text})
}

// printed are the lines that are kept.
func (d *debugging) printed() []DebugLine {
	d.mu.Lock()
	defer d.mu.Unlock()
	return append([]DebugLine{}, d.output...)
}

// face is the face of the pages. It is made when a page first asks for it.
func (u *UI) face() *debug.Face {
	u.debugging.once.Do(func() {
		u.debugging.face = u.own.Debugger().Attach("pages", func(e debug.Event) {
			if e.Kind == debug.Output {
				u.debugging.print(e)
			}
			u.hub.touch(topicDebug)
		})
	})
	return u.debugging.face
}

func (u *UI) debugState(context.Context, *query) (*DebugState, error) {
	out := &DebugState{Breakpoints: u.face().Breakpoints(), Others: []DebugOther{}, Stopped: []DebugStop{}, Faces: []string{}, Output: u.debugging.printed()}
	all := u.own.Debugger().AllBreakpoints()
	for _, name := range slices.Sorted(maps.Keys(all)) {
		points := all[name]
		if name == "pages" {
			continue
		}
		if len(points) > 0 {
			out.Faces = append(out.Faces, name)
		}
		for _, p := range points {
			out.Others = append(out.Others, DebugOther{name, p})
		}
	}
	for _, s := range u.own.Debugger().StoppedExecutions() {
		out.Stopped = append(out.Stopped, u.debugStop(&s))
	}
	return out, nil
}

func (u *UI) debugStop(s *debug.Stop) DebugStop {
	out := DebugStop{
		ARN: s.Execution, Machine: s.Machine, Reason: string(s.Reason), Text: s.Text, Breakpoints: s.Breakpoints, Thread: s.Thread, State: s.State, Pointer: s.Pointer,
		Phase: s.Phase, Records: s.Records, Past: s.Past, Stands: u.own.Debugger().Stands(s.Execution), Taker: takerText(&s.Taker),
	}
	if out.Breakpoints == nil {
		out.Breakpoints = []int{}
	}
	if s.Failure != nil {
		out.Error, out.Cause = s.Failure.Name.Text(), s.Failure.Cause.Text()
	}
	_ = u.own.Records(s.Execution, func(number int64, e *machine.Event) bool { // without a journal, the event is not known
		if e.ID != 0 {
			out.Event = e.ID
		}
		return number < s.Records
	})
	return out
}

// takerText says what takes an error.
func takerText(t *machine.Taker) string {
	switch {
	case t.State == "":
		return ""
	case t.Retrier >= 0:
		return "Retry/" + strconv.Itoa(t.Retrier) + " of " + t.State
	}
	return "Catch/" + strconv.Itoa(t.Catcher) + " of " + t.State
}

func (u *UI) debugThreads(_ context.Context, q *query) (*DebugThreads, error) {
	threads, more, err := u.own.Debugger().Threads(q.text("arn"))
	if err != nil {
		return nil, debugRefusal(err)
	}
	out := &DebugThreads{Threads: make([]DebugThread, len(threads)), More: more}
	for i, t := range threads {
		to := &out.Threads[i]
		*to = DebugThread{ID: t.ID, Name: t.Name, Next: t.Next}
		for _, f := range t.Frames {
			to.Frames = append(to.Frames, DebugFrame{f.ID, f.Index, f.State, string(f.Type), f.Pointer, f.Phase.String()})
		}
	}
	return out, nil
}

func (u *UI) debugSnapshot(_ context.Context, q *query) (*DebugSnapshot, error) {
	s, err := u.own.Debugger().Snapshot(q.text("arn"), int32(q.number("thread", 0, 0, math.MaxInt32)))
	if err != nil {
		return nil, debugRefusal(err)
	}
	out := &DebugSnapshot{
		Thread: s.Thread, State: s.State, Pointer: s.Pointer, Type: string(s.Type), Phase: s.Phase.String(), Phases: []DebugPhase{}, Input: textOf(s.Input),
		Arguments: textOf(s.Arguments), Result: textOf(s.Result), Output: textOf(s.Output), Assigned: textOf(s.Assigned), Variables: textOf(s.Variables), Context: textOf(s.Context),
		Taker: takerText(&s.Taker), Attempts: s.Attempts, Due: s.Due, Next: s.Next, Items: s.Items, Edited: s.Edited,
	}
	if s.Failure != nil {
		out.Error, out.Cause = s.Failure.Name.Text(), s.Failure.Cause.Text()
	}
	for _, p := range s.Phases {
		out.Phases = append(out.Phases, DebugPhase{p.Field, p.Name, textOf(p.Data)})
	}
	return out, nil
}

// textOf is the JSON of a value, "" if there is none.
func textOf(v value.Value) string {
	if !v.Exists() {
		return ""
	}
	return v.String()
}

// maxBreakpoints is how many the pages may set.
const maxBreakpoints = 1000

func (u *UI) debugBreakpoints(_ context.Context, in *DebugPoints) (*DebugPoints, error) {
	if len(in.Breakpoints) > maxBreakpoints {
		return nil, refuse("breakpoints: expected at most %d, got %d", maxBreakpoints, len(in.Breakpoints))
	}
	return &DebugPoints{u.face().SetBreakpoints(in.Breakpoints)}, nil
}

func (u *UI) debugMove(_ context.Context, in *DebugMove) (*Done, error) {
	u.face()
	d := u.own.Debugger()
	var err error
	switch in.Move {
	case "continue":
		err = d.Continue(in.ARN)
	case "over":
		err = d.Over(in.ARN, in.Thread)
	case "into":
		err = d.Into(in.ARN, in.Thread)
	case "out":
		err = d.Out(in.ARN, in.Thread)
	case "pause":
		err = d.Pause(in.ARN)
	case "back":
		err = d.Back(in.ARN, in.Thread)
	case "reverse":
		err = d.ReverseContinue(in.ARN)
	case "forward":
		err = d.Forward(in.ARN, in.Thread)
	case "present":
		err = d.Present(in.ARN)
	case "event":
		err = u.debugEvent(in)
	default:
		return nil, refuse("move: expected continue, over, into, out, pause, back, reverse, forward, present or event, got %q", in.Move)
	}
	return &Done{}, debugRefusal(err)
}

// debugEvent looks at an execution as it stood behind an event.
func (u *UI) debugEvent(in *DebugMove) error {
	records := int64(0)
	err := u.own.Records(in.ARN, func(number int64, e *machine.Event) bool {
		if e.ID == in.Event {
			records = number
		}
		return records == 0
	})
	if err == nil && records == 0 {
		err = refuse("event: the history has no event %d", in.Event)
	}
	if err != nil {
		return err
	}
	return u.own.Debugger().Goto(in.ARN, records)
}

func (u *UI) debugChange(ctx context.Context, in *DebugChange) (*Done, error) {
	o := &machine.Override{Next: in.Next}
	for _, member := range []struct {
		name, text string
		to         *value.Value
	}{{"input", in.Input, &o.Input}, {"variables", in.Variables, &o.Variables}, {"result", in.Result, &o.Result}, {"output", in.Output, &o.Output}} {
		if member.text == "" {
			continue
		}
		var err error
		if *member.to, err = value.Parse(member.text); err != nil {
			return nil, refuse("%s: expected JSON: %v", member.name, err)
		}
		if member.to.Size() > machine.MaxPayload {
			return nil, refuse("%s: expected at most %d bytes, got %d", member.name, machine.MaxPayload, member.to.Size())
		}
	}
	if o.Variables.Exists() && o.Variables.Kind() != value.Object {
		return nil, refuse("variables: expected an object")
	}
	if in.Error != "" || in.Cause != "" {
		o.Failure = machine.NewFailure(in.Error, in.Cause)
	}
	return &Done{}, debugRefusal(u.own.Debugger().Change(ctx, in.ARN, in.Thread, o))
}

func (u *UI) debugEvaluate(ctx context.Context, in *DebugEvaluate) (*Evaluated, error) {
	out := &Evaluated{Position: -1}
	v, err := u.own.Debugger().Evaluate(ctx, in.ARN, in.Thread, expression.Language(in.Language), in.Expression)
	switch {
	case errors.Is(err, debug.ErrNoThread), errors.Is(err, debug.ErrGone):
		return nil, debugRefusal(err)
	case err != nil:
		out.Error, out.Position = expression.Place(in.Expression, err)
	case !v.Exists():
		out.Error = expression.ErrNothing.Error()
	default:
		out.Value = v.String()
	}
	return out, nil
}

func (u *UI) debugFork(ctx context.Context, in *DebugFork) (*Started, error) {
	var input value.Value
	if in.Input != nil {
		var err error
		if input, err = value.Parse(*in.Input); err != nil {
			return nil, refuse("input: expected JSON: %v", err)
		}
	}
	arn, err := u.own.Debugger().Fork(ctx, in.ARN, input)
	if err != nil {
		return nil, debugRefusal(err)
	}
	return &Started{ARN: arn}, nil
}

// debugStart starts an execution that stops at its first state. An Express one cannot be
// started so: the call that starts it waits for its end, and makes up its ARN.
func (u *UI) debugStart(ctx context.Context, in *DebugStart) (*Started, error) {
	if in.Name == "" {
		in.Name = uuid.NewString()
	}
	u.face()
	parts := strings.SplitN(in.Machine, ":", 8)
	if len(parts) < 7 || parts[5] != "stateMachine" {
		return nil, refuse("machine: expected the ARN of a state machine, got %q", in.Machine)
	}
	m, err := u.api.Call(ctx, "DescribeStateMachine", value.OfMembers("stateMachineArn", value.OfString(in.Machine), "includedData", value.OfString("METADATA_ONLY")))
	if err != nil {
		return nil, err
	}
	if m.Get("type").Text() == "EXPRESS" {
		return nil, refuse("machine: an Express execution cannot be started with a stop; set a breakpoint at its first state")
	}
	arn := strings.Join(parts[:5], ":") + ":execution:" + parts[6] + ":" + in.Name
	u.own.Debugger().StopAtEntry(&machine.Start{ARN: arn, Machine: parts[6]})
	out, err := u.start(ctx, &in.Start)
	if err != nil {
		u.own.Debugger().Forget(arn)
	}
	return out, err
}

// debugRefusal words what the debugger refuses.
func debugRefusal(err error) error {
	switch {
	case err == nil:
		return nil
	case errors.Is(err, debug.ErrGone):
		return Refused(http.StatusNotFound, strings.TrimPrefix(err.Error(), "debug: "))
	}
	for _, known := range []error{debug.ErrNotStopped, debug.ErrNoThread, debug.ErrPast, debug.ErrNotHere, debug.ErrFirst, debug.ErrNoHistory} {
		if errors.Is(err, known) {
			return Refused(http.StatusConflict, strings.TrimPrefix(err.Error(), "debug: "))
		}
	}
	return fmt.Errorf("debugging: %w", err)
}
