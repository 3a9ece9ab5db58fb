package machine

import (
	"strconv"

	"github.com/aslocal/aslocal/asl"
	"github.com/aslocal/aslocal/value"
)

// This file moves data through states in JSONata mode:
//
//	state input → Arguments → (the state's work) → result
//	result → Output and Assign, side by side → output, variables
//
// Spec: "JSONata", "Transforming data".

// queryFlow is the data flow of one state; nil fields stand for their
// defaults.
type queryFlow struct {
	args    *query // Arguments; default: the state input
	results bool   // the state has a result of its own: Task, Parallel, Map
	out     outcome
}

// An outcome is a pair of Output and Assign: of a state, a Choice rule or a
// Catcher.
type outcome struct {
	output, assign *query
}

func compileJSONataFlow(c *compiler, st *state) {
	d := &queryFlow{out: outcome{output: c.query("Output"), assign: c.query("Assign")}}
	switch c.source.Type {
	case asl.Task, asl.Parallel:
		d.args, d.results = c.query("Arguments"), true
	case asl.Map:
		d.results = true
	}
	st.flow = d
	for i, k := range c.source.Catch {
		flow := &queryCatch{}
		at := indexed("Catch", i)
		if k.Output.Exists() {
			flow.out.output = c.queryOf(at+"/Output", k.Output)
		}
		if k.Assign.Exists() {
			flow.out.assign = c.queryOf(at+"/Assign", k.Assign)
		}
		st.catch = append(st.catch, &catcher{errorEquals: k.ErrorEquals, next: c.target("Catch/Next", k.Next), flow: flow})
	}
}

// indexed is the location of an item: "Catch[1]".
func indexed(location string, i int) string { return location + "[" + strconv.Itoa(i) + "]" }

// effective is the state input: nothing selects from it.
func (d *queryFlow) effective(_ *Execution, f *frame) (value.Value, *Failure) { return f.raw, nil }

func (d *queryFlow) arguments(x *Execution, f *frame) (value.Value, *Failure) {
	if d.args == nil {
		return f.raw, nil
	}
	e := x.env(f, f.raw)
	e.task = x.nextTaskToken(f)
	out, failure := d.args.eval(e)
	x.note(f, AfterArguments, out)
	return out, failure
}

func (d *queryFlow) output(x *Execution, f *frame, result value.Value) (out, assigned value.Value, failure *Failure) {
	e := x.env(f, f.raw)
	if d.results {
		e.result = result
	}
	return d.out.eval(e, result)
}

// eval evaluates both from one snapshot; instead is the output if there is no
// Output.
func (o *outcome) eval(e *env, instead value.Value) (out, assigned value.Value, failure *Failure) {
	out = instead
	if o.output != nil {
		if out, failure = o.output.eval(e); failure != nil {
			return out, assigned, failure
		}
	}
	if o.assign != nil {
		assigned, failure = o.assign.eval(e)
	}
	return out, assigned, failure
}

// queryCatch is what a Catcher in JSONata mode leaves behind: by default the
// Error Output.
type queryCatch struct{ out outcome }

func (k *queryCatch) caught(x *Execution, f *frame, errorOutput value.Value) (out, assigned value.Value, failure *Failure) {
	e := x.env(f, f.raw)
	e.errorOutput = errorOutput
	return k.out.eval(e, errorOutput)
}

// queryRule is a rule of a Choice in JSONata mode.
type queryRule struct {
	condition *query
	out       outcome
}

func compileJSONataRule(c *compiler, r *asl.ChoiceRule, i int) (rule, ruleFlow) {
	at := indexed("Choices", i)
	q := &queryRule{condition: c.queryOf(at+"/Condition", r.Condition)}
	if r.Output.Exists() {
		q.out.output = c.queryOf(at+"/Output", r.Output)
	}
	if r.Assign.Exists() {
		q.out.assign = c.queryOf(at+"/Assign", r.Assign)
	}
	return q, q
}

func (q *queryRule) holds(e *env) (bool, *Failure) {
	v, failure := q.condition.expect(e, value.Bool)
	return v.Bool(), failure
}

func (q *queryRule) chosen(x *Execution, f *frame, in value.Value) (out, assigned value.Value, failure *Failure) {
	return q.out.eval(x.env(f, in), in)
}

// queryItems is Items.
type queryItems struct {
	query   *query // nil for the state input
	objects bool   // see pathItems
}

func (q *queryItems) items(x *Execution, f *frame, in value.Value) (value.Value, *Failure) {
	e := x.env(f, in)
	items, failure := in, (*Failure)(nil)
	if q.query != nil {
		items, failure = q.query.eval(e)
	}
	switch {
	case failure != nil, items.Kind() == value.Array, items.Kind() == value.Object && q.objects:
		return items, failure
	case q.query == nil:
		return items, f.evaluation("", "Map state input must be an array but was: "+in.String())
	case q.query.expr == nil: // the validator has seen what it is
		return items, nil
	}
	return items, q.query.unexpected(e, value.Array.String(), items)
}
