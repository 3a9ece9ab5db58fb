package jsonata

import (
	"context"
	"errors"
	"time"

	"github.com/aslocal/aslocal/value"
)

// This file bounds the cost of an evaluation. Exceeding a limit ends the
// evaluation with code U1001 and a text that says which limit it was.

// Limits bounds one evaluation. The zero Limits has the defaults.
type Limits struct {
	// Steps is the maximum number of steps of work; 0 means no limit.
	// A step is one function call, one item visited by a path step, a predicate
	// or a built-in function, 32 items allocated, 1,024 bytes of text made or
	// passed to a function, or 256 bytes searched by a regular expression. The
	// count depends on the expression, its input and its Env alone, never on the
	// machine: an evaluation that is repeated ends at the same place.
	//
	// A step takes 0.03 to 0.5 µs on a machine of 2026, so 20 million of them
	// end an endless loop after 0.6 to 10 s. The work of a backtracking regular
	// expression is not counted, see RegexTime. The error has the cause [ErrSteps].
	Steps int
	// Depth is the maximum nesting of the evaluation, counted as the reference does: an
	// operand is one level below its operator, the body of a function one level
	// below the call. Tail calls do not nest. 0 means 2,000; Step Functions
	// allows 100.
	Depth int
	// Memory is the number of bytes that the evaluation may allocate for arrays,
	// objects and strings, approximately, including those it no longer needs; 0
	// means 256 MiB.
	Memory int
	// Items is the maximum number of items of one array, Length the maximum
	// number of bytes of one string; 0 means no limit but Memory.
	Items, Length int
	// RegexTime bounds one match of a regular expression that needs
	// backtracking (lookaround, backreferences); 0 means one second. The others
	// take time in proportion to the text.
	RegexTime time.Duration
}

// ErrSteps is the cause of the *Error of an evaluation that took more than
// Limits.Steps; test for it with errors.Is. The message of the *Error is the
// one of a timeout, which is what Step Functions reports.
var ErrSteps = errors.New("jsonata: step limit reached")

// memory is Memory, or its default.
func (l Limits) memory() int {
	if l.Memory <= 0 {
		return defaultMemory
	}
	return l.Memory
}

const (
	defaultDepth  = 2000
	defaultMemory = 256 << 20
	defaultRegex  = time.Second

	// deepest is the maximum depth of a value that functions go through to the
	// bottom: Go's own stack must hold it.
	deepest = 10000

	// pollEvery is the number of steps between two looks at the context.
	pollEvery    = 256
	itemsPerStep = 32
	bytesPerStep = 1024

	// A regular expression takes longer for a byte than other functions.
	searchedPerStep = 256
)

func limitError(text string, cause error) error {
	return &Error{Code: codeLimit, text: text, cause: cause}
}

// poll counts one step. It is called wherever work repeats, and fails if the
// evaluation has to end.
func (r *run) poll() error {
	r.fuel--
	if r.fuel >= 0 {
		return nil
	}
	return r.refuel()
}

// refuel is called when fuel is used up: it looks at the limits that poll does
// not check at every step, and grants the next steps.
func (r *run) refuel() error {
	r.steps += r.fuel // the steps taken beyond the last grant; fuel is negative
	if r.steps < 0 {
		return limitError(tooLong, ErrSteps)
	}
	r.grant()
	err := r.ctx.Err()
	switch {
	case err == nil && len(r.stack) > min(r.memory/valueSize, r.maxItems): // results under construction
		return limitError(tooLarge, nil)
	case err == nil:
		return nil
	case errors.Is(err, context.DeadlineExceeded):
		return limitError(tooLong, err)
	}
	return limitError("Expression evaluation cancelled", err)
}

// grant moves steps of the budget into fuel, which poll counts down.
func (r *run) grant() {
	r.fuel = min(pollEvery, r.steps)
	r.steps -= r.fuel
}

// read counts the steps of a function that goes through its arguments.
func (r *run) read(args []value.Value) {
	for i := range args {
		if args[i].Kind() == value.String {
			r.fuel -= len(args[i].Text()) / bytesPerStep
		}
	}
}

const (
	valueSize  = 24  // bytes of an item
	objectSize = 128 // of an array or object without its items; and of the stack to go through it
)

// grow accounts for an array of n new items, or an object of n members.
func (r *run) grow(n int) error {
	if n > r.maxItems {
		return limitError(tooLarge, nil)
	}
	return r.charge(n)
}

// charge accounts for something that takes as much memory as n values.
func (r *run) charge(n int) error {
	r.fuel -= n / itemsPerStep
	r.memory -= n*valueSize + objectSize
	if r.memory < 0 {
		return limitError(tooLarge, nil)
	}
	return nil
}

// allocate accounts for the bytes of a string.
func (r *run) allocate(bytes int) error {
	r.fuel -= bytes / bytesPerStep
	if err := r.fits(bytes); err != nil {
		return err
	}
	r.memory -= bytes
	return nil
}

// fits fails if a string under construction is already too long.
func (r *run) fits(bytes int) error {
	if bytes > min(r.memory, r.maxLength) {
		return limitError(tooLarge, nil)
	}
	return nil
}

// checkSize goes through a value to the bottom before something else does. It
// fails if arrays and objects nest too deep for that, or if they take more memory
// than the evaluation may use, counting each as often as it occurs: [[$a], [$a]]
// is small, but sixty such steps make a value that is larger, written out, than
// any disk.
func (r *run) checkSize(v value.Value) error {
	most := r.env.Limits.memory()
	c := sizeCheck{left: most}
	err := c.add(v, deepest)
	r.fuel -= (most - c.left) / (itemsPerStep * valueSize)
	return err
}

// fewBytes is an amount of memory in which no value can be made whose size needs
// a check: at most five arrays of a few items each, in one another.
const fewBytes = 1 << 10

// spent returns the memory that the evaluation has allocated so far.
func (r *run) spent() int { return r.env.Limits.memory() - r.memory }

// A sizeCheck adds up the memory of a value, as long as there are bytes left.
type sizeCheck struct {
	left  int
	shape *value.Shape // the last one met
	names int          // the bytes of its names
}

// add adds a value of at most the given number of levels.
func (c *sizeCheck) add(v value.Value, levels int) error {
	list := v.Slice()
	if shape := v.Shape(); shape != nil {
		list = v.MemberValues()
		c.left -= c.namesOf(shape)
	}
	c.left -= len(list) * valueSize
	for i := range list {
		switch list[i].Kind() {
		case value.String:
			c.left -= len(list[i].Text())
		case value.Array, value.Object:
			if c.left -= objectSize; levels <= 1 {
				return limitError(tooDeep, nil)
			}
			if err := c.add(list[i], levels-1); err != nil {
				return err
			}
		}
	}
	if c.left < 0 {
		return limitError(tooLarge, nil)
	}
	return nil
}

// namesOf returns the bytes of the names of a shape. Objects in a row mostly have
// one shape, so the last result is kept.
func (c *sizeCheck) namesOf(shape *value.Shape) int {
	if shape != c.shape {
		c.shape, c.names = shape, 0
		for i := range shape.Len() {
			c.names += len(shape.Name(i))
		}
	}
	return c.names
}
