package machine

import (
	"context"
	"errors"
	"math"
	"slices"
	"time"

	"github.com/aslocal/aslocal/asl"
	"github.com/aslocal/aslocal/jsonata"
	"github.com/aslocal/aslocal/value"
)

// This file evaluates the fields of JSONata states: JSON in which a string of
// the form "{% … %}" is an expression, at any depth but not in member names.
// Spec: "JSONata".

// A query is a compiled field, or a part of one: a constant, an expression, an
// object or an array.
type query struct {
	constant value.Value
	expr     *jsonata.Expr
	whole    bool   // the expression may read all of $states, so the context object is needed
	location string // from the state: "Output/total"
	shape    *value.Shape
	parts    []query // members of the shape, or the items of an array
}

// query compiles a field; nil if it is absent.
func (c *compiler) query(field string) *query {
	v := c.field(field)
	if !v.Exists() {
		return nil
	}
	return c.queryOf(field, v)
}

// queryOf compiles a value that stands at a location of the state.
func (c *compiler) queryOf(location string, v value.Value) *query {
	q := c.queryPart(location, v)
	return &q
}

func (c *compiler) queryPart(location string, v value.Value) query {
	constant := true
	var parts []query
	add := func(q query) {
		constant = constant && q.constant.Exists()
		parts = append(parts, q)
	}
	switch v.Kind() {
	case value.String:
		if text, ok := asl.ExpressionText(v.Text()); ok {
			return c.expressionQuery(location, text)
		}
	case value.Object:
		for name, member := range v.Members() {
			add(c.queryPart(location+"/"+name, member))
		}
		if !constant {
			return query{shape: v.Shape(), parts: parts}
		}
	case value.Array:
		for i, item := range v.Items() {
			add(c.queryPart(indexed(location, i), item))
		}
		if !constant {
			return query{parts: parts}
		}
	}
	return query{constant: v}
}

func (c *compiler) expressionQuery(location, text string) query {
	expr, err := c.source.Expression(text)
	if err != nil {
		c.fail(location, "%v", err)
		return query{}
	}
	return query{expr: expr, whole: readsContext(expr), location: location}
}

// readsContext reports whether an expression looks at more of $states than
// input, result and errorOutput.
func readsContext(expr *jsonata.Expr) bool {
	return slices.ContainsFunc(expr.References(), func(r jsonata.Reference) bool {
		return r.Kind == jsonata.VariableReference && r.Name == "states" &&
			(len(r.Path) == 0 || r.Path[0] != "input" && r.Path[0] != "result" && r.Path[0] != "errorOutput")
	})
}

// eval fills the query in.
func (q *query) eval(e *env) (value.Value, *Failure) {
	switch {
	case q.constant.Exists():
		return q.constant, nil
	case q.expr != nil:
		return q.evaluate(e)
	}
	values := make([]value.Value, len(q.parts))
	for i := range q.parts {
		v, failure := q.parts[i].eval(e)
		if failure != nil {
			return value.Value{}, failure
		}
		values[i] = v
	}
	if q.shape != nil {
		return q.shape.New(values), nil
	}
	return value.OfSlice(values), nil
}

// evaluate evaluates one expression. Every failure of it is a
// States.QueryEvaluationError in the words of the service.
func (q *query) evaluate(e *env) (value.Value, *Failure) {
	e.whole = q.whole
	ctx := context.Background()
	if limit := e.x.program.limit; limit != nil {
		ctx = limit()
	}
	v, err := q.expr.Eval(ctx, value.Value{}, jsonata.Env{
		Variables: (*queryVariables)(e), Now: e.x.clock, Random: e.x.randomness, Limits: asl.ExpressionLimits(),
	})
	switch {
	case err != nil:
		return v, e.f.evaluation(q.location, q.about("threw an error during evaluation"+thrown(err)))
	case !v.Exists():
		return v, e.f.evaluation(q.location, q.about("returned nothing (undefined)."))
	case jsonata.IsFunction(v):
		return v, e.f.evaluation(q.location, q.about("returned an unsupported result type."))
	}
	return v, nil
}

// thrown is the end of the message about an error. A limit has no code and
// follows a colon (F-093).
func thrown(err error) string {
	var e *jsonata.Error
	if errors.As(err, &e) && e.IsLimit() {
		return ": " + e.Message
	}
	return ". " + err.Error()
}

// about is a message about the expression.
func (q *query) about(rest string) string {
	return "The JSONata expression '" + q.expr.String() + "' specified for the field '" + q.location + "' " + rest
}

// expect evaluates a field that must give one kind of value. Literals are held
// to it by the validator.
func (q *query) expect(e *env, kind value.Kind) (value.Value, *Failure) {
	v, failure := q.eval(e)
	if failure == nil && v.Kind() != kind && q.expr != nil {
		failure = q.unexpected(e, kind.String(), v)
	}
	return v, failure
}

// unexpected is a result that the field does not take.
func (q *query) unexpected(e *env, wanted string, v value.Value) *Failure {
	return e.f.evaluation(q.location, q.about("returned an unexpected result type. Expected '"+wanted+"', but was '"+
		v.Kind().String()+"' for value: "+v.String()))
}

// A numeric says which numbers a field takes, and how the error calls them that
// refuses others.
type numeric struct {
	name        string
	whole       bool
	least, most float64
}

var (
	anyInteger = numeric{"integer", true, math.Inf(-1), math.Inf(1)}
	natural    = numeric{"non-negative integer", true, 0, math.Inf(1)}
	positive   = numeric{"positive integer", true, 1, math.Inf(1)}
)

// numerics are the fields that do not take just any integer. That the error is
// a States.QueryEvaluationError is documented, its words are inferred (F-090).
var numerics = map[string]numeric{
	"TimeoutSeconds":             positive,
	"HeartbeatSeconds":           positive,
	"Seconds":                    natural,
	"MaxConcurrency":             natural,
	"ToleratedFailureCount":      natural,
	"ToleratedFailurePercentage": {"number between 0 and 100", false, 0, 100},
	"MaxItemsPerBatch":           positive,
	"MaxInputBytesPerBatch":      positive,
}

// number evaluates a field that must give a number, one of those that the field
// takes. JSONata's numbers are doubles, so 2.0 is an integer.
func (q *query) number(e *env, field string) (value.Value, *Failure) {
	v, failure := q.expect(e, value.Number)
	if failure != nil || q.expr == nil {
		return v, failure
	}
	takes, ok := numerics[field]
	if !ok {
		takes = anyInteger
	}
	_, whole := v.Int()
	if f := v.Float(); takes.whole && !whole || f < takes.least || f > takes.most {
		failure = q.unexpected(e, takes.name, v)
	}
	return v, failure
}

// queryVariables are the variables of an expression: $states and those of the
// workflow.
type queryVariables env

// Variable implements jsonata.Variables.
func (v *queryVariables) Variable(name string) (value.Value, bool) {
	e := (*env)(v)
	if name == "states" {
		return e.states(), true
	}
	found := e.f.variable(name)
	return found, found.Exists()
}

var (
	statesShape       = value.NewShape("input", "context")
	statesResultShape = value.NewShape("input", "context", "result")
	statesErrorShape  = value.NewShape("input", "context", "errorOutput")
)

// states is $states: input and context everywhere, and the result or the Error
// Output where there is one. The context object is left out where no expression
// looks at it.
func (e *env) states() value.Value {
	context := value.NullValue
	if e.whole {
		context = e.contextObject()
	}
	switch {
	case e.result.Exists():
		return statesResultShape.New([]value.Value{e.data, context, e.result})
	case e.errorOutput.Exists():
		return statesErrorShape.New([]value.Value{e.data, context, e.errorOutput})
	}
	return statesShape.New([]value.Value{e.data, context})
}

// clock is the time that $now and $millis see.
func (x *Execution) clock() time.Time { return time.UnixMilli(x.now).UTC() }

// randomness is where $random and $shuffle get their numbers.
func (x *Execution) randomness() float64 { return x.draw().Float64() }
