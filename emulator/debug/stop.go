package debug

import (
	"slices"

	"github.com/aslocal/aslocal/asl"
	"github.com/aslocal/aslocal/asl/machine"
	"github.com/aslocal/aslocal/internal/expression"
	"github.com/aslocal/aslocal/internal/position"
	"github.com/aslocal/aslocal/value"
)

// This file decides where executions stop. Its methods run with the turn of an
// execution held: they look, and call nobody.

// A Reason says why an execution has stopped.
type Reason string

// The reasons.
const (
	Entry          Reason = "entry"
	AtBreakpoint   Reason = "breakpoint"
	DataBreakpoint Reason = "data breakpoint"
	Exception      Reason = "exception"
	Step           Reason = "step"
	Pause          Reason = "pause"
	Goto           Reason = "goto" // it was led here by hand
)

// A Stop says where an execution stands.
type Stop struct {
	Execution   string
	Machine     string // name
	Reason      Reason
	Breakpoints []int // ids of those that are met
	Thread      int32 // line of control whose step is next
	State       string
	Pointer     string // JSON pointer of the state, or of the field that Phase is about, in the definition
	Phase       int    // index into the phases of Look; 0: before the state does anything
	Records     int64  // how many records the execution has, or had
	Past        bool   // it has more of them by now
	Failure     *machine.Failure
	Taker       machine.Taker // of Failure
	Text        string        // more about the reason: the variable that has changed, the name of the error
}

// A run is what the debugger keeps of an execution.
type run struct {
	start *machine.Start
	stop  *Stop // nil while it runs
	pass  bool  // it goes on from a stop: the next place is not asked about
	want  want
	past  int64 // how many records it is looked at with; 0: as it stands now

	edited   bool
	payload  map[watched]value.Value          // what payload breakpoints have seen last
	assigned map[int32]map[string]value.Value // variables by frame as they were at the last step, for variable breakpoints
}

// A watched is a payload that a breakpoint looks at: that of a line of control.
type watched struct {
	breakpoint int
	frame      int32
}

// want is what stops an execution beside breakpoints.
type want struct {
	kind  stepKind
	frame int32
	near  []int32 // frame, and the lines of control around it, inside out
}

type stepKind uint8

const (
	nothing stepKind = iota
	entry            // at the first state
	over
	into
	out
	pause    // wherever it is
	returned // where what the execution has called, and stepped through, has ended
)

// Steps implements engine.Stepper.
func (d *Debugger) Steps(start *machine.Start) bool {
	if !d.on.Load() {
		return false
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.runs[start.ARN] != nil || d.stepsInto(start) {
		return true
	}
	for _, f := range d.faces {
		if slices.ContainsFunc(f.points, func(b *Breakpoint) bool { return b.concerns(start) }) {
			return true
		}
	}
	return false
}

// Stops implements engine.Stepper.
func (d *Debugger) Stops(start *machine.Start, x *machine.Execution) bool {
	frame, ok := x.Next()
	if !ok {
		return false
	}
	line, ok := x.Line(frame)
	if !ok {
		return false
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	r := d.runs[start.ARN]
	if r == nil {
		r = &run{start: start}
	}
	r.start = start
	if r.pass {
		r.pass = false
		d.watch(r, x)
		return false
	}
	p := place{debugger: d, run: r, x: x, line: line}
	stop := p.stop()
	d.watch(r, x)
	if stop == nil {
		return false
	}
	stop.Execution, stop.Machine, stop.Thread, stop.State, stop.Records = start.ARN, start.Machine, frame, line.State, x.Records()
	if stop.Pointer == "" {
		stop.Pointer = line.Pointer
	}
	if line.Failure != nil {
		stop.Failure, stop.Taker = line.Failure, x.TakerOf(frame, line.Failure)
	}
	r.stop, r.want, r.past = stop, want{}, 0
	d.runs[start.ARN] = r
	d.update()
	d.keep()
	d.tell(Event{Kind: Stopped, Execution: start.ARN, Machine: start.Machine, Stop: stop})
	return true
}

// A place is where an execution is asked about.
type place struct {
	debugger *Debugger
	run      *run
	x        *machine.Execution
	line     machine.Line

	scoped  *expression.Scope // once it is wanted
	preview *machine.Preview
}

// The places that people know: see the comment of the package.

func (p *place) atState() bool   { return p.line.Phase == machine.Working && !p.line.Begun }
func (p *place) atResult() bool  { return p.line.Phase == machine.Finishing }
func (p *place) atFailure() bool { return p.line.Phase == machine.Failing }

// stop returns why the execution stops here, nil if it does not.
func (p *place) stop() *Stop {
	reason, last := p.wanted(), lastPhase
	if reason != "" {
		last = 0 // those of later phases are met when it goes on from here
	}
	if met := p.meetsAny(0, last); met != nil {
		return met
	}
	if reason != "" {
		return &Stop{Reason: reason}
	}
	return nil
}

// lastPhase is beyond all phases.
const lastPhase = 1 << 20

// meetsAny returns the stop that breakpoints ask for here, at the first of some phases at
// which any do; nil if none does. The breakpoints are counted, and those that
// only log do.
func (p *place) meetsAny(from, to int) *Stop {
	type candidate struct {
		point *Breakpoint
		stop  *Stop
	}
	var all []candidate
	for _, f := range p.debugger.faces {
		for _, b := range f.points {
			if !b.concerns(p.run.start) || from > 0 && b.Field == "" {
				continue
			}
			if s := p.meets(b); s != nil && s.Phase >= from && s.Phase <= to {
				all = append(all, candidate{b, s})
			}
		}
	}
	slices.SortStableFunc(all, func(a, b candidate) int { return a.stop.Phase - b.stop.Phase })
	var met *Stop
	for _, c := range all {
		if met != nil && c.stop.Phase > met.Phase {
			break // it is met when the execution goes on from here
		}
		if !c.point.holds(p.scope()) {
			continue
		}
		c.point.Hits++
		if !c.point.counts(c.point.Hits) {
			continue
		}
		if c.point.Log != "" {
			p.debugger.tell(Event{Kind: Output, Execution: p.run.start.ARN, Machine: p.run.start.Machine, Text: c.point.message(p.scope()), Pointer: p.line.Pointer})
			continue
		}
		if met == nil {
			met = c.stop
		}
		met.Breakpoints = append(met.Breakpoints, c.point.ID)
	}
	return met
}

// meets returns the stop that a breakpoint asks for here, nil for none.
func (p *place) meets(b *Breakpoint) *Stop {
	switch b.Kind {
	case AtState:
		return p.meetsState(b)
	case AtResource:
		if p.atState() && p.line.Attempts == 0 && p.line.Type == asl.Task && p.calls(b.Resource) {
			return &Stop{Reason: AtBreakpoint}
		}
	case AtVariable:
		if name := p.assignment(b.Variable); name != "" {
			return &Stop{Reason: DataBreakpoint, Text: "$" + name}
		}
	case AtPayload:
		if p.payloadChanged(b) {
			return &Stop{Reason: DataBreakpoint, Text: b.Pointer}
		}
	case AtFailure:
		if p.atFailure() && p.fails(b) {
			return &Stop{Reason: Exception, Text: p.line.Failure.Name.Text()}
		}
	}
	return nil
}

func (p *place) meetsState(b *Breakpoint) *Stop {
	if b.State != p.line.Pointer && !match(b.State, p.line.State) {
		return nil
	}
	if b.Field == "" {
		if p.atState() && p.line.Attempts == 0 {
			return &Stop{Reason: AtBreakpoint}
		}
		return nil
	}
	if !p.atState() && !p.atResult() && !p.atFailure() {
		return nil
	}
	for i, phase := range phasesOf(&p.line, p.previewed()) {
		if i > 0 && phase.Field == b.Field {
			return &Stop{Reason: AtBreakpoint, Phase: i, Pointer: p.line.Pointer + "/" + b.Field}
		}
	}
	return nil
}

// calls reports whether the task calls a resource: its Resource, or the function,
// state machine or queue that its arguments name, as service:name.
func (p *place) calls(glob string) bool {
	resource := p.line.Resource
	if match(glob, resource.Text) {
		return true
	}
	if name := resource.Text[lastColon(resource.Text):]; resource.Kind == asl.Lambda && (match(glob, "lambda:"+name) || match(glob, name)) {
		return true
	}
	preview := p.previewed()
	for i := range preview.Events {
		e := &preview.Events[i]
		if e.Type != machine.TaskScheduled {
			continue
		}
		for _, member := range []string{"FunctionName", "StateMachineArn", "QueueUrl", "TopicArn", "TableName"} {
			if name := e.Doc.Get(member).Text(); name != "" && (match(glob, name) || match(glob, resource.Service+":"+name[lastColon(name):])) {
				return true
			}
		}
		return match(glob, resource.Service+":"+resource.Action)
	}
	return false
}

// lastColon is the index behind the last colon, 0 if there is none.
func lastColon(text string) int {
	for i := len(text); i > 0; i-- {
		if text[i-1] == ':' || text[i-1] == '/' {
			return i
		}
	}
	return 0
}

// assignment returns the variable of that name, or glob, which the step before has
// assigned; "" if it has not.
func (p *place) assignment(glob string) string {
	before, known := p.run.assigned[p.line.Frame]
	if !known {
		return ""
	}
	for name, v := range p.line.Variables.Members() {
		if match(glob, name) && v != before[name] {
			return name
		}
	}
	return ""
}

// payloadChanged reports whether what a breakpoint looks at has changed in the
// input of the state that comes next.
func (p *place) payloadChanged(b *Breakpoint) bool {
	if !p.atState() {
		return false
	}
	found, of := position.ValueAt(p.line.Input, b.Pointer), watched{b.ID, p.line.Frame}
	before, known := p.run.payload[of]
	if p.run.payload == nil {
		p.run.payload = make(map[watched]value.Value)
	}
	p.run.payload[of] = found
	p.debugger.runs[p.run.start.ARN] = p.run
	switch {
	case !known:
		return false
	case found.Exists() && before.Exists():
		return !value.Equal(before, found)
	}
	return found.Exists() != before.Exists()
}

func (p *place) fails(b *Breakpoint) bool {
	if len(b.Errors) > 0 && !slices.ContainsFunc(b.Errors, func(glob string) bool { return match(glob, p.line.Failure.Name.Text()) }) {
		return false
	}
	taker := p.x.TakerOf(p.line.Frame, p.line.Failure)
	switch {
	case taker.Retrier >= 0:
		return b.Retried
	case taker.Catcher >= 0:
		return b.Caught
	}
	return b.Uncaught
}

// wanted returns why the execution stops here beside breakpoints, "" if it does
// not.
func (p *place) wanted() Reason {
	w, known := &p.run.want, p.atState() || p.atResult() || p.atFailure()
	switch frame := p.line.Frame; w.kind {
	case entry:
		if p.atState() {
			return Entry
		}
	case pause:
		return Pause
	case over:
		if p.atState() && p.line.Attempts == 0 && slices.Contains(w.near, frame) {
			return Step
		}
	case into:
		if known && (slices.Contains(w.near, frame) || slices.Contains(around(p.x, frame), w.frame)) {
			return Step
		}
	case returned:
		if known && slices.Contains(w.near, frame) {
			return Step
		}
	case out:
		if known && len(w.near) > 1 && slices.Contains(w.near[1:], frame) {
			return Step
		}
	}
	return ""
}

// around returns a frame and those around it, inside out.
func around(x *machine.Execution, frame int32) (near []int32) {
	for frame >= 0 {
		line, ok := x.Line(frame)
		if !ok {
			break
		}
		near = append(near, frame)
		frame = line.Parent
	}
	return near
}

// watch keeps the variables as they are now, if a breakpoint looks at some. The
// caller holds d.mu.
func (d *Debugger) watch(r *run, x *machine.Execution) {
	if !slices.ContainsFunc(d.faces, func(f *Face) bool {
		return slices.ContainsFunc(f.points, func(b *Breakpoint) bool { return b.Kind == AtVariable && b.concerns(r.start) })
	}) {
		return
	}
	r.assigned = make(map[int32]map[string]value.Value)
	for _, line := range x.Lines() {
		of := make(map[string]value.Value)
		for name, v := range line.Variables.Members() {
			of[name] = v
		}
		r.assigned[line.Frame] = of
	}
	d.runs[r.start.ARN] = r
}

// scope is what an expression sees here.
func (p *place) scope() *expression.Scope {
	if p.scoped == nil {
		p.scoped = scopeOf(p.x, &p.line)
	}
	return p.scoped
}

func (p *place) previewed() *machine.Preview {
	if p.preview == nil {
		preview, err := p.x.Preview(p.line.Frame)
		if err != nil { // it cannot be copied: nothing is known of its fields
			preview = &machine.Preview{Rule: -1, Catcher: -1}
		}
		p.preview = preview
	}
	return p.preview
}

// scopeOf is what an expression of the state sees that a line of control is in.
func scopeOf(x *machine.Execution, line *machine.Line) *expression.Scope {
	s := &expression.Scope{Input: line.Input, Document: line.Input, Result: line.Result, Context: x.ContextOf(line.Frame), Variables: variables(x, line.Frame)}
	if line.Failure != nil {
		s.ErrorOutput = value.OfMembers("Error", line.Failure.Name, "Cause", line.Failure.Cause)
	}
	return s
}

// variables returns the variables that a line of control sees: an object.
func variables(x *machine.Execution, frame int32) value.Value {
	var b value.ObjectBuilder
	near := around(x, frame)
	for _, f := range slices.Backward(near) {
		line, _ := x.Line(f)
		for name, v := range line.Variables.Members() {
			b.Set(name, v)
		}
	}
	if len(near) == 0 {
		return value.EmptyObject
	}
	return b.Value()
}
