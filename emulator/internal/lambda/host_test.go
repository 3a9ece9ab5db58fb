package lambda

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"
)

// A journal keeps the log of a Host.
type journal struct {
	mu      sync.Mutex
	entries []Entry
	came    chan struct{} // has an item when there are new ones
}

func newJournal() *journal { return &journal{came: make(chan struct{}, 1)} }

func (j *journal) add(e Entry) {
	j.mu.Lock()
	j.entries = append(j.entries, e)
	j.mu.Unlock()
	select {
	case j.came <- struct{}{}:
	default:
	}
}

// lines are the texts, with what differs from run to run replaced.
func (j *journal) lines() []string {
	j.mu.Lock()
	defer j.mu.Unlock()
	var lines []string
	for _, e := range j.entries {
		lines = append(lines, varying.ReplaceAllString(e.Text, "$1#"))
	}
	return lines
}

var varying = regexp.MustCompile(`(RequestId: |Duration: |Memory Used: |\t|^)(?:[0-9a-f-]{36}|[\d.]+ M?m?[sB]+|/.*|\d{4}-\S+Z [0-9a-f-]{36})`)

// await waits for a line that contains the text.
func (j *journal) await(text string) {
	for !slices.ContainsFunc(j.lines(), func(line string) bool { return strings.Contains(line, text) }) {
		<-j.came
	}
}

// newHost returns a Host of the functions that ends with the test.
func newHost(t testing.TB, s Settings, functions ...Function) *Host {
	t.Helper()
	h := NewHost(s)
	t.Cleanup(func() {
		if err := h.Close(); err != nil {
			t.Error(err)
		}
	})
	h.Set(functions)
	return h
}

// invoke calls a function, which must not be refused.
func invoke(t testing.TB, h *Host, function, event string) Result {
	t.Helper()
	r, err := h.Invoke(t.Context(), Invocation{Function: function, Event: []byte(event), RequestID: requestID})
	if err != nil {
		t.Fatalf("%s: %v", function, err)
	}
	return r
}

const requestID = "11111111-2222-3333-4444-555555555555"

// text is the payload, with "Unhandled" before it if it is an error.
func (r Result) text() string {
	return strings.TrimSpace(r.FunctionError + " " + string(r.Payload))
}

func exitError(how string) string {
	return `Unhandled {"errorType":"Runtime.ExitError","errorMessage":"RequestId: ` + requestID + ` Error: Runtime exited ` + how + `"}`
}

func TestInvocationTypes(t *testing.T) {
	log := newJournal()
	f := played("echo")
	h := newHost(t, Settings{Region: "eu-west-1", Log: log.add}, f)
	for _, tt := range []struct {
		name       string
		invocation Invocation
		want       Result
		err        *Error
	}{
		{"without a type", Invocation{Event: []byte(`{"a": 1}`)}, Result{Status: 200, Payload: []byte(`{"a": 1}`), Executed: "$LATEST"}, nil},
		{"a version", Invocation{Event: []byte(`1`), Qualifier: "7"}, Result{Status: 200, Payload: []byte(`1`), Executed: "7"}, nil},
		{"an alias", Invocation{Event: []byte(`1`), Qualifier: "live"}, Result{Status: 200, Payload: []byte(`1`), Executed: "$LATEST"}, nil},
		{"Event", Invocation{Event: []byte(`1`), Type: Event}, Result{Status: 202}, nil},
		{"DryRun", Invocation{Event: []byte(`1`), Type: DryRun}, Result{Status: 204, Executed: "$LATEST"}, nil},
		{"another type", Invocation{Type: "Later"}, Result{}, badType("Later")},
		{"no JSON", Invocation{Event: []byte(`{`)}, Result{}, &Error{400, "InvalidRequestContentException",
			"Could not parse request body into json: Could not parse payload into json: unexpected end of JSON input"}},
		{"no UTF-8", Invocation{Event: []byte("\"\xff\"")}, Result{}, notJSON(errors.New("it is not UTF-8"))},
		{"an event of 6 MB and more", Invocation{Event: []byte(`"` + strings.Repeat("x", maxEvent) + `"`)}, Result{}, eventTooLarge(6291456)},
		{"an asynchronous event of 1 MB and more", Invocation{Type: Event, Event: []byte(`"` + strings.Repeat("x", 1<<20) + `"`)}, Result{}, eventTooLarge(1 << 20)},
		{"a client context that is not base64", Invocation{Event: []byte(`1`), ClientContext: "{}"}, Result{}, badClientContext()},
		{"a client context that is no object", Invocation{Event: []byte(`1`), ClientContext: "WzFd"}, Result{}, badClientContext()},
		{"a function that is not there", Invocation{Function: "pay", Qualifier: "live", Event: []byte(`1`)}, Result{},
			notFound("arn:aws:lambda:eu-west-1:123456789012:function:pay:live")},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if tt.invocation.Function == "" {
				tt.invocation.Function = f.Name
			}
			got, err := h.Invoke(t.Context(), tt.invocation)
			var refused *Error
			if errors.As(err, &refused) != (tt.err != nil) || refused != nil && *refused != *tt.err {
				t.Errorf("got error %v, want %v", err, tt.err)
			}
			if (got.RequestID == "") != (tt.err != nil) {
				t.Errorf("got request id %q", got.RequestID)
			}
			got.RequestID = ""
			if fmt.Sprintf("%+v", got) != fmt.Sprintf("%+v", tt.want) {
				t.Errorf("got %+v, want %+v", got, tt.want)
			}
		})
	}
	log.await("REPORT")
}

// TestProcesses has what processes can do wrong, and what Lambda makes of it.
func TestProcesses(t *testing.T) {
	in := func(d time.Duration, f Function) Function { f.Timeout = d; return f }
	tests := []struct {
		function Function
		want     []string // of one call after the other
	}{
		{played("text"), []string{"not JSON"}},
		{in(50*time.Millisecond, played("silent")),
			[]string{`Unhandled {"errorType":"Sandbox.Timedout","errorMessage":"RequestId: ` + requestID + ` Error: Task timed out after 0.05 seconds"}`}},
		{in(50*time.Millisecond, played("never asks")),
			[]string{`Unhandled {"errorType":"Sandbox.Timedout","errorMessage":"RequestId: ` + requestID + ` Error: Task timed out after 0.05 seconds"}`}},
		{played("large"), []string{
			`Unhandled {"errorMessage":"Response payload size exceeded maximum allowed payload size (6291556 bytes).","errorType":"Function.ResponseSizeTooLarge"}`,
		}},
		{played("twice"), []string{`1`, `"400 {\"errorType\":\"InvalidRequestID\",\"errorMessage\":\"Invalid request ID\"}"`}},
		{played("other id"), []string{`"400 {\"errorType\":\"InvalidRequestID\",\"errorMessage\":\"Invalid request ID\"}"`}},
		{played("order"), []string{`"403 {\"errorType\":\"InvalidStateTransition\",\"errorMessage\":\"State transition from RuntimeRunning to RuntimeInitError failed for runtime. ` +
			`Error: State transition is not allowed\"} / 403 Forbidden"`}},
		{played("bad mode"), []string{`"400 {\"errorType\":\"InvalidFunctionResponseMode\",\"errorMessage\":\"Invalid function response mode\"}"`}},
		{played("page"), []string{`"403 {\"errorType\":\"Forbidden\",\"errorMessage\":\"the Runtime API answers only the process of a function\"} / HTTP/1.1 403 Forbidden"`}},
		{played("init error"), []string{`Unhandled {"errorMessage":"no","errorType":"Custom"}`, `Unhandled {"errorMessage":"no","errorType":"Custom"}`}},
		{played("exit 0 at start"), []string{exitError("without providing a reason")}},
		{played("exit 7 at start"), []string{exitError("with error: exit status 7")}},
		{played("exit 3"), []string{exitError("with error: exit status 3"), exitError("with error: exit status 3")}},
		{played("answers, then exits"), []string{`"bye"`, `"bye"`}},
		{in(100*time.Millisecond, played("never asks again")), []string{`"bye"`, `"bye"`}},
		{played("huge headers"), []string{`Unhandled {"errorType":"Long","errorMessage":"HTTP/1.1 431 Request Header Fields Too Large"}`}},
		{played("cut short"), []string{
			`Unhandled {"errorType":"Runtime.TruncatedResponse","errorMessage":"RequestId: ` + requestID + ` Error: HTTP request detected as truncated"}`,
			`"HTTP/1.1 400 Bad Request"`,
		}},
		{played("error in a stream"), []string{`Unhandled {"errorType":"Late","errorMessage":"oh"}`}},
	}
	var functions []Function
	for _, tt := range tests {
		functions = append(functions, tt.function)
	}
	h := newHost(t, Settings{InitTimeout: 50 * time.Millisecond}, functions...)
	for _, tt := range tests {
		t.Run(tt.function.Name, func(t *testing.T) {
			for _, want := range tt.want {
				if got := invoke(t, h, tt.function.Name, `1`).text(); got != want {
					t.Errorf("got  %s\nwant %s", got, want)
				}
			}
		})
	}
}

// An event that goes into a connection which the process has just closed is lost,
// and its call ends by its timeout. One that comes later arrives.
func TestProcessThatClosesItsConnection(t *testing.T) {
	f := played("closes its connection")
	f.Timeout = 100 * time.Millisecond
	h := newHost(t, Settings{}, f)
	timeout := "Unhandled " + string(timedOut(requestID, f.Timeout, time.Time{}).payload())
	for i := range 3 {
		if got := invoke(t, h, f.Name, `1`).text(); got != `"well"` && (i == 0 || got != timeout) {
			t.Errorf("call %d: got %s", i, got)
		}
	}
}

func TestKilledProcess(t *testing.T) {
	if isWindows {
		t.Skip("Windows knows no signals")
	}
	h := newHost(t, Settings{}, played("killed"))
	if got, want := invoke(t, h, "killed", `1`).text(), exitError("with error: signal: killed"); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

// A house is what processes dial, so that the test sees them end.
type house struct {
	t        *testing.T
	listener net.Listener
}

func newHouse(t *testing.T) *house {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { listener.Close() })
	return &house{t, listener}
}

// played is a function that dials the house.
func (h *house) played(name string) Function {
	f := played(name)
	f.Environment["HOME_ADDRESS"] = h.listener.Addr().String()
	return f
}

func (h *house) accept() net.Conn {
	h.t.Helper()
	conn, err := h.listener.Accept()
	if err != nil {
		h.t.Fatal(err)
	}
	h.t.Cleanup(func() { conn.Close() })
	return conn
}

// awaitEnd returns when the process at the other end has ended.
func awaitEnd(conn net.Conn) { conn.Read(make([]byte, 1)) }

func TestChildrenEndWithTheProcess(t *testing.T) {
	house := newHouse(t)
	h := newHost(t, Settings{}, house.played("leaves a child"))
	if got, want := invoke(t, h, "leaves a child", `1`).text(), exitError("without providing a reason"); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	awaitEnd(house.accept())
}

func TestCloseEndsEverything(t *testing.T) {
	for _, name := range []string{"ignores SIGTERM", "never asks, home"} { // in a call, and while it starts
		t.Run(name, func(t *testing.T) {
			house := newHouse(t)
			h := newHost(t, Settings{}, house.played(name))
			failed := make(chan error)
			go func() {
				_, err := h.Invoke(context.Background(), Invocation{Function: name, Event: []byte(`1`)})
				failed <- err
			}()
			conn := house.accept()
			closed := make(chan error)
			go func() { closed <- h.Close() }()
			if err := <-failed; !errors.Is(err, ErrClosed) {
				t.Errorf("got error %v, want ErrClosed", err)
			}
			if err := <-closed; err != nil {
				t.Error(err)
			}
			awaitEnd(conn)
			if _, err := h.Invoke(context.Background(), Invocation{Function: name, Event: []byte(`1`)}); !errors.Is(err, ErrClosed) {
				t.Errorf("after Close: got error %v, want ErrClosed", err)
			}
		})
	}
}

// Whoever kills aslocal kills the processes of its functions with what they have
// started, in the middle of a call, too.
func TestKilledHost(t *testing.T) {
	for _, called := range []string{"in the middle", "in the middle of a child"} {
		t.Run(called, func(t *testing.T) {
			house := newHouse(t)
			cmd := exec.Command(os.Args[0])
			cmd.Env = append(os.Environ(), playVariable+"=aslocal", "CALLED="+called, "HOME_ADDRESS="+house.listener.Addr().String())
			if err := cmd.Start(); err != nil {
				t.Fatal(err)
			}
			conn := house.accept()
			cmd.Process.Kill()
			cmd.Wait()
			awaitEnd(conn)
		})
	}
}

func TestProcessThatEndsBetweenCalls(t *testing.T) {
	house, log := newHouse(t), newJournal()
	h := newHost(t, Settings{Log: log.add}, house.played("exits when told"))
	first := invoke(t, h, "exits when told", `1`).text()
	house.accept().Write([]byte("x"))
	log.await("aslocal: the process ended between two calls (exit status 5); the next call starts another one")
	second := invoke(t, h, "exits when told", `1`).text()
	if _, err := strconv.Atoi(second); err != nil || first == second {
		t.Errorf("got processes %s and %s", first, second)
	}
}

func TestIdleProcessEnds(t *testing.T) {
	house := newHouse(t)
	h := newHost(t, Settings{Idle: time.Millisecond}, house.played("exits when told"))
	invoke(t, h, "exits when told", `1`)
	awaitEnd(house.accept())
}

func TestGivenUpCall(t *testing.T) {
	house := newHouse(t)
	f := house.played("in the middle")
	f.Concurrency, f.Timeout = 1, time.Minute
	h := newHost(t, Settings{}, f)
	for range 2 { // one that a process works on, and one that waits for it
		ctx, cancel := context.WithCancel(t.Context())
		failed := make(chan error)
		go func() {
			_, err := h.Invoke(ctx, Invocation{Function: f.Name, Event: []byte(`1`)})
			failed <- err
		}()
		if h.Functions()[0].Busy == 0 {
			house.accept()
		}
		cancel()
		if err := <-failed; !errors.Is(err, context.Canceled) {
			t.Errorf("got error %v", err)
		}
	}
	if s := h.Functions()[0]; s.Environments != 1 || s.Busy != 1 {
		t.Errorf("got %d processes, %d busy, want 1 and 1", s.Environments, s.Busy)
	}
}

func TestConcurrency(t *testing.T) {
	f := played("pid")
	f.Concurrency = 3
	h := newHost(t, Settings{}, f)
	var group sync.WaitGroup
	var mu sync.Mutex
	pids := make(map[string]int)
	for range 200 {
		group.Go(func() {
			r := invoke(t, h, f.Name, `1`)
			mu.Lock()
			defer mu.Unlock()
			pids[r.text()]++
		})
	}
	group.Wait()
	if len(pids) > 3 {
		t.Errorf("got %d processes, want up to 3: %v", len(pids), pids)
	}
	before := len(pids)
	for range 20 {
		pids[invoke(t, h, f.Name, `1`).text()]++
	}
	if len(pids) != before {
		t.Errorf("got %d processes after calls one by one, want %d", len(pids), before)
	}
}

// TestHammer calls, cancels, kills and replaces at random, and closes in the
// middle of it.
func TestHammer(t *testing.T) {
	calls := 6
	if *all {
		calls = 200
	}
	names := []string{"echo", "exit 3", "answers, then exits"}
	var functions []Function
	for _, name := range names {
		f := played(name)
		f.Concurrency = 2
		functions = append(functions, f)
	}
	h := newHost(t, Settings{Log: func(Entry) {}, Idle: 5 * time.Millisecond}, functions...)
	outcomes := map[string]bool{`1`: true, `"bye"`: true, exitError("with error: exit status 3"): true, exitError("with error: signal: killed"): true, exitError("with error: exit status 1"): isWindows}
	var group sync.WaitGroup
	for worker := range 6 {
		random := rand.New(rand.NewPCG(1, uint64(worker)))
		group.Go(func() {
			for range calls {
				ctx, cancel := context.WithCancel(context.Background())
				switch random.IntN(6) {
				case 0:
					go cancel()
				case 1:
					f := functions[random.IntN(len(functions))]
					f.MemoryMB = random.IntN(3)
					h.Set([]Function{functions[0], functions[1], functions[2], f})
				case 2:
					h.mu.RLock()
					for e := range h.live {
						go e.process.kill()
						break
					}
					h.mu.RUnlock()
				}
				r, err := h.Invoke(ctx, Invocation{Function: names[random.IntN(len(names))], Event: []byte(`1`), RequestID: requestID})
				if err == nil && !outcomes[r.text()] || err != nil && !errors.Is(err, context.Canceled) && !errors.Is(err, ErrClosed) {
					t.Errorf("got %s, %v", r.text(), err)
				}
				cancel()
			}
			h.Close()
		})
	}
	group.Wait()
	if left := children(); len(left) > 0 {
		t.Errorf("processes are left: %v", left)
	}
}

func TestChangedFunctions(t *testing.T) {
	folder := t.TempDir()
	f := played("pid")
	f.Folder, f.Concurrency = folder, 1
	h := newHost(t, Settings{}, f)
	pid := func() string { return invoke(t, h, "pid", `1`).text() }
	write := func(name string) {
		t.Helper()
		path := filepath.Join(folder, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		old, _ := os.ReadFile(path)
		if err := os.WriteFile(path, append(old, 'x'), 0o600); err != nil {
			t.Fatal(err)
		}
		h.pool("pid").seen.took = 0 // as on a machine whose disk is never slow
	}
	last := pid()
	for _, step := range []struct {
		name  string
		do    func()
		other bool
	}{
		{"nothing", func() {}, false},
		{"a new file", func() { write("a.txt") }, true},
		{"a file that is longer", func() { write("a.txt") }, true},
		{"a file below", func() { write("lib/b.txt") }, true},
		{"a package that was installed", func() { write("node_modules/c/c.js") }, false},
		{"a hidden folder", func() { write(".git/x") }, false},
		{"the same functions", func() { h.Set([]Function{f}) }, false},
		{"another function more", func() { h.Set([]Function{played("echo"), f}) }, false},
		{"another place", func() { f.Place = "template.yaml:9"; h.Set([]Function{f}) }, false},
		{"another time limit", func() { f.Timeout = time.Minute; h.Set([]Function{f}) }, true},
		{"other variables", func() { h.SetServiceEnvironment([]string{"A=1"}) }, false},
	} {
		step.do()
		if now := pid(); (now != last) != step.other {
			t.Errorf("%s: another process is %v, want %v", step.name, now != last, step.other)
		} else {
			last = now
		}
	}
	if got := h.Functions()[0].Function.Place; got != "template.yaml:9" {
		t.Errorf("got place %s", got)
	}
	h.Set(nil)
	if _, err := h.Invoke(t.Context(), Invocation{Function: "pid", Event: []byte(`1`)}); err == nil {
		t.Error("the function that is gone answers")
	}
}

func TestLog(t *testing.T) {
	log := newJournal()
	fails := played("exit 3")
	slow := played("silent")
	slow.Timeout = 10 * time.Millisecond
	h := newHost(t, Settings{Log: log.add}, played("logs"), fails, slow)
	r, err := h.Invoke(t.Context(), Invocation{Function: "logs", Event: []byte(`64`), LogTail: true, Execution: "arn:x"})
	if err != nil {
		t.Fatal(err)
	}
	invoke(t, h, "logs", `0`)
	invoke(t, h, fails.Name, `1`)
	invoke(t, h, slow.Name, `1`)
	want := []string{
		"INIT_START Runtime Version: provided.al2023\t#",
		"START RequestId: # Version: $LATEST",
		strings.Repeat("l", 63),
		"last, without an end",
		"END RequestId: #",
		"REPORT RequestId: #\tDuration: #\tBilled Duration: #\tMemory Size: 128 MB\tMax Memory Used: #\tInit Duration: #\t",
		"START RequestId: # Version: $LATEST",
		"last, without an end",
		"END RequestId: #",
		"REPORT RequestId: #\tDuration: #\tBilled Duration: #\tMemory Size: 128 MB\tMax Memory Used: #\t",
		"INIT_START Runtime Version: provided.al2023\t#",
		"START RequestId: # Version: $LATEST",
		"RequestId: # Error: Runtime exited with error: exit status 3\nRuntime.ExitError",
		"END RequestId: #",
		"REPORT RequestId: #\tDuration: #\tBilled Duration: #\tMemory Size: 128 MB\tInit Duration: #\tStatus: error\tError Type: Runtime.ExitError",
		"INIT_START Runtime Version: provided.al2023\t#",
		"START RequestId: # Version: $LATEST",
		"END RequestId: #",
		"REPORT RequestId: #\tDuration: #\tBilled Duration: #\tMemory Size: 128 MB\tInit Duration: #\tStatus: timeout",
		"# Task timed out after 0.01 seconds",
	}
	got := log.lines()
	if !isLinux {
		for i := range want {
			want[i] = strings.Replace(want[i], "Max Memory Used: #\t", "", 1)
		}
	}
	if !slices.Equal(got, want) {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	tail := varying.ReplaceAllString(strings.ReplaceAll(string(r.Log), "\n", " / "), "$1#")
	if head := "START RequestId: # Version: $LATEST / lll"; !strings.HasPrefix(tail, head) || !strings.Contains(tail, "REPORT") {
		t.Errorf("tail: got %q, want %q … REPORT", tail, head)
	}
	for i, e := range log.entries[:6] {
		if e.Function != "logs" || e.Execution != "arn:x" || e.Platform != (i != 2 && i != 3) || (e.RequestID == "") != (i == 0) || e.Time.IsZero() {
			t.Errorf("entry %d: got %+v", i, e)
		}
	}
}

func TestAsynchronousCallThatFails(t *testing.T) {
	log := newJournal()
	h := newHost(t, Settings{Log: log.add}, played("exit 3"))
	if _, err := h.Invoke(t.Context(), Invocation{Function: "exit 3", Event: []byte(`1`), Type: Event}); err != nil {
		t.Fatal(err)
	}
	log.await("aslocal: the asynchronous call has failed; Lambda would make it twice more, aslocal does not")
}

func TestHugeLog(t *testing.T) {
	size, longest, lines := 0, 0, 8<<20
	if *all {
		lines = 100 << 20
	}
	h := newHost(t, Settings{Log: func(e Entry) {
		if !e.Platform {
			size += len(e.Text)
			longest = max(longest, len(e.Text))
		}
	}}, played("logs"), played("one endless line"))
	r, err := h.Invoke(t.Context(), Invocation{Function: "logs", Event: []byte(strconv.Itoa(lines)), LogTail: true})
	if err != nil {
		t.Fatal(err)
	}
	if want := lines/64*63 + len("last, without an end"); size != want {
		t.Errorf("got %d bytes of lines, want %d", size, want)
	}
	if len(r.Log) != maxTail || !strings.Contains(string(r.Log), "REPORT") {
		t.Errorf("got a tail of %d bytes", len(r.Log))
	}
	size = 0
	invoke(t, h, "one endless line", `1`)
	if size != 2*maxLine+10 || longest > maxLine+64 {
		t.Errorf("got %d bytes, the longest line has %d", size, longest)
	}
}

func TestVariables(t *testing.T) {
	t.Setenv("AWS_PROFILE", "production")
	t.Setenv("HTTPS_PROXY", "http://proxy.test")
	layer := t.TempDir()
	if err := os.MkdirAll(filepath.Join(layer, "bin"), 0o700); err != nil {
		t.Fatal(err)
	}
	f := played("environment")
	f.Handler, f.MemoryMB, f.Runtime, f.Layers = "app.handler", 512, "java21", []string{layer}
	for name, text := range map[string]string{
		"TABLE": "orders", "AWS_LAMBDA_FUNCTION_NAME": "false", "AWS_LAMBDA_MAX_CONCURRENCY": "2", "AWS_SECRET_ACCESS_KEY": "mine", "AWS_ENDPOINT_URL_SNS": "http://own.test",
	} {
		f.Environment[name] = text
	}
	h := newHost(t, Settings{Region: "eu-west-1", ServiceEnvironment: []string{"AWS_ENDPOINT_URL_SQS=http://sqs.test", "AWS_ENDPOINT_URL_SNS=http://sns.test"}}, f)
	got := invoke(t, h, f.Name, `1`).text()
	folder, _ := filepath.Abs(".")
	for _, want := range []string{
		"AWS_LAMBDA_FUNCTION_NAME=environment", "AWS_LAMBDA_FUNCTION_VERSION=$LATEST", "AWS_LAMBDA_FUNCTION_MEMORY_SIZE=512", "AWS_EXECUTION_ENV=AWS_Lambda_java21",
		"AWS_LAMBDA_LOG_GROUP_NAME=/aws/lambda/environment", "AWS_LAMBDA_INITIALIZATION_TYPE=on-demand", "_HANDLER=app.handler", "LAMBDA_TASK_ROOT=" + folder,
		"AWS_REGION=eu-west-1", "AWS_DEFAULT_REGION=eu-west-1", "AWS_ACCESS_KEY_ID=test", "AWS_SECRET_ACCESS_KEY=mine", "AWS_SESSION_TOKEN=test", "TABLE=orders",
		"AWS_ENDPOINT_URL_SQS=http://sqs.test", "AWS_ENDPOINT_URL_SNS=http://own.test", "HTTPS_PROXY=http://proxy.test", "TZ=" + timeZone(), "LANG=en_US.UTF-8",
		"PATH=" + filepath.Join(layer, "bin") + string(os.PathListSeparator) + os.Getenv("PATH"), "AWS_XRAY_CONTEXT_MISSING=LOG_ERROR",
	} {
		if !strings.Contains(got, strconv.Quote(want)) {
			t.Errorf("there is no %s in %s", want, got)
		}
	}
	for _, wrong := range []string{"AWS_PROFILE", "AWS_LAMBDA_MAX_CONCURRENCY", "_LAMBDA_TELEMETRY_LOG_FD", secretVariable} {
		if strings.Contains(got, wrong+"=") {
			t.Errorf("there is %s in %s", wrong, got)
		}
	}
}

func TestFunctionsThatCannotRun(t *testing.T) {
	t.Setenv("PATH", t.TempDir())
	t.Setenv("VIRTUAL_ENV", "")
	file := filepath.Join(t.TempDir(), "code.zip")
	if err := os.WriteFile(file, []byte("PK"), 0o600); err != nil {
		t.Fatal(err)
	}
	empty, rust, golang := t.TempDir(), t.TempDir(), t.TempDir()
	os.WriteFile(filepath.Join(rust, "Cargo.toml"), nil, 0o600)
	os.WriteFile(filepath.Join(golang, "main.go"), []byte("// Comment\npackage main\n"), 0o600)
	os.WriteFile(filepath.Join(golang, "bootstrap"), []byte("for Linux"), 0o700)
	broken := filepath.Join(empty, "program")
	os.WriteFile(broken, []byte("\x7fELF of another machine"), 0o700)
	for _, tt := range []struct {
		name, problem string
		function      Function
	}{
		{"an image", "it is an image", Function{Broken: "it is an image"}},
		{"no folder", "it has no folder: set the folder of its code", Function{Runtime: "python3.12"}},
		{"no such folder", "the folder of its code cannot be read: ", Function{Runtime: "python3.12", Folder: "nowhere"}},
		{"an archive", "is a file: unpack it if it is an archive", Function{Runtime: "python3.12", Folder: file}},
		{"no runtime", "it has neither a runtime nor a command: set its runtime, such as python3.12, nodejs22.x or provided.al2023", Function{Folder: empty}},
		{"another runtime", "aslocal does not know the runtime cobol85: ", Function{Folder: empty, Runtime: "cobol85"}},
		{"no Python", "python3.12 needs Python, and no Python 3.8 or later is in the PATH: install Python 3.12 (https://www.python.org/downloads)", Function{Folder: empty, Runtime: "python3.12"}},
		{"no Node", "nodejs22.x needs Node, and no node is in the PATH: install Node 22 (https://nodejs.org)", Function{Folder: empty, Runtime: "nodejs22.x"}},
		{"no Go", "its code is in Go, and no go is in the PATH: install Go (https://go.dev/dl), or give the function a command that starts a program", Function{Folder: golang, Runtime: "provided.al2023"}},
		{"no program", "that can be executed, and no package main in Go in its folder: build it for this machine, or give the function a command that starts it", Function{Folder: empty, Runtime: "provided.al2023"}},
		{"Rust", "it is in Rust, so build it (cargo build --release) and give the function a command, such as command: [target/release/", Function{Folder: rust, Runtime: "provided.al2023"}},
		{"Java", "aslocal does not start the runtime java21 by itself: give the function a command that speaks the Lambda Runtime API, such as command: [java,", Function{Folder: empty, Runtime: "java21"}},
		{"no command", "the program of its command, bin/run, is not there: install it, or correct the command", Function{Folder: empty, Command: []string{"bin/run"}}},
		{"a program of another machine", "exec format error", Function{Folder: empty, Command: []string{broken}}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if isWindows && tt.name == "a program of another machine" {
				t.Skip("Windows tells programs by their extension")
			}
			tt.function.Name, tt.function.Place = "pay", "template.yaml:7"
			log := newJournal()
			h := newHost(t, Settings{Log: log.add}, tt.function)
			_, err := h.Invoke(t.Context(), Invocation{Function: "pay", Event: []byte(`1`)})
			var refused *Error
			if !errors.As(err, &refused) || refused.Code != "InvalidRuntimeException" || refused.Status != 502 ||
				!strings.HasPrefix(refused.Message, "the function 'pay' (template.yaml:7) cannot run on this machine: ") || !strings.Contains(refused.Message, tt.problem) {
				t.Errorf("got %v, want %s", err, tt.problem)
			}
			if problem := h.Functions()[0].Problem; tt.name != "a program of another machine" && !strings.Contains(problem, tt.problem) {
				t.Errorf("status: got %q, want %q", problem, tt.problem)
			}
			if _, err := h.Invoke(t.Context(), Invocation{Function: "pay", Event: []byte(`1`), Type: Event}); err != nil {
				t.Errorf("Event: got %v", err)
			}
			log.await("cannot run on this machine")
		})
	}
}

func TestClientContext(t *testing.T) {
	h := newHost(t, Settings{}, played("echo"))
	c, err := newCall(h.home, Invocation{Function: "echo", Type: RequestResponse, Event: []byte(`1`), ClientContext: base64.StdEncoding.EncodeToString([]byte("{\n \"custom\": {}}"))})
	if err != nil || c.clientContext != `{"custom":{}}` {
		t.Errorf("got %q, %v", c.clientContext, err)
	}
	if want := regexp.MustCompile(`^Root=1-[0-9a-f]{8}-[0-9a-f]{24};Parent=[0-9a-f]{16};Sampled=0$`); !want.MatchString(c.TraceID) {
		t.Errorf("got trace id %s", c.TraceID)
	}
}
