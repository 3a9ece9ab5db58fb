package jsonata

import (
	"context"
	"errors"
	"time"

	"github.com/aslocal/aslocal/value"
)

// This file bounds what an evaluation may cost. Each limit ends it with code
// U1001 and a text that says which one.

// Limits bounds one evaluation. The zero Limits has the defaults. Time is bounded
// by the context of Eval.
type Limits struct {
	// Depth is how deep evaluation may nest, counted as the reference does: an
	// operand is a level below its operator, the body of a function a level below
	// the call. Tail calls do not nest. 0 means 2,000; Step Functions has 100.
	Depth int
	// Memory is about how many bytes the evaluation may allocate for arrays,
	// objects and strings, counted as they are made whether or not they are
	// still needed; 0 means 256 MiB.
	Memory int
	// Items is how many items one array may have, Length how many bytes one string;
	// 0: as many as Memory allows.
	Items, Length int
	// RegexTime bounds one match of a regular expression that needs
	// backtracking (lookaround, backreferences); 0 means a second. Others take
	// time in proportion to the text.
	RegexTime time.Duration
}

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

	// deepest is how deep values may nest that functions go through to the
	// bottom: Go's own stack must hold it.
	deepest = 10000

	// pollEvery is after how many steps of work the context is looked at. What makes
	// large values takes more steps at once.
	pollEvery    = 256
	itemsPerStep = 32
	bytesPerStep = 1024
)

func limitError(text string, cause error) error {
	return &Error{Code: codeLimit, text: text, cause: cause}
}

// poll is called wherever work repeats. It fails if the evaluation is to end.
func (r *run) poll() error {
	r.fuel--
	if r.fuel > 0 {
		return nil
	}
	return r.refuel()
}

func (r *run) refuel() error {
	r.fuel = pollEvery
	err := r.ctx.Err()
	switch {
	case err == nil && len(r.stack) > min(r.memory/valueSize, r.maxItems): // results in the making
		return limitError(tooLarge, nil)
	case err == nil:
		return nil
	case errors.Is(err, context.DeadlineExceeded):
		return limitError(tooLong, err)
	}
	return limitError("Expression evaluation cancelled", err)
}

const (
	valueSize  = 24  // bytes of an item
	objectSize = 128 // of an array or object without its items; and of the stack to go through it
)

// grow accounts for an array of n new items, or an object of so many members.
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

// fits fails if a string that is still in the making is too long already.
func (r *run) fits(bytes int) error {
	if bytes > min(r.memory, r.maxLength) {
		return limitError(tooLarge, nil)
	}
	return nil
}

// survey goes through a value to the bottom before something else does. It fails
// if arrays and objects nest too deep for that, or if they take more memory than
// the evaluation may, each counted as often as it occurs: [[$a], [$a]] is small,
// but sixty such steps make a value that is larger, written out, than any disk.
func (r *run) survey(v value.Value) error {
	most := r.env.Limits.memory()
	s := surveyor{left: most}
	err := s.survey(v, deepest)
	r.fuel -= (most - s.left) / (itemsPerStep * valueSize)
	return err
}

// fewBytes is how much memory makes no value that need be surveyed: at most five
// arrays of a few items each, in one another.
const fewBytes = 1 << 10

// spent is how much memory the evaluation has taken so far.
func (r *run) spent() int { return r.env.Limits.memory() - r.memory }

// A surveyor goes through a value as long as there are bytes left.
type surveyor struct {
	left  int
	shape *value.Shape // the last one met
	names int          // its bytes
}

func (s *surveyor) survey(v value.Value, levels int) error {
	list := v.Slice()
	if shape := v.Shape(); shape != nil {
		list = v.MemberValues()
		s.left -= s.namesOf(shape)
	}
	s.left -= len(list) * valueSize
	for i := range list {
		switch list[i].Kind() {
		case value.String:
			s.left -= len(list[i].Text())
		case value.Array, value.Object:
			if s.left -= objectSize; levels <= 1 {
				return limitError(tooDeep, nil)
			}
			if err := s.survey(list[i], levels-1); err != nil {
				return err
			}
		}
	}
	if s.left < 0 {
		return limitError(tooLarge, nil)
	}
	return nil
}

// namesOf returns the bytes of the names of a shape, which the next object mostly
// has, too.
func (s *surveyor) namesOf(shape *value.Shape) int {
	if shape != s.shape {
		s.shape, s.names = shape, 0
		for i := range shape.Len() {
			s.names += len(shape.Name(i))
		}
	}
	return s.names
}
