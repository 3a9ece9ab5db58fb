package asl

import (
	"errors"
	"slices"
	"strings"
	"sync"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/aslocal/aslocal/jsonata"
	"github.com/aslocal/aslocal/value"
)

// This file has the expressions in the fields of JSONata states, and their checks.
// Spec: "JSONata".

// isExpression reports whether a string is a JSONata expression: it begins with
// {% and ends with %}.
func isExpression(s string) bool {
	return len(s) >= len("{%%}") && strings.HasPrefix(s, "{%") && strings.HasSuffix(s, "%}")
}

// ExpressionText returns the JSONata expression in a string of the form
// "{% … %}", without the blanks around it; ok is false for any other string.
func ExpressionText(s string) (text string, ok bool) {
	if !isExpression(s) {
		return "", false
	}
	return expressionText(s), true
}

// expressionText returns what stands between the delimiters.
func expressionText(s string) string {
	return strings.TrimSpace(s[len("{%") : len(s)-len("%}")])
}

// Expression returns an expression of the state, as ExpressionText returns its
// text, compiled by CompileExpression. Each text of a definition is compiled
// once, however many states have it and however often it is asked for; many
// goroutines may ask at the same time. The error is a *jsonata.Error.
func (s *State) Expression(text string) (*jsonata.Expr, error) { return s.compiled.get(text) }

// expressions are the compiled expressions of a definition, by text.
type expressions struct {
	mu   sync.Mutex
	made map[string]expression
}

type expression struct {
	expr *jsonata.Expr
	err  error
}

// get compiles a text, unless it has been compiled before. A State that is not part
// of a Definition has a nil set, which keeps nothing.
func (e *expressions) get(text string) (*jsonata.Expr, error) {
	if e == nil {
		return CompileExpression(text)
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	made, ok := e.made[text]
	if !ok {
		made.expr, made.err = CompileExpression(text)
		if e.made == nil {
			e.made = make(map[string]expression)
		}
		e.made[text] = made
	}
	return made.expr, made.err
}

// jsonataFields are the fields whose strings, at any depth, may be
// expressions; fields of Choice rules and Catchers may be, too. Comments are not
// (F-151).
var jsonataFields = []string{
	"Arguments", "Output", "Assign", "Credentials",
	"Seconds", "Timestamp", "TimeoutSeconds", "HeartbeatSeconds", "Error", "Cause",
	"Items", "ItemSelector", "MaxConcurrency", "ToleratedFailureCount", "ToleratedFailurePercentage",
	"ItemReader", "ItemBatcher", "ResultWriter",
}

// ExpressionFields returns the names of the fields of states whose texts, at any
// depth, may be expressions.
func ExpressionFields() []string { return jsonataFields }

// checkExpressions checks every expression of a JSONata state.
func (c *checker) checkExpressions(s *State) {
	s.expressions(func(at *place, text string) {
		switch {
		case halfDelimited(text):
			c.report(at, notAnExpression())
			return
		case !isExpression(text):
			if isExpression(strings.TrimSpace(text)) {
				c.report(at, paddedExpression())
			}
			return
		}
		expr, err := s.Expression(expressionText(text))
		if err != nil {
			c.reportPart(at, at, faultyToken(text, err), badExpression(err))
			return
		}
		for _, r := range expr.References() {
			c.checkReference(s, at, text, r)
		}
	})
}

// faultyToken returns the part of a field's text at which its expression does not
// compile.
func faultyToken(text string, err error) part {
	bad := new(jsonata.Error)
	if !errors.As(err, &bad) || bad.Position == 0 || len(text) > maxSought {
		return part{}
	}
	end := expressionOffset(text, bad.Position)
	if bad.Token != "" && strings.HasSuffix(text[:end], bad.Token) {
		return part{end - len(bad.Token), end}
	}
	_, n := utf8.DecodeLastRuneInString(text[:end])
	return part{end - n, end}
}

// maxSought is the maximum length in bytes of a text in which a diagnostic points at
// a part, because a thousand diagnostics in a longer one would take long.
const maxSought = 1 << 14

// referencePart returns the part of a field's text that is the reference.
func referencePart(text string, r jsonata.Reference) part {
	if len(text) > maxSought {
		return part{}
	}
	end := expressionOffset(text, r.Position)
	start := end - len(r.Name)
	if start <= 0 || r.Name != "" && text[start:end] != r.Name {
		return part{}
	}
	switch r.Kind {
	case jsonata.VariableReference:
		start = strings.LastIndexByte(text[:end], '$')
	case jsonata.ContextReference:
		start = end - len("$")
	case jsonata.RootReference:
		start = end - len("$$")
	}
	return part{max(0, start), end}
}

// expressionOffset returns the offset in a field's text of a position in the
// expression in it, which counts UTF-16 code units.
func expressionOffset(text string, units int) int {
	inner := expressionText(text)
	start := strings.Index(text[len("{%"):], inner) + len("{%")
	for i, r := range inner {
		if units <= 0 {
			return start + i
		}
		units -= utf16.RuneLen(r)
	}
	return start + len(inner)
}

// checkReference checks what an expression reads. There is no input document, so it
// must not read one; $states.result and $states.errorOutput exist only where there
// is a result or an error. Spec: "JSONata", "Reserved variable: $states".
func (c *checker) checkReference(s *State, at *place, text string, r jsonata.Reference) {
	report := func(m message) {
		if !c.full() {
			c.reportPart(at, at, referencePart(text, r), m)
		}
	}
	switch r.Kind {
	case jsonata.VariableReference:
		if r.Name != reservedName || len(r.Path) == 0 {
			return
		}
		field := strings.TrimPrefix(at.pointer(), s.Pointer)
		inCatch := strings.HasPrefix(field, "/Catch/")
		if member := r.Path[0]; member == "context" && !c.o.Alone {
			checkContextNames("$states.context", r.Path[1:], report)
		}
		switch member := r.Path[0]; {
		case member == "result" && (inCatch || !s.hasResult() || !isOutcome(field)),
			member == "errorOutput" && !inCatch,
			!slices.Contains(statesMembers, member):
			report(noStatesMember(member))
		}
	case jsonata.ContextReference, jsonata.RootReference, jsonata.NameReference, jsonata.WildcardReference:
		if !r.InFunction {
			report(noInputDocument(r))
		}
	}
}

// statesMembers are the members of $states. Spec: "Reserved variable: $states".
var statesMembers = []string{"input", "result", "errorOutput", "context"}

// hasResult reports whether a state has a result of its own.
func (s *State) hasResult() bool { return s.Type == Task || s.Type == Parallel || s.Type == Map }

// isOutcome reports whether a field of a state is its Output or Assign, or
// within one.
func isOutcome(field string) bool {
	for _, name := range [...]string{"/Output", "/Assign"} {
		if field == name || strings.HasPrefix(field, name+"/") {
			return true
		}
	}
	return false
}

// jsonataNames are the names that every expression can read, without $.
var jsonataNames = sync.OnceValue(func() []string {
	names := []string{reservedName}
	for _, f := range slices.Concat(jsonataFunctions, jsonata.Builtins()) {
		names = append(names, f.Name)
	}
	return names
})

// variablesRead returns where an expression of the state reads variables of the
// state machine; nothing if it does not compile.
func (s *State) variablesRead(text string) []jsonata.Reference {
	expr, err := s.Expression(text)
	if err != nil {
		return nil
	}
	return slices.DeleteFunc(expr.References(), func(r jsonata.Reference) bool { return r.Kind != jsonata.VariableReference })
}

// expressions calls visit for every string of a JSONata state that may be an
// expression.
func (s *State) expressions(visit func(at *place, text string)) {
	if s.QueryLanguage != JSONata {
		return
	}
	fields := func(at *place, object value.Value, names ...string) {
		for _, name := range names {
			walk(at.member(name), object.Get(name), func(at *place, v value.Value) {
				if v.Kind() == value.String {
					visit(at, v.Text())
				}
			})
		}
	}
	fields(s.at, s.Fields, jsonataFields...)
	for i, r := range s.Choices {
		fields(s.at.member("Choices").item(i), r.Fields, "Condition", "Assign", "Output")
	}
	for i, k := range s.Catch {
		fields(s.at.member("Catch").item(i), k.Fields, "Assign", "Output")
	}
}

// halfDelimited reports whether a string has one of the delimiters of an expression.
func halfDelimited(s string) bool {
	return !isExpression(s) && (strings.HasPrefix(s, "{%") || strings.HasSuffix(s, "%}"))
}
