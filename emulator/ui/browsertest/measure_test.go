package browsertest

import (
	"bytes"
	"cmp"
	"context"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/target"
	"github.com/chromedp/chromedp"
)

// This file measures what the pages cost: the browser until it shows something and for
// long histories, the server for pages that are open. Times depend on the machine, so
// they are told and not judged. `make bench-browser` prints the table of all.

var measure = flag.Bool("measure", false, "print a table of what the tests have measured")

// measured has what was measured, by its name, in the order of the first of each.
var measured struct {
	names  []string
	values map[string][]float64
}

// tell logs a measurement, and keeps it for the table. The name has the unit at its end.
func tell(t *testing.T, name string, value float64) {
	t.Helper()
	t.Logf("%s: %.0f", name, value)
	if measured.values == nil {
		measured.values = make(map[string][]float64)
	}
	if measured.values[name] == nil {
		measured.names = append(measured.names, name)
	}
	measured.values[name] = append(measured.values[name], value)
}

// printMeasured writes the table.
func printMeasured(w io.Writer, loadBefore string) {
	fmt.Fprintf(w, "%d cores; load before %s, after %s\n\n", runtime.NumCPU(), loadBefore, load())
	fmt.Fprintf(w, "%-64s %9s %9s %9s %5s\n", "", "median", "least", "most", "runs")
	for _, name := range measured.names {
		all := slices.Sorted(slices.Values(measured.values[name]))
		fmt.Fprintf(w, "%-64s %9.0f %9.0f %9.0f %5d\n", name, all[len(all)/2], all[0], all[len(all)-1], len(all))
	}
}

// load is how many processes wanted a core in the last minute, where the system tells.
func load() string {
	text, err := os.ReadFile("/proc/loadavg")
	if err != nil {
		return "unknown"
	}
	minute, _, _ := strings.Cut(string(text), " ")
	return minute
}

// measureFrames begins to measure frames in the page.
const measureFrames = `(() => { window.frames = {longest: 0, task: 0, count: 0}; let before = performance.now();
	const look = now => { frames.longest = Math.max(frames.longest, now - before); frames.count++; before = now; requestAnimationFrame(look); };
	requestAnimationFrame(now => { before = now; requestAnimationFrame(look); });
	new PerformanceObserver(list => { for (const e of list.getEntries()) frames.task = Math.max(frames.task, e.duration); }).observe({type: 'longtask', buffered: false}); })()`

// tellFrames tells how long the longest frame took since the last call, in
// milliseconds, and returns it. A frame that nothing holds up takes 17.
func (p *tab) tellFrames(what string) float64 {
	p.t.Helper()
	var m struct{ Longest, Task, Count float64 }
	p.eval(`(() => { const m = {Longest: frames.longest, Task: frames.task, Count: frames.count}; frames.longest = frames.task = frames.count = 0; return m; })()`, &m)
	p.t.Logf("%s: %.0f frames, longest task over 50 ms: %.0f ms", what, m.Count, m.Task)
	tell(p.t, what+": longest frame, ms", m.Longest)
	return m.Longest
}

// What measures frames sees one that takes long.
func TestFramesAreMeasured(t *testing.T) {
	p := openTab(t, "#/settings")
	p.eval(measureFrames, nil)
	p.until(`frames.count > 2`)
	p.eval(`(() => { const end = performance.now() + 200; while (performance.now() < end); })()`, nil)
	p.until(`frames.longest >= 180`) // the frame is due up to 17 ms after the script has begun
}

// A browser that has never seen the page shows something soon, and loads little for it.
func TestFirstPaint(t *testing.T) {
	const most = 200_000 // bytes, with the headers of the answers
	p := openTab(t, "#/settings")
	for i := range 20 {
		p.start(p.machine(fmt.Sprintf("machine-%d", i), counts), "x", `{"n": 0}`)
	}
	p.run(network.SetCacheDisabled(true))
	p.visit("#/machines")
	p.see("machine", "machine-19")
	p.until(`performance.getEntriesByName('first-contentful-paint').length === 1`)
	var m struct{ Paint, Largest, Bytes, Files float64 }
	p.eval(`new Promise(done => new PerformanceObserver(list => {
		const loaded = [...performance.getEntriesByType('navigation'), ...performance.getEntriesByType('resource').filter(e => !e.name.includes('/_ui/api/'))];
		done({Paint: performance.getEntriesByName('first-contentful-paint')[0].startTime, Largest: list.getEntries().at(-1).startTime,
			Bytes: loaded.reduce((sum, e) => sum + e.transferSize, 0), Files: loaded.length});
	}).observe({type: 'largest-contentful-paint', buffered: true}))`, &m)
	tell(t, "machines: first paint, ms", m.Paint)
	tell(t, "machines: largest paint, ms", m.Largest)
	tell(t, "machines: bytes loaded, compressed", m.Bytes)
	t.Logf("%.0f files", m.Files)
	if m.Bytes > most || m.Bytes == 0 || m.Paint <= 0 {
		t.Errorf("the first paint is at %.0f ms, and needs %.0f bytes, want %d at most", m.Paint, m.Bytes, most)
	}
}

// A list of 10,000 executions: opened, scrolled to its end and to its middle, where what is
// in view stays when one more is started.
func TestManyExecutions(t *testing.T) {
	p := openTab(t, "#/settings")
	arn := p.machine("many", hello)
	for i := range 10_000 {
		p.start(arn, fmt.Sprintf("run-%04d", i), "{}")
	}
	p.run(network.SetCacheDisabled(true))
	p.visit("#/executions")
	p.see("row", "run-9999")
	p.until(`performance.getEntriesByName('first-contentful-paint').length === 1`)
	var paint float64
	p.eval(`performance.getEntriesByName('first-contentful-paint')[0].startTime`, &paint)
	tell(t, "10,000 executions: first paint, ms", paint)
	p.eval(`window.grid = document.querySelector('[data-testid=table]')`, nil)
	p.eval(measureFrames, nil)
	for rows := 500; rows <= 10_000; rows += 500 { // in steps, none of which a busy machine takes long for
		p.until(fmt.Sprintf(`(grid.scrollTop = grid.scrollHeight, Number(grid.getAttribute('aria-rowcount')) > %d)`, rows))
	}
	p.see("count", "10,000 executions")
	p.until(`(grid.scrollTop = grid.scrollHeight, ` + find("row", "run-0000") + ` !== undefined)`)
	p.tellFrames("10,000 executions, read and scrolled to the end")
	p.eval(`new Promise(done => { let i = 0; const step = () => { grid.scrollTop = grid.scrollHeight * (1 - i++ / 120); i > 60 ? done() : requestAnimationFrame(step); }; requestAnimationFrame(step); })`, nil)
	p.tellFrames("10,000 executions, scrolled to the middle")
	middle := `[...document.querySelectorAll('[data-testid=row]')].find(e => { const r = e.getBoundingClientRect(); return r.top <= innerHeight / 2 && r.bottom > innerHeight / 2; })`
	p.until(middle + `.textContent.includes('run-')`)
	place := fmt.Sprintf(`(e => [e.querySelector('[data-testid=execution-link]').textContent, e.getBoundingClientRect().top, grid.scrollTop].join())(%s)`, middle)
	var before, after string
	p.eval(place, &before)
	p.start(arn, "one-more", "{}")
	p.see("fresh", "1 new")
	p.eval(place, &after)
	if before != after {
		t.Errorf("the row in the middle was %s, and is %s", before, after)
	}
	p.tellFrames("10,000 executions, one more")
	var rows int
	p.eval(`document.querySelectorAll('[data-testid=row]').length`, &rows)
	if rows > 100 {
		t.Errorf("%d rows are in the document", rows)
	}
}

const (
	// steady goes on for ten seconds: forty of its iterations wait at a time.
	steady = `{"StartAt": "Many", "States": {"Many": {"Type": "Map", "MaxConcurrency": 40, "End": true, "ItemProcessor": {"StartAt": "Moment", "States": {
		"Moment": {"Type": "Wait", "Seconds": 1, "Next": "Done"}, "Done": {"Type": "Pass", "End": true}}}}}}`
	steadyItems = 40 * seconds

	perSecond, seconds = 100, 10 // executions that are started
)

// TestOpenPages measures the CPU time of a server while executions run, without a page and
// with ten of them, each in view in a browser of its own. Both times the server does the same.
func TestOpenPages(t *testing.T) {
	if !*measure || *binary == "" {
		t.Skip("make bench-browser measures what open pages cost the server")
	}
	for _, pages := range []int{0, 10} {
		t.Run(fmt.Sprintf("%d pages", pages), func(t *testing.T) {
			startBrowser(t)
			command, url := serve(t, t.TempDir(), "--data", filepath.Join(t.TempDir(), "data"))
			api := &tab{t: t, ctx: t.Context(), url: url}
			busy, short := api.machine("steady", steady), api.machine("picks", picks)
			long := api.start(busy, "long", "["+strings.Repeat("0,", steadyItems-1)+"0]")
			followed, list := pageOf("x", long), pageOf("machine", short)
			for i := range pages {
				place := []string{"#/", "#/machines", list, "#/executions", "#/executions?status=RUNNING", followed, followed + "?view=events", followed + "?view=timeline", "#/tasks", "#/settings"}[i]
				p := openTabAt(t, url, place, chromedp.WithTargetID(openWindow(t)))
				p.until(`document.querySelector('[data-testid=live], [data-testid=live-pill]') !== null`)
			}
			before := cpuTime(t, command.Process.Pid)
			last, tick := "", time.NewTicker(time.Second/perSecond)
			defer tick.Stop()
			for i := range perSecond * seconds {
				<-tick.C
				last = api.start(short, fmt.Sprintf("short-%d", i), stocked)
			}
			for _, x := range []string{last, long} {
				for status := "RUNNING"; status == "RUNNING"; <-tick.C {
					var out struct{ Status string }
					api.aws("DescribeExecution", map[string]string{"executionArn": x}, &out)
					status = out.Status
				}
			}
			used := cpuTime(t, command.Process.Pid) - before
			tell(t, fmt.Sprintf("server, %d executions in %d s, %d pages open: CPU, ms", perSecond*seconds+1, seconds, pages), float64(used.Milliseconds()))
		})
	}
}

// openWindow opens a window that shares nothing with others, as that of another browser: a
// browser has six connections to a server at most, however many pages it shows.
func openWindow(t *testing.T) target.ID {
	t.Helper()
	browser := chromedp.FromContext(startBrowser(t)).Browser
	ctx := cdp.WithExecutor(t.Context(), browser)
	profile, err := target.CreateBrowserContext().Do(ctx)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := target.DisposeBrowserContext(profile).Do(cdp.WithExecutor(context.Background(), browser)); err != nil {
			t.Errorf("closing a window: %v", err)
		}
	})
	window, err := target.CreateTarget("about:blank").WithBrowserContextID(profile).WithNewWindow(true).Do(ctx)
	if err != nil {
		t.Fatal(err)
	}
	return window
}

// cpuTime is the CPU time that a process has used, where the system has /proc.
func cpuTime(t *testing.T, pid int) time.Duration {
	t.Helper()
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		t.Skipf("the CPU time of another process cannot be read here: %v", err)
	}
	// The name of the program, in parentheses, may have spaces. utime and stime are the
	// fields 14 and 15: hundredths of a second on every system that Go runs on.
	fields := strings.Fields(string(text[bytes.LastIndexByte(text, ')')+1:]))
	user, err1 := strconv.Atoi(fields[11])
	system, err2 := strconv.Atoi(fields[12])
	if err := cmp.Or(err1, err2); err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	return time.Duration(user+system) * time.Second / 100
}
