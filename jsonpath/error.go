package jsonpath

import (
	"fmt"

	"github.com/aslocal/aslocal/value"
)

// This file holds every message of the package. The words are Jayway's where
// Jayway has any, because the service shows them ("Invalid path '$.a.b' :
// Missing property in path $['a']", recorded).

// SyntaxError says why a text is not a path.
type SyntaxError struct {
	Text    string // the whole path
	Offset  int    // in bytes, of the place where reading stopped
	Message string
}

// Error returns the message and the path.
func (e *SyntaxError) Error() string { return fmt.Sprintf("%s in path '%s'", e.Message, e.Text) }

// NotFoundError says that a path leads nowhere in the document.
type NotFoundError struct{ Message string }

// Error returns the message.
func (e *NotFoundError) Error() string { return e.Message }

// EvalError says that a path cannot be evaluated on the document: a filter
// meets a value that it cannot be applied to, a function has nothing to work
// on, or a limit is reached.
type EvalError struct{ Message string }

// Error returns the message.
func (e *EvalError) Error() string { return e.Message }

// ConflictError says that Set cannot write, because something on the way is of
// the wrong kind.
type ConflictError struct {
	Path string // normalized, of the place
	Want string
	Got  string
}

// Error names the place, what was expected there and what was found.
func (e *ConflictError) Error() string {
	return fmt.Sprintf("%s: expected %s, got %s", e.Path, e.Want, e.Got)
}

// A failure is what stops an evaluation. Most of them are caught by the filter
// that they happen in and never shown, so the message is made on demand.
type failure struct {
	class   class
	message func() string
}

// class tells failures apart as Jayway's exceptions are: an operand of a filter
// that is missing is undefined, a filter that is invalid does not match, and
// what is broken goes up.
type class uint8

const (
	missing class = iota // PathNotFoundException
	invalid              // InvalidPathException, while evaluating
	broken               // JsonPathException and others
)

// export returns the failure as the error that callers see.
func (f *failure) export() error {
	if f.class == missing {
		return &NotFoundError{Message: f.message()}
	}
	return &EvalError{Message: f.message()}
}

func noResults(path string) string { return "No results for path: " + path }

func (p *Path) noResults(steps int) *failure {
	return &failure{missing, func() string { return noResults(p.normalized(steps)) }}
}

func (p *Path) missingProperty(steps int) *failure {
	return &failure{missing, func() string { return "Missing property in path " + p.normalized(steps) }}
}

// notObject fails at step i, which selects members of v, an array or scalar.
func (p *Path) notObject(i int, v value.Value) *failure {
	return &failure{missing, func() string {
		return fmt.Sprintf("Expected to find an object with property %s in path %s but found '%s'. "+
			"This is not a json object according to the JsonProvider: 'com.jayway.jsonpath.spi.json.JsonSmartJsonProvider'.",
			p.steps[i].fragment(), p.normalized(i), javaClass(v))
	}}
}

// notArray fails at step i, which selects items of v, an object or scalar.
func (p *Path) notArray(i int, v value.Value) *failure {
	return &failure{missing, func() string {
		if v.IsNull() {
			return "The path " + p.normalized(i) + " is null"
		}
		return fmt.Sprintf("Filter: %s can only be applied to arrays. Current context is: %s", p.steps[i].fragment(), javaText(v))
	}}
}

// notFilterable fails at a filter that is applied to v, a scalar.
func notFilterable(v value.Value) *failure {
	return &failure{invalid, func() string {
		return "Filter: [?] can not be applied to primitives. Current context is: " + javaText(v)
	}}
}

// These need no details.
var (
	notAList      = &failure{invalid, func() string { return "Expected value list node" }}
	notABoolean   = &failure{invalid, func() string { return "Expected boolean node" }}
	notAClass     = &failure{invalid, func() string { return "Expected class node" }}
	notAPredicate = &failure{invalid, func() string { return "Expected predicate node" }}
	notEmptiable  = breakdown("operator empty: expected a string or an array, got an object")
	noNumbers     = breakdown("Aggregation function attempted to calculate value using empty array")
	notFinite     = breakdown("Aggregation function calculated a value out of range")
	tooMuchWork   = breakdown("path visits more than %d values", maxWork)
	tooManyFound  = breakdown("path finds more than %d values", maxFound)
	slowPattern   = breakdown("regular expression takes longer than %v", patternTime)
)

func breakdown(format string, args ...any) *failure {
	return &failure{broken, func() string { return fmt.Sprintf(format, args...) }}
}

func noFunction(name string) *failure {
	return &failure{invalid, func() string { return "Function with name: " + name + " does not exist." }}
}

func noTarget(index, length int) *failure {
	if index >= 0 {
		return breakdown("Index %d out of bounds for length %d", index, length)
	}
	return breakdown("Target index:%d larger than object count:%d", index, length)
}

func syntaxError(text string, offset int, format string, args ...any) *SyntaxError {
	return &SyntaxError{Text: text, Offset: min(offset, len(text)), Message: fmt.Sprintf(format, args...)}
}
