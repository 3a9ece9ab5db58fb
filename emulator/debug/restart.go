package debug

import (
	"encoding/json"
	"slices"

	"github.com/aslocal/aslocal/asl/machine"
)

// This file keeps what is to survive a restart: the breakpoints of one face, and which
// executions were stopped.

// Kept is what survives a restart.
type Kept struct {
	Breakpoints []Breakpoint `json:"breakpoints"` // of the face Config.KeptFace
	Stopped     []string     `json:"stopped"`     // ARNs of executions, sorted
}

// keep gives what is to survive to Config.Keep, if that has changed. The caller holds
// d.mu.
func (d *Debugger) keep() {
	if d.config.Keep == nil {
		return
	}
	kept := Kept{Breakpoints: []Breakpoint{}, Stopped: []string{}}
	for _, f := range d.faces {
		if f.Name != d.config.KeptFace {
			continue
		}
		for _, b := range f.breakpoints() {
			b.ID, b.Hits, b.Problem = 0, 0, ""
			kept.Breakpoints = append(kept.Breakpoints, b)
		}
	}
	for _, s := range d.stops() {
		if s.Past && !slices.Contains(d.engine.Stopped(), s.Execution) { // it runs, and is only looked at
			continue
		}
		kept.Stopped = append(kept.Stopped, s.Execution)
	}
	text, err := json.Marshal(kept)
	if err != nil || string(text) == d.kept {
		return
	}
	d.kept = string(text)
	d.config.Keep(kept)
}

// Restore sets the breakpoints of Config.KeptFace, before anybody has attached under that
// name, and lets executions stop where they take their next step. It is called before the
// engine recovers; see [Debugger.StopAgain].
func (d *Debugger) Restore(k Kept) {
	d.mu.Lock()
	f := &Face{debugger: d, Name: d.config.KeptFace, restored: true}
	d.faces = append(d.faces, f)
	for _, arn := range k.Stopped {
		d.runs[arn] = &run{start: &machine.Start{ARN: arn}, want: want{kind: pause}}
	}
	d.mu.Unlock()
	f.SetBreakpoints(k.Breakpoints)
}

// StopAgain stops the restored executions that wait, and forgets those that are over. It
// is called when the engine has recovered.
func (d *Debugger) StopAgain(k Kept) {
	for _, arn := range k.Stopped {
		if d.Execution(arn) != nil || d.Pause(arn) == nil {
			continue
		}
		d.mu.Lock()
		delete(d.runs, arn)
		d.update()
		d.mu.Unlock()
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	d.keep()
}
