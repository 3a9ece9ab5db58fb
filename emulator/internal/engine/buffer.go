package engine

import (
	"slices"
	"sync"

	"github.com/aslocal/aslocal/asl/machine"
)

// This file keeps the slices that batches are made in: an execution needs them
// for some microseconds, so a few serve all.

var (
	eventBuffers = sync.Pool{New: func() any { return new([]machine.Event) }}
	byteBuffers  = sync.Pool{New: func() any { return new([]byte) }}
)

// How many events or bytes a slice may have room for to be kept.
const (
	mostEvents = 1 << 16
	mostBytes  = 1 << 20 // documents of the largest size, in and out
)

// newEvents returns an empty slice for the events of a batch.
func newEvents() []machine.Event { return (*eventBuffers.Get().(*[]machine.Event))[:0] }

// recycle takes the events of a batch back. Nobody may look at them any more.
func recycle(events []machine.Event) {
	if cap(events) == 0 || cap(events) > mostEvents {
		return
	}
	clear(events)
	eventBuffers.Put(&events)
}

// encode returns the journal's bytes of a batch.
func encode(events []machine.Event) []byte {
	buffer := byteBuffers.Get().(*[]byte)
	*buffer = machine.AppendEvents((*buffer)[:0], events)
	data := slices.Clone(*buffer)
	if cap(*buffer) <= mostBytes {
		byteBuffers.Put(buffer)
	}
	return data
}
