package browsertest

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
)

// This file tests the comparison of two executions, and the difference of two definitions.

// comparisonOf gives the place of the comparison of two executions.
func comparisonOf(left, right string) string {
	return pageOf("compare", left) + "/" + strings.TrimPrefix(pageOf("x", right), "#/x/")
}

func TestCompareExecutions(t *testing.T) {
	p := openTab(t, "#/executions")
	machine := p.machine("picks", picks)
	good := p.start(machine, "good", stocked)
	bad := p.start(machine, "bad", short)
	p.visit("#/executions")
	p.see("row", "good")
	p.see("row", "bad")
	p.click("select", "")
	p.press("x") // nothing is selected by a key that the table does not have
	p.eval(`[...document.querySelectorAll('[data-testid=row] [data-testid=select]')].forEach(e => e.getAttribute('aria-checked') === 'false' && e.click())`, nil)
	p.click("bulk-compare", "")
	p.see("compare-left", "good") // the older one
	p.see("compare-right", "bad")
	p.see("compare-count", "difference")

	// The first state that differs is selected, with what differs in it.
	p.see("compare-state", "Both")
	p.see("differs-input", "CHAIR")
	p.see("difference-fold", "")
	p.screenshot("compare")
	p.click("difference-side", "")
	p.until(`document.querySelector('.dl--side .dl-row')`)
	p.screenshot("compare-side")

	// By keyboard to the next difference; iterations are aligned by their number.
	for _, state := range []string{"Charge", "Items", "InStock"} {
		p.press("d")
		p.see("compare-state", state)
	}
	p.see("row", "only left")
	p.until(`location.hash.includes('row=')`)
	p.press("D")
	p.see("compare-state", "Items")
	p.click("compare-only", "")
	p.gone("row", "the same")
	p.run(chromedp.NavigateBack())
	p.see("row", "good") // the back button leaves the comparison

	// The address has the selection; sides can change.
	p.visit(comparisonOf(good, bad) + "?row=5")
	p.see("compare-state", "Pick")
	p.see("same-input", "the same")
	p.press("x")
	p.see("compare-left", "bad")

	// From the page of an execution.
	p.open(bad, "")
	p.click("more", "")
	p.click("compare", "")
	p.see("compare-success", "good")
	p.screenshot("compare-with")
	p.click("compare-success", "")
	p.see("compare-left", "good")
	p.see("compare-right", "bad")
}

// An execution of another revision has another definition, and the difference can be read.
func TestDefinitionChangedSince(t *testing.T) {
	p := openTab(t, "#/executions")
	machine := p.machine("counts", counts)
	before := p.start(machine, "before", `{"n": 0}`)
	p.aws("UpdateStateMachine", map[string]string{"stateMachineArn": machine, "definition": strings.Replace(counts, "$n < 3", "$n < 5", 1)}, nil)
	after := p.start(machine, "after", `{"n": 0}`)
	p.open(before, "")
	p.click("changed", "")
	p.see("difference-added", "+1")
	p.see("difference", "$n < 5")
	p.until(`document.querySelector('.is-added mark').textContent === '5'`)
	p.screenshot("definition-changed")
	p.press(escape)
	p.gone("difference", "")

	p.visit(comparisonOf(before, after))
	p.see("definitions", "Definitions differ")
	p.see("compare-state", "Enough") // the first that differs, by its definition
	p.see("differs-definition", "$n < 5")
	p.until(`[...document.querySelectorAll('[data-testid=row]')].filter(e => e.textContent.includes('only right')).length === 4`)
	p.click("definitions", "")
	p.see("difference-removed", "−1")
}

func TestComparisonIsAccessible(t *testing.T) {
	axe, err := os.ReadFile(filepath.Join("testdata", "node_modules", "axe-core", "axe.min.js"))
	if err != nil {
		t.Skip("no axe-core: npm install --prefix emulator/ui/browsertest/testdata axe-core@4")
	}
	p := openTab(t, "#/executions")
	machine := p.machine("picks", picks)
	good, bad := p.start(machine, "good", stocked), p.start(machine, "bad", short)
	for _, theme := range []string{"light", "dark"} {
		for _, width := range []int64{1440, 390} {
			p.eval(`localStorage.setItem('aslocal.theme', '`+theme+`'); localStorage.setItem('aslocal.difference', '"side"')`, nil)
			p.size(width, 900)
			p.visit(comparisonOf(good, bad))
			p.see("differs-input", "CHAIR")
			p.screenshot("compare-" + theme + map[bool]string{true: "-wide", false: "-narrow"}[width > 400])
			p.eval(string(axe), nil)
			var violations []string
			p.eval(`axe.run().then(r => r.violations.map(v => v.id + ': ' + v.nodes.map(n => n.html.slice(0, 200) + ' ' + n.failureSummary).join('; ')))`, &violations)
			for _, v := range violations {
				t.Errorf("%s, %d pixels: %s", theme, width, v)
			}
			p.until(`document.documentElement.scrollWidth <= innerWidth`)
		}
	}
}
