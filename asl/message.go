package asl

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/aslocal/aslocal/internal/position"
	"github.com/aslocal/aslocal/internal/spell"
	"github.com/aslocal/aslocal/jsonata"
	"github.com/aslocal/aslocal/value"
)

// This file has every message about a definition. Messages marked AWS are the words
// of the service: recorded, or measured (F-140 to F-154); the others, and all hints,
// are our wording.

// A message is a Diagnostic without its place.
type message struct {
	code string // errors, unless among warnings
	text string
	hint string
	turn turn
}

// A turn says which messages come first: as in the service, what is wrong with
// transitions comes after everything else (F-149).
type turn uint8

const (
	reportedFirst turn = iota
	targets
	reachability
	reportedLast
)

// warnings are the codes of warnings.
var warnings = map[string]bool{
	NoDollar:           true,
	NoPath:             true,
	PassResultIsStatic: true,
	DuplicateField:     true,
	UnassignedVariable: true,
	BrokenDelimiters:   true,
	UnknownName:        true,
	EndlessWorkflow:    true,
	FailsInline:        true,

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

// noneOf is the message for an object with none of the fields of which it needs one.
func noneOf(names ...string) message { // AWS
	return invalid("This object should have only one of the following fields: %s", list(names))
}

// severalOf is the message for an object with several of the fields of which it may
// have one.
func severalOf(names ...string) message { // AWS
	return invalid("There should only be one of the following fields: %s", list(names))
}

func atLeastOneOf(names ...string) message {
	return invalid("At least one of these fields is required: %s", list(names))
}

func fieldNotSupported(name string) message { return invalid("Field '%s' is not supported", name) } // AWS

func fieldOfOtherLanguage(name string, own, other QueryLanguage) message { // AWS
	return invalid("The QueryLanguage is set to '%s', but field '%s' is only supported for the '%s' QueryLanguage", own, name, other)
}

func parameterNotSupported(name string) message { // AWS
	return invalid("The field \"%s\" is not supported by Step Functions", name)
}

func unknownType(types []string) message { // AWS
	return invalid("The field 'Type' should have one of these values: %s", list(types))
}

func wrongValue(values []string) message { // AWS
	return invalid("Value should be one of the following: %s", list(values))
}

func wrongType(types []string) message { // AWS
	if slices.Equal(types, []string{"integer"}) {
		return invalid("Expected value of type Integer")
	}
	return invalid("Expected value of type %s", strings.ToUpper(list(types)))
}

func emptyValue() message { return invalid("Value cannot be empty") } // AWS

func tooSmall(minimum string) message { return invalid("Minimum value is %s", minimum) } // AWS

func tooLarge(maximum string) message { return invalid("Maximum value is %s", maximum) } // AWS

// notAnExpression is the message for a string with one of the delimiters of an
// expression, and for one without them where only an expression may stand (inferred).
func notAnExpression() message { // AWS
	return invalid("JSONata string must start with {%% and end with %%}").withHint("there is no text around an expression, not even blanks")
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
	return message{code: MissingTransitionTarget, text: fmt.Sprintf("Missing 'Next' target: %s", name), turn: targets}.meant(name, names)
}

func unreachable(name string) message { // AWS
	return message{code: MissingTransitionTarget, text: fmt.Sprintf("State \"%s\" is not reachable.", name), turn: reachability}
}

func noTerminalState() message { // AWS
	return message{code: MissingEndState, text: "Workflow has no terminal state", turn: reportedLast,
		hint: `a state with "End": true, or of type Succeed or Fail, is missing`}
}

func duplicateState(name string) message { // AWS
	return message{code: DuplicateStateName, text: fmt.Sprintf("Duplicate State name: %s", name)}
}

// stateNameTooLong begins and ends with the words of the service; how it names the
// state is inferred.
func stateNameTooLong(name string) message {
	return message{code: InvalidStateName,
		text: fmt.Sprintf("Invalid State name: '%s' exceeds the %d-character limit allowed by the service", name, maxStateName),
		hint: fmt.Sprintf("it has %d characters", utf8.RuneCountInString(name))}
}

// endlessWorkflow is a warning: the service looks for a terminal state in the state
// machine itself only (F-149).
func endlessWorkflow() message {
	m := noTerminalState()
	m.code = EndlessWorkflow
	return m
}

func languageDowngrade() message { // AWS
	return invalid("'QueryLanguage' can not be 'JSONPath' if set to 'JSONata' for whole state machine")
}

func allNotAlone() message { return invalid("States.ALL must appear alone and at end of list") } // AWS

func heartbeatTooLong() message {
	return invalid("HeartbeatSeconds must be smaller than TimeoutSeconds")
}

// Choice rules.

// ruleSelectors are the fields of which a rule has one, in the order of the service.
var ruleSelectors = []string{"And", "Or", "Not", "Variable", "Condition"}

func notOneSelector() message { // AWS
	return invalid("The object must have only one of the following fields, %s", list(ruleSelectors))
}

func nextInside() message {
	return fieldNotSupported("Next").withHint("only the outermost rule has a Next")
}

// Paths, templates, variables.

func notAPath(why string) message { // AWS
	return invalid("Value must be a valid JSONPath.").withHint("%s", why)
}

func notAReferencePath(why string) message { // AWS, which may add a reason (F-144)
	return invalid("Value is not a Reference Path").withHint("%s", why)
}

// noDollarInRule is the message for a Path in a Choice rule.
func noDollarInRule() message { // AWS
	return invalid("Value is not a Reference Path: Reference path didn't start with '$'")
}

func notATemplateValue(name string) message { // AWS
	return invalid("The value for the field '%s' must be a valid JSONPath or a valid intrinsic function call", name)
}

// notAPathText is the message for a member x.$ of a template that is not a string.
func notAPathText(name string, kind value.Kind) message { // AWS; the article before other kinds is inferred
	word := strings.ToUpper(kind.String())
	article := "a"
	if strings.ContainsAny(word[:1], "AO") {
		article = "an"
	}
	return invalid("The value for the field '%s' must be a STRING that contains a JSONPath but was %s %s", name, article, word)
}

func sameField(name string) message {
	return invalid("The field '%s' occurs twice, once with and once without '.$'", name)
}

func badVariableName(name string) message { // AWS
	return message{code: InvalidVariableName, text: fmt.Sprintf("Invalid variable name '%s': the variable name contains invalid characters.", name),
		hint: "a letter, then letters, digits and underscores"}
}

func variableNameTooLong(name string) message {
	return message{code: InvalidVariableName,
		text: fmt.Sprintf("Invalid variable name '%s': the variable name exceeds the %d-character limit allowed by the service.", name, maxVariableName)}
}

func reservedVariable(name string) message { // AWS
	return message{code: ReservedVariableName, text: fmt.Sprintf("Cannot assign to reserved variable '$%s'.", name)}
}

func outerVariable(name string) message { // AWS
	return invalid("The variable name '%s' was already defined in a parent scope.", name)
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

// unknownName is the message for an error, or a member of the context object, that the
// service does not have.
func unknownName(shown, word string, known []string) message {
	return message{code: UnknownName, text: fmt.Sprintf("There is no '%s'", shown)}.meant(word, known)
}

// paddedExpression is the message for blanks around the delimiters of an expression:
// with them it is a plain string.
func paddedExpression() message {
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

// noStatesMember is the message for a member of $states that does not exist, or not
// where it is read.
func noStatesMember(member string) message { // AWS
	m := message{code: UnsupportedJSONata, text: fmt.Sprintf("Field '$states.%s' does not exist.", member)}
	switch member {
	case "result":
		return m.withHint("it is available in the Output and Assign of Task, Parallel and Map states")
	case "errorOutput":
		return m.withHint("it is available in the Output and Assign of a Catcher")
	}
	return m.meant(member, statesMembers)
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

func notAResource() message { return invalid("Value is not a valid resource ARN") } // AWS

// argumentsRequired is the message for a service integration without Parameters or
// Arguments, even if they are empty.
func argumentsRequired(name, resource string) message { // AWS
	return invalid("%s field is required for resource ARN: %s", name, resource)
}

func badEndpoint() message { // AWS
	return invalid("The value for the 'ApiEndpoint' field is not valid")
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

func distributedInExpress() message { // AWS
	return invalid("The field 'Mode' with value 'DISTRIBUTED' is not supported inside 'EXPRESS' state machines")
}

func onlyDistributed(name string) message {
	return invalid("Field '%s' is only supported for Map states in DISTRIBUTED mode", name)
}

// failsInline is a warning about a field with which an inline Map state fails (F-147).
func failsInline() message {
	return message{code: FailsInline, text: "The ItemReader, ItemBatcher and ResultWriter fields are not supported for INLINE maps",
		hint: "the service takes the definition, and the Map state fails when it is entered"}
}

// badLabel has the words of the service for a Label that is too long; how it names
// the Label is inferred.
func badLabel(text string) message {
	if utf8.RuneCountInString(text) > maxLabel {
		return message{code: InvalidLabelName, text: fmt.Sprintf("Invalid Label name: '%s' exceeds the %d-character limit allowed by the service", text, maxLabel)}
	}
	return message{code: InvalidLabelName, text: fmt.Sprintf("Invalid Label name: '%s' contains invalid characters", text),
		hint: "no white space, no control characters, none of " + labelForbidden}
}

func duplicateLabel(text string) message { // AWS
	return message{code: DuplicateLabelName, text: fmt.Sprintf("Duplicate Label name: %s", text)}
}

// unknownMapResource is the message for the Resource of an ItemReader or ResultWriter.
func unknownMapResource() message { // AWS, for an ItemReader
	return invalid("The field 'Resource' does not match any of the allowed values")
}

// headerLocationRequired is the message for a ReaderConfig of CSV.
func headerLocationRequired() message { // AWS
	return invalid("The field 'CSVHeaderLocation' is required").withHint("FIRST_ROW, or GIVEN with CSVHeaders")
}

func notAPointer() message {
	return invalid("Value is not a valid JSON Pointer").withHint("a JSON Pointer begins with a slash")
}
