package mock

import (
	"sync"
	"time"

	"github.com/aslocal/aslocal/emulator/internal/task"
)

// This file lets Go code answer calls: that of tests.

// An Answer is how a call ends that Go code answers.
type Answer struct {
	Outcome
	Timeout bool          // the task times out, instead of the Outcome
	Delay   time.Duration // the call takes so long, on the emulator's clock
}

// Answers asks Go code for the answers to calls. It is safe for concurrent use; the zero
// Answers has none.
type Answers struct {
	Of func(*task.Call) (a Answer, ok bool) // ok is false for a call that is to be made; nil: all are

	mu   sync.Mutex
	late map[string]Answer // by Key of the call, while the delay lasts
}

// answer is the answer to a call; the error is that of a Runner. A call that comes again
// after its delay gets the answer that it got before.
func (a *Answers) answer(c *task.Call) (out task.Answer, ok bool, err error) {
	if a == nil || a.Of == nil {
		return out, false, nil
	}
	given, again := a.after(c)
	if !again {
		if given, ok = a.Of(c); !ok {
			return out, false, nil
		}
		if given.Delay > 0 {
			a.keep(c, given)
			return out, true, &task.DelayedError{For: given.Delay}
		}
	}
	switch {
	case given.Timeout:
		return out, true, task.ErrTimedOut
	case given.Throw != nil:
		return task.Answer{Final: true}, true, given.Throw
	}
	return task.Answer{Final: true, Output: given.Return}, true, nil
}

// after takes the answer of a call whose delay is over.
func (a *Answers) after(c *task.Call) (given Answer, ok bool) {
	if !c.Delayed {
		return given, false
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	given, ok = a.late[c.Key()]
	delete(a.late, c.Key())
	return given, ok
}

func (a *Answers) keep(c *task.Call, given Answer) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.late == nil {
		a.late = make(map[string]Answer)
	}
	a.late[c.Key()] = given
}
