package browsertest

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/chromedp"

	"github.com/aslocal/aslocal/emulator"
)

// This file tests the pages other than that of an execution.

const (
	hello  = `{"StartAt": "Hello", "States": {"Hello": {"Type": "Pass", "End": true}}}`
	fails  = `{"StartAt": "No", "States": {"No": {"Type": "Fail", "Error": "Refused", "Cause": "it is a test"}}}`
	waits  = `{"StartAt": "Sleep", "States": {"Sleep": {"Type": "Wait", "Seconds": 3600, "End": true}}}`
	reads  = `{"StartAt": "Read", "States": {"Read": {"Type": "Pass", "InputPath": "$.order.id", "End": true}}}`
	asks   = `{"StartAt": "Approve", "States": {"Approve": {"Type": "Task", "Resource": "arn:aws:states:us-east-1:123456789012:activity:approve", "End": true}}}`
	markup = `<img src=x onerror="document.title='broken'"><script>document.title='broken'</script>`
)

// pageOf is the place of a machine or an execution.
func pageOf(kind, arn string) string { return "#/" + kind + "/" + url.PathEscape(arn) }

func TestFirstRun(t *testing.T) {
	p := openTab(t, "", emulator.WithWaitTimeScale(0.01))
	p.see("drop", "")
	p.until(`document.querySelector('h1').textContent === 'Your local Step Functions is running'`)
	p.click("tab-python", "")
	p.until(`document.querySelector('[role=tabpanel]').textContent.includes('endpoint_url="' + location.origin + '"')`)
	p.gone("first-call", "")
	p.click("demo-order", "Order")
	p.until(`location.hash.startsWith('#/x/')`)
	p.see("status", "Succeeded")
}

func TestFirstCallTicksTheStep(t *testing.T) {
	p := openTab(t, "#/")
	p.see("drop", "")
	p.machine("from-an-sdk", hello)
	p.see("first-call", "CreateStateMachine")
	p.see("home-machines", "1 machine")
	p.visit("")
	p.until(`location.hash === '#/machines'`) // who has machines wants those
}

func TestCreateMachine(t *testing.T) {
	p := openTab(t, "#/machines")
	p.click("new-machine", "")
	p.fill("machine-name", "made-here")
	p.fill("editor", `{"StartAt": "A", "States": {"B": {"Type": "Pass", "End": true}}}`)
	p.click("create", "")
	p.see("create-error", "A") // there is no state A
	p.fill("editor", "{\n  \"StartAt\" \"A\"\n}")
	p.see("editor-error", "line 2, column 13: expected a colon after the key")
	p.fill("editor", hello)
	p.click("create", "")
	p.until(`location.hash.startsWith('#/machine/') && document.querySelector('h1').textContent === 'made-here'`)
	p.click("tab-definition", "")
	p.until(`document.querySelector('.json-text').textContent.includes('"StartAt": "Hello"')`)
	p.until(`document.querySelector('.json-text').getBoundingClientRect().bottom <= innerHeight`) // it scrolls inside
	p.click("tab-graph", "")
	p.until(`document.querySelector('.figure img').naturalWidth > 0`)
	p.click("home", "")
	p.click("nav-machines", "")
	p.until(`document.querySelectorAll('[data-testid=thumbnail] rect').length === 1`)
}

func TestMachines(t *testing.T) {
	p := openTab(t, "#/machines")
	p.see("empty", "No state machines yet")
	a, b := p.machine("orders", hello), p.machine("refunds", fails)
	p.see("machine", "refunds") // it appears by itself
	p.start(a, "one", "{}")
	p.start(b, "two", "{}")
	p.see("machine", "100 % of the last 1 succeeded")
	p.see("machine", "0 % of the last 1 succeeded")
	p.click("filter-has-failures", "")
	p.gone("machine", "orders")
	p.until(`location.hash.includes('failing=1')`)
	p.visit("#/machines?failing=1") // the address has the filter
	p.see("machine", "refunds")
	p.gone("machine", "orders")
	p.fill("search", "nothing like it")
	p.click("lift", "")
	p.see("machine", "orders")
	p.machine("archive", hello)
	p.until(`document.querySelector('[data-testid=machine-link]').textContent === 'archive'`)
	p.click("sort-run", "")
	p.until(`document.querySelector('[aria-sort=descending]').textContent === 'Last run' && [...document.querySelectorAll('[data-testid=machine-link]')].at(-1).textContent === 'archive'`)
	p.click("machine-link", "orders")
	p.until(`document.querySelector('h1').textContent === 'orders'`)
	p.eval(`history.back()`, nil)
	p.see("machine", "refunds")
}

func TestRunDrawer(t *testing.T) {
	p := openTab(t, "#/machines")
	p.machine("reads", reads)
	p.click("run", "")
	p.until(`JSON.parse(` + find("editor", "") + `.value).order !== undefined`) // the skeleton of the paths
	p.fill("editor", `{"order": {"id": 17, "note": "€ 10"}`)
	p.see("editor-error", "line 1")
	p.until(find("start", "") + `.disabled`)
	p.fill("editor", `{"order": {"id": 17.50}}`)
	p.fill("run-name", "no spaces here")
	p.until(find("start", "") + `.disabled`)
	p.fill("run-name", "first")
	p.click("tab-command", "")
	p.until(`document.querySelector('.code-block').textContent.includes("--name first") && document.querySelector('.code-block').textContent.includes("--input '{\"order\": {\"id\": 17.50}}'")`)
	p.click("tab-input", "")
	p.click("start", "")
	p.until(`location.hash.startsWith('#/x/') && location.hash.endsWith('first')`)
	p.visit("#/machines")
	p.click("run", "")
	p.until(find("editor", "") + `.value === '{"order": {"id": 17.50}}'`) // it is remembered
	p.fill("run-name", "first")
	p.fill("editor", `{"order": {"id": 18}}`)
	p.click("start", "")
	p.see("start-error", "first") // another execution has the name
}

func TestExecutions(t *testing.T) {
	p := openTab(t, "#/executions")
	p.see("empty", "No executions yet")
	good, bad := p.machine("good", hello), p.machine("bad", fails)
	for i := range 3 {
		p.start(good, fmt.Sprintf("good-%d", i), "{}")
		p.start(bad, fmt.Sprintf("bad-%d", i), "{}")
	}
	p.until(`document.querySelectorAll('[data-testid=row]').length === 6`)
	p.click("status-FAILED", "")
	p.until(`document.querySelectorAll('[data-testid=row]').length === 3`)
	p.see("row", "bad-2")
	p.click("not", "")
	p.until(`[...document.querySelectorAll('[data-testid=row]')].every(row => row.textContent.includes('good-')) && document.querySelectorAll('[data-testid=row]').length === 3`)
	p.click("view-save", "")
	p.fill("view-name", "Healthy")
	p.press(enter)
	p.see("view", "Healthy")
	p.click("view", "Recent")
	p.until(`document.querySelectorAll('[data-testid=row]').length === 6`)
	p.click("view", "Healthy")
	p.until(`document.querySelectorAll('[data-testid=row]').length === 3`)
	p.eval(`history.back()`, nil)
	p.until(`document.querySelectorAll('[data-testid=row]').length === 6`)
	p.fill("search", "bad-1")
	p.until(`document.querySelectorAll('[data-testid=row]').length === 1`)
	p.click("execution-link", "bad-1")
	p.see("status", "Failed")
}

// TestChangesBeforeTheStream makes a machine after the page has read the list of machines and
// before its stream is open.
func TestChangesBeforeTheStream(t *testing.T) {
	startBrowser(t)
	em, err := emulator.New()
	if err != nil {
		t.Fatal(err)
	}
	open := make(chan struct{})
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/_ui/stream" {
			select {
			case <-open:
			case <-r.Context().Done():
				return
			}
		}
		em.ServeHTTP(w, r)
	}))
	t.Cleanup(func() {
		server.CloseClientConnections()
		server.Close()
		if err := em.Close(); err != nil {
			t.Errorf("closing the emulator: %v", err)
		}
	})
	p := openTabAt(t, server.URL, "#/machines")
	p.see("empty", "No state machines yet")
	p.machine("late", hello)
	close(open)
	p.see("machine", "late")
}

func TestExecutionsAppearLive(t *testing.T) {
	p := openTab(t, "#/executions")
	p.see("live", "Live")
	arn := p.machine("sleeps", waits)
	x := p.start(arn, "sleeper", "{}")
	p.see("row", "Running")
	p.aws("StopExecution", map[string]string{"executionArn": x}, nil)
	p.see("row", "Aborted")
}

func TestNewExecutionsDoNotPush(t *testing.T) {
	p := openTab(t, "#/executions")
	p.see("live", "Live")
	arn := p.machine("many", hello)
	for i := range 40 {
		p.start(arn, fmt.Sprintf("early-%02d", i), "{}")
	}
	p.see("count", "40 executions")
	p.eval(`document.querySelector('[data-testid=table]').scrollTop = 300`, nil)
	p.until(`document.querySelector('[data-testid=table]').scrollTop === 300`)
	p.start(arn, "late", "{}")
	p.see("fresh", "1 new")
	p.see("count", "40 executions")
	p.until(`document.querySelector('[data-testid=table]').scrollTop === 300`)
	p.click("fresh", "")
	p.see("row", "late")
	p.until(`document.querySelector('[data-testid=table]').scrollTop === 0`)
}

func TestBulkActions(t *testing.T) {
	p := openTab(t, "#/executions")
	sleeps, bad := p.machine("sleeps", waits), p.machine("bad", fails)
	for i := range 3 {
		p.start(sleeps, fmt.Sprintf("sleeper-%d", i), "{}")
		p.start(bad, fmt.Sprintf("bad-%d", i), "{}")
	}
	p.until(`document.querySelectorAll('[data-testid=row]').length === 6`)
	p.eval(`document.querySelector('.tr--head [data-testid=select]').click()`, nil)
	p.see("bulk", "6 selected")
	p.click("bulk-stop", "Stop 3")
	p.see("dialog", "Stop 3 executions?")
	p.click("ask-do", "Stop 3 executions")
	p.see("toast", "Stop: 3 executions done")
	p.until(`[...document.querySelectorAll('[data-testid=row]')].filter(row => row.textContent.includes('Aborted')).length === 3`)
	p.click("status-FAILED", "")
	p.until(`document.querySelectorAll('[data-testid=row]').length === 3`)
	p.eval(`document.querySelector('.tr--head [data-testid=select]').click()`, nil)
	p.click("bulk-rerun", "Rerun")
	p.see("toast", "Rerun: 3 executions done")
	p.until(`document.querySelectorAll('[data-testid=row]').length === 6`)
}

func TestTasks(t *testing.T) {
	p := openTab(t, "#/tasks")
	p.see("empty", "Nothing waits")
	p.aws("CreateActivity", map[string]string{"name": "approve"}, nil)
	arn := p.machine("approvals", asks)
	x := p.start(arn, "please", `{"invoice": "INV-1", "amount": 18400.00}`)
	p.see("task", "Approve")
	p.see("pending-count", "1")
	p.click("task-open", "")
	p.see("json", "18400.00")
	p.fill("editor", `{"approved": true}`)
	p.click("answer", "Send success")
	p.see("toast", "Approve was answered.")
	p.see("empty", "Nothing waits")
	p.visit(pageOf("x", x))
	p.see("status", "Succeeded")

	p.start(arn, "again", "{}")
	p.visit("#/tasks")
	p.click("task-open", "")
	p.until(find("editor", "") + `.value === '{"approved": true}'`) // the last answer of this state
	p.click("tab-fail", "")
	p.fill("answer-error", "Rejected")
	p.start(arn, "later", "{}") // the list is read again, and what was typed stays
	p.see("pending-count", "2")
	p.until(`document.querySelectorAll('[data-testid=task]').length === 2`)
	p.until(find("answer-error", "") + `.value === 'Rejected'`)
	p.click("answer", "Send failure")
	p.visit("#/executions")
	p.see("row", "Failed")
}

// mapRun runs a distributed Map over items, of which those that are 2 fail, and gives the
// ARN of its Map Run when it has ended.
func (p *tab) mapRun(items string) string {
	p.t.Helper()
	arn := p.machine("mapper", `{"StartAt": "Each", "States": {"Each": {"Type": "Map", "ToleratedFailurePercentage": 50, "End": true, "ItemProcessor": {
		"ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"}, "StartAt": "IsTwo", "States": {
			"IsTwo": {"Type": "Choice", "Choices": [{"Variable": "$", "NumericEquals": 2, "Next": "No"}], "Default": "Yes"},
			"No": {"Type": "Fail", "Error": "Refused", "Cause": "it is two"}, "Yes": {"Type": "Succeed"}}}}}}`)
	x := p.start(arn, "mapped", items)
	p.visit(pageOf("x", x))
	p.see("status", "Succeeded")
	var out struct{ MapRuns []struct{ MapRunArn string } }
	p.aws("ListMapRuns", map[string]string{"executionArn": x}, &out)
	return out.MapRuns[0].MapRunArn
}

func TestMapRun(t *testing.T) {
	p := openTab(t, "#/settings")
	arn := p.mapRun(`[1, 2, 3, 4]`)
	p.visit(pageOf("map", arn))
	p.see("progress", "100 %")
	p.see("progress", "4 of 4 items")
	p.see("progress", "50 %") // failures tolerated
	p.see("error-count", "Refused")
	p.until(`document.querySelectorAll('[data-testid=row]').length === 1`) // failures first
	p.click("children-all", "4")
	p.until(`document.querySelectorAll('[data-testid=row]').length === 4`)
	p.click("children-failed", "1")
	p.until(`document.querySelectorAll('[data-testid=row]').length === 1`)
	p.click("row", "Failed")
	p.see("status", "Failed")
	p.eval(`history.back()`, nil)
	p.see("cells", "")
	var at struct{ X, Y float64 }
	p.until(`document.querySelector('canvas').getContext('2d').getImageData(5, 5, 1, 1).data[3] === 255`) // the first cell is drawn
	p.eval(`(() => { const r = document.querySelector('canvas').getBoundingClientRect(); return {X: r.x + 5, Y: r.y + 5}; })()`, &at)
	p.run(chromedp.MouseClickXY(at.X, at.Y))
	p.until(`location.hash.startsWith('#/x/')`)
	p.see("status", "Succeeded")
}

func TestPalette(t *testing.T) {
	p := openTab(t, "#/settings")
	arn := p.machine("orders", hello)
	p.start(arn, "needle-in-the-haystack", "{}")
	p.press("k", chromedp.KeyModifiers(input.ModifierCtrl))
	p.see("palette-input", "")
	p.run(chromedp.KeyEvent("run ord"))
	p.see("palette-item", "Run orders")
	p.press(enter)
	p.see("drawer", "Start orders")
	p.press(escape)
	p.until(`!document.querySelector('dialog')`)
	p.press("k", chromedp.KeyModifiers(input.ModifierCtrl))
	p.see("palette-input", "")
	p.run(chromedp.KeyEvent("needle"))
	p.see("palette-item", "needle-in-the-haystack")
	p.press(down + down)
	p.press(enter)
	p.until(`location.hash.endsWith('needle-in-the-haystack')`)
}

// TestKeyboardOnly goes from the first page to the end of a run without a mouse.
func TestKeyboardOnly(t *testing.T) {
	p := openTab(t, "#/")
	p.machine("first", hello)
	p.machine("second", hello)
	p.see("home-machines", "2 machines")
	p.press("g")
	p.press("m")
	p.see("machine", "second")
	p.press("j")
	p.press("j")
	p.until(`document.activeElement.textContent === 'second'`)
	p.press("r")
	p.see("drawer", "Start second")
	p.until(`document.querySelector('[data-testid=drawer] [data-testid=editor]') !== null`)
	p.eval(find("editor", "")+`.focus()`, nil)
	p.press(enter, chromedp.KeyModifiers(input.ModifierCtrl))
	p.until(`location.hash.startsWith('#/x/')`)
	p.see("status", "Succeeded")
	p.press("g")
	p.press("e")
	p.see("row", "second")
	p.press("j")
	p.press("x")
	p.see("bulk", "1 selected")
	p.press(escape)
	p.gone("bulk", "")
	p.press("j")
	p.press(enter)
	p.until(`location.hash.startsWith('#/x/')`)
	p.press("?")
	p.see("dialog", "Go to machines")
	p.press(escape)
	p.until(`!document.querySelector('dialog')`) // its keys end with it
	p.press("T")
	p.until(`document.documentElement.dataset.theme === 'light'`)
	p.press("T")
	p.visit("#/machines")
	p.until(`document.documentElement.dataset.theme === 'dark'`) // it is remembered
}

func TestMarkupStaysText(t *testing.T) {
	state := strings.ReplaceAll(markup, `"`, `\"`)
	definition := `{"Comment": "` + state + `", "StartAt": "` + state[:60] + `", "States": {"` + state[:60] + `": {"Type": "Fail", "Error": "` + state + `", "Cause": "` + state + `"}}}`
	p := openTab(t, "#/machines")
	arn := p.machine("hostile", definition)
	x := p.start(arn, "run", `{"`+state+`": "`+state+`"}`)
	for _, place := range []string{"#/machines", pageOf("machine", arn), pageOf("machine", arn) + "?tab=definition", pageOf("machine", arn) + "?tab=graph", "#/executions", "#/executions?q=" + url.QueryEscape(markup), pageOf("x", x), "#/" + url.PathEscape(markup), "#/tasks?q=" + url.QueryEscape(markup)} {
		p.visit(place)
		p.until(`document.title.includes('aslocal') && !document.querySelector('img[src=x], main script')`)
	}
	p.visit(pageOf("machine", arn) + "?run=1")
	p.see("drawer", "")
	p.click("input-run", "")
	p.until(find("editor", "") + `.value.includes('<img src=x')`)
	p.until(`document.querySelector('.ed-back').textContent.includes('<img src=x') && !document.querySelector('img[src=x]')`)
}

func TestTableOf25000Rows(t *testing.T) {
	p := openTab(t, "#/settings")
	p.eval(`(async () => {
		const { mount, signal } = await import('/_ui/static/core/view.js');
		const { table } = await import('/_ui/static/core/table.js');
		const rows = signal(Array.from({ length: 25000 }, (_, i) => ({ id: i, text: 'row ' + i })));
		window.rows = rows;
		window.chosen = signal(new Set());
		const main = document.querySelector('main');
		main.style.setProperty('flex', '0 0 700px');
		mount(main, () => table({ label: 'Many', rows, key: row => row.id, selected: window.chosen, columns: [{ head: 'Text', cell: row => row.text }], open: row => { window.opened = row.id; } }).el);
	})()`, nil)
	p.see("row", "row 0")
	p.until(`document.querySelector('[data-testid=table]').getAttribute('aria-rowcount') === '25001'`)
	p.eval(`document.querySelector('[data-testid=table]').focus()`, nil)
	p.press("j")
	p.press(kbEnd)
	p.see("row", "row 24999")
	p.until(`document.querySelectorAll('[data-testid=row]').length < 60`) // only what is in view is in the document
	p.press(enter)
	p.until(`window.opened === 24999`)
	p.press("x")
	p.press(kbHome)
	p.press(down, chromedp.KeyModifiers(input.ModifierShift))
	p.until(`[...window.chosen()].sort((a, b) => a - b).join() === '1,24999'`)
	p.eval(`window.rows.update(list => [{ id: -1, text: 'new' }, ...list.filter(row => row.id % 2)])`, nil)
	p.see("row", "new")
	p.until(`document.querySelector('[data-testid=table]').getAttribute('aria-rowcount') === '12502'`)
}

// TestAccessible runs axe on the pages, in both themes, wide and narrow, and looks that
// nothing scrolls sideways.
func TestAccessible(t *testing.T) {
	axe, err := os.ReadFile(filepath.Join("testdata", "node_modules", "axe-core", "axe.min.js"))
	if err != nil {
		t.Skip("no axe-core: npm install --prefix emulator/ui/browsertest/testdata axe-core@4")
	}
	p := openTab(t, "#/machines", emulator.WithPendingTasks())
	p.aws("CreateActivity", map[string]string{"name": "approve"}, nil)
	good, bad, asking := p.machine("good", hello), p.machine("bad", fails), p.machine("asking", asks)
	p.start(good, "one", "{}")
	x := p.start(bad, "two", "{}")
	p.start(asking, "three", `{"a": [1, null, "x"]}`)
	mapRun := p.mapRun(`[1, 2, 3]`)
	p.see("pending-count", "1")
	views := []struct{ name, place, then, wait string }{
		{"home", "#/", "", find("drop", "")},
		{"machines", "#/machines", "", find("machine", "bad")},
		{"machine", pageOf("machine", good), "", find("row", "one")},
		{"graph", pageOf("machine", good) + "?tab=graph", "", `document.querySelector('.figure img')`},
		{"definition", pageOf("machine", good) + "?tab=definition", "", `document.querySelector('.json-text')`},
		{"executions", "#/executions", `document.querySelectorAll('[data-testid=select]')[1].click()`, find("row", "one")},
		{"nothing-found", "#/executions?q=nothing", "", find("lift", "")},
		{"tasks", "#/tasks", find("task-open", "") + `.click()`, find("task-open", "")},
		{"settings", "#/settings", "", find("theme-dark", "")},
		{"execution", pageOf("x", x), "", find("status", "Failed")},
		{"map-run", pageOf("map", mapRun), "", find("cells", "")},
		{"missing", "#/nowhere", "", find("missing", "")},
		{"drawer", pageOf("machine", good) + "?run=1", "", find("start", "")},
		{"new-machine", "#/machines", find("new-machine", "") + `.click()`, find("new-machine", "")},
		{"palette", "#/machines", find("palette-open", "") + `.click()`, find("machine", "bad")},
		{"keys", "#/machines", `document.querySelector('[data-testid=keys]').click()`, find("machine", "bad")},
	}
	for _, view := range views {
		p.size(1440, 900)
		p.visit(view.place)
		p.until(view.wait + ` !== undefined`)
		if view.then != "" {
			p.eval(view.then, nil)
		}
		p.accessible(string(axe), view.name)
	}
}

// accessible runs axe on what is shown, in both themes, wide and narrow.
func (p *tab) accessible(axe, view string) {
	p.t.Helper()
	p.eval(axe, nil)
	// Colours are all that a theme changes; they are the same at all widths.
	for _, as := range []struct {
		width        int64
		theme, rules string
	}{{1440, "light", `{rules: {'target-size': {enabled: true}}}`}, {1440, "dark", `{runOnly: ['color-contrast']}`}, {390, "dark", `{rules: {'color-contrast': {enabled: false}}}`}} {
		p.size(as.width, 900)
		name := fmt.Sprintf("%s-%s-%d", view, as.theme, as.width)
		p.checkAccess(name, as.theme, as.rules)
		var unnamed []string
		p.eval(`[...document.querySelectorAll('a, button, input, select, textarea')].filter(e => e.checkVisibility() && !e.dataset.testid).map(e => e.outerHTML.slice(0, 120))`, &unnamed)
		for _, element := range unnamed {
			p.t.Errorf("%s: no data-testid: %s", name, element)
		}
	}
}

// checkAccess runs rules of axe, which the page must have, on what is shown in a theme, and
// looks that nothing scrolls sideways.
func (p *tab) checkAccess(name, theme, rules string) {
	p.t.Helper()
	p.eval(`document.documentElement.dataset.theme = '`+theme+`'; new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))`, nil)
	p.screenshot(name)
	var violations []string
	p.eval(`axe.run(`+rules+`).then(r => r.violations.map(v => v.id + ': ' + v.nodes.slice(0, 4).map(n => n.html.slice(0, 200) + ' ' + n.failureSummary).join('; ')))`, &violations)
	for _, violation := range violations {
		p.t.Errorf("%s: %s", name, violation)
	}
	var sideways bool
	p.eval(`document.documentElement.scrollWidth > innerWidth`, &sideways)
	if sideways {
		p.t.Errorf("%s: the page scrolls sideways", name)
	}
}
