package browsertest

import (
	"bytes"
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/input"
	cdplog "github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"github.com/aslocal/aslocal/emulator"
)

// This file opens pages of a real server in a real browser. Nothing in it sleeps: each
// step waits until a condition in the page is true.

// patience is how long a step may take, however busy the machine is. Nothing waits that
// long unless the test fails.
const patience = time.Minute

var inBrowser = flag.Bool("browser", false, "test all of the pages in Chromium, which takes a minute or two")

// always are the tests that run without -browser, too, if there is a Chromium: the ways
// through the product that most people go.
var always = []string{"TestFirstRun", "TestExecutionIsFollowedLive", "TestWhyAnExecutionFailed", "TestTimeTravel"}

// browser is one Chromium for all tests, started by the first.
var browser struct {
	once  sync.Once
	ctx   context.Context
	close func()
	err   error
}

func TestMain(m *testing.M) {
	flag.Parse()
	before := load()
	code := m.Run()
	if *measure {
		printMeasured(os.Stdout, before)
	}
	if browser.close != nil {
		browser.close()
	}
	os.Exit(code)
}

// startBrowser skips the test if there is no Chromium, and most tests without -browser.
func startBrowser(t *testing.T) context.Context {
	t.Helper()
	all := *inBrowser || *pictures != ""
	if !all && (testing.Short() || !slices.Contains(always, t.Name())) {
		t.Skip("make test-browser runs all tests in a browser (-browser)")
	}
	name := ""
	for _, one := range []string{"chromium", "chromium-browser", "google-chrome"} {
		if path, err := exec.LookPath(one); err == nil {
			name = path
			break
		}
	}
	if name == "" {
		t.Skip("no Chromium on PATH: apt-get install chromium")
	}
	browser.once.Do(func() {
		options := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath(name), chromedp.NoSandbox, chromedp.DisableGPU, chromedp.WSURLReadTimeout(patience))
		ctx, closeAllocator := chromedp.NewExecAllocator(context.Background(), options...)
		ctx, closeBrowser := chromedp.NewContext(ctx, chromedp.WithErrorf(func(string, ...any) {})) // it complains of events that it does not know
		browser.ctx, browser.close, browser.err = ctx, func() { closeBrowser(); closeAllocator() }, chromedp.Run(ctx)
	})
	switch {
	case browser.err != nil && !all:
		t.Skipf("%s does not start: %v", name, browser.err)
	case browser.err != nil:
		t.Fatalf("starting %s: %v", name, browser.err)
	}
	return browser.ctx
}

// A tab is a page of a server of its own. The browser remembers nothing of other tests,
// since each server has another port.
type tab struct {
	t   *testing.T
	ctx context.Context
	url string

	mu       sync.Mutex
	problems []string // exceptions, errors on the console, refusals of the CSP
}

// openTab starts an emulator and opens its page at a place ("#/machines").
func openTab(t *testing.T, place string, options ...emulator.Option) *tab {
	t.Helper()
	startBrowser(t) // or skip before anything else is started
	em, err := emulator.New(options...)
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(em)
	t.Cleanup(func() {
		server.CloseClientConnections()
		server.Close()
		if err := em.Close(); err != nil {
			t.Errorf("closing the emulator: %v", err)
		}
	})
	return openTabAt(t, server.URL, place)
}

// openTabAt opens the page of a server at a place.
func openTabAt(t *testing.T, url, place string, options ...chromedp.ContextOption) *tab {
	t.Helper()
	ctx, closeTab := chromedp.NewContext(startBrowser(t), options...)
	p := &tab{t: t, ctx: ctx, url: url}
	t.Cleanup(func() {
		if t.Failed() {
			p.screenshot("failed-" + strings.ReplaceAll(t.Name(), "/", "-"))
		}
		closeTab()
		for _, problem := range p.problems {
			t.Errorf("the page: %s", problem)
		}
	})
	chromedp.ListenTarget(ctx, p.listen)
	if err := chromedp.Run(ctx); err != nil { // opens the tab, which lives as long as this context
		t.Fatal(err)
	}
	still := []*emulation.MediaFeature{{Name: "prefers-reduced-motion", Value: "reduce"}}
	p.run(emulation.SetDeviceMetricsOverride(1440, 900, 1, false), emulation.SetEmulatedMedia().WithFeatures(still), cdplog.Enable())
	p.visit(place)
	return p
}

func (p *tab) listen(event any) {
	problem := ""
	switch event := event.(type) {
	case *runtime.EventExceptionThrown:
		problem = event.ExceptionDetails.Error()
	case *runtime.EventConsoleAPICalled:
		if event.Type == runtime.APITypeError {
			for _, arg := range event.Args {
				problem += " " + string(arg.Value) + arg.Description
			}
		}
	case *cdplog.EventEntryAdded:
		if event.Entry.Level == cdplog.LevelError && !strings.Contains(event.Entry.Text, "status of 4") { // refusals are part of some tests
			problem = event.Entry.Text
		}
	}
	if problem != "" {
		p.mu.Lock()
		p.problems = append(p.problems, problem)
		p.mu.Unlock()
	}
}

func (p *tab) run(actions ...chromedp.Action) {
	p.t.Helper()
	ctx, cancel := context.WithTimeout(p.ctx, patience)
	defer cancel()
	if err := chromedp.Run(ctx, actions...); err != nil {
		p.t.Fatal(err)
	}
}

// visit loads the page anew at a place.
func (p *tab) visit(place string) {
	p.t.Helper()
	p.run(chromedp.Navigate("about:blank"), chromedp.Navigate(p.url+"/"+place))
	p.until(`document.querySelector('main h1, main .h1, main [data-testid]')`)
}

// eval gives the value of an expression of JavaScript, which may be a promise.
func (p *tab) eval(expression string, out any) {
	p.t.Helper()
	p.run(chromedp.Evaluate(expression, out, func(e *runtime.EvaluateParams) *runtime.EvaluateParams { return e.WithAwaitPromise(true) }))
}

// until waits until an expression is true.
func (p *tab) until(condition string) {
	p.t.Helper()
	ctx, cancel := context.WithTimeout(p.ctx, patience)
	defer cancel()
	wait := fmt.Sprintf(`new Promise(done => { const look = () => { let ok = false; try { ok = %s; } catch {} ok ? done(true) : setTimeout(look, 10); }; look(); })`, condition)
	err := chromedp.Run(ctx, chromedp.Evaluate(wait, nil, func(e *runtime.EvaluateParams) *runtime.EvaluateParams { return e.WithAwaitPromise(true) }))
	if err != nil {
		p.t.Fatalf("waiting for %s: %v\nThe page: %s", condition, err, p.text("body"))
	}
}

// quote writes a string for JavaScript.
func quote(s string) string {
	b, err := json.Marshal(s)
	if err != nil {
		panic(err)
	}
	return string(b)
}

// find is the expression for the first visible element of a test id whose text contains
// some text.
func find(id, text string) string {
	return fmt.Sprintf(`[...document.querySelectorAll('[data-testid="%s"]')].find(e => e.checkVisibility() && e.textContent.includes(%s))`, id, quote(text))
}

// see waits until an element is there; text may be "".
func (p *tab) see(id, text string) { p.t.Helper(); p.until(find(id, text) + " !== undefined") }

// gone waits until an element is not there.
func (p *tab) gone(id, text string) { p.t.Helper(); p.until(find(id, text) + " === undefined") }

// click waits for an element that is enabled and clicks it with the mouse. A page that moves
// the element away between the look at its place and the click, as an answer of the server
// does that makes a list longer, gets no click at what is there now: the click is done again.
func (p *tab) click(id, text string) {
	p.t.Helper()
	element := find(id, text)
	for deadline := time.Now().Add(patience); ; {
		p.until(element + ` !== undefined && !` + element + `.disabled`)
		var at struct{ X, Y float64 }
		p.eval(aim(element), &at)
		p.run(chromedp.MouseClickXY(at.X, at.Y))
		var hit string
		p.eval(`globalThis.aimed?.() ?? ""`, &hit) // a page that the click has left behind was hit
		if hit == "" {
			return
		}
		if time.Now().After(deadline) {
			p.t.Fatalf("clicking %s %q: the mouse hits %s", id, text, hit)
		}
	}
}

// aim looks where an element is, once that no longer moves, and lets the next click through
// only if it hits the element. aimed() then tells what was hit instead, or "".
func aim(element string) string {
	return `(async () => {
		const frame = () => new Promise(done => { requestAnimationFrame(done); setTimeout(done, 100); });
		const place = () => { const e = ` + element + `; if (!e) return {}; e.scrollIntoView({block: 'nearest'}); const r = e.getBoundingClientRect(); return {e, X: r.x + r.width / 2, Y: r.y + r.height / 2}; };
		let was = place(), now;
		for (let i = 0; i < 50; i++, was = now) {
			await frame();
			now = place();
			if (now.e === was.e && now.X === was.X && now.Y === was.Y) break;
		}
		let other = null;
		const kinds = ['pointerdown', 'mousedown', 'pointerup', 'mouseup', 'click'];
		const guard = event => {
			if (event.type === 'pointerdown') other = event.composedPath().includes(now.e) ? '' : event.target.outerHTML.slice(0, 200);
			if (other) { event.preventDefault(); event.stopImmediatePropagation(); }
		};
		for (const kind of kinds) addEventListener(kind, guard, true);
		globalThis.aimed = () => { for (const kind of kinds) removeEventListener(kind, guard, true); return other ?? 'nothing'; };
		return {X: now.X ?? 0, Y: now.Y ?? 0};
	})()`
}

// fill replaces the text of a field as typing does.
func (p *tab) fill(id, text string) {
	p.t.Helper()
	p.see(id, "")
	p.eval(`(() => { const e = `+find(id, "")+`; e.focus(); e.select(); })()`, nil)
	p.run(chromedp.ActionFunc(func(ctx context.Context) error { return input.InsertText(text).Do(ctx) }))
}

// press presses keys, one after the other; "\r" is Enter.
func (p *tab) press(keys string, modifiers ...chromedp.KeyOption) {
	p.t.Helper()
	p.run(chromedp.KeyEvent(keys, modifiers...))
}

// text is the visible text of the first element of a selector.
func (p *tab) text(selector string) string {
	var text string
	ctx, cancel := context.WithTimeout(p.ctx, 10*time.Second)
	defer cancel()
	if err := chromedp.Run(ctx, chromedp.Evaluate(`document.querySelector(`+quote(selector)+`)?.innerText ?? ''`, &text)); err != nil {
		return err.Error()
	}
	return text
}

// screenshot writes a picture for people below $ASLOCAL_SHOTS; without it there are none.
func (p *tab) screenshot(name string) {
	folder := os.Getenv("ASLOCAL_SHOTS")
	if folder == "" {
		return
	}
	err := chromedp.Run(p.ctx, chromedp.ActionFunc(func(ctx context.Context) error {
		png, err := page.CaptureScreenshot().Do(ctx)
		if err != nil {
			return err
		}
		return os.WriteFile(filepath.Join(folder, name+".png"), png, 0o644)
	}))
	if err != nil {
		p.t.Logf("screenshot %s: %v", name, err)
	}
}

// size sets the size of the window, and waits until the page is laid out for it: a drawing
// that is fitted into its canvas moves.
func (p *tab) size(width, height int64) {
	p.t.Helper()
	p.run(emulation.SetDeviceMetricsOverride(width, height, 1, width < 500))
	p.frames()
}

// frames waits until what has changed is on the screen.
func (p *tab) frames() {
	p.t.Helper()
	p.eval(`new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))`, nil)
}

// aws calls an action of Step Functions as an SDK would, and decodes its answer.
func (p *tab) aws(action string, in, out any) {
	p.t.Helper()
	body, err := json.Marshal(in)
	if err != nil {
		p.t.Fatal(err)
	}
	r, err := http.NewRequestWithContext(p.ctx, http.MethodPost, p.url, bytes.NewReader(body))
	if err != nil {
		p.t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/x-amz-json-1.0")
	r.Header.Set("X-Amz-Target", "AWSStepFunctions."+action)
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		p.t.Fatal(err)
	}
	defer answer.Body.Close()
	if answer.StatusCode != http.StatusOK {
		var text bytes.Buffer
		_, _ = text.ReadFrom(answer.Body)
		p.t.Fatalf("%s: %s: %s", action, answer.Status, text.String())
	}
	if out != nil {
		if err := json.NewDecoder(answer.Body).Decode(out); err != nil {
			p.t.Fatal(err)
		}
	}
}

// machine creates a state machine and gives its ARN.
func (p *tab) machine(name, definition string) string {
	p.t.Helper()
	var out struct{ StateMachineArn string }
	p.aws("CreateStateMachine", map[string]string{"name": name, "definition": definition, "roleArn": "arn:aws:iam::123456789012:role/test"}, &out)
	return out.StateMachineArn
}

// start starts an execution and gives its ARN.
func (p *tab) start(machine, name, input string) string {
	p.t.Helper()
	var out struct{ ExecutionArn string }
	p.aws("StartExecution", map[string]string{"stateMachineArn": machine, "name": name, "input": input}, &out)
	return out.ExecutionArn
}

const (
	enter  = kb.Enter
	escape = kb.Escape
	down   = kb.ArrowDown
	kbEnd  = kb.End
	kbHome = kb.Home
)
