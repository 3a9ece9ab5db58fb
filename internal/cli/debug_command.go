package cli

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"strconv"
	"strings"

	"github.com/aslocal/aslocal/internal/spell"
	"github.com/aslocal/aslocal/value"
)

// This file has the commands of the debugger in the terminal.

// A replCommand is a command, with its short names.
type replCommand struct {
	names     []string
	arguments string
	help      string
	goes      bool // the execution goes on, or elsewhere
	do        func(r *repl) func(ctx context.Context, text string) error
}

// errQuit ends the session.
var errQuit = errors.New("quit")

var replCommands []replCommand

func init() {
	replCommands = []replCommand{
		{names: []string{"break", "b"}, arguments: "[LINE | FILE:LINE | STATE | GLOB | MACHINE/STATE | lambda:NAME] [if EXPR]", help: "set a breakpoint", do: func(r *repl) func(context.Context, string) error { return r.breakAt(false) }},
		{names: []string{"tbreak", "tb"}, arguments: "…", help: "set a breakpoint that is met once", do: func(r *repl) func(context.Context, string) error { return r.breakAt(true) }},
		{names: []string{"condition", "cond"}, arguments: "N EXPR | N hits [>= | %] TIMES", help: "change when a breakpoint stops", do: func(r *repl) func(context.Context, string) error { return r.condition }},
		{names: []string{"on"}, arguments: "N COMMAND", help: "do a command whenever a breakpoint is hit", do: func(r *repl) func(context.Context, string) error { return r.on }},
		{names: []string{"watch"}, arguments: "$VARIABLE | /POINTER", help: "stop when data has changed", do: func(r *repl) func(context.Context, string) error { return r.watch }},
		{names: []string{"catch"}, arguments: "uncaught | caught | retried | none [ERROR…]", help: "stop at failures", do: func(r *repl) func(context.Context, string) error { return r.catch }},
		{names: []string{"breakpoints", "bp"}, help: "list the breakpoints", do: func(r *repl) func(context.Context, string) error { return r.listPoints }},
		{names: []string{"clear", "clearall"}, arguments: "[N]", help: "remove a breakpoint, or all", do: func(r *repl) func(context.Context, string) error { return r.clear }},
		{names: []string{"continue", "c"}, help: "go on until something stops it", goes: true, do: moving("continue")},
		{names: []string{"next", "n"}, help: "go on to the next state", goes: true, do: moving("next")},
		{names: []string{"step", "s"}, help: "go on to the next phase of the state, or into branches, iterations and nested executions", goes: true, do: moving("stepIn")},
		{names: []string{"stepout", "so"}, help: "go on until the branch, iteration or nested execution has ended", goes: true, do: moving("stepOut")},
		{names: []string{"rev"}, arguments: "next | continue", help: "go back, and only look: to the state before, or to the last breakpoint", goes: true, do: func(r *repl) func(context.Context, string) error { return r.reverse }},
		{names: []string{"goto"}, arguments: "STATE", help: "go on with another state; from the past, in a new execution", goes: true, do: changing("goto")},
		{names: []string{"restart", "r"}, help: "run it again, as the file is now", goes: true, do: func(r *repl) func(context.Context, string) error { return r.restart }},
		{names: []string{"print", "p"}, arguments: "EXPR", help: "evaluate JSONata ($states.input.total, $total) or JSONPath ($.total, $$.Execution.Id)", do: func(r *repl) func(context.Context, string) error { return r.print }},
		{names: []string{"set"}, arguments: "$VARIABLE = VALUE | $states.input.PATH = VALUE", help: "change data", do: func(r *repl) func(context.Context, string) error { return r.set }},
		{names: []string{"skip"}, arguments: "[JSON]", help: "leave the state, with this as its output", goes: true, do: changing("skip")},
		{names: []string{"result"}, arguments: "JSON", help: "give the state this as its result, in place of what it does", goes: true, do: changing("result")},
		{names: []string{"fail"}, arguments: "ERROR [CAUSE]", help: "let the state fail", goes: true, do: changing("fail")},
		{names: []string{"mock"}, arguments: "JSON | off", help: "pin a result on the Task state", do: func(r *repl) func(context.Context, string) error { return r.console("mock") }},
		{names: []string{"ff"}, help: "skip the Wait", goes: true, do: changing("ff")},
		{names: []string{"fork"}, arguments: "[JSON]", help: "start an execution that goes on from here, with another input", do: func(r *repl) func(context.Context, string) error { return r.console("fork") }},
		{names: []string{"threads"}, help: "list the branches, iterations and executions", do: func(r *repl) func(context.Context, string) error { return r.threads }},
		{names: []string{"thread", "tr"}, arguments: "N", help: "look at another one", do: func(r *repl) func(context.Context, string) error { return r.chooseThread }},
		{names: []string{"stack", "bt"}, help: "print the states around this one, and the executions around these", do: func(r *repl) func(context.Context, string) error { return r.stack }},
		{names: []string{"frame", "f"}, arguments: "N", help: "look at a state of the stack", do: func(r *repl) func(context.Context, string) error { return r.chooseFrame }},
		{names: []string{"locals"}, help: "print the variables", do: scoped("Variables")},
		{names: []string{"input"}, help: "print the input", do: scoped("Input")},
		{names: []string{"output"}, help: "print the output, if the step that comes next gives one", do: scoped("Output")},
		{names: []string{"args"}, help: "print the arguments of the task", do: scoped("Arguments")},
		{names: []string{"flow"}, help: "print the way of the data through the state", do: scoped("Data flow")},
		{names: []string{"retry"}, help: "print how often the state was tried, and what takes its error", do: scoped("Retry")},
		{names: []string{"history"}, help: "print the last events", do: scoped("History")},
		{names: []string{"list", "ls", "l"}, help: "print the lines around", do: func(r *repl) func(context.Context, string) error {
			return func(context.Context, string) error { return r.list(r.top(), 5) }
		}},
		{names: []string{"help", "h"}, arguments: "[COMMAND]", help: "list the commands", do: func(r *repl) func(context.Context, string) error { return r.help }},
		{names: []string{"quit", "q", "exit"}, help: "end", do: func(*repl) func(context.Context, string) error {
			return func(context.Context, string) error { return errQuit }
		}},
	}
}

// commandOf is the command of a name, nil if there is none.
func commandOf(name string) *replCommand {
	for i := range replCommands {
		for _, one := range replCommands[i].names {
			if one == name {
				return &replCommands[i]
			}
		}
	}
	return nil
}

// do does what a line says.
func (r *repl) do(ctx context.Context, line string) error {
	word, rest, _ := strings.Cut(line, " ")
	if word == "" {
		return nil
	}
	c := commandOf(word)
	if c == nil {
		var names []string
		for i := range replCommands {
			names = append(names, replCommands[i].names[0])
		}
		if near := spell.Suggest(word, names); near != "" {
			return fmt.Errorf("there is no command %s; did you mean %s?", word, near)
		}
		return fmt.Errorf("there is no command %s; help lists them", word)
	}
	return c.do(r)(ctx, strings.TrimSpace(rest))
}

// moving is a command that lets the thread go on, and waits until something is stopped.
func moving(request string) func(*repl) func(context.Context, string) error {
	return func(r *repl) func(context.Context, string) error {
		return func(ctx context.Context, _ string) error { return r.move(ctx, request) }
	}
}

func (r *repl) move(ctx context.Context, request string) error {
	if r.thread == 0 {
		if request != "continue" {
			return errors.New("nothing is stopped; continue waits until something is")
		}
		r.wait(ctx)
		return nil
	}
	_, err := r.client.ask(request, map[string]any{"threadId": r.thread})
	if err != nil && (request != "continue" || r.launched || errors.Is(err, errLeft)) {
		return err // else another debugger has let it go on
	}
	r.frames, r.frame = nil, 0
	r.wait(ctx)
	return nil
}

func (r *repl) reverse(ctx context.Context, text string) error {
	switch text {
	case "next", "n", "step", "s":
		return r.move(ctx, "stepBack")
	case "continue", "c":
		return r.move(ctx, "reverseContinue")
	}
	return errors.New("expected rev next or rev continue")
}

func (r *repl) restart(ctx context.Context, _ string) error {
	if _, err := r.client.ask("restart", map[string]any{}); err != nil {
		return err
	}
	r.wait(ctx)
	return nil
}

// changing is a command of the console that changes where the execution stands.
func changing(name string) func(*repl) func(context.Context, string) error {
	return func(r *repl) func(context.Context, string) error {
		return func(ctx context.Context, text string) error {
			if err := r.console(name)(ctx, text); err != nil {
				return err
			}
			r.wait(ctx)
			return nil
		}
	}
}

// console does a command of the console of the protocol.
func (r *repl) console(name string) func(context.Context, string) error {
	return func(_ context.Context, text string) error {
		body, err := r.client.ask("evaluate", map[string]any{"expression": strings.TrimSpace(":" + name + " " + text), "context": "repl", "frameId": r.frameID()})
		if err == nil {
			fmt.Fprintln(r.w, r.clean(body.Get("result").Text(), maxLogLine))
		}
		return err
	}
}

// frameID is the number of the frame that is looked at.
func (r *repl) frameID() int64 {
	id, _ := r.top().Get("id").Int()
	return id
}

func (r *repl) print(_ context.Context, text string) error {
	body, err := r.client.ask("evaluate", map[string]any{"expression": text, "context": "clipboard", "frameId": r.frameID()})
	if err != nil {
		return err
	}
	r.printJSON("", body.Get("result").Text())
	return nil
}

// printJSON prints a JSON text: in a line if it fits.
func (r *repl) printJSON(name, text string) {
	const width = 100
	var pretty bytes.Buffer
	if len(text) > width && json.Indent(&pretty, []byte(text), "", "  ") == nil {
		text = pretty.String()
	}
	if name != "" {
		name = r.paint(green, r.clean(name, shownName)) + " = "
	}
	for i, line := range strings.Split(text, "\n") {
		if i > 0 {
			name = ""
		}
		fmt.Fprintln(r.w, name+indentOf(line)+r.clean(strings.TrimLeft(line, " "), 4*maxLogLine))
	}
}

// indentOf is the white space that a line begins with.
func indentOf(line string) string { return line[:len(line)-len(strings.TrimLeft(line, " "))] }

func (r *repl) set(ctx context.Context, text string) error {
	name, given, ok := strings.Cut(text, "=")
	if !ok {
		return errors.New("expected set $NAME = VALUE")
	}
	_, err := r.client.ask("setExpression", map[string]any{"expression": strings.TrimSpace(name), "value": strings.TrimSpace(given), "frameId": r.frameID()})
	if err == nil {
		r.wait(ctx)
	}
	return err
}

func (r *repl) threads(context.Context, string) error {
	body, err := r.client.ask("threads", nil)
	if err != nil {
		return err
	}
	for _, t := range body.Get("threads").Items() {
		id, _ := t.Get("id").Int()
		mark := " "
		if id == r.thread {
			mark = "*"
		}
		fmt.Fprintf(r.w, "%s %3d  %s\n", mark, id, r.clean(t.Get("name").Text(), shownName))
	}
	return nil
}

func (r *repl) chooseThread(_ context.Context, text string) error {
	before := r.thread
	r.thread, _ = strconv.ParseInt(text, 10, 32)
	if err := r.loadFrames(); err != nil {
		r.thread = before
		return errors.Join(err, r.loadFrames())
	}
	r.frame = 0
	return r.stack(context.Background(), "")
}

func (r *repl) stack(context.Context, string) error {
	for i, f := range r.frames {
		mark := " "
		if i == r.frame {
			mark = "*"
		}
		fmt.Fprintf(r.w, "%s %2d  %s  %s\n", mark, i, r.clean(f.Get("name").Text(), shownName), r.paint(faint, r.place(f)))
	}
	return nil
}

func (r *repl) chooseFrame(_ context.Context, text string) error {
	n, err := strconv.Atoi(text)
	if err != nil || n < 0 || n >= len(r.frames) {
		return fmt.Errorf("expected the number of a frame below %d; stack lists them", len(r.frames))
	}
	r.frame = n
	return r.list(r.top(), 2)
}

// scoped is a command that prints a scope.
func scoped(name string) func(*repl) func(context.Context, string) error {
	return func(r *repl) func(context.Context, string) error {
		return func(context.Context, string) error {
			body, err := r.client.ask("scopes", map[string]any{"frameId": r.frameID()})
			if err != nil {
				return err
			}
			for _, s := range body.Get("scopes").Items() {
				if s.Get("name").Text() == name {
					return r.printScope(s)
				}
			}
			return errors.New("there is none here")
		}
	}
}

func (r *repl) printScope(scope value.Value) error {
	reference, _ := scope.Get("variablesReference").Int()
	body, err := r.client.ask("variables", map[string]any{"variablesReference": reference, "count": 200})
	if err != nil {
		return err
	}
	for _, v := range body.Get("variables").Items() {
		r.printJSON(v.Get("name").Text(), v.Get("value").Text())
	}
	return nil
}

// list prints the lines around that of a frame.
func (r *repl) list(frame value.Value, around int) error {
	text, err := r.text(frame.Get("source"))
	if err != nil || text == "" {
		return err
	}
	at, _ := frame.Get("line").Int()
	lines := strings.Split(text, "\n")
	for n := max(1, int(at)-around); n <= min(len(lines), int(at)+around); n++ {
		mark, line := "  ", indentOf(lines[n-1])+r.clean(strings.TrimLeft(lines[n-1], " "), 200)
		if n == int(at) {
			mark, line = "=>", r.paint(green, line)
		}
		fmt.Fprintf(r.w, "%s%4d: %s\n", mark, n, line)
	}
	return nil
}

// text is that of a source: of its file, or as the debugger has it.
func (r *repl) text(source value.Value) (string, error) {
	if path := source.Get("path").Text(); path != "" {
		content, err := os.ReadFile(path)
		return string(content), err
	}
	reference, _ := source.Get("sourceReference").Int()
	if reference == 0 {
		return "", nil
	}
	body, err := r.client.ask("source", map[string]any{"sourceReference": reference})
	return body.Get("content").Text(), err
}

func (r *repl) help(_ context.Context, text string) error {
	if text != "" {
		c := commandOf(text)
		if c == nil {
			return fmt.Errorf("there is no command %s", text)
		}
		fmt.Fprintf(r.w, "%s %s\n    %s\n", strings.Join(c.names, ", "), c.arguments, c.help)
		return nil
	}
	for _, c := range replCommands {
		fmt.Fprintf(r.w, "  %-18s %s\n", strings.Join(c.names, " "), c.help)
	}
	fmt.Fprintln(r.w, "An empty line repeats the last command; help COMMAND shows what it takes.")
	return nil
}
