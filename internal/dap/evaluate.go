package dap

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/google/go-dap"

	"github.com/aslocal/aslocal/internal/expression"
	"github.com/aslocal/aslocal/value"
)

// This file evaluates what people type or point at, and completes what they type.

func (s *Session) evaluate(ctx context.Context, in *dap.EvaluateArguments) (any, error) {
	text := strings.TrimSpace(in.Expression)
	key, err := s.frame(in.FrameId)
	if strings.HasPrefix(text, ":") && (in.Context == "repl" || in.Context == "") {
		if err != nil && !strings.HasPrefix(text, ":help") {
			return nil, err
		}
		said, err := s.console(ctx, key.threadKey, text)
		if err != nil {
			return nil, err
		}
		return &dap.EvaluateResponseBody{Result: said, Type: "command"}, nil
	}
	if err != nil {
		return nil, err
	}
	v, err := s.value(ctx, key.threadKey, text)
	if err != nil {
		return nil, err
	}
	body := &dap.EvaluateResponseBody{Result: shownValue(v), Type: v.Kind().String()}
	if in.Context == "clipboard" {
		body.Result = v.String()
	}
	if v.Kind() == value.Object || v.Kind() == value.Array {
		body.VariablesReference = s.nodes.id(&node{thread: key.threadKey, value: v})
		body.NamedVariables, body.IndexedVariables = counts(v)
	}
	return body, nil
}

// value evaluates an expression, which may stand as in a definition: "{% … %}". A name
// alone is that of a variable.
func (s *Session) value(ctx context.Context, key threadKey, text string) (value.Value, error) {
	text = strings.TrimSpace(strings.Trim(text, `"`))
	if inner, ok := strings.CutPrefix(text, "{%"); ok {
		text = strings.TrimSpace(strings.TrimSuffix(inner, "%}"))
	}
	if text == "" {
		return value.Value{}, errors.New("expected an expression")
	}
	if plainName.MatchString(text) {
		if v, err := s.debugger().Evaluate(ctx, key.execution, key.frame, expression.JSONata, "$"+text); err == nil && v.Exists() {
			return v, nil
		}
	}
	v, err := s.debugger().Evaluate(ctx, key.execution, key.frame, "", text)
	if err != nil {
		message, at := expression.Place(text, err)
		if at >= 0 {
			message = fmt.Sprintf("character %d: %s", at+1, message)
		}
		return v, errors.New(message)
	}
	if !v.Exists() {
		return v, expression.ErrNothing
	}
	return v, nil
}

var plainName = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]*$`)

// completions continue what is typed in the console.
func (s *Session) completions(ctx context.Context, in *dap.CompletionsArguments) (any, error) {
	body := &dap.CompletionsResponseBody{Targets: []dap.CompletionItem{}}
	runes := []rune(in.Text)
	column := min(max(in.Column+s.firstColumn-1, 0), len(runes))
	typed := string(runes[:column])
	add := func(kind dap.CompletionItemType, prefix string, names ...string) {
		for _, name := range names {
			if strings.HasPrefix(name, prefix) && name != prefix && len(body.Targets) < maxCompletions {
				body.Targets = append(body.Targets, dap.CompletionItem{Label: name, Type: kind, Start: column - len([]rune(prefix)) + 1 - s.firstColumn, Length: len([]rune(prefix))})
			}
		}
	}
	if rest, ok := strings.CutPrefix(typed, ":"); ok {
		if state, ok := strings.CutPrefix(rest, "goto "); ok {
			add("value", strings.TrimLeft(state, " "), s.stateNames()...)
		} else if !strings.Contains(rest, " ") {
			for _, c := range consoleCommands {
				add("keyword", typed, ":"+c.name)
			}
		}
		return body, nil
	}
	path := pathBefore.FindString(typed)
	base, name := "", path
	if i := strings.LastIndexByte(path, '.'); i >= 0 {
		base, name = path[:i], path[i+1:]
	}
	key, err := s.frame(in.FrameId)
	if err != nil {
		return body, nil
	}
	if base == "" {
		names := []string{"$states"}
		if snapshot, err := s.debugger().Snapshot(key.execution, key.frame); err == nil {
			for name := range snapshot.Variables.Members() {
				names = append(names, "$"+name)
			}
		}
		slices.Sort(names)
		add("variable", name, names...)
		return body, nil
	}
	if base == "$states" {
		add("property", name, "context", "errorOutput", "input", "result")
		return body, nil
	}
	if v, err := s.debugger().Evaluate(ctx, key.execution, key.frame, "", base); err == nil && v.Kind() == value.Object {
		for member := range v.Members() {
			add("property", name, member)
		}
	}
	return body, nil
}

const maxCompletions = 200

// pathBefore is the path that ends where something is completed.
var pathBefore = regexp.MustCompile(`[$A-Za-z0-9_.\[\]]*$`)

// stateNames are those of the workflow that was stopped last.
func (s *Session) stateNames() (names []string) {
	source, err := s.sourceOf(s.last.execution)
	if err != nil {
		return nil
	}
	for _, spot := range source.spots {
		if spot.field == "" {
			names = append(names, spot.state)
		}
	}
	return names
}
