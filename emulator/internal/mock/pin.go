package mock

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"unicode/utf8"

	"github.com/aslocal/aslocal/asl"
	"github.com/aslocal/aslocal/asl/machine"
	"github.com/aslocal/aslocal/emulator/journal"
	"github.com/aslocal/aslocal/value"
)

// This file keeps pins: outcomes that people give to single Task states. The store has
// them, so they are there after a restart.

// A Pin is the outcome of every call of a Task state, while it is on.
type Pin struct {
	Machine string // name of the state machine
	State   string
	Outcome Outcome
	Off     bool
}

// The bounds of pins.
const (
	maxPins      = 1000
	maxName      = 80 // characters of the names of state machines and states
	maxErrorName = 256
	maxCause     = 32_768
)

// Check returns what is wrong with a pin, nil if nothing is.
func (p *Pin) Check() error {
	out := &p.Outcome
	switch {
	case p.Machine == "" || utf8.RuneCountInString(p.Machine) > maxName || strings.Contains(p.Machine, "/"):
		return fmt.Errorf("machine: expected the name of a state machine")
	case p.State == "" || utf8.RuneCountInString(p.State) > maxName:
		return fmt.Errorf("state: expected the name of a state")
	case out.Throw == nil && !out.Return.Exists():
		return fmt.Errorf("expected a result or an error")
	case out.Throw == nil && out.Return.Size() > machine.MaxPayload:
		return fmt.Errorf("result: expected at most %d bytes, got %d", machine.MaxPayload, out.Return.Size())
	case out.Throw != nil:
		return checkError(out.Throw)
	}
	return nil
}

// checkError checks an error that a state is to see.
func checkError(e *asl.Error) error {
	switch {
	case e.Name == "":
		return fmt.Errorf("error: expected the name of an error")
	case len(e.Name) > maxErrorName:
		return fmt.Errorf("error: expected at most %d bytes, got %d", maxErrorName, len(e.Name))
	case len(e.Cause) > maxCause:
		return fmt.Errorf("cause: expected at most %d bytes, got %d", maxCause, len(e.Cause))
	}
	return nil
}

// Pins are the pins of a store. They are safe for concurrent use.
type Pins struct {
	store   journal.Store
	changes sync.Mutex // one change is written at a time

	n   atomic.Int32 // of all; 0: nobody needs the lock
	mu  sync.RWMutex
	all map[pinned]Pin
}

// pinned is the state that a pin is of.
type pinned struct{ machine, state string }

// kindPin is the kind of the documents. The key of one is the name of the state machine,
// which has no slash, a slash, and the name of the state.
const kindPin = "pin"

func (k pinned) key() string { return k.machine + "/" + k.state }

// OpenPins reads the pins of a store. One that cannot be read is given to broken.
func OpenPins(store journal.Store, broken func(error)) (*Pins, error) {
	p := &Pins{store: store, all: make(map[pinned]Pin)}
	err := journal.Load(store, kindPin, func(d journal.Document) error {
		pin, err := parsePin(d)
		if err == nil {
			p.all[pinned{pin.Machine, pin.State}] = pin
		}
		return err
	}, func(b *journal.BrokenError) { broken(b) })
	p.n.Store(int32(len(p.all)))
	return p, err
}

func parsePin(d journal.Document) (Pin, error) {
	v, err := value.ParseBytes(d.Data)
	if err != nil {
		return Pin{}, err
	}
	var p Pin
	p.Machine, p.State, _ = strings.Cut(d.Key, "/")
	p.Off = v.Get("off").Bool()
	if thrown := v.Get(throws); thrown.Exists() {
		p.Outcome.Throw = &asl.Error{Name: thrown.Get("Error").Text(), Cause: thrown.Get("Cause").Text()}
	} else {
		p.Outcome.Return = v.Get(returns)
	}
	return p, p.Check()
}

func (p *Pin) document() journal.Document {
	v := p.Outcome.document().With("off", value.OfBool(p.Off))
	return journal.Document{Kind: kindPin, Key: pinned{p.Machine, p.State}.key(), Data: v.AppendJSON(nil)}
}

// Set pins a state, instead of the pin that it has, and returns when that is durable. It
// fails if the pin is wrong ([Pin.Check]) or there are too many.
func (p *Pins) Set(ctx context.Context, pin Pin) error {
	if err := pin.Check(); err != nil {
		return err
	}
	at := pinned{pin.Machine, pin.State}
	p.changes.Lock()
	defer p.changes.Unlock()
	p.mu.RLock()
	_, known := p.all[at]
	full := !known && len(p.all) >= maxPins
	p.mu.RUnlock()
	if full {
		return fmt.Errorf("there are %d pins already; remove one", maxPins)
	}
	if err := p.write(ctx, pin.document()); err != nil {
		return err
	}
	p.mu.Lock()
	p.all[at] = pin
	p.n.Store(int32(len(p.all)))
	p.mu.Unlock()
	return nil
}

// ErrNoPin says that a state has no pin.
var ErrNoPin = errors.New("the state has no pin")

// Remove removes the pin of a state and returns when that is durable. It fails with
// ErrNoPin.
func (p *Pins) Remove(ctx context.Context, machine, state string) error {
	at := pinned{machine, state}
	p.changes.Lock()
	defer p.changes.Unlock()
	p.mu.RLock()
	_, known := p.all[at]
	p.mu.RUnlock()
	if !known {
		return ErrNoPin
	}
	if err := p.write(ctx, journal.Document{Kind: kindPin, Key: at.key()}); err != nil {
		return err
	}
	p.mu.Lock()
	delete(p.all, at)
	p.n.Store(int32(len(p.all)))
	p.mu.Unlock()
	return nil
}

// write writes a document. The write is not given up with the context, so that the pins
// and the store do not differ.
func (p *Pins) write(ctx context.Context, d journal.Document) error {
	return journal.Do(context.WithoutCancel(ctx), p.store, journal.Write{Documents: []journal.Document{d}})
}

// All returns the pins, by state machine and state.
func (p *Pins) All() []Pin {
	p.mu.RLock()
	all := slices.Collect(maps.Values(p.all))
	p.mu.RUnlock()
	slices.SortFunc(all, func(a, b Pin) int { return cmp.Or(cmp.Compare(a.Machine, b.Machine), cmp.Compare(a.State, b.State)) })
	return all
}

// any reports whether there are pins.
func (p *Pins) any() bool { return p != nil && p.n.Load() > 0 }

// Outcome returns that of a pin which is on; pinned is false if there is none.
func (p *Pins) Outcome(machine, state string) (out Outcome, isPinned bool) {
	if !p.any() {
		return out, false
	}
	p.mu.RLock()
	defer p.mu.RUnlock()
	pin, ok := p.all[pinned{machine, state}]
	return pin.Outcome, ok && !pin.Off
}
