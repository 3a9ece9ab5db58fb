package dap

import (
	"encoding/base64"
	"fmt"
	"slices"
	"strings"
	"sync"

	"github.com/google/go-dap"

	"github.com/aslocal/aslocal/asl/machine"
	"github.com/aslocal/aslocal/emulator"
	"github.com/aslocal/aslocal/emulator/debug"
)

// This file tells the client what happens.

// tell is called by the debugger, for one event at a time.
func (s *Session) tell(e debug.Event) {
	s.mu.Lock()
	defer s.mu.Unlock()
	defer s.survive("telling what has happened")
	if s.face == nil {
		return // it has left
	}
	switch e.Kind {
	case debug.Stopped:
		s.stopped(e.Stop)
	case debug.Continued:
		s.event("continued", &dap.ContinuedEventBody{ThreadId: s.threads.id(threadKey{e.Execution, 0})})
	case debug.Ended:
		s.ended(e)
	case debug.Output:
		s.say("console", e.Text+"\n", e.Execution, e.Pointer)
	}
}

// reasons are those of the protocol.
var reasons = map[debug.Reason]string{
	debug.Entry: "entry", debug.AtBreakpoint: "breakpoint", debug.DataBreakpoint: "data breakpoint", debug.Exception: "exception",
	debug.Step: "step", debug.Pause: "pause", debug.Goto: "goto",
}

func (s *Session) stopped(stop *debug.Stop) {
	s.catchUp()
	if s.arrived(stop) {
		return // another stop comes
	}
	s.known(stop.Execution)
	body := &dap.StoppedEventBody{Reason: reasons[stop.Reason], ThreadId: s.threads.id(threadKey{stop.Execution, stop.Thread}), Text: stop.Text, HitBreakpointIds: []int{}}
	for _, id := range stop.Breakpoints {
		if own, ok := s.points.ids[id]; ok {
			body.HitBreakpointIds = append(body.HitBreakpointIds, own)
			s.mine[stop.Execution] = true
			if stop.Reason == debug.AtBreakpoint && slices.ContainsFunc(s.points.groups["function"], func(p *point) bool { return p.shown.Id == own }) {
				body.Reason = "function breakpoint"
			}
		}
	}
	if stop.Past {
		body.Description = "In the past"
	}
	if stop.Failure != nil {
		body.Text = stop.Failure.Name.Text()
		body.Description = strings.TrimPrefix(body.Description+": "+body.Text, ": ")
	}
	s.last = threadKey{stop.Execution, stop.Thread}
	body.AllThreadsStopped = s.allStopped(stop.Execution)
	s.event("stopped", body)
	if body.AllThreadsStopped {
		return
	}
	threads, _, _ := s.debugger().Threads(stop.Execution) // of one that has gone on, none
	for _, t := range threads[:min(len(threads), maxSiblings)] {
		if t.ID != stop.Thread {
			s.event("stopped", &dap.StoppedEventBody{Reason: body.Reason, ThreadId: s.threads.id(threadKey{stop.Execution, t.ID}), PreserveFocusHint: true, HitBreakpointIds: []int{}})
		}
	}
}

// maxSiblings is how many threads of an execution are said to stop with one of them.
const maxSiblings = 100

// allStopped reports whether nothing goes on: all executions are stopped, or wait for the
// one that was stopped now.
func (s *Session) allStopped(arn string) bool {
	waits := []string{arn}
	for range maxCallers {
		caller, _, ok := s.debugger().Caller(waits[len(waits)-1])
		if !ok {
			break
		}
		waits = append(waits, caller)
	}
	return !slices.ContainsFunc(s.executions, func(other string) bool {
		return !slices.Contains(waits, other) && s.debugger().Execution(other) == nil && s.ends[other] == ""
	})
}

// maxExecutions is how many executions are followed.
const maxExecutions = 2000

// known adds an execution to those that are shown.
func (s *Session) known(arn string) {
	if slices.Contains(s.executions, arn) {
		return
	}
	if len(s.executions) < maxExecutions {
		s.executions = append(s.executions, arn)
		s.event("thread", &dap.ThreadEventBody{Reason: "started", ThreadId: s.threads.id(threadKey{arn, 0})})
	}
}

// ended tells of the end of an execution. The one that was launched ends the session,
// unless it is to be looked at then. Of another one that was stopped here, it is said how it
// has ended: somebody else may have let it go on.
func (s *Session) ended(e debug.Event) {
	s.catchUp()
	if e.Status == "" && s.ends[e.Execution] != "" { // it was looked at in the past
		s.stopAtEnd(e.Execution)
		return
	}
	if e.Execution == s.root && e.Status != "" {
		if s.launch.StopOnEnd {
			s.ends[e.Execution] = e.Status
			s.stopAtEnd(e.Execution)
		} else {
			s.finish(e.Status)
		}
		return
	}
	s.gone(e.Execution)
	if s.mine[e.Execution] && e.Status != "" {
		delete(s.mine, e.Execution)
		s.say("console", e.Execution[strings.LastIndexByte(e.Execution, ':')+1:]+" has ended: "+e.Status+"\n", "", "")
	}
}

// gone forgets an execution that has ended.
func (s *Session) gone(arn string) {
	if i := slices.Index(s.executions, arn); i >= 0 {
		s.executions = slices.Delete(s.executions, i, i+1)
		s.event("thread", &dap.ThreadEventBody{Reason: "exited", ThreadId: s.threads.id(threadKey{arn, 0})})
	}
	delete(s.sources, arn)
}

// stopAtEnd lets the execution that has ended be looked at, and back into.
func (s *Session) stopAtEnd(arn string) {
	s.known(arn)
	s.last = threadKey{arn, 0}
	s.event("stopped", &dap.StoppedEventBody{
		Reason: "end", Description: s.ends[arn], Text: s.ends[arn], ThreadId: s.threads.id(s.last), AllThreadsStopped: true, HitBreakpointIds: []int{},
	})
}

// finish tells that what was launched is over.
func (s *Session) finish(status string) {
	if s.over {
		return
	}
	s.over = true
	code := 0
	if status != machine.Succeeded.String() {
		code = 1
	}
	s.event("exited", &dap.ExitedEventBody{ExitCode: code})
	s.event("terminated", nil)
}

// say prints a text, with the place of a state if there is one.
func (s *Session) say(category, text, execution, pointer string) {
	body := &dap.OutputEventBody{Category: category, Output: text}
	if pointer != "" {
		if source, err := s.sourceOf(execution); err == nil {
			line, column := source.lineOf(pointer)
			body.Source, body.Line, body.Column = source.shown(), s.lineOut(line), s.columnOut(column)
		}
	}
	s.event("output", body)
}

// An observed is a record of an execution, or a line of a function.
type observed struct {
	start *machine.Start
	event *machine.Event
	line  *emulator.FunctionLogEntry
}

// maxObserved is how many of them wait to be told; of those that do not fit, only the
// number is.
const maxObserved = 4096

// observations are what was observed of a target, and not told yet.
type observations struct {
	more chan struct{} // has one when there is something

	mu   sync.Mutex
	all  []observed
	lost int
}

func (o *observations) put(one observed) {
	o.mu.Lock()
	if len(o.all) < maxObserved {
		o.all = append(o.all, one)
	} else {
		o.lost++
	}
	o.mu.Unlock()
	select {
	case o.more <- struct{}{}:
	default:
	}
}

// take takes what waits.
func (o *observations) take() (all []observed, lost int) {
	o.mu.Lock()
	defer o.mu.Unlock()
	all, lost = o.all, o.lost
	o.all, o.lost = nil, 0
	return all, lost
}

// observe follows the target until the session leaves it.
func (s *Session) observe() {
	o := &observations{more: make(chan struct{}, 1)}
	s.observed = o
	done := make(chan struct{})
	s.stops = append(s.stops,
		s.target.Emulator.Observe(func(start *machine.Start, ev *machine.Event) { o.put(observed{start: start, event: ev}) }),
		s.target.Emulator.Watch(func(n emulator.Notice) {
			if n.Function != nil {
				o.put(observed{line: n.Function})
			}
		}),
		func() { close(done) },
	)
	go func() {
		for {
			select {
			case <-o.more:
				s.mu.Lock()
				if s.observed == o {
					s.tellObserved()
				}
				s.mu.Unlock()
			case <-done:
				return
			}
		}
	}()
}

func (s *Session) tellObserved() {
	defer s.survive("telling what was observed")
	s.catchUp()
}

// survive is deferred where a defect of ours must not end the emulator, and the sessions
// of others with it.
func (s *Session) survive(doing string) {
	if p := recover(); p != nil {
		s.config.Log.Error("a session of a debugger has a defect", "doing", doing, "panic", p)
	}
}

// catchUp tells what has been observed by now.
func (s *Session) catchUp() {
	all, lost := s.observed.take()
	for i := range all {
		s.saw(&all[i])
	}
	if lost > 0 {
		s.say("important", fmt.Sprintf("… %d lines are left out\n", lost), "", "")
	}
}

// saw tells of something that was observed.
func (s *Session) saw(o *observed) {
	if o.line != nil {
		if !o.line.Platform {
			s.say("stdout", o.line.Function+": "+o.line.Text+"\n", "", "")
		}
		return
	}
	e, arn := o.event, o.start.ARN
	s.progress(o.start, e)
	if e.Type == machine.ExecutionStarted {
		s.known(arn)
	}
	if s.traces() {
		s.trace(arn, e)
	}
	if e.Type.Terminal() && arn != s.root {
		s.gone(arn)
	}
}

// traces reports whether lines are told for what executions do.
func (s *Session) traces() bool { return s.launched != nil || s.traced }

// functionLog tells the log that a function at an endpoint has sent back with its result
// (LogType Tail); of functions that are processes, each line was told when it came.
func (s *Session) functionLog(e *machine.Event) {
	text, err := base64.StdEncoding.DecodeString(e.Doc.Get("LogResult").Text())
	if e.Type == machine.TaskSucceeded && err == nil && len(text) > 0 {
		s.say("stdout", strings.TrimRight(string(text), "\n")+"\n", "", "")
	}
}

// trace tells what an event says.
func (s *Session) trace(arn string, e *machine.Event) {
	s.functionLog(e)
	category, text := "console", ""
	switch {
	case e.Type == machine.StateExited:
		text = e.State + " → " + shownValue(e.Doc)
	case e.Type == machine.ExecutionSucceeded:
		category, text = "stdout", shownValue(e.Doc)
	case e.Type == machine.RetrySet:
		text = fmt.Sprintf("tried again in %d ms", e.Due-e.At)
	case e.Failure != nil && !e.Type.Private():
		category, text = "stderr", fmt.Sprintf("%s: %s: %s", e.Type, e.Failure.Name.Text(), shortText(e.Failure.Cause.Text()))
	default:
		return
	}
	pointer := ""
	if source, err := s.sourceOf(arn); err == nil && e.State != "" {
		pointer = source.pointers[e.State]
	}
	if arn != s.root {
		text = shortName(arn) + ": " + text
	}
	s.say(category, text+"\n", arn, pointer)
}

// shortText is the beginning of a text.
func shortText(text string) string {
	if len(text) > maxShown {
		return strings.ToValidUTF8(text[:maxShown], "") + "…"
	}
	return text
}
