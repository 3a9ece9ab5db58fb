package cli

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/google/uuid"
	"github.com/spf13/cobra"
	"golang.org/x/term"

	"github.com/aslocal/aslocal/asl"
	"github.com/aslocal/aslocal/asl/intrinsic"
	"github.com/aslocal/aslocal/internal/position"
	"github.com/aslocal/aslocal/internal/sourcefile"
	"github.com/aslocal/aslocal/jsonata"
	"github.com/aslocal/aslocal/jsonpath"
	"github.com/aslocal/aslocal/value"
)

// evaluator is the eval command.
type evaluator struct {
	language            string
	variables           []string
	context             string
	result, errorOutput string
	format              format
	raw                 bool
	timeout             time.Duration
}

func newEval() *cobra.Command {
	v := &evaluator{}
	c := &cobra.Command{
		Use:   "eval EXPR [FILE]",
		Short: "Evaluate an expression on a JSON document",
		Long: `Evaluate an expression of a state machine on the JSON in FILE, or on stdin, and print the result. Without a FILE, where stdin is a terminal or
empty, the document is {}, as the input of an execution is.

--language says what EXPR is written in; auto, the default, goes by how it begins:

  {% … %}            JSONata, as in a field of a state
  States.Name(       an intrinsic function
  $. $[ $$. $$[      JSONPath if the whole is a path, else JSONata; $ and $$ alone are paths
  anything else      JSONata

In JSONata the document is both the input ($, bare names), as in other tools, and $states.input, which is the only way to it in Step Functions. In JSONPath and intrinsic functions it is $. The functions of Step Functions ($partition, $range, $hash, $random, $uuid, $parse) are
there; $eval is not. How deep an expression may nest and how large its arrays and strings may be is as in Step Functions, too.

Flags take JSON as it is, or as @FILE. Exit codes: 0 there is a result, 1 there is none, because the evaluation failed, returned nothing or took
too long, 2 the command line is wrong, 3 the expression does not compile, 130 interrupted.`,
		Example: `  aslocal eval '$sum(lines.(price * quantity))' order.json
  aslocal eval '{% $states.input.total > $limit %}' --var limit=100 < order.json
  aslocal eval '$.lines[?(@.quantity > 1)].sku' order.json
  aslocal eval --raw "States.Format('Order {} of {}', \$.id, \$\$.Execution.Name)" order.json --context @context.json`,
		Args: positional(cobra.RangeArgs(1, 2)),
		RunE: func(c *cobra.Command, args []string) error { return v.run(c, args) },
	}
	f := c.Flags()
	f.StringVarP(&v.language, "language", "l", "auto", "jsonata, jsonpath, intrinsic, or auto")
	f.StringArrayVar(&v.variables, "var", nil, "a workflow variable, as NAME=JSON; may be repeated")
	f.StringVar(&v.context, "context", "", "the context object: $states.context, or $$ in JSONPath")
	f.StringVar(&v.result, "result", "", "$states.result")
	f.StringVar(&v.errorOutput, "error-output", "", "$states.errorOutput")
	f.Var(&v.format, "format", formatUsage)
	f.BoolVarP(&v.raw, "raw", "r", false, "print a string as it is, without quotes")
	f.DurationVar(&v.timeout, "timeout", time.Second, "how long JSONata may take; the default is that of Step Functions")
	return c
}

func (v *evaluator) run(c *cobra.Command, args []string) error {
	if v.timeout <= 0 {
		return exit(ExitUsage, "", "--timeout: expected a duration above 0, got %s", v.timeout)
	}
	scope, err := v.scope(c, args[1:])
	if err != nil {
		return err
	}
	language, text := v.language, strings.TrimSpace(args[0])
	if language == "auto" {
		language = languageOf(text)
	}
	compile, ok := compilers[language]
	if !ok {
		return exit(ExitUsage, "jsonata, jsonpath, intrinsic, or auto", "--language: no language named %q", language)
	}
	delimited := false
	if inner, ok := asl.ExpressionText(text); ok && language == "jsonata" {
		text, delimited = inner, true
	}
	evaluate, err := compile(text)
	if err != nil {
		return show(c.ErrOrStderr(), ExitInvalid, text, err, "")
	}
	hint := ""
	switch {
	case delimited:
		hint = inputHint(text)
	case language == "jsonpath" && v.language == "auto":
		hint = "this was read as JSONPath; --language jsonata reads it as JSONata"
	}
	ctx, cancel := context.WithTimeout(c.Context(), v.timeout)
	defer cancel()
	found, err := evaluate(ctx, scope)
	switch {
	case errors.Is(err, context.Canceled):
		return &exitError{code: ExitInterrupted, message: "interrupted"}
	case err != nil:
		return show(c.ErrOrStderr(), ExitFailed, text, err, hint)
	case delimited && hint != "":
		if _, err := fmt.Fprintf(c.ErrOrStderr(), "aslocal: hint: %s\n", hint); err != nil {
			return err
		}
	}
	return v.print(c.OutOrStdout(), found)
}

// An evaluation evaluates a compiled expression. Without a value, its error says
// why.
type evaluation func(context.Context, *scope) (value.Value, error)

// compilers compile an expression, by language.
var compilers = map[string]func(text string) (evaluation, error){
	"jsonata":   compileJSONata,
	"jsonpath":  compileJSONPath,
	"intrinsic": compileIntrinsic,
}

var (
	intrinsicCall = regexp.MustCompile(`^States\.\w+\s*\(`)
	pathStart     = regexp.MustCompile(`^\$\$?([.[]|$)`)
	// onlyJSONata is what JSONPath reads too, but as nobody means it: $.a[quantity > 1]
	// as $.a[1], $.lines.(price*quantity) as a name.
	onlyJSONata = regexp.MustCompile(`^[^?]*\[ *\pL|^[^[]*[.\w][({][^)]`)
)

// languageOf tells the language of an expression by how it begins. The help of
// the command says the same.
func languageOf(text string) string {
	switch {
	case intrinsicCall.MatchString(text):
		return "intrinsic"
	case pathStart.MatchString(text) && !onlyJSONata.MatchString(text):
		if _, err := jsonpath.Compile(text); err == nil {
			return "jsonpath"
		}
	}
	return "jsonata"
}

func compileJSONata(text string) (evaluation, error) {
	expr, err := asl.CompileExpression(text)
	if err != nil {
		return nil, err
	}
	return func(ctx context.Context, s *scope) (value.Value, error) {
		found, err := expr.Eval(ctx, s.document, jsonata.Env{
			Variables: s.variables, Now: time.Now, Random: rand.Float64, Limits: asl.ExpressionLimits(),
		})
		switch {
		case err != nil:
			return found, err
		case !found.Exists():
			return found, &asl.Error{Name: asl.ErrQueryEvaluationError, Cause: "the expression returned nothing (undefined)"}
		case jsonata.IsFunction(found):
			return found, &asl.Error{Name: asl.ErrQueryEvaluationError, Cause: "the expression returned an unsupported result type"}
		}
		return found, nil
	}, nil
}

func compileJSONPath(text string) (evaluation, error) {
	path, err := jsonpath.Compile(text)
	if err != nil {
		return nil, err
	}
	return func(_ context.Context, s *scope) (value.Value, error) { return asRuntime(path.Eval(s)) }, nil
}

func compileIntrinsic(text string) (evaluation, error) {
	call, err := intrinsic.Compile(text)
	if err != nil {
		return nil, err
	}
	return func(_ context.Context, s *scope) (value.Value, error) { return asRuntime(call.Eval(s, chance{})) }, nil
}

// asRuntime gives the failure of a path or an intrinsic function the name that it
// has in a state.
func asRuntime(found value.Value, err error) (value.Value, error) {
	if err != nil {
		return found, &asl.Error{Name: asl.ErrRuntime, Cause: err.Error()}
	}
	return found, nil
}

// inputHint returns a hint if an expression reads the input document, which a
// field of a state cannot do; else "". Spec: "JSONata".
func inputHint(text string) string {
	expr, err := jsonata.Compile(text)
	if err != nil {
		return ""
	}
	if slices.ContainsFunc(expr.References(), func(r jsonata.Reference) bool {
		return r.Kind != jsonata.VariableReference && !r.InFunction
	}) {
		return "in a state there is no input document; the input of the state is $states.input"
	}
	return ""
}

// chance gives States.UUID and States.MathRandom their random values.
type chance struct{}

// UUID implements intrinsic.Random.
func (chance) UUID() string { return uuid.NewString() }

// Uint64 implements intrinsic.Random.
func (chance) Uint64() uint64 { return rand.Uint64() }

// A scope is the data that an expression can read.
type scope struct {
	document, context value.Value
	variables         jsonata.Map // and $states, which JSONata alone has
}

// Data implements jsonpath.Roots.
func (s *scope) Data() value.Value { return s.document }

// Context implements jsonpath.Roots.
func (s *scope) Context() value.Value { return s.context }

// Variable implements jsonpath.Roots.
func (s *scope) Variable(name string) value.Value {
	if name == statesVariable {
		return value.Value{}
	}
	return s.variables[name]
}

const statesVariable = "states"

// scope reads the document, and the variables and context that flags give.
func (v *evaluator) scope(c *cobra.Command, files []string) (*scope, error) {
	s := &scope{context: value.OfMembers(), variables: jsonata.Map{}}
	var err error
	if s.document, err = readDocument(files, c.InOrStdin()); err != nil {
		return nil, err
	}
	if v.context != "" {
		if s.context, err = jsonFlag("--context", v.context); err != nil {
			return nil, err
		}
	}
	states := value.OfMembers("input", s.document, "context", s.context)
	for _, member := range []struct{ flag, name, text string }{
		{"--result", "result", v.result}, {"--error-output", "errorOutput", v.errorOutput},
	} {
		if member.text == "" {
			continue
		}
		given, err := jsonFlag(member.flag, member.text)
		if err != nil {
			return nil, err
		}
		states = states.With(member.name, given)
	}
	for _, text := range v.variables {
		name, given, ok := strings.Cut(text, "=")
		name = strings.TrimPrefix(name, "$")
		switch {
		case !ok || !variableName.MatchString(name):
			return nil, exit(ExitUsage, `as in --var 'customer={"id": 7}'`, "--var: expected NAME=JSON, got %q", text)
		case name == statesVariable:
			return nil, exit(ExitUsage, "--context, --result and --error-output fill it", "--var: $states is reserved")
		}
		if s.variables[name], err = jsonFlag("--var "+name, given); err != nil {
			return nil, err
		}
	}
	s.variables[statesVariable] = states
	return s, nil
}

// variableName is what a workflow variable may be called. Spec: "Variables".
var variableName = regexp.MustCompile(`^\p{L}[\p{L}\p{Nd}\p{Nl}\p{Mn}\p{Mc}\p{Pc}]*$`)

// readDocument reads the file, or stdin if there is none. An empty stdin, or one
// that is a terminal, stands for {}, the default input of an execution.
func readDocument(files []string, in io.Reader) (value.Value, error) {
	name := "-"
	if len(files) > 0 {
		name = files[0]
	} else if f, ok := in.(*os.File); ok && term.IsTerminal(int(f.Fd())) {
		return value.OfMembers(), nil
	}
	text, err := readInputFile(name, in)
	if err != nil {
		return value.Value{}, exit(ExitUsage, "", "%v", err)
	}
	if name == "-" {
		if name = "stdin"; len(bytes.TrimSpace(text)) == 0 {
			return value.OfMembers(), nil
		}
	}
	document, err := value.ParseBytes(text)
	if err != nil {
		return document, exit(ExitUsage, "", "%s: %v", name, err)
	}
	return document, nil
}

// jsonFlag reads the value of a flag: JSON, or @FILE.
func jsonFlag(flag, text string) (value.Value, error) {
	if name, ok := strings.CutPrefix(text, "@"); ok {
		b, err := sourcefile.Named(name)
		if err != nil {
			return value.Value{}, exit(ExitUsage, "", "%s: %v", flag, err)
		}
		text = string(b)
	}
	given, err := value.Parse(text)
	if err != nil {
		return given, exit(ExitUsage, `JSON, or @FILE; a string is JSON with its quotes: '"text"'`, "%s: %v", flag, err)
	}
	return given, nil
}

// print writes the result.
func (v *evaluator) print(w io.Writer, found value.Value) error {
	if v.raw && found.Kind() == value.String {
		_, err := fmt.Fprintln(w, found.Text())
		return err
	}
	return v.format.print(w, found)
}

// show writes why there is no result, in the form that validate uses: the error,
// and its place in the expression if it has one.
func show(w io.Writer, code int, text string, err error, hint string) error {
	d := asl.Diagnostic{Severity: asl.SeverityError, File: "expression", Hint: hint}
	switch err := err.(type) {
	case *jsonata.Error:
		d.Code, d.Message, d.Range = err.Code, err.Message, tokenRange(text, err)
		if errors.Is(err, asl.ErrInternal) { // the service has no code for it (F-124)
			d.Code, d.Message = asl.ErrQueryEvaluationError, "the expression threw an internal error during evaluation"
		}
	case *jsonpath.SyntaxError:
		d.Code, d.Message, d.Range = asl.SchemaValidationFailed, err.Message, rangeOf(text, err.Offset, err.Offset+1)
	case *intrinsic.SyntaxError:
		d.Code, d.Message, d.Range = asl.SchemaValidationFailed, err.Message, rangeOf(text, err.Offset, err.Offset+1)
	case *asl.Error:
		d.Code, d.Message = err.Name, err.Cause
	default:
		return err
	}
	if err := (asl.Diagnostics{d}).Format(w, []byte(text)); err != nil {
		return err
	}
	return &exitError{code: code}
}

// tokenRange is where the token of an error stands: it ends at the error's
// position, or before the parenthesis there if it is the name of a function.
func tokenRange(text string, e *jsonata.Error) position.Range {
	if e.Token == "(end)" {
		return rangeOf(text, len(text), len(text)+1)
	}
	end := byteOffset(text, e.Position)
	start := strings.LastIndex(text[:end], e.Token)
	if e.Token == "" || start < 0 || end-start-len(e.Token) > len("(") {
		_, last := utf8.DecodeLastRuneInString(text[:end])
		return rangeOf(text, end-last, end)
	}
	end = start + len(e.Token)
	if strings.HasSuffix(text[:start], "$") {
		start--
	}
	return rangeOf(text, start, end)
}

// byteOffset returns the offset in bytes after the given number of UTF-16 code
// units.
func byteOffset(text string, units int) int {
	for i, r := range text {
		if units <= 0 {
			return i
		}
		units -= utf16.RuneLen(r)
	}
	return len(text)
}

// rangeOf is the range between two offsets in bytes.
func rangeOf(text string, start, end int) position.Range {
	return position.Range{Start: positionOf(text, start), End: positionOf(text, end)}
}

// positionOf is the position at an offset, which may be one behind the text.
func positionOf(text string, offset int) position.Position {
	before := text[:min(max(offset, 0), len(text))]
	line := before[strings.LastIndexByte(before, '\n')+1:]
	return position.Position{
		Offset: len(before),
		Line:   1 + strings.Count(before, "\n"),
		Column: 1 + utf8.RuneCountInString(line) + max(0, offset-len(text)),
	}
}
