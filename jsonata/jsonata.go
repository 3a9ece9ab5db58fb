package jsonata

import (
	"context"

	"github.com/aslocal/aslocal/value"
)

// An Expr is a compiled expression. It never changes: many goroutines may
// evaluate it at the same time.
type Expr struct {
	source string
	eval   eval
	scope  *scope
	free   []freeVariable
	marks  bool // results may hold marks inside
	tree   *node

	ordered      bool // integer-like names first
	service      bool // values as Step Functions has them
	canLeaveJSON bool // results may hold what JSON cannot
}

// An Option changes what Compile makes of a text. One Option may be used for
// many expressions.
type Option func(*options) error

type options struct {
	added   []freeVariable // functions, the last one of a name counts
	ordered bool
	service bool
}

// function returns the function of that name, and no value if there is none.
func (o *options) function(name string) value.Value {
	for i := len(o.added) - 1; i >= 0; i-- {
		if o.added[i].name == name {
			return o.added[i].function
		}
	}
	return builtinFunctions[name]
}

// WithFunction adds a function, or replaces the built-in one of its name.
// Compile fails with S0401 or S0402 if its signature is wrong.
func WithFunction(f Function) Option {
	v, err := f.value()
	return func(o *options) error {
		o.added = append(o.added, freeVariable{f.Name, v})
		return err
	}
}

// WithIntegerNamesFirst makes object constructors order their members as
// JavaScript does: names that are integers first, ascending. Without it all
// names keep the order in which the expression gives them.
func WithIntegerNamesFirst() Option {
	return func(o *options) error {
		o.ordered = true
		return nil
	}
}

// WithServiceValues makes values those of Step Functions, where they differ from the
// reference. $string and & write whole numbers with all their digits, cut others off
// behind 15 digits instead of rounding them, and write control characters that have
// no letter, such as \u0001, as they are. In a result a number that JSON cannot hold
// is a text, "Infinity", "-Infinity" or "NaN"; without the option such a result is
// D1001, and inside a result it is printed as null. A result that holds a function is
// that function, see IsFunction; without the option it is printed as null.
func WithServiceValues() Option {
	return func(o *options) error {
		o.service = true
		return nil
	}
}

// Compile compiles an expression. The error is an *Error. Without options it has
// the functions of JSONata 2.0.6, except $eval, which Step Functions does not have.
func Compile(text string, opts ...Option) (*Expr, error) {
	var o options
	for _, opt := range opts {
		if err := opt(&o); err != nil {
			return nil, finish(err)
		}
	}
	raw, err := parse(text)
	if err != nil {
		return nil, finish(err)
	}
	tree, err := rewrite(raw)
	if err != nil {
		return nil, finish(err)
	}
	tree.nest(1)
	c := &compiler{options: &o}
	top := c.open(nil, tree)
	e, err := c.node(tree)
	if err != nil {
		return nil, finish(err)
	}
	return &Expr{source: text, eval: e, scope: top, free: c.free, marks: c.marks, tree: tree,
		ordered: o.ordered, service: o.service, canLeaveJSON: tree.canLeaveJSON(&o)}, nil
}

// MustCompile is Compile for expressions in Go code; it panics on an error.
func MustCompile(text string, opts ...Option) *Expr {
	e, err := Compile(text, opts...)
	if err != nil {
		panic("jsonata: " + text + ": " + err.Error())
	}
	return e
}

// String returns the text of the expression.
func (e *Expr) String() string { return e.source }

// Eval evaluates the expression on an input, which may be no value. The result may
// be no value, too (JSONata's undefined), or a function, see IsFunction. The error
// is an *Error; if ctx ended the evaluation, it wraps the error of ctx. A context is
// looked at every 256 steps; for an end that does not depend on the speed of the
// machine use Limits.Steps.
func (e *Expr) Eval(ctx context.Context, input value.Value, env Env) (value.Value, error) {
	r := e.begin(ctx, input, env)
	defer r.end()
	if isArray(input) {
		input = marked(value.OfItems(input), markSequence|markOuter)
	}
	if err := r.checkDepth(e.tree.reach); err != nil {
		return value.Value{}, finish(err)
	}
	v, err := e.eval(&r.top, input)
	if err == nil && r.steps+r.fuel < 0 { // steps after the last poll
		err = limitError(tooLong, ErrSteps)
	}
	if err != nil {
		return value.Value{}, finish(err)
	}
	if r.spent() > fewBytes {
		if err := r.checkSize(v); err != nil {
			return value.Value{}, finish(err)
		}
	}
	if e.service && e.canLeaveJSON {
		v = intoJSON(v)
	}
	return e.result(v)
}

// result returns a value as Eval returns it: without marks.
func (e *Expr) result(v value.Value) (value.Value, error) {
	switch v.Kind() {
	case value.Array:
		if markOf(v)&markOuter != 0 {
			v = v.Index(0)
		}
	case value.Opaque:
		if !isFunction(v) {
			return value.Value{}, finish(fail(codeOutOfJSON, v))
		}
	}
	if e.marks {
		return clean(v), nil
	}
	return marked(v, 0), nil
}

// finish renders the message of an error that leaves the package.
func finish(err error) error {
	if e, ok := err.(*Error); ok {
		return e.finished()
	}
	return err
}
