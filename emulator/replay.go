package emulator

import (
	"context"
	"fmt"

	"github.com/aslocal/aslocal/asl"
	"github.com/aslocal/aslocal/asl/machine"
	"github.com/aslocal/aslocal/emulator/internal/history"
	"github.com/aslocal/aslocal/emulator/internal/registry"
	"github.com/aslocal/aslocal/emulator/internal/task"
	"github.com/aslocal/aslocal/emulator/replay"
	"github.com/aslocal/aslocal/value"
)

// This file reads histories that AWS has made, and replays them.

// ReadHistory reads a history that Step Functions has made: what GetExecutionHistory
// answers, and `aws stepfunctions get-execution-history` prints, a list of events or an
// object with the member events. It must have all events from the first on, in either
// order, 30,000 at most. The events have what package timeline needs: the line of control
// that each happened in, and the state that follows one. definition tells the branches of
// a Parallel state apart, and with what a Fail state fails; it may be nil. The error says
// which event is wrong, and how.
func ReadHistory(text []byte, definition *asl.Definition) ([]machine.Event, error) {
	in, err := value.ParseBytes(text)
	if err != nil {
		return nil, fmt.Errorf("expected JSON: %w", err)
	}
	return history.Read(in, definition)
}

// Replay runs a definition with what the tasks of a recorded execution have answered, and
// finds the first event that differs, as package replay says. o.Program is made of the
// definition if it is nil: as those of an emulator's state machines are. The definition
// must be valid. It fails as replay.Run does.
func Replay(ctx context.Context, o replay.Options) (*replay.Result, error) {
	program, err := programOf(o)
	if err != nil {
		return nil, err
	}
	o.Program = program
	return replay.Run(ctx, o)
}

// programOf is the program to replay.
func programOf(o replay.Options) (*machine.Program, error) {
	if o.Program != nil {
		return o.Program, nil
	}
	program, err := machine.Compile(o.Definition)
	if err != nil {
		return nil, err
	}
	registry.LimitExpressions(program)
	program.CompleteParameters(task.CompleteParameters)
	return program, nil
}
