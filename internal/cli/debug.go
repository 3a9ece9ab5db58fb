package cli

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"github.com/aslocal/aslocal/internal/dap"
	"github.com/aslocal/aslocal/value"
)

// This file is the debugger in the terminal: it reads commands, a line each, and shows
// where the execution stands.

// debugging is the debug command.
type debugging struct {
	launcher
	input   string
	test    string
	fast    bool
	attach  string
	history string
}

func newDebug() *cobra.Command {
	d := &debugging{}
	c := &cobra.Command{
		Use:   "debug FILE[#MACHINE]",
		Short: "Debug a state machine in the terminal",
		Long: `Debug the state machine in a file, as aslocal run runs it: it stops at the first state and reads commands, a line each. break sets a
breakpoint at a line, a state, a glob of states or a resource; continue, next, step, stepout go on, rev next and rev continue go back; print
evaluates JSONata and JSONPath; set, skip, fail, goto and fork change what happens; help lists all commands. An empty line repeats the last one.
Commands may come from a file or a pipe, too. With --attach it debugs what runs in an aslocal serve --dap PORT.`,
		Example: `  aslocal debug order.asl.yaml --input order.json
  printf 'break Charge\ncontinue\nprint $states.input\n' | aslocal debug order.asl.yaml
  aslocal debug --attach 4711`,
		Args: positional(cobra.MaximumNArgs(1)),
		RunE: func(c *cobra.Command, args []string) error {
			if (len(args) == 1) == (d.attach != "") {
				return exit(ExitUsage, c.CommandPath()+" --help shows more", "expected a file, or --attach")
			}
			return d.run(c, strings.Join(args, ""))
		},
	}
	d.flags(c)
	c.Flags().StringVarP(&d.input, "input", "i", "{}", "input: "+inputUsage)
	c.Flags().StringVar(&d.test, "case", "", "`name` of the test case of the mock configuration whose responses the tasks get")
	c.Flags().StringVar(&d.history, "history", "", "`file` with the history of an execution in AWS, whose answers the tasks get; its input counts if --input is not given")
	c.Flags().BoolVar(&d.fast, "fast", false, "skip Waits and the pauses before retries")
	c.Flags().StringVar(&d.attach, "attach", "", "`port`, or HOST:PORT, of aslocal serve --dap")
	return c
}

func (d *debugging) run(c *cobra.Command, path string) error {
	out := c.OutOrStdout()
	r := &repl{terminal: newTerminal(out), in: c.InOrStdin(), asks: isTerminal(c.InOrStdin()) && isTerminal(out)}
	if d.attach != "" {
		client, err := dialDebugger(c.Context(), d.attach)
		if err != nil {
			return err
		}
		r.client = client
		return r.session(c.Context(), "attach", map[string]any{"trace": false})
	}
	if d.input == "-" || path == "-" {
		return exit(ExitUsage, "", "debug: expected files; commands are read from stdin")
	}
	input := "null" // of the history
	if d.history == "" || c.Flags().Changed("input") {
		var err error
		if input, _, err = readJSON("--input", d.input, nil); err != nil {
			return err
		}
	}
	p, err := d.read(path, nil)
	if err != nil {
		return err
	}
	if err := p.found.Format(c.ErrOrStderr(), []byte(p.machine.Source)); err != nil {
		return err
	}
	if !p.runs() {
		return &exitError{code: ExitInvalid}
	}
	ours, theirs := net.Pipe()
	session := dap.NewSession(theirs, dap.Config{Launch: d.launch})
	ended := make(chan error, 1)
	go func() { ended <- session.Run(context.WithoutCancel(c.Context())) }()
	r.client = newDebugClient(ours)
	err = r.session(c.Context(), "launch", map[string]any{
		"program": path, "input": json.RawMessage(input), "stopOnEntry": true, "stopOnEnd": true, "testCase": d.test, "fast": d.fast, "history": d.history,
	})
	return errors.Join(err, <-ended)
}

// A repl reads commands and shows what they lead to.
type repl struct {
	terminal
	in     io.Reader
	asks   bool // people type: there are prompts
	client *debugClient
	lines  chan string
	last   string // the command that an empty line repeats

	points   []*replPoint
	number   int // of the last one
	catches  []string
	names    string // of the errors that catches are about
	thread   int64
	frames   []value.Value
	frame    int
	reason   string
	over     bool
	launched bool
	waits    bool // for a stop that a command leads to
}

// session debugs until the user quits or the input ends.
func (r *repl) session(ctx context.Context, how string, arguments any) error {
	defer r.client.close()
	r.launched = how == "launch"
	if _, err := r.client.ask("initialize", map[string]any{"adapterID": "aslocal", "clientID": "aslocal"}); err != nil {
		return exit(ExitFailed, "", "%v", err)
	}
	if _, err := r.client.ask(how, arguments); err != nil {
		return exit(ExitUsage, "", "%v", err)
	}
	r.catches = []string{"uncaught"}
	if err := r.setCatches(); err != nil {
		return exit(ExitFailed, "", "%v", err)
	}
	if _, err := r.client.ask("configurationDone", nil); err != nil {
		return exit(ExitUsage, "", "%v", err)
	}
	r.lines = make(chan string)
	go r.readLines(ctx)
	if r.launched {
		r.wait(ctx)
	} else {
		fmt.Fprintln(r.w, "attached; break sets a breakpoint, continue waits until it is hit, help lists the commands")
	}
	for !r.over {
		r.drain()
		if r.asks {
			fmt.Fprint(r.w, r.paint(faint, "(aslocal) "))
		}
		line, ok := r.next(ctx)
		if !ok {
			break
		}
		if line = strings.TrimSpace(line); line == "" {
			line = r.last
		}
		if !r.asks {
			r.drain() // what has come while the line was written
		}
		if !r.asks && line != "" {
			fmt.Fprintln(r.w, r.paint(faint, "(aslocal) "+line))
		}
		r.last = line
		err := r.do(ctx, line)
		if errors.Is(err, errQuit) || errors.Is(err, errLeft) {
			break
		}
		if err != nil {
			fmt.Fprintln(r.w, r.paint(red, r.clean(err.Error(), maxLogLine)))
		}
	}
	if ctx.Err() != nil {
		return &exitError{code: ExitInterrupted, message: "interrupted"}
	}
	_, err := r.client.ask("disconnect", map[string]any{})
	if err != nil && !errors.Is(err, errLeft) {
		return exit(ExitFailed, "", "%v", err)
	}
	return nil
}

// next is the next line; ok is false at the end of the input or of the session. Events
// that come while people think are shown at once.
func (r *repl) next(ctx context.Context) (line string, ok bool) {
	for {
		events := r.client.events
		if !r.asks {
			events = nil // they are shown before the next command
		}
		select {
		case line, ok = <-r.lines:
			return line, ok
		case e, open := <-events:
			if !open {
				return "", false
			}
			r.show(e)
		case <-ctx.Done():
			return "", false
		}
	}
}

func (r *repl) readLines(ctx context.Context) {
	defer close(r.lines)
	in := bufio.NewScanner(r.in)
	in.Buffer(nil, 1<<20)
	for in.Scan() {
		select {
		case r.lines <- in.Text():
		case <-ctx.Done():
			return
		}
	}
}

// drain shows the events that have come.
func (r *repl) drain() {
	for {
		select {
		case e, open := <-r.client.events:
			if !open {
				r.over = true
				return
			}
			r.show(e)
		default:
			return
		}
	}
}

// wait shows events until an execution is stopped, or the session is over. People may type
// pause meanwhile.
func (r *repl) wait(ctx context.Context) {
	r.waits = true
	defer func() { r.waits = false }()
	lines := r.lines
	if !r.asks {
		lines = nil
	}
	for {
		select {
		case e, open := <-r.client.events:
			if !open {
				r.over = true
				return
			}
			if r.show(e) || r.over {
				return
			}
		case line, ok := <-lines:
			if !ok || !r.whileItRuns(ctx, strings.TrimSpace(line)) {
				r.over = true
				return
			}
		case <-ctx.Done():
			r.over = true
			return
		}
	}
}

// whileItRuns does a command that only looks or sets breakpoints, or pauses; false if it ends
// the session.
func (r *repl) whileItRuns(ctx context.Context, line string) (stays bool) {
	word, _, _ := strings.Cut(line, " ")
	var err error
	switch c := commandOf(word); {
	case word == "pause":
		_, err = r.client.ask("pause", map[string]any{"threadId": r.thread})
	case c != nil && !c.goes:
		err = r.do(ctx, line)
	case word != "":
		err = errors.New("it runs; pause stops it, quit ends the session")
	}
	if err != nil && !errors.Is(err, errQuit) {
		fmt.Fprintln(r.w, r.paint(red, r.clean(err.Error(), maxLogLine)))
	}
	return !errors.Is(err, errQuit) && !errors.Is(err, errLeft)
}

// show shows an event, and reports whether it is a stop.
func (r *repl) show(e value.Value) (stopped bool) {
	body := e.Get("body")
	switch e.Get("event").Text() {
	case "output":
		text, colour := body.Get("output").Text(), ""
		switch body.Get("category").Text() {
		case "stderr", "important":
			colour = red
		case "console":
			colour = faint
		}
		fmt.Fprintln(r.w, r.paint(colour, "  "+r.clean(strings.TrimRight(text, "\n"), maxLogLine)))
	case "stopped":
		if body.Get("preserveFocusHint").Bool() {
			return false
		}
		r.stopped(body)
		return true
	case "continued":
		if id, _ := body.Get("threadId").Int(); id == r.thread && !r.launched && !r.waits && len(r.frames) > 0 && !r.stands() {
			r.frames, r.frame = nil, 0
			fmt.Fprintln(r.w, r.paint(faint, "  it goes on: another debugger has moved it"))
		}
	case "breakpoint":
		r.moved(body.Get("breakpoint"))
	case "terminated":
		r.over = true
	}
	return false
}

// stopped shows where an execution is stopped now.
func (r *repl) stopped(body value.Value) {
	r.thread, _ = body.Get("threadId").Int()
	r.frame, r.reason = 0, body.Get("reason").Text()
	if err := r.loadFrames(); err != nil {
		fmt.Fprintln(r.w, r.paint(red, r.clean(err.Error(), maxLogLine)))
		return
	}
	note := r.reason
	if text := body.Get("text").Text(); text != "" {
		note += " " + text
	}
	if body.Get("description").Text() == "In the past" {
		note += ", in the past"
	}
	for _, id := range body.Get("hitBreakpointIds").Slice() {
		if n, _ := id.Int(); r.pointOf(n) != nil {
			note += fmt.Sprintf(" %d", r.pointOf(n).number)
		}
	}
	if r.reason == "end" {
		fmt.Fprintf(r.w, "%s  %s\n", r.paint(green, "> "+r.clean(body.Get("text").Text(), shownName)), r.paint(faint, "rev next looks back, restart runs it again, quit ends"))
		return
	}
	top := r.top()
	fmt.Fprintf(r.w, "%s %s  %s\n", r.paint(green, "> "+r.clean(top.Get("name").Text(), shownName)), r.place(top), r.paint(faint, "("+r.clean(note, shownName)+")"))
	r.list(top, 2)
	r.hit(body)
}

// loadFrames reads the call stack of the thread.
func (r *repl) loadFrames() error {
	body, err := r.client.ask("stackTrace", map[string]any{"threadId": r.thread})
	r.frames = body.Get("stackFrames").Slice()
	return err
}

// stands reports whether the thread is stopped, by what only a stopped one can do. That it
// goes on may be told when it is stopped again already.
func (r *repl) stands() bool {
	_, err := r.client.ask("evaluate", map[string]any{"expression": "1", "context": "clipboard", "frameId": r.frameID()})
	return err == nil
}

// top is the frame that is looked at; no value if nothing is stopped.
func (r *repl) top() value.Value {
	if r.frame < len(r.frames) {
		return r.frames[r.frame]
	}
	return value.Value{}
}

// place is where a frame stands: "order.asl.yaml:24".
func (r *repl) place(frame value.Value) string {
	line, _ := frame.Get("line").Int()
	source := frame.Get("source")
	name := source.Get("path").Text()
	if name == "" {
		name = source.Get("name").Text()
	} else if folder, err := os.Getwd(); err == nil {
		if inside, err := filepath.Rel(folder, name); err == nil && !strings.HasPrefix(inside, "..") {
			name = inside
		}
	}
	return r.clean(fmt.Sprintf("%s:%d", name, line), maxLogLine)
}
