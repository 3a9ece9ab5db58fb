package conformance

import (
	"fmt"
	"strings"
	"time"

	"github.com/aslocal/aslocal/value"
)

// This file has what the tasks of a case answer.

// An Answer is what a function does when it is called, or the worker of an
// activity when it has taken a task.
type Answer struct {
	Payload  string // of a function: the body that it sends, which need not be JSON
	Failed   bool   // the body is that of an error
	Echo     bool   // the body is the event
	Never    bool   // there is no body
	Worker   string // name of an activity's worker
	Callback []Callback
}

// A Callback is one call by the holder of a task token.
type Callback struct {
	After     seconds // since the call before it, or since the task was submitted or taken
	Heartbeat bool
	Succeed   value.Value // the output, or no value
	Fail      *Failure
}

// A Failure is how a task is failed; either part may be no value.
type Failure struct{ Error, Cause value.Value }

// seconds is a time as case files write it.
type seconds float64

// maxSeconds is the longest time of a case.
const maxSeconds = 4_000_000_000

func (s seconds) duration() time.Duration { return time.Duration(float64(s) * float64(time.Second)) }

// maxPayload is the largest body that the member "bytes" makes.
const maxPayload = 10_000_000

// tasks reads the answers by function, or activity.
func (d *decoder) tasks(to *map[string][]Answer) func(value.Value, string) {
	return func(v value.Value, at string) {
		*to = make(map[string][]Answer)
		if !d.kind(v, at, value.Object) {
			return
		}
		for name, answers := range v.Members() {
			if answers.Len() == 0 {
				d.fail(at+pointer(name), "expected an array of at least one answer")
			}
			d.list(func(v value.Value, at string) {
				if strings.HasPrefix(name, activityPrefix) {
					(*to)[name] = append((*to)[name], d.workerAnswer(v, at))
				} else {
					(*to)[name] = append((*to)[name], d.functionAnswer(v, at))
				}
			})(answers, at+pointer(name))
		}
	}
}

func (d *decoder) functionAnswer(v value.Value, at string) (a Answer) {
	d.object(v, at, fields{
		"return": func(v value.Value, _ string) { a.Payload = v.String() },
		"raw":    d.text(&a.Payload),
		"echo":   d.isTrue(&a.Echo),
		"never":  d.isTrue(&a.Never),
		"error": func(v value.Value, at string) {
			a.Failed = true
			var kind, message string
			d.object(v, at, fields{"errorType": d.text(&kind), "errorMessage": d.text(&message)}, "errorType", "errorMessage")
			a.Payload = fmt.Sprintf(`{"errorMessage": %s, "errorType": %s}`, value.OfString(message), value.OfString(kind))
		},
		"bytes": func(v value.Value, at string) {
			n, ok := v.Int()
			if !ok || n < 2 || n > maxPayload {
				d.fail(at, "expected a size between 2 and %d, got %s", maxPayload, shorten(v.String()))
				return
			}
			a.Payload = `"` + strings.Repeat("x", int(n)-2) + `"`
		},
		"callback": d.callbacks(&a.Callback),
	})
	d.oneMember(v, at, "return", "raw", "echo", "never", "error", "bytes")
	return a
}

func (d *decoder) workerAnswer(v value.Value, at string) (a Answer) {
	d.object(v, at, fields{"worker": d.text(&a.Worker), "callback": d.callbacks(&a.Callback)}, "callback")
	return a
}

func (d *decoder) callbacks(to *[]Callback) func(value.Value, string) {
	return d.list(func(v value.Value, at string) {
		var c Callback
		d.object(v, at, fields{
			"after":     d.seconds(&c.After),
			"heartbeat": d.isTrue(&c.Heartbeat),
			"succeed":   anything(&c.Succeed),
			"fail": func(v value.Value, at string) {
				c.Fail = new(Failure)
				d.object(v, at, fields{"error": d.string(&c.Fail.Error), "cause": d.string(&c.Fail.Cause)})
			},
		})
		d.oneMember(v, at, "heartbeat", "succeed", "fail")
		*to = append(*to, c)
	})
}
