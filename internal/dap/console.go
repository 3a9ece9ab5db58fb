package dap

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/aslocal/aslocal/asl/machine"
	"github.com/aslocal/aslocal/emulator"
	"github.com/aslocal/aslocal/value"
)

// This file has the commands of the console, which begin with a colon.

// A consoleCommand is a word and what it does; rest is what stands behind the word.
type consoleCommand struct {
	name, arguments, help string
	do                    func(s *Session, ctx context.Context, key threadKey, rest string) (string, error)
}

var consoleCommands []consoleCommand

func init() {
	consoleCommands = []consoleCommand{
		{"skip", "[JSON]", "leave the state, with this as its output; with its input if nothing is given", (*Session).consoleSkip},
		{"result", "JSON", "give the state this as its result, in place of what it does", (*Session).consoleResult},
		{"fail", "ERROR [CAUSE]", "let the state fail", (*Session).consoleFail},
		{"goto", "STATE", "go on with another state of the same workflow", (*Session).consoleGoto},
		{"mock", "JSON | off", "pin a result on the Task state, for all executions", (*Session).consoleMock},
		{"ff", "", "skip the Wait, or the pause before a retry", (*Session).consoleForward},
		{"fork", "[JSON]", "start an execution that goes on from here, with another input", (*Session).consoleFork},
		{"help", "", "list these commands", func(*Session, context.Context, threadKey, string) (string, error) { return consoleHelp(), nil }},
	}
}

func consoleHelp() string {
	var b strings.Builder
	for _, c := range consoleCommands {
		fmt.Fprintf(&b, ":%-22s %s\n", strings.TrimSpace(c.name+" "+c.arguments), c.help)
	}
	b.WriteString("Anything else is an expression: JSONata ($states.input.total, $total), or JSONPath ($.total, $$.Execution.Id)")
	return b.String()
}

// console does what a line says that begins with a colon.
func (s *Session) console(ctx context.Context, key threadKey, line string) (string, error) {
	word, rest, _ := strings.Cut(strings.TrimPrefix(line, ":"), " ")
	for _, c := range consoleCommands {
		if c.name == word {
			return c.do(s, ctx, key, strings.TrimSpace(rest))
		}
	}
	return "", fmt.Errorf(":%s is no command; :help lists them", word)
}

// given parses the JSON behind a word.
func given(text string) (value.Value, error) {
	v, err := value.Parse(text)
	if err != nil {
		return v, fmt.Errorf("expected JSON: %w", err)
	}
	if size := v.Size(); size > machine.MaxPayload {
		return v, fmt.Errorf("expected at most %d bytes, got %d", machine.MaxPayload, size)
	}
	return v, nil
}

func (s *Session) consoleSkip(ctx context.Context, key threadKey, rest string) (string, error) {
	snapshot, err := s.debugger().Snapshot(key.execution, key.frame)
	if err != nil {
		return "", err
	}
	output := snapshot.Input
	if rest != "" {
		if output, err = given(rest); err != nil {
			return "", err
		}
	}
	if err := s.override(ctx, key, &machine.Override{Output: output}); err != nil {
		return "", err
	}
	return snapshot.State + " is skipped", nil
}

func (s *Session) consoleResult(ctx context.Context, key threadKey, rest string) (string, error) {
	v, err := given(rest)
	if err != nil {
		return "", err
	}
	return "the state has its result", s.override(ctx, key, &machine.Override{Result: v})
}

func (s *Session) consoleFail(ctx context.Context, key threadKey, rest string) (string, error) {
	name, cause, _ := strings.Cut(rest, " ")
	if name == "" {
		return "", errors.New("expected the name of an error, as in :fail States.TaskFailed")
	}
	return "the state fails with " + name, s.override(ctx, key, &machine.Override{Failure: machine.NewFailure(name, strings.TrimSpace(cause))})
}

func (s *Session) consoleGoto(ctx context.Context, key threadKey, rest string) (string, error) {
	return "the state that comes next is " + rest, s.goTo(ctx, key, rest)
}

func (s *Session) consoleMock(ctx context.Context, key threadKey, rest string) (string, error) {
	snapshot, err := s.debugger().Snapshot(key.execution, key.frame)
	if err != nil {
		return "", err
	}
	start, _, err := s.debugger().Started(key.execution)
	if err != nil {
		return "", err
	}
	if snapshot.Type != "Task" {
		return "", fmt.Errorf("%s is no Task state; only what a Task calls can be pinned", snapshot.State)
	}
	var v value.Value
	if rest != "off" {
		if v, err = given(rest); err != nil {
			return "", err
		}
	}
	if err := s.target.Emulator.Pin(ctx, machineOf(start.Machine), snapshot.State, v); err != nil {
		return "", err
	}
	if rest == "off" {
		return snapshot.State + " is called again", nil
	}
	return snapshot.State + " is answered with this from now on; :mock off ends that", nil
}

func (s *Session) consoleForward(ctx context.Context, key threadKey, _ string) (string, error) {
	snapshot, err := s.debugger().Snapshot(key.execution, key.frame)
	if err != nil {
		return "", err
	}
	if snapshot.Type == "Wait" && (snapshot.Phase == machine.Working || snapshot.Phase == machine.Waiting) {
		return "the wait is skipped", s.override(ctx, key, &machine.Override{Result: snapshot.Input})
	}
	if s.debugger().Execution(key.execution) == nil {
		return "the pause is over", s.target.Emulator.SkipSleep(ctx, key.execution, key.frame)
	}
	if snapshot.Due == 0 {
		return "", emulator.ErrNotSleeping
	}
	em, until := s.target.Emulator, s.context // it is held until the execution goes on
	go func() { _ = em.SkipSleep(until, key.execution, key.frame) }()
	return "the pause ends as soon as the execution goes on", nil
}

func (s *Session) consoleFork(ctx context.Context, key threadKey, rest string) (string, error) {
	var input value.Value
	if rest != "" {
		var err error
		if input, err = given(rest); err != nil {
			return "", err
		}
	}
	arn, err := s.debugger().Fork(ctx, key.execution, input)
	if err != nil {
		return "", err
	}
	return "started " + arn, nil
}
