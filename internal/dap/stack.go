package dap

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/google/go-dap"

	"github.com/aslocal/aslocal/asl/machine"
	"github.com/aslocal/aslocal/emulator/debug"
)

// This file shows lines of control as threads, and the states around them as frames.

// A threadKey is a line of control of an execution.
type threadKey struct {
	execution string // ARN; "": the line that says how many threads are left out
	frame     int32
}

// A frameKey is a state of a call stack, or an execution around states.
type frameKey struct {
	threadKey
	whole bool // the execution itself
}

// maxThreads is how many threads are listed.
const maxThreads = 200

func (s *Session) threadsRequest(context.Context, *none) (any, error) {
	body := &dap.ThreadsResponseBody{Threads: []dap.Thread{}}
	more := 0
	for _, arn := range s.listed() {
		threads, left, err := s.debugger().Threads(arn)
		if err != nil {
			if s.ends[arn] == "" {
				continue // it ended just now
			}
			threads = []debug.Thread{{Name: "main"}}
		}
		more += left
		for _, t := range threads {
			if len(body.Threads) == maxThreads {
				more++
				continue
			}
			name := t.Name
			if arn != s.root {
				name = shortName(arn) + ": " + name
			}
			body.Threads = append(body.Threads, dap.Thread{Id: s.threads.id(threadKey{arn, t.ID}), Name: name})
		}
	}
	if more > 0 {
		body.Threads = append(body.Threads, dap.Thread{Id: s.threads.id(threadKey{}), Name: fmt.Sprintf("… %d more", more)})
	}
	return body, nil
}

// listed are the executions whose threads are shown: those that are stopped before those
// that run.
func (s *Session) listed() []string {
	all := slices.Clone(s.executions)
	for _, stop := range s.debugger().StoppedExecutions() {
		if !slices.Contains(all, stop.Execution) {
			all = append(all, stop.Execution)
		}
	}
	slices.SortStableFunc(all, func(a, b string) int { return s.rank(a) - s.rank(b) })
	return all
}

func (s *Session) rank(arn string) int {
	switch {
	case arn == s.root:
		return 0
	case s.debugger().Execution(arn) != nil:
		return 1
	}
	return 2
}

// shortName is what people see of an ARN: "order/A-17".
func shortName(arn string) string {
	parts := strings.SplitN(arn, ":", 7)
	if len(parts) < 7 {
		return arn
	}
	return strings.ReplaceAll(parts[6], ":", "/")
}

func (s *Session) debugger() *debug.Debugger { return s.target.Emulator.Debugger() }

// thread returns the line of control of a thread's number.
func (s *Session) thread(id int) (threadKey, error) {
	key, ok := s.threads.of(id)
	if !ok || key.execution == "" {
		return key, fmt.Errorf("there is no thread %d", id)
	}
	return key, nil
}

func (s *Session) stackTrace(_ context.Context, in *dap.StackTraceArguments) (any, error) {
	body := &dap.StackTraceResponseBody{StackFrames: []dap.StackFrame{}}
	key, ok := s.threads.of(in.ThreadId)
	if !ok {
		return nil, fmt.Errorf("there is no thread %d", in.ThreadId)
	}
	if key.execution == "" {
		return body, nil
	}
	frames := s.stack(key)
	body.TotalFrames = len(frames)
	first := min(max(in.StartFrame, 0), len(frames))
	last := len(frames)
	if in.Levels > 0 {
		last = min(last, first+in.Levels)
	}
	body.StackFrames = append(body.StackFrames, frames[first:last]...)
	return body, nil
}

// maxCallers is how many executions around one are shown.
const maxCallers = 50

// stack is the call stack of a thread: its state, the states around it, the execution, and
// then the state that has started that, and so on.
func (s *Session) stack(key threadKey) (frames []dap.StackFrame) {
	for range maxCallers {
		stop := s.debugger().Execution(key.execution)
		threads, _, _ := s.debugger().Threads(key.execution) // of one that is over, none
		i := slices.IndexFunc(threads, func(t debug.Thread) bool { return t.ID == key.frame })
		if i >= 0 {
			for n, f := range threads[i].Frames {
				frame := dap.StackFrame{Id: s.frames.id(frameKey{threadKey{key.execution, f.ID}, false}), Name: f.State}
				pointer := f.Pointer
				if n == 0 && stop != nil && stop.Thread == key.frame && strings.HasPrefix(stop.Pointer, pointer) {
					pointer = stop.Pointer
				}
				if f.Phase == machine.Finishing || f.Phase == machine.Failing || f.Phase == machine.Waiting && n == 0 {
					frame.Name += " (" + f.Phase.String() + ")"
				}
				s.locate(&frame, key.execution, pointer)
				frames = append(frames, frame)
			}
		}
		name := shortName(key.execution)
		switch {
		case stop != nil && stop.Past:
			name += " (in the past)"
		case s.ends[key.execution] != "":
			name += " (" + s.ends[key.execution] + ")"
		}
		frame := dap.StackFrame{Id: s.frames.id(frameKey{threadKey{key.execution, 0}, true}), Name: name, PresentationHint: "subtle"}
		s.locate(&frame, key.execution, "")
		frames = append(frames, frame)
		caller, thread, ok := s.debugger().Caller(key.execution)
		if !ok {
			break
		}
		key = threadKey{caller, thread}
	}
	return frames
}

// locate sets where a frame stands.
func (s *Session) locate(f *dap.StackFrame, execution, pointer string) {
	source, err := s.sourceOf(execution)
	if err != nil {
		return // a child whose definition is gone: it has a name, and no line
	}
	line, column := source.lineOf(pointer)
	f.Source, f.Line, f.Column = source.shown(), s.lineOut(line), s.columnOut(column)
	f.CanRestart = pointer != ""
}

// frame returns what a frame's number stands for; 0 is the thread that was stopped last.
func (s *Session) frame(id int) (frameKey, error) {
	if id == 0 && s.last.execution != "" {
		return frameKey{threadKey: s.last}, nil
	}
	key, ok := s.frames.of(id)
	if !ok {
		return key, fmt.Errorf("there is no frame %d: nothing is stopped there any more", id)
	}
	return key, nil
}

func (s *Session) exceptionInfo(_ context.Context, in *dap.ExceptionInfoArguments) (any, error) {
	key, err := s.thread(in.ThreadId)
	if err != nil {
		return nil, err
	}
	snapshot, err := s.debugger().Snapshot(key.execution, key.frame)
	if err != nil {
		return nil, err
	}
	f := snapshot.Failure
	if f == nil {
		return nil, fmt.Errorf("%s has not failed", snapshot.State)
	}
	body := &dap.ExceptionInfoResponseBody{ExceptionId: f.Name.Text(), Description: f.Cause.Text(), BreakMode: "unhandled"}
	if snapshot.Taker.State != "" {
		body.BreakMode = "always"
	}
	body.Details = &dap.ExceptionDetails{Message: f.Cause.Text(), TypeName: f.Name.Text(), StackTrace: takerText(&snapshot.Taker)}
	return body, nil
}

// takerText says what takes an error.
func takerText(t *machine.Taker) string {
	switch {
	case t.State == "":
		return "nothing takes the error: the execution fails"
	case t.Retrier >= 0:
		return fmt.Sprintf("%s is tried again: Retry/%d", t.State, t.Retrier)
	}
	return fmt.Sprintf("%s catches it: Catch/%d", t.State, t.Catcher)
}
