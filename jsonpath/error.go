package jsonpath

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/aslocal/aslocal/value"
)

// This file holds the messages of evaluations. The words are the engine's,
// because the service shows them ("Invalid path '$.a.b' : Missing property in
// path $['a']", recorded); where a Java exception leaves the engine they are
// ours.

// SyntaxError says why a text is not a path. The message is the engine's, as
// far as it has words of its own, without the names of Java's classes.
type SyntaxError struct {
	Text    string // the whole path
	Offset  int    // in bytes, of the place where reading stopped
	Message string
}

// Error returns the message and the path.
func (e *SyntaxError) Error() string { return fmt.Sprintf("%s in path '%s'", e.Message, e.Text) }

func syntaxError(text string, offset int, format string, args ...any) *SyntaxError {
	return &SyntaxError{Text: text, Offset: min(offset, len(text)), Message: fmt.Sprintf(format, args...)}
}

// NotFoundError says that a path leads nowhere in the document.
type NotFoundError struct{ Message string }

// Error returns the message.
func (e *NotFoundError) Error() string { return e.Message }

// EvalError says that a path cannot be evaluated on the document: an index or a
// filter meets a value that it cannot be applied to, a comparison fails, or a
// limit is reached.
type EvalError struct{ Message string }

// Error returns the message.
func (e *EvalError) Error() string { return e.Message }

// NullError says that the data of a path is null: the service does not ask the
// engine then (F-172).
type NullError struct{}

// Error returns the service's words.
func (*NullError) Error() string {
	return "Unable to apply Path transformation to null or empty input."
}

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

// What ends an evaluation without regard to a place.
const noCondition = "filter [?] has no condition"

const noPattern = "=~ expects a regular expression between slashes"

var (
	tooMuchWork  = fmt.Sprintf("path visits more than %d values", maxWork)
	tooManyFound = fmt.Sprintf("path finds more than %d values", maxFound)
	slowPattern  = fmt.Sprintf("regular expression takes longer than %v", patternTime)
)

func notANumber(text string) string { return fmt.Sprintf("filter compares a number with %q", text) }

// A fault is what can be wrong with a step.
type fault uint8

const (
	told fault = iota // the scene has the message
	noResults
	missingProperty
	notObject
	notLeaf
	isNull
	notArray
	outOfBounds
	notFilterable
)

// fail ends the walk at step i, which v is asked for. Most failures are never
// shown, so the message is made on demand.
func (w *walk) fail(end ending, fault fault, i int, v value.Value, bare bool) ending {
	w.fault, w.failed, w.at, w.bare = fault, i, v, bare
	return end
}

// message says what has ended the walk.
func (w *walk) message() string {
	place, step := w.place(), w.path.steps[w.failed].fragment()
	switch w.fault {
	case noResults:
		return "No results for path: " + place + step
	case missingProperty:
		return "Missing property in path " + place + step
	case notObject:
		return "Property " + step + " not found in path " + place
	case notLeaf:
		return "Multi properties can only be used as path leafs: " + place + step
	case isNull:
		return "The path " + place + " is null"
	case outOfBounds:
		return "Index out of bounds when evaluating path " + place + "[" + strconv.Itoa(w.outIndex) + "]"
	}
	from := w.path.fragments(w.failed, len(w.path.steps))
	if w.fault == notArray {
		return "Filter: " + from + " can only be applied to arrays. Current context is: " + w.shown()
	}
	return "Filter: " + from + " can not be applied to primitives. Current context is: " + w.shown()
}

// place returns where the walk is: $['a'][0].
func (w *walk) place() string {
	var b strings.Builder
	b.WriteByte('$')
	for _, c := range w.trail {
		if c.index == named {
			b.WriteString("['" + c.name + "']")
		} else {
			b.WriteString("[" + strconv.Itoa(c.index) + "]")
		}
	}
	return b.String()
}

// shown returns the value that the step was asked of: a node of Jackson's is
// printed as JSON, a Java object as Object.toString does.
func (w *walk) shown() string {
	if w.scene.maps || w.bare && w.at.Kind() == value.String || w.at.Kind() == value.Number {
		return string(appendJava(nil, w.at))
	}
	return w.at.String()
}

// appendJava appends what Object.toString returns for a value: {a=1, b=x} for a
// map, the bare content of a string; but a list is one that prints as JSON.
func appendJava(dst []byte, v value.Value) []byte {
	switch v.Kind() {
	case value.String:
		return append(dst, v.Text()...)
	case value.Number:
		return append(dst, value.JavaNumber(v)...)
	case value.Object:
		return value.AppendJavaMap(dst, v, appendJava)
	}
	return v.AppendJSON(dst)
}
