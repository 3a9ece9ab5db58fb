package jsonata

import (
	"context"
	"math"
	"sync"
	"time"

	"github.com/aslocal/aslocal/jsonata/internal/ecma"
	"github.com/aslocal/aslocal/value"
)

// This file is the state of one evaluation: its frames of variables, its stack and
// its budget. Everything else is in the Expr and never changes.

// Env is everything that an evaluation can read besides its input. The zero Env is
// valid.
type Env struct {
	// Variables are the values of free variables; nil means that there are none.
	Variables Variables
	// Now is the clock of $now and $millis. An evaluation reads it at most once.
	// nil means that the time is the epoch.
	Now func() time.Time
	// Random returns the random numbers, 0 <= n < 1, of $random and $shuffle. nil
	// means that all are 0.
	Random func() float64
	// Limits bounds the cost of the evaluation.
	Limits Limits
}

// Variables gives values to the free variables of an expression.
type Variables interface {
	// Variable returns the value of $name, which may be no value. ok is false if
	// there is no such variable; $name is then the function of that name, if any.
	Variable(name string) (v value.Value, ok bool)
}

// Map is a set of variables by name, without the $.
type Map map[string]value.Value

// Variable implements Variables.
func (m Map) Variable(name string) (value.Value, bool) {
	v, ok := m[name]
	return v, ok
}

// A run is one evaluation.
type run struct {
	expr                *Expr
	env                 Env
	ctx                 context.Context
	root                value.Value   // $$
	free                []value.Value // the values of the free variables
	stack               []value.Value // arguments and results under construction
	spare               [frameSizes]*frame
	text                []byte // a string under construction
	matcher             ecma.Matcher
	sites               []lastSite
	tail                tailCall
	depth               int // of the evaluations around the body under way, see depth.go
	level               int // of the call under way
	maxDepth            int
	maxItems, maxLength int
	steps               int // left, without fuel
	fuel                int // steps until refuel
	memory              int // bytes left
	now                 time.Time
	clocked             bool
	top                 frame
}

// lastSite is the place where a built-in function was last called.
type lastSite struct {
	fn   *function
	site *site
}

// A frame holds the variables of a block, of a call, or of one tuple of a path.
type frame struct {
	slots []value.Value // no value: not bound yet
	up    *frame        // the frame around it
	run   *run
	at    value.Value             // of a tuple: its context, "@"
	few   [frameSlots]value.Value // the slots, if they are few
	next  *frame                  // among the spare ones
}

const (
	frameSlots = 3 // the slots that a frame holds itself
	frameSizes = 2 // the lists of spare frames: of frames with at most frameSlots, of others
)

// boundToNothing is in the slot of a variable that is bound to no value, and so
// hides a variable of the same name further out.
var boundToNothing = ofFunction(nothing)

// nothing is a function that no expression can see.
var nothing = &function{name: "nothing"}

// runs keeps runs so that evaluations can share stacks and frames.
var runs = sync.Pool{New: func() any { return new(run) }}

// begin prepares an evaluation.
func (e *Expr) begin(ctx context.Context, input value.Value, env Env) *run {
	r := runs.Get().(*run)
	r.expr, r.env, r.ctx, r.root = e, env, ctx, input
	r.depth, r.level, r.memory = 0, 0, env.Limits.memory()
	if r.steps = env.Limits.Steps; r.steps <= 0 {
		r.steps = math.MaxInt
	}
	r.grant()
	if r.maxDepth = env.Limits.Depth; r.maxDepth <= 0 {
		r.maxDepth = defaultDepth
	}
	if r.maxItems = env.Limits.Items; r.maxItems <= 0 {
		r.maxItems = math.MaxInt
	}
	if r.maxLength = env.Limits.Length; r.maxLength <= 0 {
		r.maxLength = math.MaxInt
	}
	for _, v := range e.free {
		var bound value.Value
		ok := false
		if env.Variables != nil {
			bound, ok = env.Variables.Variable(v.name)
		}
		if !ok {
			bound = v.function
		}
		r.free = append(r.free, bound)
	}
	r.top.run = r
	r.top.setSize(len(e.scope.names))
	return r
}

// maxKept is the maximum size of a stack that is kept for the next evaluation.
const maxKept = 1 << 14

// end returns the run to the pool.
func (r *run) end() {
	if cap(r.stack) > maxKept {
		r.stack = nil
	}
	if cap(r.text) > 16*maxKept {
		r.text = nil
	}
	clear(r.stack[:cap(r.stack)])
	clear(r.free)
	clear(r.top.few[:])
	r.top.slots = nil
	r.stack, r.free, r.sites, r.matcher = r.stack[:0], r.free[:0], nil, ecma.Matcher{}
	r.expr, r.env, r.ctx, r.root, r.tail = nil, Env{}, nil, value.Value{}, tailCall{}
	r.now, r.clocked = time.Time{}, false
	runs.Put(r)
}

func (f *frame) setSize(n int) {
	if n <= frameSlots {
		f.slots = f.few[:n]
	} else {
		f.slots = make([]value.Value, n)
	}
}

// above returns the frame that is the given number of frames further out.
func (f *frame) above(up int) *frame {
	for range up {
		f = f.up
	}
	return f
}

// frame returns a frame for the scope, inside the frame up.
func (r *run) frame(s *scope, up *frame) *frame {
	n := len(s.names)
	class := 0
	if n > frameSlots {
		class = 1
	}
	f := r.spare[class]
	if f == nil {
		f = &frame{run: r}
		f.setSize(n)
	} else {
		r.spare[class] = f.next
		f.next = nil
		if class == 1 {
			if cap(f.slots) < n {
				f.slots = make([]value.Value, n)
			}
		} else {
			f.slots = f.few[:]
		}
		f.slots = f.slots[:n]
	}
	f.up = up
	return f
}

// release takes back a frame that nothing refers to any more, unless a function
// may have captured it.
func (r *run) release(s *scope, f *frame) {
	if s.captured {
		return
	}
	class := 0
	if len(f.slots) > frameSlots {
		class = 1
	}
	clear(f.slots)
	f.up, f.next = nil, r.spare[class]
	r.spare[class] = f
}

// clock returns the time of the evaluation.
func (r *run) clock() time.Time {
	if !r.clocked {
		r.clocked = true
		r.now = time.UnixMilli(0)
		if r.env.Now != nil {
			r.now = r.env.Now()
		}
	}
	return r.now.UTC()
}

// random returns a number from 0 to below 1.
func (r *run) random() float64 {
	if r.env.Random == nil {
		return 0
	}
	return r.env.Random()
}
