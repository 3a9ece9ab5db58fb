package browsertest

import (
	"bytes"
	"context"
	"path/filepath"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"github.com/aslocal/aslocal/asl"
	"github.com/aslocal/aslocal/emulator"
	"github.com/aslocal/aslocal/internal/cli"
	"github.com/aslocal/aslocal/value"
)

// This file follows the guide of a first state machine: three services, one after the other,
// from an empty folder to a file that is checked.

// service is a function that fails once, if it is told to, and then says that it was called.
func service(name string, failures int) emulator.Option {
	return emulator.WithTask(name, func(_ context.Context, in value.Value) (value.Value, error) {
		if failures > 0 {
			failures--
			return value.Value{}, &asl.Error{Name: "Busy", Cause: "it is a test"}
		}
		return in.With(name, value.OfString("done")), nil
	})
}

// configure names the selected state and the function that it calls.
func (p *tab) configure(name, function string) {
	p.t.Helper()
	p.fill("state-name", name)
	p.enter()
	p.see("node-"+name, "")
	p.until(`document.querySelector('[data-testid=state-name]')?.value === ` + quote(name))
	p.fill("field-FunctionName", function)
	p.enter()
	p.see("resource-found", "runs here")
}

func TestGuide(t *testing.T) {
	p := openFolder(t, nil, "#/machines", service("user-service", 1), service("order-service", 0), service("notification-service", 0), emulator.WithWaitTimeScale(0.001))
	p.see("empty", "No state machines yet")

	// A new machine.
	p.click("draw-machine", "")
	p.fill("new-name", "order")
	p.see("new-path", "order.asl.yaml")
	p.screenshot("guide-1-new")
	p.click("new-begin", "")
	p.see("saved", "not saved yet")
	p.see("piece-lambda", "")

	// A Task for the User Service is dragged onto the canvas, and those behind it onto the transition to the end.
	p.drag(p.piece("lambda"), p.middle(`document.querySelector('[data-testid=canvas]')`))
	p.see("state-name", "")
	p.configure("User Service", "user-service")
	p.screenshot("guide-2-task")
	for _, one := range []struct{ name, function string }{{"Order Service", "order-service"}, {"Notification Service", "notification-service"}} {
		p.drag(p.piece("lambda"), p.onEdge("end"))
		p.until(`!['User Service', 'Order Service'].includes(document.querySelector('[data-testid=state-name]')?.value)`)
		p.configure(one.name, one.function)
	}
	p.see("problems", "valid")

	// Retry and Catch.
	p.click("node-User Service", "")
	p.until(`document.querySelector('[data-testid=state-name]').value === 'User Service'`)
	p.click("tab-errors", "")
	p.click("retrier-add", "")
	p.fill("field-ErrorEquals", "Busy")
	p.enter()
	p.screenshot("guide-3-retry")
	p.click("node-Order Service", "")
	p.until(`document.querySelector('[data-testid=panel] h2')?.textContent === 'Order Service'`)
	p.click("catcher-add", "")
	p.see("field-Next", "")
	p.eval(`(e => { e.value = 'Notification Service'; e.dispatchEvent(new Event('change', {bubbles: true})); })(`+find("field-Next", "")+`)`, nil)
	p.until(`document.querySelectorAll('.edge--catch').length > 0`)
	p.see("problems", "valid")
	p.screenshot("guide-4-catch")

	// It runs, and is green.
	p.click("run", "")
	p.click("run-start", "")
	p.see("trial", "Succeeded")
	p.until(`document.querySelectorAll('.node.is-succeeded').length === 3`)
	p.screenshot("guide-5-run")

	// What was drawn is reviewed and saved.
	p.click("save", "")
	p.see("difference-added", "+")
	p.screenshot("guide-6-save")
	p.click("save-do", "")
	p.see("saved", "saved to order.asl.yaml")
	p.until(`location.hash.includes('path=order.asl.yaml')`)
	file := p.read("order.asl.yaml")
	for _, want := range []string{`StartAt: User Service`, `FunctionName: "user-service"`, `FunctionName: "order-service"`, `FunctionName: "notification-service"`, "Retry:", "Catch:", "Next: Notification Service"} {
		if !strings.Contains(file, want) {
			t.Errorf("the file has no %q", want)
		}
	}
	if code, said := validated(t, filepath.Join(p.folder, "order.asl.yaml")); code != 0 {
		t.Errorf("aslocal validate: %d %s", code, said)
	}
	if t.Failed() {
		t.Logf("the file:\n%s", file)
	}

	// Another change is all that differs.
	p.click("view-design", "")
	p.click("node-Notification Service", "")
	p.until(`document.querySelector('[data-testid=panel] h2')?.textContent === 'Notification Service'`)
	p.click("tab-setup", "")
	p.fill("field-TimeoutSeconds", "30")
	p.enter()
	p.see("saved", "changed")
	p.click("diff", "")
	p.see("difference-added", "+1")
	p.see("difference-removed", "−0")
}

// validated is what aslocal validate says of a file.
func validated(t *testing.T, path string) (code int, said string) {
	t.Helper()
	var out bytes.Buffer
	code = cli.Main([]string{"validate", path}, strings.NewReader(""), &out, &out)
	return code, out.String()
}

// tabTo presses Tab until an element has the focus.
func (p *tab) tabTo(id string) {
	p.t.Helper()
	p.see(id, "")
	for range 80 {
		var on string
		p.eval(`document.activeElement?.getAttribute('data-testid') ?? ''`, &on)
		if on == id {
			return
		}
		p.press(kb.Tab)
	}
	p.t.Fatalf("%s does not get the focus", id)
}

// TestGuideByKeyboard follows the guide without a mouse.
func TestGuideByKeyboard(t *testing.T) {
	p := openFolder(t, nil, "#/machines", service("user-service", 1), service("order-service", 0), service("notification-service", 0), emulator.WithWaitTimeScale(0.001))
	p.see("empty", "No state machines yet")
	p.hit("d")
	p.until(`document.activeElement?.getAttribute('data-testid') === 'new-name'`)
	p.typeIn("order")
	p.enter()
	p.see("piece-lambda", "")

	first := true
	for _, one := range []struct{ name, function string }{{"User Service", "user-service"}, {"Order Service", "order-service"}, {"Notification Service", "notification-service"}} {
		if first {
			p.hit("/")
			p.until(`document.activeElement?.getAttribute('data-testid') === 'palette-find'`)
			p.typeIn("lambda invoke")
			p.until(`document.querySelector('.plt-item').dataset.testid === 'piece-lambda'`)
			p.enter()
			first = false
		} else {
			p.hit("a")
			p.until(`document.activeElement?.getAttribute('data-testid') === 'pick-find'`)
			p.typeIn("lambda invoke")
			p.until(`document.querySelector('[role=option][aria-selected=true]')?.textContent.includes('invoke')`)
			p.enter()
		}
		p.until(`document.activeElement?.getAttribute('data-testid')?.startsWith('node-Lambda')`)
		p.press(kb.F2)
		p.until(`document.activeElement?.getAttribute('data-testid') === 'rename'`)
		p.typeIn(one.name)
		p.enter()
		p.until(`document.activeElement === ` + nodeOf(one.name))
		p.until(`document.querySelector('[data-testid=panel] h2')?.textContent === ` + quote(one.name))
		p.tabTo("field-FunctionName")
		p.run(chromedp.KeyEvent("a", chromedp.KeyModifiers(input.ModifierCtrl)))
		p.typeIn(one.function)
		p.enter()
		p.see("resource-found", "runs here")
		p.eval(nodeOf(one.name)+`.focus()`, nil) // Shift Tab leads there, too
	}

	// Retry for the first, Catch for the second.
	p.press(kb.ArrowUp)
	p.until(`document.querySelector('[data-testid=panel] h2')?.textContent === 'Order Service'`)
	p.tabTo("tab-setup")
	for range 3 {
		p.press(kb.ArrowRight)
	}
	p.tabTo("catcher-add")
	p.enter()
	p.see("field-Next", "")
	p.settled()
	p.tabTo("field-Next")
	for range 5 {
		var to string
		p.eval(find("field-Next", "")+`.value`, &to)
		if to == "Notification Service" {
			break
		}
		p.press(kb.ArrowDown)
	}
	p.until(`document.querySelectorAll('.edge--catch').length > 0`)
	p.eval(nodeOf("Order Service")+`.focus()`, nil)
	p.press(kb.ArrowUp)
	p.until(`document.querySelector('[data-testid=panel] h2')?.textContent === 'User Service'`)
	p.tabTo("retrier-add")
	p.enter()
	p.see("field-ErrorEquals", "")
	p.settled()
	p.tabTo("field-ErrorEquals")
	p.typeIn("Busy")
	p.enter()
	p.until(`[...document.querySelectorAll('[data-testid=name-remove]')].some(e => e.getAttribute('aria-label').includes('Busy'))`)
	p.see("problems", "valid")

	// Run, green, saved, and read by the command line.
	p.tabTo("run")
	p.enter()
	p.tabTo("run-start")
	p.enter()
	p.see("trial", "Succeeded")
	p.until(`document.querySelectorAll('.node.is-succeeded').length === 3`)
	p.press("s", chromedp.KeyModifiers(input.ModifierCtrl))
	p.until(`document.activeElement?.getAttribute('data-testid') === 'save-do'`)
	p.enter()
	p.see("saved", "saved to order.asl.yaml")
	if code, said := validated(t, filepath.Join(p.folder, "order.asl.yaml")); code != 0 {
		t.Errorf("aslocal validate: %d %s\n%s", code, said, p.read("order.asl.yaml"))
	}
	for _, want := range []string{"Retry:", "Catch:", `"user-service"`, `"order-service"`, `"notification-service"`} {
		if file := p.read("order.asl.yaml"); !strings.Contains(file, want) {
			t.Errorf("the file has no %s:\n%s", want, file)
		}
	}
}
