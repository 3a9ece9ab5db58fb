package conformance

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"sync"

	"github.com/google/uuid"

	"github.com/aslocal/aslocal/value"
)

// This file plays the tasks of a case.

// A Player answers the tasks of one case: it is the Invoke API of Lambda (an
// http.Handler) for its functions, and knows what the workers of its activities
// and the holders of its task tokens do. It is safe for concurrent use.
type Player struct {
	tasks   map[string][]Answer
	objects map[string]string
	mocked  bool
	closed  chan struct{}
	close   sync.Once

	mu        sync.Mutex
	calls     map[string][]value.Value
	callbacks []*callbacks
}

// callbacks are what the holder of a task token does with it.
type callbacks struct {
	token  string
	waits  bool // the task is a call that must be submitted first
	todo   []Callback
	timing bool    // whether the next one has its time
	due    seconds // when it is to be made, if so
}

// NewPlayer returns a player of the case's tasks.
func NewPlayer(c *Case) *Player {
	return &Player{tasks: c.Tasks, objects: c.Objects, mocked: c.Mocks != nil, closed: make(chan struct{}), calls: make(map[string][]value.Value)}
}

// Objects returns what S3 has for the case: texts by "bucket/key"; a name that
// ends in a slash is an empty bucket.
func (p *Player) Objects() map[string]string { return p.objects }

// Mocked reports whether the case runs a test case of a mock configuration.
func (p *Player) Mocked() bool { return p.mocked }

// Close ends the calls of functions that never answer.
func (p *Player) Close() { p.close.Do(func() { close(p.closed) }) }

// Silent returns the names of the functions that once do not answer. Over HTTP
// such a call stays open, which a virtual clock would wait for: a target with
// one asks Invoke instead.
func (p *Player) Silent() []string {
	var names []string
	for name, answers := range p.tasks {
		if slices.ContainsFunc(answers, func(a Answer) bool { return a.Never }) {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}

// A Reply is the answer to one call of a function.
type Reply struct {
	Payload string // the body
	Failed  bool   // it is that of an error
	Never   bool   // there is none
}

// Invoke calls a function with an event, which is JSON text. ok is false if
// there is no such function.
func (p *Player) Invoke(function, event string) (r Reply, ok bool) {
	in, err := value.Parse(event)
	if err != nil {
		in = value.OfString(event)
	}
	a, ok := p.take(function, in)
	if !ok {
		return Reply{}, false
	}
	if len(a.Callback) > 0 || p.gives(function) && !a.Failed && !a.Never {
		p.hold(&callbacks{token: in.Get("token").Text(), waits: true, todo: a.Callback})
	}
	r = Reply{Payload: a.Payload, Failed: a.Failed, Never: a.Never}
	if a.Echo {
		r.Payload = event
	}
	return r, true
}

// gives reports whether a function passes its task tokens on: each of its calls
// that is answered leads to an event TaskSubmitted, whether or not somebody calls
// back.
func (p *Player) gives(function string) bool {
	return slices.ContainsFunc(p.tasks[function], func(a Answer) bool { return len(a.Callback) > 0 })
}

// work takes a task of an activity.
func (p *Player) work(activity, token, input string) {
	in, err := value.Parse(input)
	if err != nil {
		in = value.OfString(input)
	}
	if a, ok := p.take(activityPrefix+activity, in); ok {
		p.hold(&callbacks{token: token, todo: a.Callback})
	}
}

// take notes a call and returns its answer: the next one of the task, or the
// last one again.
func (p *Player) take(task string, in value.Value) (Answer, bool) {
	answers := p.tasks[task]
	if len(answers) == 0 {
		return Answer{}, false
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	n := len(p.calls[task])
	p.calls[task] = append(p.calls[task], in)
	return answers[min(n, len(answers)-1)], true
}

// worker returns the name that the activity's next task is taken under.
func (p *Player) worker(activity string) string {
	answers := p.tasks[activityPrefix+activity]
	p.mu.Lock()
	defer p.mu.Unlock()
	return answers[min(len(p.calls[activityPrefix+activity]), len(answers)-1)].Worker
}

func (p *Player) hold(c *callbacks) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.callbacks = append(p.callbacks, c)
}

// held returns what the holders of tokens do, in the order in which they got
// them.
func (p *Player) held() []*callbacks {
	p.mu.Lock()
	defer p.mu.Unlock()
	return slices.Clone(p.callbacks)
}

// played returns what the tasks were called with.
func (p *Player) played() map[string][]value.Value {
	p.mu.Lock()
	defer p.mu.Unlock()
	out := make(map[string][]value.Value, len(p.calls))
	for task, events := range p.calls {
		out[task] = slices.Clone(events)
	}
	return out
}

// maxEvent is how much of a call's body is read.
const maxEvent = 6 << 20

// ServeHTTP is the Invoke API.
// https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html
func (p *Player) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	name, ok := invoked(r)
	if !ok {
		http.NotFound(w, r)
		return
	}
	body, err := io.ReadAll(io.LimitReader(r.Body, maxEvent))
	if err != nil {
		return // the caller is gone
	}
	if len(body) == 0 {
		body = []byte("{}")
	}
	w.Header().Set("x-amzn-RequestId", uuid.NewString())
	w.Header().Set("Content-Type", "application/json")
	reply, ok := p.Invoke(name, string(body))
	switch {
	case !ok:
		w.Header().Set("x-amzn-ErrorType", "ResourceNotFoundException")
		w.WriteHeader(http.StatusNotFound)
		arn := "arn:aws:lambda:" + caseRegion + ":" + caseAccount + ":function:" + name
		fmt.Fprint(w, value.OfMembers("Type", value.OfString("User"), "Message", value.OfString("Function not found: "+arn)))
	case reply.Never:
		p.hang(r.Context())
	default:
		w.Header().Set("X-Amz-Executed-Version", "$LATEST")
		if reply.Failed {
			w.Header().Set("X-Amz-Function-Error", "Unhandled")
		}
		io.WriteString(w, reply.Payload)
	}
}

// hang leaves a call open until the caller is gone or the case is over, and
// breaks it off then.
func (p *Player) hang(ctx context.Context) {
	select {
	case <-ctx.Done():
	case <-p.closed:
	}
	panic(http.ErrAbortHandler)
}

// invoked returns the name of the function that a request calls, which it may
// name by its ARN, with or without a version.
func invoked(r *http.Request) (string, bool) {
	rest, ok := strings.CutPrefix(r.URL.Path, "/2015-03-31/functions/")
	name, isCall := strings.CutSuffix(rest, "/invocations")
	if !ok || !isCall || r.Method != http.MethodPost {
		return "", false
	}
	if _, tail, isARN := strings.Cut(name, ":function:"); isARN {
		name = tail
	}
	name, _, _ = strings.Cut(name, ":")
	return name, name != ""
}
