package dap

import (
	"context"
	"errors"
	"fmt"

	"github.com/google/go-dap"

	"github.com/aslocal/aslocal/asl/machine"
	"github.com/aslocal/aslocal/emulator/debug"
	"github.com/aslocal/aslocal/value"
)

// This file moves executions: on, back, and to other states.

type stepKind uint8

const (
	stepNext stepKind = iota
	stepIn
	stepOut
	stepBack
	reverseContinue
)

// errOver says that an execution that has ended can only be looked at backwards.
var errOver = errors.New("the execution is over; step back, or end the session")

// step moves a thread. In the past, all steps ahead lead to the next place of the
// recorded history.
func (s *Session) step(id int, kind stepKind) (any, error) {
	key, err := s.thread(id)
	if err != nil {
		return nil, err
	}
	d, stop := s.debugger(), s.debugger().Execution(key.execution)
	s.mine[key.execution] = true
	switch {
	case kind == stepBack:
		return nil, d.Back(key.execution, key.frame)
	case kind == reverseContinue:
		return nil, d.ReverseContinue(key.execution)
	case stop == nil && s.ends[key.execution] != "":
		return nil, errOver
	case stop != nil && stop.Past:
		return nil, d.Forward(key.execution, key.frame)
	case kind == stepIn:
		return nil, d.Into(key.execution, key.frame)
	case kind == stepOut:
		return nil, d.Out(key.execution, key.frame)
	}
	return nil, d.Over(key.execution, key.frame)
}

// continueRequest lets one execution go on, or all of them. One that is looked at in the
// past comes back to the present first, and stays there.
func (s *Session) continueRequest(_ context.Context, in *dap.ContinueArguments) (any, error) {
	key, err := s.thread(in.ThreadId)
	if err != nil {
		return nil, err
	}
	d, stop := s.debugger(), s.debugger().Execution(key.execution)
	one := &dap.ContinueResponseBody{AllThreadsContinued: false}
	switch {
	case stop == nil && s.ends[key.execution] != "":
		s.after = append(s.after, func() { s.finish(s.ends[key.execution]) })
		return one, nil
	case stop != nil && stop.Past:
		return one, d.Present(key.execution)
	case in.SingleThread:
		return one, d.Continue(key.execution)
	}
	all := &dap.ContinueResponseBody{AllThreadsContinued: true}
	for _, other := range d.StoppedExecutions() {
		switch {
		case other.Past:
			all.AllThreadsContinued = false
		case other.Execution == key.execution:
			err = d.Continue(other.Execution)
		default:
			_ = d.Continue(other.Execution) // it has gone on, or ended, meanwhile
		}
	}
	if stop == nil {
		err = debug.ErrNotStopped
	}
	return all, err
}

// pause stops the execution of a thread, or all of them.
func (s *Session) pause(_ context.Context, in *dap.PauseArguments) (any, error) {
	key, ok := s.threads.of(in.ThreadId)
	if ok && key.execution != "" {
		s.mine[key.execution] = true
		return nil, s.debugger().Pause(key.execution)
	}
	for _, arn := range s.executions {
		if s.debugger().Pause(arn) == nil {
			s.mine[arn] = true
		}
	}
	return nil, nil
}

// gotoTargets are the states in a line.
func (s *Session) gotoTargets(_ context.Context, in *dap.GotoTargetsArguments) (any, error) {
	body := &dap.GotoTargetsResponseBody{Targets: []dap.GotoTarget{}}
	for _, source := range s.sourcesOf(&in.Source) {
		at, ok := source.at(s.lineIn(in.Line))
		if !ok {
			continue
		}
		line, column := source.lineOf(at.pointer)
		body.Targets = append(body.Targets, dap.GotoTarget{Id: s.targets.id(at.state), Label: at.state, Line: s.lineOut(line), Column: s.columnOut(column)})
		break
	}
	return body, nil
}

func (s *Session) gotoRequest(ctx context.Context, in *dap.GotoArguments) (any, error) {
	key, err := s.thread(in.ThreadId)
	if err != nil {
		return nil, err
	}
	state, ok := s.targets.of(in.TargetId)
	if !ok {
		return nil, fmt.Errorf("there is no target %d", in.TargetId)
	}
	return nil, s.goTo(ctx, key, state)
}

// goTo lets a thread go on with another state of its workflow: from the past, in a new
// execution.
func (s *Session) goTo(ctx context.Context, key threadKey, state string) error {
	source, err := s.sourceOf(key.execution)
	if err != nil {
		return err
	}
	if source.pointers[state] == "" {
		return fmt.Errorf("there is no state %q", state)
	}
	if stop := s.debugger().Execution(key.execution); stop != nil && stop.Past {
		snapshot, err := s.debugger().Snapshot(key.execution, key.frame)
		if err != nil {
			return err
		}
		return s.fork(ctx, key, snapshot.Pointer, state)
	}
	err = s.override(ctx, key, &machine.Override{Next: state})
	if errors.Is(err, debug.ErrNotHere) {
		return fmt.Errorf("the execution cannot go on with %q from here: it is in another workflow, or branches and iterations run", state)
	}
	return err
}

// restartFrame enters a state again: in the past, in a new execution that reuses what
// tasks have got until then.
func (s *Session) restartFrame(ctx context.Context, in *dap.RestartFrameArguments) (any, error) {
	key, err := s.frame(in.FrameId)
	if err != nil {
		return nil, err
	}
	if key.whole {
		return nil, errors.New("this is the execution; restart the session, or fork from the past")
	}
	snapshot, err := s.debugger().Snapshot(key.execution, key.frame)
	if err != nil {
		return nil, err
	}
	if stop := s.debugger().Execution(key.execution); stop != nil && stop.Past {
		return nil, s.fork(ctx, key.threadKey, snapshot.Pointer, snapshot.State)
	}
	err = s.override(ctx, key.threadKey, &machine.Override{Next: snapshot.State})
	if errors.Is(err, debug.ErrNotHere) {
		return nil, fmt.Errorf("%s cannot be entered again while its branches or iterations run; step back to it, and restart there", snapshot.State)
	}
	return nil, err
}

// A forked execution is to stop at the state at which it goes on.
type forked struct {
	at string // JSON pointer
	to string // state that is to follow
}

// fork starts an execution that goes on from the moment at which another one is looked
// at, and stops there.
func (s *Session) fork(ctx context.Context, key threadKey, at, to string) error {
	start, _, err := s.debugger().Started(key.execution)
	if err != nil {
		return err
	}
	b := debug.Breakpoint{Kind: debug.AtState, Machine: start.Machine, State: at}
	if _, err := s.set("fork", []*point{{made: []debug.Breakpoint{b}}}); err != nil {
		return err
	}
	arn, err := s.debugger().Fork(ctx, key.execution, value.Value{})
	if err != nil {
		_, _ = s.set("fork", nil)
		return err
	}
	s.forks[arn] = forked{at, to}
	s.mine[arn] = true
	s.say("console", "started "+arn+", which goes on from here\n", "", "")
	return nil
}

// arrived ends the fork of an execution that has stopped, and leads it to the state that
// it was forked for.
func (s *Session) arrived(stop *debug.Stop) (elsewhere bool) {
	f, ok := s.forks[stop.Execution]
	if !ok {
		return false
	}
	delete(s.forks, stop.Execution)
	if len(s.forks) == 0 {
		_, _ = s.set("fork", nil)
	}
	if stop.Pointer != f.at || stop.State == f.to {
		return false
	}
	err := s.override(s.context, threadKey{stop.Execution, stop.Thread}, &machine.Override{Next: f.to})
	return err == nil
}
