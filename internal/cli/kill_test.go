package cli_test

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sfn"
	"github.com/aws/aws-sdk-go-v2/service/sfn/types"
	"github.com/aws/smithy-go"

	"github.com/aslocal/aslocal/emulator"
)

// This file tests the promise of durability from outside: under load, aslocal
// gets SIGKILL at random moments and is started again on the same data. Every
// execution whose start was answered must end as one that nobody disturbed, with
// the same events in its history.

const (
	killRounds = 8  // how often it is killed
	killUsers  = 24 // how many start executions at a time
	killSeed   = 20260112
)

// killMachine has a course for each of killKinds. RetryCount makes the flaky
// function deterministic: a call that is repeated after a restart gets the same
// answer.
const killMachine = `{"StartAt": "Begin", "States": {
	"Begin": {"Type": "Pass", "Parameters": {"n.$": "$.n", "kind.$": "$.kind", "items.$": "States.ArrayRange(1, 5, 1)"}, "Next": "Which"},
	"Which": {"Type": "Choice", "Default": "Flaky", "Choices": [
		{"Variable": "$.kind", "StringEquals": "refused", "Next": "Refused"},
		{"Variable": "$.kind", "StringEquals": "aborted", "Next": "Aborted"},
		{"Variable": "$.kind", "StringEquals": "caught", "Next": "Caught"},
		{"Variable": "$.kind", "StringEquals": "stopped", "Next": "Long"},
		{"Variable": "$.kind", "StringEquals": "token", "Next": "Token"}]},

	"Flaky": {"Type": "Task", "Resource": "arn:aws:lambda:us-east-1:123456789012:function:flaky",
		"Parameters": {"n.$": "$.n", "attempt.$": "$$.State.RetryCount"}, "ResultPath": "$.flaky",
		"Retry": [{"ErrorEquals": ["Busy"], "IntervalSeconds": 1, "MaxAttempts": 3}], "Next": "Nap"},
	"Nap": {"Type": "Wait", "Seconds": 1, "Next": "Both"},
	"Both": {"Type": "Parallel", "ResultPath": "$.both", "Next": "Each", "Branches": [
		{"StartAt": "Double", "States": {"Double": {"Type": "Task", "Resource": "arn:aws:states:::lambda:invoke",
			"Parameters": {"FunctionName": "double", "Payload": {"n.$": "$.n"}}, "OutputPath": "$.Payload", "End": true}}},
		{"StartAt": "Doze", "States": {"Doze": {"Type": "Wait", "Seconds": 1, "Next": "Say"}, "Say": {"Type": "Pass", "Result": "dozed", "End": true}}}]},
	"Each": {"Type": "Map", "ItemsPath": "$.items", "MaxConcurrency": 2, "ItemSelector": {"n.$": "$$.Map.Item.Value"}, "ResultPath": "$.each", "Next": "Done",
		"ItemProcessor": {"StartAt": "Odd", "States": {
			"Odd": {"Type": "Choice", "Default": "Keep", "Choices": [{"Variable": "$.n", "NumericGreaterThan": 2, "Next": "Double item"}]},
			"Double item": {"Type": "Task", "Resource": "arn:aws:lambda:us-east-1:123456789012:function:double", "End": true},
			"Keep": {"Type": "Pass", "End": true}}}},
	"Done": {"Type": "Succeed"},

	"Token": {"Type": "Task", "Resource": "arn:aws:states:::lambda:invoke.waitForTaskToken", "ResultPath": "$.answer", "Next": "Nap",
		"Parameters": {"FunctionName": "hold", "Payload": {"token.$": "$$.Task.Token", "n.$": "$.n"}}},

	"Refused": {"Type": "Task", "Resource": "arn:aws:lambda:us-east-1:123456789012:function:refuse", "End": true,
		"Retry": [{"ErrorEquals": ["Refused"], "IntervalSeconds": 1, "MaxAttempts": 1}]},
	"Aborted": {"Type": "Parallel", "End": true, "Branches": [
		{"StartAt": "Refused branch", "States": {"Refused branch": {"Type": "Task", "Resource": "arn:aws:lambda:us-east-1:123456789012:function:refuse", "End": true}}},
		{"StartAt": "Long branch", "States": {"Long branch": {"Type": "Wait", "Seconds": 36000, "End": true}}}]},
	"Caught": {"Type": "Task", "Resource": "arn:aws:lambda:us-east-1:123456789012:function:refuse", "End": true,
		"Catch": [{"ErrorEquals": ["States.ALL"], "ResultPath": "$.failure", "Next": "Nap"}]},
	"Long": {"Type": "Wait", "Seconds": 36000, "End": true}
}}`

// killKinds are the courses through killMachine, with what each ends as.
var killKinds = []struct {
	kind   string
	status types.ExecutionStatus
}{
	{"plain", types.ExecutionStatusSucceeded},
	{"token", types.ExecutionStatusSucceeded},
	{"caught", types.ExecutionStatusSucceeded},
	{"refused", types.ExecutionStatusFailed},
	{"aborted", types.ExecutionStatusFailed},
	{"stopped", types.ExecutionStatusAborted},
}

func TestWhatWasAnsweredSurvivesKills(t *testing.T) {
	if testing.Short() {
		t.Skip("takes some seconds")
	}
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	defer cancel()
	p := newKillProcess(t, ctx)
	functions := httptest.NewServer(&killFunctions{p: p})
	t.Cleanup(functions.Close)
	p.functions = functions.URL
	p.start()
	created, err := p.client().CreateStateMachine(ctx, &sfn.CreateStateMachineInput{
		Name: aws.String("kill"), Definition: aws.String(killMachine), RoleArn: aws.String("arn:aws:iam::123456789012:role/test"),
	})
	if err != nil {
		t.Fatal(err)
	}
	p.machine = created.StateMachineArn

	// What nobody disturbs is what all others are compared with.
	want := make(map[string]killEnd)
	for i, k := range killKinds {
		want[k.kind] = p.endOf(p.runOne(fmt.Sprintf("undisturbed-%d", i), k.kind))
		if got := want[k.kind].status; got != k.status {
			t.Fatalf("undisturbed, %s ends with %s, want %s", k.kind, got, k.status)
		}
	}

	var users sync.WaitGroup
	over := make(chan struct{})
	started := make([][]killStarted, killUsers)
	for u := range killUsers {
		users.Go(func() {
			for i := 0; ; i++ {
				select {
				case <-over:
					return
				default:
				}
				kind := killKinds[(u+i)%len(killKinds)].kind
				started[u] = append(started[u], killStarted{p.runOne(fmt.Sprintf("user-%d-%d", u, i), kind), kind})
			}
		})
	}
	chance := rand.New(rand.NewPCG(killSeed, 0))
	for range killRounds {
		p.runFor(time.Duration(50+chance.IntN(650)) * time.Millisecond)
		p.kill()
		for chance.IntN(3) == 0 { // and once more while it recovers
			p.startAndKill(time.Duration(chance.IntN(80)) * time.Millisecond)
		}
		p.start()
	}
	close(over)
	users.Wait()

	n := 0
	for _, s := range slices.Concat(started...) {
		if s.arn == "" {
			continue // the test has failed already
		}
		n++
		if got := p.endOf(s.arn); got != want[s.kind] {
			t.Errorf("%s (%s)\n got %+v\nwant %+v", s.arn, s.kind, got, want[s.kind])
		}
	}
	if n < killUsers {
		t.Errorf("only %d executions in %d rounds; the load is too small to test anything", n, killRounds)
	}
	t.Logf("%d executions, %d processes", n, p.processes)
	p.kill()
	for _, bad := range []string{"DATA RACE", "panic", "level=ERROR", "fatal error"} {
		if log := p.log.String(); strings.Contains(log, bad) {
			t.Errorf("aslocal logged %q:\n%s", bad, log)
		}
	}
}

// After SIGTERM, the database file alone is a copy of everything.
func TestTerminatedServerLeavesOneFile(t *testing.T) {
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	p := newKillProcess(t, ctx)
	p.functions = "http://127.0.0.1:1" // nobody calls it
	p.start()
	created, err := p.client().CreateStateMachine(ctx, &sfn.CreateStateMachineInput{
		Name: aws.String("pass"), Definition: aws.String(`{"StartAt": "P", "States": {"P": {"Type": "Pass", "End": true}}}`),
		RoleArn: aws.String("arn:aws:iam::123456789012:role/test"),
	})
	if err != nil {
		t.Fatal(err)
	}
	p.machine = created.StateMachineArn
	arn := p.runOne("x", "plain")
	p.terminate()

	state := filepath.Join(p.folder, "state")
	entries, err := os.ReadDir(state)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		if e.Name() != "aslocal.db" && e.Name() != "aslocal.db.lock" {
			t.Errorf("%s is left", e.Name())
		}
	}
	db, err := os.ReadFile(filepath.Join(state, "aslocal.db"))
	if err == nil {
		p.folder = t.TempDir()
		state = filepath.Join(p.folder, "state")
		err = errors.Join(os.Mkdir(state, 0o700), os.WriteFile(filepath.Join(state, "aslocal.db"), db, 0o600))
	}
	if err != nil {
		t.Fatal(err)
	}
	p.start()
	if got := p.endOf(arn); got.status != types.ExecutionStatusSucceeded || !strings.HasPrefix(got.events, "ExecutionStarted") {
		t.Errorf("the copy has %+v, want the execution that succeeded", got)
	}
	if log := p.log.String(); log != "" {
		t.Errorf("aslocal logged %s", log)
	}
}

type killStarted struct{ arn, kind string }

// A killProcess is aslocal serve, as often as it is started.
type killProcess struct {
	t         *testing.T
	ctx       context.Context
	folder    string
	coverage  string  // where a process that was built for coverage writes it; else it warns
	functions string  // URL of the Lambda functions
	machine   *string // ARN
	processes int
	log       lockedBuffer

	command *exec.Cmd

	mu sync.Mutex
	up chan struct{} // closed while it serves; replaced before it is killed
	at *sfn.Client
}

func newKillProcess(t *testing.T, ctx context.Context) *killProcess {
	p := &killProcess{t: t, ctx: ctx, folder: t.TempDir(), coverage: t.TempDir(), up: make(chan struct{})}
	t.Cleanup(func() {
		if p.command != nil {
			p.kill()
		}
	})
	return p
}

// launch starts the process and returns what it prints.
func (p *killProcess) launch() io.Reader {
	p.t.Helper()
	p.command = exec.Command(os.Args[0], "serve", p.folder, "--port", "0", "--durability", "process",
		"--data", filepath.Join(p.folder, "state"), "--lambda-endpoint", p.functions, "--wait-time-scale", "0.1")
	p.command.Env = []string{asAslocal + "=1", "HOME=" + p.folder, "GOCOVERDIR=" + p.coverage}
	p.command.Stderr = &p.log
	out, err := p.command.StdoutPipe()
	if err == nil {
		err = p.command.Start()
	}
	if err != nil {
		p.t.Fatalf("starting aslocal: %v", err)
	}
	p.processes++
	return out
}

// start starts the process and lets the users at it.
func (p *killProcess) start() {
	p.t.Helper()
	for lines := bufio.NewScanner(p.launch()); lines.Scan(); {
		if _, url, ok := strings.Cut(lines.Text(), "AWS_ENDPOINT_URL_SFN="); ok {
			config := emulator.ClientConfig(url, "us-east-1")
			config.Retryer = func() aws.Retryer { return aws.NopRetryer{} }
			p.mu.Lock()
			p.at = sfn.NewFromConfig(config)
			close(p.up)
			p.mu.Unlock()
			return
		}
	}
	p.t.Fatalf("aslocal serve ended without saying where it listens:\n%s", p.log.String())
}

// runFor lets the process run for a while.
func (p *killProcess) runFor(d time.Duration) {
	select {
	case <-time.After(d):
	case <-p.ctx.Done():
	}
}

// kill ends the process as a crash would. Users know that it is down before
// it is, so a call that fails while it is up is a failure of the test.
func (p *killProcess) kill() {
	p.mu.Lock()
	select {
	case <-p.up:
		p.up = make(chan struct{})
	default:
	}
	p.mu.Unlock()
	p.command.Process.Kill()
	p.command.Wait()
	p.command = nil
}

// terminate ends the process as its user does, and waits until it has ended.
func (p *killProcess) terminate() {
	p.t.Helper()
	p.mu.Lock()
	p.up = make(chan struct{})
	p.mu.Unlock()
	if err := errors.Join(p.command.Process.Signal(syscall.SIGTERM), p.command.Wait()); err != nil {
		p.t.Errorf("aslocal serve ended with %v:\n%s", err, p.log.String())
	}
	p.command = nil
}

// startAndKill kills a process soon after its start, before anyone talks to it.
func (p *killProcess) startAndKill(after time.Duration) {
	p.launch()
	p.runFor(after)
	p.kill()
}

// client returns a client of the process that runs now, or of the next one.
func (p *killProcess) client() *sfn.Client {
	c, _ := p.running()
	return c
}

func (p *killProcess) running() (*sfn.Client, <-chan struct{}) {
	p.mu.Lock()
	up := p.up
	p.mu.Unlock()
	select {
	case <-up:
	case <-p.ctx.Done():
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.at, up
}

// call calls the API until it answers. The error is that of the API, or of the
// context, or of a server that is up and does not answer. A single such failure
// is the SDK's: it closes the body of a request while net/http may still look
// whether more of it comes, which breaks the connection when the server answers
// at once.
func (p *killProcess) call(f func(*sfn.Client) error) error {
	for failed := 0; ; {
		c, up := p.running()
		err := f(c)
		var fault smithy.APIError
		if err == nil || errors.As(err, &fault) || p.ctx.Err() != nil {
			return err
		}
		p.mu.Lock()
		if p.up == up {
			failed++
		}
		p.mu.Unlock()
		if failed > 3 {
			return fmt.Errorf("aslocal is up, but %w", err)
		}
	}
}

// runOne starts an execution and returns its ARN when it has ended.
func (p *killProcess) runOne(name, kind string) string {
	var arn string
	input := fmt.Sprintf(`{"n": 21, "kind": %q}`, kind)
	err := p.call(func(c *sfn.Client) error {
		out, err := c.StartExecution(p.ctx, &sfn.StartExecutionInput{StateMachineArn: p.machine, Name: &name, Input: &input})
		var exists *types.ExecutionAlreadyExists
		switch {
		case err == nil:
			arn = aws.ToString(out.ExecutionArn)
		case errors.As(err, &exists): // the first answer was lost, and it has ended since
			arn = strings.Replace(aws.ToString(p.machine), ":stateMachine:", ":execution:", 1) + ":" + name
			return nil
		}
		return err
	})
	if err == nil && kind == "stopped" {
		err = p.call(func(c *sfn.Client) error {
			_, err := c.StopExecution(p.ctx, &sfn.StopExecutionInput{ExecutionArn: &arn, Error: aws.String("Enough"), Cause: aws.String("stopped by a user")})
			return err
		})
		if err == nil && p.describe(arn).Status != types.ExecutionStatusAborted {
			p.t.Errorf("%s is not ABORTED after StopExecution was answered", arn)
		}
	}
	for err == nil && p.describe(arn).Status == types.ExecutionStatusRunning {
		p.runFor(20 * time.Millisecond)
		err = p.ctx.Err()
	}
	if err != nil {
		p.t.Errorf("%s (%s): %v", name, kind, err)
		return ""
	}
	return arn
}

func (p *killProcess) describe(arn string) (out *sfn.DescribeExecutionOutput) {
	err := p.call(func(c *sfn.Client) (err error) {
		out, err = c.DescribeExecution(p.ctx, &sfn.DescribeExecutionInput{ExecutionArn: &arn})
		return err
	})
	if err != nil {
		p.t.Errorf("DescribeExecution(%s): %v", arn, err)
		return &sfn.DescribeExecutionOutput{}
	}
	return out
}

// A killEnd is how an execution has ended, and what was in its history.
type killEnd struct {
	status               types.ExecutionStatus
	output, error, cause string
	events               string // "type name" of all of them, sorted: branches run in any order
}

// endOf returns the end of an execution whose history is in order.
func (p *killProcess) endOf(arn string) killEnd {
	x := p.describe(arn)
	history := p.history(arn)
	p.checkOrder(arn, history)
	lines := make([]string, len(history))
	for i, e := range history {
		lines[i] = strings.TrimSpace(string(e.Type) + " " + stateOf(e))
	}
	slices.Sort(lines)
	return killEnd{x.Status, aws.ToString(x.Output), aws.ToString(x.Error), aws.ToString(x.Cause), strings.Join(lines, "\n")}
}

func (p *killProcess) history(arn string) (events []types.HistoryEvent) {
	var next *string
	for {
		err := p.call(func(c *sfn.Client) error {
			out, err := c.GetExecutionHistory(p.ctx, &sfn.GetExecutionHistoryInput{ExecutionArn: &arn, MaxResults: 1000, NextToken: next})
			if err == nil {
				events, next = append(events, out.Events...), out.NextToken
			}
			return err
		})
		if err != nil {
			p.t.Errorf("GetExecutionHistory(%s): %v", arn, err)
			return events
		}
		if next == nil {
			return events
		}
	}
}

// checkOrder checks what holds for every history of an execution that has
// ended.
func (p *killProcess) checkOrder(arn string, history []types.HistoryEvent) {
	wrong := func(format string, args ...any) {
		var b strings.Builder
		for _, e := range history {
			fmt.Fprintf(&b, "  %d<%d %s %s\n", e.Id, e.PreviousEventId, e.Type, stateOf(e))
		}
		p.t.Errorf("history of %s: %s\n%s", arn, fmt.Sprintf(format, args...), b.String())
	}
	if len(history) == 0 || history[0].Type != types.HistoryEventTypeExecutionStarted {
		wrong("does not begin with ExecutionStarted")
		return
	}
	open := make(map[string]int) // states entered and not left, by name
	for i, e := range history {
		if e.Id != int64(i+1) {
			wrong("event %d has the id %d", i+1, e.Id)
			return
		}
		rootless := e.Id <= 2 || e.Type == types.HistoryEventTypeExecutionAborted // F-001
		if e.PreviousEventId < 0 || e.PreviousEventId >= e.Id || e.PreviousEventId == 0 && !rootless {
			wrong("event %d cannot follow %d", e.Id, e.PreviousEventId)
		}
		if i > 0 && e.Timestamp.Before(*history[i-1].Timestamp) {
			wrong("event %d is older than the one before it", e.Id)
		}
		if last := i == len(history)-1; last != endsExecution(e.Type) {
			wrong("event %d is %s, of %d events", e.Id, e.Type, len(history))
		}
		switch {
		case e.StateEnteredEventDetails != nil:
			open[aws.ToString(e.StateEnteredEventDetails.Name)]++
		case e.StateExitedEventDetails != nil:
			open[aws.ToString(e.StateExitedEventDetails.Name)]--
		}
	}
	for state, n := range open {
		if n < 0 || n > 0 && history[len(history)-1].Type == types.HistoryEventTypeExecutionSucceeded {
			wrong("state %s was entered %d times more often than left", state, n)
		}
	}
}

func endsExecution(t types.HistoryEventType) bool {
	switch t {
	case types.HistoryEventTypeExecutionSucceeded, types.HistoryEventTypeExecutionFailed, types.HistoryEventTypeExecutionAborted, types.HistoryEventTypeExecutionTimedOut:
		return true
	}
	return false
}

func stateOf(e types.HistoryEvent) string {
	switch {
	case e.StateEnteredEventDetails != nil:
		return aws.ToString(e.StateEnteredEventDetails.Name)
	case e.StateExitedEventDetails != nil:
		return aws.ToString(e.StateExitedEventDetails.Name)
	}
	return ""
}

// killFunctions are the Lambda functions, by the Invoke API.
type killFunctions struct{ p *killProcess }

func (f *killFunctions) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	var event struct {
		N, Attempt int
		Token      string
	}
	if err := json.NewDecoder(r.Body).Decode(&event); err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	name := strings.TrimSuffix(strings.TrimPrefix(r.URL.Path, "/2015-03-31/functions/"), "/invocations")
	fail := func(errorType string) {
		w.Header().Set("X-Amz-Function-Error", "Unhandled")
		fmt.Fprintf(w, `{"errorType": %q, "errorMessage": "as always"}`, errorType)
	}
	switch name {
	case "double":
		fmt.Fprintf(w, `{"n": %d}`, 2*event.N)
	case "flaky":
		if event.Attempt < 1 {
			fail("Busy")
			return
		}
		fmt.Fprintf(w, `{"done": %d}`, event.N)
	case "refuse":
		fail("Refused")
	case "hold":
		go f.answer(event.Token, event.N) // may come before or after the result of this call
		fmt.Fprint(w, `{}`)
	default:
		http.NotFound(w, r)
	}
}

// answer sends a token back. After a restart the function is called again, so
// another answer may have been first.
func (f *killFunctions) answer(token string, n int) {
	err := f.p.call(func(c *sfn.Client) error {
		_, err := c.SendTaskSuccess(f.p.ctx, &sfn.SendTaskSuccessInput{TaskToken: &token, Output: aws.String(fmt.Sprintf(`{"held": %d}`, n))})
		return err
	})
	var late *types.TaskTimedOut
	if err != nil && !errors.As(err, &late) && f.p.ctx.Err() == nil {
		f.p.t.Errorf("SendTaskSuccess: %v", err)
	}
}

// A lockedBuffer is a buffer that several processes' output goes to.
type lockedBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (b *lockedBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.Write(p)
}

func (b *lockedBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.String()
}
