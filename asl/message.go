package asl

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/aslocal/aslocal/internal/position"
	"github.com/aslocal/aslocal/internal/spell"
	"github.com/aslocal/aslocal/jsonata"
	"github.com/aslocal/aslocal/value"
)

// This file has every message about a definition. Messages marked AWS are the words
// of the service (recorded); the others, and all hints, are our wording.

// A message is a Diagnostic without its place.
type message struct {
	code string // errors, unless isWarning
	text string
	hint string
}

// warnings are the codes of warnings.
var warnings = map[string]bool{
	NoDollar:           true,
	NoPath:             true,
	PassResultIsStatic: true,
	DuplicateField:     true,
	UnassignedVariable: true,
	BrokenDelimiters:   true,
	UnknownName:        true,

	ErrorNeverMatched: true,
	RetryNeverDone:    true,
	RuleNeverTaken:    true,
	TokenNotPassed:    true,
	NoTimeout:         true,
	WaitsNotAtAll:     true,
	UnusedVariable:    true,
}

func (m message) severity() Severity {
	if warnings[m.code] {
		return SeverityWarning
	}
	return SeverityError
}

func (m message) withHint(format string, args ...any) message {
	m.hint = fmt.Sprintf(format, args...)
	return m
}

// maxCandidates is the maximum number of names that a wrong one is compared with.
const maxCandidates = 500

// meant adds the candidate that the word was probably meant to be.
func (m message) meant(word string, candidates []string) message {
	if s := spell.Suggest(word, candidates[:min(len(candidates), maxCandidates)]); s != "" && s != word {
		m.hint = fmt.Sprintf("did you mean %q?", s)
	}
	return m
}

func invalid(format string, args ...any) message {
	return message{code: SchemaValidationFailed, text: fmt.Sprintf(format, args...)}
}

func list(names []string) string { return "[" + strings.Join(names, ", ") + "]" }

// Form.

// notAnObject is the message for a blank text and for JSON that is not an object.
// AWS
func notAnObject(hint string) Diagnostic {
	return Diagnostic{Severity: SeverityError, Code: SchemaValidationFailed, Message: "Definition must be a valid JSON object", Hint: hint}
}

// jsonSource begins the place in a message about JSON.
const jsonSource = "\n at [Source: "

// badJSON is the message for a text that is not JSON, in the words of the parser.
// AWS
func (d *Definition) badJSON(err error) Diagnostic {
	bad, ok := err.(*value.SyntaxError)
	if !ok || strings.TrimSpace(d.Text) == "" {
		return notAnObject("there is nothing in it")
	}
	source := bad.Source(d.Text)
	found := Diagnostic{
		Severity: SeverityError,
		Code:     InvalidJSONDescription,
		Message:  bad.Message + "\n at " + source,
		Pointer:  source,
	}
	found.Range.Start = d.positions.Before(bad.Offset)
	if token := unrecognized(d.Text, bad); token != "" {
		found.Range.Start = d.positions.Position(bad.Offset - len(token))
	}
	found.Range.End = d.positions.Position(bad.Offset)
	found.Hint = jsonHint(d.Text, bad)
	return found
}

// badYAML is the message for a file that is not YAML.
func badYAML(text string, err error) Diagnostic {
	found := Diagnostic{Severity: SeverityError, Code: InvalidJSONDescription, Message: err.Error()}
	if bad, ok := err.(*position.SyntaxError); ok {
		found.Message = bad.Message
		found.Range = Range{Start: bad.At, End: bad.At}
		found.Hint = yamlHint(text, bad)
	}
	return found
}

func duplicateField(name string, other Position) message {
	return message{code: DuplicateField, text: fmt.Sprintf("Field '%s' occurs twice; the last one counts", name),
		hint: fmt.Sprintf("the first one is at %s", other)}
}

func fieldsRequired(names ...string) message { // AWS
	return invalid("These fields are required: %s", list(names))
}

func fieldRequired(name string) message { // AWS
	return invalid("The field '%s' is required but was missing", name)
}

func exactlyOneOf(names ...string) message {
	return invalid("Exactly one of these fields is required: %s", list(names))
}

func atLeastOneOf(names ...string) message {
	return invalid("At least one of these fields is required: %s", list(names))
}

func onlyOneOf(names ...string) message {
	return invalid("Only one of these fields can be specified: %s", list(names))
}

func fieldNotSupported(name string) message { return invalid("Field '%s' is not supported", name) } // AWS

func fieldOfOtherLanguage(name string, own, other QueryLanguage) message { // AWS
	return invalid("The QueryLanguage is set to '%s', but field '%s' is only supported for the '%s' QueryLanguage", own, name, other)
}

func parameterNotSupported(name string) message { // AWS
	return invalid("The field \"%s\" is not supported by Step Functions", name)
}

func wrongValue(name string, values []string) message { // AWS
	return invalid("The field '%s' should have one of these values: %s", name, list(values))
}

func wrongType(types []string) message { // AWS
	return invalid("Expected value of type %s", strings.ToUpper(list(types)))
}

func emptyValue() message { return invalid("Value cannot be empty") } // AWS

func tooSmall(minimum string) message {
	return invalid("Value must be greater than or equal to %s", minimum)
}

func tooLarge(maximum string) message {
	return invalid("Value must be less than or equal to %s", maximum)
}

func notAnExpression() message {
	return invalid("Value is not a JSONata expression").withHint("a JSONata expression begins with {%% and ends with %%}")
}

func notATimestamp() message { // AWS
	return invalid("String does not match RFC3339 timestamp").withHint("as in 2016-03-14T01:59:00Z")
}

func definitionTooLong(n int) message {
	return invalid("Definition must have at most %d characters, but has %d", maxDefinition, n)
}

func tooDeeplyNested() message {
	return message{code: TooDeeplyNested, text: fmt.Sprintf("States are nested more than %d levels deep", maxNesting)}
}

// States.

func missingTarget(name string, names []string) message { // AWS, which says Next wherever the name stands
	return message{code: MissingTransitionTarget, text: fmt.Sprintf("Missing 'Next' target: %s", name)}.meant(name, names)
}

func unreachable(name string) message { // AWS
	return message{code: MissingTransitionTarget, text: fmt.Sprintf("State \"%s\" is not reachable.", name)}
}

func noTerminalState() message { // AWS
	return message{code: MissingEndState, text: "Workflow has no terminal state",
		hint: `a state with "End": true, or of type Succeed or Fail, is missing`}
}

func duplicateState(name string) message { // AWS
	return message{code: DuplicateStateName, text: fmt.Sprintf("Duplicate State name: %s", name)}
}

func stateNameTooLong(n int) message {
	return message{code: InvalidStateName, text: fmt.Sprintf("State name must have at most %d characters, but has %d", maxStateName, n)}
}

func languageDowngrade() message { // AWS
	return invalid("'QueryLanguage' can not be 'JSONPath' if set to 'JSONata' for whole state machine")
}

func allNotAlone() message { return invalid("States.ALL must appear alone and at end of list") } // AWS

func heartbeatTooLong() message {
	return invalid("HeartbeatSeconds must be smaller than TimeoutSeconds")
}

// Choice rules.

func noComparison() message {
	return invalid("A rule must have exactly one comparison operator, or one of And, Or, Not")
}

func nextInside() message {
	return fieldNotSupported("Next").withHint("only the outermost rule has a Next")
}

// Paths, templates, variables.

func notAPath(why string) message {
	return invalid("Value is not a valid JSONPath").withHint("%s", why)
}

func notAReferencePath(why string) message { // AWS
	return invalid("Value is not a Reference Path: %s", why)
}

func notATemplateValue(name string) message { // AWS
	return invalid("The value for the field '%s' must be a valid JSONPath or a valid intrinsic function call", name)
}

func notAnIntrinsicString() message {
	return invalid("Value is not a valid JSONPath or an intrinsic function call that returns a string")
}

func sameField(name string) message {
	return invalid("The field '%s' occurs twice, once with and once without '.$'", name)
}

func badVariableName(name string) message {
	return invalid("'%s' is not a valid variable name", name).withHint(
		"a letter, then letters, digits and underscores, at most %d in all", maxVariableName)
}

func reservedVariable(name string) message {
	return invalid("The variable name '%s' is reserved", name)
}

func outerVariable(name string) message {
	return invalid("The variable '%s' is assigned in an outer scope and cannot be assigned here", name)
}

func unassigned(name string, language QueryLanguage, names []string) message {
	if language == JSONata {
		names = slices.Concat(names, jsonataNames())
	}
	m := message{code: UnassignedVariable, text: fmt.Sprintf("The variable '%s' is assigned nowhere in its scope", name)}
	if near := spell.Suggest(name, names[:min(len(names), maxCandidates)]); near != "" {
		m = m.withHint("did you mean %q?", "$"+near)
	}
	return m
}

// unknownName is the message for an error, or a member of $states or of the context
// object, that the service does not have.
func unknownName(shown, word string, known []string) message {
	return message{code: UnknownName, text: fmt.Sprintf("There is no '%s'", shown)}.meant(word, known)
}

func unquoted() message {
	return message{code: BrokenDelimiters, text: "Value looks like a JSONata expression, but is an object", hint: unquotedHint}
}

const unquotedHint = "in YAML, an expression needs quotes"

func brokenDelimiters() message {
	return message{code: BrokenDelimiters, text: "Value looks like a JSONata expression, but is a plain string",
		hint: "an expression begins with {% and ends with %}, with no text around them"}
}

// badExpression has the words of JSONata without their code (F-030).
func badExpression(err error) message {
	text := err.Error()
	var e *jsonata.Error
	if errors.As(err, &e) {
		text = e.Message
	}
	return message{code: InvalidJSONata, text: text}
}

func misplacedStates(member string) message {
	where := "the Output and Assign of Task, Parallel and Map states"
	if member == "errorOutput" {
		where = "the Output and Assign of a Catcher"
	}
	return message{code: UnsupportedJSONata, text: fmt.Sprintf("'$states.%s' is not available here", member), hint: "it is available in " + where}
}

// noInputDocument is the message for an expression that reads an input document.
// AWS
func noInputDocument(r jsonata.Reference) message {
	shown := r.Name
	if r.Kind == jsonata.ContextReference {
		shown = "$"
	} else if r.Kind == jsonata.RootReference {
		shown = "$$"
	}
	return message{code: UnsupportedJSONata, text: fmt.Sprintf("Reference to '%s' at the top level is not supported.", shown),
		hint: "there is no input document; the input of the state is $states.input"}
}

func noDollar(name string) message {
	return message{code: NoDollar, text: fmt.Sprintf("The value of the field '%s' looks like a JSONPath or an intrinsic function call, but its name does not end with '.$'", name),
		hint: fmt.Sprintf("did you mean %q?", name+".$")}
}

func noPath(name string) message {
	return message{code: NoPath, text: fmt.Sprintf("The value of the field '%s' looks like a JSONPath, but its name does not end with 'Path'", name),
		hint: fmt.Sprintf("did you mean %q?", name+"Path")}
}

func staticResult() message {
	return message{code: PassResultIsStatic, text: "The Result of a Pass state is used as it is: paths in it are not evaluated",
		hint: "use Parameters instead of Result"}
}

// Resources.

func unknownResource(text string) message { // AWS
	return invalid("The resource provided %s is not recognized. The value is not a valid resource ARN, or the resource is not available in this region.", text)
}

func notInExpress(pattern Pattern) message { // AWS, which has a blank behind the second one
	if pattern == WaitForTaskToken {
		return invalid("Express state machine does not support '%s' service integration ", pattern)
	}
	return invalid("Express state machine does not support '%s' service integration", pattern)
}

func activityInExpress() message { // AWS
	return invalid("Express state machine does not support Activity ARN")
}

// Map states.

func distributedInExpress() message {
	return invalid("Express state machine does not support Map states in DISTRIBUTED mode")
}

func onlyDistributed(name string) message {
	return invalid("Field '%s' is only supported for Map states in DISTRIBUTED mode", name)
}

func badLabel(text string) message {
	return message{code: InvalidLabelName, text: fmt.Sprintf("Invalid label: '%s'", text),
		hint: fmt.Sprintf("at most %d characters; no white space, no control characters, none of %s", maxLabel, labelForbidden)}
}

func duplicateLabel(text string) message {
	return message{code: DuplicateLabelName, text: fmt.Sprintf("Duplicate label: %s", text)}
}

func readerField(name, why string) message {
	return invalid("Field '%s' is not supported %s", name, why)
}
