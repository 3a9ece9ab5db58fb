package emulator

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"github.com/google/uuid"

	"github.com/aslocal/aslocal/asl/machine"
	"github.com/aslocal/aslocal/emulator/debug"
	"github.com/aslocal/aslocal/emulator/internal/arn"
	"github.com/aslocal/aslocal/emulator/internal/engine"
	"github.com/aslocal/aslocal/emulator/journal"
	"github.com/aslocal/aslocal/emulator/ui"
	"github.com/aslocal/aslocal/value"
)

// This file connects the debugger to the emulator, and has what editors and terminals
// that debug need beside it.

// Debugger returns the debugger of the emulator's executions. As long as it has no
// breakpoints, it costs nothing.
func (e *Emulator) Debugger() *debug.Debugger { return e.debugger }

func (e *Emulator) newDebugger() *debug.Debugger {
	c := debug.Config{Rerun: func(ctx context.Context, arn string, event int64, input value.Value) (string, error) {
		text := input.String()
		if !input.Exists() {
			old, err := e.api.Execution(arn)
			if err != nil {
				return "", err
			}
			text = old.Start.InputText
		}
		return e.rerun(ctx, arn, "", text, event, false)
	}}
	if e.pages != nil {
		c.Keep, c.KeptFace = e.keepDebugger, pagesFace
	}
	return debug.New(c)
}

// pagesFace is the name of the face of the pages, whose breakpoints survive a restart.
const pagesFace = "pages"

// kindDebugger is the kind of the document that has what survives; its key is the name
// of the face.
const kindDebugger = "debugger"

// keepDebugger writes what of the debugger survives a restart.
func (e *Emulator) keepDebugger(k debug.Kept) {
	data, err := json.Marshal(k)
	if err != nil {
		e.log.Error("the breakpoints cannot be kept", "error", err)
		return
	}
	e.store.Commit(journal.Write{Documents: []journal.Document{{Kind: kindDebugger, Key: pagesFace, Data: data}}}, func(err error) {
		if err != nil {
			e.log.Error("the breakpoints were not kept", "journal", e.store.Path(), "error", err)
		}
	})
}

// restoreDebugger reads what keepDebugger has written, before executions go on.
func (e *Emulator) restoreDebugger() error {
	if e.pages == nil {
		return nil
	}
	err := journal.Load(e.store, kindDebugger, func(d journal.Document) error {
		return json.Unmarshal(d.Data, &e.debugged)
	}, func(b *journal.BrokenError) { e.log.Error(b.Error()) })
	if err != nil {
		return err
	}
	if len(e.debugged.Breakpoints) > 0 || len(e.debugged.Stopped) > 0 {
		e.debugger.Restore(e.debugged)
	}
	return nil
}

// recover goes on with the executions of the store; those that were stopped stop again.
func (e *Emulator) recover() error {
	if err := e.engine.Recover(); err != nil {
		return err
	}
	if len(e.debugged.Stopped) > 0 {
		e.debugger.StopAgain(e.debugged)
	}
	return nil
}

// DefinitionOf returns the definition that an execution runs, whole also for a child of a
// Map Run, which runs a part of it. It fails if there is no such execution.
func (e *Emulator) DefinitionOf(execution string) (string, error) {
	v, err := e.engine.Describe(execution)
	if err != nil {
		return "", fmt.Errorf("emulator: %s: %w", execution, err)
	}
	key, _ := arn.SplitRevision(v.Revision)
	revision, err := e.registry.Revision(key)
	if err != nil {
		return "", fmt.Errorf("emulator: the definition of %s: %w", execution, err)
	}
	return revision.Definition, nil
}

// Running returns the ARNs of executions that run, children of Map Runs among them, the
// newest first: at most limit, which is at least 1, and whether there are more.
func (e *Emulator) Running(limit int) (arns []string, more bool, err error) {
	rows, next, err := e.engine.List(journal.Query{Status: machine.Running.String(), Limit: limit})
	for _, r := range rows {
		arns = append(arns, r.ARN)
	}
	return arns, next != journal.Cursor{}, err
}

// Observe calls see for the records of all executions from now on, private ones among
// them, once they are durable and in order for each execution, until stop is called. see
// must not block.
func (e *Emulator) Observe(see func(execution *machine.Start, ev *machine.Event)) (stop func()) {
	return e.engine.Observe(engine.Filter{}, see)
}

// StartStopped begins an execution as [Emulator.Start] does; it stops at its first state.
func (e *Emulator) StartStopped(ctx context.Context, machineARN, input string) (execution string, err error) {
	parts := strings.SplitN(machineARN, ":", 8)
	if len(parts) < 7 {
		return e.Start(ctx, machineARN, input) // which says what is wrong with the ARN
	}
	name := uuid.NewString()
	stateMachine, _, _ := strings.Cut(parts[6], "#")
	execution = strings.Join(parts[:5], ":") + ":execution:" + stateMachine + ":" + name
	e.debugger.StopAtEntry(&machine.Start{ARN: execution, Machine: stateMachine})
	_, err = e.call(ctx, "StartExecution", value.OfMembers("stateMachineArn", value.OfString(machineARN), "name", value.OfString(name), "input", value.OfString(input)))
	if err != nil {
		e.debugger.Forget(execution)
	}
	return execution, err
}

// Stop stops an execution as StopExecution does. It fails as that does.
func (e *Emulator) Stop(ctx context.Context, execution string) error {
	_, err := e.call(ctx, "StopExecution", value.OfMembers("executionArn", value.OfString(execution)))
	return err
}

// ErrNotSleeping says that a line of control is in no Wait and no pause before a retry.
var ErrNotSleeping = errors.New("the state does not wait for a time now")

// SkipSleep ends the Wait, or the pause before a retry, in a line of control of an
// execution. It fails with ErrNotSleeping.
func (e *Emulator) SkipSleep(ctx context.Context, execution string, frame int32) error {
	err := e.engine.SkipSleep(ctx, execution, frame)
	if errors.Is(err, engine.ErrNotFound) || errors.Is(err, engine.ErrNotSleeping) || errors.Is(err, engine.ErrStale) {
		return ErrNotSleeping
	}
	return err
}

// Pin answers all calls of a Task state with an output, as a pin of the pages does, and
// keeps that over a restart. An output that has no value takes the pin away.
func (e *Emulator) Pin(ctx context.Context, stateMachine, state string, output value.Value) error {
	p := pages{em: e}
	var err error
	if output.Exists() {
		err = p.SetPin(ctx, ui.Pin{Machine: stateMachine, State: state, Output: output.String()})
	} else {
		err = p.RemovePin(ctx, stateMachine, state)
	}
	if err == nil && e.pages != nil {
		e.pages.ui.MocksChanged()
	}
	return err
}

// Debugger implements ui.Own.
func (p *pages) Debugger() *debug.Debugger { return p.em.debugger }
