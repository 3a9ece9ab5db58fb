package cli

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/aslocal/aslocal/emulator"
)

// This file prints what happens while serve runs. Executions must not wait for a
// terminal: lines go through a queue, and of thousands in a second a few are shown, the
// others counted.

// How many lines a second are shown. Failures have some for themselves.
const (
	shownSecond      = 20
	shownWellSecond  = 12  // of those: what has gone well
	shownLinesSecond = 200 // of functions, beside the others
	activityQueue    = 512 // lines that wait to be written
)

// An activity prints notices.
type activity struct {
	form   noticeForm
	out    io.Writer
	log    *slog.Logger // instead of out, if not nil
	queue  chan emulator.Notice
	behind chan struct{} // something was left out; room for one

	mu                      sync.Mutex
	second                  int64 // that the numbers are of
	shown, shownWell, lines int
	left                    map[string]int // how many were left out, by what they are
}

func newActivity(form noticeForm, out io.Writer, log *slog.Logger) *activity {
	return &activity{
		form: form, out: out, log: log, left: make(map[string]int),
		queue: make(chan emulator.Notice, activityQueue), behind: make(chan struct{}, 1),
	}
}

// see takes a notice. It does not block.
func (a *activity) see(n emulator.Notice) {
	if a.form.quiet(n) {
		return
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.hasRoom(n) {
		select {
		case a.queue <- n:
			return
		default: // nobody reads what we write
		}
	}
	if len(a.left) == 0 {
		select {
		case a.behind <- struct{}{}:
		default:
		}
	}
	a.left[counted(n)]++
}

// hasRoom reports whether a notice is one of the few of its second. The caller holds mu.
func (a *activity) hasRoom(n emulator.Notice) bool {
	if now := n.Time.Unix(); now > a.second {
		a.second, a.shown, a.shownWell, a.lines = now, 0, 0, 0
	}
	switch {
	case n.Function != nil:
		a.lines++
		return a.lines <= shownLinesSecond
	case a.shown == shownSecond || !failed(n) && a.shownWell == shownWellSecond:
		return false
	}
	a.shown++
	if !failed(n) {
		a.shownWell++
	}
	return true
}

// counted says what a notice is counted as: "1,240 more executions succeeded".
func counted(n emulator.Notice) string {
	switch {
	case n.Ended != nil:
		return countedEnds[n.Ended.Status]
	case n.Call != nil && failed(n):
		return "calls refused"
	case n.Call != nil:
		return "calls answered"
	}
	return "lines of functions"
}

// countedEnds are the ends of executions, by status.
var countedEnds = map[string]string{
	"SUCCEEDED": "executions succeeded", "FAILED": "executions failed", "TIMED_OUT": "executions timed out", "ABORTED": "executions stopped",
}

// run writes what comes until the context ends, and then what has come before.
func (a *activity) run(ctx context.Context) {
	var due <-chan time.Time
	for {
		select {
		case n := <-a.queue:
			a.write(n)
		case <-a.behind:
			if due == nil {
				due = time.After(time.Second)
			}
		case <-due:
			due = nil
			a.writeLeft()
		case <-ctx.Done():
			for len(a.queue) > 0 {
				a.write(<-a.queue)
			}
			a.writeLeft()
			return
		}
	}
}

func (a *activity) write(n emulator.Notice) {
	if a.log != nil {
		a.form.log(a.log, n)
		return
	}
	fmt.Fprintln(a.out, a.form.text(n))
}

// writeLeft says how many notices were left out since the last time.
func (a *activity) writeLeft() {
	a.mu.Lock()
	left := a.left
	a.left = make(map[string]int)
	a.mu.Unlock()
	if len(left) == 0 {
		return
	}
	var texts []string
	var attributes []any
	for i, what := range slices.Sorted(maps.Keys(left)) {
		noun, how, _ := strings.Cut(what, " ")
		text := fmt.Sprintf("%s more %s %s", thousands(left[what]), noun, how)
		if i > 0 {
			text = fmt.Sprintf("%s %s", thousands(left[what]), what)
		}
		texts, attributes = append(texts, text), append(attributes, what, left[what])
	}
	if a.log != nil {
		a.log.Info("left out", attributes...)
		return
	}
	fmt.Fprintln(a.out, a.form.paint(faint, a.form.glyph("…", "...")+" and "+strings.Join(texts, ", ")))
}

// thousands is a number with commas: 1,240.
func thousands(n int) string {
	text := strconv.Itoa(n)
	for i := len(text) - 3; i > 0; i -= 3 {
		text = text[:i] + "," + text[i:]
	}
	return text
}

// A jsonLog writes what serve tells people as records for programs.
type jsonLog struct{ *slog.Logger }

func newJSONLog(w io.Writer) jsonLog { return jsonLog{slog.New(slog.NewJSONHandler(w, nil))} }

// tell writes lines under a heading as one record.
func (l jsonLog) tell(heading string, lines []string) {
	l.Info(strings.ToLower(heading), "text", strings.Join(lines, "\n"))
}

// Write writes a text as a record.
func (l jsonLog) Write(text []byte) (int, error) {
	l.Info(strings.TrimSpace(string(text)))
	return len(text), nil
}
