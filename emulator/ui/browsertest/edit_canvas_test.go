package browsertest

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

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
	p.until(`document.querySelector('[data-testid=canvas] .node') && document.querySelector('[data-testid=piece-Wait]')`)
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
	return p.middle(`document.querySelector('[data-testid="piece-` + id + `"]')`)
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

	// The neighbours of a state that is deleted are joined.
	p.click("node-Ship", "")
	p.press(kb.Delete)
	p.gone("node-Ship", "")
	p.wants(p.drawn(arn, `!t.includes('Ship')`), map[string]any{"States/Fulfil/Next": "Notify"})
	p.until(`document.activeElement.closest('[data-testid=canvas]')`)
}
