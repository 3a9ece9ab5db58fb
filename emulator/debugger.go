package emulator

import (
	"context"

	"github.com/aslocal/aslocal/emulator/debug"
	"github.com/aslocal/aslocal/value"
)

// This file connects the debugger to the emulator.

// Debugger returns the debugger of the emulator's executions. As long as it has no
// breakpoints, it costs nothing.
func (e *Emulator) Debugger() *debug.Debugger { return e.debugger }

func (e *Emulator) newDebugger() *debug.Debugger {
	return debug.New(debug.Config{Rerun: func(ctx context.Context, arn string, event int64, input value.Value) (string, error) {
		text := input.String()
		if !input.Exists() {
			old, err := e.api.Execution(arn)
			if err != nil {
				return "", err
			}
			text = old.Start.InputText
		}
		return e.rerun(ctx, arn, "", text, event, false)
	}})
}

// Debugger implements ui.Own.
func (p *pages) Debugger() *debug.Debugger { return p.em.debugger }
