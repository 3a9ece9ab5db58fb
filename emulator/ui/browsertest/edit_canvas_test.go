package browsertest

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// This file tests the canvas of the editor: what is dragged, dropped, connected and typed
// there changes the text as it should.

const (
	// fulfil has a Map in a Parallel state, a loop and a Catcher.
	fulfil = `{
  "StartAt": "Validate",
  "States": {
    "Validate": {"Type": "Pass", "Next": "Fulfil"},
    "Fulfil": {
      "Type": "Parallel",
      "Branches": [
        {"StartAt": "Charge", "States": {"Charge": {"Type": "Pass", "End": true}}},
        {"StartAt": "Items", "States": {"Items": {"Type": "Map", "ItemProcessor": {"StartAt": "Pick", "States": {"Pick": {"Type": "Pass", "End": true}}}, "End": true}}}
      ],
      "Next": "Ship"
    },
    "Ship": {"Type": "Pass", "Next": "Notify"},
    "Notify": {"Type": "Pass", "End": true}
  }
}`
	three = `{"StartAt": "One", "States": {"One": {"Type": "Pass", "Next": "Two"}, "Two": {"Type": "Pass", "Next": "Three"}, "Three": {"Type": "Pass", "End": true}}}`
)

// draw opens a new machine in the editor and waits until it is drawn.
func (p *tab) draw(name, definition string) string {
	p.t.Helper()
	arn := p.machine(name, definition)
	p.editAt(arn)
	return arn
}

func (p *tab) editAt(arn string) {
	p.t.Helper()
	p.visit(pageOf("edit", arn))
	p.until(`document.querySelector('[data-testid=canvas] .node') && document.querySelector('[data-testid=piece-Wait]') && document.querySelector('[data-testid=panel]')`)
	p.eval(`new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))`, nil) // it is fitted to its place
}

// drawn gives the text of a document that has changes, as the browser keeps it, once it
// fulfils a condition on t.
func (p *tab) drawn(arn, condition string) map[string]any {
	p.t.Helper()
	key := quote("aslocal.draft." + arn)
	p.until(`(t => t && (` + condition + `))(JSON.parse(localStorage.getItem(` + key + `))?.text)`)
	var text string
	p.eval(`JSON.parse(localStorage.getItem(`+key+`)).text`, &text)
	var definition map[string]any
	if err := json.Unmarshal([]byte(text), &definition); err != nil {
		p.t.Fatalf("%v in %s", err, text)
	}
	return definition
}

// at gives a member of nested objects and arrays: "States/A/Next".
func at(v any, path string) any {
	for name := range strings.SplitSeq(path, "/") {
		switch in := v.(type) {
		case map[string]any:
			v = in[name]
		case []any:
			var i int
			_, err := fmt.Sscan(name, &i)
			if err != nil || i >= len(in) {
				return nil
			}
			v = in[i]
		default:
			return nil
		}
	}
	return v
}

// wants compares members of a definition.
func (p *tab) wants(definition map[string]any, want map[string]any) {
	p.t.Helper()
	for path, value := range want {
		if got := at(definition, path); got != value {
			text, err := json.Marshal(definition)
			if err != nil {
				p.t.Fatal(err)
			}
			p.t.Errorf("%s is %v, want %v, in %s", path, got, value, text)
		}
	}
}

// A point is a place in the window.
type point struct{ X, Y float64 }

// middle is the middle of the element that an expression gives.
func (p *tab) middle(element string) point {
	p.t.Helper()
	p.until(element)
	var at point
	p.eval(`(r => ({X: r.x + r.width / 2, Y: r.y + r.height / 2}))((`+element+`).getBoundingClientRect())`, &at)
	return at
}

func nodeOf(state string) string {
	return fmt.Sprintf(`document.querySelector('[data-testid="node-%s"]')`, state)
}

// onEdge is a point in the middle of the transition with an ID.
func (p *tab) onEdge(id string) point {
	p.t.Helper()
	line := fmt.Sprintf(`[...document.querySelectorAll('.eg')].find(e => e.getAttribute('data-edge') === %s)?.querySelector('.ehit')`, quote(id))
	p.until(line)
	var at point
	p.eval(`(e => { const m = e.getPointAtLength(e.getTotalLength() / 2).matrixTransform(e.getScreenCTM()); return {X: m.x, Y: m.y}; })(`+line+`)`, &at)
	return at
}

func (p *tab) mouse(kind input.MouseType, at point, modifiers ...input.Modifier) {
	p.t.Helper()
	event := input.DispatchMouseEvent(kind, at.X, at.Y)
	for _, m := range modifiers {
		event = event.WithModifiers(m)
	}
	if kind == input.MouseMoved {
		event = event.WithButtons(1)
	} else {
		event = event.WithButton(input.Left).WithClickCount(1)
	}
	p.run(event)
}

// lift presses the mouse at a point and moves it, in steps, to another.
func (p *tab) lift(from, to point, modifiers ...input.Modifier) {
	p.t.Helper()
	p.mouse(input.MousePressed, from, modifiers...)
	for _, part := range []float64{0.2, 0.6, 1} {
		p.mouse(input.MouseMoved, point{from.X + (to.X-from.X)*part, from.Y + (to.Y-from.Y)*part}, modifiers...)
	}
}

// drag lifts, and releases the mouse.
func (p *tab) drag(from, to point) {
	p.t.Helper()
	p.lift(from, to)
	p.mouse(input.MouseReleased, to)
}

func (p *tab) piece(id string) point {
	p.t.Helper()
	element := `document.querySelector('[data-testid="piece-` + id + `"]')`
	p.until(element)
	p.eval(element+`.scrollIntoView({block: 'nearest'})`, nil)
	return p.middle(element)
}

// hit presses a letter as one event, so that what the page does on it comes before the letter
// is written anywhere.
func (p *tab) hit(letter string) {
	p.t.Helper()
	p.run(input.DispatchKeyEvent(input.KeyDown).WithKey(letter).WithText(letter).WithCode("Key"+strings.ToUpper(letter)),
		input.DispatchKeyEvent(input.KeyUp).WithKey(letter).WithCode("Key"+strings.ToUpper(letter)))
}

func TestDropOnEdge(t *testing.T) {
	p := openTab(t, "#/machines")
	arn := p.draw("drop", fulfil)
	to := p.onEdge("/States/Ship/Next")
	p.lift(p.piece("Wait"), to)
	p.see("drop-mark", "")
	p.until(`document.querySelector('.eg.is-over').getAttribute('data-edge') === '/States/Ship/Next' && document.querySelector('.ghost')`)
	p.mouse(input.MouseReleased, to)
	p.see("node-Wait", "")
	p.gone("drop-mark", "")
	p.until(`document.activeElement === ` + nodeOf("Wait") + ` && ` + nodeOf("Wait") + `.getAttribute('aria-pressed') === 'true' && !document.querySelector('.ghost')`)
	p.wants(p.drawn(arn, `t.includes('Wait')`), map[string]any{"States/Ship/Next": "Wait", "States/Wait/Next": "Notify", "States/Wait/Type": "Wait"})

	// Undo gives the very text that was saved, redo what was drawn.
	p.click("undo", "")
	p.gone("node-Wait", "")
	p.see("saved", "saved to")
	p.click("redo", "")
	p.see("node-Wait", "")
	p.see("saved", "changed")

	// Escape ends a drag without a drop.
	p.lift(p.piece("Fail"), p.onEdge("/States/Validate/Next"))
	p.see("drop-mark", "")
	p.press(escape)
	p.gone("drop-mark", "")
	p.mouse(input.MouseReleased, to)
	p.gone("node-Fail", "")
}

func TestDropIntoMapInParallel(t *testing.T) {
	p := openTab(t, "#/machines")
	arn := p.draw("nested", fulfil)
	below := p.middle(nodeOf("Pick"))
	below.Y += 30
	p.drag(p.piece("sqs"), below) // the end of the workflow is below its last state
	p.until(nodeOf("SQS send message"))
	p.wants(p.drawn(arn, `t.includes('sqs')`), map[string]any{
		"States/Fulfil/Branches/1/States/Items/ItemProcessor/States/Pick/Next":                 "SQS send message",
		"States/Fulfil/Branches/1/States/Items/ItemProcessor/States/SQS send message/Resource": "arn:aws:states:::sqs:sendMessage",
		"States/Fulfil/Branches/1/States/Items/ItemProcessor/States/SQS send message/End":      true,
	})
}

func TestReconnectAndDelete(t *testing.T) {
	p := openTab(t, "#/machines")
	arn := p.draw("links", fulfil)
	p.run(chromedp.MouseClickXY(p.onEdge("/States/Validate/Next").X, p.onEdge("/States/Validate/Next").Y))
	p.see("edge-end", "")
	p.drag(p.middle(find("edge-end", "")), p.middle(nodeOf("Notify")))
	p.wants(p.drawn(arn, `/"Validate": \{"Type": "Pass", "Next": "Notify"\}/.test(t)`), map[string]any{"States/Validate/Next": "Notify", "States/Ship/Next": "Notify"})
	p.click("undo", "")
	p.see("saved", "saved to")
	p.settled()

	// The neighbours of a state that is deleted are joined.
	p.click("node-Ship", "")
	p.press(kb.Delete)
	p.gone("node-Ship", "")
	p.wants(p.drawn(arn, `!t.includes('Ship')`), map[string]any{"States/Fulfil/Next": "Notify"})
	p.until(`document.activeElement.closest('[data-testid=canvas]')`)
}

// keyed presses a key with Ctrl that the browser takes as a command of the clipboard.
func (p *tab) keyed(letter, command string) {
	p.t.Helper()
	code := "Key" + strings.ToUpper(letter)
	down := input.DispatchKeyEvent(input.KeyDown).WithModifiers(input.ModifierCtrl).WithKey(letter).WithCode(code).WithCommands([]string{command})
	p.run(down, input.DispatchKeyEvent(input.KeyUp).WithModifiers(input.ModifierCtrl).WithKey(letter).WithCode(code))
}

func TestWrapCopyAndPaste(t *testing.T) {
	p := openTab(t, "#/machines")
	arn := p.draw("wrap", fulfil)
	// A frame drawn with Shift selects what it touches.
	one, two := p.middle(nodeOf("Ship")), p.middle(nodeOf("Notify"))
	p.lift(point{one.X - 150, one.Y - 10}, point{two.X + 150, two.Y + 10}, input.ModifierShift)
	p.mouse(input.MouseReleased, point{two.X + 150, two.Y + 10}, input.ModifierShift)
	p.until(nodeOf("Ship") + `.getAttribute('aria-pressed') === 'true' && ` + nodeOf("Notify") + `.getAttribute('aria-pressed') === 'true' && ` + nodeOf("Validate") + `.getAttribute('aria-pressed') === 'false'`)
	p.run(chromedp.MouseEvent(input.MousePressed, one.X, one.Y, chromedp.ButtonRight), chromedp.MouseEvent(input.MouseReleased, one.X, one.Y, chromedp.ButtonRight))
	p.click("menu-wrap-map", "")
	p.until(`document.querySelector('.box--map > header [data-testid^=node-Map]')`)
	wrapped := p.drawn(arn, `t.includes('Map') && /"Map[^"]*": \{/.test(t)`)
	p.wants(wrapped, map[string]any{"States/Fulfil/Next": "Map", "States/Map/Type": "Map", "States/Map/ItemProcessor/StartAt": "Ship", "States/Map/ItemProcessor/States/Ship/Next": "Notify", "States/Map/End": true, "States/Ship": nil})
	p.click("undo", "")
	p.see("saved", "saved to")

	// States are copied to another machine.
	p.click("node-Fulfil", "")
	p.keyed("c", "copy")
	other := p.draw("other", three)
	p.click("node-One", "")
	p.keyed("v", "paste")
	p.see("node-Fulfil", "")
	p.wants(p.drawn(other, `t.includes('Fulfil')`), map[string]any{"States/One/Next": "Fulfil", "States/Fulfil/Next": "Two", "States/Fulfil/Branches/0/States/Charge/End": true, "States/Two/Next": "Three"})
	p.keyed("x", "cut")
	p.gone("node-Fulfil", "")
	p.see("saved", "saved to") // the text is as it was, to the byte
}

// TestCanvasByKeyboard draws a machine without the mouse.
func TestCanvasByKeyboard(t *testing.T) {
	p := openTab(t, "#/machines")
	arn := p.draw("keys", fulfil)
	pressed := func(state string) {
		t.Helper()
		p.until(`document.activeElement === ` + nodeOf(state) + ` && ` + nodeOf(state) + `.getAttribute('aria-pressed') === 'true'`)
	}
	p.eval(`document.querySelector('[data-testid=canvas] [tabindex="0"]').focus()`, nil)
	p.press(kb.ArrowDown)
	pressed("Fulfil")
	p.press(kb.ArrowDown)
	pressed("Charge")
	p.press(kb.ArrowRight)
	p.until(`document.querySelectorAll('.is-sel').length === 1`)

	// Add after: choose in the list.
	p.eval(nodeOf("Ship")+`.focus()`, nil)
	p.press(" ")
	pressed("Ship")
	p.hit("a")
	p.see("pick-find", "")
	p.run(chromedp.ActionFunc(input.InsertText("wait").Do))
	p.until(`document.querySelector('[data-testid=pick-Wait][aria-selected=true]')`)
	p.press(enter)
	pressed("Wait")

	// Rename in place.
	p.press(kb.F2)
	p.see("rename", "")
	p.run(chromedp.ActionFunc(input.InsertText("Courier").Do))
	p.press(enter)
	pressed("Courier")
	p.wants(p.drawn(arn, `t.includes('Courier')`), map[string]any{"States/Ship/Next": "Courier", "States/Courier/Next": "Notify"})

	// Pick up, and drop on another transition.
	p.hit("m")
	p.see("mode", "Move Courier")
	p.see("drop-mark", "")
	for range 20 {
		var at string
		p.eval(`document.querySelector('[data-testid=mode]').textContent`, &at)
		if strings.Contains(at, "between Validate and Fulfil") {
			break
		}
		p.press(kb.Tab)
	}
	p.see("mode", "between Validate and Fulfil")
	p.press(enter)
	pressed("Courier")
	p.wants(p.drawn(arn, `/"Validate": \{"Type": "Pass", "Next": "Courier"\}/.test(t)`), map[string]any{"States/Validate/Next": "Courier", "States/Courier/Next": "Fulfil", "States/Ship/Next": "Notify"})

	// Reconnect: the only transition of the state leads elsewhere.
	p.hit("r")
	p.see("mode", "Courier leads to")
	for range 20 {
		var at string
		p.eval(`document.querySelector('[data-testid=mode] span').textContent`, &at)
		if at == "Ship" {
			break
		}
		p.press(kb.Tab)
	}
	p.press(enter)
	pressed("Courier")
	p.wants(p.drawn(arn, `/"Courier": \{[^}]*"Next": "Ship"/.test(t)`), map[string]any{"States/Courier/Next": "Ship"})
	p.until(`!document.querySelector('.eg.is-picked')`)
	p.hit("r") // Delete takes the transition away
	p.see("mode", "Courier leads to")
	p.press(kb.Delete)
	pressed("Courier")
	p.wants(p.drawn(arn, `/"Courier": \{[^}]*"End": true/.test(t)`), map[string]any{"States/Courier/End": true, "States/Courier/Next": nil})
	p.hit("d")
	p.until(`document.activeElement.getAttribute('data-testid')?.startsWith('node-Courier') && document.activeElement !== ` + nodeOf("Courier"))
	p.press(kb.Delete)
	p.until(`document.querySelectorAll('[data-testid^=node-Courier]').length === 1`)

	// All of it is undone step by step.
	for range 12 {
		p.press("z", chromedp.KeyModifiers(input.ModifierCtrl))
	}
	p.see("saved", "saved to")
	p.gone("node-Courier", "")

	// From the palette: a piece is placed with arrows.
	p.hit("/")
	p.until(`document.activeElement.getAttribute('data-testid') === 'palette-find'`)
	p.run(chromedp.ActionFunc(input.InsertText("succeed").Do))
	p.press(kb.ArrowDown)
	p.until(`document.activeElement.getAttribute('data-testid') === 'piece-Succeed'`)
	p.hit("m")
	p.see("mode", "Add Succeed")
	p.press(escape)
	p.gone("mode", "")

	// The menu of a state by its key.
	p.eval(nodeOf("Charge")+`.focus()`, nil)
	p.press(" ")
	p.run(chromedp.KeyEvent(kb.ContextMenu))
	p.see("menu-wrap-parallel", "")
	p.press(escape)
	pressed("Charge")
	p.press("c", chromedp.KeyModifiers(input.ModifierAlt))
}

func TestCanvasWithHostileNames(t *testing.T) {
	name := `<img src=x onerror=alert(1)>"'&`
	p := openTab(t, "#/machines")
	definition, err := json.Marshal(map[string]any{"StartAt": name, "States": map[string]any{name: map[string]any{"Type": "Pass", "Next": "a/b~c"}, "a/b~c": map[string]any{"Type": "Pass", "End": true}}})
	if err != nil {
		t.Fatal(err)
	}
	arn := p.draw("hostile", string(definition))
	p.until(`[...document.querySelectorAll('[data-testid=canvas] .nodeb')].some(b => b.textContent.includes('<img src=x')) && !document.querySelector('[data-testid=canvas] img')`)
	p.drag(p.piece("Pass"), p.onEdge("/States/"+name+"/Next"))
	p.see("node-Pass", "")
	p.wants(p.drawn(arn, `t.includes('"Pass":')`), map[string]any{"States/Pass/Next": "a/b~c"})
	p.until(`!document.querySelector('[data-testid=canvas] img') && !document.querySelector('.toast')`)
}

// many is a definition with so many states in a row, each tenth a Choice that may leap to the end.
func many(states int) string {
	var b strings.Builder
	b.WriteString(`{"StartAt": "S0", "States": {` + "\n")
	for i := range states - 1 {
		if i%10 == 5 {
			fmt.Fprintf(&b, `"S%d": {"Type": "Choice", "Choices": [{"Variable": "$.n", "NumericEquals": %d, "Next": "End"}], "Default": "S%d"},`+"\n", i, i, i+1)
		} else {
			next := fmt.Sprintf("S%d", i+1)
			if i == states-2 {
				next = "End"
			}
			fmt.Fprintf(&b, `"S%d": {"Type": "Pass", "Next": "%s"},`+"\n", i, next)
		}
	}
	b.WriteString(`"End": {"Type": "Succeed"}}}`)
	return b.String()
}

// TestDropOnLargeDrawing looks that a drop among 500 states touches no other node, and says
// how long it takes until it is seen.
func TestDropOnLargeDrawing(t *testing.T) {
	p := openTab(t, "#/machines")
	p.draw("large", many(500))
	p.eval(`(() => {
		window.born = 0;
		for (const node of document.querySelectorAll('.node')) node.known = true;
		new MutationObserver(list => { for (const one of list) for (const node of one.addedNodes) if (node.matches?.('.node')) born++; }).observe(document.querySelector('.world'), {childList: true});
		addEventListener('pointerup', () => {
			const from = performance.now();
			new MutationObserver((list, watch) => {
				if (!document.querySelector('[data-testid=node-Wait]')) return;
				watch.disconnect();
				requestAnimationFrame(() => { const c = new MessageChannel(); c.port1.onmessage = () => { window.took = performance.now() - from; }; c.port2.postMessage(0); });
			}).observe(document.querySelector('.world'), {childList: true, subtree: true});
		}, {capture: true, once: true});
	})()`, nil)
	p.drag(p.piece("Wait"), p.onEdge("/States/S2/Next"))
	p.until(`window.took`)
	var got struct {
		Took        float64
		Born, Known int
	}
	p.eval(`({Took: took, Born: born, Known: [...document.querySelectorAll('.node')].filter(n => n.known).length})`, &got)
	t.Logf("from the release of the mouse to the frame that shows the state: %.0f ms", got.Took)
	if got.Born != 1 || got.Known != 502 { // 500 states, start and end
		t.Errorf("%d nodes were made and %d kept, want 1 and 502", got.Born, got.Known)
	}
}

// TestEditorIsAccessible runs axe on the editor, in both themes, wide and narrow.
func TestEditorIsAccessible(t *testing.T) {
	axe, err := os.ReadFile(filepath.Join("testdata", "node_modules", "axe-core", "axe.min.js"))
	if err != nil {
		t.Skip("no axe-core: npm install --prefix emulator/ui/browsertest/testdata axe-core@4")
	}
	p := openTab(t, "#/machines")
	arn := p.machine("axe", fulfil)
	check := func(what string) {
		t.Helper()
		var violations []string
		p.eval(string(axe)+`; new Promise(done => requestAnimationFrame(() => setTimeout(done))).then(() => axe.run()).then(r => r.violations.map(v => v.id + ': ' + v.nodes.slice(0, 4).map(n => n.html.slice(0, 200) + ' ' + n.failureSummary).join('; ')))`, &violations)
		for _, one := range violations {
			t.Errorf("%s: %s", what, one)
		}
		var narrow bool
		p.eval(`document.documentElement.scrollWidth <= innerWidth`, &narrow)
		if !narrow {
			t.Errorf("%s scrolls sideways", what)
		}
		p.screenshot("edit-" + what)
	}
	for _, theme := range []string{"light", "dark"} {
		for _, width := range []int64{1440, 1024, 390} {
			p.size(width, 860)
			p.eval(`localStorage.setItem('aslocal.theme', '`+theme+`')`, nil)
			p.editAt(arn)
			what := fmt.Sprintf("%s-%d", theme, width)
			check(what)
			p.click("node-Ship", "")
			check(what + "-selected")
			if width == 1440 {
				p.hit("a")
				p.see("pick-Wait", "")
				check(what + "-pick")
				p.press(escape)
				p.hit("m")
				p.see("mode", "")
				check(what + "-mode")
				p.press(escape)
				p.lift(p.piece("Wait"), p.onEdge("/States/Ship/Next"))
				check(what + "-drag")
				p.press(escape)
				p.mouse(input.MouseReleased, point{700, 300})
			}
		}
	}
}

func TestBranches(t *testing.T) {
	p := openTab(t, "#/machines")
	arn := p.draw("branches", fulfil)
	// A branch is dragged by its grip to the place of another.
	p.drag(p.middle(find("branch-0", "")), p.middle(nodeOf("Pick")))
	p.wants(p.drawn(arn, `t.indexOf('Charge') > t.indexOf('Pick')`), map[string]any{"States/Fulfil/Branches/0/StartAt": "Items", "States/Fulfil/Branches/1/StartAt": "Charge"})
	// What is dropped on the head of a Parallel state is a new branch; so is a state that is moved there.
	head := p.middle(nodeOf("Fulfil"))
	head.X += 60
	p.drag(p.middle(nodeOf("Notify")), head)
	p.wants(p.drawn(arn, `t.indexOf('Notify') < t.indexOf('Ship')`), map[string]any{"States/Fulfil/Branches/2/StartAt": "Notify", "States/Fulfil/Branches/2/States/Notify/End": true, "States/Ship/End": true})
	p.click("node-Fulfil", "")
	p.eval(`(e => e.dispatchEvent(new MouseEvent('contextmenu', {bubbles: true, button: 2, clientX: 700, clientY: 400})))(`+nodeOf("Fulfil")+`)`, nil)
	p.click("menu-add-branch", "")
	p.see("hole", "Add a state")
	p.screenshot("edit-hole")
	p.eval(`document.querySelector('[data-testid=canvas]').focus()`, nil)
	p.press("c", chromedp.KeyModifiers(input.ModifierAlt)) // all of it is in view
	p.click("hole", "")
	p.click("pick-Pass", "")
	p.wants(p.drawn(arn, `t.includes('"Pass": ')`), map[string]any{"States/Fulfil/Branches/3/StartAt": "Pass", "States/Fulfil/Branches/3/States/Pass/End": true})
}

// TestDropByTouch drags with a finger that is held; one that moves at once scrolls or pans.
func TestDropByTouch(t *testing.T) {
	p := openTab(t, "#/machines")
	p.size(390, 844)
	p.run(emulation.SetTouchEmulationEnabled(true))
	arn := p.draw("touch", three)
	from, to := p.piece("Wait"), p.onEdge("/States/One/Next")
	touch := func(kind input.TouchType, points ...point) {
		t.Helper()
		list := []*input.TouchPoint{}
		for _, at := range points {
			list = append(list, &input.TouchPoint{X: at.X, Y: at.Y})
		}
		p.run(input.DispatchTouchEvent(kind, list))
	}
	touch(input.TouchStart, from)
	p.until(`document.querySelector('.ghost')`)
	touch(input.TouchMove, point{(from.X + to.X) / 2, (from.Y + to.Y) / 2})
	touch(input.TouchMove, to)
	p.see("drop-mark", "")
	touch(input.TouchEnd)
	p.see("node-Wait", "")
	p.wants(p.drawn(arn, `t.includes('Wait')`), map[string]any{"States/One/Next": "Wait", "States/Wait/Next": "Two"})
	// A finger that moves at once does not lift anything: it scrolls.
	touch(input.TouchStart, from)
	touch(input.TouchMove, point{from.X, from.Y + 40})
	touch(input.TouchEnd)
	p.gone("drop-mark", "")
	p.until(`!document.querySelector('.ghost')`)
}

// TestDrawingMoves looks that what moves visibly arrives at its place.
func TestDrawingMoves(t *testing.T) {
	p := openTab(t, "#/machines")
	p.run(emulation.SetEmulatedMedia().WithFeatures([]*emulation.MediaFeature{{Name: "prefers-reduced-motion", Value: "no-preference"}}))
	p.draw("moves", fulfil)
	p.drag(p.piece("Choice"), p.onEdge("/States/Validate/Next"))
	p.see("node-Choice", "")
	p.until(`document.querySelector('.world').getAnimations({subtree: true}).some(a => a.effect.getTiming().duration === 240)`)
	p.until(`document.querySelector('.world').getAnimations({subtree: true}).every(a => a.playState === 'finished' || a.effect.getTiming().iterations === Infinity)`)
	var apart int // lines that do not begin at the border of a node, or of a disc
	p.eval(`(() => {
		const boxes = [...document.querySelectorAll('.world .node, .world .box')].map(e => e.getBoundingClientRect());
		return [...document.querySelectorAll('.eg')].filter(g => {
			const hit = g.querySelector('.ehit'), m = hit.getPointAtLength(0).matrixTransform(hit.getScreenCTM());
			return !boxes.some(b => m.x >= b.left - 2 && m.x <= b.right + 2 && m.y >= b.top - 2 && m.y <= b.bottom + 2);
		}).length;
	})()`, &apart)
	if apart != 0 {
		t.Errorf("%d transitions begin at no state", apart)
	}
}

// TestTargets runs the tests of where things may be dropped in Node, where there is one.
func TestTargets(t *testing.T) {
	runNode(t, nodeOrSkip(t), "--test", "targets.test.mjs")
}

func TestPaletteOfEditor(t *testing.T) {
	p := openTab(t, "#/machines")
	arn := p.draw("palette", three)
	// An action of the AWS SDK is found by its name.
	p.click("node-One", "")
	p.fill("palette-find", "kms encrypt")
	p.until(`document.querySelector('[data-testid="piece-aws-sdk:kms:encrypt"]')`)
	p.press(enter)
	p.until(nodeOf("kms encrypt"))
	p.wants(p.drawn(arn, `t.includes('kms')`), map[string]any{"States/One/Next": "kms encrypt", "States/kms encrypt/Resource": "arn:aws:states:::aws-sdk:kms:encrypt", "States/kms encrypt/Next": "Two"})
	p.fill("palette-find", "no such thing")
	p.until(`document.querySelector('.plt-none').textContent.includes('no such thing')`)
	p.press(escape)

	// The other actions of a service, and a pattern of several states.
	p.click("more-dynamodb", "")
	p.see("piece-dynamodb", "")
	p.until(`document.querySelector('[data-testid="piece-dynamodb:putItem"]')`)
	p.drag(p.piece("pattern-poll"), p.onEdge("/States/Two/Next"))
	poll := p.drawn(arn, `t.includes('"Choice"')`)
	if at(poll, "States/Two/Next") == "Three" || len(poll["States"].(map[string]any)) < 7 {
		t.Errorf("the pattern was not put between Two and Three: %v", poll)
	}

	// What is kept as a snippet stays in the palette.
	p.eval(nodeOf("One")+`.focus()`, nil)
	p.press(" ")
	p.run(chromedp.KeyEvent(kb.ContextMenu))
	p.click("menu-snippet", "")
	p.until(`document.querySelector('[data-testid=piece-snippet-One]')`)

	// Convert, wrap and unwrap by the menu.
	p.run(chromedp.KeyEvent(kb.ContextMenu))
	p.click("menu-convert", "")
	p.click("convert-Wait", "")
	p.drawn(arn, `/"One": \{"Type": "Wait"/.test(t)`)
	p.run(chromedp.KeyEvent(kb.ContextMenu))
	p.click("menu-wrap-parallel", "")
	p.until(`document.activeElement.classList.contains('boxb')`)
	p.wants(p.drawn(arn, `t.includes('Branches')`), map[string]any{"States/Parallel/Branches/0/StartAt": "One"})
	p.run(chromedp.KeyEvent(kb.ContextMenu))
	p.click("menu-unwrap", "")
	p.wants(p.drawn(arn, `!t.includes('Branches')`), map[string]any{"States/One/Type": "Wait", "StartAt": "One"})
}
