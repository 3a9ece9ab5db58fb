package jsonata

import (
	"cmp"
	"errors"
	"strconv"
	"strings"

	"github.com/aslocal/aslocal/jsonata/internal/ecma"
	"github.com/aslocal/aslocal/jsonata/internal/picture"
	"github.com/aslocal/aslocal/value"
)

// This file holds every error: the codes and message texts of the reference
// implementation, which Step Functions shows to its users ("T1006: Attempted to
// invoke a non-function"), and a few codes of our own where the reference fails
// with an exception of JavaScript.

// Error says why an expression does not compile or did not evaluate.
type Error struct {
	Code     string      // S…: syntax, T…: type, D…: evaluation, U…: limits
	Position int         // the end of the offending token in UTF-16 code units, from 1; 0 if unknown
	Token    string      // the operator, function or name concerned, or ""
	Value    value.Value // the offending value, if the message mentions one
	Value2   value.Value // the second value, where two are compared
	Index    int         // the argument concerned, from 1
	Message  string      // the text, without the code

	bare    bool   // the token is a number: the message shows it without quotes
	pattern bool   // the token is a regular expression: the message shows an object of JavaScript
	empty   bool   // the token is an empty text, not missing
	text    string // replaces the text of the table ($error, $assert)
	of      string // the type of the items wanted, for T0412; the function, for D3140
	cause   error
}

// Error returns code and message: "T1006: Attempted to invoke a non-function".
func (e *Error) Error() string {
	if e.Message == "" {
		e = e.finished()
	}
	return e.Code + ": " + e.Message
}

// IsLimit reports whether one of the Limits or the context ended the evaluation,
// not a mistake in the expression.
func (e *Error) IsLimit() bool { return e.Code == codeLimit }

// Unwrap returns the cause of an evaluation that was stopped: the error of its
// context, or [ErrSteps]. Other errors have none.
func (e *Error) Unwrap() error { return e.cause }

// The codes that the package itself looks at.
const (
	codeArgument  = "T0410" // an argument does not match the signature
	codeContext   = "T0411" // the context, in place of an argument, does not match
	codeItems     = "T0412" // the items of an array argument do not match
	codeOutOfJSON = "D1001" // a number that JSON cannot hold
	codeLimit     = "U1001" // depth, time, memory
	codePattern   = "S0303" // an invalid regular expression (our own code)
	codeNotObject = "D1011" // a transform matches something other than an object (our own code)
)

// messages holds the text of each code. {{x}} stands for a field as JSON,
// {{{x}}} for its plain text.
var messages = map[string]string{
	"S0101": "String literal must be terminated by a matching quote",
	"S0102": "Number out of range: {{token}}",
	"S0103": `Unsupported escape sequence: \{{token}}`,
	"S0104": `The escape sequence \u must be followed by 4 hex digits`,
	"S0105": "Quoted property name must be terminated with a backquote (`)",
	"S0106": "Comment has no closing tag",
	"S0201": "Syntax error: {{token}}",
	"S0202": "Expected {{value}}, got {{token}}",
	"S0203": "Expected {{value}} before end of expression",
	"S0204": "Unknown operator: {{token}}",
	"S0206": "Unknown expression type: {{token}}",
	"S0207": "Unexpected end of expression",
	"S0208": "Parameter {{value}} of function definition must be a variable name (start with $)",
	"S0209": "A predicate cannot follow a grouping expression in a step",
	"S0210": "Each step can only have one grouping expression",
	"S0211": "The symbol {{token}} cannot be used as a unary operator",
	"S0212": "The left side of := must be a variable name (start with $)",
	"S0213": "The literal value {{value}} cannot be used as a step within a path expression",
	"S0214": "The right side of {{token}} must be a variable name (start with $)",
	"S0215": "A context variable binding must precede any predicates on a step",
	"S0216": "A context variable binding must precede the 'order-by' clause on a step",
	"S0217": "The object representing the 'parent' cannot be derived from this expression",
	"S0301": "Empty regular expressions are not allowed",
	"S0302": "No terminating / in regular expression",
	"S0303": "Invalid regular expression: {{value}}",
	"S0401": "Type parameters can only be applied to functions and arrays",
	"S0402": "Choice groups containing parameterized types are not supported",

	"T0410": "Argument {{index}} of function {{token}} does not match function signature",
	"T0411": "Context value is not a compatible type with argument {{index}} of function {{token}}",
	"T0412": "Argument {{index}} of function {{token}} must be an array of {{type}}",
	"T1003": "Key in object structure must evaluate to a string; got: {{value}}",
	"T1005": "Attempted to invoke a non-function. Did you mean ${{{token}}}?",
	"T1006": "Attempted to invoke a non-function",
	"T1007": "Attempted to partially apply a non-function. Did you mean ${{{token}}}?",
	"T1008": "Attempted to partially apply a non-function",
	"T1010": "The matcher function argument passed to function {{token}} does not return the correct object structure",
	"T2001": "The left side of the {{token}} operator must evaluate to a number",
	"T2002": "The right side of the {{token}} operator must evaluate to a number",
	"T2003": "The left side of the range operator (..) must evaluate to an integer",
	"T2004": "The right side of the range operator (..) must evaluate to an integer",
	"T2006": "The right side of the function application operator ~> must be a function",
	"T2007": "Type mismatch when comparing values {{value}} and {{value2}} in order-by clause",
	"T2008": "The expressions within an order-by clause must evaluate to numeric or string values",
	"T2009": "The values {{value}} and {{value2}} either side of operator {{token}} must be of the same data type",
	"T2010": "The expressions either side of operator {{token}} must evaluate to numeric or string values",
	"T2011": "The insert/update clause of the transform expression must evaluate to an object: {{value}}",
	"T2012": "The delete clause of the transform expression must evaluate to a string or array of strings: {{value}}",
	"T2013": "The transform expression clones the input object using the $clone() function.  This has been overridden in the current scope by a non-function.",

	"D1001": "Number out of range: {{value}}",
	"D1002": "Cannot negate a non-numeric value: {{value}}",
	"D1004": "Regular expression matches zero length string",
	"D1009": "Multiple key definitions evaluate to same key: {{value}}",
	"D1010": "Attempted to access the Javascript object prototype",
	"D1011": "The pattern of the transform expression must select objects: {{value}}",
	"D2014": "The size of the sequence allocated by the range operator (..) must not exceed 1e6.  Attempted to allocate {{value}}.",
	"D3001": "Attempting to invoke string function on Infinity or NaN",
	"D3010": "Second argument of replace function cannot be an empty string",
	"D3011": "Fourth argument of replace function must evaluate to a positive number",
	"D3012": "Attempted to replace a matched string with a non-string value",
	"D3020": "Third argument of split function must evaluate to a positive number",
	"D3030": "Unable to cast value to a number: {{value}}",
	"D3040": "Third argument of match function must evaluate to a positive number",
	"D3050": "The second argument of reduce function must be a function with at least two arguments",
	"D3060": "The sqrt function cannot be applied to a negative number: {{value}}",
	"D3061": "The power function has resulted in a value that cannot be represented as a JSON number: base={{value}}, exponent={{value2}}",
	"D3070": "The single argument form of the sort function can only be applied to an array of strings or an array of numbers.  Use the second argument to specify a comparison function",
	"D3080": "The picture string must only contain a maximum of two sub-pictures",
	"D3081": "The sub-picture must not contain more than one instance of the 'decimal-separator' character",
	"D3082": "The sub-picture must not contain more than one instance of the 'percent' character",
	"D3083": "The sub-picture must not contain more than one instance of the 'per-mille' character",
	"D3084": "The sub-picture must not contain both a 'percent' and a 'per-mille' character",
	"D3085": "The mantissa part of a sub-picture must contain at least one character that is either an 'optional digit character' or a member of the 'decimal digit family'",
	"D3086": "The sub-picture must not contain a passive character that is preceded by an active character and that is followed by another active character",
	"D3087": "The sub-picture must not contain a 'grouping-separator' character that appears adjacent to a 'decimal-separator' character",
	"D3088": "The sub-picture must not contain a 'grouping-separator' at the end of the integer part",
	"D3089": "The sub-picture must not contain two adjacent instances of the 'grouping-separator' character",
	"D3090": "The integer part of the sub-picture must not contain a member of the 'decimal digit family' that is followed by an instance of the 'optional digit character'",
	"D3091": "The fractional part of the sub-picture must not contain an instance of the 'optional digit character' that is followed by a member of the 'decimal digit family'",
	"D3092": "A sub-picture that contains a 'percent' or 'per-mille' character must not contain a character treated as an 'exponent-separator'",
	"D3093": "The exponent part of the sub-picture must comprise only of one or more characters that are members of the 'decimal digit family'",
	"D3100": "The radix of the formatBase function must be between 2 and 36.  It was given {{value}}",
	"D3110": "The argument of the toMillis function must be an ISO 8601 formatted timestamp. Given {{value}}",
	"D3120": "Syntax error in expression passed to function eval: {{value}}",
	"D3121": "Dynamic error evaluating the expression passed to function eval: {{value}}",
	"D3130": "Formatting or parsing an integer as a sequence starting with {{value}} is not supported by this implementation",
	"D3131": "In a decimal digit pattern, all digits must be from the same decimal group",
	"D3132": "Unknown component specifier {{value}} in date/time picture string",
	"D3133": "The 'name' modifier can only be applied to months and days in the date/time picture string, not {{value}}",
	"D3134": "The timezone integer format specifier cannot have more than four digits",
	"D3135": "No matching closing bracket ']' in date/time picture string",
	"D3136": "The date/time picture string is missing specifiers required to parse the timestamp",
	"D3137": "{{{message}}}",
	"D3138": "The $single() function expected exactly 1 matching result.  Instead it matched more.",
	"D3139": "The $single() function expected exactly 1 matching result.  Instead it matched 0.",
	"D3140": "Malformed URL passed to ${{{function}}}(): {{value}}",
	"D3141": "{{{message}}}",
}

// The texts of U1001: what stopped the evaluation.
const (
	tooDeep  = "Stack overflow error: Check for non-terminating recursive function. Consider rewriting as tail-recursive."
	tooLong  = "Expression evaluation timeout: Check for infinite loop"
	tooLarge = "Expression evaluation memory limit exceeded: Check for excessive memory usage"
)

// fail returns an error with the code, about a value or no value.
func fail(code string, v value.Value) error { return &Error{Code: code, Value: v} }

// failAt returns a syntax error.
func failAt(code string, position int, token string) *Error {
	return &Error{Code: code, Position: position, Token: token}
}

// stamp gives an error the position and the token of the operator whose
// evaluation failed, replacing those it had.
func stamp(err error, position int, token string) error {
	if e, ok := err.(*Error); ok {
		e.Position, e.Token, e.bare = position, token, false
	}
	return err
}

// finished renders the message of an error that leaves the package.
func (e *Error) finished() *Error {
	if e.Message == "" {
		e.Message = e.render()
	}
	return e
}

func (e *Error) render() string {
	text := messages[e.Code]
	if e.text != "" {
		return e.text
	}
	var out strings.Builder
	for {
		before, rest, found := strings.Cut(text, "{{")
		out.WriteString(before)
		if !found {
			return out.String()
		}
		rest, plain := strings.CutPrefix(rest, "{")
		name, rest, _ := strings.Cut(rest, "}}")
		if plain {
			rest = strings.TrimPrefix(rest, "}")
		}
		out.WriteString(e.field(name, plain))
		text = rest
	}
}

func (e *Error) field(name string, plain bool) string {
	switch name {
	case "token":
		switch {
		case e.Token == "" && !e.empty:
			return "undefined"
		case e.pattern:
			return "{}"
		case plain || e.bare:
			return e.Token
		}
		return quoted(e.Token)
	case "function": // an operator around the function changes the token
		return cmp.Or(e.of, e.Token)
	case "index":
		return strconv.Itoa(e.Index)
	case "type":
		if e.of == "" {
			return "undefined"
		}
		return value.OfString(e.of).String()
	case "value2":
		return shown(e.Value2)
	}
	return shown(e.Value)
}

// maxShown is the maximum size in bytes of a value that a message shows in full.
const maxShown = 16 << 20

// shown returns a value as messages show it. A function has no JSON text, and a number
// beyond the doubles shows as null.
func shown(v value.Value) string {
	switch {
	case !v.Exists():
		return "undefined"
	case isFunction(v):
		if functionOf(v).javaScript() {
			return "undefined"
		}
		return `"<function>"` // the reference shows the inside of its objects
	case v.Kind() == value.Opaque:
		return "null"
	case v.Kind() == value.Number:
		return ecma.NumberText(v.Float())
	case v.Kind() == value.String:
		return quoted(v.Text())
	}
	if c := (sizeCheck{left: maxShown}); c.add(v, deepest) != nil {
		return `"<` + v.Kind().String() + `>"`
	}
	v, _ = replaced(v, func(v value.Value) (value.Value, bool) {
		if v.Kind() != value.Number {
			return v, false
		}
		return value.OfFloat(v.Float()), true // 1E2 is 100
	})
	return string(textForm{}.smallEscapes([]byte(v.String()), 0))
}

// quoted writes a text as JSON.stringify does.
func quoted(s string) string { return string(textForm{}.appendQuoted(nil, s)) }

// pictureCodes are the codes of the problems of pictures, but for TooLarge.
var pictureCodes = map[picture.Problem]string{
	picture.Sequence:                "D3130",
	picture.MixedDigits:             "D3131",
	picture.ManySubPictures:         "D3080",
	picture.ManyDecimalSeparators:   "D3081",
	picture.ManyPercents:            "D3082",
	picture.ManyPerMilles:           "D3083",
	picture.PercentAndPerMille:      "D3084",
	picture.NoDigits:                "D3085",
	picture.PassiveInside:           "D3086",
	picture.GroupingBesideDecimal:   "D3087",
	picture.GroupingAtEnd:           "D3088",
	picture.AdjacentGroupings:       "D3089",
	picture.MandatoryBeforeOptional: "D3090",
	picture.OptionalBeforeMandatory: "D3091",
	picture.PercentWithExponent:     "D3092",
	picture.ExponentDigits:          "D3093",
	picture.UnknownComponent:        "D3132",
	picture.NoNames:                 "D3133",
	picture.ZoneDigits:              "D3134",
	picture.UnclosedMarker:          "D3135",
	picture.MissingComponents:       "D3136",
}

// pictureError converts an error of package picture.
func pictureError(err error) error {
	var bad *picture.Error
	if !errors.As(err, &bad) {
		return err
	}
	code, ok := pictureCodes[bad.Problem]
	switch {
	case !ok:
		return limitError(tooLarge, err)
	case bad.Problem == picture.ZoneDigits && bad.Digits > 0:
		return fail(code, value.OfInt(int64(bad.Digits)))
	case bad.Problem == picture.Sequence, bad.Problem == picture.UnknownComponent, bad.Problem == picture.NoNames:
		return fail(code, value.OfString(bad.Text))
	}
	return fail(code, value.Value{})
}
