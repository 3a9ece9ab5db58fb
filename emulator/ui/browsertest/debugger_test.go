package browsertest

import (
	"context"
	"fmt"
	"io"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/sfn"
	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"github.com/aslocal/aslocal/emulator"
	"github.com/aslocal/aslocal/emulator/debug"
	"github.com/aslocal/aslocal/value"
)

// This file tests the debugger in the page of an execution.

// fulfilling has a Task in a branch, a Map in another one, a Choice before and a state
// whose name has markup behind.
const fulfilling = `{"QueryLanguage": "JSONata", "StartAt": "Validate", "States": {
	"Validate": {"Type": "Pass", "Assign": {"total": "{% $states.input.total %}"}, "Next": "Fulfil"},
	"Fulfil": {"Type": "Parallel", "Next": "` + hostile + `", "Branches": [
		{"StartAt": "ChargeCard", "States": {"ChargeCard": {"Type": "Task", "Resource": "` + charge + `", "Arguments": {"amount": "{% $total %}"},
			"Catch": [{"ErrorEquals": ["Declined"], "Next": "Apologise"}], "Next": "SendReceipt"}, "SendReceipt": {"Type": "Pass", "End": true}, "Apologise": {"Type": "Pass", "Output": {"sorry": true}, "End": true}}},
		{"StartAt": "ReserveItems", "States": {"ReserveItems": {"Type": "Map", "Items": "{% $states.input.items %}", "MaxConcurrency": 1, "End": true,
			"ItemProcessor": {"StartAt": "PickItem", "States": {"PickItem": {"Type": "Pass", "End": true}}}}}}]},
	"` + hostile + `": {"Type": "Pass", "Next": "Rest"},
	"Rest": {"Type": "Wait", "Seconds": 3600, "Next": "Done"},
	"Done": {"Type": "Succeed"}}}`

const orderOf3 = `{"orderId": "A-17", "total": 12345678901234567890, "note": "` + hostile + `", "items": [{"qty": 1}, {"qty": 12}, {"qty": 3}]}`

// debugged opens a page of an emulator whose charge function gives its arguments back.
func debugged(t *testing.T, place string) *tab {
	return openTab(t, place, jumping(), emulator.WithTask("charge", func(_ context.Context, in value.Value) (value.Value, error) { return in, nil }))
}

// stops waits until the page says that the execution is stopped at a place.
func (p *tab) stops(where string) {
	p.t.Helper()
	p.until(fmt.Sprintf(`document.querySelector('[data-testid=stopped]')?.textContent === %s && document.querySelector('[data-testid=debug-dock]')`, quote(where)))
}

// TestDebuggerTogether debugs an execution that an SDK client starts, in the terminal and in
// the browser at once: three programs and the server, all as users have them.
func TestDebuggerTogether(t *testing.T) {
	startBrowser(t) // or skip before anything is built
	program := *binary
	if program == "" {
		program = filepath.Join(t.TempDir(), "aslocal")
		if out, err := exec.Command("go", "build", "-o", program, "github.com/aslocal/aslocal/cmd/aslocal").CombinedOutput(); err != nil {
			t.Fatalf("%v\n%s", err, out)
		}
	}
	folder := t.TempDir()
	file := filepath.Join(folder, "order.asl.json")
	if err := os.WriteFile(file, []byte(`{"StartAt": "A", "States": {"A": {"Type": "Pass", "Next": "B"}, "B": {"Type": "Pass", "End": true}}}`), 0o600); err != nil {
		t.Fatal(err)
	}
	server := startProgram(t, folder, program, "serve", file, "--port", "0", "--dap", "0", "--durability", "memory")
	url := server.reads(`API +(http://\S+)`)
	port := server.reads(`--attach (\d+)`)
	terminal := startProgram(t, folder, program, "debug", "--attach", port)
	fmt.Fprintln(terminal.keyboard, "break order/B")
	terminal.reads(`(breakpoint 1  order/B)`)
	fmt.Fprintln(terminal.keyboard, "continue")

	p := openTabAt(t, url, "#/executions")
	client := sfn.New(sfn.Options{BaseEndpoint: &url, Region: "us-east-1", Credentials: credentials.NewStaticCredentialsProvider("test", "test", "")})
	start := func() (arn string) {
		t.Helper()
		started, err := client.StartExecution(t.Context(), &sfn.StartExecutionInput{
			StateMachineArn: aws.String("arn:aws:states:us-east-1:123456789012:stateMachine:order"), Input: aws.String(`{"n": 41}`),
		})
		if err != nil {
			t.Fatal(err)
		}
		return *started.ExecutionArn
	}
	arn := start()
	terminal.reads(`> B (\S*order.asl.json:\d+)`)
	p.open(arn, "")
	p.stops("Stopped before B")
	p.see("scope-input", "41")
	fmt.Fprintln(terminal.keyboard, "print $states.input.n + 1")
	terminal.reads(`(?m)^(?:\(asl\) )?(42)$`)
	p.stops("Stopped before B") // who looks in the terminal moves nothing

	p.click("debug-continue", "")
	p.see("status", "Succeeded")
	fmt.Fprintln(terminal.keyboard, "continue") // waits for what comes next
	terminal.reads(`(has ended: SUCCEEDED)`)
	arn = start()
	terminal.reads(`> B (\S*order.asl.json:\d+)`)
	fmt.Fprintln(terminal.keyboard, "quit") // what it has stopped goes on
	terminal.ends()
	p.open(arn, "")
	p.see("status", "Succeeded")
}

// A running is a program that runs beside a test.
type running struct {
	t        *testing.T
	name     string
	keyboard io.WriteCloser
	command  *exec.Cmd

	mu      sync.Mutex
	more    *sync.Cond
	printed []byte // stdout and stderr
	read    int    // as far as reads has come
	over    bool
}

// startProgram starts a program in a folder; it is killed when the test ends.
func startProgram(t *testing.T, folder, program string, arguments ...string) *running {
	t.Helper()
	r := &running{t: t, name: "aslocal " + arguments[0], command: exec.Command(program, arguments...)}
	r.more = sync.NewCond(&r.mu)
	r.command.Dir, r.command.Stdout, r.command.Stderr = folder, r, r
	keyboard, err := r.command.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	r.keyboard = keyboard
	if err := r.command.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan struct{})
	go func() {
		r.command.Wait()
		r.mu.Lock()
		r.over = true
		r.mu.Unlock()
		r.more.Broadcast()
		close(ended)
	}()
	t.Cleanup(func() { r.command.Process.Kill(); <-ended })
	return r
}

// Write takes what the program prints.
func (r *running) Write(text []byte) (int, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.printed = append(r.printed, text...)
	r.more.Broadcast()
	return len(text), nil
}

// reads waits for what fits a pattern, behind what was read before, and gives its group.
func (r *running) reads(pattern string) string {
	r.t.Helper()
	wanted := regexp.MustCompile(pattern)
	timer := time.AfterFunc(patience, r.more.Broadcast)
	defer timer.Stop()
	deadline := time.Now().Add(patience)
	r.mu.Lock()
	defer r.mu.Unlock()
	for {
		if at := wanted.FindSubmatchIndex(r.printed[r.read:]); at != nil {
			found := string(r.printed[r.read+at[2] : r.read+at[3]])
			r.read += at[1]
			return found
		}
		if r.over || !time.Now().Before(deadline) {
			r.t.Fatalf("%s: nothing fits %s in what it printed:\n%s", r.name, pattern, r.printed)
		}
		r.more.Wait()
	}
}

// ends waits until the program has ended well.
func (r *running) ends() {
	r.t.Helper()
	timer := time.AfterFunc(patience, func() { r.command.Process.Kill() })
	defer timer.Stop()
	r.mu.Lock()
	defer r.mu.Unlock()
	for !r.over {
		r.more.Wait()
	}
	if !r.command.ProcessState.Success() {
		r.t.Errorf("%s ended with %v:\n%s", r.name, r.command.ProcessState, r.printed)
	}
}

// A breakpoint that is set on a node is hit by an execution that a client starts; steps go
// over, into and out of states in a Parallel and a Map.
func TestDebugger(t *testing.T) {
	p := debugged(t, "#/machines")
	machine := p.machine("order", fulfilling)
	plain := p.start(machine, "plain", orderOf3)
	p.ended(plain)
	p.open(plain, "")
	p.click("breakpoint-ChargeCard", "")
	p.until(`document.querySelector('[data-testid=breakpoint-ChargeCard]').classList.contains('is-set')`)

	arn := p.start(machine, "debugged", orderOf3)
	p.click("stop-sign", "Stopped")
	p.stops("Stopped before ChargeCard")
	p.see("stop-reason", "breakpoint 1")
	p.see("clock-stands", "The clock stands still at +")
	p.see("node-ChargeCard", "the debugger stands here")
	p.see("stack-frame", "Fulfil")
	p.see("scope-arguments", "12345678901234567890") // with all of its digits
	p.see("thread", "Fulfil[1]")
	p.screenshot("debugger-1440-light")

	// Phase by phase, then out of the branch, over to the next state.
	p.click("debug-into", "")
	p.stops("Stopped in ChargeCard at Arguments")
	p.until(`document.querySelector('[data-testid=phase][aria-selected=true]').textContent.includes('after Arguments')`)
	p.click("phase", "input")
	p.see("phase-data", "orderId")
	p.click("debug-into", "")
	p.stops("Stopped behind ChargeCard, before its output")
	p.see("scope-result", "12345678901234567890")
	p.see("scope-changed", "changed")
	p.click("debug-over", "")
	p.stops("Stopped before SendReceipt")
	p.click("debug-out", "")
	p.stops("Stopped before " + hostile)
	p.screenshot("debugger-hostile")

	// The children of the Map are lines of control of their own.
	p.click("point-row-remove", "")
	p.gone("point-row", "")
	p.click("debug-continue", "")
	p.gone("stopped", "")
	p.gone("stop-sign", "")
	p.ended(arn)
	p.click("breakpoint-PickItem", "")
	p.until(`document.querySelector('[data-testid=breakpoint-PickItem]').classList.contains('is-set')`)
	arn = p.start(machine, "mapped", orderOf3)
	p.open(arn, "")
	p.stops("Stopped before PickItem")
	p.see("thread", "Fulfil[1].ReserveItems[0]")
	p.click("debug-continue", "")
	p.see("stack-frame", "iteration 1")
	p.until(`document.querySelector('[data-testid=iterations-ReserveItems]').textContent.includes('#1')`)
	p.click("debug-out", "")
	p.see("stack-frame", "iteration 2") // the breakpoint is met on the way out
	p.click("debug-out", "")
	p.stops("Stopped before " + hostile)
	p.click("point-row-remove", "")
	p.click("debug-continue", "")
	p.ended(arn)
}

// Input, variables, results and errors are edited at a stop, states skipped and left for
// others; the past can be looked at, and gone on from in another execution.
func TestDebuggerChanges(t *testing.T) {
	p := debugged(t, "#/machines")
	machine := p.machine("order", fulfilling)
	p.visit(pageOf("machine", machine) + "?run=1")
	p.fill("editor", orderOf3)
	p.click("run-stop", "")
	p.click("start", "")
	p.stops("Stopped before Validate")
	p.see("stop-reason", "the first state")
	p.click("breakpoint-ChargeCard", "")
	p.see("point-row", "ChargeCard")
	p.click("debug-continue", "")
	p.stops("Stopped before ChargeCard")

	// A variable is edited in place, and the console and the watch see it.
	p.click("edit-variables", "")
	p.until(find("scope-save", "") + ` !== undefined && ` + `document.activeElement.matches('[data-testid=scope-variables] textarea')`)
	p.eval(`document.activeElement.select()`, nil)
	p.insert(`{"total": 7}`)
	p.click("scope-save", "")
	p.see("edited", "")
	p.until(find("scope-variables", "") + `.textContent.includes('"total":7')`)
	p.fill("watch-add", "$total + 1")
	p.press(enter)
	p.until(find("watch-row", "") + `.textContent.includes('8')`)
	p.fill("console-input", "$states.input.note")
	p.press(enter)
	p.see("console-log", hostile)
	p.fill("console-input", "$nothing.at.all(")
	p.press(enter)
	p.until(`document.querySelector('[data-testid=console-log] .err')`)
	p.see("scope-arguments", `"amount":7`)

	// An error is forced, which the Catcher takes.
	p.click("debug-act", "")
	p.click("debug-fail", "")
	p.fill("force-name", "Declined")
	p.fill("force-cause", hostile)
	p.screenshot("debugger-force")
	p.click("force-do", "")
	p.stops("Stopped at the failure of ChargeCard")
	p.see("scope-error", "Catch/0 of ChargeCard takes it.")
	p.click("debug-over", "")
	p.stops("Stopped before Apologise")
	p.fill("console-input", `:skip {"forced": true}`)
	p.press(enter)
	p.see("console-log", "The state is left.")

	// Back to the first state, forward, and on from there in a new execution.
	p.click("debug-back", "")
	p.see("stopped", "In the past, ")
	p.see("debug-past", "Nothing can be changed here")
	p.gone("edit-variables", "")
	for range 4 { // steps end at the first state
		p.click("debug-back", "")
	}
	p.until(`document.querySelector('[data-testid=stopped]').textContent === 'In the past, before Validate'`)
	p.screenshot("debugger-past")
	p.click("debug-over", "")
	p.until(`document.querySelector('[data-testid=stopped]').textContent === 'In the past, before Fulfil'`)
	p.until(`new URLSearchParams(location.hash.split('?')[1]).get('event')`)
	p.click("debug-fork", "")
	p.fill("editor", `{"total": 1, "items": []}`)
	p.click("fork-do", "")
	p.stops("Stopped before ChargeCard")
	p.see("scope-input", `"total":1`)
	p.see("stopped-row", "order") // the first one still stands
	p.fill("console-input", `:result {"paid": true}`)
	p.press(enter)
	p.see("console-log", "It has this result.")
	p.fill("console-input", ":next Apologise")
	p.press(enter)
	p.see("stopped", "Apologise")

	// From the list of executions, all go on.
	p.visit("#/executions")
	p.see("stopped-list", "Time stands still")
	p.until(`document.querySelectorAll('[data-testid=stopped-row]').length === 2`)
	p.screenshot("debugger-executions")
	p.click("continue-all", "")
	p.gone("stopped-list", "")
	p.gone("stop-sign", "")
}

// insert types a text into what has the focus.
func (p *tab) insert(text string) {
	p.t.Helper()
	p.run(chromedp.ActionFunc(func(ctx context.Context) error { return input.InsertText(text).Do(ctx) }))
}

// A conditional breakpoint holds in one turn of a loop, a logpoint does not stop, and two
// pages see the same stop. All of it by keyboard.
func TestDebuggerByKeyboard(t *testing.T) {
	p := debugged(t, "#/machines")
	machine := p.machine("order", fulfilling)
	plain := p.start(machine, "plain", orderOf3)
	p.ended(plain)
	p.open(plain, "?state=PickItem&scope=")
	p.press("d")
	p.see("debug-panel", "")
	p.eval(`document.querySelector('[data-testid=node-PickItem]').focus()`, nil)
	p.press(enter)
	p.until(`document.querySelector('[data-testid=node-PickItem]').getAttribute('aria-pressed') === 'true'`)
	p.press(kb.F9)
	p.see("point-row", "PickItem")
	p.press(kb.F9, chromedp.KeyModifiers(input.ModifierShift))
	p.see("point-condition", "")
	p.fill("point-condition", "$states.input.qty > (")
	p.press(enter)
	p.see("point-problem", "condition: ")
	p.fill("point-condition", "$states.input.qty > 10")
	p.press(enter)
	p.gone("point-problem", "")
	p.gone("point-condition", "")
	p.until(`document.querySelector('[data-testid=point-row] .bpd--cond')`)

	arn := p.start(machine, "looped", orderOf3)
	p.open(arn, "")
	other := openTabAt(t, p.url, pageOf("x", arn), chromedp.WithTargetID(openWindow(t))) // both are in view
	for _, page := range []*tab{p, other} {
		page.stops("Stopped before PickItem")
		page.see("stop-reason", "condition $states.input.qty > 10")
		page.see("stack-frame", "iteration 1")
	}
	p.until(`[...document.querySelectorAll('[aria-live=polite]')].some(e => e.textContent.includes('Stopped at PickItem, breakpoint'))`)
	p.press("n")
	for _, page := range []*tab{p, other} {
		page.stops("Stopped before " + hostile)
	}
	p.press("b")
	p.see("stopped", "In the past, ")
	other.see("stopped", "In the past, ")
	p.press("p")
	p.stops("Stopped before " + hostile)
	p.press(":")
	p.until(`document.activeElement.dataset.testid === 'console-input'`)
	p.fill("console-input", "$states.inp") // over the colon: a key that a program presses is typed, too
	p.press("\t")
	p.until(`document.activeElement.value === '$states.input'`)
	p.insert("[1][2].qty")
	p.press(enter)
	p.until(`document.querySelector('[data-testid=console-log] .json-text')?.textContent === '3'`)
	p.press(kb.F8)
	p.gone("stopped", "")
	other.gone("stopped", "")
	p.press(escape)
	p.press("?")
	p.see("dialog", "Step in, phase by phase")
}

// The children of a Map Run stop at the breakpoints of their machine, on pages of their
// own; a logpoint prints and stops nothing.
func TestDebuggerOfMapRun(t *testing.T) {
	p := debugged(t, "#/machines")
	machine := p.machine("each", `{"StartAt": "Look", "States": {"Look": {"Type": "Pass", "Next": "Each"}, "Each": {"Type": "Map", "ItemProcessor": {"ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"},
		"StartAt": "Pick", "States": {"Pick": {"Type": "Pass", "End": true}}}, "End": true}}}`)
	first := p.start(machine, "first", `["a"]`)
	p.ended(first)
	p.open(first, "?panel=debug")
	p.click("breakpoint-Pick", "")
	p.see("point-row", "Pick")
	p.click("point-add", "")
	p.fill("point-state", "Lo*")
	p.fill("point-log", "with {$[0]} "+hostile)
	p.click("point-do", "")
	p.until(`document.querySelector('[data-testid=point-row] .bpd--log')`)
	parent := p.start(machine, "second", `["b"]`)
	p.click("stop-sign", "Stopped")
	p.stops("Stopped before Pick")
	p.see("stack-parent", "")
	p.until(find("scope-input", "") + `.textContent.includes('"b"')`)
	p.click("stack-parent", "")
	p.until(`document.querySelector('[data-testid=execution-name]')?.textContent === 'second'`)
	p.press("d")
	p.see("console-printed", `Look with b `+hostile)
	p.see("stopped-row", "each")
	p.click("stopped-continue", "")
	p.gone("stop-sign", "")
	if got := p.ended(parent); got != `SUCCEEDED ["b"]` {
		t.Errorf("the parent: %s", got)
	}
}

// A running execution is paused where it waits, and its clock with it; the breakpoints of
// an editor are listed, stop it on the page, too, and cannot be changed there.
func TestDebuggerPauses(t *testing.T) {
	startBrowser(t)
	em, err := emulator.New()
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(em)
	t.Cleanup(func() {
		server.CloseClientConnections()
		server.Close()
		_ = em.Close()
	})
	editor := em.Debugger().Attach("an editor", func(debug.Event) {})
	editor.SetBreakpoints([]debug.Breakpoint{{Kind: debug.AtState, State: "Done"}})
	p := openTabAt(t, server.URL, "#/machines")
	p.open(p.start(p.machine("waits", `{"StartAt": "Rest", "States": {"Rest": {"Type": "Wait", "Seconds": 3600, "Next": "Done"}, "Done": {"Type": "Succeed"}}}`), "waiting", "{}"), "")
	p.press("d")
	p.see("not-stopped", "Runs until a breakpoint")
	p.see("point-other", "an editor")
	p.see("left-Rest", " left")
	p.press(kb.F8)
	p.stops("Stopped at Rest")
	p.see("stop-reason", "paused")
	p.see("left-Rest", "the clock stands")
	p.screenshot("debugger-paused")
	p.press(kb.F8)
	p.gone("stopped", "")
	p.see("left-Rest", " left")
	p.eval(find("skip-Rest", "")+`.click()`, nil) // the graph may still be moving
	p.stops("Stopped before Done")
	p.see("stop-reason", "of an editor")
	p.eval(`[...document.querySelectorAll('.nodeb')].find(e => e.textContent.includes('Done')).dispatchEvent(new MouseEvent('contextmenu', {bubbles: true, cancelable: true}))`, nil)
	p.see("point-toggle", "Add a breakpoint")
	p.press(escape)
	editor.Detach()
	p.gone("point-other", "")
}

// TestDebuggerIsAccessible runs axe on a stop, in the past, and on the dialogs.
func TestDebuggerIsAccessible(t *testing.T) {
	axe, err := os.ReadFile(filepath.Join("testdata", "node_modules", "axe-core", "axe.min.js"))
	if err != nil {
		t.Skip("no axe-core: npm install --prefix emulator/ui/browsertest/testdata axe-core@4")
	}
	p := debugged(t, "#/machines")
	machine := p.machine("order", fulfilling)
	plain := p.start(machine, "plain", orderOf3)
	p.ended(plain)
	p.open(plain, "?panel=debug")
	p.click("breakpoint-ChargeCard", "")
	p.see("point-row", "ChargeCard")
	p.accessible(string(axe), "debugger-ended")
	p.size(1440, 900)
	p.click("point-add", "")
	p.see("point-do", "")
	p.accessible(string(axe), "debugger-point")
	p.size(1440, 900)
	p.click("point-cancel", "")
	p.open(p.start(machine, "stopped", orderOf3), "")
	p.stops("Stopped before ChargeCard")
	p.fill("watch-add", "$total")
	p.press(enter)
	p.fill("console-input", "$states.input")
	p.press(enter)
	p.see("console-log", "orderId")
	p.click("edit-input", "")
	p.accessible(string(axe), "debugger-stopped")
	p.size(1440, 900)
	p.click("scope-cancel", "")
	p.click("debug-back", "")
	p.see("debug-past", "")
	p.accessible(string(axe), "debugger-past")
	p.visit("#/executions")
	p.see("stopped-list", "")
	p.accessible(string(axe), "debugger-executions")
	p.until(`document.documentElement.scrollWidth === 390`) // a page that is too wide is zoomed out
}
