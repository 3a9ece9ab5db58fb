package dap

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/google/go-dap"

	"github.com/aslocal/aslocal/asl/machine"
	"github.com/aslocal/aslocal/emulator/debug"
	"github.com/aslocal/aslocal/internal/position"
	"github.com/aslocal/aslocal/value"
)

// This file shows data as scopes and variables, and changes it.

// A part is what a scope shows.
type part uint8

const (
	partOther part = iota // cannot be changed
	partInput
	partResult
	partOutput
	partVariables
)

// A node is a value that has members or items.
type node struct {
	thread threadKey
	part   part
	path   []string    // from the value of the part
	value  value.Value // an object or an array
}

var errNoVariable = errors.New("the variable is known no more: the execution has gone on")

// scopes are the data of a state.
func (s *Session) scopes(_ context.Context, in *dap.ScopesArguments) (any, error) {
	key, err := s.frame(in.FrameId)
	if err != nil {
		return nil, err
	}
	b := &scopeList{session: s, thread: key.threadKey, body: &dap.ScopesResponseBody{Scopes: []dap.Scope{}}}
	if key.whole {
		return b.body, s.executionScopes(b)
	}
	snapshot, err := s.debugger().Snapshot(key.execution, key.frame)
	if err != nil {
		return nil, err
	}
	b.add("Input", partInput, snapshot.Input)
	if snapshot.Result.Exists() {
		b.add("Result", partResult, snapshot.Result)
	}
	if snapshot.Output.Exists() {
		b.add("Output", partOutput, snapshot.Output)
	}
	b.add("Arguments", partOther, snapshot.Arguments)
	b.add("Variables", partVariables, orEmpty(snapshot.Variables))
	b.add("Data flow", partOther, dataFlow(snapshot))
	b.expensive = true
	b.add("Context", partOther, snapshot.Context)
	b.add("Retry", partOther, retryOf(snapshot))
	b.add("History", partOther, s.history(key.execution))
	if source, err := s.sourceOf(key.execution); err == nil {
		b.add("State", partOther, position.ValueAt(source.definition.Root, snapshot.Pointer))
	}
	return b.body, nil
}

// executionScopes are the data of an execution as a whole.
func (s *Session) executionScopes(b *scopeList) error {
	arn := b.thread.execution
	start, status, err := s.debugger().Started(arn)
	if err != nil {
		return err
	}
	facts := value.OfMembers("executionArn", value.OfString(arn), "status", value.OfString(status.String()), "stateMachine", value.OfString(start.MachineARN))
	if x, err := s.target.Emulator.Execution(arn); err == nil {
		if input, err := value.Parse(x.Input); err == nil {
			b.add("Input", partOther, input)
		}
		if output, err := value.Parse(x.Output); err == nil {
			b.add("Output", partOther, output)
		}
		if x.Error != "" || x.Cause != "" {
			facts = facts.With("error", value.OfString(x.Error)).With("cause", value.OfString(x.Cause))
		}
	}
	b.add("Execution", partOther, facts)
	b.expensive = true
	b.add("History", partOther, s.history(arn))
	return nil
}

// A scopeList collects scopes.
type scopeList struct {
	session   *Session
	thread    threadKey
	body      *dap.ScopesResponseBody
	expensive bool
}

// add adds a scope. A value that has no members is one of itself.
func (b *scopeList) add(name string, p part, v value.Value) {
	if !v.Exists() {
		return
	}
	if v.Kind() != value.Object && v.Kind() != value.Array {
		v = value.OfMembers(whole, v)
	}
	scope := dap.Scope{Name: name, Expensive: b.expensive, VariablesReference: b.session.nodes.id(&node{thread: b.thread, part: p, value: v})}
	scope.NamedVariables, scope.IndexedVariables = counts(v)
	if name == "Arguments" {
		scope.PresentationHint = "arguments"
	}
	if name == "Variables" {
		scope.PresentationHint = "locals"
	}
	b.body.Scopes = append(b.body.Scopes, scope)
}

// whole is the name of the one variable of a scope whose value has no members.
const whole = "(value)"

// counts are how many members and items a value has.
func counts(v value.Value) (named, indexed int) {
	switch v.Kind() {
	case value.Object:
		return v.Len(), 0
	case value.Array:
		return 0, v.Len()
	}
	return 0, 0
}

// dataFlow is the way of the data through the step that comes next.
func dataFlow(s *debug.Snapshot) value.Value {
	var b value.ObjectBuilder
	for _, p := range s.Phases {
		v := p.Data
		if !v.Exists() {
			v = value.OfString("")
		}
		b.Set(p.Name, v)
	}
	if len(s.Phases) == 0 {
		return value.Value{}
	}
	if s.Next != "" {
		b.Set("next state", value.OfString(s.Next))
	}
	return b.Value()
}

// retryOf is how the state has failed, and what comes of it.
func retryOf(s *debug.Snapshot) value.Value {
	var b value.ObjectBuilder
	b.Set("attempts before", value.OfInt(int64(s.Attempts)))
	if s.Due > 0 {
		b.Set("waits until", value.OfString(time.UnixMilli(s.Due).UTC().Format(timeForm)))
	}
	if s.Failure != nil {
		b.Set("error", s.Failure.Name)
		b.Set("cause", s.Failure.Cause)
		b.Set("taken by", value.OfString(takerText(&s.Taker)))
	}
	for _, p := range s.Phases {
		if strings.HasPrefix(p.Field, "Retry/") {
			b.Set("next", value.OfString(p.Name))
		}
	}
	if s.Edited {
		b.Set("edited", value.OfBool(true))
	}
	return b.Value()
}

const timeForm = "2006-01-02T15:04:05.000Z"

// maxHistory is how many events are shown.
const maxHistory = 50

// history are the last events of an execution before the moment at which it is looked at.
func (s *Session) history(arn string) value.Value {
	limit := int64(-1)
	if stop := s.debugger().Execution(arn); stop != nil && stop.Past {
		limit = stop.Records
	}
	var last []machine.Event
	err := s.debugger().Records(arn, func(number int64, e *machine.Event) bool {
		if limit >= 0 && number > limit {
			return false
		}
		if len(last) == maxHistory {
			last = slices.Delete(last, 0, 1)
		}
		last = append(last, *e)
		return true
	})
	if err != nil {
		return value.Value{}
	}
	var b value.ObjectBuilder
	for i := range slices.Backward(last) {
		e := &last[i]
		name := e.Type.String()
		if e.State != "" {
			name += " " + e.State
		}
		if e.ID != 0 {
			name = fmt.Sprintf("#%d %s", e.ID, name)
		} else {
			name = fmt.Sprintf("(%d) %s", i, name)
		}
		b.Set(name, eventValue(e))
	}
	return b.Value()
}

// eventValue is what an event says.
func eventValue(e *machine.Event) value.Value {
	var b value.ObjectBuilder
	b.Set("at", value.OfString(time.UnixMilli(e.At).UTC().Format(timeForm)))
	if e.Doc.Exists() {
		b.Set("data", e.Doc)
	}
	if e.Assigned.Exists() {
		b.Set("assigned", e.Assigned)
	}
	if f := e.Failure; f != nil {
		b.Set("error", f.Name)
		b.Set("cause", f.Cause)
	}
	if e.Next != "" {
		b.Set("next", value.OfString(e.Next))
	}
	return b.Value()
}

// variables are the members or items of a value.
func (s *Session) variables(_ context.Context, in *dap.VariablesArguments) (any, error) {
	n, ok := s.nodes.of(in.VariablesReference)
	if !ok {
		return nil, errNoVariable
	}
	body := &dap.VariablesResponseBody{Variables: []dap.Variable{}}
	if in.Filter == "indexed" && n.value.Kind() != value.Array || in.Filter == "named" && n.value.Kind() != value.Object {
		return body, nil
	}
	first := min(max(in.Start, 0), n.value.Len())
	last := n.value.Len()
	if in.Count > 0 {
		last = min(last, first+in.Count)
	}
	last = min(last, first+maxVariables)
	for i := first; i < last; i++ {
		name, v := strconv.Itoa(i), value.Value{}
		if n.value.Kind() == value.Array {
			v = n.value.Index(i)
		} else {
			name, v = n.value.Member(i)
		}
		body.Variables = append(body.Variables, s.variable(n, name, v))
	}
	return body, nil
}

// maxVariables is how many are told at once.
const maxVariables = 10_000

// variable is a member or item of a node.
func (s *Session) variable(n *node, name string, v value.Value) dap.Variable {
	shown := dap.Variable{Name: name, Value: shownValue(v), Type: v.Kind().String(), EvaluateName: n.expression(name)}
	if v.Kind() == value.Object || v.Kind() == value.Array {
		shown.VariablesReference = s.nodes.id(&node{n.thread, n.part, append(slices.Clone(n.path), name), v})
		shown.NamedVariables, shown.IndexedVariables = counts(v)
	}
	if n.part == partOther {
		shown.PresentationHint = &dap.VariablePresentationHint{Attributes: []string{"readOnly"}}
	}
	return shown
}

// maxShown is how long the text of a value is at most.
const maxShown = 400

func shownValue(v value.Value) string {
	switch v.Kind() {
	case value.Object, value.Array:
		text := v.String()
		if len(text) <= maxShown {
			return text
		}
		return fmt.Sprintf("%s… (%d)", strings.ToValidUTF8(text[:maxShown/2], ""), v.Len())
	}
	return v.String()
}

// expression is one in JSONata that gives a member or item, "" if there is none.
func (n *node) expression(name string) string {
	path := append(slices.Clone(n.path), name)
	var text string
	switch n.part {
	case partInput:
		text = "$states.input"
	case partResult:
		text = "$states.result"
	case partVariables:
		text, path = "$"+path[0], path[1:]
	default:
		return ""
	}
	for _, one := range path {
		if one == whole {
			continue
		}
		if _, err := strconv.Atoi(one); err == nil {
			text += "[" + one + "]"
		} else {
			text += "." + jsonataName(one)
		}
	}
	return text
}

// jsonataName is a name as JSONata has it, in backquotes if it must.
func jsonataName(name string) string {
	for i, c := range name {
		if letter := 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || c == '_'; !letter && (i == 0 || c < '0' || c > '9') {
			return "`" + name + "`"
		}
	}
	return name
}

func (s *Session) setVariable(ctx context.Context, in *dap.SetVariableArguments) (any, error) {
	n, ok := s.nodes.of(in.VariablesReference)
	if !ok {
		return nil, errNoVariable
	}
	v, err := s.change(ctx, n.thread, n.part, append(slices.Clone(n.path), in.Name), in.Value)
	if err != nil {
		return nil, err
	}
	shown := s.variable(n, in.Name, v)
	return &dap.SetVariableResponseBody{
		Value: shown.Value, Type: shown.Type, VariablesReference: shown.VariablesReference, NamedVariables: shown.NamedVariables, IndexedVariables: shown.IndexedVariables,
	}, nil
}

// setExpression changes what a path names: $name, $states.input.a, $.a[0].
func (s *Session) setExpression(ctx context.Context, in *dap.SetExpressionArguments) (any, error) {
	key, err := s.frame(in.FrameId)
	if err != nil {
		return nil, err
	}
	p, path, err := parsePath(in.Expression)
	if err != nil {
		return nil, err
	}
	v, err := s.change(ctx, key.threadKey, p, path, in.Value)
	if err != nil {
		return nil, err
	}
	return &dap.SetExpressionResponseBody{Value: shownValue(v), Type: v.Kind().String()}, nil
}

// parsePath takes the path to data apart that can be changed.
func parsePath(text string) (p part, path []string, err error) {
	text = strings.TrimSpace(text)
	rest := text
	switch {
	case strings.HasPrefix(text, "$states.input"):
		p, rest = partInput, text[len("$states.input"):]
	case strings.HasPrefix(text, "$states.result"):
		p, rest = partResult, text[len("$states.result"):]
	case text == "$" || strings.HasPrefix(text, "$.") || strings.HasPrefix(text, "$["):
		p, rest = partInput, text[1:]
	case strings.HasPrefix(text, "$") && !strings.HasPrefix(text, "$$") && !strings.HasPrefix(text, "$states"):
		p, rest = partVariables, "."+text[1:]
	default:
		return 0, nil, fmt.Errorf("%q cannot be changed; variables ($name), $states.input and $.path can", text)
	}
	rest = strings.ReplaceAll(strings.ReplaceAll(rest, "[", "."), "]", "")
	for i, name := range strings.Split(rest, ".") {
		name = strings.Trim(name, "`'\"")
		switch {
		case i == 0 && name == "":
		case name == "" || strings.ContainsAny(name, "()*?{} "):
			return 0, nil, fmt.Errorf("%q is no path of names and indices", text)
		default:
			path = append(path, name)
		}
	}
	return p, path, nil
}

// change puts a value, which is JSON or an expression, in its place.
func (s *Session) change(ctx context.Context, key threadKey, p part, path []string, text string) (value.Value, error) {
	v, err := value.Parse(text)
	if err != nil {
		if v, err = s.debugger().Evaluate(ctx, key.execution, key.frame, "", text); err != nil {
			return v, fmt.Errorf("expected JSON or an expression: %w", err)
		}
		if !v.Exists() {
			return v, fmt.Errorf("%q gives no value", text)
		}
	}
	snapshot, err := s.debugger().Snapshot(key.execution, key.frame)
	if err != nil {
		return v, err
	}
	o := &machine.Override{}
	var of *value.Value
	switch p {
	case partInput:
		o.Input, of = snapshot.Input, &o.Input
	case partResult:
		o.Result, of = snapshot.Result, &o.Result
	case partOutput:
		o.Output, of = snapshot.Output, &o.Output
	case partVariables:
		if len(path) == 0 {
			return v, errors.New("expected the name of a variable")
		}
		if path[0] == "states" {
			return v, errors.New("$states is no variable")
		}
		o.Variables = value.OfMembers(path[0], orEmpty(snapshot.Variables.Get(path[0])))
		of = &o.Variables
	default:
		return v, errors.New("this can be looked at, and not changed; the input, the result, the output and variables can")
	}
	if *of, err = replaced(*of, path, v); err != nil {
		return v, err
	}
	if size := of.Size(); size > machine.MaxPayload {
		return v, fmt.Errorf("expected at most %d bytes, got %d", machine.MaxPayload, size)
	}
	return v, s.override(ctx, key, o)
}

// orEmpty is a value, or the empty object where there is none.
func orEmpty(v value.Value) value.Value {
	if v.Exists() {
		return v
	}
	return value.EmptyObject
}

// override changes an execution. That it stands elsewhere then is told by the debugger.
func (s *Session) override(ctx context.Context, key threadKey, o *machine.Override) error {
	return s.debugger().Change(ctx, key.execution, key.frame, o)
}

// replaced is a value in which another one stands at the end of a path.
func replaced(v value.Value, path []string, by value.Value) (value.Value, error) {
	if len(path) == 0 || path[0] == whole && v.Kind() != value.Object {
		return by, nil
	}
	switch v.Kind() {
	case value.Object:
		inner, err := replaced(v.Get(path[0]), path[1:], by)
		if err != nil {
			return v, err
		}
		return v.With(path[0], inner), nil
	case value.Array:
		i, err := strconv.Atoi(path[0])
		if err != nil || i < 0 || i >= v.Len() {
			return v, fmt.Errorf("expected an index below %d, got %q", v.Len(), path[0])
		}
		inner, err := replaced(v.Index(i), path[1:], by)
		if err != nil {
			return v, err
		}
		return v.WithIndex(i, inner), nil
	}
	return v, fmt.Errorf("%q: expected an object or an array, got %s", cmp.Or(path[0], "the value"), v.Kind())
}

// pointerTo is the JSON pointer of a path.
func pointerTo(path []string) string {
	var b strings.Builder
	for _, name := range path {
		if name != whole {
			b.WriteString("/" + position.Escape(name))
		}
	}
	return b.String()
}
