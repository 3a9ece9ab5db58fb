package mock

import (
	"errors"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"time"
	"unicode/utf8"

	"github.com/aslocal/aslocal/asl"
	"github.com/aslocal/aslocal/emulator/internal/random"
	"github.com/aslocal/aslocal/emulator/internal/task"
)

// This file injects faults: calls of Task states fail, or come late, as if what they call
// had. Nothing of it is stored, so a fault is gone after a restart unless a setting has it.

// A Fault makes the calls of a Task state fail, or come late: those of the attempts that
// it is for, always or by chance. It holds for what stands in a Map or Parallel state, too.
type Fault struct {
	Machine string // name of the state machine; "" for all that have the state
	State   string // name

	// What happens: one of the first three, or Latency alone.
	Error    string        // the call fails with this error
	Cause    string        // of Error
	Timeout  bool          // the task times out: States.Timeout
	Throttle bool          // the service refuses the call with its error for too many requests
	Latency  time.Duration // the call, or the failure, comes so much later, on the emulator's clock

	Attempts    string  // of a visit of the state, from 1: "1" the first, "2-3" the first two retries; "" all
	Probability float64 // from 0 to 1; 0 means 1: always
	Seed        uint64  // the same seed and the same execution give the same; 0 means the emulator's

	Off bool // it does nothing
}

// The bounds of faults.
const (
	maxFaults  = 1000
	maxLatency = 24 * time.Hour
)

// Check returns what is wrong with a fault, nil if nothing is.
func (f *Fault) Check() error {
	_, err := f.span()
	happens := 0
	for _, one := range []bool{f.Error != "", f.Timeout, f.Throttle} {
		if one {
			happens++
		}
	}
	switch {
	case f.State == "" || utf8.RuneCountInString(f.State) > maxName:
		return errors.New("state: expected the name of a state")
	case utf8.RuneCountInString(f.Machine) > maxName:
		return errors.New("machine: expected the name of a state machine")
	case happens > 1:
		return errors.New("expected one of error, timeout and throttle")
	case happens == 0 && f.Latency == 0:
		return errors.New("expected one of error, timeout, throttle and latency")
	case f.Error == "" && f.Cause != "":
		return errors.New("cause: belongs to an error")
	case f.Error != "" && checkError(&asl.Error{Name: f.Error, Cause: f.Cause}) != nil:
		return checkError(&asl.Error{Name: f.Error, Cause: f.Cause})
	case f.Latency < 0 || f.Latency > maxLatency:
		return fmt.Errorf("latency: expected at most %v, got %v", maxLatency, f.Latency)
	case f.Latency > 0 && f.Latency < time.Millisecond:
		return fmt.Errorf("latency: expected a millisecond or more, got %v", f.Latency)
	case !(f.Probability >= 0 && f.Probability <= 1):
		return fmt.Errorf("probability: expected a number from 0 to 1, got %v", f.Probability)
	}
	return err
}

// span reads the attempts that the fault is for.
func (f *Fault) span() (span, error) {
	if f.Attempts == "" {
		return span{first: 1, last: maxInvocation}, nil
	}
	s, ok := parseSpan(f.Attempts)
	if !ok || s.first == 0 {
		return s, fmt.Errorf(`attempts: expected the number of an attempt, counted from 1, or a range as in "2-3", got %q`, f.Attempts)
	}
	return s, nil
}

// A NumberedFault is one of Faults.
type NumberedFault struct {
	Fault
	ID    int  // names it, as long as the process runs
	Given bool // by the settings
	span  span
}

// Faults are the faults of an emulator. They are safe for concurrent use; the zero Faults
// has none.
type Faults struct {
	seed *random.Source // of faults that have none

	mu   sync.Mutex // of changes
	last int        // ID
	all  atomic.Pointer[[]NumberedFault]
}

// NewFaults returns the faults of the settings. The random source is for those that have no
// seed. It fails if one is wrong.
func NewFaults(given []Fault, source *random.Source) (*Faults, error) {
	f := &Faults{seed: random.New(source.For("faults").Uint64())}
	return f, f.Give(given)
}

// Give replaces the faults of the settings. It fails if one is wrong; then all stay.
func (f *Faults) Give(given []Fault) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	all := slices.DeleteFunc(f.All(), func(one NumberedFault) bool { return one.Given })
	last := f.last
	for i := range given {
		s, err := given[i].span()
		if err == nil {
			err = given[i].Check()
		}
		if err != nil {
			return fmt.Errorf("fault %d: %w", i+1, err)
		}
		last++
		all = append(all, NumberedFault{Fault: given[i], ID: last, Given: true, span: s})
	}
	return f.replace(all, last)
}

// ErrNoFault says that no fault has the id.
var ErrNoFault = errors.New("there is no such fault")

// Set changes the fault of an id, or adds one if that is 0, and returns the id. It fails if
// the fault is wrong, or with ErrNoFault.
func (f *Faults) Set(id int, fault Fault) (int, error) {
	if err := fault.Check(); err != nil {
		return 0, err
	}
	s, err := fault.span()
	if err != nil {
		return 0, err
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	all := f.All()
	if id == 0 {
		id = f.last + 1
		return id, f.replace(append(all, NumberedFault{Fault: fault, ID: id, span: s}), id)
	}
	at := slices.IndexFunc(all, func(one NumberedFault) bool { return one.ID == id })
	if at < 0 {
		return 0, ErrNoFault
	}
	all[at].Fault, all[at].span = fault, s
	return id, f.replace(all, f.last)
}

// Remove removes the fault of an id. It fails with ErrNoFault.
func (f *Faults) Remove(id int) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	all := f.All()
	at := slices.IndexFunc(all, func(one NumberedFault) bool { return one.ID == id })
	if at < 0 {
		return ErrNoFault
	}
	return f.replace(slices.Delete(all, at, at+1), f.last)
}

// replace puts other faults in force. The caller holds f.mu.
func (f *Faults) replace(all []NumberedFault, last int) error {
	if len(all) > maxFaults {
		return fmt.Errorf("expected at most %d faults, got %d", maxFaults, len(all))
	}
	f.last = last
	if len(all) == 0 {
		f.all.Store(nil)
		return nil
	}
	f.all.Store(&all)
	return nil
}

// All returns the faults in the order in which they are looked at: the first that is for a
// call counts.
func (f *Faults) All() []NumberedFault {
	if all := f.all.Load(); all != nil {
		return slices.Clone(*all)
	}
	return nil
}

// Has reports whether a fault is for a state, in some attempts.
func (f *Faults) Has(machine, state string) bool {
	return f.find(machine, state, func(*NumberedFault) bool { return true }) != nil
}

// find returns the first fault that is on, for a state, and fits; nil if there is none.
func (f *Faults) find(machine, state string, fits func(*NumberedFault) bool) *NumberedFault {
	if f == nil {
		return nil
	}
	all := f.all.Load()
	if all == nil {
		return nil
	}
	for i := range *all {
		one := &(*all)[i]
		if !one.Off && one.State == state && (one.Machine == "" || one.Machine == machine) && fits(one) {
			return one
		}
	}
	return nil
}

// disturb is what a call leads to that a fault is for. Without an error, the call is made.
// Where a state waits for a job or a token, a Fault's Error is that of the job, or of the
// token's holder; a throttled call fails itself.
func (f *Faults) disturb(c *task.Call) (task.Answer, error) {
	if f == nil || f.all.Load() == nil {
		return task.Answer{}, nil
	}
	attempt := c.Attempt + 1
	fault := f.find(machineOf(c), c.State, func(one *NumberedFault) bool {
		return one.span.first <= attempt && attempt <= one.span.last && f.happens(one, c)
	})
	switch {
	case fault == nil:
		return task.Answer{}, nil
	case fault.Latency > 0 && !c.Delayed:
		return task.Answer{}, &task.DelayedError{For: fault.Latency}
	case fault.Timeout:
		return task.Answer{}, task.ErrTimedOut
	case fault.Throttle:
		return task.Answer{}, task.Throttled(c)
	case fault.Error != "":
		return task.Answer{Final: true}, &asl.Error{Name: fault.Error, Cause: fault.Cause}
	}
	return task.Answer{}, nil
}

// happens decides by chance. A call that is made again, after a restart or a delay, has
// the same chance as before.
func (f *Faults) happens(one *NumberedFault, c *task.Call) bool {
	if one.Probability == 0 || one.Probability == 1 {
		return true
	}
	source := f.seed
	if one.Seed != 0 {
		source = random.New(one.Seed)
	}
	const digits = 53 // of a float64
	chance := source.For(one.kind()+" "+c.Key()).Uint64() >> (64 - digits)
	return float64(chance) < one.Probability*(1<<digits)
}

// kind names what happens, so that two faults of a state have chances of their own.
func (f *Fault) kind() string {
	switch {
	case f.Timeout:
		return "timeout"
	case f.Throttle:
		return "throttle"
	}
	return "error " + f.Error
}
