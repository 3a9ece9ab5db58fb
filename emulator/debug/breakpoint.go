package debug

import (
	"context"
	"fmt"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/aslocal/aslocal/asl/machine"
	"github.com/aslocal/aslocal/internal/expression"
	"github.com/aslocal/aslocal/value"
)

// This file has breakpoints, and when one is met.

// A Kind says what a breakpoint looks at.
type Kind string

// The kinds.
const (
	AtState    Kind = "state"    // a state, or a field of it
	AtResource Kind = "resource" // a Task that calls a resource
	AtVariable Kind = "variable" // a variable was assigned
	AtPayload  Kind = "payload"  // what a JSON pointer finds in the payload has changed
	AtFailure  Kind = "failure"  // a state has failed
)

// A Breakpoint says where executions stop. Names may be globs: "Charge*".
type Breakpoint struct {
	ID        int    `json:"id"` // given by the debugger
	Kind      Kind   `json:"kind"`
	Machine   string `json:"machine,omitempty"`   // name of the state machine, whose Map Runs are meant, too; "" for all
	Execution string `json:"execution,omitempty"` // ARN; "" for all

	State    string `json:"state,omitempty"`    // AtState: name, or JSON pointer in the definition
	Field    string `json:"field,omitempty"`    // AtState: "Arguments", "Assign", "Output", "Choices/1", "Retry/0", "Catch/0"; "" for the state itself
	Resource string `json:"resource,omitempty"` // AtResource: "lambda:charge-card", or the text of Resource
	Variable string `json:"variable,omitempty"` // AtVariable: name without $
	Pointer  string `json:"pointer,omitempty"`  // AtPayload: JSON pointer into the payload

	Uncaught bool     `json:"uncaught,omitempty"` // AtFailure: nobody takes it
	Caught   bool     `json:"caught,omitempty"`   // AtFailure: a Catcher takes it
	Retried  bool     `json:"retried,omitempty"`  // AtFailure: a Retrier takes it
	Errors   []string `json:"errors,omitempty"`   // AtFailure: names of errors; none for all

	Condition string `json:"condition,omitempty"` // JSONata, or a JSONPath that begins with $. or $$; stops where it is true
	Hit       string `json:"hit,omitempty"`       // "5", ">= 5", "% 5": which times it stops, counted over all executions
	Log       string `json:"log,omitempty"`       // a text with {expressions}: it is printed, and nothing stops
	Disabled  bool   `json:"disabled,omitempty"`

	Problem string `json:"problem,omitempty"` // why it cannot work; "" if it can
	Hits    int    `json:"hits"`              // how often it was met

	condition *expression.Expression
	log       []logPart
}

// prepare compiles what the breakpoint says. What is wrong stands in Problem.
func (b *Breakpoint) prepare() {
	b.Problem, b.condition, b.log = "", nil, nil
	if b.Condition != "" {
		e, err := expression.Compile(LanguageOf(b.Condition), b.Condition)
		if err != nil {
			message, _ := expression.Place(b.Condition, err)
			b.Problem = "condition: " + message
			return
		}
		b.condition = e
	}
	if b.Hit != "" && !hitForm.MatchString(b.Hit) {
		b.Problem = fmt.Sprintf("hit count: expected a number, or one behind =, >, >= or %%, got %q", b.Hit)
		return
	}
	if b.Log != "" {
		parts, err := parseLog(b.Log)
		if err != nil {
			b.Problem = "log message: " + err.Error()
			return
		}
		b.log = parts
	}
	for _, pattern := range append([]string{b.Machine, b.State, b.Resource}, b.Errors...) {
		if _, err := path.Match(pattern, ""); err != nil {
			b.Problem = fmt.Sprintf("%q is not a pattern: [ needs a ]", pattern)
		}
	}
	if b.Problem == "" {
		b.Problem = b.missing()
	}
}

// missing says which field the kind of breakpoint needs.
func (b *Breakpoint) missing() string {
	switch {
	case b.Kind == AtState && b.State == "":
		return "a breakpoint at a state needs its name or pointer"
	case b.Kind == AtResource && b.Resource == "":
		return "a breakpoint at a resource needs one, as lambda:charge-card"
	case b.Kind == AtVariable && b.Variable == "":
		return "a breakpoint at a variable needs its name"
	case b.Kind == AtFailure && !b.Uncaught && !b.Caught && !b.Retried:
		return "a breakpoint at failures needs uncaught, caught or retried"
	case !slices.Contains([]Kind{AtState, AtResource, AtVariable, AtPayload, AtFailure}, b.Kind):
		return fmt.Sprintf("kind: expected state, resource, variable, payload or failure, got %q", b.Kind)
	}
	return ""
}

// LanguageOf tells the language of an expression that somebody types: JSONPath if
// it begins with a path of the payload or of the context object, an intrinsic
// function by its name, else JSONata.
func LanguageOf(text string) expression.Language {
	text = strings.TrimSpace(text)
	switch {
	case strings.HasPrefix(text, "$.") || strings.HasPrefix(text, "$[") || strings.HasPrefix(text, "$$"):
		return expression.JSONPath
	case strings.HasPrefix(text, "States."):
		return expression.Intrinsic
	}
	return expression.JSONata
}

var hitForm = regexp.MustCompile(`^\s*(=|>|>=|%)?\s*([1-9][0-9]{0,8})\s*$`)

// counts reports whether the nth time counts.
func (b *Breakpoint) counts(n int) bool {
	form := hitForm.FindStringSubmatch(b.Hit)
	if form == nil {
		return true
	}
	of, _ := strconv.Atoi(form[2])
	switch form[1] {
	case ">":
		return n > of
	case ">=":
		return n >= of
	case "%":
		return n%of == 0
	}
	return n == of
}

// concerns reports whether the breakpoint may be met by an execution.
func (b *Breakpoint) concerns(start *machine.Start) bool {
	of, _, _ := strings.Cut(start.Machine, "/") // a child of a Map Run has the label behind it
	return !b.Disabled && b.Problem == "" && (b.Execution == "" || b.Execution == start.ARN) && (b.Machine == "" || match(b.Machine, start.Machine) || match(b.Machine, of))
}

// match reports whether a name fits a glob, or is it.
func match(glob, name string) bool {
	ok, err := path.Match(glob, name)
	return glob == name || err == nil && ok
}

// A logPart is a text, or an expression whose value stands in its place.
type logPart struct {
	text string
	expr *expression.Expression
}

// parseLog takes a log message apart.
func parseLog(text string) (parts []logPart, err error) {
	for text != "" {
		open := strings.IndexByte(text, '{')
		if open < 0 {
			return append(parts, logPart{text: text}), nil
		}
		end := closing(text[open:])
		if end < 0 {
			return nil, fmt.Errorf("the { at character %d is not closed", open+1)
		}
		inner := text[open+1 : open+end]
		e, err := expression.Compile(LanguageOf(inner), inner)
		if err != nil {
			message, _ := expression.Place(inner, err)
			return nil, fmt.Errorf("{%s}: %s", inner, message)
		}
		parts = append(parts, logPart{text: text[:open]}, logPart{text: inner, expr: e})
		text = text[open+end+1:]
	}
	return parts, nil
}

// closing is where the brace that a text begins with is closed, -1 if nowhere.
func closing(text string) int {
	depth := 0
	for i := range len(text) {
		switch text[i] {
		case '{':
			depth++
		case '}':
			if depth--; depth == 0 {
				return i
			}
		}
	}
	return -1
}

// message fills the log message in.
func (b *Breakpoint) message(s *expression.Scope) string {
	var out strings.Builder
	for _, p := range b.log {
		if p.expr == nil {
			out.WriteString(p.text)
			continue
		}
		v, err := p.expr.Eval(context.Background(), s)
		switch {
		case err != nil:
			out.WriteString("{" + p.text + ": " + err.Error() + "}")
		case v.Kind() == value.String:
			out.WriteString(v.Text())
		default:
			out.WriteString(v.String())
		}
	}
	return out.String()
}

// holds reports whether the condition is true; an expression that fails is not.
func (b *Breakpoint) holds(s *expression.Scope) bool {
	if b.condition == nil {
		return true
	}
	v, err := b.condition.Eval(context.Background(), s)
	return err == nil && v.Kind() == value.Bool && v.Bool()
}
