package browsertest

import (
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"

	"github.com/aslocal/aslocal/emulator"
)

// This file tests that the tabs of a browser share one stream.

// A streamCounter counts the streams that are open.
type streamCounter struct {
	http.Handler
	withoutWorker bool
	mu            sync.Mutex
	open          int
}

func (c *streamCounter) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if c.withoutWorker && strings.HasSuffix(r.URL.Path, "/stream-worker.js") {
		http.NotFound(w, r)
		return
	}
	if strings.HasPrefix(r.URL.Path, "/_ui/stream") {
		c.add(1)
		defer c.add(-1)
	}
	c.Handler.ServeHTTP(w, r)
}

func (c *streamCounter) add(n int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.open += n
}

// serveCounted gives the URL of an emulator, and counts its streams.
func serveCounted(t *testing.T) (*streamCounter, string) {
	t.Helper()
	startBrowser(t) // or skip before anything else is started
	em, err := emulator.New()
	if err != nil {
		t.Fatal(err)
	}
	c := &streamCounter{Handler: em}
	server := httptest.NewServer(c)
	t.Cleanup(func() {
		server.CloseClientConnections()
		server.Close()
		if err := em.Close(); err != nil {
			t.Errorf("closing the emulator: %v", err)
		}
	})
	return c, server.URL
}

// openShown opens a page that stays shown when another tab is opened.
func openShown(t *testing.T, url, place string) *tab {
	t.Helper()
	p := openTabAt(t, url, place)
	p.run(emulation.SetFocusEmulationEnabled(true))
	p.until(`!document.hidden`)
	return p
}

// streams waits until so many streams are open.
func (p *tab) streams(c *streamCounter, want int) {
	p.t.Helper()
	for end := time.Now().Add(patience); ; {
		c.mu.Lock()
		open := c.open
		c.mu.Unlock()
		if open == want {
			return
		}
		if time.Now().After(end) {
			p.t.Fatalf("%d streams are open, want %d", open, want)
		}
		p.eval(`new Promise(done => setTimeout(done, 10))`, nil)
	}
}

func TestTabsShareOneStream(t *testing.T) {
	counter, url := serveCounted(t)
	p, q := openShown(t, url, "#/executions"), openShown(t, url, "#/executions")
	machine := p.machine("long", waits)
	arn := p.start(machine, "one", "{}")
	p.see("row", "one")
	q.see("row", "one")
	p.streams(counter, 1)

	// What one tab follows reaches it, and the other one still hears of lists.
	p.open(arn, "")
	p.see("status", "Running")
	q.visit("#/executions")
	q.see("row", "one")
	p.streams(counter, 1)
	p.aws("StopExecution", map[string]string{"executionArn": arn}, nil)
	p.see("status", "Aborted")
	p.see("tape-position", "of 3")
	q.see("row", "Aborted")

	// A tab that is hidden takes no part; with none the stream is closed, and it goes on where it stopped.
	hide := func(p *tab, hidden string) {
		p.eval(`Object.defineProperty(document, 'hidden', {configurable: true, value: `+hidden+`}); document.dispatchEvent(new Event('visibilitychange'))`, nil)
	}
	hide(p, "true")
	p.streams(counter, 1)
	hide(q, "true")
	q.streams(counter, 0)
	p.start(machine, "two", "{}")
	hide(q, "false")
	q.see("row", "two")
	q.see("live", "Live")
	q.streams(counter, 1)

	// A tab that is closed leaves the stream to the others.
	hide(p, "false")
	if err := chromedp.Cancel(q.ctx); err != nil {
		t.Fatal(err)
	}
	p.visit("#/executions")
	p.start(machine, "three", "{}")
	p.see("row", "three")
	p.streams(counter, 1)
}

// Where the shared worker cannot be had, each tab has a stream of its own.
func TestTabWithoutSharedWorker(t *testing.T) {
	counter, url := serveCounted(t)
	counter.withoutWorker = true
	p, q := openShown(t, url, "#/executions"), openShown(t, url, "#/executions")
	arn := p.start(p.machine("long", waits), "one", "{}")
	p.see("row", "one")
	q.see("row", "one")
	p.streams(counter, 2)
	p.open(arn, "")
	p.see("status", "Running")
	p.aws("StopExecution", map[string]string{"executionArn": arn}, nil)
	p.see("status", "Aborted")
	q.see("row", "Aborted")
	for _, one := range []*tab{p, q} {
		one.mu.Lock()
		one.problems = slices.DeleteFunc(one.problems, func(text string) bool { return strings.Contains(text, "worker script") })
		one.mu.Unlock()
	}
}
