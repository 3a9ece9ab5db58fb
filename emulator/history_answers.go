package emulator

import (
	"fmt"
	"strings"
	"sync"

	"github.com/aslocal/aslocal/asl"
	"github.com/aslocal/aslocal/emulator/internal/history"
	"github.com/aslocal/aslocal/emulator/internal/mock"
	"github.com/aslocal/aslocal/emulator/internal/task"
	"github.com/aslocal/aslocal/emulator/timeline"
	"github.com/aslocal/aslocal/value"
)

// This file lets executions get what the tasks of an execution in AWS have got.

// A historyFile is what WithHistory was given.
type historyFile struct {
	stateMachine string
	text         []byte
	definition   *asl.Definition
}

// WithHistory answers the tasks of a state machine with what those of a recorded execution
// have got: errors and attempts included, in their order. history is the answer of
// GetExecutionHistory, with data; definition is what that execution ran. A task that the
// history does not have is called, as are those of the children of Map Runs, whose histories
// are others. New fails if the history cannot be read.
func WithHistory(stateMachine string, history []byte, definition *asl.Definition) Option {
	return func(s *settings) { s.history = &historyFile{stateMachine, history, definition} }
}

// A recordedHistory has the outcomes of WithHistory.
type recordedHistory struct {
	stateMachine string
	recording    recording

	mu    sync.Mutex
	taken map[string][]bool // which outcomes of a state an execution has got, by its ARN and the name of the state
}

// read reads the history; nil if there is none.
func (f *historyFile) read() (*recordedHistory, error) {
	if f == nil {
		return nil, nil
	}
	in, err := value.ParseBytes(f.text)
	if err != nil {
		return nil, fmt.Errorf("the history: expected JSON: %w", err)
	}
	events, err := history.Read(in, f.definition)
	if err != nil {
		return nil, fmt.Errorf("the history: %w", err)
	}
	var b timeline.Builder
	for i := range events {
		b.Add(&events[i])
	}
	all := make(recording)
	for _, v := range b.Visits() {
		for _, a := range v.Attempts {
			if v.Kind == asl.Task && a.Scheduled != 0 && (a.Output.Exists() || a.Failure != nil) {
				all[v.State] = append(all[v.State], recorded{a.Input, a.Output, a.Failure})
			}
		}
	}
	return &recordedHistory{stateMachine: f.stateMachine, recording: all, taken: make(map[string][]bool)}, nil
}

// find is the outcome that a call has, nil if it is to be made: the first one of the state
// that the execution has not got, with the same input if there is one.
func (h *recordedHistory) find(c *task.Call) *recorded {
	if h == nil || c.Reading != nil || c.Writing != nil || strings.Contains(c.Machine, "/") || mock.MachineName(c.Machine) != h.stateMachine {
		return nil
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	of, key := h.recording[c.State], c.Execution+"/"+c.State
	if h.taken[key] == nil {
		h.taken[key] = make([]bool, len(of))
	}
	taken, next := h.taken[key], -1
	for i := range of {
		if taken[i] {
			continue
		}
		if value.Equal(of[i].input, c.Input) {
			next = i
			break
		}
		if next < 0 {
			next = i
		}
	}
	if next < 0 {
		return nil
	}
	taken[next] = true
	return &of[next]
}
