package lambda

import (
	"cmp"
	"crypto/rand"
	"encoding/hex"
	"net/http"
	"os/exec"
	"time"

	"github.com/google/uuid"
)

// An environment is what a call runs in: a process with its Runtime API and its
// log. It has one call at a time. AWS documentation: "Understanding the Lambda
// execution environment lifecycle".
type environment struct {
	pool       *pool
	generation int // of the files that the process has read
	process    *process
	api        *runtimeAPI
	output     *output
	started    time.Time
	used       bool // it has had a call

	finishing bool        // counted in the pool, whose lock guards it
	expiry    *time.Timer // ends it when it is idle for long; set when it is idle
}

// newEnvironment starts a process, for a call of the execution.
func newEnvironment(p *pool, program *program, generation int, execution string) (*environment, error) {
	h := p.host
	secret := ""
	if program.secret {
		secret = rand.Text()
	}
	e := &environment{pool: p, generation: generation, started: time.Now()}
	var err error
	if e.output, err = newOutput(p.function.Name, h.log); err != nil {
		return nil, err
	}
	if e.api, err = newRuntimeAPI(secret, e.begin); err != nil {
		e.output.close()
		return nil, err
	}
	api, output := e.api, e.output
	output.starting(execution)
	output.platform("INIT_START Runtime Version: " + program.version + "\t" + program.command[0])
	if program.note != "" {
		output.platform("aslocal: " + program.note)
	}
	cmd := exec.Command(program.command[0], program.command[1:]...)
	cmd.Dir = p.function.Folder
	cmd.Env = h.variables(p.function, p.home, program, api, newStream(e.started))
	cmd.Stdout, cmd.Stderr = output.writer, output.writer
	if e.process, err = startProcess(cmd, &h.guard); err != nil {
		api.close()
		output.close()
		return nil, cannot(err.Error())
	}
	h.add(e)
	return e, nil
}

// newStream makes up the name of a stream of the log.
func newStream(now time.Time) string {
	id := uuid.New()
	return now.UTC().Format("2006/01/02/") + "[" + latest + "]" + hex.EncodeToString(id[:])
}

// add remembers the process until it has ended. One that ends while it is idle
// is taken out of its pool.
func (h *Host) add(e *environment) {
	h.mu.Lock()
	h.live[e] = true
	closed := h.closed
	h.mu.Unlock()
	if closed {
		e.process.kill()
	}
	h.running.Go(func() {
		<-e.process.done
		h.mu.Lock()
		delete(h.live, e)
		h.mu.Unlock()
		if e.pool.remove(e) {
			e.reportEnd()
		}
	})
}

// reportEnd tells the log that the process has ended without a call.
func (e *environment) reportEnd() {
	if e.pool.host.ctx.Err() == nil { // or Close has ended it
		e.output.platform("aslocal: the process ended between two calls (" + e.process.state().String() + "); the next call starts another one")
	}
}

// ended reports whether the process has ended.
func (e *environment) ended() bool {
	select {
	case <-e.process.done:
		return true
	default:
		return false
	}
}

// end ends the process, if it has not ended, and what serves it.
func (e *environment) end() {
	e.process.kill()
	<-e.process.done
	e.api.close()
	e.output.drain()
	e.output.close()
}

// begin gives the log to a call, before the process has its event.
func (e *environment) begin(c *call) {
	e.output.begin(c)
	e.output.platform("START RequestId: " + c.RequestID + " Version: " + c.executed)
}

// grace is how long after its deadline a process is ended. A function that looks
// at the deadline itself, as Go's contexts do, can answer with its own error.
const grace = 20 * time.Millisecond

// An outcome is what a call has come to.
type outcome struct {
	answer
	failure failure // why the function has not answered; the zero failure if it has
}

func failedWith(f failure) outcome { return outcome{answer{payload: f.payload(), failed: true}, f} }

// serve makes a call: it waits until the process is ready, gives it the event,
// waits for its answer, and then until it asks for the next event. It reports
// whether the call has ended: not if the process was gone before it had the
// event, unless it was started for this call.
func (e *environment) serve(c *call) bool {
	first := !e.used
	e.used = true
	took := durations{limit: e.pool.function.Timeout, begin: time.Now()}
	if first {
		if o, failed := e.initialize(c); failed {
			e.begin(c)
			e.conclude(c, o, took)
			return true
		}
		took.init = time.Since(e.started)
		if e.output.wanted(c) {
			e.output.drain() // what the start has written is not of the call
		}
		took.begin = time.Now()
	}
	c.deadline = took.begin.Add(took.limit)
	timer := time.NewTimer(took.limit + grace)
	defer timer.Stop()

	var o outcome
	select {
	case e.api.events <- c:
		select {
		case o.answer = <-c.answer:
		case <-e.process.done:
			o = e.lastWords(c)
		case <-timer.C:
			o = e.timeOut(c)
		}
	case <-e.process.done:
		if !first {
			e.reportEnd()
			return false
		}
		e.begin(c)
		o = e.lastWords(c)
	case a := <-e.api.initError: // after the time for the start
		e.begin(c)
		o = e.notStarted(a)
	case <-timer.C:
		e.begin(c)
		o = e.timeOut(c)
	}
	e.conclude(c, o, took)

	select {
	case <-c.over:
	case <-e.process.done:
		if o.failure.kind == "" {
			e.reportEnd()
		}
	case <-timer.C:
		e.kill()
		e.output.platform("aslocal: the process was ended, since it had not asked for the next event when the time of its call was over")
	}
	return true
}

// initialize waits until the process is ready. It reports whether its start has
// failed, and how. If it takes too long, it may go on in the time of the call.
func (e *environment) initialize(c *call) (outcome, bool) {
	timer := time.NewTimer(e.pool.host.initTimeout)
	defer timer.Stop()
	select {
	case <-e.api.ready:
		return outcome{}, false
	case a := <-e.api.initError:
		return e.notStarted(a), true
	case <-e.process.done:
		return e.lastWords(c), true
	case <-timer.C:
		e.output.platform("INIT_REPORT Init Duration: " + milliseconds(time.Since(e.started)) + "\tPhase: init\tStatus: timeout")
		return outcome{}, false
	}
}

// notStarted is the outcome of a call whose process has reported that it cannot
// start.
func (e *environment) notStarted(report answer) outcome {
	e.kill()
	return outcome{report, failure{kind: cmp.Or(errorType(report.payload), "Runtime.Unknown"), status: "error"}}
}

// kill ends the process, and waits for its end.
func (e *environment) kill() {
	e.process.kill()
	<-e.process.done
}

// lastWords is the outcome of a call whose process has ended: what it had sent
// before, else that it has ended.
func (e *environment) lastWords(c *call) outcome {
	e.api.finish()
	select {
	case a := <-c.answer:
		if !a.cut {
			return outcome{answer: a}
		}
	case a := <-e.api.initError:
		return e.notStarted(a)
	default:
	}
	return failedWith(exited(c.RequestID, e.process.state()))
}

// timeOut ends the process of a call whose time is over, unless its answer has
// come just now.
func (e *environment) timeOut(c *call) outcome {
	select {
	case a := <-c.answer:
		return outcome{answer: a}
	default:
		e.kill()
		return failedWith(timedOut(c.RequestID, e.pool.function.Timeout, time.Now()))
	}
}

// conclude ends a call: its last lines go to the log, and its caller has the
// result.
func (e *environment) conclude(c *call, o outcome, took durations) {
	took.end = time.Now()
	if e.output.wanted(c) {
		e.output.drain()
		for _, line := range lastLines(c, e, o, took) {
			e.output.platform(line)
		}
	}
	c.result = Result{Status: http.StatusOK, Payload: o.payload, Executed: c.executed, Log: e.output.ended(), RequestID: c.RequestID}
	if o.failed {
		c.result.FunctionError = "Unhandled"
	}
	if e.pool.host.ctx.Err() != nil && o.failure.kind != "" {
		c.err = ErrClosed // it was ended by Close
	}
	if !e.ended() {
		e.pool.finished(e)
	}
	close(c.done)
}
