package browsertest

import (
	"context"
	"fmt"
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

// This file tests the editor's page: the document, its text, saving, and trying it out.

// A bench is the editor's page of a server of a folder.
type bench struct {
	*tab
	em     *emulator.Emulator
	folder string
}

// openFolder opens the page of a server of a folder with files, at a place.
func openFolder(t *testing.T, files map[string]string, place string, options ...emulator.Option) *bench {
	t.Helper()
	startBrowser(t)
	b := &bench{folder: t.TempDir()}
	for name, text := range files {
		b.write(t, name, text)
	}
	var err error
	if b.em, err = emulator.New(append(options, emulator.WithUI(emulator.UI{Folder: b.folder}))...); err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(b.em)
	t.Cleanup(func() {
		server.CloseClientConnections()
		server.Close()
		if err := b.em.Close(); err != nil {
			t.Errorf("closing the emulator: %v", err)
		}
	})
	b.tab = openTabAt(t, server.URL, place)
	return b
}

func (b *bench) write(t *testing.T, name, text string) {
	t.Helper()
	if err := os.WriteFile(filepath.Join(b.folder, name), []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

func (b *bench) read(name string) string {
	text, err := os.ReadFile(filepath.Join(b.folder, name))
	if err != nil {
		return err.Error()
	}
	return string(text)
}

// editing is the place of the editor of a file.
func editing(path, view string) string {
	q := url.Values{"path": {path}}
	if view != "" {
		q.Set("view", view)
	}
	return "#/edit?" + q.Encode()
}

// typeIn types at the cursor, as a keyboard does for input methods.
func (p *tab) typeIn(text string) {
	p.t.Helper()
	p.run(chromedp.ActionFunc(func(ctx context.Context) error { return input.InsertText(text).Do(ctx) }))
}

// enter presses Enter as a keyboard does: a page that takes the key away gets no character.
func (p *tab) enter() {
	p.t.Helper()
	down := input.DispatchKeyEvent(input.KeyDown).WithKey("Enter").WithCode("Enter").WithText("\r").WithWindowsVirtualKeyCode(13)
	p.run(down, input.DispatchKeyEvent(input.KeyUp).WithKey("Enter").WithCode("Enter").WithWindowsVirtualKeyCode(13))
}

// caret puts the cursor of the code behind the first place of some text.
func (p *tab) caret(behind string) {
	p.t.Helper()
	p.see("code", "")
	p.eval(`(() => { const e = `+find("code", "")+`; e.focus(); const at = e.value.indexOf(`+quote(behind)+`) + `+quote(behind)+`.length; e.setSelectionRange(at, at); })()`, nil)
}

// settled waits until the drawing and the problems are those of the text.
func (p *tab) settled() {
	p.t.Helper()
	p.until(`document.querySelector('[data-testid=edit]').dataset.settled === 'true'`)
	p.eval(`new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))`, nil)
}

// codeIs waits until the code is a text.
func (p *tab) codeIs(text string) {
	p.t.Helper()
	p.until(find("code", "") + `.value === ` + quote(text))
}

const orderYAML = `# The order of a customer
StartAt: Validate
States:
  Validate:
    Type: Pass # checks nothing yet
    Next: Done
  Done:
    Type: Succeed
`

func TestEditCode(t *testing.T) {
	p := openFolder(t, map[string]string{"order.asl.yaml": orderYAML}, editing("order.asl.yaml", "code"))
	p.see("saved", "saved to order.asl.yaml")
	p.see("problems", "valid")

	// A mistake is told in its line, and gone when it is mended.
	p.caret("Next: Done")
	p.typeIn("r")
	p.until(`document.querySelector('.code-note')?.textContent.includes('Doner')`)
	p.see("problems", "2 errors")
	p.screenshot("edit-code-problem")
	p.press("z", chromedp.KeyModifiers(input.ModifierCtrl))
	p.codeIs(orderYAML)
	p.until(`document.querySelector('.code-note') === null`)

	// What can be written is offered.
	p.caret("Type: Pass # checks nothing yet")
	p.enter()
	p.typeIn("Com")
	p.see("offer", "Comment")
	p.screenshot("edit-code-offers")
	p.enter()
	p.until(find("code", "") + `.value.includes('\n    Comment: ')`)
	p.typeIn("first")
	p.see("saved", "changed")
	p.see("problems", "valid")

	// The selection of the drawing is that of the text.
	p.click("view-split", "")
	p.see("node-Done", "")
	p.settled()
	p.click("node-Done", "")
	p.until(`document.querySelector('.code-gutter .is-sel')?.textContent === '8'`)
	p.caret("Validate:\n    Type")
	p.until(`document.querySelector('.node.is-sel')?.textContent.includes('Validate')`)
	p.screenshot("edit-split")

	// All of it can be undone, to the letter.
	for range 4 {
		p.press("z", chromedp.KeyModifiers(input.ModifierCtrl))
	}
	p.codeIs(orderYAML)
	p.see("saved", "saved to")

	// Find goes to a match, and replace changes it.
	p.press("f", chromedp.KeyModifiers(input.ModifierCtrl))
	p.fill("find-text", "Succeed")
	p.enter()
	p.fill("replace-text", "Pass")
	p.click("replace-all", "")
	p.until(find("code", "") + `.value.includes('Done:\n    Type: Pass')`)
}

func TestEditSave(t *testing.T) {
	p := openFolder(t, map[string]string{"order.asl.yaml": orderYAML}, editing("order.asl.yaml", "code"))
	p.caret("# The order of a customer")
	p.typeIn(" of ours")
	p.see("saved", "changed")
	p.press("s", chromedp.KeyModifiers(input.ModifierCtrl))
	p.see("difference-added", "+1")
	p.screenshot("edit-save")
	p.click("save-do", "")
	p.see("saved", "saved to order.asl.yaml")
	mine := strings.Replace(orderYAML, "customer", "customer of ours", 1)
	if got := p.read("order.asl.yaml"); got != mine {
		t.Fatalf("the file has\n%s", got)
	}

	// Without changes here the page follows the file.
	theirs := strings.Replace(mine, "nothing yet", "nothing", 1)
	p.write(t, "order.asl.yaml", theirs)
	p.em.SetProblems(nil) // as the watcher of aslocal serve does when it has read the files
	p.codeIs(theirs)

	// With changes in both places they are put together.
	p.caret("Next: Done")
	p.enter()
	p.typeIn("Comment: here")
	p.see("saved", "changed")
	p.write(t, "order.asl.yaml", strings.Replace(theirs, "# The order", "# An order", 1))
	p.em.SetProblems(nil)
	p.click("theirs-diff", "")
	p.see("merge-note", "different lines")
	p.screenshot("edit-merge")
	p.click("merge", "")
	both := strings.Replace(strings.Replace(theirs, "# The order", "# An order", 1), "Next: Done", "Next: Done\n    Comment: here", 1)
	p.codeIs(both)
	p.click("save", "")
	p.click("save-do", "")
	p.see("saved", "saved to order.asl.yaml")
	if got := p.read("order.asl.yaml"); got != both {
		t.Errorf("the file has\n%s", got)
	}

	// Who leaves the page and comes back finds what was not saved, and can undo it.
	p.caret("Comment: here")
	p.typeIn(" and there")
	p.see("saved", "changed")
	p.click("nav-machines", "")
	p.see("new-machine", "")
	p.eval(`history.back()`, nil)
	p.see("saved", "changed")
	p.caret("here and there")
	p.press("z", chromedp.KeyModifiers(input.ModifierCtrl))
	p.codeIs(both)
	p.see("saved", "saved to order.asl.yaml")
}

const chainJSON = `{
  "QueryLanguage": "JSONata",
  "StartAt": "Price",
  "States": {
    "Price": {"Type": "Task", "Resource": "arn:aws:states:::lambda:invoke", "Arguments": {"FunctionName": "price"}, "Output": "{% $states.result.Payload %}", "Next": "Total"},
    "Total": {"Type": "Pass", "Output": {"total": "{% $states.input.price * 2 %}"}, "End": true}
  }
}
`

func TestEditTry(t *testing.T) {
	p := openFolder(t, map[string]string{"order.asl.json": chainJSON}, editing("order.asl.json", "test"))
	p.click("cell-open-Price", "")
	p.click("nb-mock", "")
	p.fill("nb-mock-result", `{"Payload": {"price": 21}}`)
	p.click("nb-all", "")
	p.until(`document.querySelectorAll('.nb-status').length === 2`)
	p.click("cell-open-Total", "")
	p.until(`document.querySelector('[data-testid=nb-result]')?.textContent.includes('42')`)
	p.until(`document.querySelectorAll('.node.is-succeeded').length === 2`)
	p.screenshot("edit-notebook")

	// What is below a change is stale, and what is above is not.
	p.click("view-split", "")
	p.caret("price * 2")
	p.typeIn("0")
	p.click("view-test", "")
	p.see("stale-Total", "")
	p.gone("stale-Price", "")
	p.click("cell-run-Total", "")
	p.gone("stale-Total", "")
	p.until(`document.querySelector('[data-testid=nb-result]')?.textContent.includes('420')`)

	// The whole runs without being saved, and is in no list.
	p.click("run", "")
	p.click("mock-Price", "")
	p.fill("mock-result", `{"Payload": {"price": 3}}`)
	p.screenshot("edit-run")
	p.click("run-start", "")
	p.see("trial", "Succeeded")
	p.until(`document.querySelectorAll('.node.is-succeeded').length === 2`)
	p.screenshot("edit-trial")
	p.click("trial-open", "")
	p.see("status", "Succeeded")
	p.click("nav-executions", "")
	p.see("empty", "")
	if got := p.read("order.asl.json"); got != chainJSON {
		t.Errorf("the file was changed:\n%s", got)
	}
}

// A failed execution opens in the editor, with its data on the states.
func TestDebugInEditor(t *testing.T) {
	p := openFolder(t, nil, "#/machines")
	p.see("empty", "")
	machine := p.machine("orders", `{"StartAt": "Read", "States": {"Read": {"Type": "Pass", "InputPath": "$.order.id", "End": true}}}`)
	p.start(machine, "broken", `{"order": {}}`)
	execution := strings.Replace(machine, ":stateMachine:", ":execution:", 1) + ":broken"
	p.visit(pageOf("x", execution))
	p.click("debug-in-editor", "")
	p.see("trial", "Data of broken is pinned")
	p.until(`document.querySelector('.node.is-failed')?.textContent.includes('Read')`)
	p.until(`document.querySelector('.node.is-sel')?.textContent.includes('Read')`)
	p.see("nb-run-data", "States.Runtime")
	p.screenshot("edit-debug")
	p.click("cell-run-Read", "")
	p.see("nb-result", "States.Runtime")
}

// TestEditViewsAreAccessible runs axe on the views and dialogs of the editor's page, in both
// themes, wide and narrow.
func TestEditViewsAreAccessible(t *testing.T) {
	axe, err := os.ReadFile(filepath.Join("testdata", "node_modules", "axe-core", "axe.min.js"))
	if err != nil {
		t.Skip("no axe-core: npm install --prefix emulator/ui/browsertest/testdata axe-core@4")
	}
	wrong := strings.Replace(orderYAML, "Next: Done", "Next: Doen", 1)
	files := map[string]string{"order.asl.yaml": orderYAML, "wrong.asl.yaml": wrong, "price.asl.json": chainJSON}
	for _, view := range []struct {
		name, place string
		then        func(p *bench)
	}{
		{"code", editing("wrong.asl.yaml", "code"), func(p *bench) {
			p.click("problems", "")
			p.click("find", "")
			p.fill("find-text", "Done")
		}},
		{"split", editing("price.asl.json", "split"), func(p *bench) { p.click("node-Total", "") }},
		{"test", editing("price.asl.json", "test"), func(p *bench) {
			p.click("cell-open-Price", "")
			p.click("nb-mock", "")
			p.click("cell-run-Price", "")
			p.see("nb-result", "")
		}},
		{"new", "#/edit/new", func(p *bench) { p.click("from-paste", "") }},
		{"run", editing("price.asl.json", ""), func(p *bench) {
			p.click("run", "")
			p.click("mock-Price", "")
		}},
		{"save", editing("order.asl.yaml", "code"), func(p *bench) {
			p.caret("customer")
			p.typeIn(" of ours")
			p.press("s", chromedp.KeyModifiers(input.ModifierCtrl))
			p.see("difference-added", "")
		}},
		{"export", editing("price.asl.json", ""), func(p *bench) {
			p.click("more", "")
			p.click("menu-export", "")
			p.see("export-text", "")
		}},
	} {
		t.Run(view.name, func(t *testing.T) {
			p := openFolder(t, files, view.place)
			view.then(p)
			p.eval(string(axe), nil)
			for _, as := range []struct {
				width        int64
				theme, rules string
			}{{1440, "light", `{rules: {'target-size': {enabled: true}}}`}, {1440, "dark", `{runOnly: ['color-contrast']}`}, {390, "dark", `{rules: {'color-contrast': {enabled: false}}}`}} {
				p.size(as.width, 900)
				p.eval(`document.documentElement.dataset.theme = '`+as.theme+`'; new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))`, nil)
				name := fmt.Sprintf("edit-%s-%s-%d", view.name, as.theme, as.width)
				p.screenshot(name)
				var problems []string
				p.eval(`axe.run(`+as.rules+`).then(r => r.violations.map(v => v.id + ': ' + v.nodes.slice(0, 4).map(n => n.html.slice(0, 200) + ' ' + n.failureSummary).join('; ')))`, &problems)
				for _, problem := range problems {
					t.Errorf("%s: %s", name, problem)
				}
				p.eval(`[...document.querySelectorAll('a, button, input, select, textarea')].filter(e => e.checkVisibility() && !e.dataset.testid).map(e => e.outerHTML.slice(0, 120))`, &problems)
				for _, problem := range problems {
					t.Errorf("%s: no data-testid: %s", name, problem)
				}
				var sideways bool
				p.eval(`document.documentElement.scrollWidth > innerWidth`, &sideways)
				if sideways {
					t.Errorf("%s: the page scrolls sideways", name)
				}
			}
		})
	}
}

// A long text costs no more than a short one: only the lines in view are drawn, and what is
// typed is there before anything is asked of the server.
func TestEditLongText(t *testing.T) {
	var b strings.Builder
	b.WriteString("{\n  \"StartAt\": \"S0\",\n  \"States\": {\n")
	const states = 500
	for i := range states {
		fmt.Fprintf(&b, "    \"S%d\": {\n      \"Type\": \"Pass\",\n      \"Comment\": \"%s\",\n      \"Result\": {\"n\": %d},\n", i, strings.Repeat("x", 120), i)
		if i+1 < states {
			fmt.Fprintf(&b, "      \"Next\": \"S%d\"\n    },\n", i+1)
		} else {
			b.WriteString("      \"End\": true\n    }\n")
		}
	}
	b.WriteString("  }\n}\n")
	p := openFolder(t, map[string]string{"long.asl.json": b.String()}, editing("long.asl.json", "code"))
	p.see("problems", "valid")
	p.caret(`"S250": {`)
	p.until(`document.querySelector('.code-gutter .is-now') === null || document.querySelectorAll('.code-line').length < 120`)
	p.settled()
	var fresh int
	p.eval(`(async () => {
		const area = `+find("code", "")+`;
		area.scrollTop = 20 * (area.value.slice(0, area.selectionStart).split('\n').length - 10);
		await new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)));
		for (const one of document.querySelectorAll('.code-line')) one.known = true;
		document.execCommand('insertText', false, ' ');
		await Promise.resolve();
		return [...document.querySelectorAll('.code-line')].filter(one => !one.known).length;
	})()`, &fresh)
	if fresh != 1 {
		t.Errorf("a character makes %d lines anew, want 1", fresh)
	}
	var took []float64
	p.eval(`(async () => {
		const area = `+find("code", "")+`, took = [];
		for (let i = 0; i < 40; i++) {
			await new Promise(done => requestAnimationFrame(done));
			const from = performance.now();
			document.execCommand('insertText', false, ' ');
			await Promise.resolve();
			document.querySelector('.code-back').getBoundingClientRect();
			took.push(performance.now() - from);
		}
		return took.sort((a, b) => a - b);
	})()`, &took)
	t.Logf("%d bytes, %d states: typing a character takes %.1f ms in the page (median of %d, worst %.1f ms)", b.Len(), states, took[len(took)/2], len(took), took[len(took)-1])
	p.eval(`(() => { const e = `+find("code", "")+`; e.scrollTop = e.scrollHeight; })()`, nil)
	p.until(`document.querySelector('.code-gutter > :last-child').textContent === String(` + find("code", "") + `.value.split('\n').length)`)
	p.until(`document.querySelectorAll('.code-line').length < 120`)
	p.see("problems", "valid")
}
